"""SQL of imports as tenants see them."""

from typing import LiteralString

IMPORT: LiteralString = """
select i.*, now() - i.moved_at as still_for
  from public.imports i
 where i.organization_id = %(organization)s and i.id = %(import)s
"""

IMPORTS: LiteralString = """
select i.*, now() - i.moved_at as still_for
  from public.imports i
 where i.organization_id = %(organization)s and i.campaign_id = %(campaign)s
 order by i.started_at desc, i.id desc
 limit %(limit)s
"""

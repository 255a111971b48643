"""SQL of integrations. What was sealed is read by the vault alone."""

from typing import LiteralString

INTEGRATIONS: LiteralString = """
select c.service, c.is_active, c.put_at, u.email as put_by, c.last_used_at, c.last_error, c.last_error_at
  from public.api_credentials c
  left join public.users u on u.id = c.put_by
 where c.organization_id = %(organization)s
"""

NOTE_WHO: LiteralString = """
update public.api_credentials set put_by = %(user)s, put_at = now()
 where organization_id = %(organization)s and service = %(service)s
"""

DELETE: LiteralString = """
delete from public.api_credentials where organization_id = %(organization)s and service = %(service)s
"""

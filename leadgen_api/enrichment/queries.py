"""SQL of contact sources: what they were asked, how the order changed, and what they say against one another."""

from typing import LiteralString

STATS: LiteralString = """
select segment, source, asked, hits, valid, bounced, cost_micros
  from public.contact_source_stats
 where organization_id = %(organization)s
 order by segment, asked desc, source
"""

CHANGES: LiteralString = """
select segment, order_before, order_after, explanation, changed_at
  from public.waterfall_changes
 where organization_id = %(organization)s
 order by id desc
 limit 500
"""

CONFLICTS: LiteralString = """
select field, value, provider, provider_call_id, chosen_by, agreeing, others, recorded_at
  from public.field_conflicts
 where organization_id = %(organization)s and prospect_id = %(lead)s and superseded_at is null
 order by field, id
"""

ATTEMPTS: LiteralString = """
select source, place, addresses, sufficed, cost_micros
  from public.contact_attempts
 where organization_id = %(organization)s and prospect_id = %(lead)s
 order by place
"""

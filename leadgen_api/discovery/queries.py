"""SQL of what a campaign found, covered, and may be expected to find."""

from typing import LiteralString

LATEST_CERTIFICATE: LiteralString = """
select computed_at, run_id, prospects, duplicates, tiles, saturated_tiles, recall, recall_low, recall_high, document
  from public.coverage_certificates
 where organization_id = %(organization)s and campaign_id = %(campaign)s
 order by computed_at desc
 limit 1
"""

ACCEPT_CHECKS: LiteralString = """
update public.campaigns
   set target_criteria = jsonb_set(target_criteria, '{accepted_checks}', to_jsonb(%(checks)s::text[]))
 where organization_id = %(organization)s and id = %(campaign)s
"""

WAITS_FOR_A_CHECK: LiteralString = """
select status = 'paused' and status_cause = 'quality_gate'
  from public.campaigns
 where organization_id = %(organization)s and id = %(campaign)s
"""

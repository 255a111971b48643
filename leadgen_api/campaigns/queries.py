"""SQL of campaigns as tenants see them. Row security underneath; the organization is named above it all the same."""

from typing import LiteralString

CAMPAIGNS: LiteralString = """
select c.id, c.name, c.business_type, c.target_location, c.target_radius_miles, c.status, c.status_cause,
       c.status_detail, c.resume_at, c.total_prospects, c.created_at, s.spent_micros, s.saved_micros, c.budget_micros
  from public.campaigns c join public.campaign_spend s on s.campaign_id = c.id
 where c.organization_id = %(organization)s and (c.created_at, c.id) < (%(created_at)s, %(id)s)
 order by c.created_at desc, c.id desc
 limit %(limit)s
"""

CAMPAIGN: LiteralString = """
select c.id, c.name, c.business_type, c.target_location, c.target_radius_miles, c.status, c.status_cause,
       c.status_detail, c.resume_at, c.total_prospects, c.created_at, s.spent_micros, s.saved_micros, c.budget_micros
  from public.campaigns c join public.campaign_spend s on s.campaign_id = c.id
 where c.organization_id = %(organization)s and c.id = %(campaign)s
"""

EXISTS: LiteralString = """
select true from public.campaigns where organization_id = %(organization)s and id = %(campaign)s
"""

STAGES: LiteralString = """
select stage, count(*) filter (where state = 'done') as done, count(*) filter (where state = 'skipped') as skipped,
       count(*) filter (where state = 'failed') as failed
  from public.prospect_stages
 where organization_id = %(organization)s and campaign_id = %(campaign)s
 group by stage
"""

# Why prospects went no further, the commonest reasons first.
REASONS: LiteralString = """
select stage, state, coalesce(reason, 'no reason given') as reason, count(*) as prospects
  from public.prospect_stages
 where organization_id = %(organization)s and campaign_id = %(campaign)s and state <> 'done'
 group by stage, state, coalesce(reason, 'no reason given')
 order by prospects desc, stage, state, reason
 limit 12
"""

TIERS: LiteralString = """
select tier, count(*) as leads
  from public.current_lead_scores
 where organization_id = %(organization)s and campaign_id = %(campaign)s
 group by tier
 order by tier
"""

SPEND_BY_VENDOR: LiteralString = """
select vendor, count(*) filter (where status <> 'cached') as calls, count(*) filter (where status = 'cached') as known,
       sum(cost_micros)::bigint as cost_micros, sum(saved_micros)::bigint as saved_micros
  from public.provider_calls
 where organization_id = %(organization)s and campaign_id = %(campaign)s
 group by vendor
 order by cost_micros desc, vendor
"""

"""SQL of what a campaign found, covered, and may be expected to find."""

from typing import LiteralString

LATEST_CERTIFICATE: LiteralString = """
select computed_at, run_id, prospects, duplicates, tiles, saturated_tiles, recall, recall_low, recall_high, document
  from public.coverage_certificates
 where organization_id = %(organization)s and campaign_id = %(campaign)s
 order by computed_at desc
 limit 1
"""

# What the organization's campaigns have covered, each by its latest certificate; those that stopped at their cap did not.
COVERED: LiteralString = """
select distinct on (k.campaign_id) k.campaign_id, c.business_type, c.center_latitude, c.center_longitude,
       c.target_radius_miles, k.recall, k.computed_at > now() - interval '30 days' as is_fresh
  from public.coverage_certificates k
  join public.campaigns c on c.organization_id = k.organization_id and c.id = k.campaign_id
 where k.organization_id = %(organization)s and c.center_latitude is not null and k.saturated_tiles = 0
   and (c.lead_cap is null or k.prospects < c.lead_cap)
 order by k.campaign_id, k.computed_at desc
"""

FOUND_BEFORE: LiteralString = """
select distinct on (p.source, p.source_id) p.company_name, p.category, p.city, p.state, p.latitude, p.longitude,
       p.website is not null as has_website, p.phone is not null as has_phone
  from public.prospects p
 where p.organization_id = %(organization)s and p.campaign_id = any (%(campaigns)s)
   and p.latitude between %(south)s and %(north)s and p.longitude between %(west)s and %(east)s
 order by p.source, p.source_id, p.created_at desc
"""

# What a lead cost in each stage, known answers included at what they cost when they were bought.
MEASURED: LiteralString = """
with finished as (
  select c.id, c.total_prospects
    from public.campaigns c
   where c.organization_id = %(organization)s and c.status in ('ready', 'active', 'completed') and c.total_prospects > 0
   order by c.created_at desc
   limit 20
)
select l.stage, l.vendor, sum(l.cost_micros + l.saved_micros)::float8 / f.leads as micros_a_lead, f.leads
  from public.provider_calls l, (select sum(total_prospects)::integer as leads from finished) f
 where l.organization_id = %(organization)s and l.campaign_id in (select id from finished)
   and l.stage = any (%(stages)s)
 group by l.stage, l.vendor, f.leads
having sum(l.cost_micros + l.saved_micros) > 0
"""

PLACE: LiteralString = """
select center_latitude, center_longitude
  from public.campaigns
 where organization_id = %(organization)s and lower(target_location) = lower(%(location)s)
   and center_latitude is not null
 order by created_at desc
 limit 1
"""

PLANNED: LiteralString = """
select business_type, target_location, target_radius_miles, lead_cap, target_criteria
  from public.campaigns
 where organization_id = %(organization)s and id = %(campaign)s
"""

ACCEPT_CHECKS: LiteralString = """
update public.campaigns
   set target_criteria = jsonb_set(target_criteria, '{accepted_checks}', to_jsonb(%(checks)s::text[]))
 where organization_id = %(organization)s and id = %(campaign)s
"""

FAILED_CHECKS: LiteralString = """
select status_detail, coalesce(target_criteria -> 'accepted_checks', '[]') as accepted
  from public.campaigns
 where organization_id = %(organization)s and id = %(campaign)s and status = 'paused' and status_cause = 'quality_gate'
"""

WAITS_FOR_A_CHECK: LiteralString = """
select status = 'paused' and status_cause = 'quality_gate'
  from public.campaigns
 where organization_id = %(organization)s and id = %(campaign)s
"""

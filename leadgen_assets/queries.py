"""SQL that every stage needs."""

from typing import LiteralString

CAMPAIGN_ORGANIZATION: LiteralString = "select app.campaign_organization(%(campaign)s)"

CAMPAIGN_STATUS: LiteralString = "select status from public.campaigns where id = %(campaign)s"

CAMPAIGN: LiteralString = """
select id, organization_id, name, business_type, target_location, target_radius_miles, center_latitude, center_longitude,
       target_criteria, offer, lead_cap
  from public.campaigns
 where id = %(campaign)s and organization_id = (select app.pipeline_organization_id())
"""

EVENT_LAUNCHED: LiteralString = "select app.outbox_launched(%(event)s, %(run)s)"

# A prospect's way: missing = to do. `json` is a list of {prospect_id, stage, state, reason, detail, version}.
SAVE_STAGES: LiteralString = """
insert into public.prospect_stages
  (organization_id, campaign_id, prospect_id, stage, state, reason, detail, version, finished_at)
select (select app.pipeline_organization_id()), %(campaign)s, s.prospect_id, s.stage, s.state, s.reason, s.detail, s.version,
       clock_timestamp()
  from json_populate_recordset(null::public.prospect_stages, %(json)s) s
    on conflict (prospect_id, stage) do update
   set state = excluded.state, reason = excluded.reason, detail = excluded.detail, version = excluded.version,
       finished_at = excluded.finished_at
"""

# Receipts of the values shown. `json` is a list of {prospect_id, field, provider, provider_call_id, quote, confidence}.
SAVE_PROVENANCE: LiteralString = """
with incoming as materialized (
  select * from json_populate_recordset(null::public.field_provenance, %(json)s)
), superseded as (
  update public.field_provenance p set superseded_at = now()
    from incoming i
   where p.prospect_id = i.prospect_id and p.field = i.field and p.superseded_at is null
)
insert into public.field_provenance
  (organization_id, prospect_id, field, provider, provider_call_id, quote, confidence)
select (select app.pipeline_organization_id()), prospect_id, field, provider, provider_call_id, quote, confidence
  from incoming
"""

STAGE_SPEND: LiteralString = """
select vendor, sum(cost_micros)::bigint as cost_micros, sum(saved_micros)::bigint as saved_micros,
       count(*) filter (where status <> 'cached') as made, count(*) filter (where status = 'cached') as known
  from public.provider_calls
 where campaign_id = %(campaign)s and stage = %(stage)s
 group by vendor
 order by vendor
"""

STAGE_STATES: LiteralString = """
select state, count(*) as prospects from public.prospect_stages
 where campaign_id = %(campaign)s and stage = %(stage)s group by state
"""

STAGE_REASONS: LiteralString = """
select reason, count(*) as prospects from public.prospect_stages
 where campaign_id = %(campaign)s and stage = %(stage)s and reason is not null
 group by reason order by prospects desc, reason limit 20
"""

"""SQL of the ledger as its tenant reads it. Times are those at which a call was opened; days are of UTC."""

from typing import Literal, LiteralString

# ruff: noqa: S608 -- composed of constants of this module alone; every value is bound

Grouping = Literal["vendor", "campaign", "stage", "day"]

# Enough to group a month of a busy ledger (400,000 lines) by hashing, where the default would sort it on disk.
ROOM_TO_GROUP: LiteralString = "set local work_mem = '64MB'"

# Every group there is, for all groupings at once: the ledger is long, and a page shows several.
_PARTS = "select (c.opened_at at time zone 'UTC')::date as day, c.vendor, c.stage, c.campaign_id as campaign"
_LINES = """
    from public.provider_calls c
   where c.organization_id = %(organization)s and c.opened_at >= %(since)s and c.opened_at < %(until)s
"""

# Calls and money.
TOTALS: LiteralString = f"""
{_PARTS}, count(*) filter (where c.status <> 'cached') as calls,
         count(*) filter (where c.status = 'cached') as known, sum(c.cost_micros)::bigint as cost_micros,
         coalesce(sum(c.cost_micros) filter (where c.key_owner = 'organization'), 0)::bigint as own_key_micros,
         sum(c.saved_micros)::bigint as saved_micros,
         coalesce(sum(c.expected_micros) filter (where c.status in ('open', 'batched')), 0)::bigint as reserved_micros
{_LINES}
   group by 1, 2, 3, 4
"""

# What was bought, in the vendors' units. Most calls buy the same: equal purchases are counted before they are read.
QUANTITIES: LiteralString = f"""
with purchases as materialized (
{_PARTS}, c.usage, count(*) as times
{_LINES} and c.usage <> '[]'
   group by 1, 2, 3, 4, 5
)
select p.day, p.vendor, p.stage, p.campaign, u.unit, sum(u.quantity * p.times) as quantity
  from purchases p
 cross join lateral jsonb_to_recordset(p.usage) as u (unit text, quantity numeric)
 group by 1, 2, 3, 4, 5
"""

# Leads by campaign and by the day of their first score: a lead that is scored again is no other lead.
LEADS: LiteralString = """
select f.campaign_id as campaign, (f.scored_at at time zone 'UTC')::date as day, count(*) as leads
  from (select s.campaign_id, s.prospect_id, min(s.scored_at) as scored_at
          from public.lead_scores s where s.organization_id = %(organization)s
         group by s.campaign_id, s.prospect_id) f
 where f.scored_at >= %(since)s and f.scored_at < %(until)s
 group by 1, 2
"""

CAMPAIGN_NAMES: LiteralString = """
select id, name from public.campaigns where organization_id = %(organization)s and id = any (%(ids)s::uuid[])
"""

# Filters that are not asked for are null.
LINES: LiteralString = """
select c.id, c.opened_at, c.settled_at, c.vendor, c.operation, c.stage, c.campaign_id, k.name as campaign, c.run_id,
       c.key_owner, c.status, c.expected_micros, c.cost_micros, c.saved_micros, c.usage, c.http_status, c.attempts, c.failure,
       c.latency_ms
  from public.provider_calls c
  left join public.campaigns k on k.organization_id = c.organization_id and k.id = c.campaign_id
 where c.organization_id = %(organization)s and c.opened_at >= %(since)s and c.opened_at < %(until)s
   and (c.opened_at, c.id) < (%(opened_at)s, %(id)s)
   and (%(vendor)s::text is null or c.vendor = %(vendor)s)
   and (%(campaign)s::uuid is null or c.campaign_id = %(campaign)s)
   and (%(stage)s::text is null or c.stage = %(stage)s)
   and (%(status)s::text is null or c.status = %(status)s)
 order by c.opened_at desc, c.id desc
 limit %(limit)s
"""

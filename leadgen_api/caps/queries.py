"""SQL of spending caps. A cap holds for the ledger's next call; nothing is to be told to running campaigns."""

from typing import LiteralString

# The day and the month are those of the ledger: of UTC.
_USED = """
select k.vendor, k.period, k.cap_micros, p.frees_at,
       coalesce(sum(s.spent_micros), 0)::bigint as spent_micros, coalesce(sum(s.reserved_micros), 0)::bigint as reserved_micros
  from public.spending_caps k
 cross join lateral (
   select date_trunc(k.period, now() at time zone 'UTC')::date as first_day,
          (date_trunc(k.period, now() at time zone 'UTC') + ('1 ' || k.period)::interval) at time zone 'UTC' as frees_at) p
  left join public.organization_spend s
    on s.organization_id = k.organization_id and k.vendor in ('*', s.vendor) and s.day >= p.first_day
 where k.organization_id = %(organization)s
"""
_GROUPED = " group by k.vendor, k.period, k.cap_micros, p.frees_at"

CAPS: LiteralString = f"{_USED} {_GROUPED} order by k.vendor, k.period"
CAP: LiteralString = f"{_USED} and k.vendor = %(vendor)s and k.period = %(period)s {_GROUPED}"

PUT: LiteralString = """
insert into public.spending_caps (organization_id, vendor, period, cap_micros)
values (%(organization)s, %(vendor)s, %(period)s, %(cap)s)
    on conflict (organization_id, vendor, period) do update set cap_micros = excluded.cap_micros
"""

DELETE: LiteralString = """
delete from public.spending_caps
 where organization_id = %(organization)s and vendor = %(vendor)s and period = %(period)s
"""

# Campaigns that stand still for this cap, by the words of `BudgetSpent`, and would go on when its period turns.
WAITING: LiteralString = """
select id from public.campaigns
 where organization_id = %(organization)s and status = 'paused' and status_cause = 'budget' and resume_at is not null
   and position('spending cap ' || %(vendor)s::text || '/' || %(period)s::text || ' is spent' in status_detail) > 0
 order by resume_at, id
"""

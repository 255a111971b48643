"""SQL of scores as members see and set them: by hand, as they were at an instant, and against what became of the leads."""

from typing import LiteralString

SCORE_OF_LEAD: LiteralString = """
select p.id, p.campaign_id, l.scored_by, l.score, l.tier
  from public.prospects p
  left join public.lead_scores l on l.prospect_id = p.id and l.superseded_at is null
 where p.organization_id = %(organization)s and p.id = %(lead)s
   for update of p
"""

SUPERSEDE: LiteralString = """
update public.lead_scores set superseded_at = now()
 where organization_id = %(organization)s and prospect_id = %(lead)s and superseded_at is null
"""

SET_BY_HAND: LiteralString = """
insert into public.lead_scores
  (organization_id, campaign_id, prospect_id, score, tier, confidence, website_quality_score, business_size_score,
   engagement_score, fit_score, scoring_factors, scoring_notes, profile_version, scored_by)
select p.organization_id, p.campaign_id, p.id, %(score)s, %(tier)s, %(confidence)s, %(website_quality)s, %(business_size)s,
       %(engagement)s, %(fit)s, %(factors)s, %(notes)s, %(profile_version)s, 'manual'
  from public.prospects p where p.organization_id = %(organization)s and p.id = %(lead)s
"""

# What follows the score is due: the tier may be one that is written to.
STAGE_DONE: LiteralString = """
insert into public.prospect_stages (organization_id, campaign_id, prospect_id, stage, state, version, finished_at)
select p.organization_id, p.campaign_id, p.id, 'lead_scores', 'done', %(profile_version)s, clock_timestamp()
  from public.prospects p where p.organization_id = %(organization)s and p.id = %(lead)s
    on conflict (prospect_id, stage) do update
   set state = 'done', reason = null, detail = null, version = excluded.version, finished_at = excluded.finished_at
"""

VERSIONS: LiteralString = """
select score, tier, confidence, scoring_factors, scoring_notes, profile_version, scored_by, scored_at, superseded_at
  from public.lead_scores
 where organization_id = %(organization)s and prospect_id = %(lead)s
 order by scored_at desc, superseded_at desc nulls first
"""

RECORD_OUTCOME: LiteralString = """
insert into public.lead_outcomes (organization_id, prospect_id, kind, occurred_at, recorded_by)
select p.organization_id, p.id, %(kind)s, coalesce(%(occurred_at)s::timestamptz, now()), %(user)s
  from public.prospects p where p.organization_id = %(organization)s and p.id = %(lead)s
    on conflict (organization_id, prospect_id, kind) do update
   set occurred_at = excluded.occurred_at, recorded_by = excluded.recorded_by
returning kind, occurred_at
"""

# By the tier that the lead had when it was first written to: what it was promised to be, not what it was made afterwards.
CALIBRATION: LiteralString = """
with told as (
  select prospect_id, min(occurred_at) as first_at,
         bool_or(kind in ('reply', 'meeting', 'won')) as replied, bool_or(kind in ('meeting', 'won')) as met
    from public.lead_outcomes
   where organization_id = %(organization)s
   group by prospect_id
), mailed as (
  select s.prospect_id, min(e.sent_at) as first_at, bool_or(e.status = 'replied' or e.replied_at is not null) as replied
    from public.outreach_emails e
    join public.outreach_sequences s on s.id = e.sequence_id
   where e.organization_id = %(organization)s and e.sent_at is not null
   group by s.prospect_id
), written_to as (
  select p.id, least(m.first_at, t.first_at) as first_at,
         coalesce(m.replied, false) or coalesce(t.replied, false) or p.status in ('replied', 'converted') as replied,
         coalesce(t.met, false) or p.status = 'converted' as met
    from public.prospects p
    left join mailed m on m.prospect_id = p.id
    left join told t on t.prospect_id = p.id
   where p.organization_id = %(organization)s
     and (m.prospect_id is not null or t.prospect_id is not null
          or p.status in ('outreach_sent', 'replied', 'converted'))
)
select l.tier, count(*) as leads, count(*) filter (where w.replied) as replies, count(*) filter (where w.met) as meetings
  from written_to w
 cross join lateral (
   select v.tier from public.lead_scores v
    where v.organization_id = %(organization)s and v.prospect_id = w.id
    order by coalesce(v.scored_at <= w.first_at, false) desc,
             case when v.scored_at <= w.first_at then v.scored_at end desc nulls last, v.superseded_at desc nulls first
    limit 1
 ) l
 group by l.tier
 order by l.tier
"""

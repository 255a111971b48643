"""Where scoring reads and writes: a set's current facts, the versions of its scores, and which prospects are due."""

from typing import LiteralString

from leadgen.store.scoring.scorer.queries import SCORER

# ruff: noqa: S608 -- composed of constants of this package alone; every value is bound

# Parameters: ids.
FACTS: LiteralString = """
select p.id, p.organization_id, p.campaign_id, coalesce(w.website_status, 'unknown') as website_status,
       w.website_score, w.mobile_score, w.has_ssl, w.page_speed_ms, w.has_booking, w.tech_stack as technologies,
       case when num_nonnulls(w.has_facebook, w.has_instagram, w.has_linkedin) > 0
            then array_remove(array[case when w.has_facebook then 'facebook' end,
                                    case when w.has_instagram then 'instagram' end,
                                    case when w.has_linkedin then 'linkedin' end], null) end as socials,
       case when w.google_rating is null or coalesce(w.yelp_review_count, 0) > coalesce(w.google_review_count, 0)
            then coalesce(w.yelp_rating, w.google_rating) else w.google_rating end::double precision as rating,
       case when w.google_rating is not null or w.yelp_rating is not null
            then case when w.google_rating is not null then coalesce(w.google_review_count, 0) else 0 end
               + case when w.yelp_rating is not null then coalesce(w.yelp_review_count, 0) else 0 end
            end as review_count,
       r.employee_count_range, coalesce(r.year_founded, w.year_founded) as year_founded,
       c.has_deliverable_contact, c.has_decision_maker,
       p.phone is not null as has_phone, true as is_relevant,
       p.distance_meters, p.category, p.city, p.state, p.zip_code, w.cms_detected as cms, w.ecommerce_platform,
       c.contact_title
  from unnest(%(ids)s::uuid[]) t (id)
  join public.prospects p on p.id = t.id
  left join public.enrichment_data w
    on w.organization_id = p.organization_id and w.prospect_id = p.id and w.stage = 'website_profiles'
   and w.superseded_at is null
  left join public.enrichment_data r
    on r.organization_id = p.organization_id and r.prospect_id = p.id and r.stage = 'research' and r.superseded_at is null
 cross join lateral (
   select coalesce(bool_or(k.email_verdict = 'valid'), false) as has_deliverable_contact,
          coalesce(bool_or(k.is_decision_maker), false) as has_decision_maker,
          max(k.title) filter (where k.is_primary) as contact_title
     from public.contacts k
    where k.organization_id = p.organization_id and k.prospect_id = p.id
 ) c
"""

# Stands before the statements below. JIT would compile for longer than a set takes; and whatever the statistics say, each
# prospect is looked up by index. The statement is not prepared, so that weights and words are constants to its planner;
# `plan_cache_mode` would do that too, and have each row's foreign keys planned anew.
FAST_SETTINGS: LiteralString = """
select set_config('jit', 'off', true), set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
       set_config('enable_mergejoin', 'off', true), set_config('work_mem', '64MB', true)
"""

# A score that did not change keeps its row; another one supersedes the old; one set by hand stays. Where the score is new or
# its tier has moved, and where the facts have (`with_new_facts`), the stage is done anew, so that what follows it is due.
# Parameters: those of FACTS and of the scorer, with_new_facts, stage_version.
RESCORE: LiteralString = f"""
with facts as ({FACTS}), {SCORER},
changed as materialized (
  select s.*, d.id as old_id, d.tier as old_tier
    from scored s
    left join lateral (select * from public.lead_scores l where l.prospect_id = s.id and l.superseded_at is null limit 1) d
      on true
   where d.id is null
      or d.scored_by <> 'manual'
         and (d.score <> s.score or d.confidence <> s.confidence or d.scoring_factors::text <> s.factors::text)
), superseded as (
  update public.lead_scores d set superseded_at = now()
   where d.id = any (array(select old_id from changed)) and d.superseded_at is null
  returning d.id
), inserted as (
  insert into public.lead_scores
    (organization_id, campaign_id, prospect_id, score, tier, confidence, website_quality_score, business_size_score,
     engagement_score, fit_score, scoring_factors, scoring_notes, profile_version)
  select c.organization_id, c.campaign_id, c.id, c.score, c.tier, c.confidence, c.website_quality, c.business_size,
         c.engagement, c.fit, c.factors, c.notes, %(profile_version)s
    from changed c
   where (select count(*) from superseded) >= 0  -- the whole set is computed and superseded before the first row is written
      on conflict (prospect_id) where superseded_at is null do nothing  -- another run has just done the same
  returning prospect_id
), reached as (
  select c.id from changed c where c.old_id is null or c.old_tier <> c.tier
   union
  select unnest(%(with_new_facts)s::uuid[])
), marked as (
  insert into public.prospect_stages (organization_id, campaign_id, prospect_id, stage, state, version, finished_at)
  select p.organization_id, p.campaign_id, p.id, 'lead_scores', 'done', %(stage_version)s, clock_timestamp()
    from public.prospects p
   where p.id in (select id from reached)
      on conflict (prospect_id, stage) do update
     set state = 'done', reason = null, detail = null, version = excluded.version, finished_at = excluded.finished_at
)
select count(*) as changed from inserted
"""

MARK_SCORED: LiteralString = """
update public.prospects p set status = 'scored'
  from unnest(%(ids)s::uuid[]) t (id)
 where p.id = t.id and p.status in ('new', 'enriching', 'enriched')
"""

# Whoever takes an entry out reads the facts in a statement of its own afterwards. One that is being touched stays due.
TAKE_DUE: LiteralString = """
delete from public.scores_due d
 where d.organization_id = %(organization)s
   and d.prospect_id in (select t.prospect_id from public.scores_due t
                          where t.organization_id = %(organization)s and t.campaign_id = %(campaign)s
                            and exists (select from public.prospect_stages u
                                         where u.prospect_id = t.prospect_id and u.stage = 'research')
                            and exists (select from public.prospects p
                                         where p.id = t.prospect_id and p.status <> 'disqualified')
                          order by t.prospect_id limit %(at_most)s for update skip locked)
returning d.prospect_id
"""

TAKE_OUT: LiteralString = """
delete from public.scores_due d
 where d.organization_id = %(organization)s
   and d.prospect_id in (select t.prospect_id from public.scores_due t
                          where t.organization_id = %(organization)s and t.campaign_id = %(campaign)s
                            and t.prospect_id = any (%(ids)s)
                            for update skip locked)
returning d.prospect_id
"""

# All whose facts are complete, in sets of `set_size`, in the order in which they lie.
SETS: LiteralString = """
select array_agg(n.id) as ids
  from (select p.id, (row_number() over (order by p.created_at, p.id) - 1) / %(set_size)s::integer as number
          from public.prospects p
          join public.prospect_stages u on u.prospect_id = p.id and u.stage = 'research'
         where p.organization_id = %(organization)s and p.campaign_id = %(campaign)s and p.status <> 'disqualified') n
 group by n.number
 order by n.number
"""

CURRENT_PROFILE: LiteralString = """
select version, document from public.scoring_profiles
 where organization_id = %(organization)s and applied_at is not null
 order by applied_at desc, version desc limit 1
"""

CAMPAIGN: LiteralString = """
select id, organization_id, offer, target_criteria, target_radius_miles, scored_by,
       extract(year from now() at time zone 'UTC')::integer as year
  from public.campaigns
 where id = %(campaign)s and organization_id = %(organization)s
"""

CAMPAIGN_SCORED: LiteralString = "update public.campaigns set scored_by = %(scored_by)s where id = %(campaign)s"

# What another profile would change. Parameters: those of FACTS and of the scorer.
PREVIEW: LiteralString = f"""
with facts as ({FACTS}), {SCORER}
select s.id as prospect_id, p.company_name, d.tier as before, d.score as score_before,
       case when d.scored_by = 'manual' then d.tier else s.tier end as after,
       case when d.scored_by = 'manual' then d.score else s.score end as score_after,
       coalesce(d.scored_by = 'manual', false) as by_hand
  from scored s
  join public.prospects p on p.id = s.id
  left join lateral (select * from public.lead_scores l where l.prospect_id = s.id and l.superseded_at is null limit 1) d
    on true
"""

PROFILES: LiteralString = """
select version, name, document, created_by, created_at, applied_at,
       applied_at is not null and row_number() over (order by applied_at desc nulls last, version desc) = 1 as applied
  from public.scoring_profiles
 where organization_id = %(organization)s
 order by version desc
"""

PROFILE: LiteralString = """
select document from public.scoring_profiles where organization_id = %(organization)s and version = %(version)s
"""

# Versions are numbered, and applied, one after the other.
LOCK_PROFILES: LiteralString = """
select pg_advisory_xact_lock(hashtextextended('leadgen.scoring_profiles ' || %(organization)s::uuid, 0))
"""

INSERT_PROFILE: LiteralString = """
insert into public.scoring_profiles (organization_id, version, name, document, created_by)
select %(organization)s, coalesce(max(version), 0) + 1, %(name)s, %(document)s, %(created_by)s
  from public.scoring_profiles where organization_id = %(organization)s
returning version
"""

APPLY_PROFILE: LiteralString = """
update public.scoring_profiles set applied_at = clock_timestamp()
 where organization_id = %(organization)s and version = %(version)s
"""

APPLY_BUILT_IN: LiteralString = """
update public.scoring_profiles set applied_at = null
 where organization_id = %(organization)s and applied_at is not null
"""

SCORED_CAMPAIGNS: LiteralString = """
select id, name from public.campaigns
 where organization_id = %(organization)s and scored_by is not null and status <> 'archived'
 order by created_at desc, id desc
"""

# Always another event, also beside one that waits: that one's run may be reading the old profile just now.
ANNOUNCE_RESCORING: LiteralString = """
insert into public.outbox (organization_id, campaign_id, kind)
select c.organization_id, c.id, 'campaign.rescored'
  from public.campaigns c
 where c.organization_id = %(organization)s and c.scored_by is not null and c.status <> 'archived'
"""

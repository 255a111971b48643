"""SQL of scoring: every fact a score may look at, and the scores' versions."""

from typing import LiteralString

DUE: LiteralString = """
select p.id, p.phone, p.distance_meters,
       w.website_status, w.website_score, w.mobile_score, w.has_ssl, w.page_speed_ms, w.has_booking, w.tech_stack,
       w.has_facebook, w.has_instagram, w.has_linkedin, w.google_rating, w.google_review_count, w.yelp_rating,
       w.yelp_review_count, coalesce(r.year_founded, w.year_founded) as year_founded, r.employee_count_range,
       exists (select 1 from public.contacts c where c.prospect_id = p.id and c.email_verdict = 'valid')
         as has_deliverable_contact,
       exists (select 1 from public.contacts c where c.prospect_id = p.id and c.is_decision_maker) as has_decision_maker
  from public.prospects p
  join public.prospect_stages u on u.prospect_id = p.id and u.stage = %(upstream)s
  left join public.prospect_stages s on s.prospect_id = p.id and s.stage = %(stage)s
  left join public.current_enrichment w on w.prospect_id = p.id and w.stage = 'website_profiles'
  left join public.current_enrichment r on r.prospect_id = p.id and r.stage = 'research'
 where p.campaign_id = %(campaign)s
   and p.status <> 'disqualified'
   and (s.prospect_id is null or s.version <> %(version)s or s.finished_at < u.finished_at
        or s.finished_at < %(refresh_before)s::timestamptz)
 order by p.created_at, p.id
 limit %(slice)s
"""

# A score that did not change keeps its row; a new one supersedes the old.
SAVE_SCORES: LiteralString = """
with incoming as materialized (
  select * from json_populate_recordset(null::public.lead_scores, %(json)s)
), superseded as (
  update public.lead_scores d set superseded_at = now()
    from incoming i
   where d.prospect_id = i.prospect_id and d.superseded_at is null and d.scored_by <> 'manual'
     and (d.score, d.profile_version, d.scoring_factors) is distinct from
         (i.score, i.profile_version, i.scoring_factors)
  returning d.prospect_id
)
insert into public.lead_scores
  (organization_id, campaign_id, prospect_id, score, tier, confidence, website_quality_score, business_size_score,
   engagement_score, fit_score, scoring_factors, scoring_notes, profile_version)
select (select app.pipeline_organization_id()), %(campaign)s, i.prospect_id, i.score, i.tier, i.confidence,
       i.website_quality_score, i.business_size_score, i.engagement_score, i.fit_score, i.scoring_factors,
       i.scoring_notes, i.profile_version
  from incoming i
 where i.prospect_id in (select prospect_id from superseded)
    or not exists (select 1 from public.lead_scores d where d.prospect_id = i.prospect_id and d.superseded_at is null)
"""

MARK_SCORED: LiteralString = """
update public.prospects set status = 'scored' where id = any (%(ids)s) and status in ('new', 'enriching', 'enriched')
"""

TIERS: LiteralString = """
select tier, count(*) as leads, min(score) as lowest, max(score) as highest
  from public.current_lead_scores
 where campaign_id = %(campaign)s
 group by tier
 order by tier
"""

CHECK_TIER_MATCHES: LiteralString = """
select count(*) as total,
       count(*) filter (where tier <> case when score >= 75 then 'A' when score >= 50 then 'B' when score >= 25 then 'C'
                                           else 'D' end) as failing
  from public.current_lead_scores
 where campaign_id = %(campaign)s
"""

CHECK_FACTORS_ADD_UP: LiteralString = """
select count(*) as total,
       count(*) filter (where score <> (select coalesce(sum((f ->> 'points')::integer), 0)
                                          from jsonb_array_elements(scoring_factors) f)) as failing
  from public.current_lead_scores
 where campaign_id = %(campaign)s
"""

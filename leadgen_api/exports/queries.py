"""SQL of lists as they were at an instant: current rows that were there already, and versions that were still valid."""

from typing import LiteralString

SETTLED_INSTANT: LiteralString = "select app.settled_instant()"

# Best first. `as_of` is no later than the settled instant, so that the same question always has the same answer.
LEADS_AS_OF: LiteralString = """
with found as materialized (
  select p.id, p.company_name, p.category, p.address, p.city, p.state, p.zip_code, p.country, p.website, p.domain, p.phone,
         p.source, p.status, p.distance_meters
    from public.prospects p
   where p.organization_id = %(organization)s and p.campaign_id = %(campaign)s and p.updated_at < %(as_of)s
  union all
  select p.id, p.company_name, p.category, p.address, p.city, p.state, p.zip_code, p.country, p.website, p.domain, p.phone,
         p.source, p.status, p.distance_meters
    from public.prospect_versions v
   cross join lateral jsonb_populate_record(null::public.prospects, v.version) p
   where v.organization_id = %(organization)s and v.campaign_id = %(campaign)s
     and v.valid_from < %(as_of)s and v.valid_to >= %(as_of)s and p.merged_into is null
), owners as materialized (
  select distinct on (o.row_id) o.row_id, o.prospect_id, o.superseded_at
    from public.earlier_owners o
   where o.organization_id = %(organization)s and o.valid_to >= %(as_of)s
   order by o.row_id, o.valid_to, o.id
), scores as (
  select l.score, l.tier, l.confidence, l.profile_version, coalesce(o.prospect_id, l.prospect_id) as owner
    from public.lead_scores l
    left join owners o on o.row_id = l.id
   where l.organization_id = %(organization)s and l.campaign_id = %(campaign)s and l.tier = any (%(tiers)s)
     and l.scored_at < %(as_of)s
     and coalesce(case when o.row_id is null then l.superseded_at else o.superseded_at end, 'infinity') >= %(as_of)s
)
select p.id, p.company_name, p.category, p.address, p.city, p.state, p.zip_code, p.country, p.website, p.domain, p.phone,
       p.source, p.status, p.distance_meters, l.score, l.tier, l.confidence, l.profile_version, c.full_name as contact_name,
       c.title as contact_title, c.email as contact_email, c.email_verdict, e.website_status
  from scores l
  join found p on p.id = l.owner
  left join lateral (
    select c.full_name, c.title, c.email, c.email_verdict
      from public.contacts c
     where c.organization_id = %(organization)s and c.prospect_id = p.id and c.is_primary and c.updated_at < %(as_of)s
    union all
    select c.full_name, c.title, c.email, c.email_verdict
      from public.contact_versions v
     cross join lateral jsonb_populate_record(null::public.contacts, v.version) c
     where v.organization_id = %(organization)s and v.prospect_id = p.id and c.is_primary
       and v.valid_from < %(as_of)s and v.valid_to >= %(as_of)s
     limit 1
  ) c on true
  left join lateral (
    select e.website_status
      from public.enrichment_data e
     where e.organization_id = %(organization)s and e.prospect_id = p.id and e.stage = 'website_profiles'
       and e.enriched_at < %(as_of)s and coalesce(e.superseded_at, 'infinity') >= %(as_of)s
       and not exists (select from owners o where o.row_id = e.id)
    union all
    select e.website_status
      from owners o
      join public.enrichment_data e on e.id = o.row_id
     where o.prospect_id = p.id and e.stage = 'website_profiles'
       and e.enriched_at < %(as_of)s and coalesce(o.superseded_at, 'infinity') >= %(as_of)s
     limit 1
  ) e on true
 where (l.score, p.id) < (%(score)s, %(id)s)
 order by l.score desc, p.id desc
 limit %(limit)s
"""

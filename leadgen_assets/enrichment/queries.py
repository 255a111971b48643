"""SQL of enrichment: what each stage needs to know of a prospect, and where its findings go."""

from typing import LiteralString

# The conditions a `due` query ends with; between the two halves stands what else makes a prospect due.
# ruff: noqa: S608  (constants are put together here, values never)
DUE: LiteralString = """
   and p.status <> 'disqualified'
   and (s.prospect_id is null or s.version <> %(version)s or s.finished_at < u.finished_at
        or s.finished_at < %(refresh_before)s::timestamptz"""
SLICE: LiteralString = """)
 order by p.created_at, p.id
 limit %(slice)s
"""

DUE_WEBSITES: LiteralString = """
select p.id, p.company_name, p.website, p.country, p.category, p.source,
       coalesce(jsonb_object_agg(l.source, l.fields) filter (where l.source is not null), '{}') as listings,
       coalesce(jsonb_object_agg(l.source, l.provider_call_id) filter (where l.source is not null), '{}') as listing_calls
  from public.prospects p
  left join public.listings l on l.prospect_id = p.id
 where p.campaign_id = %(campaign)s
   and p.status <> 'disqualified'
   and not exists (
     select 1 from public.prospect_stages s
      where s.prospect_id = p.id and s.stage = %(stage)s and s.version = %(version)s
        and s.finished_at >= coalesce(%(refresh_before)s::timestamptz, '-infinity'))
   and %(upstream)s::text is null
 group by p.id
 order by p.created_at, p.id
 limit %(slice)s
"""

# Due as well: a verdict older than it may get, a contact whose mail came back since, and one that was brought since.
DUE_CONTACTS: LiteralString = (
    """
select p.id, p.company_name, p.domain, p.website, e.findings, e.website_status,
       (select v.provider_call_id from public.field_provenance v
         where v.prospect_id = p.id and v.field = 'findings' and v.superseded_at is null
         order by v.id desc limit 1) as site_call,
       array(select c.email from public.contacts c
              where c.prospect_id = p.id and c.bounced_at is not null and c.email is not null) as bounced,
       coalesce((select jsonb_agg(jsonb_build_object(
                          'name', c.full_name, 'title', c.title, 'email', c.email, 'source', c.source, 'phone', c.phone,
                          'linkedin_url', c.linkedin_url, 'is_role_mailbox', c.is_role_mailbox) order by c.id)
                   from public.contacts c
                  where c.prospect_id = p.id and c.source in ('manual', 'import')), '[]') as brought
  from public.prospects p
  join public.prospect_stages u on u.prospect_id = p.id and u.stage = %(upstream)s
  left join public.prospect_stages s on s.prospect_id = p.id and s.stage = %(stage)s
  left join public.current_enrichment e on e.prospect_id = p.id and e.stage = 'website_profiles'
 where p.campaign_id = %(campaign)s
"""
    + DUE
    + """
        or exists (select 1 from public.contacts c
                    where c.prospect_id = p.id
                      and ((c.source in ('manual', 'import') and c.created_at > s.finished_at)
                           or (c.is_primary and c.bounced_at > s.finished_at)
                           or (c.is_primary and c.bounced_at is null
                               and c.email_verification_date < now() - make_interval(days => %(verdict_days)s))))"""
    + SLICE
)

DUE_RESEARCH: LiteralString = (
    """
select p.id, p.company_name, p.category, p.city, p.website, e.website_status, e.website_content, e.mobile_score,
       e.has_ssl, e.has_booking, e.page_speed_ms, e.google_rating, e.google_review_count, e.yelp_rating,
       e.yelp_review_count, e.findings, e.year_founded as site_year_founded,
       coalesce((select jsonb_object_agg(v.field, v.provider_call_id) from public.field_provenance v
                  where v.prospect_id = p.id and v.superseded_at is null), '{}') as receipts
  from public.prospects p
  join public.prospect_stages u on u.prospect_id = p.id and u.stage = %(upstream)s
  left join public.prospect_stages s on s.prospect_id = p.id and s.stage = %(stage)s
  left join public.current_enrichment e on e.prospect_id = p.id and e.stage = 'website_profiles'
 where p.campaign_id = %(campaign)s
"""
    + DUE
    + SLICE
)

# A new version supersedes the old one; nothing is overwritten.
SAVE_ENRICHMENT: LiteralString = """
with incoming as materialized (
  select * from json_populate_recordset(null::public.enrichment_data, %(json)s)
), superseded as (
  update public.enrichment_data d set superseded_at = now()
    from incoming i
   where d.prospect_id = i.prospect_id and d.stage = i.stage and d.superseded_at is null
  returning d.id
)
insert into public.enrichment_data
  (organization_id, prospect_id, stage, code_version, website_exists, website_status, website_score, mobile_score,
   has_ssl, page_speed_ms, tech_stack, cms_detected, ecommerce_platform, has_booking, employee_count_range,
   revenue_estimate, year_founded, has_facebook, has_instagram, has_linkedin, has_google_business, google_rating,
   google_review_count, yelp_rating, yelp_review_count, pain_points, opportunities, company_summary, website_content,
   findings)
select (select app.pipeline_organization_id()), prospect_id, stage, code_version, website_exists, website_status,
       website_score, mobile_score, has_ssl, page_speed_ms, coalesce(tech_stack, '[]'), cms_detected,
       ecommerce_platform, has_booking, employee_count_range, revenue_estimate, year_founded, has_facebook,
       has_instagram, has_linkedin, has_google_business, google_rating, google_review_count, yelp_rating,
       yelp_review_count, coalesce(pain_points, '{}'), coalesce(opportunities, '{}'), company_summary, website_content,
       coalesce(findings, '{}')
  from incoming
 where (select count(*) from superseded) >= 0
"""

SAVE_CONTACTS: LiteralString = """
insert into public.contacts
  (organization_id, prospect_id, first_name, last_name, full_name, title, email, phone, linkedin_url, email_verdict,
   email_verdict_reason, email_verification_source, email_verification_date, verification_call_id, provider_call_id,
   is_role_mailbox, is_decision_maker, source)
select (select app.pipeline_organization_id()), prospect_id, first_name, last_name, full_name, title, email, phone,
       linkedin_url, email_verdict, email_verdict_reason, email_verification_source, email_verification_date,
       verification_call_id, provider_call_id, coalesce(is_role_mailbox, false), coalesce(is_decision_maker, false), source
  from json_populate_recordset(null::public.contacts, %(json)s)
    on conflict (prospect_id, email, full_name) do update
   set title = coalesce(excluded.title, contacts.title), phone = coalesce(excluded.phone, contacts.phone),
       linkedin_url = coalesce(excluded.linkedin_url, contacts.linkedin_url),
       email_verdict = coalesce(excluded.email_verdict, contacts.email_verdict),
       email_verdict_reason = coalesce(excluded.email_verdict_reason, contacts.email_verdict_reason),
       email_verification_source = coalesce(excluded.email_verification_source, contacts.email_verification_source),
       email_verification_date = coalesce(excluded.email_verification_date, contacts.email_verification_date),
       verification_call_id = coalesce(excluded.verification_call_id, contacts.verification_call_id),
       provider_call_id = coalesce(excluded.provider_call_id, contacts.provider_call_id),
       is_decision_maker = excluded.is_decision_maker
"""

NO_PRIMARY_CONTACT: LiteralString = """
update public.contacts set is_primary = false where prospect_id = any (%(ids)s) and is_primary
"""

SET_PRIMARY_CONTACT: LiteralString = """
update public.contacts c set is_primary = true
  from json_populate_recordset(null::public.contacts, %(json)s) i
 where c.prospect_id = i.prospect_id and c.email is not distinct from i.email
   and c.full_name is not distinct from i.full_name
"""

# The number that holds, whoever was seen first.
SET_PHONES: LiteralString = """
update public.prospects p set phone = i.phone
  from json_populate_recordset(null::public.prospects, %(json)s) i
 where p.id = i.id and p.phone is distinct from i.phone
"""

SAVE_CONFLICTS: LiteralString = """
with superseded as (
  update public.field_conflicts c set superseded_at = now()
   where c.prospect_id = any (%(ids)s) and c.stage = %(stage)s and c.superseded_at is null
  returning c.id
)
insert into public.field_conflicts
  (organization_id, prospect_id, stage, field, value, provider, provider_call_id, chosen_by, agreeing, others)
select (select app.pipeline_organization_id()), prospect_id, stage, field, value, provider, provider_call_id, chosen_by,
       coalesce(agreeing, '{}'), others
  from json_populate_recordset(null::public.field_conflicts, %(json)s)
 where (select count(*) from superseded) >= 0
"""

FORGET_ATTEMPTS: LiteralString = "delete from public.contact_attempts where prospect_id = any (%(ids)s)"

# The price is the ledger's: what was paid, and what was saved where the answer was known.
SAVE_ATTEMPTS: LiteralString = """
insert into public.contact_attempts
  (organization_id, campaign_id, prospect_id, source, segment, place, addresses, sufficed, call_ids, cost_micros)
select (select app.pipeline_organization_id()), %(campaign)s, i.prospect_id, i.source, i.segment, i.place, i.addresses,
       i.sufficed, i.call_ids,
       (select coalesce(sum(k.cost_micros + k.saved_micros), 0) from public.provider_calls k where k.id = any (i.call_ids))
  from json_populate_recordset(null::public.contact_attempts, %(json)s) i
"""

# Of this organization alone: what others measured is theirs.
SOURCE_STATS: LiteralString = """
select source, asked, hits, valid, bounced, cost_micros
  from public.contact_source_stats
 where organization_id = (select app.pipeline_organization_id()) and segment = %(segment)s
"""

WATERFALL_ORDER: LiteralString = """
select order_after from public.waterfall_changes
 where organization_id = (select app.pipeline_organization_id()) and segment = %(segment)s
 order by id desc limit 1
"""

SAVE_CHANGE: LiteralString = """
insert into public.waterfall_changes (organization_id, segment, order_before, order_after, explanation, measured)
select (select app.pipeline_organization_id()), segment, order_before, order_after, explanation, measured
  from json_populate_recordset(null::public.waterfall_changes, %(json)s)
"""

SAVE_EVIDENCE: LiteralString = """
with superseded as (
  update public.evidence e set superseded_at = now()
   where e.prospect_id = any (%(ids)s) and e.superseded_at is null
  returning e.id
)
insert into public.evidence
  (organization_id, prospect_id, kind, statement, quote, source_url, provider_call_id, confidence)
select (select app.pipeline_organization_id()), prospect_id, kind, statement, quote, source_url, provider_call_id,
       confidence
  from json_populate_recordset(null::public.evidence, %(json)s)
 where (select count(*) from superseded) >= 0
"""

COUNT_ENRICHED: LiteralString = """
update public.campaigns c
   set enriched_count = (select count(*) from public.prospect_stages s
                          where s.campaign_id = c.id and s.stage = 'research' and s.state <> 'failed')
 where c.id = %(campaign)s
"""

MARK_ENRICHED: LiteralString = """
update public.prospects set status = 'enriched' where id = any (%(ids)s) and status in ('new', 'enriching')
"""

CHECK_SITE_OR_REASON: LiteralString = """
select count(*) as total, count(*) filter (where e.id is null and s.reason is null) as failing
  from public.prospect_stages s
  left join public.current_enrichment e on e.prospect_id = s.prospect_id and e.stage = 'website_profiles'
 where s.campaign_id = %(campaign)s and s.stage = 'website_profiles'
"""

CHECK_VERDICTS: LiteralString = """
select count(*) as total, count(*) filter (where c.is_primary and c.email is not null and c.email_verdict is null) as failing
  from public.contacts c join public.prospects p on p.id = c.prospect_id
 where p.campaign_id = %(campaign)s
"""

CHECK_QUOTED: LiteralString = """
select count(*) as total,
       count(*) filter (where v.quote = '' or v.provider_call_id is null
                        or not exists (select 1 from public.provider_calls c where c.id = v.provider_call_id)) as failing
  from public.evidence v join public.prospects p on p.id = v.prospect_id
 where p.campaign_id = %(campaign)s and v.superseded_at is null
"""

CONTACTABLE: LiteralString = """
select count(*) as contactable from public.prospects p
 where p.campaign_id = %(campaign)s
   and exists (select 1 from public.contacts c where c.prospect_id = p.id and c.email_verdict = 'valid')
"""

# Each value that is there, and whether a receipt of it names a call that was made, or whoever typed it in or sent the file.
_VALUES_WITHOUT_RECEIPT: LiteralString = """
select count(*) as total,
       count(*) filter (where not exists (
         select 1 from public.field_provenance r
          where r.prospect_id = e.prospect_id and r.field = v.key and r.superseded_at is null
            and (r.provider in ('manual', 'import')
                 or exists (select 1 from public.provider_calls k where k.id = r.provider_call_id)))) as failing
  from public.current_enrichment e
  join public.prospects p on p.id = e.prospect_id
 cross join lateral jsonb_each(to_jsonb(e) - array['id', 'organization_id', 'prospect_id', 'stage', 'code_version',
                                                   'enriched_at', 'updated_at', 'superseded_at']) v
 where p.campaign_id = %(campaign)s
   and v.value not in ('null'::jsonb, '""'::jsonb, '[]'::jsonb, '{}'::jsonb)
"""
CHECK_WEBSITE_RECEIPTS: LiteralString = _VALUES_WITHOUT_RECEIPT + " and e.stage = 'website_profiles'"
CHECK_RESEARCH_RECEIPTS: LiteralString = _VALUES_WITHOUT_RECEIPT + " and e.stage = 'research'"

# A contact names the call it was found in, and its verdict the call that gave it, unless we could tell ourselves.
CHECK_CONTACT_RECEIPTS: LiteralString = """
select count(*) as total,
       count(*) filter (where (c.source not in ('manual', 'import') and found.id is null)
                           or (c.email_verification_source is not null and told.id is null)) as failing
  from public.contacts c
  join public.prospects p on p.id = c.prospect_id
  left join public.provider_calls found on found.id = c.provider_call_id
  left join public.provider_calls told on told.id = c.verification_call_id
 where p.campaign_id = %(campaign)s
"""

# Of too few businesses a share says nothing.
CHECK_CONTACTABLE: LiteralString = """
select count(*) as total,
       case when count(*) < 20 then 0
            else count(*) filter (where not exists (
              select 1 from public.contacts c
               where c.prospect_id = s.prospect_id and c.email_verdict in ('valid', 'risky')))
       end as failing
  from public.prospect_stages s
 where s.campaign_id = %(campaign)s and s.stage = 'contacts'
"""

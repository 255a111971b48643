"""SQL of merges, of the pairs a person looks at, and of companies. Row security says whose they are."""

from typing import LiteralString

# The two rows, held until the end of the transaction so that nobody merges them elsewhere meanwhile.
LOCK_PROSPECTS: LiteralString = """
select id, campaign_id, website, domain, phone, address, city, state, zip_code, category
  from public.prospects
 where id = any (%(ids)s)
 order by id
   for update
"""

LISTINGS: LiteralString = "select id from public.listings where prospect_id = %(prospect)s order by id"

CONTACTS: LiteralString = """
select id, email, full_name, is_primary from public.contacts where prospect_id = %(prospect)s order by id
"""

ENRICHMENT: LiteralString = """
select stage, id from public.enrichment_data where prospect_id = %(prospect)s and superseded_at is null
"""

EVIDENCE: LiteralString = """
select id from public.evidence where prospect_id = %(prospect)s and superseded_at is null order by id
"""

RECEIPTS: LiteralString = """
select id, field from public.field_provenance where prospect_id = %(prospect)s and superseded_at is null order by id
"""

SCORE: LiteralString = "select id from public.lead_scores where prospect_id = %(prospect)s and superseded_at is null"

OUTCOMES: LiteralString = "select kind, id from public.lead_outcomes where prospect_id = %(prospect)s"

SEQUENCES: LiteralString = """
select s.id, s.sequence_type, s.status, s.superseded_at is null as current,
       exists (select 1 from public.outreach_emails e
                where e.sequence_id = s.id and e.status not in ('pending', 'scheduled')) as sent
  from public.outreach_sequences s
 where s.prospect_id = %(prospect)s
 order by s.id
"""

MERGE: LiteralString = """
select app.merge_prospects(%(kept)s, %(merged)s, %(plan)s, %(score)s, %(reason)s, %(person)s)
"""

UNDO: LiteralString = "select app.undo_merge(%(merge)s, %(person)s)"

MERGE_BY_ID: LiteralString = """
select id, campaign_id, kept_prospect_id, merged_prospect_id, score, reason, merged_at, undone_at, decided_by
  from public.merges
 where id = %(merge)s
"""

STANDS_IN_THE_WAY: LiteralString = """
select l.id
  from public.merges m
  join public.merges l on l.organization_id = m.organization_id and l.undone_at is null and l.position > m.position
   and array[l.kept_prospect_id, l.merged_prospect_id] && array[m.kept_prospect_id, m.merged_prospect_id]
 where m.id = %(merge)s
 order by l.position desc
 limit 1
"""

# What was decided stays decided; an open pair takes its new score.
SAVE_REVIEWS: LiteralString = """
insert into public.match_reviews (organization_id, campaign_id, left_prospect_id, right_prospect_id, score, reason)
select p.organization_id, p.campaign_id, least(r.left_id, r.right_id), greatest(r.left_id, r.right_id), r.score, r.reason
  from json_to_recordset(%(json)s) r (left_id uuid, right_id uuid, score double precision, reason text)
  join public.prospects p on p.id = r.left_id
  join public.prospects q on q.id = r.right_id and q.campaign_id = p.campaign_id
 where p.campaign_id = %(campaign)s and p.id <> q.id
    on conflict (left_prospect_id, right_prospect_id) do update
   set score = excluded.score, reason = excluded.reason
 where match_reviews.state = 'open'
"""

DECIDE: LiteralString = """
insert into public.match_reviews
  (organization_id, campaign_id, left_prospect_id, right_prospect_id, score, reason, state, decided_by, decided_at)
select p.organization_id, p.campaign_id, least(p.id, %(right)s::uuid), greatest(p.id, %(right)s::uuid),
       coalesce(%(score)s, 0), coalesce(%(reason)s, 'decided by hand'), %(state)s, %(person)s, now()
  from public.prospects p
 where p.id = %(left)s
    on conflict (left_prospect_id, right_prospect_id) do update
   set state = excluded.state, decided_by = excluded.decided_by, decided_at = excluded.decided_at
"""

REVIEW: LiteralString = """
select id, campaign_id, left_prospect_id, right_prospect_id, score, reason, state
  from public.match_reviews
 where id = %(review)s
   for update
"""

KEPT_APART: LiteralString = """
select left_prospect_id, right_prospect_id
  from public.match_reviews
 where campaign_id = %(campaign)s and state = 'different'
"""

LOCATIONS_OF_CAMPAIGN: LiteralString = """
select id, source, company_name, address, city, state, zip_code, phone, website, country
  from public.prospects
 where campaign_id = %(campaign)s
 order by created_at, id
"""

SAVE_COMPANIES: LiteralString = """
insert into public.companies (organization_id, key, name, domain)
select (select app.pipeline_organization_id()), c.key, c.name, c.domain
  from json_to_recordset(%(json)s) c (key text, name text, domain text)
    on conflict (organization_id, key) do nothing
"""

# A campaign's prospects are placed anew, so that one that is a branch no longer is none.
CLEAR_LOCATIONS: LiteralString = """
delete from public.prospect_companies o
 using public.prospects p
 where p.campaign_id = %(campaign)s and o.prospect_id = p.id
"""

SAVE_LOCATIONS: LiteralString = """
insert into public.prospect_companies (prospect_id, organization_id, company_id, reason)
select l.prospect_id, c.organization_id, c.id, l.reason
  from json_to_recordset(%(json)s) l (prospect_id uuid, key text, reason text)
  join public.companies c on c.organization_id = (select app.pipeline_organization_id()) and c.key = l.key
    on conflict (prospect_id) do update set company_id = excluded.company_id, reason = excluded.reason
"""

IN_ORDER_FOUND: LiteralString = "select id from public.prospects where id = any (%(ids)s) order by created_at, id"

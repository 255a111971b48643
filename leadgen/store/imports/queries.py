"""SQL of imports, of the leads they write, and of exclusions. The organization is named, under row security all the same."""

from typing import LiteralString

CAMPAIGN: LiteralString = """
select status from public.campaigns where organization_id = %(organization)s and id = %(campaign)s
"""

CAMPAIGN_ORGANIZATION: LiteralString = "select app.campaign_organization(%(campaign)s) as organization"

# One file into one campaign with one set of choices is one import, however often it is given.
BEGIN: LiteralString = """
insert into public.imports
  (organization_id, campaign_id, created_by, file_name, file_sha256, choices_sha256, choices, columns)
values
  (%(organization)s, %(campaign)s, %(user)s, %(file_name)s, %(file_sha256)s, %(choices_sha256)s, %(choices)s, %(columns)s)
    on conflict (campaign_id, file_sha256, choices_sha256) do update
   set state = case when imports.state = 'done' then 'done' else 'running' end,
       ended_at = case when imports.state = 'done' then imports.ended_at end,
       detail = null
returning *
"""

IMPORT: LiteralString = """
select * from public.imports where organization_id = %(organization)s and id = %(import)s
"""

IMPORTS: LiteralString = """
select * from public.imports
 where organization_id = %(organization)s and campaign_id = %(campaign)s
 order by started_at desc, id desc
 limit %(limit)s
"""

# Held while a batch is written: two processes that import the same file take turns, and the second finds the place taken.
LOCK: LiteralString = """
select * from public.imports where organization_id = %(organization)s and id = %(import)s for update
"""

ADVANCE: LiteralString = """
update public.imports
   set position = %(to)s, moved_at = clock_timestamp(), added = added + %(added)s, updated = updated + %(updated)s,
       joined = joined + %(joined)s, duplicates = duplicates + %(duplicates)s, known = known + %(known)s,
       refreshed = refreshed + %(refreshed)s, excluded = excluded + %(excluded)s, bad = bad + %(bad)s,
       contacts = contacts + %(contacts)s, cells_left_out = cells_left_out + %(cells_left_out)s
 where organization_id = %(organization)s and id = %(import)s
returning *
"""

END: LiteralString = """
update public.imports
   set state = %(state)s, detail = %(detail)s, ended_at = clock_timestamp()
 where organization_id = %(organization)s and id = %(import)s and state = 'running'
"""

# A campaign that waits for nobody goes on with what was brought; one that stands still does so when it is resumed.
RESUME_CAMPAIGN: LiteralString = """
insert into public.outbox (organization_id, campaign_id, kind)
select organization_id, id, 'campaign.resumed'
  from public.campaigns
 where organization_id = %(organization)s and id = %(campaign)s
   and status in ('queued', 'discovering', 'enriching', 'scoring', 'generating', 'ready')
"""

KNOWN_HERE: LiteralString = """
select p.id, p.campaign_id, p.company_name, p.category, p.website, p.phone, p.address, p.city, p.state, p.zip_code,
       p.country, p.latitude, p.longitude, p.source, p.source_id, p.raw_data ->> 'import_id' as import_id
  from public.prospects p
 where p.organization_id = %(organization)s and p.campaign_id = %(campaign)s
 order by p.created_at, p.id
"""

KNOWN_ELSEWHERE: LiteralString = """
select p.id, p.campaign_id, p.company_name, p.category, p.website, p.phone, p.address, p.city, p.state, p.zip_code,
       p.country, p.latitude, p.longitude, p.source, p.source_id, p.raw_data ->> 'import_id' as import_id
  from public.prospects p
 where p.organization_id = %(organization)s and p.campaign_id <> %(campaign)s
 order by p.created_at, p.id
"""

# For a single lead: those of the organization that share a phone, a domain, a name or a postal code with it.
KNOWN_NEAR: LiteralString = """
select p.id, p.campaign_id, p.company_name, p.category, p.website, p.phone, p.address, p.city, p.state, p.zip_code,
       p.country, p.latitude, p.longitude, p.source, p.source_id, p.raw_data ->> 'import_id' as import_id
  from public.prospects p
 where p.organization_id = %(organization)s
   and (p.phone = %(phone)s or p.domain = %(domain)s or lower(p.company_name) = lower(%(name)s)
        or (p.zip_code = %(zip_code)s and p.campaign_id = %(campaign)s))
 order by p.campaign_id = %(campaign)s desc, p.created_at, p.id
 limit 2000
"""

SAVE_PROSPECTS: LiteralString = """
insert into public.prospects
  (id, organization_id, campaign_id, company_name, category, website, domain, phone, address, city, state, zip_code,
   country, latitude, longitude, distance_meters, source, source_id, raw_data)
select i.id, %(organization)s, %(campaign)s, i.company_name, i.category, i.website, i.domain, i.phone, i.address, i.city,
       i.state, i.zip_code, i.country, i.latitude, i.longitude,
       app.meters_between(c.center_latitude, c.center_longitude, i.latitude, i.longitude), i.source, i.source_id, i.raw_data
  from json_populate_recordset(null::public.prospects, %(json)s) i
  join public.campaigns c on c.organization_id = %(organization)s and c.id = %(campaign)s
    on conflict (campaign_id, source, source_id) do nothing
returning id
"""

# `json`: prospect_id, campaign_id, source, source_id, fields.
SAVE_LISTINGS: LiteralString = """
insert into public.listings
  (organization_id, campaign_id, prospect_id, source, source_id, fields, match_score, match_reason, fetched_at)
select %(organization)s, i.campaign_id, i.prospect_id, i.source, i.source_id, i.fields, i.match_score, i.match_reason, now()
  from json_populate_recordset(null::public.listings, %(json)s) i
  join public.prospects p on p.organization_id = %(organization)s and p.id = i.prospect_id
    on conflict (campaign_id, source, source_id) do update
   set fields = excluded.fields, fetched_at = excluded.fetched_at, prospect_id = excluded.prospect_id
"""

# What the file says takes the place of what was there (`json`: fields by prospect id, null: silent).
REPLACE_FIELDS: LiteralString = """
update public.prospects p
   set category = coalesce(i.category, p.category), website = coalesce(i.website, p.website),
       domain = case when i.website is null then p.domain else i.domain end, phone = coalesce(i.phone, p.phone),
       address = coalesce(i.address, p.address), city = coalesce(i.city, p.city), state = coalesce(i.state, p.state),
       zip_code = coalesce(i.zip_code, p.zip_code), country = coalesce(i.country, p.country)
  from json_populate_recordset(null::public.prospects, %(json)s) i
 where p.organization_id = %(organization)s and p.id = i.id
"""

# What a further row of the same business knows and the first did not.
FILL_FIELDS: LiteralString = """
update public.prospects p
   set category = coalesce(p.category, i.category), website = coalesce(p.website, i.website),
       domain = coalesce(p.domain, i.domain), phone = coalesce(p.phone, i.phone), address = coalesce(p.address, i.address),
       city = coalesce(p.city, i.city), state = coalesce(p.state, i.state), zip_code = coalesce(p.zip_code, i.zip_code),
       country = coalesce(p.country, i.country)
  from json_populate_recordset(null::public.prospects, %(json)s) i
 where p.organization_id = %(organization)s and p.id = i.id
"""

# The website was read for facts that may not hold of the corrected lead.
DERIVE_AGAIN: LiteralString = """
delete from public.prospect_stages
 where organization_id = %(organization)s and stage = 'website_profiles' and prospect_id = any (%(ids)s)
"""

SAVE_CONTACTS: LiteralString = """
insert into public.contacts
  (organization_id, prospect_id, first_name, last_name, full_name, title, email, phone, linkedin_url, is_role_mailbox,
   is_decision_maker, source)
select %(organization)s, i.prospect_id, i.first_name, i.last_name, i.full_name, i.title, i.email, i.phone, i.linkedin_url,
       i.is_role_mailbox, i.is_decision_maker, i.source
  from json_populate_recordset(null::public.contacts, %(json)s) i
  join public.prospects p on p.organization_id = %(organization)s and p.id = i.prospect_id
    on conflict (prospect_id, email, full_name) do update
   set title = coalesce(excluded.title, contacts.title), phone = coalesce(excluded.phone, contacts.phone),
       linkedin_url = coalesce(excluded.linkedin_url, contacts.linkedin_url)
returning xmax = 0 as is_new
"""

# A receipt takes the place of an older one of the same field; both stay.
SUPERSEDE_PROVENANCE: LiteralString = """
update public.field_provenance p
   set superseded_at = now()
  from json_populate_recordset(null::public.field_provenance, %(json)s) i
 where p.organization_id = %(organization)s and p.prospect_id = i.prospect_id and p.field = i.field
   and p.superseded_at is null
"""

SAVE_PROVENANCE: LiteralString = """
insert into public.field_provenance (organization_id, prospect_id, field, provider, quote)
select %(organization)s, i.prospect_id, i.field, i.provider, i.quote
  from json_populate_recordset(null::public.field_provenance, %(json)s) i
  join public.prospects p on p.organization_id = %(organization)s and p.id = i.prospect_id
"""

SAVE_REMARKS: LiteralString = """
insert into public.import_remarks (organization_id, import_id, line, kind, column_name, problem, remedy, value)
select %(organization)s, %(import)s, i.line, i.kind, i.column_name, i.problem, i.remedy, i.value
  from json_populate_recordset(null::public.import_remarks, %(json)s) i
"""

REMARKS: LiteralString = """
select id, line, kind, column_name, problem, remedy, value
  from public.import_remarks
 where organization_id = %(organization)s and import_id = %(import)s and (line, id) > (%(line)s, %(id)s)
 order by line, id
 limit %(limit)s
"""

EXCLUSIONS: LiteralString = """
select kind, key, reason from public.exclusions where organization_id = %(organization)s
"""

LIST_EXCLUSIONS: LiteralString = """
select id, kind, value, reason, created_at
  from public.exclusions
 where organization_id = %(organization)s and (created_at, id) < (%(created_at)s, %(id)s)
 order by created_at desc, id desc
 limit %(limit)s
"""

ADD_EXCLUSION: LiteralString = """
insert into public.exclusions (organization_id, kind, key, value, reason, created_by)
values (%(organization)s, %(kind)s, %(key)s, %(value)s, %(reason)s, %(user)s)
    on conflict (organization_id, kind, key) do update set reason = excluded.reason, value = excluded.value
returning id, kind, value, reason, created_at
"""

REMOVE_EXCLUSION: LiteralString = """
delete from public.exclusions where organization_id = %(organization)s and id = %(id)s
"""

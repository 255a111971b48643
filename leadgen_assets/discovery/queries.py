"""SQL of discovery: where a campaign searches, and what it finds."""

from typing import LiteralString

SAVE_CENTER: LiteralString = """
update public.campaigns set center_latitude = %(latitude)s, center_longitude = %(longitude)s where id = %(campaign)s
"""

SAVE_TILES: LiteralString = """
insert into public.discovery_tiles
  (organization_id, campaign_id, source, tile, south, west, north, east, found, inside, state)
select (select app.pipeline_organization_id()), %(campaign)s, source, tile, south, west, north, east, found, inside, state
  from json_populate_recordset(null::public.discovery_tiles, %(json)s)
    on conflict (campaign_id, source, tile) do update
   set found = excluded.found, inside = excluded.inside, state = excluded.state, searched_at = now()
"""

KNOWN_TILES: LiteralString = """
select source, tile, south, west, north, east, found, inside, state
  from public.discovery_tiles
 where campaign_id = %(campaign)s and state = 'split'
"""

# The cities that the campaign's businesses are in, the commonest first.
CITIES: LiteralString = """
select city, state
  from public.prospects
 where campaign_id = %(campaign)s and city is not null
 group by city, state
 order by count(*) desc, city, state
 limit 50
"""

SAVE_CERTIFICATE: LiteralString = """
insert into public.coverage_certificates
  (organization_id, campaign_id, run_id, prospects, duplicates, tiles, saturated_tiles, recall, recall_low, recall_high,
   document)
values ((select app.pipeline_organization_id()), %(campaign)s, %(run)s, %(prospects)s, %(duplicates)s, %(tiles)s,
        %(saturated_tiles)s, %(recall)s, %(recall_low)s, %(recall_high)s, %(document)s)
    on conflict (campaign_id, run_id) do update
   set computed_at = now(), prospects = excluded.prospects, duplicates = excluded.duplicates, tiles = excluded.tiles,
       saturated_tiles = excluded.saturated_tiles, recall = excluded.recall, recall_low = excluded.recall_low,
       recall_high = excluded.recall_high, document = excluded.document
"""

# Without those that a tenant wants beside their double.
KNOWN_LISTINGS: LiteralString = """
select l.source, l.source_id, l.prospect_id, l.fields
  from public.listings l
 where l.campaign_id = %(campaign)s and not l.fields -> 'extra' ? 'kept_apart'
 order by l.fetched_at, l.source, l.source_id
"""

SAVE_PROSPECTS: LiteralString = """
insert into public.prospects
  (id, organization_id, campaign_id, company_name, category, website, domain, phone, address, city, state, zip_code,
   country, latitude, longitude, distance_meters, source, source_id, source_url)
select id, (select app.pipeline_organization_id()), %(campaign)s, company_name, category, website, domain, phone, address,
       city, state, zip_code, country, latitude, longitude, distance_meters, source, source_id, source_url
  from json_populate_recordset(null::public.prospects, %(json)s)
    on conflict (campaign_id, source, source_id) do nothing
"""

# Fields that a later source knows and the first did not.
COMPLETE_PROSPECTS: LiteralString = """
update public.prospects p
   set website = coalesce(p.website, i.website), domain = coalesce(p.domain, i.domain),
       phone = coalesce(p.phone, i.phone), address = coalesce(p.address, i.address), city = coalesce(p.city, i.city),
       state = coalesce(p.state, i.state), zip_code = coalesce(p.zip_code, i.zip_code),
       category = coalesce(p.category, i.category)
  from json_populate_recordset(null::public.prospects, %(json)s) i
 where p.id = i.id
   and (p.website is null or p.phone is null or p.address is null or p.zip_code is null)
"""

# A brought lead that was recognised on a map stands there.
PLACE_BROUGHT: LiteralString = """
update public.prospects p
   set latitude = i.latitude, longitude = i.longitude, category = coalesce(p.category, i.category),
       distance_meters = app.meters_between(c.center_latitude, c.center_longitude, i.latitude, i.longitude)
  from json_populate_recordset(null::public.prospects, %(json)s) i, public.campaigns c
 where p.id = i.id and c.id = p.campaign_id and p.latitude is null and p.source in ('import', 'manual')
"""

# A known listing stays with its prospect: merges and MOVE_LISTINGS move it.
SAVE_LISTINGS: LiteralString = """
insert into public.listings
  (organization_id, campaign_id, prospect_id, source, source_id, fields, provider_call_id, match_score, match_reason,
   fetched_at, expires_at)
select (select app.pipeline_organization_id()), %(campaign)s, prospect_id, source, source_id, fields, provider_call_id,
       match_score, match_reason, fetched_at, expires_at
  from json_populate_recordset(null::public.listings, %(json)s)
    on conflict (campaign_id, source, source_id) do update
   set fields = excluded.fields, provider_call_id = excluded.provider_call_id, match_score = excluded.match_score,
       match_reason = excluded.match_reason, fetched_at = excluded.fetched_at, expires_at = excluded.expires_at
"""

MOVE_LISTINGS: LiteralString = """
update public.listings l set prospect_id = m.prospect_id
  from json_populate_recordset(null::public.listings, %(json)s) m
 where l.campaign_id = %(campaign)s and l.source = m.source and l.source_id = m.source_id
"""

# Asset checks: each returns how many prospects break the rule, and how many there are.
# What a tenant brought is wanted wherever it is, and twice where the tenant said so.
CHECK_IN_RADIUS: LiteralString = """
select count(*) as total, count(*) filter (where p.distance_meters > c.target_radius_miles * 1609.344) as failing
  from public.prospects p join public.campaigns c on c.id = p.campaign_id
 where p.campaign_id = %(campaign)s and p.source not in ('import', 'manual')
"""

CHECK_DUPLICATES: LiteralString = """
select count(*) as total,
       count(*) - count(distinct (coalesce(phone, id::text), lower(company_name), coalesce(address, id::text))) as failing
  from public.prospects
 where campaign_id = %(campaign)s and source not in ('import', 'manual')
"""

# What every prospect that was found on a map has, and the listing it rests on.
CHECK_SCHEMA: LiteralString = """
select count(*) as total,
       count(*) filter (
         where p.source_id is null
            or (p.source not in ('manual', 'import')
                and (p.latitude is null or p.longitude is null or p.distance_meters is null
                     or not exists (select 1 from public.listings l where l.prospect_id = p.id)))) as failing
  from public.prospects p
 where p.campaign_id = %(campaign)s
"""

PREVIEW: LiteralString = """
select p.id, p.city, p.state, p.category, p.source, round(p.distance_meters) as meters,
       (select count(*) from public.listings l where l.prospect_id = p.id) as listings
  from public.prospects p
 where p.campaign_id = %(campaign)s
 order by p.created_at, p.id
 limit 5
"""

PROSPECTS: LiteralString = "select count(*) as prospects from public.prospects where campaign_id = %(campaign)s"

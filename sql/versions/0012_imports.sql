-- Tables of leads that tenants bring, and the businesses they do not want as leads.

-- One file into one campaign with one set of choices. `position` is the last line whose outcome is committed: an import that was
-- killed goes on behind it, and the same file given again adds nothing.
create table public.imports (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  created_by uuid references public.users (id) on delete set null,
  file_name text not null check (length(file_name) between 1 and 300),
  file_sha256 bytea not null check (length(file_sha256) = 32),
  choices_sha256 bytea not null check (length(choices_sha256) = 32),
  choices jsonb not null,
  columns jsonb not null,  -- field -> column of the file
  state text not null default 'running' check (state in ('running', 'done', 'stopped', 'failed')),
  detail text,
  position integer not null default 0 check (position >= 0),

  -- Each row of the file is counted once among these; a double within the file is `joined` to its first row
  added integer not null default 0,
  updated integer not null default 0,
  joined integer not null default 0,
  duplicates integer not null default 0,
  known integer not null default 0,
  refreshed integer not null default 0,
  excluded integer not null default 0,
  bad integer not null default 0,

  contacts integer not null default 0,
  cells_left_out integer not null default 0,
  started_at timestamptz not null default now(),
  moved_at timestamptz not null default now(),
  ended_at timestamptz,
  unique (organization_id, id),
  unique (campaign_id, file_sha256, choices_sha256),
  check ((state = 'running') = (ended_at is null)),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index imports_campaign on public.imports (organization_id, campaign_id, started_at desc);
create index imports_created_by on public.imports (created_by);

-- What is to be said of a line: why it is no lead, or which of its cells was left out.
create table public.import_remarks (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  import_id uuid not null,
  line integer not null check (line >= 1),
  kind text not null check (kind in ('bad_row', 'cell', 'duplicate', 'known', 'excluded')),
  column_name text,
  problem text not null,
  remedy text not null,
  value text,
  foreign key (organization_id, import_id) references public.imports (organization_id, id) on delete cascade
);
create index import_remarks_import on public.import_remarks (organization_id, import_id, line, id);

-- `key` is the comparable form of `value` (leadgen/domain/discovery/exclusions.py).
create table public.exclusions (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  kind text not null check (kind in ('domain', 'phone', 'name')),
  key text not null check (length(key) between 1 and 500),
  value text not null check (length(value) between 1 and 500),
  reason text not null default 'other' check (reason in ('customer', 'competitor', 'suppressed', 'other')),
  created_by uuid references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  unique (organization_id, kind, key)
);
create index exclusions_recent on public.exclusions (organization_id, created_at desc, id desc);
create index exclusions_created_by on public.exclusions (created_by);

-- Great-circle distance by the haversine formula on the mean earth (leadgen/domain/geo.py); null where a place is unknown.
create function app.meters_between(latitude_a double precision, longitude_a double precision,
                                   latitude_b double precision, longitude_b double precision) returns double precision
language sql immutable strict set search_path = ''
as $$
  select 2 * 6371008.8 * asin(least(1.0, sqrt(
    power(sin(radians(latitude_b - latitude_a) / 2), 2)
    + cos(radians(latitude_a)) * cos(radians(latitude_b)) * power(sin(radians(longitude_b - longitude_a) / 2), 2))))
$$;
grant execute on function app.meters_between(double precision, double precision, double precision, double precision)
  to leadgen_api, leadgen_pipeline;

-- A single lead is looked for among the organization's own without reading them all.
create index prospects_phone on public.prospects (organization_id, phone) where phone is not null;
create index prospects_name on public.prospects (organization_id, lower(company_name));

call app.isolate_tenant_table('public.imports');
call app.isolate_tenant_table('public.import_remarks');
call app.isolate_tenant_table('public.exclusions');

-- A member brings leads, with the listing and receipts that say so, and can write none in a vendor's name.
create policy members_bring_their_own on public.listings as restrictive for insert to leadgen_api
  with check (source in ('import', 'manual') and organization_id = (select app.current_organization_id()));
create policy members_change_their_own on public.listings as restrictive for update to leadgen_api
  using (source in ('import', 'manual') and organization_id = (select app.current_organization_id()));
create policy members_bring_their_own on public.field_provenance as restrictive for insert to leadgen_api
  with check (provider in ('import', 'manual') and organization_id = (select app.current_organization_id()));

grant select, insert, update on public.imports to leadgen_api, leadgen_pipeline;
grant select, insert on public.import_remarks to leadgen_api, leadgen_pipeline;
grant select, insert, update, delete on public.exclusions to leadgen_api, leadgen_pipeline;
grant insert, update (fields, fetched_at, prospect_id) on public.listings to leadgen_api;
grant insert, update (superseded_at) on public.field_provenance to leadgen_api;
-- What a member corrected is derived again.
grant delete on public.prospect_stages to leadgen_api;

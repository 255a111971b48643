-- What prospects and contacts were before their last change, so that a list can be shown as it was at an instant. Scores and
-- enrichment keep versions of their own, but for whose they are: merges move them. A version goes with its prospect or contact.

create table public.prospect_versions (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,
  version jsonb not null,  -- the row, without what its source said
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  check (valid_from < valid_to),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index prospect_versions_campaign on public.prospect_versions (organization_id, campaign_id, valid_to);
create index prospect_versions_prospect on public.prospect_versions (organization_id, prospect_id);

create table public.contact_versions (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  contact_id uuid not null,
  prospect_id uuid not null,  -- whose contact it then was
  version jsonb not null,
  valid_from timestamptz not null,
  valid_to timestamptz not null,
  check (valid_from < valid_to),
  foreign key (organization_id, contact_id) references public.contacts (organization_id, id) on delete cascade
);
create index contact_versions_prospect on public.contact_versions (organization_id, prospect_id, valid_to);
create index contact_versions_contact on public.contact_versions (organization_id, contact_id);

-- Whose a score or an enrichment was, and since when superseded, until a merge or its undoing changed that: what holds at an
-- instant is the first of a row's entries that ends there or later, or where there is none the row itself.
create table public.earlier_owners (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  row_id uuid not null,
  prospect_id uuid not null,
  superseded_at timestamptz,
  valid_to timestamptz not null default now(),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index earlier_owners_row on public.earlier_owners (organization_id, row_id, valid_to, id);
create index earlier_owners_prospect on public.earlier_owners (organization_id, prospect_id);

create function app.keep_earlier_owner() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.earlier_owners (organization_id, row_id, prospect_id, superseded_at)
  values (old.organization_id, old.id, old.prospect_id, old.superseded_at);
  return null;
end
$$;
create trigger keep_earlier_owner after update on public.lead_scores for each row
  when (old.prospect_id <> new.prospect_id or old.superseded_at is not null and new.superseded_at is null)
  execute function app.keep_earlier_owner();
create trigger keep_earlier_owner after update on public.enrichment_data for each row
  when (old.prospect_id <> new.prospect_id or old.superseded_at is not null and new.superseded_at is null)
  execute function app.keep_earlier_owner();

-- A second change in one transaction replaces what nobody has seen. now() is also what touch_updated_at writes.
create function app.keep_prospect_versions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.prospect_versions (organization_id, campaign_id, prospect_id, version, valid_from, valid_to)
  select o.organization_id, o.campaign_id, o.id, to_jsonb(o) - 'raw_data', o.updated_at, now()
    from before_change o where o.updated_at < now();
  return null;
end
$$;

create function app.keep_contact_versions() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.contact_versions (organization_id, contact_id, prospect_id, version, valid_from, valid_to)
  select o.organization_id, o.id, o.prospect_id, to_jsonb(o), o.updated_at, now()
    from before_change o where o.updated_at < now();
  return null;
end
$$;

create trigger keep_versions after update on public.prospects
  referencing old table as before_change for each statement execute function app.keep_prospect_versions();
create trigger keep_versions after update on public.contacts
  referencing old table as before_change for each statement execute function app.keep_contact_versions();

-- The latest instant before which nothing can change any more: whatever carries an earlier time is committed and seen.
create function app.settled_instant() returns timestamptz
language sql volatile security definer set search_path = ''
as $$
  select least(now(), min(a.xact_start)) from pg_catalog.pg_stat_activity a
   where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()
$$;

call app.isolate_tenant_table('public.prospect_versions');
call app.isolate_tenant_table('public.contact_versions');
call app.isolate_tenant_table('public.earlier_owners');
grant select, insert on public.prospect_versions, public.contact_versions to leadgen_api, leadgen_pipeline;
grant select on public.earlier_owners to leadgen_api, leadgen_pipeline;
revoke execute on function app.settled_instant(), app.keep_prospect_versions(), app.keep_contact_versions(),
  app.keep_earlier_owner() from public;
grant execute on function app.settled_instant(), app.keep_prospect_versions(), app.keep_contact_versions()
  to leadgen_api, leadgen_pipeline;

-- A merge (0013) changes prospects and contacts as the definer; where the owner is bound by FORCE it may keep their versions.
do $$
declare definer text := current_user;
begin
  execute format('create policy definer_merges on public.prospect_versions to %I using (true) with check (true)', definer);
  execute format('create policy definer_merges on public.contact_versions to %I using (true) with check (true)', definer);
  execute format('create policy definer_merges on public.earlier_owners to %I using (true) with check (true)', definer);
end
$$;

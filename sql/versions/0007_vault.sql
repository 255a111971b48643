-- The vault: each organization's own secret, from which the key of its credentials is derived. It is stored wrapped with
-- a master key that this database never sees. Credentials name the version they were sealed under in their first byte.

create table public.organization_secrets (
  id uuid primary key,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  version integer not null check (version between 1 and 255),
  wrapped_secret bytea not null,
  salt bytea not null check (length(salt) = 16),
  master_key_id text not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  unique (organization_id, version)
);
create unique index organization_secrets_current on public.organization_secrets (organization_id)
  where retired_at is null;

alter table public.api_credentials add column last_error_at timestamptz;

call app.isolate_tenant_table('public.organization_secrets');
create policy handling_needs_role on public.organization_secrets as restrictive to leadgen_api
  using ((select app.has_role('owner', 'admin')));

-- Rotation is the owner's work, across tenants; an owner without BYPASSRLS is bound by FORCE and must be told so.
do $$
declare owner text := current_user;
begin
  execute format('create policy owner_rotates on public.organization_secrets to %I using (true) with check (true)', owner);
  execute format('create policy owner_rotates on public.api_credentials to %I using (true) with check (true)', owner);
end
$$;

-- The first credentials of an organization make its secret; only a rotation changes or removes one.
grant select, insert on public.organization_secrets to leadgen_api;
grant select on public.organization_secrets to leadgen_pipeline;
grant update (last_error_at) on public.api_credentials to leadgen_pipeline;

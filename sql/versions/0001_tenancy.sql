-- Who may see what: users, organizations, members, and the two functions every policy asks.
-- The roles leadgen_api and leadgen_pipeline exist already (leadgen.store.provision creates them); they own nothing.

create schema if not exists app;
grant usage on schema public, app to leadgen_api, leadgen_pipeline;
-- `execute ... from public` can only be revoked for everything this owner creates, not per schema.
alter default privileges revoke execute on functions from public;

-- Supabase brings auth.uid(); a plain Postgres gets the same function over the same settings.
do $$
begin
  if to_regprocedure('auth.uid()') is null then
    create schema if not exists auth;
    execute $f$
      create function auth.uid() returns uuid
      language sql stable set search_path = ''
      as $b$
        select coalesce(
          nullif(current_setting('request.jwt.claim.sub', true), ''),
          nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub'
        )::uuid
      $b$
    $f$;
    comment on function auth.uid() is 'made by LeadGen';
    grant usage on schema auth to leadgen_api, leadgen_pipeline;
    grant execute on function auth.uid() to leadgen_api, leadgen_pipeline;
  end if;
end
$$;

create function app.touch_updated_at() returns trigger
language plpgsql set search_path = ''
as $$
begin
  new.updated_at := now();
  return new;
end
$$;

create table public.users (
  id uuid primary key default gen_random_uuid(),
  email text not null unique check (email = lower(email) and email like '%_@_%'),
  full_name text,
  avatar_url text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table public.organizations (
  id uuid primary key default gen_random_uuid(),
  name text not null check (length(name) between 1 and 200),
  slug text not null unique check (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  owner_id uuid references public.users (id) on delete set null,
  plan text not null default 'starter' check (plan in ('starter', 'growth', 'scale', 'enterprise')),
  stripe_customer_id text unique,
  stripe_subscription_id text unique,
  settings jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index organizations_owner on public.organizations (owner_id);

create table public.organization_members (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  user_id uuid not null references public.users (id) on delete cascade,
  role text not null default 'member' check (role in ('owner', 'admin', 'member', 'reviewer', 'viewer')),
  created_at timestamptz not null default now(),
  unique (organization_id, user_id)
);
create index organization_members_user on public.organization_members (user_id);

create trigger touch_updated_at before update on public.users
  for each row execute function app.touch_updated_at();
create trigger touch_updated_at before update on public.organizations
  for each row execute function app.touch_updated_at();

-- The organization a person works in: the setting of this transaction, if the person is a member of it.
create function app.current_organization_id() returns uuid
language sql stable security definer set search_path = ''
as $$
  select m.organization_id
    from public.organization_members m
   where m.organization_id = nullif(current_setting('app.organization_id', true), '')::uuid
     and m.user_id = (select auth.uid())
$$;

-- The organization a pipeline run works for: that of the campaign it materializes.
create function app.pipeline_organization_id() returns uuid
language sql stable set search_path = ''
as $$
  select nullif(current_setting('app.organization_id', true), '')::uuid
$$;

create function app.has_role(variadic roles text[]) returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select 1
      from public.organization_members m
     where m.organization_id = nullif(current_setting('app.organization_id', true), '')::uuid
       and m.user_id = (select auth.uid())
       and m.role = any (roles)
  )
$$;

grant execute on function app.current_organization_id(), app.has_role(text[]) to leadgen_api;
grant execute on function app.pipeline_organization_id() to leadgen_pipeline;

-- One form of tenancy for every table that carries organization_id: row security forced, one policy per role.
-- Policies compare with an initplan, evaluated once a statement, never a join per row.
create procedure app.isolate_tenant_table(tenant_table regclass)
language plpgsql set search_path = ''
as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format(
    'create policy tenant_isolation on %s to leadgen_api
       using (organization_id = (select app.current_organization_id()))
       with check (organization_id = (select app.current_organization_id()))', tenant_table);
  execute format(
    'create policy pipeline_scope on %s to leadgen_pipeline
       using (organization_id = (select app.pipeline_organization_id()))
       with check (organization_id = (select app.pipeline_organization_id()))', tenant_table);
end
$$;

alter table public.users enable row level security;
alter table public.users force row level security;
create policy own_and_colleagues on public.users for select to leadgen_api
  using (
    id = (select auth.uid())
    or id in (select m.user_id from public.organization_members m
               where m.organization_id = (select app.current_organization_id()))
  );
create policy own_profile on public.users for update to leadgen_api
  using (id = (select auth.uid())) with check (id = (select auth.uid()));

alter table public.organizations enable row level security;
alter table public.organizations force row level security;
create policy tenant_isolation on public.organizations for select to leadgen_api
  using (id = (select app.current_organization_id()));
create policy owners_and_admins_edit on public.organizations for update to leadgen_api
  using (id = (select app.current_organization_id()) and (select app.has_role('owner', 'admin')))
  with check (id = (select app.current_organization_id()));
create policy pipeline_scope on public.organizations for select to leadgen_pipeline
  using (id = (select app.pipeline_organization_id()));

alter table public.organization_members enable row level security;
alter table public.organization_members force row level security;
create policy tenant_isolation on public.organization_members for select to leadgen_api
  using (organization_id = (select app.current_organization_id()));
create policy owners_and_admins_edit on public.organization_members for all to leadgen_api
  using (organization_id = (select app.current_organization_id()) and (select app.has_role('owner', 'admin')))
  with check (organization_id = (select app.current_organization_id()));

-- An owner without BYPASSRLS (managed services) is bound by FORCE too: it makes tenants, and the definer functions read
-- through these.
do $$
declare
  definer text := current_user;
  tenancy_table text;
begin
  foreach tenancy_table in array array['users', 'organizations', 'organization_members'] loop
    execute format('create policy owner_administers on public.%I to %I using (true) with check (true)',
                   tenancy_table, definer);
  end loop;
end
$$;

grant select on public.users, public.organizations, public.organization_members to leadgen_api;
grant update (full_name, avatar_url) on public.users to leadgen_api;
grant update (name, settings) on public.organizations to leadgen_api;
grant insert, update (role), delete on public.organization_members to leadgen_api;
grant select on public.organizations to leadgen_pipeline;

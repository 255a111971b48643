-- Accounts: keys of programs, invitations, switching organization, what members changed, and mail of the platform's own.

create table public.api_keys (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  created_by uuid not null,
  name text not null check (length(name) between 1 and 100),
  prefix text not null check (length(prefix) between 8 and 20),
  key_hash bytea not null unique check (length(key_hash) = 32),
  scopes text[] not null check (scopes <@ array['read', 'write', 'export'] and cardinality(scopes) > 0),
  created_at timestamptz not null default now(),
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  -- A key acts for the member who made it, and goes with the membership.
  foreign key (organization_id, created_by)
    references public.organization_members (organization_id, user_id) on delete cascade
);
create index api_keys_maker on public.api_keys (organization_id, created_by);
create index api_keys_newest on public.api_keys (organization_id, created_at desc, id desc);
call app.isolate_tenant_table('public.api_keys');
create policy owners_and_admins_make on public.api_keys as restrictive for insert to leadgen_api
  with check ((select app.has_role('owner', 'admin')) and created_by = (select auth.uid()));
create policy owners_and_admins_revoke on public.api_keys as restrictive for update to leadgen_api
  using ((select app.has_role('owner', 'admin')));
grant select (id, organization_id, created_by, name, prefix, scopes, created_at, expires_at, last_used_at, revoked_at),
      insert (organization_id, created_by, name, prefix, key_hash, scopes, expires_at),
      update (revoked_at)
   on public.api_keys to leadgen_api;

create table public.invitations (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  email text not null check (email = lower(email) and email like '%_@_%'),
  role text not null check (role in ('owner', 'admin', 'member', 'reviewer', 'viewer')),
  invited_by uuid references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz
);
create unique index invitations_open on public.invitations (organization_id, email)
  where accepted_at is null and revoked_at is null;
create index invitations_newest on public.invitations (organization_id, created_at desc, id desc);
create index invitations_inviter on public.invitations (invited_by);
call app.isolate_tenant_table('public.invitations');
create policy owners_and_admins_invite on public.invitations as restrictive for insert to leadgen_api
  with check ((select app.has_role('owner', 'admin')));
create policy owners_and_admins_change on public.invitations as restrictive for update to leadgen_api
  using ((select app.has_role('owner', 'admin')));
grant select, insert (organization_id, email, role, invited_by, expires_at),
      update (role, invited_by, created_at, expires_at, revoked_at)
   on public.invitations to leadgen_api;

-- Who changed what. Rows are only ever added; they outlive the key, and the person's name goes with the person.
create table public.audit_log (
  id bigint generated always as identity primary key,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  happened_at timestamptz not null default now(),
  user_id uuid references public.users (id) on delete set null,
  api_key_id uuid,
  action text not null check (action ~ '^[a-z_]+[.][a-z_]+$'),
  object_id text not null check (length(object_id) between 1 and 200),
  before jsonb,
  after jsonb
);
create index audit_log_newest on public.audit_log (organization_id, id desc);
create index audit_log_user on public.audit_log (user_id);
call app.isolate_tenant_table('public.audit_log');
create policy owners_and_admins_read on public.audit_log as restrictive for select to leadgen_api
  using ((select app.has_role('owner', 'admin')));
create policy in_ones_own_name on public.audit_log as restrictive for insert to leadgen_api
  with check (user_id = (select auth.uid()));
grant select, insert (organization_id, user_id, api_key_id, action, object_id, before, after)
   on public.audit_log to leadgen_api;

-- The definer functions read and write these as their owner, who may be bound by FORCE (see 0001).
do $$
declare
  definer text := current_user;
  account_table text;
begin
  foreach account_table in array array['api_keys', 'invitations', 'audit_log'] loop
    execute format('create policy owner_administers on public.%I to %I using (true) with check (true)',
                   account_table, definer);
  end loop;
end
$$;

-- Mail that waits to be sent. A row holds no token: the sender makes it, so that nothing here signs anybody in.
-- Rows of unknown addresses are written like all others; only the sender learns that nobody has them.
create table app.outgoing_mail (
  id uuid primary key default gen_random_uuid(),
  kind text not null check (kind in ('sign_in', 'invitation')),
  recipient text not null check (length(recipient) between 3 and 320),
  browser_hash bytea check (length(browser_hash) = 32),
  invitation_id uuid references public.invitations (id) on delete cascade,
  token_hash bytea unique check (length(token_hash) = 32),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  finished_at timestamptz,
  outcome text check (outcome in ('sent', 'unknown', 'expired', 'failed')),
  check ((kind = 'sign_in') = (browser_hash is not null)),
  check ((kind = 'invitation') = (invitation_id is not null)),
  check ((finished_at is null) = (outcome is null))
);
create index outgoing_mail_recipient on app.outgoing_mail (recipient, created_at);
create index outgoing_mail_invitation on app.outgoing_mail (invitation_id);
create index outgoing_mail_due on app.outgoing_mail (next_attempt_at) where finished_at is null;

-- A link that was asked for on the page works in the browser that asked; one made by the machine's owner in any.
alter table app.sign_in_links add column browser_hash bytea check (length(browser_hash) = 32);

drop function app.begin_session(bytea, bytea, interval);
create function app.begin_session(link_hash bytea, session_hash bytea, lasts interval, browser bytea) returns uuid
language sql security definer set search_path = ''
as $$
  with used as (
    update app.sign_in_links set used_at = now()
     where token_hash = link_hash and used_at is null and expires_at > now()
       and (browser_hash is null or browser_hash = browser)
    returning user_id
  )
  insert into app.sessions (token_hash, user_id, organization_id, expires_at)
  select session_hash, u.user_id, m.organization_id, now() + lasts
    from used u
    join public.organization_members m on m.user_id = u.user_id
   order by m.created_at, m.id
   limit 1
  returning user_id
$$;

-- Ends all sessions of a session's person and spoils the links that are on their way; how many sessions ended.
create function app.end_every_session(session_hash bytea) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  person uuid := (select s.user_id from app.session_by_hash(session_hash) s);
  ended integer;
begin
  update app.sign_in_links set used_at = now() where user_id = person and used_at is null;
  update app.outgoing_mail set finished_at = now(), outcome = 'expired'
   where kind = 'sign_in' and finished_at is null and recipient = (select email from public.users where id = person);
  update app.sessions set ended_at = now() where user_id = person and ended_at is null;
  get diagnostics ended = row_count;
  return ended;
end
$$;

create function app.organizations_of_session(session_hash bytea)
returns table (id uuid, name text, slug text, role text)
language sql stable security definer set search_path = ''
as $$
  select o.id, o.name, o.slug, m.role
    from app.session_by_hash(session_hash) s
    join public.organization_members m on m.user_id = s.user_id
    join public.organizations o on o.id = m.organization_id
   order by m.created_at, m.id
$$;

-- False where the person is no member there.
create function app.switch_session(session_hash bytea, organization uuid) returns boolean
language sql security definer set search_path = ''
as $$
  with switched as (
    update app.sessions s set organization_id = organization
     where s.token_hash = session_hash and s.ended_at is null and s.expires_at > now()
       and exists (select from public.organization_members m
                    where m.user_id = s.user_id and m.organization_id = organization)
    returning 1
  )
  select exists (select from switched)
$$;

-- Whose key it is. `hashes`: under the current secret first, then under the former ones; a key that is used moves to the
-- current one. The last use is kept to the minute, so that a busy key is not a write a request.
create function app.api_key_by_hash(hashes bytea[])
returns table (user_id uuid, organization_id uuid, email text, organization_name text, role text, api_key_id uuid,
               scopes text[])
language plpgsql security definer set search_path = ''
as $$
declare
  found_key public.api_keys;
begin
  select k.* into found_key from public.api_keys k
   where k.key_hash = any (hashes) and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
  if found_key.id is null then
    return;
  end if;
  if found_key.last_used_at is null or found_key.last_used_at < now() - interval '1 minute'
     or found_key.key_hash <> hashes[1] then
    update public.api_keys k set last_used_at = now(), key_hash = hashes[1] where k.id = found_key.id;
  end if;
  return query
    select found_key.created_by, found_key.organization_id, u.email, o.name, m.role, found_key.id, found_key.scopes
      from public.organization_members m
      join public.users u on u.id = m.user_id
      join public.organizations o on o.id = m.organization_id
     where m.organization_id = found_key.organization_id and m.user_id = found_key.created_by;
end
$$;

-- Keeps the wish for a sign-in link, whether or not anybody has the address. False: asked too often within the window.
create function app.request_sign_in(address text, browser bytea, lasts interval, most integer) returns boolean
language plpgsql security definer set search_path = ''
as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('sign-in ' || address, 0));
  if (select count(*) from app.outgoing_mail m
       where m.recipient = address and m.kind = 'sign_in' and m.created_at > now() - lasts) >= most then
    return false;
  end if;
  insert into app.outgoing_mail (kind, recipient, browser_hash, expires_at)
  values ('sign_in', address, browser, now() + lasts);
  return true;
end
$$;

-- Has an open invitation of the caller's organization mailed. False: mailed too often within the window, or not open.
create function app.mail_invitation(invitation uuid, most integer, within interval) returns boolean
language sql security definer set search_path = ''
as $$
  with asked as (
    insert into app.outgoing_mail (kind, recipient, invitation_id, expires_at)
    select 'invitation', i.email, i.id, i.expires_at
      from public.invitations i
     where i.id = invitation and i.organization_id = (select app.current_organization_id())
       and (select app.has_role('owner', 'admin'))
       and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
       and (select count(*) from app.outgoing_mail m
             where m.recipient = i.email and m.kind = 'invitation' and m.created_at > now() - within) < most
    returning 1
  )
  select exists (select from asked)
$$;

-- What an open invitation's link says; nothing for any other.
create function app.invitation_by_hash(hash bytea)
returns table (email text, role text, organization_name text)
language sql stable security definer set search_path = ''
as $$
  select i.email, i.role, o.name
    from app.outgoing_mail m
    join public.invitations i on i.id = m.invitation_id
    join public.organizations o on o.id = i.organization_id
   where m.token_hash = hash and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
$$;

-- Makes the invited person a member, and a user where there was none; the address, or null where the link is none or was
-- used. It signs nobody in: that takes a link of fifteen minutes.
create function app.accept_invitation(hash bytea) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  invitation public.invitations;
  person uuid;
begin
  update public.invitations i set accepted_at = now()
    from app.outgoing_mail m
   where m.token_hash = hash and i.id = m.invitation_id
     and i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
  returning i.* into invitation;
  if invitation.id is null then
    return null;
  end if;
  insert into public.users (email) values (invitation.email) on conflict (email) do nothing;
  select u.id into person from public.users u where u.email = invitation.email;
  insert into public.organization_members (organization_id, user_id, role)
  values (invitation.organization_id, person, invitation.role)
  on conflict (organization_id, user_id) do nothing;
  insert into public.audit_log (organization_id, user_id, action, object_id, after)
  values (invitation.organization_id, person, 'invitation.accept', invitation.id::text,
          jsonb_build_object('role', invitation.role));
  return invitation.email;
end
$$;

-- The sender's side. Takes mail that is due, for a while: whoever is killed with it leaves it to the next. Mail that nobody
-- is to get ends here.
create function app.take_mail(most integer, lease interval)
returns table (id uuid, kind text, recipient text, organization_id uuid, organization_name text, attempts integer)
language plpgsql security definer set search_path = ''
as $$
begin
  update app.outgoing_mail m
     set finished_at = now(),
         outcome = case when m.expires_at <= now() then 'expired' else 'unknown' end
   where m.finished_at is null and m.next_attempt_at <= now()
     and (m.expires_at <= now()
          or m.kind = 'sign_in' and not exists (
               select from public.users u join public.organization_members o on o.user_id = u.id
                where u.email = m.recipient)
          or m.kind = 'invitation' and not exists (
               select from public.invitations i
                where i.id = m.invitation_id and i.accepted_at is null and i.revoked_at is null));
  return query
    with due as (
      select d.id from app.outgoing_mail d
       where d.finished_at is null and d.next_attempt_at <= now()
       order by d.next_attempt_at limit most for update skip locked
    ), taken as (
      update app.outgoing_mail m
         set attempts = m.attempts + 1, next_attempt_at = now() + lease * (m.attempts + 1)
        from due where m.id = due.id
      returning m.*
    )
    select t.id, t.kind, t.recipient, o.id, o.name, t.attempts
      from taken t
      left join public.invitations i on i.id = t.invitation_id
      left join lateral (
        select m.organization_id as home from public.organization_members m join public.users u on u.id = m.user_id
         where u.email = t.recipient order by m.created_at, m.id limit 1
      ) first on t.kind = 'sign_in'
      join public.organizations o on o.id = coalesce(i.organization_id, first.home)
     order by t.created_at;
end
$$;

-- The token that is about to be mailed begins to work.
create function app.open_mail(mail uuid, hash bytea) returns void
language sql security definer set search_path = ''
as $$
  insert into app.sign_in_links (token_hash, user_id, expires_at, browser_hash)
  select hash, u.id, m.expires_at, m.browser_hash
    from app.outgoing_mail m join public.users u on u.email = m.recipient
   where m.id = mail and m.kind = 'sign_in' and m.finished_at is null
  on conflict (token_hash) do nothing;
  update app.outgoing_mail set token_hash = hash where id = mail and kind = 'invitation';
$$;

create function app.finish_mail(mail uuid, became text) returns void
language sql security definer set search_path = ''
as $$
  update app.outgoing_mail set finished_at = now(), outcome = became where id = mail and finished_at is null
$$;

-- What has had its time: mail and links a day after, sessions a month after their end. How many rows went.
create function app.forget_access() returns bigint
language sql security definer set search_path = ''
as $$
  with mail as (
    delete from app.outgoing_mail where expires_at < now() - interval '1 day' returning 1
  ), links as (
    delete from app.sign_in_links where expires_at < now() - interval '1 day' returning 1
  ), sessions as (
    delete from app.sessions where least(expires_at, ended_at) < now() - interval '30 days' returning 1
  )
  select (select count(*) from mail) + (select count(*) from links) + (select count(*) from sessions)
$$;

grant execute on function
  app.begin_session(bytea, bytea, interval, bytea), app.end_every_session(bytea), app.organizations_of_session(bytea),
  app.switch_session(bytea, uuid), app.api_key_by_hash(bytea[]), app.request_sign_in(text, bytea, interval, integer),
  app.mail_invitation(uuid, integer, interval), app.invitation_by_hash(bytea), app.accept_invitation(bytea)
  to leadgen_api;
grant execute on function app.take_mail(integer, interval), app.open_mail(uuid, bytea), app.finish_mail(uuid, text),
  app.forget_access()
  to leadgen_pipeline;

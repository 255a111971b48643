-- Who is signed in: one-use links and sessions, opaque tokens of which only the hash is kept.
-- They stand in schema app: no application role reads them, three narrow functions answer.

create table app.sign_in_links (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id uuid not null references public.users (id) on delete cascade,
  expires_at timestamptz not null,
  used_at timestamptz
);
create index sign_in_links_user on app.sign_in_links (user_id);

create table app.sessions (
  token_hash bytea primary key check (length(token_hash) = 32),
  user_id uuid not null references public.users (id) on delete cascade,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  ended_at timestamptz
);
create index sessions_user on app.sessions (user_id);
create index sessions_organization on app.sessions (organization_id);

-- Uses up a link and begins a session in the user's first organization; null where the link is unknown, used or stale,
-- or the user is in no organization. Of two at once, the second waits for the first and finds the link used.
create function app.begin_session(link_hash bytea, session_hash bytea, lasts interval) returns uuid
language sql security definer set search_path = ''
as $$
  with used as (
    update app.sign_in_links set used_at = now()
     where token_hash = link_hash and used_at is null and expires_at > now()
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

create function app.session_by_hash(session_hash bytea)
returns table (user_id uuid, organization_id uuid, email text, organization_name text, role text)
language sql stable security definer set search_path = ''
as $$
  select s.user_id, s.organization_id, u.email, o.name, m.role
    from app.sessions s
    join public.organization_members m on m.user_id = s.user_id and m.organization_id = s.organization_id
    join public.users u on u.id = s.user_id
    join public.organizations o on o.id = s.organization_id
   where s.token_hash = session_hash and s.ended_at is null and s.expires_at > now()
$$;

create function app.end_session(session_hash bytea) returns void
language sql security definer set search_path = ''
as $$
  update app.sessions set ended_at = now() where token_hash = session_hash and ended_at is null
$$;

grant execute on function app.begin_session(bytea, bytea, interval), app.session_by_hash(bytea), app.end_session(bytea)
  to leadgen_api;

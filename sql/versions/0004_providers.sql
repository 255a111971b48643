-- Paid once, inside a budget, under shared limits: the ledger of every outside call, the answers it bought, the
-- money it may use and the places it may take. Amounts are micros (millionths of a US dollar).

-- A worker is a database session that holds the advisory lock (worker_class, worker id): alive exactly as long.
create sequence app.worker_ids as integer cycle;
create function app.worker_class() returns integer
language sql immutable set search_path = '' as $$ select 7431 $$;

create function app.enter_worker() returns integer
language plpgsql set search_path = ''
as $$
declare worker integer;
begin
  loop
    worker := nextval('app.worker_ids');
    exit when pg_try_advisory_lock(app.worker_class(), worker);
  end loop;
  return worker;
end
$$;

create function app.live_workers() returns setof integer
language sql set search_path = ''
as $$
  select l.objid::bigint::integer
    from pg_locks l
   where l.locktype = 'advisory' and l.classid = app.worker_class() and l.objsubid = 2 and l.granted
     and l.database = (select d.oid from pg_database d where d.datname = current_database())
$$;

-- What vendors answered. Bought with the platform's key: organization_id is null and every tenant's runs may read it.
create table public.provider_answers (
  id bigint generated always as identity primary key,
  organization_id uuid references public.organizations (id) on delete cascade,
  vendor text not null,
  operation text not null,
  fingerprint bytea not null unique check (length(fingerprint) = 32),
  http_status integer not null,
  is_miss boolean not null,
  body text not null,
  cost_micros bigint not null check (cost_micros >= 0),
  fetched_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index provider_answers_organization on public.provider_answers (organization_id)
  where organization_id is not null;
create index provider_answers_expiry on public.provider_answers (expires_at);

-- One line a call and a use: who asked what of whom, what it cost or saved, how it ended.
-- open: intent written, answer not; abandoned: its worker died in flight, it may have been paid.
create table public.provider_calls (
  id bigint generated always as identity primary key,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  campaign_id uuid,
  stage text not null,
  run_id text not null,
  worker_id integer not null,
  vendor text not null,
  operation text not null,
  key_owner text not null check (key_owner in ('platform', 'organization')),
  fingerprint bytea not null check (length(fingerprint) = 32),
  status text not null check (status in ('open', 'settled', 'cached', 'failed', 'abandoned')),
  expected_micros bigint not null check (expected_micros >= 0),
  usage jsonb not null default '[]',
  cost_micros bigint not null default 0 check (cost_micros >= 0),
  saved_micros bigint not null default 0 check (saved_micros >= 0),
  http_status integer,
  attempts integer not null default 0,
  failure text,
  latency_ms integer,
  answer_id bigint references public.provider_answers (id) on delete set null,
  opened_at timestamptz not null default now(),
  settled_at timestamptz,
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id)
    on delete set null (campaign_id)
);
-- single flight: an answer is being fetched by one call at a time, whoever asks
create unique index provider_calls_in_flight on public.provider_calls (fingerprint) where status = 'open';
create index provider_calls_open_workers on public.provider_calls (worker_id) where status = 'open';
create index provider_calls_campaign on public.provider_calls (organization_id, campaign_id, id);
create index provider_calls_answer on public.provider_calls (answer_id) where answer_id is not null;

-- Running totals, so that a cap is checked by reading one row.
create table public.campaign_spend (
  campaign_id uuid primary key,
  organization_id uuid not null,
  reserved_micros bigint not null default 0 check (reserved_micros >= 0),
  spent_micros bigint not null default 0 check (spent_micros >= 0),
  saved_micros bigint not null default 0 check (saved_micros >= 0),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index campaign_spend_organization on public.campaign_spend (organization_id, campaign_id);

create function app.add_campaign_spend() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.campaign_spend (campaign_id, organization_id) values (new.id, new.organization_id);
  return null;
end
$$;
create trigger add_campaign_spend after insert on public.campaigns
  for each row execute function app.add_campaign_spend();

-- Opens a batch of calls in one transaction. Each is one of:
--   cached   known and fresh: nothing to pay            opened   intent written, money reserved: make the call
--   busy     another call fetches the same answer       refused  it would pass the campaign's budget
-- With only_known nothing is opened: what is not cached is `unknown`.
create function app.open_provider_calls(
  worker integer, campaign uuid, stage text, run text,
  vendors text[], operations text[], key_owners text[], fingerprints bytea[], expected bigint[],
  only_known boolean default false)
returns table (ordinal bigint, outcome text, call_id bigint, answer_id bigint, http_status integer, is_miss boolean,
               body text, fetched_at timestamptz)
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
declare
  organization constant uuid := app.pipeline_organization_id();
  known bigint[];
  affordable bigint[] := '{}';
  lines bigint[] := '{}';  -- the ledger lines of this batch: intents and uses
  available bigint;
begin
  select coalesce(array_agg(f.n), '{}') into known
    from unnest(fingerprints) with ordinality f (fingerprint, n)
    join public.provider_answers a on a.fingerprint = f.fingerprint and a.expires_at > now();

  if not only_known and cardinality(known) < cardinality(fingerprints) then
    select coalesce(c.budget_micros - s.spent_micros - s.reserved_micros, 9223372036854775807) into available
      from public.campaign_spend s
      join public.campaigns c on c.id = s.campaign_id
     where s.campaign_id = campaign
       for update of s;

    select coalesce(array_agg(t.n), '{}') into affordable
      from (select e.n, e.micros, sum(e.micros) over (order by e.n) as running
              from unnest(expected) with ordinality e (micros, n)
             where e.n <> all (known)) t
     where t.micros = 0 or t.running <= coalesce(available, 9223372036854775807);

    -- in the order of fingerprints, so that two batches never wait for each other in a ring
    with intents as (
      insert into public.provider_calls
        (organization_id, campaign_id, stage, run_id, worker_id, vendor, operation, key_owner, fingerprint, status,
         expected_micros)
      select organization, campaign, stage, run, worker, vendors[n], operations[n], key_owners[n], fingerprints[n],
             'open', expected[n]
        from unnest(affordable) n
       order by fingerprints[n]
          on conflict (fingerprint) where status = 'open' do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into lines from intents;

    -- an answer that was committed while we waited for its intent's row: ours is not needed
    update public.provider_calls c
       set status = 'cached', settled_at = now(), answer_id = a.id, saved_micros = a.cost_micros
      from public.provider_answers a
     where c.id = any (lines) and a.fingerprint = c.fingerprint and a.expires_at > now();
  end if;

  with uses as (
    insert into public.provider_calls
      (organization_id, campaign_id, stage, run_id, worker_id, vendor, operation, key_owner, fingerprint, status,
       expected_micros, saved_micros, answer_id, settled_at)
    select organization, campaign, stage, run, worker, vendors[n], operations[n], key_owners[n], fingerprints[n],
           'cached', expected[n], a.cost_micros, a.id, now()
      from unnest(known) n
      join public.provider_answers a on a.fingerprint = fingerprints[n]
    returning id
  )
  select lines || coalesce(array_agg(id), '{}') into lines from uses;

  update public.campaign_spend s
     set reserved_micros = s.reserved_micros + t.reserved, saved_micros = s.saved_micros + t.saved
    from (select coalesce(sum(l.expected_micros) filter (where l.status = 'open'), 0) as reserved,
                 coalesce(sum(l.saved_micros), 0) as saved
            from public.provider_calls l
           where l.id = any (lines)) t
   where s.campaign_id = campaign and (t.reserved > 0 or t.saved > 0);

  -- a batch may ask the same twice: the first occurrence has the intent, the second is told to wait for it
  return query
    select f.n,
           case when c.status = 'open' then 'opened' when c.status = 'cached' then 'cached'
                when only_known then 'unknown'
                when f.n = any (affordable) or f.n = any (known) then 'busy' else 'refused' end,
           c.id, a.id, a.http_status, a.is_miss, a.body, a.fetched_at
      from (select u.fingerprint, u.n, row_number() over (partition by u.fingerprint order by u.n) as occurrence
              from unnest(fingerprints) with ordinality u (fingerprint, n)) f
      left join (select l.*, row_number() over (partition by l.fingerprint order by l.id) as occurrence
                   from public.provider_calls l
                  where l.id = any (lines)) c
             on c.fingerprint = f.fingerprint and c.occurrence = f.occurrence
      left join public.provider_answers a on a.id = c.answer_id
     order by f.n;
end
$$;

-- Settles a batch: what each call cost, how it ended, and the answer it bought (kept while time_to_live > 0 seconds).
create function app.settle_provider_calls(
  call_ids bigint[], statuses text[], http_statuses integer[], misses boolean[], bodies text[], usages jsonb[],
  costs bigint[], attempt_counts integer[], failures text[], latencies integer[], times_to_live double precision[])
returns void
language plpgsql set search_path = ''
as $$
#variable_conflict use_column
begin
  -- totals are locked before lines, here as in open and abandon, so that nobody waits in a ring
  perform 1 from public.campaign_spend s
    where s.campaign_id in (select c.campaign_id from public.provider_calls c where c.id = any (call_ids))
    order by s.campaign_id
      for update;

  insert into public.provider_answers
    (organization_id, vendor, operation, fingerprint, http_status, is_miss, body, cost_micros, expires_at)
  select distinct on (c.fingerprint)
         case c.key_owner when 'organization' then c.organization_id end, c.vendor, c.operation, c.fingerprint,
         http_statuses[n], misses[n], bodies[n], costs[n], now() + make_interval(secs => times_to_live[n])
    from unnest(call_ids) with ordinality i (id, n)
    join public.provider_calls c on c.id = i.id
   where statuses[n] = 'settled' and times_to_live[n] > 0
   order by c.fingerprint, n desc
      on conflict (fingerprint) do update
     set http_status = excluded.http_status, is_miss = excluded.is_miss, body = excluded.body,
         cost_micros = excluded.cost_micros, fetched_at = now(), expires_at = excluded.expires_at;

  -- money first: the call's reservation becomes what it really cost (an abandoned one was counted when it was declared)
  update public.campaign_spend s
     set reserved_micros = s.reserved_micros - t.released, spent_micros = s.spent_micros + t.spent
    from (select c.campaign_id,
                 sum(case when c.status = 'open' then c.expected_micros else 0 end) as released,
                 sum(costs[n] - c.cost_micros) as spent
            from unnest(call_ids) with ordinality i (id, n)
            join public.provider_calls c on c.id = i.id
           group by c.campaign_id) t
   where s.campaign_id = t.campaign_id;

  update public.provider_calls c
     set status = statuses[i.n], http_status = http_statuses[i.n], usage = usages[i.n], cost_micros = costs[i.n],
         attempts = attempt_counts[i.n], failure = failures[i.n], latency_ms = latencies[i.n], settled_at = now(),
         answer_id = (select a.id from public.provider_answers a
                       where a.fingerprint = c.fingerprint and statuses[i.n] = 'settled' and times_to_live[i.n] > 0)
    from unnest(call_ids) with ordinality i (id, n)
   where c.id = i.id;
end
$$;

-- Declares the open calls of dead workers as possibly paid; their flights become free. Returns how many.
create function app.abandon_dead_calls() returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  dead integer[];
  declared integer;
begin
  select array_agg(distinct c.worker_id) into dead
    from public.provider_calls c
   where c.status = 'open' and c.worker_id not in (select app.live_workers());
  if dead is null then
    return 0;
  end if;

  perform 1 from public.campaign_spend s
    where s.campaign_id in (select c.campaign_id from public.provider_calls c
                             where c.worker_id = any (dead) and c.status = 'open')
    order by s.campaign_id
      for update;

  with declaring as (
    update public.provider_calls c
       set status = 'abandoned', cost_micros = c.expected_micros, settled_at = now(),
           failure = 'the worker died while this call was in flight: it may have been paid'
     where c.worker_id = any (dead) and c.status = 'open'
    returning c.campaign_id, c.expected_micros
  ), charging as (
    update public.campaign_spend s
       set reserved_micros = s.reserved_micros - t.micros, spent_micros = s.spent_micros + t.micros
      from (select campaign_id, sum(expected_micros) as micros from declaring group by campaign_id) t
     where s.campaign_id = t.campaign_id
  )
  select count(*) into declared from declaring;
  return declared;
end
$$;

-- Rates: how many permits each twentieth of a scope's window has given, now and ahead, over all processes.
create table app.rate_buckets (
  scope text not null,
  bucket bigint not null,
  taken integer not null,
  primary key (scope, bucket)
);
create table app.rate_holds (
  scope text primary key,
  held_until timestamptz not null
);

-- Reserves n permits at once: `waits` are the n instants in seconds from now, the earliest at which no window of any
-- alignment holds more than the limit. A window of 20 buckets touches 21; one more is left for calls that are late.
create function app.take_permits(asked text, most integer, window_seconds double precision, n integer)
returns double precision[]
language plpgsql security definer set search_path = ''
as $$
declare
  reach constant integer := 21;
  width constant double precision := window_seconds / 20;
  instant double precision;
  not_before double precision;
  current bigint;
  needed integer := n;
  fullest bigint;
  granted integer;
  waits double precision[] := '{}';
begin
  perform pg_advisory_xact_lock(app.worker_class() + 2, hashtext(asked));
  instant := extract(epoch from clock_timestamp());
  not_before := greatest(instant, (select extract(epoch from h.held_until) from app.rate_holds h where h.scope = asked));
  current := floor(not_before / width);
  delete from app.rate_buckets r where r.scope = asked and r.bucket < floor(instant / width) - reach;
  while needed > 0 loop
    select coalesce(max(w.taken), 0) into fullest
      from (select sum(t.taken) as taken
              from (select current as bucket
                    union select r.bucket from app.rate_buckets r
                     where r.scope = asked and r.bucket between current and current + reach) ends
              join app.rate_buckets t on t.scope = asked and t.bucket between ends.bucket - reach and ends.bucket
             group by ends.bucket) w;
    granted := least(needed, greatest(most - fullest, 0));
    if granted > 0 then
      insert into app.rate_buckets as r (scope, bucket, taken) values (asked, current, granted)
          on conflict (scope, bucket) do update set taken = r.taken + excluded.taken;
      waits := waits || array_fill(greatest(current * width, not_before) - instant, array[granted]);
      needed := needed - granted;
    end if;
    current := current + 1;
  end loop;
  return waits;
end
$$;

-- A vendor said "not before": every process waits.
create function app.hold_scope(held text, seconds double precision) returns void
language sql security definer set search_path = ''
as $$
  insert into app.rate_holds as h (scope, held_until)
  values (held, clock_timestamp() + make_interval(secs => seconds))
      on conflict (scope) do update set held_until = greatest(h.held_until, excluded.held_until)
$$;

-- Places (calls in flight) of each scope, leased to workers in whole numbers; a dead worker's come back at once.
create table app.slot_leases (
  scope text not null,
  worker_id integer not null,
  slots integer not null check (slots >= 0),
  wanted integer not null check (wanted >= 0),
  primary key (scope, worker_id)
);

-- Gives the caller its share of one scope: max-min fair over what the live workers want, never more than is free.
-- Of fewer places than workers, those have one who want least, and among equals those who came first.
create function app.lease_slots(worker integer, leased text, most integer, want integer, in_flight integer)
returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  peer record;
  left_over integer := most;
  peers integer;
  target integer := 0;
  taken integer;
  granted integer;
begin
  perform pg_advisory_xact_lock(app.worker_class() + 1, hashtext(leased));
  delete from app.slot_leases s
   where s.scope = leased and s.worker_id <> worker and s.worker_id not in (select app.live_workers());
  insert into app.slot_leases (scope, worker_id, slots, wanted) values (leased, worker, 0, want)
      on conflict (scope, worker_id) do update set wanted = excluded.wanted;
  select count(*) filter (where wanted > 0), coalesce(sum(slots) filter (where worker_id <> worker), 0)
    into peers, taken
    from app.slot_leases where scope = leased;

  for peer in select worker_id, wanted from app.slot_leases
               where scope = leased and wanted > 0 order by wanted, worker_id loop
    granted := least(peer.wanted, (left_over + peers - 1) / peers);
    left_over := left_over - granted;
    peers := peers - 1;
    if peer.worker_id = worker then target := granted; end if;
  end loop;

  -- the caller may start calls up to its share; what it still has in flight beyond that stays counted until it ends
  granted := greatest(least(target, most - taken), 0);
  update app.slot_leases set slots = greatest(in_flight, granted) where scope = leased and worker_id = worker;
  return granted;
end
$$;

-- The tenants' own keys, encrypted by the vault.
create table public.api_credentials (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  service text not null check (service in (
    'google_maps', 'yelp', 'apollo', 'hunter', 'firecrawl', 'anthropic', 'openai', 'instantly', 'resend', 'smtp',
    'imap', 'twilio', 'slack', 'builtwith')),
  credentials_encrypted bytea not null,
  is_active boolean not null default true,
  last_used_at timestamptz,
  last_error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, service)
);

create table public.usage_tracking (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  period_start date not null,
  period_end date not null,
  leads_discovered integer not null default 0,
  leads_enriched integer not null default 0,
  emails_generated integer not null default 0,
  emails_sent integer not null default 0,
  api_calls integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, period_start),
  check (period_end >= period_start)
);

create trigger touch_updated_at before update on public.api_credentials
  for each row execute function app.touch_updated_at();
create trigger touch_updated_at before update on public.usage_tracking
  for each row execute function app.touch_updated_at();

call app.isolate_tenant_table('public.provider_calls');
call app.isolate_tenant_table('public.campaign_spend');
call app.isolate_tenant_table('public.api_credentials');
call app.isolate_tenant_table('public.usage_tracking');
-- members use keys through the pipeline; only owners and admins handle them
create policy handling_needs_role on public.api_credentials as restrictive to leadgen_api
  using ((select app.has_role('owner', 'admin')));

-- Answers have a policy of their own: shared ones are everybody's, a tenant's own key's are the tenant's.
alter table public.provider_answers enable row level security;
alter table public.provider_answers force row level security;
create policy pipeline_scope on public.provider_answers to leadgen_pipeline
  using (organization_id is null or organization_id = (select app.pipeline_organization_id()))
  with check (organization_id is null or organization_id = (select app.pipeline_organization_id()));
create policy own_receipts on public.provider_answers for select to leadgen_api
  using (organization_id = (select app.current_organization_id())
         or (organization_id is null
             and exists (select 1 from public.provider_calls c where c.answer_id = provider_answers.id)));

do $$
declare definer text := current_user;
begin
  execute format('create policy definer_declares on public.provider_calls to %I using (true) with check (true)', definer);
  execute format('create policy definer_declares on public.campaign_spend to %I using (true) with check (true)', definer);
end
$$;

grant select, insert, update on public.provider_calls, public.provider_answers, public.campaign_spend
  to leadgen_pipeline;
grant select on public.provider_calls, public.provider_answers, public.campaign_spend to leadgen_api;
grant insert on public.campaign_spend to leadgen_api;
grant select on public.api_credentials to leadgen_pipeline;
grant update (last_used_at, last_error) on public.api_credentials to leadgen_pipeline;
grant select, insert, update, delete on public.api_credentials to leadgen_api;
grant select, insert, update on public.usage_tracking to leadgen_pipeline;
grant select on public.usage_tracking to leadgen_api;
grant usage on sequence app.worker_ids to leadgen_pipeline;
grant execute on function app.worker_class(), app.enter_worker(),
  app.open_provider_calls(integer, uuid, text, text, text[], text[], text[], bytea[], bigint[], boolean),
  app.settle_provider_calls(bigint[], text[], integer[], boolean[], text[], jsonb[], bigint[], integer[], text[],
                            integer[], double precision[]),
  app.abandon_dead_calls(), app.take_permits(text, integer, double precision, integer),
  app.hold_scope(text, double precision), app.lease_slots(integer, text, integer, integer, integer)
  to leadgen_pipeline;
grant execute on function app.add_campaign_spend() to leadgen_api, leadgen_pipeline;

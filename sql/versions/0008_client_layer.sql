-- The client layer's rules beyond one campaign's budget: caps per organization, vendor and period; circuits that open when a
-- vendor fails; calls whose end is unclear; answers that are a tenant's own; places that are fair between organizations.

-- What an organization may spend in a day or a month (UTC) at one vendor, or (*) at all together.
create table public.spending_caps (
  organization_id uuid not null references public.organizations (id) on delete cascade,
  vendor text not null default '*',
  period text not null check (period in ('day', 'month')),
  cap_micros bigint not null check (cap_micros >= 0),
  primary key (organization_id, vendor, period)
);

-- Running totals by the day on which a call was opened, so that a cap is checked without reading the ledger.
create table public.organization_spend (
  organization_id uuid not null references public.organizations (id) on delete cascade,
  vendor text not null,
  day date not null,
  reserved_micros bigint not null default 0 check (reserved_micros >= 0),
  spent_micros bigint not null default 0 check (spent_micros >= 0),
  saved_micros bigint not null default 0 check (saved_micros >= 0),
  primary key (organization_id, day, vendor)
);

-- is_private: the answer is the tenant's own, whoever's key bought it. repeatable_until: how long the call may be made again
-- when its end is unclear (null: for ever); decision: what a person said of one that may not. batched: the item waits in a vendor's batch;
-- unlike an open call it outlives its worker.
alter table public.provider_calls
  add column is_private boolean not null default false,
  add column repeatable_until timestamptz,
  add column decision text check (decision in ('repeat', 'drop')),
  drop constraint provider_calls_status_check,
  add constraint provider_calls_status_check
    check (status in ('open', 'batched', 'settled', 'cached', 'failed', 'abandoned'));
drop index public.provider_calls_in_flight;
create unique index provider_calls_in_flight on public.provider_calls (fingerprint) where status in ('open', 'batched');
create index provider_calls_unclear on public.provider_calls (fingerprint)
  where status = 'abandoned' and repeatable_until is not null and decision is distinct from 'repeat';

-- When a campaign that stands still may go on by itself, and how often in a row it has been parked.
alter table public.campaigns
  drop constraint campaigns_status_cause_check,
  add constraint campaigns_status_cause_check check (status_cause in (
    'user', 'budget', 'quality_gate', 'deliverability', 'no_mailbox', 'credentials', 'vendor', 'unclear', 'crash',
    'input')),
  add column resume_at timestamptz,
  add column times_parked integer not null default 0;
create index campaigns_parked on public.campaigns (resume_at) where status = 'paused' and resume_at is not null;

-- A vendor that failed ten times in a row is left alone for a while, over all processes; then one call tries. Scope: vendor
-- and whose key. A circuit without failures has no row.
create table app.circuits (
  scope text primary key,
  failures integer not null,
  openings integer not null default 0,
  open_until timestamptz,
  trial_until timestamptz
);

create function app.circuit_scope(vendor text, key_owner text, organization uuid) returns text
language sql immutable set search_path = ''
as $$ select vendor || ':' || case key_owner when 'platform' then 'platform' else organization::text end $$;

-- The open circuits among those asked. wait_seconds 0: the time is over, and the caller has the one trial.
create function app.open_circuits(asked text[]) returns table (scope text, wait_seconds double precision)
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare
  instant constant timestamptz := clock_timestamp();
  trials text[];
begin
  with trying as (
    update app.circuits c set trial_until = instant + interval '15 seconds'
     where c.scope = any (asked) and c.open_until <= instant and (c.trial_until is null or c.trial_until <= instant)
    returning c.scope
  )
  select coalesce(array_agg(t.scope), '{}') into trials from trying t;
  return query
    select c.scope,
           case when c.scope = any (trials) then 0.0
                when c.open_until <= instant then 0.5  -- somebody tries: look again soon
                else extract(epoch from c.open_until - instant) end::double precision
      from app.circuits c
     where c.scope = any (asked) and c.open_until is not null;
end
$$;

-- One answer closes a circuit; ten failures in a row open it: five seconds, doubling to five minutes.
create function app.note_health(healthy text[], failing text[]) returns void
language plpgsql security definer set search_path = ''
as $$
#variable_conflict use_column
declare instant constant timestamptz := clock_timestamp();
begin
  delete from app.circuits c where c.scope = any (healthy);
  if cardinality(failing) > 0 then
    insert into app.circuits as c (scope, failures)
    select f.scope, count(*) from unnest(failing) f (scope) where f.scope <> all (healthy) group by f.scope order by f.scope
        on conflict (scope) do update set failures = c.failures + excluded.failures;
    update app.circuits c
       set open_until = instant + make_interval(secs => least(300, 5 * 2 ^ least(c.openings, 10))),
           openings = c.openings + 1, trial_until = null
     where c.scope = any (failing) and c.failures >= 10 and (c.open_until is null or c.open_until <= instant);
  end if;
end
$$;

-- Opens a batch of calls in one transaction. repeatable: for how many seconds each may be made again when its end is unclear
-- (null: for ever). Each becomes one of:
--   cached   known and fresh: nothing to pay            opened   intent written, money reserved: make the call
--   busy     another call fetches the same answer       batched  its answer comes with a vendor's batch
--   refused  it would pass the cap in `cap`, which frees after wait_seconds (null: never by itself)
--   parked   its vendor fails: look again in wait_seconds
--   unclear  an earlier call (call_id) may have been carried out and it is not repeatable
--   dropped  the same, and a person has said to leave it
-- With only_known nothing is opened: what is not cached is `unknown`.
drop function app.open_provider_calls(integer, uuid, text, text, text[], text[], text[], bytea[], bigint[], boolean);
create function app.open_provider_calls(
  worker integer, campaign uuid, stage text, run text,
  vendors text[], operations text[], key_owners text[], privates boolean[], repeatable double precision[],
  fingerprints bytea[],
  expected bigint[], only_known boolean default false)
returns table (ordinal bigint, outcome text, call_id bigint, answer_id bigint, http_status integer, is_miss boolean,
               body text, fetched_at timestamptz, cap text, wait_seconds double precision)
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
declare
  organization constant uuid := app.pipeline_organization_id();
  today constant date := (now() at time zone 'UTC')::date;
  nothing constant text[] := array_fill(null::text, array[cardinality(fingerprints)]);
  known bigint[];
  affordable bigint[] := '{}';
  lines bigint[] := '{}';  -- the ledger lines of this batch: intents and uses
  refusals text[] := nothing;
  waits double precision[] := array_fill(null::double precision, array[cardinality(fingerprints)]);
  outcomes text[] := nothing;
  earlier bigint[] := array_fill(null::bigint, array[cardinality(fingerprints)]);
  scope text;
  blocked jsonb;
  found record;
  available bigint;
  cap_vendors text[];
  cap_periods text[];
  cap_left bigint[];
  n bigint;
begin
  with fresh as materialized (
    select a.fingerprint from public.provider_answers a where a.fingerprint = any (fingerprints) and a.expires_at > now()
  )
  select coalesce(array_agg(f.n), '{}') into known
    from unnest(fingerprints) with ordinality f (fingerprint, n)
    join fresh on fresh.fingerprint = f.fingerprint;

  if not only_known and cardinality(known) < cardinality(fingerprints) then
    if exists (select from unnest(repeatable) r where r is not null) then
      for found in
        select distinct on (f.n) f.n, c.id, c.decision
          from unnest(fingerprints) with ordinality f (fingerprint, n)
          join public.provider_calls c
            on c.fingerprint = f.fingerprint and c.status = 'abandoned' and c.repeatable_until <= now()
               and c.decision is distinct from 'repeat'
         where repeatable[f.n] is not null and f.n <> all (known)
         order by f.n, c.id desc
      loop
        outcomes[found.n] := case found.decision when 'drop' then 'dropped' else 'unclear' end;
        earlier[found.n] := found.id;
      end loop;
    end if;

    select jsonb_object_agg(o.scope, o.wait_seconds) into blocked
      from app.open_circuits(array(
        select app.circuit_scope(u.vendor, u.key_owner, organization)
          from (select distinct i.vendor, i.key_owner
                  from unnest(vendors, key_owners) with ordinality i (vendor, key_owner, n)
                 where i.n <> all (known)) u)) o;

    -- without a budget the totals are locked at the end only, so that a settlement need not wait
    if exists (select from public.campaigns c where c.id = campaign and c.budget_micros is not null) then
      select c.budget_micros - s.spent_micros - s.reserved_micros into available
        from public.campaign_spend s
        join public.campaigns c on c.id = s.campaign_id
       where s.campaign_id = campaign
         for update of s;
    end if;
    available := coalesce(available, 9223372036854775807);

    if exists (select from public.spending_caps k where k.organization_id = organization) then
      perform pg_advisory_xact_lock(app.worker_class() + 3, hashtext(organization::text));
      select array_agg(k.vendor), array_agg(k.period), array_agg(k.cap_micros - k.used)
        into cap_vendors, cap_periods, cap_left
        from (select p.vendor, p.period, p.cap_micros,
                     coalesce((select sum(s.spent_micros + s.reserved_micros) from public.organization_spend s
                                where s.organization_id = organization and p.vendor in ('*', s.vendor)
                                  and s.day >= date_trunc(p.period, today::timestamp)), 0)::bigint as used
                from public.spending_caps p where p.organization_id = organization) k;
    end if;

    for n in select w from generate_subscripts(fingerprints, 1) w where w <> all (known) order by w loop
      continue when outcomes[n] is not null;
      if blocked is not null then
        scope := app.circuit_scope(vendors[n], key_owners[n], organization);
        if blocked ? scope then
          if (blocked ->> scope)::double precision > 0 then
            outcomes[n] := 'parked';
            waits[n] := (blocked ->> scope)::double precision;
            continue;
          end if;
          blocked := blocked || jsonb_build_object(scope, 0.5);  -- the one trial is this call's
        end if;
      end if;
      if expected[n] > available then
        refusals[n] := 'campaign';
      elsif expected[n] > 0 then
        for i in 1 .. coalesce(cardinality(cap_left), 0) loop
          if cap_vendors[i] in ('*', vendors[n]) and expected[n] > cap_left[i] then
            refusals[n] := cap_vendors[i] || '/' || cap_periods[i];
            waits[n] := extract(epoch from (date_trunc(cap_periods[i], now() at time zone 'UTC')
              + ('1 ' || cap_periods[i])::interval) - now() at time zone 'UTC');
          end if;
        end loop;
      end if;
      continue when refusals[n] is not null;
      available := available - expected[n];
      for i in 1 .. coalesce(cardinality(cap_left), 0) loop
        if cap_vendors[i] in ('*', vendors[n]) then
          cap_left[i] := cap_left[i] - expected[n];
        end if;
      end loop;
      affordable := affordable || n;
    end loop;

    -- in the order of fingerprints, so that two batches never wait for each other in a ring
    with intents as (
      insert into public.provider_calls
        (organization_id, campaign_id, stage, run_id, worker_id, vendor, operation, key_owner, is_private, repeatable_until,
         fingerprint, status, expected_micros)
      select organization, campaign, stage, run, worker, vendors[n], operations[n], key_owners[n], privates[n],
             now() + make_interval(secs => repeatable[n]), fingerprints[n], 'open', expected[n]
        from unnest(affordable) n
       order by fingerprints[n]
          on conflict (fingerprint) where status in ('open', 'batched') do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into lines from intents;

    -- an answer that was committed while we waited for its intent's row: ours is not needed
    update public.provider_calls c
       set status = 'cached', settled_at = now(), answer_id = a.id, saved_micros = a.cost_micros
      from public.provider_answers a
     where c.id = any (lines) and a.fingerprint = c.fingerprint and a.fingerprint = any (fingerprints)
       and a.expires_at > now();
  end if;

  with uses as (
    insert into public.provider_calls
      (organization_id, campaign_id, stage, run_id, worker_id, vendor, operation, key_owner, is_private, fingerprint,
       status, expected_micros, saved_micros, answer_id, settled_at)
    select organization, campaign, stage, run, worker, vendors[n], operations[n], key_owners[n], privates[n],
           fingerprints[n], 'cached', expected[n], a.cost_micros, a.id, now()
      from unnest(known) n
      join public.provider_answers a on a.fingerprint = fingerprints[n]
     where a.fingerprint = any (fingerprints)
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

  insert into public.organization_spend as s (organization_id, vendor, day, reserved_micros, saved_micros)
  select organization, l.vendor, today, coalesce(sum(l.expected_micros) filter (where l.status = 'open'), 0),
         coalesce(sum(l.saved_micros), 0)
    from public.provider_calls l
   where l.id = any (lines)
   group by l.vendor
   order by l.vendor
      on conflict (organization_id, day, vendor) do update
     set reserved_micros = s.reserved_micros + excluded.reserved_micros,
         saved_micros = s.saved_micros + excluded.saved_micros;

  -- a batch may ask the same twice: the first occurrence has the intent, the second is told to wait for it
  return query
    select f.n,
           case when outcomes[f.n] is not null then outcomes[f.n]
                when refusals[f.n] is not null then 'refused'
                when c.status = 'open' then 'opened'
                when c.status = 'cached' then 'cached'
                when only_known then 'unknown'
                when exists (select from public.provider_calls b
                              where b.fingerprint = f.fingerprint and b.status = 'batched') then 'batched'
                else 'busy' end,
           coalesce(c.id, earlier[f.n]), a.id, a.http_status, a.is_miss, a.body, a.fetched_at, refusals[f.n], waits[f.n]
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
-- healths: `up` where the vendor answered, `down` where it failed, null where it says nothing of the vendor.
drop function app.settle_provider_calls(bigint[], text[], integer[], boolean[], text[], jsonb[], bigint[], integer[],
                                        text[], integer[], double precision[]);
create function app.settle_provider_calls(
  call_ids bigint[], statuses text[], http_statuses integer[], misses boolean[], bodies text[], usages jsonb[],
  costs bigint[], attempt_counts integer[], failures text[], latencies integer[], times_to_live double precision[],
  healths text[])
returns void
language plpgsql set search_path = '' set plan_cache_mode = force_generic_plan
as $$
#variable_conflict use_column
begin
  -- totals are locked before lines, here as in open and abandon, so that nobody waits in a ring
  perform 1 from public.campaign_spend s
    where s.campaign_id = any (array(select c.campaign_id from public.provider_calls c where c.id = any (call_ids)))
    order by s.campaign_id
      for update;
  perform 1 from public.organization_spend s
    where (s.organization_id, s.day, s.vendor) in (
      select distinct c.organization_id, (c.opened_at at time zone 'UTC')::date, c.vendor
        from public.provider_calls c where c.id = any (call_ids))
    order by s.vendor, s.day
      for update;

  perform app.note_health(
    coalesce(array_agg(h.scope) filter (where h.health = 'up'), '{}'),
    coalesce(array_agg(h.scope) filter (where h.health = 'down'), '{}'))
     from (select app.circuit_scope(w.vendor, w.key_owner, w.organization_id) as scope, w.health
             from (select c.vendor, c.key_owner, c.organization_id, i.health, count(*) as times
                     from unnest(call_ids, healths) i (id, health)
                     join public.provider_calls c on c.id = i.id
                    where i.health is not null and c.id = any (call_ids)
                    group by 1, 2, 3, 4) w
            cross join generate_series(1, case w.health when 'down' then w.times else 1 end)) h;

  with ended as materialized (
    select c.id, c.organization_id, c.campaign_id, c.vendor, c.operation, c.key_owner, c.is_private, c.fingerprint,
           (c.opened_at at time zone 'UTC')::date as day, array_position(call_ids, c.id) as n, c.cost_micros,
           case when c.status in ('open', 'batched') then c.expected_micros else 0 end as released
      from public.provider_calls c
     where c.id = any (call_ids)
  ), answers as (
    insert into public.provider_answers
      (organization_id, vendor, operation, fingerprint, http_status, is_miss, body, cost_micros, expires_at)
    select distinct on (e.fingerprint)
           case when e.key_owner = 'organization' or e.is_private then e.organization_id end, e.vendor, e.operation,
           e.fingerprint, http_statuses[e.n], misses[e.n], bodies[e.n], costs[e.n],
           now() + make_interval(secs => times_to_live[e.n])
      from ended e
     where statuses[e.n] = 'settled' and times_to_live[e.n] > 0
     order by e.fingerprint, e.n desc
        on conflict (fingerprint) do update
       set http_status = excluded.http_status, is_miss = excluded.is_miss, body = excluded.body,
           cost_micros = excluded.cost_micros, fetched_at = now(), expires_at = excluded.expires_at
    returning id, fingerprint
  ), charging as (  -- the reservation becomes what it really cost; an abandoned call was counted when it was declared
    update public.campaign_spend s
       set reserved_micros = s.reserved_micros - t.released, spent_micros = s.spent_micros + t.spent
      from (select e.campaign_id, sum(e.released) as released, sum(costs[e.n] - e.cost_micros) as spent
              from ended e group by e.campaign_id) t
     where s.campaign_id = t.campaign_id
  ), charging_organizations as (
    update public.organization_spend s
       set reserved_micros = s.reserved_micros - t.released, spent_micros = s.spent_micros + t.spent
      from (select e.organization_id, e.day, e.vendor, sum(e.released) as released,
                   sum(costs[e.n] - e.cost_micros) as spent
              from ended e group by e.organization_id, e.day, e.vendor) t
     where (s.organization_id, s.day, s.vendor) = (t.organization_id, t.day, t.vendor)
  )
  update public.provider_calls c
     set status = statuses[e.n], http_status = http_statuses[e.n], usage = usages[e.n], cost_micros = costs[e.n],
         attempts = attempt_counts[e.n], failure = failures[e.n], latency_ms = latencies[e.n], settled_at = now(),
         answer_id = case when statuses[e.n] = 'settled' and times_to_live[e.n] > 0
                          then (select a.id from answers a where a.fingerprint = e.fingerprint) end
    from ended e
   where c.id = e.id and c.id = any (call_ids);
end
$$;

-- Declares the open calls of dead workers as possibly paid; their flights become free. Returns how many.
create or replace function app.abandon_dead_calls() returns integer
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
  perform 1 from public.organization_spend s
    where (s.organization_id, s.day, s.vendor) in (
      select c.organization_id, (c.opened_at at time zone 'UTC')::date, c.vendor
        from public.provider_calls c where c.worker_id = any (dead) and c.status = 'open')
    order by s.organization_id, s.vendor, s.day
      for update;

  with declaring as (
    update public.provider_calls c
       set status = 'abandoned', cost_micros = c.expected_micros, settled_at = now(),
           failure = 'the worker died while this call was in flight: it may have been paid'
     where c.worker_id = any (dead) and c.status = 'open'
    returning c.campaign_id, c.organization_id, c.vendor, c.opened_at, c.expected_micros
  ), charging as (
    update public.campaign_spend s
       set reserved_micros = s.reserved_micros - t.micros, spent_micros = s.spent_micros + t.micros
      from (select campaign_id, sum(expected_micros) as micros from declaring group by campaign_id) t
     where s.campaign_id = t.campaign_id
  ), charging_organizations as (
    update public.organization_spend s
       set reserved_micros = s.reserved_micros - t.micros, spent_micros = s.spent_micros + t.micros
      from (select organization_id, (opened_at at time zone 'UTC')::date as day, vendor,
                   sum(expected_micros) as micros
              from declaring group by 1, 2, 3) t
     where (s.organization_id, s.day, s.vendor) = (t.organization_id, t.day, t.vendor)
  )
  select count(*) into declared from declaring;
  return declared;
end
$$;

call app.isolate_tenant_table('public.spending_caps');
call app.isolate_tenant_table('public.organization_spend');
create policy capping_needs_role_to_insert on public.spending_caps as restrictive for insert to leadgen_api
  with check ((select app.has_role('owner', 'admin')));
create policy capping_needs_role_to_update on public.spending_caps as restrictive for update to leadgen_api
  using ((select app.has_role('owner', 'admin')));
create policy capping_needs_role_to_delete on public.spending_caps as restrictive for delete to leadgen_api
  using ((select app.has_role('owner', 'admin')));

grant select on public.spending_caps to leadgen_pipeline;
grant select, insert, update, delete on public.spending_caps to leadgen_api;
grant select, insert, update on public.organization_spend to leadgen_pipeline;
grant select on public.organization_spend to leadgen_api;
grant execute on function
  app.open_provider_calls(integer, uuid, text, text, text[], text[], text[], boolean[], double precision[], bytea[], bigint[],
                          boolean),
  app.settle_provider_calls(bigint[], text[], integer[], boolean[], text[], jsonb[], bigint[], integer[], text[],
                            integer[], double precision[], text[]),
  app.open_circuits(text[]), app.note_health(text[], text[]), app.circuit_scope(text, text, uuid)
  to leadgen_pipeline;
do $$
declare definer text := current_user;
begin
  execute format('create policy definer_declares on public.organization_spend to %I using (true) with check (true)',
                 definer);
end
$$;

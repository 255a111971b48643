-- Calls that wait in a batch, and campaigns that wait for a word on a call, have no place in the former schema.
update public.provider_calls set status = 'abandoned', cost_micros = expected_micros where status = 'batched';
update public.campaigns set status_cause = 'vendor' where status_cause = 'unclear';
drop function
  app.open_provider_calls(integer, uuid, text, text, text[], text[], text[], boolean[], double precision[], bytea[], bigint[],
                          boolean),
  app.settle_provider_calls(bigint[], text[], integer[], boolean[], text[], jsonb[], bigint[], integer[], text[],
                            integer[], double precision[], text[]),
  app.open_circuits(text[]), app.note_health(text[], text[]), app.circuit_scope(text, text, uuid);
drop table public.spending_caps, public.organization_spend, app.circuits;
drop index public.campaigns_parked, public.provider_calls_unclear, public.provider_calls_in_flight;
alter table public.campaigns drop column resume_at, drop column times_parked,
  drop constraint campaigns_status_cause_check,
  add constraint campaigns_status_cause_check check (status_cause in (
    'user', 'budget', 'quality_gate', 'deliverability', 'no_mailbox', 'credentials', 'vendor', 'crash', 'input'));
alter table public.provider_calls drop column is_private, drop column repeatable_until, drop column decision,
  drop constraint provider_calls_status_check,
  add constraint provider_calls_status_check check (status in ('open', 'settled', 'cached', 'failed', 'abandoned'));
create unique index provider_calls_in_flight on public.provider_calls (fingerprint) where status = 'open';

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

grant execute on function app.open_provider_calls(integer, uuid, text, text, text[], text[], text[], bytea[], bigint[], boolean),
  app.settle_provider_calls(bigint[], text[], integer[], boolean[], text[], jsonb[], bigint[], integer[], text[],
                            integer[], double precision[])
  to leadgen_pipeline;

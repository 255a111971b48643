-- Places that are fair between organizations, counts corrected by the vendor's own, campaigns that go on by themselves, what a
-- person decides of unclear calls, and answers that are forgotten in time.

alter table app.slot_leases add column owner text not null default '';

-- How many of `most` the `place`-th claimant gets, max-min fair: `wanted` is in the order in which the last ones are given.
create function app.fair_share(wanted integer[], place bigint, most integer) returns integer
language plpgsql immutable set search_path = ''
as $$
declare
  left_over integer := most;
  claimants integer := cardinality(wanted);
  granted integer := 0;
begin
  for i in 1 .. coalesce(place, 0) loop
    granted := least(wanted[i], (left_over + claimants - 1) / claimants);
    left_over := left_over - granted;
    claimants := claimants - 1;
  end loop;
  return granted;
end
$$;

-- Gives the caller its share of one scope: fair between the organizations whose runs want places, then between the runs of
-- one organization, never more than is free. Of fewer places than claimants, those have one who want least, and among equals
-- those who came first.
drop function app.lease_slots(integer, text, integer, integer, integer);
create function app.lease_slots(
  worker integer, leased text, most integer, want integer, in_flight integer, for_whom uuid default null)
returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  mine constant text := coalesce(for_whom::text, 'worker ' || worker);
  taken integer;
  share integer;
  target integer := 0;
  granted integer;
begin
  perform pg_advisory_xact_lock(app.worker_class() + 1, hashtext(leased));
  delete from app.slot_leases s
   where s.scope = leased and s.worker_id <> worker and s.worker_id not in (select app.live_workers());
  insert into app.slot_leases (scope, worker_id, slots, wanted, owner) values (leased, worker, 0, want, mine)
      on conflict (scope, worker_id) do update set wanted = excluded.wanted, owner = excluded.owner;
  select coalesce(sum(s.slots), 0) into taken
    from app.slot_leases s where s.scope = leased and s.worker_id <> worker;

  if want > 0 then
    with owners as (
      select s.owner, least(sum(s.wanted), most)::integer as wanted,
             row_number() over (order by least(sum(s.wanted), most), min(s.worker_id)) as place
        from app.slot_leases s where s.scope = leased and s.wanted > 0 group by s.owner
    )
    select app.fair_share((select array_agg(o.wanted order by o.place) from owners o), mine_of.place, most) into share
      from owners mine_of where mine_of.owner = mine;
    with workers as (
      select s.worker_id, s.wanted, row_number() over (order by s.wanted, s.worker_id) as place
        from app.slot_leases s where s.scope = leased and s.wanted > 0 and s.owner = mine
    )
    select app.fair_share((select array_agg(w.wanted order by w.place) from workers w), me.place, share) into target
      from workers me where me.worker_id = worker;
  end if;

  -- the caller may start calls up to its share; what it still has in flight beyond that stays counted until it ends
  granted := greatest(least(target, most - taken), 0);
  update app.slot_leases set slots = greatest(in_flight, granted) where scope = leased and worker_id = worker;
  return granted;
end
$$;

-- The vendor says how many requests are left of a window: what others did with the same key is counted in.
create function app.correct_rate(asked text, most integer, window_seconds double precision, remaining integer)
returns void
language plpgsql security definer set search_path = ''
as $$
declare
  width constant double precision := window_seconds / 20;
  current bigint;
  counted integer;
begin
  perform pg_advisory_xact_lock(app.worker_class() + 2, hashtext(asked));
  current := floor(extract(epoch from clock_timestamp()) / width);
  select coalesce(sum(r.taken), 0) into counted
    from app.rate_buckets r where r.scope = asked and r.bucket > current - 20;
  if most - remaining > counted then
    insert into app.rate_buckets as r (scope, bucket, taken) values (asked, current, most - remaining - counted)
        on conflict (scope, bucket) do update set taken = r.taken + excluded.taken;
  end if;
end
$$;

-- Parks a campaign: it goes on by itself after this time, doubled for each time in a row, two hours at most.
create function app.park_campaign(campaign uuid, seconds double precision) returns void
language sql set search_path = ''
as $$
  update public.campaigns c
     set resume_at = clock_timestamp() + make_interval(
           secs => greatest(seconds, least(seconds * 2 ^ least(c.times_parked, 10), 7200))),
         times_parked = c.times_parked + 1
   where c.id = campaign and c.status = 'paused' and c.organization_id = app.pipeline_organization_id()
$$;

-- Queues the parked campaigns whose time has come, each with its event. Returns how many.
create function app.resume_parked(at_most integer) returns integer
language sql security definer set search_path = ''
as $$
  with due as (
    select c.id from public.campaigns c
     where c.status = 'paused' and c.resume_at <= clock_timestamp()
     order by c.resume_at
     limit at_most
       for update skip locked
  ), resumed as (
    update public.campaigns c
       set status = 'queued', status_cause = null, status_detail = null, resume_at = null
      from due where c.id = due.id
    returning c.organization_id, c.id
  ), announced as (
    insert into public.outbox (organization_id, campaign_id, kind)
    select organization_id, id, 'campaign.resumed' from resumed
    returning 1
  )
  select count(*)::integer from announced
$$;

-- What a person says of a call whose end is unclear: make it again, or leave it. False where there is no such call.
create function app.decide_unclear_call(call bigint, said text) returns boolean
language sql security definer set search_path = ''
as $$
  with decided as (
    update public.provider_calls set decision = said
     where id = call and status = 'abandoned' and repeatable_until <= now() and decision is null
    returning 1
  )
  select exists (select from decided)
$$;

-- The calls that wait for such a word: they act on the world, or were dear.
create function app.unclear_calls(at_most integer)
returns table (call_id bigint, organization_id uuid, campaign_id uuid, vendor text, operation text, cost_micros bigint,
               opened_at timestamptz)
language sql stable security definer set search_path = ''
as $$
  select c.id, c.organization_id, c.campaign_id, c.vendor, c.operation, c.cost_micros, c.opened_at
    from public.provider_calls c
   where c.status = 'abandoned' and c.repeatable_until <= now() and c.decision is null
   order by c.id desc
   limit at_most
$$;

-- Deletes answers that have been stale for a day, oldest first: no vendor's content is kept beyond its time.
create function app.forget_answers(at_most integer) returns integer
language sql security definer set search_path = ''
as $$
  with stale as (
    select a.id from public.provider_answers a
     where a.expires_at < now() - interval '1 day'
     order by a.expires_at
     limit at_most
       for update skip locked
  ), forgotten as (
    delete from public.provider_answers a using stale where a.id = stale.id returning 1
  )
  select count(*)::integer from forgotten
$$;

do $$
declare definer text := current_user;
begin
  execute format('create policy definer_forgets on public.provider_answers to %I using (true) with check (true)',
                 definer);
  execute format('create policy definer_resumes on public.campaigns for update to %I using (true) with check (true)',
                 definer);
end
$$;

grant execute on function app.lease_slots(integer, text, integer, integer, integer, uuid),
  app.fair_share(integer[], bigint, integer), app.correct_rate(text, integer, double precision, integer),
  app.park_campaign(uuid, double precision), app.resume_parked(integer), app.decide_unclear_call(bigint, text),
  app.unclear_calls(integer), app.forget_answers(integer)
  to leadgen_pipeline;

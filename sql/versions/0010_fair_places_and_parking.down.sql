drop policy definer_forgets on public.provider_answers;
drop policy definer_resumes on public.campaigns;
drop function app.lease_slots(integer, text, integer, integer, integer, uuid), app.fair_share(integer[], bigint, integer),
  app.correct_rate(text, integer, double precision, integer), app.park_campaign(uuid, double precision),
  app.resume_parked(integer), app.decide_unclear_call(bigint, text), app.unclear_calls(integer),
  app.forget_answers(integer);
alter table app.slot_leases drop column owner;

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
grant execute on function app.lease_slots(integer, text, integer, integer, integer) to leadgen_pipeline;

-- The outbox: what the business transaction promises to start. Each event waits until it is marked as launched, so a late
-- commit is found late but never passed over, and no slow transaction holds up the events of others.

create table public.outbox (
  id bigint generated always as identity primary key,
  transaction_id xid8 not null default pg_current_xact_id(),
  organization_id uuid not null,
  campaign_id uuid not null,
  kind text not null check (kind in ('campaign.created', 'campaign.resumed', 'campaign.continued', 'campaign.rerun')),
  payload jsonb not null default '{}',
  created_at timestamptz not null default now(),
  launched_at timestamptz,
  run_id text,
  launch_attempts integer not null default 0,
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index outbox_waiting on public.outbox (transaction_id, id) where launched_at is null;
create index outbox_campaign on public.outbox (organization_id, campaign_id, id);

create function app.announce_outbox() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform pg_notify('leadgen_outbox', '');
  return null;
end
$$;
create trigger announce_outbox after insert on public.outbox
  for each statement execute function app.announce_outbox();

call app.isolate_tenant_table('public.outbox');
grant select, insert on public.outbox to leadgen_api, leadgen_pipeline;
grant execute on function app.announce_outbox() to leadgen_api, leadgen_pipeline;

-- The cross-tenant questions of dispatcher and sensors, each as narrow as its purpose.

create function app.outbox_waiting(older_than interval, at_most integer)
returns table (event_id bigint, organization_id uuid, campaign_id uuid, kind text, launch_attempts integer,
               created_at timestamptz)
language sql stable security definer set search_path = ''
as $$
  -- round robin: the first event of every organization comes before the second of any
  select id, o.organization_id, o.campaign_id, o.kind, o.launch_attempts, o.created_at
    from (select w.*, row_number() over (partition by w.organization_id order by w.transaction_id, w.id) as turn
            from public.outbox w
           where w.launched_at is null
             and w.created_at <= now() - older_than) o
   order by o.turn, o.transaction_id, o.id
   limit at_most
$$;

create function app.outbox_launched(event bigint, run text) returns void
language sql security definer set search_path = ''
as $$
  update public.outbox set launched_at = now(), run_id = run where id = event and launched_at is null
$$;

create function app.outbox_attempted(event bigint) returns void
language sql security definer set search_path = ''
as $$
  update public.outbox set launch_attempts = launch_attempts + 1 where id = event
$$;

create function app.campaign_organization(campaign uuid) returns uuid
language sql stable security definer set search_path = ''
as $$
  select organization_id from public.campaigns where id = campaign
$$;

-- The definer reads and marks events of every tenant; where it is bound by FORCE it needs to be told so.
do $$
declare definer text := current_user;
begin
  execute format('create policy definer_dispatches on public.outbox to %I using (true) with check (true)', definer);
  execute format('create policy definer_reads on public.campaigns for select to %I using (true)', definer);
end
$$;

grant execute on function app.outbox_waiting(interval, integer), app.outbox_launched(bigint, text),
  app.outbox_attempted(bigint), app.campaign_organization(uuid) to leadgen_pipeline;

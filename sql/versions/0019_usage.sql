-- What a tenant sees of its spending: the ledger by time, warnings before a cap or a budget is spent, and who put which key.

-- The ledger as it is read by its tenant: the newest first, over all campaigns.
create index provider_calls_usage on public.provider_calls (organization_id, opened_at, id);

alter table public.api_credentials
  add column put_by uuid references public.users (id) on delete set null,
  add column put_at timestamptz not null default now();
create index api_credentials_put_by on public.api_credentials (put_by) where put_by is not null;

-- What members are told. `topic` names what has happened, so that it is told once; `facts` are what its words are made of.
create table public.notifications (
  id bigint generated always as identity primary key,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  campaign_id uuid,
  kind text not null check (kind ~ '^[a-z_]+\.[a-z_]+$'),
  topic text not null check (length(topic) between 1 and 300),
  facts jsonb not null default '{}',
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  unique (organization_id, topic),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index notifications_campaign on public.notifications (organization_id, campaign_id) where campaign_id is not null;

-- Which of them a member has read.
create table public.notification_reads (
  organization_id uuid not null,
  notification_id bigint not null,
  user_id uuid not null references public.users (id) on delete cascade,
  read_at timestamptz not null default now(),
  primary key (user_id, notification_id),
  foreign key (organization_id, notification_id) references public.notifications (organization_id, id) on delete cascade
);
create index notification_reads_notification on public.notification_reads (organization_id, notification_id);

-- Tells where 80 or 100 percent of a budget or cap is spent, once for each figure of the cap and each period. A campaign that
-- stands still for want of money has spent it all, even where the last call would have cost more than was left.
create function app.raise_spend_alerts() returns integer
language sql security definer set search_path = ''
as $$
  with capped as (
    select c.organization_id, c.id as campaign_id, 'budget' as what, 'budget:' || c.id as scope,
           c.budget_micros as cap_micros, s.spent_micros, jsonb_build_object('campaign', c.name) as facts,
           c.status = 'paused' and c.status_cause = 'budget' and c.resume_at is null as stops_work
      from public.campaigns c
      join public.campaign_spend s on s.campaign_id = c.id
     where c.budget_micros > 0
    union all
    select k.organization_id, null, 'cap', concat_ws(':', 'cap', k.vendor, k.period, p.first_day), k.cap_micros,
           coalesce((select sum(s.spent_micros) from public.organization_spend s
                      where s.organization_id = k.organization_id and k.vendor in ('*', s.vendor)
                        and s.day >= p.first_day), 0)::bigint,
           jsonb_build_object('vendor', k.vendor, 'period', k.period, 'first_day', p.first_day),
           exists (select from public.campaigns c
                    where c.organization_id = k.organization_id and c.status = 'paused' and c.status_cause = 'budget'
                      and c.resume_at > now()
                      and position('spending cap ' || k.vendor || '/' || k.period || ' is spent' in c.status_detail) > 0)
      from public.spending_caps k
     cross join lateral (select date_trunc(k.period, now() at time zone 'UTC')::date as first_day) p
     where k.cap_micros > 0
  ), reached as (
    select c.organization_id, c.campaign_id, c.what, c.scope || ':' || c.cap_micros as scope,
           case when c.stops_work or c.spent_micros >= c.cap_micros then 'spent' else 'nearly_spent' end as level,
           c.facts || jsonb_build_object('cap_micros', c.cap_micros, 'spent_micros', c.spent_micros) as facts
      from capped c
     where c.stops_work or c.spent_micros >= c.cap_micros * 0.8
  ), told as (
    insert into public.notifications (organization_id, campaign_id, kind, topic, facts)
    select r.organization_id, r.campaign_id, r.what || '.' || r.level, r.scope || ':' || r.level, r.facts
      from reached r
     where not exists (select from public.notifications n
                        where n.organization_id = r.organization_id and n.topic = r.scope || ':spent')
        on conflict (organization_id, topic) do nothing
    returning 1
  )
  select count(*)::integer from told
$$;
revoke execute on function app.raise_spend_alerts() from public;
grant execute on function app.raise_spend_alerts() to leadgen_pipeline;

call app.isolate_tenant_table('public.notifications');
call app.isolate_tenant_table('public.notification_reads');
create policy reading_for_oneself on public.notification_reads as restrictive for insert to leadgen_api
  with check (user_id = (select auth.uid()));
do $$
declare definer text := current_user;
begin
  execute format('create policy definer_tells on public.notifications to %I using (true) with check (true)', definer);
  execute format('create policy definer_tells on public.spending_caps to %I using (true) with check (true)', definer);
end
$$;
grant select, insert on public.notifications to leadgen_pipeline;
grant select on public.notifications to leadgen_api;
grant select, insert on public.notification_reads to leadgen_api;

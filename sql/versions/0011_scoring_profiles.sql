-- Scoring profiles, which prospects are due for a score, scores set by hand, and what became of leads.

-- A profile is data. Stored it never changes; the one applied last is the organization's, none: the built-in one.
create table public.scoring_profiles (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  version integer not null check (version > 0),
  name text not null check (length(name) between 1 and 100),
  document jsonb not null check (jsonb_typeof(document) = 'object'),
  created_by uuid references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  applied_at timestamptz,
  unique (organization_id, version)
);
create index scoring_profiles_creator on public.scoring_profiles (created_by);
call app.isolate_tenant_table('public.scoring_profiles');
grant select, insert, update (applied_at) on public.scoring_profiles to leadgen_api;
grant select on public.scoring_profiles to leadgen_pipeline;

-- What the last whole pass over a campaign's prospects scored by: code, profile, offer, criteria. Another one is due.
alter table public.campaigns add column scored_by text;

-- Prospects whose facts have changed since they were scored. Whoever scores takes them out first and reads the facts then.
create table public.scores_due (
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,
  changed_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, prospect_id),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index scores_due_campaign on public.scores_due (organization_id, campaign_id);
call app.isolate_tenant_table('public.scores_due');
grant select, insert, update, delete on public.scores_due to leadgen_api, leadgen_pipeline;

-- An entry that is there already is touched, not passed over: so who changes a fact and who takes the entry wait for each
-- other, and no change falls between the two. In the order of ids, so that no two writers wait for each other.
create function app.mark_scores_due(prospects uuid[]) returns void
language sql set search_path = ''
as $$
  insert into public.scores_due (organization_id, campaign_id, prospect_id)
  select p.organization_id, p.campaign_id, p.id from public.prospects p where p.id = any (prospects) order by p.id
      on conflict (organization_id, prospect_id) do update set changed_at = clock_timestamp()
$$;

-- Of the stages before the score only the last one counts: when it is done, the facts are complete.
create function app.facts_complete() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform app.mark_scores_due(array_agg(distinct c.prospect_id)) from changed c where c.stage = 'research' having count(*) > 0;
  return null;
end
$$;
create trigger facts_complete_insert after insert on public.prospect_stages
  referencing new table as changed for each statement execute function app.facts_complete();
create trigger facts_complete_update after update on public.prospect_stages
  referencing new table as changed for each statement execute function app.facts_complete();

-- Outside of the pipeline people, imports and merges change facts of prospects that have a score already.
create function app.facts_changed() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform app.mark_scores_due(array_agg(distinct l.prospect_id))
     from changed c join public.lead_scores l on l.prospect_id = c.prospect_id and l.superseded_at is null
   having count(*) > 0;
  return null;
end
$$;
create trigger facts_changed_insert after insert on public.contacts
  referencing new table as changed for each statement execute function app.facts_changed();
create trigger facts_changed_update after update on public.contacts
  referencing new table as changed for each statement execute function app.facts_changed();
create trigger facts_changed_delete after delete on public.contacts
  referencing old table as changed for each statement execute function app.facts_changed();
create trigger facts_changed_insert after insert on public.enrichment_data
  referencing new table as changed for each statement execute function app.facts_changed();
create trigger facts_changed_update after update on public.enrichment_data
  referencing new table as changed for each statement execute function app.facts_changed();

create function app.prospect_facts_changed() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform app.mark_scores_due(array_agg(n.id))
     from new_rows n join old_rows o on o.id = n.id
    where (n.phone is null, n.distance_meters, n.category, n.city, n.state, n.zip_code)
          is distinct from (o.phone is null, o.distance_meters, o.category, o.city, o.state, o.zip_code)
      and exists (select from public.lead_scores l where l.prospect_id = n.id and l.superseded_at is null)
   having count(*) > 0;
  return null;
end
$$;
create trigger facts_changed_update after update on public.prospects
  referencing old table as old_rows new table as new_rows for each statement execute function app.prospect_facts_changed();

grant execute on function app.mark_scores_due(uuid[]), app.facts_complete(), app.facts_changed(),
  app.prospect_facts_changed() to leadgen_api, leadgen_pipeline;

-- Nobody refers to a version of a score: one index less to keep for each.
alter table public.lead_scores drop constraint lead_scores_organization_id_id_key;
-- The list of factors is written and shown, never searched: as text it is made and compared several times as fast.
drop view public.current_lead_scores;
alter table public.lead_scores alter column scoring_factors drop default;
alter table public.lead_scores alter column scoring_factors type json using scoring_factors::json;
alter table public.lead_scores alter column scoring_factors set default '[]';
create view public.current_lead_scores with (security_invoker = true) as
  select * from public.lead_scores where superseded_at is null;
grant select on public.current_lead_scores to leadgen_api, leadgen_pipeline;
-- A list of factors lies beside its row, as it is: superseding a score then rewrites a narrow row, and listing scores reads one.
-- Compressing it would cost more than all the rest of a score.
alter table public.lead_scores alter column scoring_factors set storage external;
alter table public.lead_scores set (toast_tuple_target = 256);
-- Members set scores by hand, and take them back.
grant insert, update (superseded_at) on public.lead_scores to leadgen_api;
grant insert, update on public.prospect_stages to leadgen_api;

-- A score of a campaign that is over or at work is computed again without its other stages.
alter table public.outbox drop constraint outbox_kind_check;
alter table public.outbox add constraint outbox_kind_check check (kind in (
  'campaign.created', 'campaign.resumed', 'campaign.continued', 'campaign.rerun', 'campaign.rescored'));

-- What became of a lead, as far as no message tells it: calibrates the tiers.
create table public.lead_outcomes (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  prospect_id uuid not null,
  kind text not null check (kind in ('contacted', 'reply', 'meeting', 'won', 'lost')),
  occurred_at timestamptz not null default now(),
  recorded_by uuid references public.users (id) on delete set null,
  created_at timestamptz not null default now(),
  unique (organization_id, prospect_id, kind),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index lead_outcomes_recorder on public.lead_outcomes (recorded_by);
call app.isolate_tenant_table('public.lead_outcomes');
grant select, insert, update, delete on public.lead_outcomes to leadgen_api, leadgen_pipeline;

-- What had its facts complete before, but no score of them yet.
insert into public.scores_due (organization_id, campaign_id, prospect_id)
select u.organization_id, u.campaign_id, u.prospect_id
  from public.prospect_stages u
  left join public.prospect_stages s on s.prospect_id = u.prospect_id and s.stage = 'lead_scores'
 where u.stage = 'research' and (s.prospect_id is null or s.finished_at < u.finished_at);

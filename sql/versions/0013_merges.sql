-- One business found twice: pairs for a person to look at, merges that can be undone, and companies with many locations.

-- A merged prospect stays with all that was not moved, and is seen by nobody until the merge is undone.
alter table public.prospects add column merged_into uuid;
alter table public.prospects add check (merged_into <> id);
alter table public.prospects add foreign key (organization_id, merged_into)
  references public.prospects (organization_id, id) on delete cascade;
create index prospects_merged on public.prospects (organization_id, merged_into);
create policy merged_is_hidden on public.prospects as restrictive to leadgen_api
  using (merged_into is null and organization_id = (select app.current_organization_id()));
create policy merged_is_hidden_from_runs on public.prospects as restrictive to leadgen_pipeline
  using (merged_into is null and organization_id = (select app.pipeline_organization_id()));

-- The journal: what a merge moved, superseded and filled in, so that undoing it puts exactly that back.
create table public.merges (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  kept_prospect_id uuid not null,
  merged_prospect_id uuid not null,
  position bigint generated always as identity,
  -- {"moved": {table: [id]}, "superseded": {table: [id]}, "demoted": [contact], "filled": {field: value},
  --  "stages": the merged prospect's progress, which counts no more, "stage_version": that of the kept one's first stage}
  moved jsonb not null,
  score double precision check (score between 0 and 1),
  reason text,
  decided_by uuid references public.users (id) on delete set null,
  merged_at timestamptz not null default now(),
  undone_by uuid references public.users (id) on delete set null,
  undone_at timestamptz,
  unique (organization_id, id),
  check (kept_prospect_id <> merged_prospect_id),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade,
  foreign key (organization_id, kept_prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, merged_prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index merges_campaign on public.merges (organization_id, campaign_id, position desc);
create index merges_kept on public.merges (organization_id, kept_prospect_id);
create index merges_merged on public.merges (organization_id, merged_prospect_id);
create index merges_decided_by on public.merges (decided_by);
create index merges_undone_by on public.merges (undone_by);

-- Pairs that may be one business. What a person decided is never asked again.
create table public.match_reviews (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  left_prospect_id uuid not null,
  right_prospect_id uuid not null,
  score double precision not null check (score between 0 and 1),
  reason text not null,
  state text not null default 'open' check (state in ('open', 'same', 'different')),
  decided_by uuid references public.users (id) on delete set null,
  decided_at timestamptz,
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  unique (left_prospect_id, right_prospect_id),
  check (left_prospect_id < right_prospect_id),
  check ((state = 'open') = (decided_at is null)),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade,
  foreign key (organization_id, left_prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, right_prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index match_reviews_campaign on public.match_reviews (organization_id, campaign_id, state, score desc, id);
create index match_reviews_left on public.match_reviews (organization_id, left_prospect_id);
create index match_reviews_right on public.match_reviews (organization_id, right_prospect_id);
create index match_reviews_decided_by on public.match_reviews (decided_by);

-- A company with several locations; a prospect is one of them. `key` is what the locations share.
create table public.companies (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  key text not null,
  name text not null check (name <> ''),
  domain text check (domain = lower(domain)),
  created_at timestamptz not null default now(),
  unique (organization_id, id),
  unique (organization_id, key)
);

create table public.prospect_companies (
  prospect_id uuid primary key,
  organization_id uuid not null,
  company_id uuid not null,
  reason text not null,
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, company_id) references public.companies (organization_id, id) on delete cascade
);
create index prospect_companies_prospect on public.prospect_companies (organization_id, prospect_id);
create index prospect_companies_company on public.prospect_companies (organization_id, company_id);

call app.isolate_tenant_table('public.merges');
call app.isolate_tenant_table('public.match_reviews');
call app.isolate_tenant_table('public.companies');
call app.isolate_tenant_table('public.prospect_companies');
grant select on public.merges to leadgen_api, leadgen_pipeline;
grant select, insert, update on public.match_reviews to leadgen_api, leadgen_pipeline;
grant select on public.companies, public.prospect_companies to leadgen_api;
grant select, insert, update, delete on public.companies, public.prospect_companies to leadgen_pipeline;

-- A merged prospect was taken out of the count when it was merged.
create or replace function app.count_deleted_prospects() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.campaigns c set total_prospects = c.total_prospects - n.removed
    from (select campaign_id, count(*) as removed from deleted where merged_into is null group by campaign_id) n
   where c.id = n.campaign_id;
  return null;
end
$$;

-- Whose transaction this is: a member's, or a run's.
create function app.merging_organization_id() returns uuid
language sql stable set search_path = ''
as $$
  select coalesce((select app.current_organization_id()),
                  case when session_user = 'leadgen_pipeline' then (select app.pipeline_organization_id()) end)
$$;

-- Carries out a plan of leadgen/domain/identity/merging.py: only what belongs to the two prospects is touched, whatever the
-- plan names. Null when the two are not both to be seen in one campaign of the caller's.
create function app.merge_prospects(kept uuid, gone uuid, plan jsonb, score double precision, reason text, person uuid)
returns uuid
language plpgsql security definer set search_path = ''
as $$
declare
  tenant uuid := app.merging_organization_id();
  campaign uuid;
  old_version text;
  progress jsonb;
  merge uuid;
  child text;
begin
  perform from public.prospects p where p.organization_id = tenant and p.id in (kept, gone) order by p.id for update;
  select k.campaign_id into campaign
    from public.prospects k join public.prospects g on g.campaign_id = k.campaign_id
   where k.organization_id = tenant and k.id = kept and g.id = gone and k.id <> g.id
     and k.merged_into is null and g.merged_into is null;
  if campaign is null then
    return null;
  end if;

  foreach child in array array['enrichment_data', 'evidence', 'lead_scores', 'outreach_sequences'] loop
    execute format('update public.%I set superseded_at = now()
                     where organization_id = $1 and prospect_id in ($2, $3) and superseded_at is null
                       and id::text in (select jsonb_array_elements_text($4))', child)
      using tenant, kept, gone, coalesce(plan #> array['superseded', child], '[]');
  end loop;
  update public.contacts set is_primary = false
   where organization_id = tenant and prospect_id = gone
     and id::text in (select jsonb_array_elements_text(plan -> 'demoted'));
  foreach child in array array['listings', 'contacts', 'enrichment_data', 'evidence', 'field_provenance', 'lead_scores',
                               'outreach_sequences', 'lead_outcomes'] loop
    execute format('update public.%I set prospect_id = $2
                     where organization_id = $1 and prospect_id = $3 and id::text in (select jsonb_array_elements_text($4))',
                   child)
      using tenant, kept, gone, coalesce(plan #> array['moved', child], '[]');
  end loop;

  with done as (
    delete from public.prospect_stages s where s.organization_id = tenant and s.prospect_id = gone returning s.*
  )
  select coalesce(jsonb_agg(to_jsonb(done)), '[]') into progress from done;
  select s.version into old_version from public.prospect_stages s
   where s.organization_id = tenant and s.prospect_id = kept and s.stage = 'website_profiles';
  update public.prospect_stages set version = 'merged'
   where organization_id = tenant and prospect_id = kept and stage = 'website_profiles';
  update public.prospects p
     set website = coalesce(p.website, f.website), domain = coalesce(p.domain, f.domain),
         phone = coalesce(p.phone, f.phone), address = coalesce(p.address, f.address), city = coalesce(p.city, f.city),
         state = coalesce(p.state, f.state), zip_code = coalesce(p.zip_code, f.zip_code),
         category = coalesce(p.category, f.category)
    from jsonb_populate_record(null::public.prospects, plan -> 'filled') f
   where p.organization_id = tenant and p.id = kept;
  update public.prospects set merged_into = kept where organization_id = tenant and id = gone;
  update public.campaigns set total_prospects = total_prospects - 1 where organization_id = tenant and id = campaign;

  insert into public.merges
    (organization_id, campaign_id, kept_prospect_id, merged_prospect_id, moved, score, reason, decided_by)
  values (tenant, campaign, kept, gone,
          plan || jsonb_build_object('stages', progress, 'stage_version', old_version), score, reason, person)
  returning id into merge;
  return merge;
end
$$;

-- Puts back what a merge moved. The latest merge of either prospect comes first: false when another stands in the way,
-- null when there is none of this id, or it is undone.
create function app.undo_merge(merge uuid, person uuid) returns boolean
language plpgsql security definer set search_path = ''
as $$
declare
  tenant uuid := app.merging_organization_id();
  m public.merges;
  version_now text;
  child text;
begin
  select * into m from public.merges where organization_id = tenant and id = merge and undone_at is null for update;
  if m.id is null then
    return null;
  end if;
  perform from public.prospects p
    where p.organization_id = tenant and p.id in (m.kept_prospect_id, m.merged_prospect_id) order by p.id for update;
  if exists (select 1 from public.merges l
              where l.organization_id = tenant and l.undone_at is null and l.position > m.position
                and array[l.kept_prospect_id, l.merged_prospect_id]
                    && array[m.kept_prospect_id, m.merged_prospect_id]) then
    return false;
  end if;

  update public.prospects set merged_into = null where organization_id = tenant and id = m.merged_prospect_id;
  update public.campaigns set total_prospects = total_prospects + 1 where organization_id = tenant and id = m.campaign_id;
  foreach child in array array['listings', 'contacts', 'enrichment_data', 'evidence', 'field_provenance', 'lead_scores',
                               'outreach_sequences', 'lead_outcomes'] loop
    execute format('update public.%I set prospect_id = $3
                     where organization_id = $1 and prospect_id = $2 and id::text in (select jsonb_array_elements_text($4))',
                   child)
      using tenant, m.kept_prospect_id, m.merged_prospect_id, coalesce(m.moved #> array['moved', child], '[]');
  end loop;
  update public.contacts set is_primary = true
   where organization_id = tenant and prospect_id = m.merged_prospect_id
     and id::text in (select jsonb_array_elements_text(m.moved -> 'demoted'));

  -- What was superseded by the merge is current again, unless something newer has taken its place since.
  update public.enrichment_data d set superseded_at = null
   where d.organization_id = tenant and d.superseded_at = m.merged_at
     and d.id::text in (select jsonb_array_elements_text(m.moved #> '{superseded,enrichment_data}'))
     and not exists (select 1 from public.enrichment_data n
                      where n.prospect_id = d.prospect_id and n.stage = d.stage and n.superseded_at is null);
  update public.lead_scores d set superseded_at = null
   where d.organization_id = tenant and d.superseded_at = m.merged_at
     and d.id::text in (select jsonb_array_elements_text(m.moved #> '{superseded,lead_scores}'))
     and not exists (select 1 from public.lead_scores n
                      where n.prospect_id = d.prospect_id and n.superseded_at is null);
  update public.outreach_sequences d set superseded_at = null
   where d.organization_id = tenant and d.superseded_at = m.merged_at
     and d.id::text in (select jsonb_array_elements_text(m.moved #> '{superseded,outreach_sequences}'))
     and not exists (select 1 from public.outreach_sequences n
                      where n.prospect_id = d.prospect_id and n.sequence_type = d.sequence_type
                        and n.superseded_at is null);

  update public.prospects p
     set website = case when f.website = p.website then null else p.website end,
         domain = case when f.domain = p.domain then null else p.domain end,
         phone = case when f.phone = p.phone then null else p.phone end,
         address = case when f.address = p.address then null else p.address end,
         city = case when f.city = p.city then null else p.city end,
         state = case when f.state = p.state then null else p.state end,
         zip_code = case when f.zip_code = p.zip_code then null else p.zip_code end,
         category = case when f.category = p.category then null else p.category end
    from jsonb_populate_record(null::public.prospects, m.moved -> 'filled') f
   where p.organization_id = tenant and p.id = m.kept_prospect_id;

  insert into public.prospect_stages
  select s.* from jsonb_populate_recordset(null::public.prospect_stages, m.moved -> 'stages') s
      on conflict (prospect_id, stage) do nothing;
  -- Untouched since the merge, the stages are as they were; else both prospects are derived again, from stored answers.
  select s.version into version_now from public.prospect_stages s
   where s.organization_id = tenant and s.prospect_id = m.kept_prospect_id and s.stage = 'website_profiles';
  if version_now is null or version_now = 'merged' then
    update public.prospect_stages set version = m.moved ->> 'stage_version'
     where organization_id = tenant and prospect_id = m.kept_prospect_id and stage = 'website_profiles';
  else
    update public.prospect_stages set version = 'unmerged'
     where organization_id = tenant and prospect_id in (m.kept_prospect_id, m.merged_prospect_id)
       and stage = 'website_profiles';
  end if;
  update public.merges set undone_at = now(), undone_by = person where organization_id = tenant and id = merge;
  return true;
end
$$;

-- Where the owner is bound by FORCE the definer needs to be told that it may (managed services).
do $$
declare
  definer text := current_user;
  part text;
begin
  foreach part in array array['campaigns', 'prospects', 'listings', 'contacts', 'enrichment_data', 'evidence',
                              'field_provenance', 'lead_scores', 'lead_outcomes', 'scores_due', 'outreach_sequences',
                              'prospect_stages', 'merges'] loop
    execute format('create policy definer_merges on public.%I to %I using (true) with check (true)', part, definer);
  end loop;
end
$$;

revoke execute on function app.merging_organization_id(),
  app.merge_prospects(uuid, uuid, jsonb, double precision, text, uuid), app.undo_merge(uuid, uuid) from public;
grant execute on function app.merging_organization_id(),
  app.merge_prospects(uuid, uuid, jsonb, double precision, text, uuid), app.undo_merge(uuid, uuid)
  to leadgen_api, leadgen_pipeline;

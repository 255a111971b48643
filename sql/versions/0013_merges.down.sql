do $$
declare part text;
begin
  foreach part in array array['campaigns', 'prospects', 'listings', 'contacts', 'enrichment_data', 'evidence',
                              'field_provenance', 'lead_scores', 'lead_outcomes', 'scores_due', 'outreach_sequences',
                              'prospect_stages'] loop
    execute format('drop policy definer_merges on public.%I', part);
  end loop;
end
$$;
drop function app.undo_merge(uuid, uuid);
drop function app.merge_prospects(uuid, uuid, jsonb, double precision, text, uuid);
drop function app.merging_organization_id();
create or replace function app.count_deleted_prospects() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.campaigns c set total_prospects = c.total_prospects - n.removed
    from (select campaign_id, count(*) as removed from deleted group by campaign_id) n
   where c.id = n.campaign_id;
  return null;
end
$$;
drop table public.prospect_companies, public.companies, public.match_reviews, public.merges;
drop policy merged_is_hidden on public.prospects;
drop policy merged_is_hidden_from_runs on public.prospects;
alter table public.prospects drop column merged_into;

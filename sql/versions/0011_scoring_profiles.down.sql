drop table public.lead_outcomes;
delete from public.outbox where kind = 'campaign.rescored';
alter table public.outbox drop constraint outbox_kind_check;
alter table public.outbox add constraint outbox_kind_check
  check (kind in ('campaign.created', 'campaign.resumed', 'campaign.continued', 'campaign.rerun'));
revoke insert, update on public.prospect_stages from leadgen_api;
revoke insert, update (superseded_at) on public.lead_scores from leadgen_api;
alter table public.lead_scores reset (toast_tuple_target);
drop view public.current_lead_scores;
alter table public.lead_scores alter column scoring_factors drop default;
alter table public.lead_scores alter column scoring_factors type jsonb using scoring_factors::jsonb;
alter table public.lead_scores alter column scoring_factors set default '[]';
create view public.current_lead_scores with (security_invoker = true) as
  select * from public.lead_scores where superseded_at is null;
grant select on public.current_lead_scores to leadgen_api, leadgen_pipeline;
alter table public.lead_scores add constraint lead_scores_organization_id_id_key unique (organization_id, id);
drop trigger facts_changed_update on public.prospects;
drop trigger facts_changed_update on public.enrichment_data;
drop trigger facts_changed_insert on public.enrichment_data;
drop trigger facts_changed_delete on public.contacts;
drop trigger facts_changed_update on public.contacts;
drop trigger facts_changed_insert on public.contacts;
drop trigger facts_complete_update on public.prospect_stages;
drop trigger facts_complete_insert on public.prospect_stages;
drop function app.prospect_facts_changed(), app.facts_changed(), app.facts_complete(), app.mark_scores_due(uuid[]);
drop table public.scores_due;
alter table public.campaigns drop column scored_by;
drop table public.scoring_profiles;

drop trigger keep_versions on public.prospects;
drop trigger keep_versions on public.contacts;
drop trigger keep_earlier_owner on public.lead_scores;
drop trigger keep_earlier_owner on public.enrichment_data;
drop function app.keep_prospect_versions(), app.keep_contact_versions(), app.keep_earlier_owner(), app.settled_instant();
drop table public.prospect_versions, public.contact_versions, public.earlier_owners;

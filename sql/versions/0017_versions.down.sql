drop trigger keep_versions on public.prospects;
drop trigger keep_versions on public.contacts;
drop function app.keep_prospect_versions(), app.keep_contact_versions(), app.settled_instant();
drop table public.prospect_versions, public.contact_versions;

drop view public.current_lead_scores, public.current_enrichment;
drop table public.lead_scores, public.field_provenance, public.evidence, public.enrichment_data, public.contacts,
  public.prospect_stages, public.discovery_tiles, public.listings, public.prospects, public.campaigns cascade;
drop function app.count_inserted_prospects(), app.count_deleted_prospects();

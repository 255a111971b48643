drop trigger add_campaign_spend on public.campaigns;
drop table public.usage_tracking, public.api_credentials, public.campaign_spend, public.provider_calls,
  public.provider_answers, app.slot_leases, app.rate_buckets, app.rate_holds cascade;
drop function app.worker_class(), app.enter_worker(), app.live_workers(), app.add_campaign_spend(),
  app.open_provider_calls(integer, uuid, text, text, text[], text[], text[], bytea[], bigint[], boolean),
  app.settle_provider_calls(bigint[], text[], integer[], boolean[], text[], jsonb[], bigint[], integer[], text[],
                            integer[], double precision[]),
  app.abandon_dead_calls(), app.take_permits(text, integer, double precision, integer),
  app.hold_scope(text, double precision), app.lease_slots(integer, text, integer, integer, integer);
drop sequence app.worker_ids;

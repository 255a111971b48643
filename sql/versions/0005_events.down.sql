drop policy definer_reads on public.campaigns;
drop table public.outbox cascade;
drop function app.announce_outbox(), app.outbox_waiting(interval, integer), app.outbox_launched(bigint, text),
  app.outbox_attempted(bigint), app.campaign_organization(uuid);

drop policy definer_tells on public.spending_caps;
drop function app.raise_spend_alerts();
drop table public.notification_reads, public.notifications;
drop index public.provider_calls_usage, public.api_credentials_put_by;
alter table public.api_credentials drop column put_by, drop column put_at;

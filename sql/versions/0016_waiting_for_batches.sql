-- A campaign that is not urgent stands still while its questions wait in a vendor's batch, and goes on by itself.
alter table public.campaigns
  drop constraint campaigns_status_cause_check,
  add constraint campaigns_status_cause_check check (status_cause in (
    'user', 'budget', 'quality_gate', 'deliverability', 'no_mailbox', 'credentials', 'vendor', 'unclear', 'crash',
    'input', 'batch'));

update public.campaigns set status_cause = 'vendor' where status_cause = 'batch';
alter table public.campaigns
  drop constraint campaigns_status_cause_check,
  add constraint campaigns_status_cause_check check (status_cause in (
    'user', 'budget', 'quality_gate', 'deliverability', 'no_mailbox', 'credentials', 'vendor', 'unclear', 'crash',
    'input'));

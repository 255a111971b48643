drop table public.outreach_emails, public.outreach_sequences cascade;

-- What is written to whom. Nothing here leaves without an approval bound to the content's hash.

create table public.outreach_sequences (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,
  contact_id uuid,

  sequence_type text not null check (sequence_type in ('email', 'linkedin', 'sms', 'voice', 'multi')),
  status text not null default 'draft' check (status in (
    'draft', 'pending_approval', 'approved', 'rejected', 'active', 'paused', 'completed', 'failed')),

  -- What the approval is bound to: sha256 over content, contact and evidence
  content_hash text not null check (content_hash ~ '^[0-9a-f]{64}$'),
  approved_hash text check (approved_hash ~ '^[0-9a-f]{64}$'),
  approved_by uuid references public.users (id) on delete set null,
  approved_at timestamptz,

  code_version text not null,
  provider_call_id bigint,
  instantly_campaign_id text,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  superseded_at timestamptz,
  unique (organization_id, id),
  check (status not in ('approved', 'active') or approved_hash is not null),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade,
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, contact_id) references public.contacts (organization_id, id)
    on delete set null (contact_id)
);
create unique index outreach_sequences_current on public.outreach_sequences (prospect_id, sequence_type)
  where superseded_at is null;
create index outreach_sequences_campaign on public.outreach_sequences (organization_id, campaign_id, status, id);
create index outreach_sequences_prospect on public.outreach_sequences (organization_id, prospect_id);
create index outreach_sequences_contact on public.outreach_sequences (organization_id, contact_id);
create index outreach_sequences_approver on public.outreach_sequences (approved_by);

create table public.outreach_emails (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  sequence_id uuid not null,

  step_number integer not null check (step_number between 1 and 10),
  delay_days integer not null check (delay_days between 0 and 365),
  subject text not null check (subject !~ '[\r\n]'),
  body_html text not null,
  body_text text not null,
  word_count integer not null check (word_count >= 0),

  -- Which evidence each factual sentence rests on: [{"sentence", "evidence_id"}]
  claims jsonb not null default '[]',
  personalization_data jsonb not null default '{}',

  status text not null default 'pending' check (status in (
    'pending', 'scheduled', 'sent', 'delivered', 'opened', 'clicked', 'replied', 'bounced', 'unsubscribed')),
  scheduled_at timestamptz,
  sent_at timestamptz,
  opens integer not null default 0,
  clicks integer not null default 0,
  replied_at timestamptz,
  instantly_email_id text,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (sequence_id, step_number),
  unique (organization_id, id),
  foreign key (organization_id, sequence_id) references public.outreach_sequences (organization_id, id)
    on delete cascade
);
create index outreach_emails_sequence on public.outreach_emails (organization_id, sequence_id);

create trigger touch_updated_at before update on public.outreach_sequences
  for each row execute function app.touch_updated_at();
create trigger touch_updated_at before update on public.outreach_emails
  for each row execute function app.touch_updated_at();

call app.isolate_tenant_table('public.outreach_sequences');
call app.isolate_tenant_table('public.outreach_emails');
grant select, insert, update, delete on public.outreach_sequences, public.outreach_emails to leadgen_pipeline;
grant select, update on public.outreach_sequences, public.outreach_emails to leadgen_api;

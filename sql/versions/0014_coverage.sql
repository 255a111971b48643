-- What each discovery says of itself: how the circle was covered, and how much of what there is was found.
-- `document` is the whole certificate with its tiles (leadgen/domain/discovery/coverage.py); the columns are for lists.

create table public.coverage_certificates (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  run_id text not null,
  computed_at timestamptz not null default now(),
  prospects integer not null check (prospects >= 0),
  duplicates integer not null check (duplicates >= 0),
  tiles integer not null check (tiles >= 0),
  saturated_tiles integer not null check (saturated_tiles between 0 and tiles),
  recall double precision check (recall between 0 and 1),  -- null: it cannot be told, the document says why
  recall_low double precision check (recall_low between 0 and 1),
  recall_high double precision check (recall_high between 0 and 1),
  document jsonb not null,
  unique (campaign_id, run_id),
  check ((recall is null) = (recall_low is null) and (recall is null) = (recall_high is null)),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index coverage_certificates_latest on public.coverage_certificates
  (organization_id, campaign_id, computed_at desc);

call app.isolate_tenant_table('public.coverage_certificates');
grant select, insert, update, delete on public.coverage_certificates to leadgen_pipeline;
grant select on public.coverage_certificates to leadgen_api;

-- Campaigns and what is learnt about the businesses they find.
-- Every child repeats organization_id and points at (organization_id, parent id): a cross-tenant child is impossible.

create table public.campaigns (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  created_by uuid references public.users (id) on delete set null,
  name text not null check (length(name) between 1 and 100),
  description text,

  -- Targeting
  business_type text not null check (length(business_type) between 1 and 200),
  target_location text not null check (length(target_location) between 1 and 300),
  target_radius_miles numeric(6, 2) not null default 25 check (target_radius_miles between 0.1 and 100),
  target_criteria jsonb not null default '{}',
  center_latitude double precision check (center_latitude between -90 and 90),
  center_longitude double precision check (center_longitude between -180 and 180),
  lead_cap integer check (lead_cap > 0),

  -- What the tenant sells: decides the score's polarity and the drafts' content
  offer jsonb not null default '{}',

  -- A campaign that stands still says why, in words
  status text not null default 'draft' check (status in (
    'draft', 'queued', 'discovering', 'enriching', 'scoring', 'generating', 'ready', 'active', 'paused', 'failed',
    'completed', 'archived')),
  status_cause text check (status_cause in (
    'user', 'budget', 'quality_gate', 'deliverability', 'no_mailbox', 'credentials', 'vendor', 'crash', 'input')),
  status_detail text,

  -- Money, in micros (millionths of a US dollar)
  budget_micros bigint check (budget_micros >= 0),

  -- Counts for the dashboard
  total_prospects integer not null default 0,
  enriched_count integer not null default 0,
  outreach_sent integer not null default 0,
  replies_count integer not null default 0,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  check ((center_latitude is null) = (center_longitude is null)),
  check (status not in ('paused', 'failed') or status_detail is not null)
);
create index campaigns_created_by on public.campaigns (created_by);
create index campaigns_recent on public.campaigns (organization_id, created_at desc, id desc);
create index campaigns_status on public.campaigns (organization_id, status);

-- One business a campaign found. The fields shown are derived from its listings and receipts.
create table public.prospects (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,

  company_name text not null check (company_name <> ''),
  category text,
  website text,
  domain text check (domain = lower(domain)),
  phone text,
  address text,
  city text,
  state text,
  zip_code text,
  country text,
  latitude double precision,
  longitude double precision,
  distance_meters double precision check (distance_meters >= 0),

  -- The source that was seen first; all of them are in listings
  source text not null check (source in ('google_maps', 'yelp', 'apollo', 'manual', 'import')),
  source_id text,
  source_url text,
  raw_data jsonb not null default '{}',

  status text not null default 'new' check (status in (
    'new', 'enriching', 'enriched', 'scored', 'outreach_pending', 'outreach_sent', 'replied', 'converted',
    'disqualified')),
  status_reason text,

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  unique (campaign_id, source, source_id),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index prospects_campaign on public.prospects (organization_id, campaign_id, created_at, id);
create index prospects_domain on public.prospects (organization_id, domain) where domain is not null;
create index prospects_status on public.prospects (organization_id, campaign_id, status);

-- What each source says of a business, kept beside it with its own age: vendors' terms limit how long.
create table public.listings (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,
  source text not null check (source in ('google_maps', 'yelp', 'apollo', 'manual', 'import')),
  source_id text not null,
  fields jsonb not null,
  provider_call_id bigint,
  match_score double precision,
  match_reason text,
  fetched_at timestamptz not null,
  expires_at timestamptz,
  unique (campaign_id, source, source_id),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade,
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index listings_prospect on public.listings (organization_id, prospect_id);
create index listings_campaign on public.listings (organization_id, campaign_id);

-- Tiles of the circle a campaign covers: what survives a crash, and the coverage certificate.
create table public.discovery_tiles (
  organization_id uuid not null,
  campaign_id uuid not null,
  source text not null,
  tile text not null,
  south double precision not null,
  west double precision not null,
  north double precision not null,
  east double precision not null,
  found integer not null,
  inside integer not null,
  state text not null check (state in ('done', 'split', 'saturated')),
  searched_at timestamptz not null default now(),
  primary key (campaign_id, source, tile),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index discovery_tiles_campaign on public.discovery_tiles (organization_id, campaign_id);

-- How far each prospect is: one row a stage. Missing row = still to do; older than its upstream = due again.
create table public.prospect_stages (
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,
  stage text not null check (stage in ('website_profiles', 'contacts', 'research', 'lead_scores', 'email_drafts')),
  state text not null check (state in ('done', 'skipped', 'failed')),
  reason text,  -- of a kind that can be counted; what is particular to this prospect stands in detail
  detail text,
  version text not null,
  finished_at timestamptz not null default now(),
  primary key (prospect_id, stage),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index prospect_stages_progress on public.prospect_stages (organization_id, campaign_id, stage, state);

create table public.contacts (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  prospect_id uuid not null,

  first_name text,
  last_name text,
  full_name text,
  title text,
  email text check (email = lower(email)),
  phone text,
  linkedin_url text,

  -- A verdict with its reason and age; the seed's boolean follows from it
  email_verdict text check (email_verdict in ('valid', 'risky', 'invalid', 'unknown')),
  email_verdict_reason text,
  email_verified boolean generated always as (coalesce(email_verdict = 'valid', false)) stored,
  email_verification_source text,
  email_verification_date timestamptz,

  is_role_mailbox boolean not null default false,
  is_primary boolean not null default false,
  is_decision_maker boolean not null default false,
  source text not null check (source in ('site', 'hunter', 'apollo', 'pattern', 'manual', 'import')),

  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  unique (organization_id, id),
  unique nulls not distinct (prospect_id, email, full_name),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index contacts_prospect on public.contacts (organization_id, prospect_id);
create index contacts_email on public.contacts (organization_id, email);
create unique index contacts_one_primary on public.contacts (prospect_id) where is_primary;

-- Versions: a new row supersedes the old one, nothing is overwritten. The current view is a view.
create table public.enrichment_data (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  prospect_id uuid not null,
  stage text not null check (stage in ('website_profiles', 'research')),
  code_version text not null,

  -- Website analysis
  website_exists boolean,
  website_status text check (website_status in ('none', 'social', 'unreachable', 'parked', 'weak', 'good')),
  website_score integer check (website_score between 0 and 100),
  mobile_score integer check (mobile_score between 0 and 100),
  has_ssl boolean,
  page_speed_ms integer check (page_speed_ms >= 0),

  -- Tech stack
  tech_stack jsonb not null default '[]',
  cms_detected text,
  ecommerce_platform text,
  has_booking boolean,

  -- Business intelligence
  employee_count_range text,
  revenue_estimate text,
  year_founded integer check (year_founded between 1000 and 2200),

  -- Social presence
  has_facebook boolean,
  has_instagram boolean,
  has_linkedin boolean,
  has_google_business boolean,
  google_rating numeric(2, 1),
  google_review_count integer,
  yelp_rating numeric(2, 1),
  yelp_review_count integer,

  -- AI analysis: each statement with its quote is in evidence
  pain_points text[] not null default '{}',
  opportunities text[] not null default '{}',
  company_summary text,

  -- What the site said, as Markdown, and what was read off its raw HTML (emails, phones, people, social links)
  website_content text,
  findings jsonb not null default '{}',

  enriched_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  superseded_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create unique index enrichment_data_current on public.enrichment_data (prospect_id, stage) where superseded_at is null;
create index enrichment_data_prospect on public.enrichment_data (organization_id, prospect_id, stage, enriched_at desc);

-- What may be said about a business: a statement with the words it rests on and where they stand.
create table public.evidence (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  prospect_id uuid not null,
  kind text not null check (kind in ('summary', 'pain_point', 'opportunity', 'fact')),
  statement text not null,
  quote text not null,
  source_url text,
  provider_call_id bigint,
  confidence double precision not null check (confidence between 0 and 1),
  created_at timestamptz not null default now(),
  superseded_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index evidence_prospect on public.evidence (organization_id, prospect_id);

-- The receipt of a shown value: who said it, when, for how much.
create table public.field_provenance (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  prospect_id uuid not null,
  field text not null,
  provider text not null,
  provider_call_id bigint,
  quote text,
  confidence double precision check (confidence between 0 and 1),
  recorded_at timestamptz not null default now(),
  superseded_at timestamptz,
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index field_provenance_prospect on public.field_provenance (organization_id, prospect_id, field);

create table public.lead_scores (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,

  score integer not null check (score between 0 and 100),
  tier text not null check (tier in ('A', 'B', 'C', 'D')),
  confidence double precision not null check (confidence between 0 and 1),

  -- Components, 0-25 each; they add up to the score
  website_quality_score integer not null check (website_quality_score between 0 and 25),
  business_size_score integer not null check (business_size_score between 0 and 25),
  engagement_score integer not null check (engagement_score between 0 and 25),
  fit_score integer not null check (fit_score between 0 and 25),

  -- Every factor with its points: [{"component", "factor", "points", "reason"}]
  scoring_factors jsonb not null default '[]',
  scoring_notes text,
  profile_version text not null,

  scored_at timestamptz not null default now(),
  scored_by text not null default 'rules' check (scored_by in ('rules', 'ai', 'manual')),
  superseded_at timestamptz,
  unique (organization_id, id),
  check (tier = case when score >= 75 then 'A' when score >= 50 then 'B' when score >= 25 then 'C' else 'D' end),
  check (score = website_quality_score + business_size_score + engagement_score + fit_score),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create unique index lead_scores_current on public.lead_scores (prospect_id) where superseded_at is null;
create index lead_scores_ranked on public.lead_scores (organization_id, campaign_id, score desc, prospect_id desc)
  where superseded_at is null;
create index lead_scores_history on public.lead_scores (organization_id, prospect_id, scored_at desc);
-- the foreign key to campaigns is served by lead_scores_ranked only for current rows
create index lead_scores_campaign on public.lead_scores (organization_id, campaign_id, scored_at);

create view public.current_enrichment with (security_invoker = true) as
  select * from public.enrichment_data where superseded_at is null;
create view public.current_lead_scores with (security_invoker = true) as
  select * from public.lead_scores where superseded_at is null;

create trigger touch_updated_at before update on public.campaigns
  for each row execute function app.touch_updated_at();
create trigger touch_updated_at before update on public.prospects
  for each row execute function app.touch_updated_at();
create trigger touch_updated_at before update on public.enrichment_data
  for each row execute function app.touch_updated_at();
create trigger touch_updated_at before update on public.contacts
  for each row execute function app.touch_updated_at();

-- One update a statement, not a row, and down as well as up.
create function app.count_inserted_prospects() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.campaigns c set total_prospects = c.total_prospects + n.added
    from (select campaign_id, count(*) as added from inserted group by campaign_id) n
   where c.id = n.campaign_id;
  return null;
end
$$;

create function app.count_deleted_prospects() returns trigger
language plpgsql set search_path = ''
as $$
begin
  update public.campaigns c set total_prospects = c.total_prospects - n.removed
    from (select campaign_id, count(*) as removed from deleted group by campaign_id) n
   where c.id = n.campaign_id;
  return null;
end
$$;

create trigger count_inserted_prospects after insert on public.prospects
  referencing new table as inserted for each statement execute function app.count_inserted_prospects();
create trigger count_deleted_prospects after delete on public.prospects
  referencing old table as deleted for each statement execute function app.count_deleted_prospects();

call app.isolate_tenant_table('public.campaigns');
call app.isolate_tenant_table('public.prospects');
call app.isolate_tenant_table('public.listings');
call app.isolate_tenant_table('public.discovery_tiles');
call app.isolate_tenant_table('public.prospect_stages');
call app.isolate_tenant_table('public.contacts');
call app.isolate_tenant_table('public.enrichment_data');
call app.isolate_tenant_table('public.evidence');
call app.isolate_tenant_table('public.field_provenance');
call app.isolate_tenant_table('public.lead_scores');
create policy deleting_needs_role on public.campaigns as restrictive for delete to leadgen_api
  using ((select app.has_role('owner', 'admin')));

grant select, insert, update, delete on
  public.campaigns, public.prospects, public.contacts to leadgen_api, leadgen_pipeline;
grant select, insert, update, delete on
  public.listings, public.discovery_tiles, public.prospect_stages, public.enrichment_data, public.evidence,
  public.field_provenance, public.lead_scores to leadgen_pipeline;
grant select on
  public.listings, public.discovery_tiles, public.prospect_stages, public.enrichment_data, public.evidence,
  public.field_provenance, public.lead_scores to leadgen_api;
grant select on public.current_enrichment, public.current_lead_scores to leadgen_api, leadgen_pipeline;
grant execute on function app.touch_updated_at(), app.count_inserted_prospects(), app.count_deleted_prospects()
  to leadgen_api, leadgen_pipeline;

-- What the contact sources are worth, the order that follows from it, and what sources say against one another.

-- Where a contact and its verdict come from, and whether mail to it came back: a bounce outweighs every verdict.
alter table public.contacts
  add column provider_call_id bigint,
  add column verification_call_id bigint,
  add column bounced_at timestamptz;

-- Contacts from before name the call of their source. The owner is bound by FORCE and steps out of it for this alone.
alter table public.contacts no force row level security;
alter table public.field_provenance no force row level security;
update public.contacts c
   set provider_call_id = (
         select max(r.provider_call_id) from public.field_provenance r
          where r.prospect_id = c.prospect_id
            and r.field = case when c.source = 'site' then 'findings' else 'contacts' end
            and (c.source = 'site' or r.provider = c.source)),
       verification_call_id = (
         select max(r.provider_call_id) from public.field_provenance r
          where r.prospect_id = c.prospect_id and r.field = 'email_verdict' and c.email_verification_source is not null)
 where c.source in ('site', 'hunter', 'apollo');
alter table public.contacts force row level security;
alter table public.field_provenance force row level security;

-- One question to one source about one business, as the waterfall last went. `cost_micros` is at list price, also where the
-- answer was known already, so that sources compare.
create table public.contact_attempts (
  organization_id uuid not null,
  campaign_id uuid not null,
  prospect_id uuid not null,
  source text not null check (source in ('site', 'hunter', 'apollo', 'pattern')),
  segment text not null,
  place integer not null check (place > 0),
  addresses integer not null check (addresses >= 0),
  sufficed boolean not null,
  call_ids bigint[] not null default '{}',
  cost_micros bigint not null check (cost_micros >= 0),
  asked_at timestamptz not null default now(),
  primary key (prospect_id, source),
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade,
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id) on delete cascade
);
create index contact_attempts_prospect on public.contact_attempts (organization_id, prospect_id);
create index contact_attempts_campaign on public.contact_attempts (organization_id, campaign_id);
create index contact_attempts_segment on public.contact_attempts (organization_id, segment, source);

-- Derived, so that a killed run, a rerun and a deleted prospect leave the figures exact.
create view public.contact_source_stats with (security_invoker = true) as
  select a.organization_id, a.segment, a.source, count(*) as asked, count(*) filter (where a.addresses > 0) as hits,
         count(*) filter (where a.sufficed) as valid, coalesce(sum(b.bounced), 0)::bigint as bounced,
         sum(a.cost_micros)::bigint as cost_micros
    from public.contact_attempts a
    left join (select c.organization_id, c.prospect_id, c.source, count(*) as bounced
                 from public.contacts c where c.bounced_at is not null
                group by c.organization_id, c.prospect_id, c.source) b
      on b.organization_id = a.organization_id and b.prospect_id = a.prospect_id and b.source = a.source
   group by a.organization_id, a.segment, a.source;
create index contacts_bounced on public.contacts (organization_id, prospect_id) where bounced_at is not null;

-- Each change of the order with its reasons; the newest one of a segment is in force.
create table public.waterfall_changes (
  id bigint generated always as identity primary key,
  organization_id uuid not null references public.organizations (id) on delete cascade,
  segment text not null,
  order_before text[] not null,
  order_after text[] not null,
  explanation text not null check (explanation <> ''),
  measured jsonb not null,
  changed_at timestamptz not null default now()
);
create index waterfall_changes_segment on public.waterfall_changes (organization_id, segment, id desc);

-- Values of which sources say different things: the chosen one, the rule that chose, and what the others say.
create table public.field_conflicts (
  id bigint generated always as identity primary key,
  organization_id uuid not null,
  prospect_id uuid not null,
  stage text not null check (stage in ('website_profiles', 'contacts', 'research')),
  field text not null,
  value text not null,
  provider text not null,
  provider_call_id bigint,
  chosen_by text not null,
  agreeing text[] not null default '{}',
  others jsonb not null check (jsonb_typeof(others) = 'array' and others <> '[]'),
  recorded_at timestamptz not null default now(),
  superseded_at timestamptz,
  foreign key (organization_id, prospect_id) references public.prospects (organization_id, id) on delete cascade
);
create index field_conflicts_prospect on public.field_conflicts (organization_id, prospect_id);

-- Mail to the address came back for good. Returns how many contacts of the caller's organization are hereby invalid.
create function app.contact_bounced(address text) returns integer
language sql set search_path = ''
as $$
  with marked as (
    update public.contacts c
       set bounced_at = coalesce(c.bounced_at, now()), email_verdict = 'invalid', email_verdict_reason = 'mail bounced'
     where c.email = lower(address)
    returning c.id
  )
  select count(*)::integer from marked
$$;
revoke all on function app.contact_bounced(text) from public;

call app.isolate_tenant_table('public.contact_attempts');
call app.isolate_tenant_table('public.waterfall_changes');
call app.isolate_tenant_table('public.field_conflicts');

grant select, insert, update, delete on
  public.contact_attempts, public.waterfall_changes, public.field_conflicts to leadgen_pipeline;
grant select on public.contact_attempts, public.waterfall_changes, public.field_conflicts to leadgen_api;
grant select on public.contact_source_stats to leadgen_api, leadgen_pipeline;
grant execute on function app.contact_bounced(text) to leadgen_api, leadgen_pipeline;

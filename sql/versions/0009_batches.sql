-- Questions given to a vendor as one batch at half price. Their ledger lines are `batched`: the money stays reserved, whoever
-- asks the same meanwhile waits for the same answer, and no worker has to live until it comes.

-- submitting: written before the vendor is told, so that a crash on the way is picked up: the vendor's batch is found, or made
-- again from `body`, which is forgotten once the vendor has it. submitted: the vendor works on it. landed: every line is
-- settled. failed: the vendor refuses it as a whole, and every line is settled as failed.
create table public.provider_batches (
  id uuid primary key default gen_random_uuid(),
  organization_id uuid not null references public.organizations (id) on delete cascade,
  campaign_id uuid,
  vendor text not null,
  model text not null,  -- whose prices its items have
  state text not null default 'submitting' check (state in ('submitting', 'submitted', 'landed', 'failed')),
  vendor_batch_id text,
  body text,
  failure text,
  created_at timestamptz not null default now(),
  submitted_at timestamptz,
  ended_at timestamptz,
  unique (organization_id, id),
  foreign key (organization_id, campaign_id) references public.campaigns (organization_id, id)
    on delete set null (campaign_id),
  check ((body is not null) = (state = 'submitting')),
  check (vendor_batch_id is not null or state in ('submitting', 'failed'))
);
create index provider_batches_campaign on public.provider_batches (organization_id, campaign_id, created_at);

alter table public.provider_calls
  add column batch_id uuid,
  add constraint provider_calls_batch_fkey foreign key (organization_id, batch_id)
    references public.provider_batches (organization_id, id) on delete set null (batch_id);
create index provider_calls_batch on public.provider_calls (organization_id, batch_id) where batch_id is not null;

-- Gives calls that were opened in this transaction to a batch. Its lines then outlive their worker.
create function app.move_to_batch(batch uuid, call_ids bigint[]) returns void
language plpgsql set search_path = ''
as $$
declare moved integer;
begin
  update public.provider_calls c set status = 'batched', batch_id = batch
   where c.id = any (call_ids) and c.status = 'open';
  get diagnostics moved = row_count;
  if moved <> cardinality(call_ids) then
    raise exception 'only % of % calls are open', moved, cardinality(call_ids);
  end if;
end
$$;

call app.isolate_tenant_table('public.provider_batches');
grant select, insert, update on public.provider_batches to leadgen_pipeline;
grant select on public.provider_batches to leadgen_api;
grant execute on function app.move_to_batch(uuid, bigint[]) to leadgen_pipeline;

"""The client layer's SQL. What each function does is said where it is defined: sql/versions/0004_providers.sql."""

from typing import LiteralString

ENTER_TENANT: LiteralString = "select set_config('app.organization_id', %s, false)"
ENTER_WORKER: LiteralString = "select app.enter_worker()"
ABANDON_DEAD_CALLS: LiteralString = "select app.abandon_dead_calls()"

OPEN_CALLS: LiteralString = """
select ordinal, outcome, call_id, answer_id, http_status, is_miss, body, fetched_at, cap, wait_seconds
  from app.open_provider_calls(
    %(worker)s, %(campaign)s, %(stage)s, %(run)s, %(vendors)s, %(operations)s, %(key_owners)s, %(privates)s,
    %(repeatable)s::double precision[], %(fingerprints)s, %(expected)s, %(only_known)s)
"""

SETTLE_CALLS: LiteralString = """
select app.settle_provider_calls(
  %(call_ids)s, %(statuses)s, %(http_statuses)s, %(misses)s, %(bodies)s, %(usages)s::jsonb[], %(costs)s, %(attempts)s,
  %(failures)s, %(latencies)s, %(times_to_live)s, %(healths)s::text[])
"""

TAKE_PERMITS: LiteralString = "select app.take_permits(%(scope)s, %(most)s, %(seconds)s, %(n)s) as waits"
HOLD_SCOPE: LiteralString = "select app.hold_scope(%(scope)s, %(seconds)s)"
LEASE_SLOTS: LiteralString = """
select app.lease_slots(%(worker)s, %(scope)s, %(most)s, %(want)s, %(in_flight)s, %(organization)s)
"""
CORRECT_RATE: LiteralString = "select app.correct_rate(%(scope)s, %(most)s, %(seconds)s, %(remaining)s)"

OWN_SERVICES: LiteralString = """
select service from public.api_credentials
 where is_active and organization_id = (select app.pipeline_organization_id())
"""
UNCLEAR_CALLS: LiteralString = """
select call_id, organization_id, campaign_id, vendor, operation, cost_micros, opened_at from app.unclear_calls(%(at_most)s)
"""
DECIDE_UNCLEAR_CALL: LiteralString = "select app.decide_unclear_call(%(call)s, %(said)s)"

# Batches: what their states mean is said in sql/versions/0009_batches.sql
ADD_BATCH: LiteralString = """
insert into public.provider_batches (organization_id, campaign_id, vendor, model, body)
values (app.pipeline_organization_id(), %(campaign)s, %(vendor)s, %(model)s, %(body)s)
returning id
"""
MOVE_TO_BATCH: LiteralString = "select app.move_to_batch(%(batch)s, %(call_ids)s)"
BATCH: LiteralString = """
select b.id, b.model, b.state, b.vendor_batch_id, b.body, b.created_at,
       (select count(*) from public.provider_calls c where c.batch_id = b.id and c.status = 'batched') as waiting
  from public.provider_batches b
 where b.id = %(batch)s and b.organization_id = (select app.pipeline_organization_id())
"""
BATCHES_UNDER_WAY: LiteralString = """
select b.id, b.model, b.state, b.vendor_batch_id, b.body, b.created_at,
       (select count(*) from public.provider_calls c where c.batch_id = b.id and c.status = 'batched') as waiting
  from public.provider_batches b
 where b.organization_id = (select app.pipeline_organization_id()) and b.campaign_id is not distinct from %(campaign)s
   and b.state in ('submitting', 'submitted')
 order by b.created_at
"""
VENDORS_BATCH_IDS: LiteralString = """
select vendor_batch_id from public.provider_batches
 where organization_id = (select app.pipeline_organization_id()) and vendor = %(vendor)s and vendor_batch_id is not null
"""
BATCH_IS_SUBMITTED: LiteralString = """
update public.provider_batches
   set state = 'submitted', vendor_batch_id = %(vendor_batch_id)s, body = null, submitted_at = now()
 where id = %(batch)s and state = 'submitting'
"""
BATCH_HAS_ENDED: LiteralString = """
update public.provider_batches
   set state = %(state)s, failure = %(failure)s, body = null, ended_at = now()
 where id = %(batch)s and state in ('submitting', 'submitted')
"""
BATCHED_CALLS: LiteralString = """
select id, vendor, operation, key_owner, fingerprint, stage, expected_micros, is_private
  from public.provider_calls
 where organization_id = (select app.pipeline_organization_id()) and batch_id = %(batch)s and status = 'batched'
"""

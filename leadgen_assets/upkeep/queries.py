"""SQL of the sensors and of retention."""

from typing import LiteralString

OUTBOX_WAITING: LiteralString = """
select event_id, organization_id, campaign_id, kind, launch_attempts, created_at
  from app.outbox_waiting(make_interval(secs => %(older_than_seconds)s), %(at_most)s)
"""

PARK_CAMPAIGN: LiteralString = "select app.park_campaign(%(campaign)s, %(seconds)s)"
RESUME_PARKED: LiteralString = "select app.resume_parked(%(at_most)s)"
RAISE_SPEND_ALERTS: LiteralString = "select app.raise_spend_alerts()"

FORGET_ANSWERS: LiteralString = "select app.forget_answers(%(at_most)s)"
FORGET_ACCESS: LiteralString = "select app.forget_access() as forgotten"

# The dispatcher holds this lock for as long as it lives (platform/queries.py).
DISPATCHER_IS_GONE: LiteralString = """
select pg_try_advisory_xact_lock(hashtextextended('leadgen.dispatcher', 0)) as gone
"""

"""SQL of the sensors."""

from typing import LiteralString

OUTBOX_WAITING: LiteralString = """
select event_id, organization_id, campaign_id, kind, launch_attempts, created_at
  from app.outbox_waiting(make_interval(secs => %(older_than_seconds)s), %(at_most)s)
"""

# The dispatcher holds this lock for as long as it lives (platform/queries.py).
DISPATCHER_IS_GONE: LiteralString = """
select pg_try_advisory_xact_lock(hashtextextended('leadgen.dispatcher', 0)) as gone
"""

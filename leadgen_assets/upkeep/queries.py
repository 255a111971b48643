"""SQL of the sensors."""

from typing import LiteralString

OUTBOX_WAITING: LiteralString = """
select event_id, organization_id, campaign_id, kind, launch_attempts, created_at
  from app.outbox_waiting(make_interval(secs => %(older_than_seconds)s), %(at_most)s)
"""

"""The SQL of the platform: what the dispatcher asks of the outbox, the locks, and the bell of the run queue."""

from typing import LiteralString

# Held in a transaction while a process looks whether Dagster's tables exist.
LOCK_DAGSTER_TABLES = "select pg_advisory_xact_lock(hashtextextended('leadgen.dagster_tables', 0))"

# In Dagster's database: a run has been queued.
ANNOUNCE_RUN = "notify leadgen_run_queue"
LISTEN_FOR_RUNS: LiteralString = "listen leadgen_run_queue"

# Held by the one dispatcher that dispatches, for as long as its connection lives.
BECOME_DISPATCHER: LiteralString = "select pg_try_advisory_lock(hashtextextended('leadgen.dispatcher', 0)) as mine"

LISTEN_FOR_EVENTS: LiteralString = "listen leadgen_outbox"

WAITING: LiteralString = """
select event_id, organization_id, campaign_id, kind, launch_attempts, created_at
  from app.outbox_waiting('0 seconds', %(at_most)s)
"""

LAUNCHED: LiteralString = "select app.outbox_launched(%(event)s, %(run)s)"

ATTEMPTED: LiteralString = "select app.outbox_attempted(%(event)s)"

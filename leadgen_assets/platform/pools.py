"""Coarse guards over all runs: how many assets of a kind may work at once. Vendors' own limits are the client layer's.

The seed's concurrency (section 5 there): 10 discoveries, 20 enrichments, 5 of research and writing, 2 of sending.
"""

import dagster as dg

LIMITS = {"discovery": 10, "enrichment": 20, "research": 5, "sending": 2}


def set_limits(instance: dg.DagsterInstance) -> None:
    """Writes the limits into Dagster's storage, the only place where named ones can stand, where they differ."""
    storage = instance.event_log_storage
    known = {pool.name: pool.limit for pool in storage.get_pool_limits()}
    for name, limit in LIMITS.items():
        if known.get(name) != limit:
            storage.set_concurrency_slots(name, limit)

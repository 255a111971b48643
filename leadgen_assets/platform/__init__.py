"""How Dagster runs for us: pooled storage, forked runs, a prompt queue, the dispatcher and the kinds of failure.

What belongs here: the machinery below the assets, configured in `dagster.yaml`, and all use of Dagster's private
modules. What does not: any asset, job or sensor.
"""

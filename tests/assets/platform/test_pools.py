"""The pools' limits stand where Dagster looks for them, and every pool an asset names has one."""

import dagster as dg

from leadgen_assets.definitions import ASSETS
from leadgen_assets.platform import pools


def test_the_limits_are_written_once_and_mended_when_they_differ() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        pools.set_limits(instance)
        instance.event_log_storage.set_concurrency_slots("research", 1)
        pools.set_limits(instance)
        assert {pool.name: pool.limit for pool in instance.event_log_storage.get_pool_limits()} == pools.LIMITS


def test_every_pool_an_asset_names_has_a_limit() -> None:
    named = {asset.op.pool for asset in ASSETS if isinstance(asset.op, dg.OpDefinition) and asset.op.pool}
    assert named <= set(pools.LIMITS)

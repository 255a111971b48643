"""One partition set: a key a campaign. The key is the campaign's id."""

from uuid import UUID

import dagster as dg

from leadgen.errors import InputError

campaigns = dg.DynamicPartitionsDefinition(name="campaigns")


def campaign_of(key: str) -> UUID:
    """The campaign a partition key names.

    Raises:
        InputError: the key is not a campaign's id.
    """
    try:
        return UUID(key)
    except ValueError:
        raise InputError(
            f"{key!r} is not a campaign's id.", remedy="Partition keys are campaign ids (UUIDs)."
        ) from None

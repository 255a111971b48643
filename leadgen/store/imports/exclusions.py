"""An organization's exclusion list: read as a whole for discovery and imports, changed entry by entry."""

from typing import Any
from uuid import UUID

from leadgen.domain.discovery.exclusions import (
    Exclusion,
    ExclusionKind,
    ExclusionList,
    ExclusionReason,
    exclusion_key,
)
from leadgen.store.database import Transaction
from leadgen.store.imports import queries


async def read_exclusions(transaction: Transaction, organization_id: UUID) -> ExclusionList:
    """The whole list."""
    rows = await transaction.all(queries.EXCLUSIONS, {"organization": organization_id})
    return ExclusionList(Exclusion(row["kind"], row["key"], row["reason"]) for row in rows)


async def add_exclusion(
    transaction: Transaction,
    organization_id: UUID,
    kind: ExclusionKind,
    value: str,
    reason: ExclusionReason = "other",
    user_id: UUID | None = None,
) -> dict[str, Any]:
    """The entry as it stands, made or already there; its reason is that given last.

    Raises:
        InputError: the value is no domain, phone number or name, or many businesses share it.
    """
    entry = await transaction.one(
        queries.ADD_EXCLUSION,
        {
            "organization": organization_id,
            "kind": kind,
            "key": exclusion_key(kind, value),
            "value": value,
            "reason": reason,
            "user": user_id,
        },
    )
    return entry or {}


async def remove_exclusion(transaction: Transaction, organization_id: UUID, exclusion_id: UUID) -> bool:
    """Takes an entry off the list; False where there is none of this id."""
    named = {"organization": organization_id, "id": exclusion_id}
    return bool(await transaction.execute(queries.REMOVE_EXCLUSION, named))

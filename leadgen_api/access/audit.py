"""The audit log's one entrance: who changed what, from what, to what, in the transaction that changes it."""

from typing import Any
from uuid import UUID

from psycopg.types.json import Jsonb

from leadgen.store.database import Transaction
from leadgen_api.access import queries
from leadgen_api.access.sessions import Member


async def audit(
    transaction: Transaction,
    member: Member,
    action: str,
    object_id: UUID | int | str,
    *,
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> None:
    """Adds an entry: it holds if the change does. `action` is `thing.verb`, as `campaign.pause`.

    `before` and `after` are JSON values of what changed, without secrets and without the personal data of leads: the log
    outlives them.
    """
    await transaction.execute(
        queries.AUDIT,
        {
            "organization": member.organization_id,
            "user": member.user_id,
            "api_key": member.api_key_id,
            "action": action,
            "object": str(object_id),
            "before": None if before is None else Jsonb(before),
            "after": None if after is None else Jsonb(after),
        },
    )

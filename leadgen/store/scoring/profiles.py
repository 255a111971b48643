"""An organization's scoring profiles: stored versions, what one would change, and the one that holds."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from psycopg.types.json import Jsonb

from leadgen.domain.scoring.document import Document, document_of, profile_of
from leadgen.domain.scoring.moves import Move, Moves
from leadgen.domain.scoring.profile import DEFAULT_PROFILE, Profile
from leadgen.errors import InputError
from leadgen.store.database import Transaction
from leadgen.store.scoring import SET_SIZE, queries, scoring_of

BUILT_IN = 0
"""The version of the built-in profile: it is everybody's, and holds until another one is applied."""


class StoredProfile(NamedTuple):
    """One version. `applied` says whether it is the one that holds."""

    version: int
    name: str
    document: Document
    created_by: UUID | None
    created_at: datetime | None
    applied_at: datetime | None
    applied: bool


async def profiles(transaction: Transaction, organization_id: UUID) -> list[StoredProfile]:
    """Every version, the newest first, the built-in one last."""
    rows = await transaction.all(queries.PROFILES, {"organization": organization_id})
    stored = [StoredProfile(**row) for row in rows]
    built_in_holds = not any(profile.applied for profile in stored)
    document = document_of(DEFAULT_PROFILE)
    return [*stored, StoredProfile(BUILT_IN, "Built in", document, None, None, None, built_in_holds)]


async def store_profile(
    transaction: Transaction, organization_id: UUID, name: str, document: Mapping[str, Any], created_by: UUID
) -> int:
    """Keeps the document as the organization's next version, whole; returns the version. It does not hold yet.

    Raises:
        InputError: it is no profile; the message says where.
    """
    whole = document_of(_profile(document, None))
    await transaction.execute(queries.LOCK_PROFILES, {"organization": organization_id})
    version: int = await transaction.value(
        queries.INSERT_PROFILE,
        {"organization": organization_id, "name": name, "document": Jsonb(whole), "created_by": created_by},
    )
    return version


async def read_profile(transaction: Transaction, organization_id: UUID, version: int) -> Profile | None:
    """The profile of a version; None where there is none."""
    if version == BUILT_IN:
        return DEFAULT_PROFILE
    named = {"organization": organization_id, "version": version}
    row = await transaction.one(queries.PROFILE, named)
    return None if row is None else _profile(row["document"], version)


async def preview(transaction: Transaction, organization_id: UUID, campaign_id: UUID, profile: Profile) -> Moves:
    """What the profile would do to the campaign's leads as their facts are now: the scorer, without the writing."""
    scoring = await scoring_of(transaction, organization_id, campaign_id, profile)
    named = {"organization": organization_id, "campaign": campaign_id}
    moves = Moves()
    sets = await transaction.all(queries.SETS, {**named, "set_size": SET_SIZE})
    await transaction.execute(queries.FAST_SETTINGS)
    for row in sets:
        rows = await transaction.all(queries.PREVIEW, {**scoring.parameters, "ids": row["ids"]}, is_prepared=False)
        moves.add(Move(**found) for found in rows)
    return moves


async def scored_campaigns(transaction: Transaction, organization_id: UUID) -> list[dict[str, Any]]:
    """The organization's campaigns that have scores, with id and name."""
    return await transaction.all(queries.SCORED_CAMPAIGNS, {"organization": organization_id})


async def apply_profile(transaction: Transaction, organization_id: UUID, version: int) -> int:
    """The version holds from now on; every campaign with scores is to be scored again. Returns how many those are.

    Raises:
        InputError: there is no such version.
    """
    named = {"organization": organization_id, "version": version}
    await transaction.execute(queries.LOCK_PROFILES, named)
    if version == BUILT_IN:
        await transaction.execute(queries.APPLY_BUILT_IN, named)
    elif not await transaction.execute(queries.APPLY_PROFILE, named):
        raise InputError(f"there is no scoring profile {version}.")
    return await transaction.execute(queries.ANNOUNCE_RESCORING, named)


def _profile(document: Mapping[str, Any], version: int | None) -> Profile:
    try:
        return profile_of(document, version)
    except ValueError as error:
        raise InputError(f"This is no scoring profile: {error}") from error

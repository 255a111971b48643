"""Merging two prospects of a campaign, and undoing it. Pays nothing: what is derived again comes from stored answers."""

from collections.abc import Mapping
from typing import Any, LiteralString
from uuid import UUID

from psycopg.types.json import Jsonb

from leadgen.domain.identity.merging import FILLED_IN, Held, HeldContact, HeldSequence, plan_merge
from leadgen.errors import InputError
from leadgen.store.database import Transaction
from leadgen.store.merges import queries


class UnknownProspects(InputError):
    """The prospects, or the merge, are not to be found in one campaign of the organization."""


class DecisionRefused(InputError):
    """What is asked is understood and may not be done as things stand."""


async def merge_prospects(
    transaction: Transaction,
    *,
    keep: UUID,
    merge: UUID,
    score: float | None = None,
    reason: str | None = None,
    person: UUID | None = None,
) -> UUID:
    """`merge` becomes a part of `keep`: its listings, contacts and evidence follow. Returns the merge's id, to undo it by.

    The kept prospect's stages become due again. `person` decided it; None: the discovery did.

    Raises:
        UnknownProspects: they are not two prospects of one campaign.
        DecisionRefused: both have a sequence that is approved, active or sent.
    """
    rows = await transaction.all(queries.LOCK_PROSPECTS, {"ids": [keep, merge]})
    found = {row["id"]: row for row in rows}
    if len(found) != 2 or found[keep]["campaign_id"] != found[merge]["campaign_id"]:
        raise UnknownProspects(
            "these are not two prospects of one campaign.",
            remedy="Name two that the campaign lists; one that was merged already must be unmerged first.",
        )
    try:
        plan = plan_merge(await _held(transaction, found[keep]), await _held(transaction, found[merge]))
    except InputError as refusal:
        raise DecisionRefused(refusal.message, remedy=refusal.remedy) from refusal
    parameters = {"kept": keep, "merged": merge, "plan": Jsonb(plan.as_document()), "score": score, "reason": reason}
    merged: UUID = await transaction.value(queries.MERGE, {**parameters, "person": person})
    await decide(transaction, keep, merge, "same", person, score=score, reason=reason)
    return merged


async def undo_merge(transaction: Transaction, merge_id: UUID, *, person: UUID | None = None) -> None:
    """Both prospects are what they were; what came after the merge stays with the kept one. Discovery keeps them apart.

    Raises:
        UnknownProspects: there is no such merge, or it is undone already.
        DecisionRefused: a later merge of one of the two stands; it must be undone first.
    """
    merge = await transaction.one(queries.MERGE_BY_ID, {"merge": merge_id})
    done = await transaction.value(queries.UNDO, {"merge": merge_id, "person": person})
    if merge is None or done is None:
        raise UnknownProspects("there is no such merge, or it is undone already.")
    if not done:
        later = await transaction.value(queries.STANDS_IN_THE_WAY, {"merge": merge_id})
        raise DecisionRefused("a later merge builds on this one.", remedy=f"Undo merge {later} first.")
    await decide(
        transaction,
        merge["kept_prospect_id"],
        merge["merged_prospect_id"],
        "different",
        person,
        score=merge["score"],
        reason=merge["reason"],
    )


async def decide(
    transaction: Transaction,
    left: UUID,
    right: UUID,
    state: str,
    person: UUID | None,
    *,
    score: float | None = None,
    reason: str | None = None,
) -> None:
    """Notes that two prospects are the same or different, whether or not they were a pair to look at."""
    await transaction.execute(
        queries.DECIDE,
        {"left": left, "right": right, "state": state, "person": person, "score": score, "reason": reason},
    )


async def _held(transaction: Transaction, prospect: Mapping[str, Any]) -> Held:
    """All that a merge may move of one prospect."""

    async def rows(sql: LiteralString) -> list[dict[str, Any]]:
        return await transaction.all(sql, {"prospect": prospect["id"]})

    scores = await rows(queries.SCORE)
    return Held(
        fields={name: prospect[name] for name in FILLED_IN},
        listings=tuple(str(row["id"]) for row in await rows(queries.LISTINGS)),
        contacts=tuple(
            HeldContact(str(row["id"]), row["email"], row["full_name"], row["is_primary"])
            for row in await rows(queries.CONTACTS)
        ),
        enrichment={row["stage"]: str(row["id"]) for row in await rows(queries.ENRICHMENT)},
        evidence=tuple(str(row["id"]) for row in await rows(queries.EVIDENCE)),
        receipts={str(row["id"]): row["field"] for row in await rows(queries.RECEIPTS)},
        score=str(scores[0]["id"]) if scores else None,
        outcomes={row["kind"]: str(row["id"]) for row in await rows(queries.OUTCOMES)},
        sequences=tuple(
            HeldSequence(str(row["id"]), row["sequence_type"], row["status"], row["current"], row["sent"])
            for row in await rows(queries.SEQUENCES)
        ),
    )

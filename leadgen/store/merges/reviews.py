"""Pairs of prospects that may be one business: noted by discovery, decided by a person."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from leadgen.store.database import Transaction
from leadgen.store.merges import queries
from leadgen.store.merges.merging import DecisionRefused, UnknownProspects, decide, merge_prospects

Decision = Literal["same", "different"]


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """Two prospects that look alike, with the score (0-1) and the evidence in words."""

    left: UUID
    right: UUID
    score: float
    reason: str


async def record_reviews(transaction: Transaction, campaign_id: UUID, pairs: Iterable[ReviewPair]) -> None:
    """Notes pairs to look at. What a person has decided is left as it is."""
    best: dict[tuple[UUID, UUID], ReviewPair] = {}
    for pair in pairs:
        ends = (min(pair.left, pair.right), max(pair.left, pair.right))
        if ends[0] != ends[1] and (ends not in best or best[ends].score < pair.score):
            best[ends] = pair
    if best:
        document = [
            {"left_id": str(p.left), "right_id": str(p.right), "score": p.score, "reason": p.reason}
            for p in best.values()
        ]
        await transaction.execute(queries.SAVE_REVIEWS, {"campaign": campaign_id, "json": json.dumps(document)})


async def kept_apart(transaction: Transaction, campaign_id: UUID) -> set[frozenset[UUID]]:
    """Pairs that a person said are different: never merged by themselves."""
    rows = await transaction.all(queries.KEPT_APART, {"campaign": campaign_id})
    return {frozenset({row["left_prospect_id"], row["right_prospect_id"]}) for row in rows}


async def decide_review(
    transaction: Transaction, review_id: UUID, decision: Decision, *, person: UUID | None = None
) -> UUID | None:
    """Closes a pair. `same` merges the two, into the one that was found first; returns the merge's id then.

    Raises:
        UnknownProspects: there is no such pair, or one of the two is merged away.
        DecisionRefused: it is decided already, or both have a sequence that is approved, active or sent.
    """
    review = await transaction.one(queries.REVIEW, {"review": review_id})
    if review is None:
        raise UnknownProspects("there is no such pair.")
    if review["state"] == decision == "different":
        return None  # said twice
    if review["state"] != "open":
        raise DecisionRefused(
            f"this pair is decided: {review['state']}.", remedy="Undo its merge, or merge the two prospects by hand."
        )
    keep, gone = await _in_order_found(transaction, [review["left_prospect_id"], review["right_prospect_id"]])
    if decision == "different":
        await decide(transaction, keep, gone, "different", person)
        return None
    return await merge_prospects(
        transaction, keep=keep, merge=gone, score=review["score"], reason=review["reason"], person=person
    )


async def _in_order_found(transaction: Transaction, ends: list[UUID]) -> tuple[UUID, UUID]:
    """The two prospects, the one found first before the other.

    Raises:
        UnknownProspects: one of them is merged away.
    """
    rows = await transaction.all(queries.IN_ORDER_FOUND, {"ids": ends})
    if len(rows) != 2:
        raise UnknownProspects("one of the two prospects is merged already.", remedy="Undo that merge first.")
    return rows[0]["id"], rows[1]["id"]

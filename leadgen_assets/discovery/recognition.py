"""What discovery does with businesses that turn out to be one: doubles merged so that it can be undone, doubtful pairs
noted for a person, branches placed under their company.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from leadgen.domain.identity.clusters import Pair
from leadgen.store.database import Transaction
from leadgen.store.merges import (
    DecisionRefused,
    ReviewPair,
    UnknownProspects,
    kept_apart,
    merge_prospects,
    record_companies,
    record_reviews,
)
from leadgen_assets.session import Session


@dataclass(frozen=True, slots=True)
class Double:
    """A prospect that is the same business as another, with the score (0-1) and the evidence in words."""

    keep: UUID
    gone: UUID
    score: float
    reason: str


def pairs_to_review(pairs: Iterable[Pair], owners: Mapping[str, UUID]) -> list[ReviewPair]:
    """The doubtful pairs of two prospects, by the owner of each record. Branches of a chain are not doubtful: they are two."""
    found = []
    for pair in pairs:
        left, right = owners.get(pair.left_id), owners.get(pair.right_id)
        if left and right and left != right and not pair.match.elsewhere:
            found.append(ReviewPair(left, right, pair.match.score, pair.match.reason))
    return found


async def decided_apart(session: Session) -> set[frozenset[UUID]]:
    """Pairs of prospects that a person said are different, or unmerged."""
    async with session.database.tenant(session.campaign.organization_id) as transaction:
        return await kept_apart(transaction, session.campaign.id)


async def merge_doubles(transaction: Transaction, campaign_id: UUID, doubles: Iterable[Double]) -> None:
    """Merges them; where both have been written to already a person is asked instead."""
    for double in doubles:
        try:
            await merge_prospects(
                transaction, keep=double.keep, merge=double.gone, score=double.score, reason=double.reason
            )
        except DecisionRefused:
            pair = ReviewPair(double.keep, double.gone, double.score, double.reason)
            await record_reviews(transaction, campaign_id, [pair])
        except UnknownProspects:
            continue  # a member merged one of them meanwhile


async def place_under_companies(session: Session) -> None:
    """Notes which prospects are locations of one company."""
    await session.save(lambda transaction: record_companies(transaction, session.campaign.id))

"""What members do with businesses that were found twice."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from leadgen.store import merges as store
from leadgen.store.database import Transaction
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.campaigns.service import require_campaign
from leadgen_api.merges import queries
from leadgen_api.merges.schemas import (
    Company,
    DecidedReview,
    Location,
    LocationPosition,
    MatchReview,
    MatchReviewPage,
    Merge,
    MergePage,
    MergePosition,
    ReviewPosition,
    State,
)
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound, Problem


async def list_reviews(
    member: Member, campaign_id: UUID, state: State, limit: int, cursor: str | None
) -> MatchReviewPage:
    """One page of a campaign's pairs in this state, the likeliest first.

    Raises:
        NotFound: there is no campaign of this id in the member's organization.
    """
    after = position_of(ReviewPosition, cursor)
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        rows = await transaction.all(
            queries.REVIEWS,
            {
                "organization": member.organization_id,
                "campaign": campaign_id,
                "state": state,
                "score": after.score,
                "id": after.id,
                "limit": limit + 1,
            },
        )
    page, next_cursor = page_of(ReviewPosition, rows, limit)
    return MatchReviewPage(items=[MatchReview.of(row) for row in page], next_cursor=next_cursor)


async def decide(member: Member, review_id: UUID, decision: store.Decision) -> DecidedReview:
    """Closes a pair; `same` merges the two.

    Raises:
        NotFound: there is no such pair, or one of the two is merged away.
        Problem: it is decided already, or both prospects are being written to.
    """
    async with member.tenant() as transaction:
        with _as_problems("match review"):
            merge_id = await store.decide_review(transaction, review_id, decision, person=member.user_id)
        told = {"state": decision, "merge_id": str(merge_id) if merge_id else None}
        await audit(transaction, member, "match_review.decide", review_id, before={"state": "open"}, after=told)
        merge = await _merge(transaction, member, merge_id) if merge_id else None
    return DecidedReview(id=review_id, state=decision, merge=merge)


async def merge(member: Member, prospect_id: UUID, into: UUID) -> Merge:
    """Merges a prospect into another of its campaign.

    Raises:
        NotFound: they are not two prospects of one campaign of the member's organization.
        Problem: both are being written to.
    """
    async with member.tenant() as transaction:
        with _as_problems("prospect"):
            merge_id = await store.merge_prospects(
                transaction, keep=into, merge=prospect_id, reason="by hand", person=member.user_id
            )
        told = {"into": str(into), "merge_id": str(merge_id)}
        await audit(transaction, member, "prospect.merge", prospect_id, after=told)
        return await _merge(transaction, member, merge_id)


async def undo(member: Member, merge_id: UUID) -> Merge:
    """Both prospects are again what they were.

    Raises:
        NotFound: there is no such merge that holds.
        Problem: a later merge builds on it.
    """
    async with member.tenant() as transaction:
        with _as_problems("merge"):
            await store.undo_merge(transaction, merge_id, person=member.user_id)
        await audit(transaction, member, "merge.undo", merge_id)
        return await _merge(transaction, member, merge_id)


async def list_merges(member: Member, campaign_id: UUID, limit: int, cursor: str | None) -> MergePage:
    """One page of a campaign's merges, those by discovery too, the latest first.

    Raises:
        NotFound: there is no campaign of this id in the member's organization.
    """
    after = position_of(MergePosition, cursor)
    named = {"organization": member.organization_id, "campaign": campaign_id}
    async with member.tenant() as transaction:
        await require_campaign(transaction, member, campaign_id)
        rows = await transaction.all(queries.MERGES, {**named, "position": after.position, "limit": limit + 1})
    page, next_cursor = page_of(MergePosition, rows, limit)
    return MergePage(items=[Merge(**row) for row in page], next_cursor=next_cursor)


async def get_company(member: Member, company_id: UUID, limit: int, cursor: str | None) -> Company:
    """A company with one page of its locations.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    after = position_of(LocationPosition, cursor)
    named = {"organization": member.organization_id, "company": company_id}
    async with member.tenant() as transaction:
        company = await transaction.one(queries.COMPANY, named)
        if company is None:
            raise NotFound("company")
        rows = await transaction.all(
            queries.LOCATIONS, {**named, "created_at": after.created_at, "id": after.id, "limit": limit + 1}
        )
    page, next_cursor = page_of(LocationPosition, rows, limit)
    return Company(**company, locations=[Location(**row) for row in page], next_cursor=next_cursor)


async def _merge(transaction: Transaction, member: Member, merge_id: UUID) -> Merge:
    row = await transaction.one(queries.MERGE, {"organization": member.organization_id, "merge": merge_id})
    if row is None:
        raise NotFound("merge")
    return Merge(**row)


@contextmanager
def _as_problems(what: str) -> Iterator[None]:
    """What is not there is not found; what may not be done as things stand is a conflict."""
    try:
        yield
    except store.UnknownProspects as error:
        raise NotFound(what) from error
    except store.DecisionRefused as error:
        raise Problem(409, "merge-state", str(error)) from error

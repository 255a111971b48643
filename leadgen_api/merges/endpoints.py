"""Businesses found twice: pairs to look at, merges and their undoing, companies with their locations."""

from uuid import UUID

from fastapi import APIRouter

from leadgen_api.access.sessions import Editor, SignedIn
from leadgen_api.merges import service
from leadgen_api.merges.schemas import (
    Company,
    DecidedReview,
    MatchReviewPage,
    Merge,
    MergeInto,
    MergePage,
    ReviewDecision,
    State,
)
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1", tags=["merges"], responses=documented(401, 404, 422, 503))


@router.get("/campaigns/{campaign_id}/match-reviews")
async def list_match_reviews(
    member: SignedIn, campaign_id: UUID, state: State = "open", limit: Limit = 50, cursor: Cursor = None
) -> MatchReviewPage:
    """Pairs of the campaign's prospects that may be one business, the likeliest first."""
    return await service.list_reviews(member, campaign_id, state, limit, cursor)


@router.get("/campaigns/{campaign_id}/merges")
async def list_merges(member: SignedIn, campaign_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> MergePage:
    """What was merged in a campaign, by discovery or by a member, the latest first."""
    return await service.list_merges(member, campaign_id, limit, cursor)


@router.post("/match-reviews/{review_id}", responses=documented(403, 409))
async def decide_match_review(member: Editor, review_id: UUID, decision: ReviewDecision) -> DecidedReview:
    """Says whether a pair is one business; if so the later prospect is merged into the one found first."""
    return await service.decide(member, review_id, decision.decision)


@router.post("/prospects/{prospect_id}/merge", responses=documented(403, 409))
async def merge_prospect(member: Editor, prospect_id: UUID, kept: MergeInto) -> Merge:
    """Merges a prospect into another of its campaign. Nothing is deleted and nothing is paid; it can be undone."""
    return await service.merge(member, prospect_id, kept.into)


@router.post("/merges/{merge_id}/undo", responses=documented(403, 409))
async def undo_merge(member: Editor, merge_id: UUID) -> Merge:
    """Puts both prospects back as they were. They are not merged again by themselves."""
    return await service.undo(member, merge_id)


@router.get("/companies/{company_id}")
async def get_company(member: SignedIn, company_id: UUID, limit: Limit = 50, cursor: Cursor = None) -> Company:
    """A company with the locations that campaigns have found of it."""
    return await service.get_company(member, company_id, limit, cursor)

"""/v1/scoring, and the scores of leads: by hand, of the past, and what became of them."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path

from leadgen_api.access.sessions import Editor, SignedIn
from leadgen_api.leads.schemas import LeadDetail
from leadgen_api.problems import documented
from leadgen_api.scoring import service
from leadgen_api.scoring.schemas import (
    Applied,
    Calibration,
    NewOutcome,
    NewProfile,
    Outcome,
    Preview,
    ProfileList,
    ScoreByHand,
    ScoreHistory,
    ScoringProfile,
)

router = APIRouter(prefix="/v1", tags=["scoring"], responses=documented(401, 404, 422, 503))

Version = Annotated[int, Path(ge=0, le=1_000_000)]


@router.get("/scoring/profiles")
async def list_profiles(member: SignedIn) -> ProfileList:
    """The organization's scoring profiles, the newest first; version 0 is built in."""
    return await service.list_profiles(member)


@router.post("/scoring/profiles", status_code=201, responses=documented(403))
async def create_profile(member: Editor, new: NewProfile) -> ScoringProfile:
    """Keeps a profile as the next version. It never changes, and holds when it is applied."""
    return await service.create_profile(member, new)


@router.get("/scoring/profiles/{version}")
async def get_profile(member: SignedIn, version: Version) -> ScoringProfile:
    """One version."""
    return await service.get_profile(member, version)


@router.post("/scoring/profiles/{version}/preview")
async def preview_profile(member: SignedIn, version: Version) -> Preview:
    """How leads would move between tiers, campaign by campaign. Changes nothing and costs nothing."""
    return await service.preview_profile(member, version)


@router.post("/scoring/profiles/{version}/apply", status_code=202, responses=documented(403))
async def apply_profile(member: Editor, version: Version) -> Applied:
    """The version holds from now on; every scored campaign is scored again, without a vendor's call."""
    return await service.apply_profile(member, version)


@router.get("/scoring/calibration")
async def calibration(member: SignedIn) -> Calibration:
    """Whether better tiers do better: replies and meetings of the leads written to, with what is due to chance."""
    return await service.calibration(member)


@router.put("/leads/{lead_id}/score", responses=documented(403))
async def set_score(member: Editor, lead_id: UUID, by_hand: ScoreByHand) -> LeadDetail:
    """Sets a score by hand, with a reason. It stands over the computed one until it is taken back."""
    return await service.set_score(member, lead_id, by_hand)


@router.delete("/leads/{lead_id}/score", responses=documented(403))
async def unset_score(member: Editor, lead_id: UUID) -> LeadDetail:
    """Takes a score back that was set by hand; any other stays as it is."""
    return await service.unset_score(member, lead_id)


@router.get("/leads/{lead_id}/scores")
async def score_history(member: SignedIn, lead_id: UUID) -> ScoreHistory:
    """Every score the lead has had, the newest first."""
    return await service.score_history(member, lead_id)


@router.post("/leads/{lead_id}/outcomes", responses=documented(403))
async def record_outcome(member: Editor, lead_id: UUID, outcome: NewOutcome) -> Outcome:
    """Tells what became of a lead, where no message of ours does; told again, the later word holds."""
    return await service.record_outcome(member, lead_id, outcome)

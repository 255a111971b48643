"""What members do with scoring: profiles, previews, scores by hand, scores of the past, and what became of leads."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

from psycopg.types.json import Json

from leadgen.domain.scoring.by_hand import score_by_hand
from leadgen.store.database import Transaction
from leadgen.store.scoring import profiles as store
from leadgen.store.scoring import score_prospects, scoring_of
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.leads.schemas import LeadDetail
from leadgen_api.leads.service import get_lead
from leadgen_api.problems import NotFound
from leadgen_api.scoring import queries
from leadgen_api.scoring.schemas import (
    Applied,
    Calibration,
    CampaignMoves,
    NewOutcome,
    NewProfile,
    Outcome,
    Preview,
    ProfileList,
    ScoreByHand,
    ScoreHistory,
    ScoreVersion,
    ScoringProfile,
    Share,
    TierCalibration,
)


async def list_profiles(member: Member) -> ProfileList:
    """Every version, the newest first."""
    async with member.tenant() as transaction:
        found = await store.profiles(transaction, member.organization_id)
    return ProfileList(items=[ScoringProfile(**profile._asdict()) for profile in found])


async def get_profile(member: Member, version: int) -> ScoringProfile:
    """One version.

    Raises:
        NotFound: there is none in the member's organization.
    """
    for profile in (await list_profiles(member)).items:
        if profile.version == version:
            return profile
    raise NotFound("scoring profile")


async def create_profile(member: Member, new: NewProfile) -> ScoringProfile:
    """Keeps the next version.

    Raises:
        InputError: the document is no profile.
    """
    document = new.document.model_dump(mode="json", exclude_none=True)
    async with member.tenant() as transaction:
        version = await store.store_profile(
            transaction, member.organization_id, new.name, document, created_by=member.user_id
        )
        await audit(transaction, member, "scoring_profile.create", version, after={"name": new.name})
    return await get_profile(member, version)


async def preview_profile(member: Member, version: int) -> Preview:
    """What the version would do to every scored campaign.

    Raises:
        NotFound: there is no such version in the member's organization.
    """
    async with member.tenant() as transaction:
        profile = await store.read_profile(transaction, member.organization_id, version)
        if profile is None:
            raise NotFound("scoring profile")
        found = []
        for campaign in await store.scored_campaigns(transaction, member.organization_id):
            moves = await store.preview(transaction, member.organization_id, campaign["id"], profile)
            found.append(CampaignMoves.of(campaign["id"], campaign["name"], moves))
    return Preview(version=version, moved=sum(campaign.moved for campaign in found), campaigns=found)


async def apply_profile(member: Member, version: int) -> Applied:
    """The version holds, and its campaigns are queued to be scored again.

    Raises:
        NotFound: there is no such version in the member's organization.
    """
    async with member.tenant() as transaction:
        if await store.read_profile(transaction, member.organization_id, version) is None:
            raise NotFound("scoring profile")
        campaigns = await store.apply_profile(transaction, member.organization_id, version)
        await audit(transaction, member, "scoring_profile.apply", version, after={"campaigns": campaigns})
    return Applied(version=version, campaigns=campaigns)


async def set_score(member: Member, lead_id: UUID, by_hand: ScoreByHand) -> LeadDetail:
    """The score stands over the computed one.

    Raises:
        NotFound: there is no such lead in the member's organization.
    """
    result = score_by_hand(by_hand.score, by_hand.reason)
    async with member.tenant() as transaction:
        lead = await _lead(transaction, member, lead_id)
        named = _named(member, lead_id)
        await transaction.execute(queries.SUPERSEDE, named)
        scored = {**asdict(result), "factors": Json([asdict(factor) for factor in result.factors])}
        await transaction.execute(queries.SET_BY_HAND, {**named, **scored})
        await transaction.execute(queries.STAGE_DONE, {**named, "profile_version": result.profile_version})
        before = {"scored_by": lead["scored_by"], "score": lead["score"]}
        after = {"scored_by": "manual", "score": result.score}
        await audit(transaction, member, "lead.set_score", lead_id, before=before, after=after)
    return await get_lead(member, lead_id)


async def unset_score(member: Member, lead_id: UUID) -> LeadDetail:
    """Takes a score back that was set by hand: the computed one holds again, of the facts as they are now.

    One that was not set by hand stays as it is.

    Raises:
        NotFound: there is no such lead in the member's organization.
    """
    async with member.tenant() as transaction:
        lead = await _lead(transaction, member, lead_id)
        if lead["scored_by"] == "manual":
            await transaction.execute(queries.SUPERSEDE, _named(member, lead_id))
            scoring = await scoring_of(transaction, member.organization_id, lead["campaign_id"])
            await score_prospects(transaction, scoring, [lead_id], with_new_facts=[lead_id])
            await audit(transaction, member, "lead.unset_score", lead_id, before={"scored_by": "manual"})
    return await get_lead(member, lead_id)


async def score_history(member: Member, lead_id: UUID) -> ScoreHistory:
    """Every score the lead has had.

    Raises:
        NotFound: there is no such lead in the member's organization.
    """
    async with member.tenant() as transaction:
        await _lead(transaction, member, lead_id)
        rows = await transaction.all(queries.VERSIONS, _named(member, lead_id))
    return ScoreHistory(items=[ScoreVersion(**row) for row in rows])


async def record_outcome(member: Member, lead_id: UUID, outcome: NewOutcome) -> Outcome:
    """Keeps what became of a lead; told again, the later word holds.

    Raises:
        NotFound: there is no such lead in the member's organization.
    """
    async with member.tenant() as transaction:
        told = {**_named(member, lead_id), **outcome.model_dump(), "user": member.user_id}
        row = await transaction.one(queries.RECORD_OUTCOME, told)
        if row is None:
            raise NotFound("lead")
        await audit(transaction, member, "lead.record_outcome", lead_id, after=outcome.model_dump(mode="json"))
    return Outcome(**row)


async def calibration(member: Member) -> Calibration:
    """What became of the leads that were written to, by tier."""
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.CALIBRATION, {"organization": member.organization_id})
    return Calibration(
        tiers=[
            TierCalibration(
                tier=row["tier"],
                written_to=row["leads"],
                replies=Share.of(row["replies"], row["leads"]),
                meetings=Share.of(row["meetings"], row["leads"]),
            )
            for row in rows
        ]
    )


async def _lead(transaction: Transaction, member: Member, lead_id: UUID) -> dict[str, Any]:
    row = await transaction.one(queries.SCORE_OF_LEAD, _named(member, lead_id))
    if row is None:
        raise NotFound("lead")
    return row


def _named(member: Member, lead_id: UUID) -> dict[str, UUID]:
    return {"organization": member.organization_id, "lead": lead_id}

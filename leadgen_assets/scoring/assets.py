"""`lead_scores`: how much each lead is worth to this tenant, every point with its reason."""

from functools import partial

import dagster as dg
from pydantic import Field

from leadgen.domain.scoring.score import PROFILE_VERSION
from leadgen.store.scoring import Pass, score_campaign, scoring_of
from leadgen_assets import checks
from leadgen_assets.scoring import queries
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import Row, Stage, StageConfig, materialization, stage_asset

STAGE = Stage("lead_scores", PROFILE_VERSION, "scoring", upstream="research")

CHECKS = (
    checks.Rule("tier_matches_score", STAGE.name, queries.CHECK_TIER_MATCHES, 0.0, "Tiers that are not the score's."),
    checks.Rule("factors_add_up", STAGE.name, queries.CHECK_FACTORS_ADD_UP, 0.0, "Factors that are not the score's."),
)


class ScoringConfig(StageConfig):
    """`rescoring`: the campaign is scored again beside its work; where it stands does not change."""

    rescoring: bool = Field(default=False)


@stage_asset(STAGE, CHECKS, group="scoring", after="research")
def lead_scores(
    context: dg.AssetExecutionContext, config: ScoringConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """A score of 0-100 and a tier for every lead. Costs nothing: it looks only at what is known."""

    async def body(session: Session) -> dg.MaterializeResult:
        if not config.rescoring:
            await session.enter_stage(STAGE.name, STAGE.status)
        done = await _score(session, all_of_it=bool(config.refresh_before))
        tiers = await session.read(queries.TIERS)
        return await materialization(
            session,
            STAGE,
            CHECKS,
            done.looked_at,
            scores_changed=done.changed,
            tiers=checks.table(tiers),
            histogram=dg.MetadataValue.md(_histogram(tiers)),
        )

    return campaign_sessions.work(context, body)


async def _score(session: Session, *, all_of_it: bool) -> Pass:
    tenancy = partial(session.database.tenant, session.campaign.organization_id)
    async with tenancy() as transaction:
        scoring = await scoring_of(transaction, session.campaign.organization_id, session.campaign.id)
    return await score_campaign(tenancy, scoring, all_of_it=all_of_it)


def _histogram(tiers: list[Row]) -> str:
    """The tiers as bars, one character for every three percent."""
    total = sum(row["leads"] for row in tiers) or 1
    lines = [
        f"{row['tier']} {'█' * round(33 * row['leads'] / total):<33} {row['leads']} ({row['lowest']}-{row['highest']})"
        for row in tiers
    ]
    return "```\n" + "\n".join(lines) + "\n```"

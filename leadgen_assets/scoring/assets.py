"""`lead_scores`: how much each lead is worth to this tenant, every point with its reason."""

from dataclasses import asdict
from datetime import UTC, datetime
from uuid import UUID

import dagster as dg

from leadgen.domain.scoring.facts import LeadFacts
from leadgen.domain.scoring.score import PROFILE_VERSION, score
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.rows import as_json
from leadgen_assets.scoring import queries
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import Outcome, Row, Stage, StageConfig, materialization, run_stage, stage_asset

STAGE = Stage("lead_scores", PROFILE_VERSION, "scoring", queries.DUE, upstream="research")

CHECKS = (
    checks.Rule("tier_matches_score", STAGE.name, queries.CHECK_TIER_MATCHES, 0.0, "Tiers that are not the score's."),
    checks.Rule("factors_add_up", STAGE.name, queries.CHECK_FACTORS_ADD_UP, 0.0, "Factors that are not the score's."),
)


@stage_asset(STAGE, CHECKS, group="scoring", after="research")
def lead_scores(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """A score of 0-100 and a tier for every lead. Costs nothing: it looks only at what is known."""

    async def body(session: Session) -> dg.MaterializeResult:
        handled = await run_stage(session, STAGE, config, lambda row: _score(session, row), _save)
        tiers = await session.read(queries.TIERS)
        return await materialization(
            session, STAGE, CHECKS, handled, tiers=checks.table(tiers), histogram=dg.MetadataValue.md(_histogram(tiers))
        )

    return campaign_sessions.work(context, body)


async def _score(session: Session, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    result = score(_facts(session, row), session.campaign.offer, session.campaign.criteria)
    outcome.add(
        "scores",
        {
            "score": result.score,
            "tier": result.tier,
            "confidence": result.confidence,
            "website_quality_score": result.website_quality,
            "business_size_score": result.business_size,
            "engagement_score": result.engagement,
            "fit_score": result.fit,
            "scoring_factors": [asdict(factor) for factor in result.factors],
            "scoring_notes": result.notes,
            "profile_version": PROFILE_VERSION,
        },
    )
    return outcome


def _facts(session: Session, row: Row) -> LeadFacts:
    ratings = [(row["google_rating"], row["google_review_count"]), (row["yelp_rating"], row["yelp_review_count"])]
    rated = [(float(rating), reviews or 0) for rating, reviews in ratings if rating is not None]
    reviews = sum(count for _, count in rated)
    return LeadFacts(
        website_status=row["website_status"] or "unknown",
        mobile_score=row["mobile_score"],
        website_score=row["website_score"],
        has_ssl=row["has_ssl"],
        page_speed_ms=row["page_speed_ms"],
        has_booking=row["has_booking"],
        technologies=tuple(row["tech_stack"]) if row["tech_stack"] is not None else None,
        socials=_socials(row),
        rating=max(rated, key=lambda r: r[1])[0] if rated else None,
        review_count=reviews if rated else None,
        employee_count_range=row["employee_count_range"],
        year_founded=row["year_founded"],
        as_of_year=datetime.now(UTC).year,
        is_relevant=True,  # discovery has dropped the others
        has_phone=row["phone"] is not None,
        distance_meters=row["distance_meters"],
        radius_meters=session.campaign.circle.radius_meters,
        has_deliverable_contact=row["has_deliverable_contact"],
        has_decision_maker=row["has_decision_maker"],
    )


def _socials(row: Row) -> frozenset[str] | None:
    networks = {name: row[f"has_{name}"] for name in ("facebook", "instagram", "linkedin")}
    if all(present is None for present in networks.values()):
        return None
    return frozenset(name for name, present in networks.items() if present)


def _histogram(tiers: list[Row]) -> str:
    """The tiers as bars, one character for every three percent."""
    total = sum(row["leads"] for row in tiers) or 1
    lines = [
        f"{row['tier']} {'█' * round(33 * row['leads'] / total):<33} {row['leads']} ({row['lowest']}-{row['highest']})"
        for row in tiers
    ]
    return "```\n" + "\n".join(lines) + "\n```"


async def _save(transaction: Transaction, session: Session, rows: dict[str, list[Row]], prospects: list[UUID]) -> None:
    if rows.get("scores"):
        await transaction.execute(
            queries.SAVE_SCORES, {"campaign": session.campaign.id, "json": as_json(rows["scores"])}
        )
    await transaction.execute(queries.MARK_SCORED, {"ids": prospects})

"""A campaign as the database knows it, read into the values of `report.py`."""

from typing import Any
from uuid import UUID

from leadgen.cli import queries
from leadgen.cli.report import (
    STAGES,
    DemoResult,
    Draft,
    EmailText,
    Factor,
    LeadRow,
    StageProgress,
    VendorCost,
)
from leadgen.cli.truth import Truth
from leadgen.errors import InputError
from leadgen.store.database import Transaction

Row = dict[str, Any]


async def read_stages(transaction: Transaction, campaign_id: UUID) -> list[StageProgress]:
    """How far each stage is, in the order of the stages; stages nothing has reached yet are left out."""
    rows = {row["stage"]: row for row in await transaction.all(queries.STAGES, {"campaign": campaign_id})}
    found = rows["prospects"]["done"] if "prospects" in rows else 0
    discovered = len(rows) > 1
    return [
        StageProgress(
            stage=stage,
            done=rows[stage]["done"],
            skipped=rows[stage]["skipped"],
            failed=rows[stage]["failed"],
            total=found if discovered else None,
            seconds=rows[stage]["seconds"],
            spent_micros=rows[stage]["spent_micros"],
        )
        for stage in STAGES
        if stage in rows
    ]


async def read(transaction: Transaction, campaign_id: UUID, name: str, truth: Truth) -> DemoResult:
    """The whole result, without the times only the demo knows. `timings` begin with the event that started the run."""
    parameters = {"campaign": campaign_id}
    campaign = await transaction.one(queries.CAMPAIGN, parameters)
    if campaign is None:
        raise InputError(f"There is no campaign {campaign_id}.")
    stages = await read_stages(transaction, campaign_id)
    first_lead = await transaction.value(queries.SECONDS_TO_FIRST_LEAD, parameters)
    return DemoResult(
        campaign_id=str(campaign_id),
        campaign=name,
        status=campaign["status"],
        detail=campaign["status_detail"],
        prospects=campaign["total_prospects"],
        leads=tuple(_lead(row) for row in await transaction.all(queries.LEADS, parameters)),
        draft=_draft(await transaction.all(queries.BEST_SEQUENCE, parameters)),
        vendors=tuple(_vendor(row) for row in await transaction.all(queries.VENDORS, parameters)),
        coverage=truth.coverage(await transaction.all(queries.LISTINGS, parameters)),
        seconds=0.0,
        timings={"first_lead": first_lead or 0.0, **{stage.stage: stage.seconds for stage in stages}},
        parts={},
    )


def _lead(row: Row) -> LeadRow:
    return LeadRow(
        company=row["company_name"],
        city=row["city"],
        website=row["website"],
        tier=row["tier"],
        score=row["score"],
        components={
            "website": row["website_quality_score"],
            "size": row["business_size_score"],
            "engagement": row["engagement_score"],
            "fit": row["fit_score"],
        },
        factors=tuple(Factor(f["component"], f["factor"], f["points"], f["reason"]) for f in row["scoring_factors"]),
        contact=row["full_name"],
        title=row["title"],
        email=row["email"],
        verdict=row["email_verdict"],
        emails=row["emails"],
        longest_email_words=row["longest_email"],
        cost_micros=row["cost_micros"],
    )


def _draft(rows: list[Row]) -> Draft | None:
    if not rows:
        return None
    emails = tuple(
        EmailText(row["step_number"], row["delay_days"], row["subject"], row["body_text"], row["word_count"])
        for row in rows
    )
    first = rows[0]
    return Draft(first["company_name"], first["full_name"], first["email"], emails)


def _vendor(row: Row) -> VendorCost:
    return VendorCost(row["vendor"], row["calls"], row["known"], row["cost_micros"], row["saved_micros"])

"""`research`: what may be said about each business, every statement with the words it rests on."""

from uuid import UUID

import dagster as dg

from leadgen.domain.enrichment.measured import measured_facts
from leadgen.domain.enrichment.research import PROMPT_VERSION, ResearchAnswer, research_prompt, verify_quotes
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.enrichment import queries
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import Outcome, Row, Stage, StageConfig, materialization, run_stage, stage_asset

STAGE = Stage("research", f"1/{PROMPT_VERSION}", "enriching", queries.DUE_RESEARCH, upstream="contacts")
SITES_WORTH_READING = frozenset({"good", "weak"})
MOST_TOKENS = 2_000  # of an answer, thinking included

CHECKS = (checks.Rule("quoted", STAGE.name, queries.CHECK_QUOTED, 0.0, "Statements without a quote or a receipt."),)


@stage_asset(STAGE, CHECKS, group="enrichment", after="contacts", pool="research", calls="anthropic")
def research(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """Claude reads each site's text; a statement whose quote is not found in it, word for word, is dropped."""

    async def body(session: Session) -> dg.MaterializeResult:
        handled = await run_stage(session, STAGE, config, lambda row: _research(session, row), _save)
        return await materialization(session, STAGE, CHECKS, handled)

    return campaign_sessions.work(context, body)


async def _research(session: Session, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    for fact in measured_facts(row):
        call_id = row["receipts"].get(fact.field)
        if call_id is not None:
            outcome.add("evidence", _evidence(fact.kind, fact.statement, fact.quote, 1.0, row["website"], call_id))
    text: str | None = row["website_content"]
    if not text or row["website_status"] not in SITES_WORTH_READING:
        outcome.state, outcome.reason = "skipped", "no site to read"
        return outcome
    prompt = research_prompt(row["company_name"], row["category"], text, session.campaign.offer.sells, _measured(row))
    answer = await session.vendors.claude.parse(
        session.settings.research_model, prompt.system, prompt.user, ResearchAnswer, max_tokens=MOST_TOKENS
    )
    if answer.value is None:
        outcome.state, outcome.reason = "failed", "the model gave no answer"
        return outcome
    found = verify_quotes(answer.value, text)
    call_id = answer.receipt.call_id
    for e in found.evidence:
        outcome.add("evidence", _evidence(e.kind, e.statement, e.quote, e.confidence, row["website"], call_id))
    outcome.add(
        "enrichment",
        {
            "stage": STAGE.name,
            "code_version": STAGE.version,
            "employee_count_range": found.employee_count_range,
            "year_founded": found.year_founded,
            "pain_points": [e.statement for e in found.of_kind("pain_point")],
            "opportunities": [e.statement for e in found.of_kind("opportunity")],
            "company_summary": found.summary.statement if found.summary else None,
        },
    )
    for name in ("company_summary", "pain_points", "opportunities", "employee_count_range", "year_founded"):
        outcome.add("provenance", {"field": name, "provider": "anthropic", "provider_call_id": call_id})
    if found.dropped:
        outcome.reason = f"{found.dropped} statements without a verbatim quote were dropped"
    return outcome


def _measured(row: Row) -> dict[str, str]:
    """What we measured ourselves, as context for the reader."""
    measured = {
        "website": row["website_status"],
        "mobile performance score of 100": row["mobile_score"],
        "online booking": None if row["has_booking"] is None else "found" if row["has_booking"] else "none found",
    }
    return {name: str(value) for name, value in measured.items() if value is not None}


def _evidence(kind: str, statement: str, quote: str, confidence: float, url: str | None, call_id: int) -> Row:
    return {
        "kind": kind, "statement": statement, "quote": quote, "confidence": confidence, "source_url": url,
        "provider_call_id": call_id,
    }  # fmt: skip


async def _save(transaction: Transaction, session: Session, rows: dict[str, list[Row]], prospects: list[UUID]) -> None:
    if rows.get("enrichment"):
        await transaction.execute(queries.SAVE_ENRICHMENT, {"json": as_json(rows["enrichment"])})
    await transaction.execute(queries.SAVE_EVIDENCE, {"ids": prospects, "json": as_json(rows.get("evidence", []))})
    await transaction.execute(queries.MARK_ENRICHED, {"ids": prospects})
    await transaction.execute(queries.COUNT_ENRICHED, {"campaign": session.campaign.id})

"""`research`: what may be said about each business, every statement with the words it rests on."""

from uuid import UUID

import dagster as dg

from leadgen.domain.enrichment.conflicts import Claim, decide
from leadgen.domain.enrichment.measured import measured_facts
from leadgen.domain.enrichment.research import PROMPT_VERSION, ResearchAnswer, research_prompt, verify_quotes
from leadgen.providers.claude import Question
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.batches import answered_in_batches
from leadgen_assets.enrichment import queries
from leadgen_assets.enrichment.receipts import add_conflict, add_receipt, complete, save_conflicts
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import (
    Outcome,
    Row,
    Stage,
    StageConfig,
    due_prospects,
    materialization,
    run_stage,
    stage_asset,
)

STAGE = Stage("research", f"2/{PROMPT_VERSION}", "enriching", queries.DUE_RESEARCH, upstream="contacts")
SITES_WORTH_READING = frozenset({"good", "weak"})
MOST_TOKENS = 2_000  # of an answer, thinking included

CHECKS = (
    checks.Rule("quoted", STAGE.name, queries.CHECK_QUOTED, 0.0, "Statements without a quote or a receipt."),
    complete(STAGE.name, queries.CHECK_RESEARCH_RECEIPTS),
)


@stage_asset(STAGE, CHECKS, group="enrichment", after="contacts", pool="research", calls="anthropic")
def research(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """Claude reads each site's text; a statement whose quote is not found in it, word for word, is dropped."""

    async def body(session: Session) -> dg.MaterializeResult:
        if session.campaign.asks_in_batches:
            due = await due_prospects(session, STAGE, config)
            questions = [_question(session, row) for row in due if _is_worth_reading(row)]
            await answered_in_batches(session, STAGE.name, questions)
        handled = await run_stage(session, STAGE, config, lambda row: _research(session, row), _save)
        return await materialization(session, STAGE, CHECKS, handled)

    return campaign_sessions.work(context, body)


async def _research(session: Session, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    for fact in measured_facts(row):
        call_id = row["receipts"].get(fact.field)
        if call_id is not None:
            outcome.add("evidence", _evidence(fact.kind, fact.statement, fact.quote, 1.0, row["website"], call_id))
    if not _is_worth_reading(row):
        outcome.state, outcome.reason = "skipped", "no site to read"
        return outcome
    answer = await session.ask_model(_question(session, row))
    if answer.value is None:
        outcome.state, outcome.reason = "failed", "the model gave no answer"
        return outcome
    found = verify_quotes(answer.value, row["website_content"])
    call_id = answer.receipt.call_id
    for e in found.evidence:
        outcome.add("evidence", _evidence(e.kind, e.statement, e.quote, e.confidence, row["website"], call_id))
    founded = _founding_year(outcome, row, found.year_founded, call_id)
    values = {
        "employee_count_range": found.employee_count_range,
        "year_founded": founded,
        "pain_points": [e.statement for e in found.of_kind("pain_point")],
        "opportunities": [e.statement for e in found.of_kind("opportunity")],
        "company_summary": found.summary.statement if found.summary else None,
    }
    outcome.add("enrichment", {"stage": STAGE.name, "code_version": STAGE.version, **values})
    for name, value in values.items():
        if value:
            add_receipt(outcome, name, answer.receipt.vendor, call_id)
    if found.dropped:
        outcome.reason = f"{found.dropped} statements without a verbatim quote were dropped"
    return outcome


def _is_worth_reading(row: Row) -> bool:
    return bool(row["website_content"]) and row["website_status"] in SITES_WORTH_READING


def _question(session: Session, row: Row) -> Question[ResearchAnswer]:
    sells = session.campaign.offer.sells
    prompt = research_prompt(row["company_name"], row["category"], row["website_content"], sells, _measured(row))
    return Question(session.settings.research_model, prompt.system, prompt.user, ResearchAnswer, MOST_TOKENS)


def _founding_year(outcome: Outcome, row: Row, read: int | None, call_id: int) -> int | None:
    """The year that the model read, unless the site's own markup tells another: then that one holds and is noted."""
    known = row["site_year_founded"]
    claims = [Claim("site", str(known), row["receipts"].get("findings"))] if known else []
    decision = decide("year_founded", [*claims, Claim("research", str(read), call_id)]) if read else None
    if decision is None:
        return None
    add_conflict(outcome, STAGE.name, decision)
    return None if known else read


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
    await save_conflicts(transaction, STAGE.name, rows, prospects)
    await transaction.execute(queries.MARK_ENRICHED, {"ids": prospects})
    await transaction.execute(queries.COUNT_ENRICHED, {"campaign": session.campaign.id})

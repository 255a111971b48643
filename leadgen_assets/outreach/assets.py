"""`email_drafts`: a sequence for every lead worth writing to, each claim resting on stored words. Nothing is sent here."""

from uuid import UUID, uuid4

import dagster as dg

from leadgen.domain.enrichment.verification import is_deliverable
from leadgen.domain.outreach.brief import DraftBrief, Prospect, Sender, numbered
from leadgen.domain.outreach.draft import Draft, acceptable, content_hash, finish
from leadgen.domain.outreach.writing import PROMPT_VERSION, SequenceAnswer, repair_prompt, sequence_prompt
from leadgen.domain.prompt import Prompt
from leadgen.errors import PermanentError
from leadgen.providers.claude import Question
from leadgen.store.campaigns import set_status
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.batches import answered_in_batches
from leadgen_assets.outreach import queries
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

STAGE = Stage("email_drafts", f"1/{PROMPT_VERSION}", "generating", queries.DUE, upstream="lead_scores")
WRITTEN_TO = frozenset({"A", "B"})
MOST_TOKENS = 4_000  # of an answer, thinking included

CHECKS = (
    checks.Rule("short", STAGE.name, queries.CHECK_SHORT, 0.0, "Emails of 150 words or more."),
    checks.Rule("cited", STAGE.name, queries.CHECK_CITED, 0.0, "Claims without stored evidence."),
    checks.Rule("deliverable", STAGE.name, queries.CHECK_DELIVERABLE, 0.0, "Drafts without a deliverable contact."),
    checks.Rule("tiers_written_to", STAGE.name, queries.CHECK_TIERS, 0.0, "Drafts for leads of tier C or D."),
)


class StageIncomplete(PermanentError):
    """Prospects were left behind by an earlier stage."""


@stage_asset(STAGE, CHECKS, group="outreach", after="lead_scores", pool="research", calls="anthropic")
def email_drafts(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """Three emails to the best deliverable contact of each A and B lead, waiting for a person's approval."""

    async def body(session: Session) -> dg.MaterializeResult:
        if session.campaign.asks_in_batches:
            due = await due_prospects(session, STAGE, config)
            prompts = [sequence_prompt(_brief(session, row)) for row in due if _reason_not_to_write(row) is None]
            await answered_in_batches(session, STAGE.name, [_question(session, prompt) for prompt in prompts])
        handled = await run_stage(session, STAGE, config, lambda row: _draft(session, row), _save)
        await _conclude(session, handled)
        drafts = (await session.read(queries.DRAFTS))[0]
        return await materialization(
            session, STAGE, CHECKS, handled, sequences=drafts["sequences"], pending_approval=drafts["pending"]
        )

    return campaign_sessions.work(context, body)


async def _draft(session: Session, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    if reason := _reason_not_to_write(row):
        outcome.state, outcome.reason = "skipped", reason
        return outcome
    brief = _brief(session, row)
    prompt = sequence_prompt(brief)
    draft: Draft | None = None
    problems: tuple[str, ...] = ()
    call_id = 0
    for _ in range(2):  # what the checks refuse is written once more, with the reasons
        answer = await session.ask_model(_question(session, prompt))
        if answer.value is None:
            problems = ("the model gave no answer",)
            break
        call_id = answer.receipt.call_id
        draft = finish(answer.value, brief)
        problems = acceptable(draft, brief)
        if not problems:
            break
        prompt = repair_prompt(brief, answer.value, problems)
    if draft is None or problems:
        outcome.state, outcome.reason = "failed", "the draft did not pass its checks"
        outcome.detail = "; ".join(problems)
        return outcome
    _add(outcome, row, brief, draft, call_id)
    return outcome


def _question(session: Session, prompt: Prompt) -> Question[SequenceAnswer]:
    """Private: it names the tenant's offer and the person written to."""
    return Question(
        session.settings.writing_model, prompt.system, prompt.user, SequenceAnswer, MOST_TOKENS, is_private=True
    )


def _reason_not_to_write(row: Row) -> str | None:
    if row["tier"] not in WRITTEN_TO:
        return f"tier {row['tier']}"
    if row["contact_id"] is None or not row["email"]:
        return "no contact to write to"
    if not is_deliverable(row["email_verdict"]):
        return f"no deliverable address: {row['email_verdict'] or 'not verified'}"
    return None


def _brief(session: Session, row: Row) -> DraftBrief:
    campaign = session.campaign
    return DraftBrief(
        sender=Sender(
            name=campaign.sender.get("name", ""),
            company=campaign.sender.get("company", ""),
            offer=campaign.offer.sells,
            proof=campaign.offer.proof,
            voice=campaign.offer.voice or None,
            domains=tuple(campaign.sender.get("domains", ())),
            phones=tuple(campaign.sender.get("phones", ())),
        ),
        prospect=Prospect(
            name=row["company_name"],
            category=row["category"],
            city=row["city"],
            domains=(row["domain"],) if row["domain"] else (),
            phones=(row["phone"],) if row["phone"] else (),
        ),
        evidence=numbered((e["statement"], e["quote"]) for e in row["evidence"]),
        contact_first_name=None if row["is_role_mailbox"] else row["first_name"],
        contact_title=row["title"],
    )


def _add(outcome: Outcome, row: Row, brief: DraftBrief, draft: Draft, call_id: int) -> None:
    sequence_id = uuid4()
    stored = {used.id: kept["id"] for used, kept in zip(brief.evidence, row["evidence"], strict=True)}
    outcome.add(
        "sequences",
        {
            "id": sequence_id,
            "contact_id": row["contact_id"],
            "sequence_type": "email",
            "content_hash": content_hash(draft, row["email"], brief.evidence),
            "code_version": STAGE.version,
            "provider_call_id": call_id,
        },
    )
    for email in draft.emails:
        outcome.add(
            "emails",
            {
                "sequence_id": sequence_id,
                "step_number": email.step_number,
                "delay_days": email.delay_days,
                "subject": email.subject,
                "body_html": email.body_html,
                "body_text": email.body_text,
                "word_count": email.word_count,
                "claims": [{"sentence": c.sentence, "evidence_id": stored[c.evidence_id]} for c in email.claims],
            },
        )


async def _save(transaction: Transaction, session: Session, rows: dict[str, list[Row]], prospects: list[UUID]) -> None:
    written = {row["prospect_id"] for row in rows.get("sequences", [])}
    await transaction.execute(queries.WITHDRAW_SEQUENCES, {"ids": [p for p in prospects if p not in written]})
    if rows.get("sequences"):
        parameters = {"campaign": session.campaign.id, "json": as_json(rows["sequences"])}
        await transaction.execute(queries.SAVE_SEQUENCES, parameters)
        await transaction.execute(queries.SAVE_EMAILS, {"json": as_json(rows["emails"])})
        await transaction.execute(queries.MARK_PENDING, {"ids": list(written)})


async def _conclude(session: Session, handled: int) -> None:
    """The campaign is ready, or has prospects for another slice: then the next run is promised in the same transaction.

    Raises:
        StageIncomplete: prospects are left and this run moved none: another would do no better.
    """
    remaining = (await session.read(queries.REMAINING))[0]["remaining"]
    if remaining and not handled:
        raise StageIncomplete(
            f"{remaining} prospects did not come through every stage.",
            remedy="Rerun the campaign; it pays nothing twice.",
        )
    async with session.database.tenant(session.campaign.organization_id) as transaction:
        if remaining:
            await transaction.execute(queries.CONTINUE_CAMPAIGN, {"campaign": session.campaign.id})
        await set_status(transaction, session.campaign.id, "queued" if remaining else "ready")

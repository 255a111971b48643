"""`contacts`: who to write to at each business, and whether the mail will arrive.

The waterfall asks one source after the other while none before it sufficed: in the tenant's own order, else in the one that
the measured price of a usable contact speaks for. What each source was asked and gave is kept, and tunes the order.
"""

from dataclasses import asdict, replace
from typing import Any
from uuid import UUID

import dagster as dg

from leadgen.domain.enrichment.conflicts import title_conflicts
from leadgen.domain.enrichment.contacts import Candidate, best_contact, is_decision_maker
from leadgen.domain.enrichment.mailbox_names import split_name
from leadgen.domain.enrichment.tuning import Measured, tuned
from leadgen.domain.enrichment.waterfall import DEFAULT_ORDER, known_sources, parse_policy
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.enrichment import queries
from leadgen_assets.enrichment.contact_search import Attempt, Checked, ContactSearch, Plan
from leadgen_assets.enrichment.receipts import add_conflict, add_receipt, complete, save_conflicts
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import Outcome, Row, Stage, StageConfig, materialization, run_stage, stage_asset

STAGE = Stage("contacts", "2", "enriching", queries.DUE_CONTACTS, upstream="website_profiles")

CHECKS = (
    checks.Rule("primary_verified", STAGE.name, queries.CHECK_VERDICTS, 0.0, "Primary contacts without a verdict."),
    complete(STAGE.name, queries.CHECK_CONTACT_RECEIPTS),
    checks.Rule("contactable_share", STAGE.name, queries.CHECK_CONTACTABLE, 1.0, "Businesses that mail cannot reach."),
)


@stage_asset(STAGE, CHECKS, group="enrichment", after="website_profiles", pool="enrichment")
def contacts(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """People and mailboxes of each business, each address with a verdict, its reason and its age."""

    async def body(session: Session) -> dg.MaterializeResult:
        plan = await plan_of(session)
        days = session.settings.verdict_days
        handled = await run_stage(
            session, STAGE, config, lambda row: _find(session, plan, row), _save, verdict_days=days
        )
        contactable = (await session.read(queries.CONTACTABLE))[0]["contactable"]
        bearable = 1.0 - session.settings.least_contactable_share
        rules = [
            replace(rule, bearable_share=bearable) if rule.name == "contactable_share" else rule for rule in CHECKS
        ]  # fmt: skip
        return await materialization(
            session, STAGE, rules, handled, contactable=contactable, sources_in_order=", ".join(plan.order)
        )

    return campaign_sessions.work(context, body)


async def plan_of(session: Session) -> Plan:
    """The order for this campaign. Where the tenant named none it is the segment's, tuned by what was measured; a change
    is written down with its reasons before it is used.

    Raises:
        InputError: the campaign's criteria do not say what they mean.
    """
    prices = {name: session.settings.vendor(name).prices["credit"] for name in ("hunter", "apollo")}
    sources = known_sources(int(prices["hunter"]), int(prices["apollo"]))
    policy = parse_policy(session.campaign.criteria)
    segment = session.campaign.business_type.strip().lower()
    order = policy.order
    if order is None:
        latest = await session.read(queries.WATERFALL_ORDER, segment=segment)
        order = tuple(latest[0]["order_after"]) if latest else DEFAULT_ORDER
        figures = await session.read(queries.SOURCE_STATS, segment=segment)
        measured = {row.pop("source"): Measured(**row) for row in figures}
        if change := tuned(order, sources, measured, segment):
            order = change.after
            row = {
                "segment": segment,
                "order_before": change.before,
                "order_after": change.after,
                "explanation": change.explanation,
                "measured": {name: asdict(one) for name, one in measured.items()},
            }
            await session.save(lambda transaction: transaction.execute(queries.SAVE_CHANGE, {"json": as_json([row])}))
    return Plan(order, policy, {source.name: source for source in sources}, segment)


async def _find(session: Session, plan: Plan, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    search = ContactSearch(session, plan, row)
    await search.run()
    best = best_contact(search.judged())
    for candidate in search.candidates:
        checked = search.checked(candidate.email)
        outcome.add("contacts", _row(candidate, checked, search.receipt(candidate.source)))
        if checked and checked.call_id is not None:
            add_receipt(outcome, "email_verdict", "hunter", checked.call_id)
    for place, attempt in enumerate(search.attempts, start=1):
        outcome.add("attempts", _attempt_row(plan, place, attempt))
        call_id = search.receipt(attempt.source)
        if attempt.addresses and attempt.source in {"hunter", "apollo"} and call_id is not None:
            add_receipt(outcome, "contacts", attempt.source, call_id)
    for decision in title_conflicts(search.found, search.receipt):
        add_conflict(outcome, STAGE.name, decision)
    if best is not None:
        outcome.add("primary", {"email": best.email, "full_name": best.name})
    elif not search.candidates:
        outcome.state = "skipped"
        outcome.reason = "no contact found" if row["domain"] else "no website to find a contact on"
    return outcome


def _attempt_row(plan: Plan, place: int, attempt: Attempt) -> dict[str, Any]:
    return {
        "segment": plan.segment,
        "source": attempt.source,
        "place": place,
        "addresses": attempt.addresses,
        "sufficed": attempt.sufficed,
        "call_ids": attempt.call_ids,
    }


def _row(candidate: Candidate, checked: Checked | None, receipt: int | None) -> dict[str, Any]:
    first, last = split_name(candidate.name) if candidate.name else (None, None)
    return {
        "first_name": first,
        "last_name": last or None,
        "full_name": candidate.name,
        "title": candidate.title,
        "email": candidate.email,
        "phone": candidate.phone,
        "linkedin_url": candidate.linkedin_url,
        "email_verdict": checked.verdict.status if checked else None,
        "email_verdict_reason": checked.verdict.reason if checked else None,
        "email_verification_source": "hunter" if checked and checked.verified_at else None,
        "email_verification_date": checked.verified_at if checked else None,
        "verification_call_id": checked.call_id if checked else None,
        "provider_call_id": receipt,
        "is_role_mailbox": candidate.is_role_mailbox,
        "is_decision_maker": is_decision_maker(candidate.title),
        "source": candidate.source,
    }


async def _save(transaction: Transaction, session: Session, rows: dict[str, list[Row]], prospects: list[UUID]) -> None:
    if rows.get("contacts"):
        await transaction.execute(queries.SAVE_CONTACTS, {"json": as_json(rows["contacts"])})
    await transaction.execute(queries.FORGET_ATTEMPTS, {"ids": prospects})
    if rows.get("attempts"):
        attempts = {"campaign": session.campaign.id, "json": as_json(rows["attempts"])}
        await transaction.execute(queries.SAVE_ATTEMPTS, attempts)
    await save_conflicts(transaction, STAGE.name, rows, prospects)
    await transaction.execute(queries.NO_PRIMARY_CONTACT, {"ids": prospects})
    if rows.get("primary"):
        await transaction.execute(queries.SET_PRIMARY_CONTACT, {"json": as_json(rows["primary"])})

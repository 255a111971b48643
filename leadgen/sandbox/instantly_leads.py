"""Instantly's leads: added to a campaign, listed, marked, taken out; and the block list. VENDORS.md section 9."""

from collections import Counter
from decimal import Decimal
from typing import Any

from leadgen.sandbox.instantly_answers import lead_json
from leadgen.sandbox.instantly_bodies import ADD_LEADS, ADDRESS, BLOCK, LIST_LEADS, MARK_LEAD
from leadgen.sandbox.instantly_desk import Desk
from leadgen.sandbox.instantly_reactions import MARK_EVENTS
from leadgen.sandbox.instantly_rules import Refusal, checked, flag, page_of
from leadgen.sandbox.instantly_workspace import (
    LEAD_ACTIVE,
    LEAD_BOUNCED,
    LEAD_COMPLETED,
    LEAD_UNSUBSCRIBED,
    PLAN_LEADS,
    Campaign,
    Lead,
    new_id,
    stamp,
)
from leadgen.sandbox.wire import Reply, Request, json_reply
from leadgen.sandbox.world import MailboxKind

_VERIFICATIONS: dict[MailboxKind, int] = {"valid": 1, "invalid": -1, "catch_all": -3, "disposable": -2, "unknown": -2}
_BY_STATUS = {
    "FILTER_VAL_COMPLETED": LEAD_COMPLETED,
    "FILTER_VAL_UNSUBSCRIBED": LEAD_UNSUBSCRIBED,
    "FILTER_VAL_ACTIVE": LEAD_ACTIVE,
    "FILTER_VAL_BOUNCED": LEAD_BOUNCED,
}
_BY_MARK = {
    "FILTER_LEAD_INTERESTED": 1,
    "FILTER_LEAD_NOT_INTERESTED": -1,
    "FILTER_LEAD_MEETING_BOOKED": 2,
    "FILTER_LEAD_MEETING_COMPLETED": 3,
    "FILTER_LEAD_CLOSED": 4,
    "FILTER_LEAD_OUT_OF_OFFICE": 0,
    "FILTER_LEAD_WRONG_PERSON": -2,
    "FILTER_LEAD_LOST": -3,
    "FILTER_LEAD_NO_SHOW": -4,
}


def add(request: Request, desk: Desk) -> Reply:
    """Up to a thousand leads for a campaign; who cannot be written to or is there already is passed over and counted."""
    body = checked(request, ADD_LEADS)
    if ("campaign_id" in body) == ("list_id" in body):
        raise Refusal(400, "You must provide either campaign_id or list_id, but not both")
    workspace = desk.workspace
    campaign = workspace.campaigns.get(body.get("campaign_id", ""))
    if campaign is None:
        raise Refusal(404, "Resource not found")
    if workspace.added >= PLAN_LEADS:
        raise Refusal(402, "You have reached the lead limit of your plan")
    counts: Counter[str] = Counter()
    created = []
    seen: set[str] = set()
    for index, fields in enumerate(body["leads"]):
        reasons = _passed_over(fields, campaign, desk, seen, body)
        counts.update(reasons)
        if not reasons and workspace.added < PLAN_LEADS:
            lead = _new_lead(fields, campaign, desk, verify=bool(body.get("verify_leads_on_import")))
            created.append({"index": index, "id": lead.id, "email": lead.address})
    desk.sending.start(campaign, desk.now)
    summary = {
        "status": "success",
        "total_sent": len(body["leads"]),
        "leads_uploaded": len(created),
        **{
            name: counts[name]
            for name in (
                "in_blocklist",
                "duplicated_leads",
                "skipped_count",
                "invalid_email_count",
                "incomplete_count",
                "duplicate_email_count",
            )
        },
        "blocklist_used": body.get("blocklist_id"),
        "remaining_in_plan": PLAN_LEADS - workspace.added,
        "created_leads": created,
    }
    return json_reply(200, summary, billed=(("lead", Decimal(len(created))),) if created else ())


def _passed_over(
    fields: dict[str, Any], campaign: Campaign, desk: Desk, seen: set[str], body: dict[str, Any]
) -> list[str]:
    """The counts under which a lead falls that is not taken."""
    address = (fields.get("email") or "").strip().lower()
    if not ADDRESS.fullmatch(address):
        return ["invalid_email_count"]
    if address in seen:
        return ["duplicate_email_count"]
    seen.add(address)
    if desk.workspace.is_blocked(address):
        return ["in_blocklist"]
    there = [lead for lead in desk.workspace.leads.values() if lead.address.lower() == address]
    is_in_campaign = any(lead.campaign_id == campaign.id for lead in there)
    skips = (is_in_campaign and body.get("skip_if_in_campaign")) or (there and body.get("skip_if_in_workspace"))
    return [*(["duplicated_leads"] if is_in_campaign else []), *(["skipped_count"] if skips else [])]


def _new_lead(fields: dict[str, Any], campaign: Campaign, desk: Desk, *, verify: bool) -> Lead:
    now, workspace = desk.now, desk.workspace
    lead = Lead(new_id(now), campaign.id, fields, now, now, due_at=now, thread_id=new_id(now))
    lead.interest = fields.get("lt_interest_status")
    if verify:
        mailbox = desk.lookup.world.mailboxes.get(lead.address.lower())
        lead.verification = _VERIFICATIONS[mailbox.kind if mailbox else "unknown"]
    workspace.leads[lead.id] = lead
    workspace.added += 1
    return lead


def list_(request: Request, desk: Desk) -> Reply:
    """The leads that fit, by id; the cursor stands in the body."""
    body = checked(request, LIST_LEADS) if request.payload is not None else {}
    found = [lead for lead in desk.workspace.leads.values() if _fits(lead, body)]
    found.sort(key=lambda lead: lead.id)
    return page_of([lead_json(one, desk.workspace) for one in found], body.get("limit"), body.get("starting_after"))


def _fits(lead: Lead, body: dict[str, Any]) -> bool:
    contacts = {address.lower() for address in body.get("contacts", [])}
    named = " ".join(str(lead.fields.get(name) or "") for name in ("first_name", "last_name", "email")).lower()
    wanted = body.get("filter")
    return (
        body.get("campaign") in {None, lead.campaign_id}
        and "list_id" not in body
        and (not contacts or lead.address.lower() in contacts)
        and ("ids" not in body or lead.id in body["ids"])
        and lead.id not in body.get("excluded_ids", [])
        and body.get("search", "").lower() in named
        and (wanted is None or _passes(lead, wanted))
    )


def _passes(lead: Lead, wanted: str) -> bool:
    if wanted in _BY_STATUS:
        return lead.status == _BY_STATUS[wanted]
    if wanted in _BY_MARK:
        return lead.interest == _BY_MARK[wanted]
    others = {
        "FILTER_VAL_CONTACTED": lead.sent > 0,
        "FILTER_VAL_NOT_CONTACTED": lead.sent == 0,
        "FILTER_VAL_REPLIED": lead.replied > 0,
        "FILTER_VAL_NO_OPENS": lead.opened == 0,
        "FILTER_VAL_OPENED_NO_REPLY": lead.opened > 0 and lead.replied == 0,
        "FILTER_VAL_COMPLETED_NO_REPLY": lead.status == LEAD_COMPLETED and lead.replied == 0,
    }
    return others.get(wanted, False)


def show(request: Request, desk: Desk) -> Reply:
    """One lead."""
    return json_reply(200, lead_json(desk.lead(request), desk.workspace))


def delete(request: Request, desk: Desk) -> Reply:
    """Takes a lead out of its campaign; nothing more is sent to it."""
    lead = desk.lead(request)
    del desk.workspace.leads[lead.id]
    return json_reply(200, lead_json(lead, desk.workspace))


def mark(request: Request, desk: Desk) -> Reply:
    """Says how a lead has answered, in one campaign or in all; subscribers are told."""
    body, workspace = checked(request, MARK_LEAD), desk.workspace
    if not ADDRESS.fullmatch(body["lead_email"]):
        return json_reply(400, {"error": "Invalid lead email"})
    address, value = body["lead_email"].lower(), body["interest_value"]
    leads = [
        lead
        for lead in workspace.leads.values()
        if lead.address.lower() == address and body.get("campaign_id") in {None, lead.campaign_id}
    ]
    if not leads:
        raise Refusal(404, "Lead not found")
    for lead in leads:
        workspace.mark(lead, value, desk.now)
        if value in MARK_EVENTS:
            workspace.tell(MARK_EVENTS[value], workspace.campaigns[lead.campaign_id], desk.now, lead)
    return json_reply(202, {"message": "Lead interest status update background job submitted"})


def block(request: Request, desk: Desk) -> Reply:
    """Never writes to an address or a domain again."""
    value = checked(request, BLOCK)["bl_value"].strip().lower()
    if not ADDRESS.fullmatch(value) and not ADDRESS.fullmatch(f"x@{value}"):
        raise Refusal(400, "Invalid bl_value")
    now = desk.now
    entry = desk.workspace.blocked.setdefault(
        value,
        {
            "id": new_id(now),
            "timestamp_created": stamp(now),
            "organization_id": desk.workspace.id,
            "bl_value": value,
            "is_domain": "@" not in value,
        },
    )
    return json_reply(200, entry)


def blocked(request: Request, desk: Desk) -> Reply:
    """The block list."""
    return page_of(_matching(request, desk), request.one("limit"), request.one("starting_after"))


def unblock(request: Request, desk: Desk) -> Reply:
    """Takes off all that a search finds."""
    found = _matching(request, desk)
    for entry in found:
        del desk.workspace.blocked[entry["bl_value"]]
    return json_reply(200, found)


def _matching(request: Request, desk: Desk) -> list[dict[str, Any]]:
    search, domains = (request.one("search") or "").lower(), flag(request, "domains_only")
    return [
        entry
        for entry in desk.workspace.blocked.values()
        if search in entry["bl_value"] and (not domains or entry["is_domain"])
    ]

"""Instantly's mailbox, sending accounts and subscriptions. VENDORS.md section 9."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from leadgen.sandbox.instantly_answers import account_json, email_json, hook_json
from leadgen.sandbox.instantly_bodies import CHANGE_WEBHOOK, CREATE_WEBHOOK, REPLY
from leadgen.sandbox.instantly_desk import Desk
from leadgen.sandbox.instantly_rules import Refusal, changes, checked, flag, page_of, query_id
from leadgen.sandbox.instantly_sending import plain
from leadgen.sandbox.instantly_workspace import ANSWERED, RECEIVED, SENT, Email, Hook, new_id, stamp
from leadgen.sandbox.wire import Reply, Request, json_reply

_KINDS = {"received": RECEIVED, "sent": SENT, "manual": ANSWERED}
_THREAD = "thread:"


def emails(request: Request, desk: Desk) -> Reply:
    """What left and came, the youngest first unless it is asked for the other way round."""
    wanted = _filter(request)
    found = sorted((one for one in desk.workspace.emails.values() if wanted(one)), key=lambda one: one.id)
    order = request.one("sort_order") or "desc"
    if order not in {"asc", "desc"}:
        raise Refusal(400, "querystring/sort_order must be equal to one of the allowed values")
    shown = [email_json(one, desk.workspace) for one in (found if order == "asc" else reversed(found))]
    return page_of(shown, request.one("limit"), request.one("starting_after"))


def _filter(request: Request) -> Callable[[Email], bool]:
    kind, lead, search = request.one("email_type"), request.one("lead"), request.one("search") or ""
    if kind not in {None, *_KINDS}:
        raise Refusal(400, "querystring/email_type must be equal to one of the allowed values")
    campaign, unread, accounts = query_id(request, "campaign_id"), flag(request, "is_unread"), request.one("eaccount")
    earliest, latest = (_moment(request, f"{name}_timestamp_created") for name in ("min", "max"))

    def wanted(email: Email) -> bool:
        thread = search.removeprefix(_THREAD)
        return (
            (kind is None or email.kind == _KINDS[kind])
            and campaign in {None, email.lead.campaign_id}
            and (lead is None or email.lead.address.lower() == lead.lower())
            and (not accounts or email.account in accounts.split(","))
            and (not search or thread == email.lead.thread_id or search.lower() == email.lead.address.lower())
            and (unread is None or unread == (email.kind == RECEIVED))
            and (earliest is None or email.at >= earliest)
            and (latest is None or email.at <= latest)
        )

    return wanted


def _moment(request: Request, name: str) -> datetime | None:
    text = request.one(name)
    try:
        moment = datetime.fromisoformat(text) if text else None
    except ValueError:
        moment = None
    if text and (moment is None or moment.tzinfo is None):
        raise Refusal(400, f"querystring/{name} must be a timestamp")
    return moment


def email(request: Request, desk: Desk) -> Reply:
    """One email."""
    return json_reply(200, email_json(desk.email(request.values["id"]), desk.workspace))


def reply(request: Request, desk: Desk) -> Reply:
    """Answers an email, from one of the workspace's accounts."""
    body = checked(request, REPLY)
    text, html = body["body"].get("text"), body["body"].get("html")
    if not text and not html:
        raise Refusal(400, "body/body must have html or text")
    asked = desk.email(body["reply_to_uuid"])
    if body["eaccount"] not in desk.workspace.accounts:
        raise Refusal(404, "Account not found")
    html = html or text.replace("\n", "<br/>")
    now = desk.now
    answer = Email(
        new_id(now), ANSWERED, now, asked.lead, body["eaccount"], body["subject"], html, text or plain(html), None
    )
    desk.workspace.emails[answer.id] = answer
    return json_reply(200, email_json(answer, desk.workspace))


def accounts(request: Request, desk: Desk) -> Reply:
    """The sending accounts."""
    search = (request.one("search") or "").lower()
    found = [account_json(one, desk.workspace) for one in desk.workspace.accounts if search in one]
    if request.one("status") not in {None, "1"}:
        found = []  # all of them are active
    return page_of(found, request.one("limit"), request.one("starting_after"), key="email")


def workspace(_request: Request, desk: Desk) -> Reply:
    """The workspace itself."""
    created_at = stamp(desk.workspace.created_at)
    return json_reply(
        200,
        {
            "id": desk.workspace.id,
            "timestamp_created": created_at,
            "timestamp_updated": created_at,
            "owner": desk.workspace.id,
            "name": "Sandbox",
            "plan_id": "pid_hg_v1",
        },
    )


def create_webhook(request: Request, desk: Desk) -> Reply:
    """Tells an address of events from now on."""
    fields = checked(request, CREATE_WEBHOOK)
    hook = Hook(new_id(desk.now), fields, desk.now)
    desk.workspace.hooks[hook.id] = hook
    return json_reply(200, hook_json(hook, desk.workspace))


def webhooks(request: Request, desk: Desk) -> Reply:
    """The subscriptions."""
    wanted: dict[str, Any] = {
        "campaign": query_id(request, "campaign"),
        "event_type": request.one("event_type"),
    }
    found = [
        hook_json(hook, desk.workspace)
        for hook in desk.workspace.hooks.values()
        if all(value in {None, hook.fields.get(name)} for name, value in wanted.items())
    ]
    return page_of(found, request.one("limit"), request.one("starting_after"))


def webhook(request: Request, desk: Desk) -> Reply:
    """One subscription."""
    return json_reply(200, hook_json(desk.hook(request), desk.workspace))


def change_webhook(request: Request, desk: Desk) -> Reply:
    """Other fields for a subscription."""
    hook = desk.hook(request)
    hook.fields = {**hook.fields, **changes(request, CHANGE_WEBHOOK)}
    return json_reply(200, hook_json(hook, desk.workspace))


def resume_webhook(request: Request, desk: Desk) -> Reply:
    """Switches a subscription on again that failures have switched off."""
    hook = desk.hook(request)
    hook.status, hook.failed_at, hook.deliveries = 1, None, []
    return json_reply(200, hook_json(hook, desk.workspace))


def delete_webhook(request: Request, desk: Desk) -> Reply:
    """Forgets a subscription."""
    hook = desk.hook(request)
    del desk.workspace.hooks[hook.id]
    return json_reply(200, hook_json(hook, desk.workspace))

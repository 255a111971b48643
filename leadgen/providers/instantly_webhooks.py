"""What Instantly tells by webhook, whether it is Instantly that tells it, and the subscriptions.

Facts (VENDORS.md section 9): webhooks are not signed; a subscription sends the headers that it was made with, so a random
secret of the tenant's stands in one. An event may come several times: `InstantlyEvent.key` is the same each time. Instantly
tries three times within half a minute and switches off a subscription that keeps failing: it is resumed, and what was missed
is read from the list of emails. A subscription's answers hold its secret, so they are never stored.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import orjson
from pydantic import BaseModel

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Reply, Request
from leadgen.providers.instantly_vendor import ACTING, PER_PAGE, READING, as_reply, each_entry, judge_one, path_of

PATH = "/api/v2/webhooks"
SECRET_HEADER = "x-leadgen-secret"  # noqa: S105  its name, not its value
SHORTEST_SECRET = 32  # characters
ALL_EVENTS = "all_events"
_ACTIVE = 1
# Instantly orders this event by one name and tells it by another.
_RENAMED = {"email_link_clicked": "link_clicked"}
_INTERESTS = {
    "lead_interested": 1,
    "lead_meeting_booked": 2,
    "lead_meeting_completed": 3,
    "lead_closed": 4,
    "lead_out_of_office": 0,
    "lead_not_interested": -1,
    "lead_wrong_person": -2,
    "lead_no_show": -4,
}

CREATE = replace(ACTING, name="create_webhook", time_to_live=timedelta(0))
RESUME = replace(ACTING, name="resume_webhook", time_to_live=timedelta(0))
DELETE = replace(ACTING, name="delete_webhook", time_to_live=timedelta(0), judge=judge_one)
WEBHOOKS = replace(READING, name="webhooks")


class _Webhook(BaseModel):
    id: str
    target_hook_url: str
    event_type: str | None = None
    campaign: str | None = None
    status: int | None = None


class _Event(BaseModel):
    timestamp: str
    event_type: str
    workspace: str
    campaign_id: str | None = None
    lead_email: str | None = None
    email_account: str | None = None
    step: int | None = None
    is_first: bool | None = None
    email_id: str | None = None
    email_subject: str | None = None
    reply_subject: str | None = None
    reply_text: str | None = None
    reply_text_snippet: str | None = None
    reply_html: str | None = None


@dataclass(frozen=True, slots=True)
class InstantlyWebhook:
    """A subscription. `campaign_id` None: to all campaigns. One that is not active was switched off after failures."""

    webhook_id: str
    url: str = field(repr=False)
    event_type: str | None
    campaign_id: str | None
    is_active: bool


@dataclass(frozen=True, slots=True)
class InstantlyEvent:
    """One thing that happened, as `email_sent`, `reply_received`, `auto_reply_received`, `email_bounced`, `lead_unsubscribed`.

    `key` tells apart what happened from what is told again. `email_id` is what to answer to; `step` counts from 1.
    """

    key: str
    kind: str
    happened_at: datetime
    workspace: str
    campaign_id: str | None
    lead_address: str | None = field(repr=False)
    account: str | None = field(repr=False)
    step: int | None
    is_first: bool | None
    email_id: str | None
    subject: str | None = field(repr=False)
    reply_text: str | None = field(repr=False)
    reply_html: str | None = field(repr=False)

    @property
    def suppresses(self) -> bool:
        """Whether the lead is to get no more mail from anyone of the tenant's: it asked for that, or does not exist."""
        return self.kind in {"lead_unsubscribed", "email_bounced"}

    @property
    def interest_value(self) -> int | None:
        """The mark that the lead has been given, as in `INTERESTS`; None where the event is no mark."""
        return _INTERESTS.get(self.kind)


class InstantlyWebhooks:
    """The subscriptions of a tenant's workspace."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def subscribe(self, url: str, secret: str, *, campaign_id: str | None = None) -> InstantlyWebhook:
        """Has all events told to this address, with the secret in a header. One that is there already is kept, and resumed.

        A new secret needs a new address or `delete` first: Instantly goes on sending the old one.

        Raises:
            InputError: the secret is too short or does not fit into a header.
            VendorError: as `Asks.ask`.
        """
        _check_secret(secret)
        known = await self._find(url, campaign_id)
        if known is not None:
            webhook = _read_webhook(known)
            return webhook if webhook.is_active else await self.resume(webhook.webhook_id)
        body = {
            "name": "LeadGen",
            "target_hook_url": url,
            "event_type": ALL_EVENTS,
            "headers": {SECRET_HEADER: secret},
            **({"campaign": campaign_id} if campaign_id else {}),
        }

        async def find() -> Reply | None:
            entry = await self._find(url, campaign_id)
            return as_reply(entry) if entry else None

        answer = await self._asks.ask(CREATE, Request("POST", PATH, body=body), _read_webhook, find=find)
        return _there(answer)

    async def all(self) -> tuple[InstantlyWebhook, ...]:
        """All subscriptions.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return tuple([_read_webhook(entry) async for entry in each_entry(self._asks, WEBHOOKS, _LIST)])

    async def resume(self, webhook_id: str) -> InstantlyWebhook:
        """Switches a subscription on again.

        Raises:
            VendorError: as `Asks.ask`.
        """

        async def find() -> Reply | None:
            async for entry in each_entry(self._asks, WEBHOOKS, _LIST):
                if entry.get("id") == webhook_id and _read_webhook(entry).is_active:
                    return as_reply(entry)
            return None

        request = Request("POST", path_of("webhooks", webhook_id, "/resume"))
        return _there(await self._asks.ask(RESUME, request, _read_webhook, find=find))

    async def delete(self, webhook_id: str) -> Answer[InstantlyWebhook]:
        """Ends a subscription; a miss where it was gone already.

        Raises:
            VendorError: as `Asks.ask`.
        """

        async def find() -> Reply | None:
            async for entry in each_entry(self._asks, WEBHOOKS, _LIST):
                if entry.get("id") == webhook_id:
                    return None
            return as_reply({}, 404)

        return await self._asks.ask(
            DELETE, Request("DELETE", path_of("webhooks", webhook_id)), _read_webhook, find=find
        )

    async def _find(self, url: str, campaign_id: str | None) -> dict[str, Any] | None:
        async for entry in each_entry(self._asks, WEBHOOKS, _LIST):
            webhook = _read_webhook(entry)
            if (webhook.url, webhook.event_type, webhook.campaign_id) == (url, ALL_EVENTS, campaign_id):
                return entry
        return None


_LIST = Request("GET", PATH, query=(("limit", str(PER_PAGE)),))


def read_event(secret: str, headers: Mapping[str, str], body: bytes) -> InstantlyEvent:
    """The event of a webhook's request, once its secret has been checked. Header names are lower case.

    Raises:
        InputError: the secret is missing or wrong, or the body is no event.
    """
    _check_secret(secret)
    given = headers.get(SECRET_HEADER, "")
    if not hmac.compare_digest(hashlib.sha256(given.encode()).digest(), hashlib.sha256(secret.encode()).digest()):
        raise InputError("The webhook does not carry the secret of its subscription.")
    try:
        event = _Event.model_validate_json(body)
        happened_at = datetime.fromisoformat(event.timestamp)
    except ValueError:  # pydantic's own is one
        raise InputError("The webhook's body is not an event of Instantly's.") from None
    kind = _RENAMED.get(event.event_type, event.event_type)
    return InstantlyEvent(
        key=_key(event, kind),
        kind=kind,
        happened_at=happened_at,
        workspace=event.workspace,
        campaign_id=event.campaign_id,
        lead_address=event.lead_email,
        account=event.email_account,
        step=event.step,
        is_first=event.is_first,
        email_id=event.email_id,
        subject=event.reply_subject or event.email_subject,
        reply_text=event.reply_text or event.reply_text_snippet,
        reply_html=event.reply_html,
    )


def _key(event: _Event, kind: str) -> str:
    """sha256 (hex) over email, kind and time; campaign and lead tell apart the events that are about no email."""
    parts = [event.email_id, kind, event.timestamp, event.campaign_id, event.lead_email]
    return hashlib.sha256(orjson.dumps(parts)).hexdigest()


def _check_secret(secret: str) -> None:
    if not re.fullmatch(rf"[\x21-\x7e]{{{SHORTEST_SECRET},}}", secret):
        raise InputError(f"The secret of a webhook has {SHORTEST_SECRET} or more letters, digits and signs.")


def _there(answer: Answer[InstantlyWebhook]) -> InstantlyWebhook:
    if answer.value is None:
        raise InputError("Instantly knows no such webhook.")
    return answer.value


def _read_webhook(body: Any) -> InstantlyWebhook:
    webhook = _Webhook.model_validate(body)
    return InstantlyWebhook(
        webhook_id=webhook.id,
        url=webhook.target_hook_url,
        event_type=webhook.event_type,
        campaign_id=webhook.campaign,
        is_active=webhook.status in {None, _ACTIVE},
    )

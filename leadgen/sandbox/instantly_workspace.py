"""One workspace at Instantly: its campaigns, leads, emails, subscriptions and block list, and who is told what happens.

Plain state; `instantly_sending.py` moves it with the time, `instantly_answers.py` shows it.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import orjson

from leadgen.sandbox.instantly_hours import Hours
from leadgen.sandbox.lookup import domain_of_address
from leadgen.sandbox.webhooks import MOST_ATTEMPTS, Delivery, Webhooks

DRAFT, ACTIVE, PAUSED, COMPLETED = 0, 1, 2, 3
LEAD_ACTIVE, LEAD_COMPLETED, LEAD_BOUNCED, LEAD_UNSUBSCRIBED, LEAD_SKIPPED = 1, 3, -1, -2, -3
SENT, RECEIVED, ANSWERED = 1, 2, 3  # emails: of a campaign, come back, written by hand
ACCOUNT_DAILY_LIMIT = 50
PLAN_LEADS = 25_000
_ORDERED_AS = {"link_clicked": "email_link_clicked", "auto_reply_received": "reply_received"}
_NUMBERS = count(1)


def new_id(now: datetime) -> str:
    """An id that begins with the time, as Instantly's do (UUID version 7): later ones are greater."""
    milliseconds = int(now.timestamp() * 1000)
    return str(uuid.UUID(int=milliseconds << 80 | 7 << 76 | 2 << 62 | next(_NUMBERS)))


def stamp(moment: datetime) -> str:
    """A moment as Instantly writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Campaign:
    """A campaign: its fields as they were given, and what became of it."""

    id: str
    fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    status: int = DRAFT

    @property
    def steps(self) -> list[dict[str, Any]]:
        """The emails: only the first sequence counts."""
        sequences = self.fields.get("sequences") or [{"steps": []}]
        steps: list[dict[str, Any]] = sequences[0]["steps"]
        return steps

    @property
    def accounts(self) -> list[str]:
        """The addresses it sends from."""
        return self.fields.get("email_list") or []

    @property
    def hours(self) -> Hours:
        """When it may send."""
        return Hours(self.fields["campaign_schedule"])


@dataclass(slots=True)
class Lead:
    """Someone in a campaign. `sent` counts the emails; `due_at` is when the next may leave; `is_waiting`: it has a place."""

    id: str
    campaign_id: str
    fields: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    due_at: datetime
    thread_id: str
    status: int = LEAD_ACTIVE
    verification: int | None = None
    interest: int | None = None
    interest_at: datetime | None = None
    sent: int = 0
    opened: int = 0
    replied: int = 0
    auto_replied: int = 0
    replied_step: int | None = None
    account: str | None = None
    contacted_at: datetime | None = None
    opened_at: datetime | None = None
    replied_at: datetime | None = None
    is_waiting: bool = False

    @property
    def address(self) -> str:
        """Where it is written to."""
        return str(self.fields["email"])

    @property
    def domain(self) -> str:
        """Its company, as Instantly tells companies apart."""
        return domain_of_address(self.address)


@dataclass(frozen=True, slots=True)
class Email:
    """An email that left or came. `step` counts from 0; None where it was written by hand."""

    id: str
    kind: int
    at: datetime
    lead: Lead
    account: str
    subject: str
    html: str
    text: str
    step: int | None
    is_auto_reply: bool = False
    interest: int | None = None


@dataclass(slots=True)
class Hook:
    """A subscription. `deliveries` are those since it was last switched on."""

    id: str
    fields: dict[str, Any]
    created_at: datetime
    status: int = 1
    failed_at: datetime | None = None
    deliveries: list[Delivery] = field(default_factory=list)

    def wants(self, event: str, campaign: Campaign) -> bool:
        """Whether it is told of such an event of that campaign."""
        kind = self.fields.get("event_type")
        ordered = kind == "all_events" or kind == _ORDERED_AS.get(event, event)
        return self.status == 1 and ordered and self.fields.get("campaign") in {None, campaign.id}

    def look_at_failures(self, now: datetime) -> None:
        """Switches itself off when a webhook was given up."""
        if self.status == 1 and any(
            len(one.statuses) >= MOST_ATTEMPTS and not one.is_delivered for one in self.deliveries
        ):
            self.status, self.failed_at = -1, now
        self.deliveries = [one for one in self.deliveries if not one.is_delivered]


class Workspace:
    """The state behind one key."""

    def __init__(self, now: datetime, webhooks: Webhooks) -> None:
        self.id = new_id(now)
        self.created_at = now
        self.campaigns: dict[str, Campaign] = {}
        self.leads: dict[str, Lead] = {}
        self.emails: dict[str, Email] = {}
        self.hooks: dict[str, Hook] = {}
        self.blocked: dict[str, dict[str, Any]] = {}
        self.accounts = {"sam@outreach.example": ("Sam", "Rivera"), "alex@outreach.example": ("Alex", "Kim")}
        self.added = 0  # leads, against the plan
        self._webhooks = webhooks
        self._told: set[tuple[str, str]] = set()

    def leads_of(self, campaign: Campaign) -> Iterator[Lead]:
        """The leads of a campaign, the oldest first."""
        return (lead for lead in self.leads.values() if lead.campaign_id == campaign.id)

    def is_blocked(self, address: str) -> bool:
        """Whether the address or its domain is never written to."""
        return address.lower() in self.blocked or domain_of_address(address) in self.blocked

    def mark(self, lead: Lead, interest: int | None, at: datetime) -> None:
        """Says how a lead has answered."""
        lead.interest, lead.interest_at, lead.updated_at = interest, at, at

    def tell(self, event: str, campaign: Campaign, at: datetime, lead: Lead | None = None, **more: Any) -> None:
        """Posts an event to whom it is to be told."""
        told: dict[str, Any] = {
            "timestamp": stamp(at),
            "event_type": event,
            "workspace": self.id,
            "campaign_id": campaign.id,
            "campaign_name": campaign.fields["name"],
        }
        if lead is not None:
            told |= {"lead_email": lead.address, "is_first": (lead.id, event) not in self._told}
            self._told.add((lead.id, event))
            if lead.account:
                told["email_account"] = lead.account
        body = orjson.dumps({**told, **more})
        for hook in self.hooks.values():
            if hook.wants(event, campaign):
                self._post(hook, body)

    def _post(self, hook: Hook, body: bytes) -> None:
        sent = self._webhooks.sent
        before = len(sent)
        headers = {**(hook.fields.get("headers") or {}), "content-type": "application/json"}
        self._webhooks.post("instantly", hook.fields["target_hook_url"], body, headers)
        hook.deliveries += sent[before:]

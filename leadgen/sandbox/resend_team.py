"""One team at Resend: its emails, what becomes of them, whom it sends to no longer, and who is told. VENDORS.md section 10.

Resend's own test addresses behave as they do there: `bounced`, `complained`, `suppressed` and `delivered` at resend.dev, also
with a label (`bounced+1@resend.dev`). Who bounces or complains is suppressed.
"""

import base64
import hashlib
import hmac
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.lookup import Lookup, domain_of_address
from leadgen.sandbox.resend_email import as_list, bare, recipients_of, scheduled_for
from leadgen.sandbox.webhooks import Webhooks

_TEST_DOMAIN = "resend.dev"
_FATES = frozenset({"bounced", "complained", "suppressed"})
_OWN_DOMAINS = ("leadgen.example", "unverified.example")
_BOUNCE = {
    "type": "Permanent",
    "subType": "General",
    "message": "550 5.1.1 user unknown",
    "diagnosticCode": ["smtp; 550 5.1.1"],
}


@dataclass(slots=True)
class Email:
    """One email, as it was given, and what last happened to it."""

    id: str
    body: dict[str, Any]
    created_at: datetime
    last_event: str


@dataclass(frozen=True, slots=True)
class Hook:
    """A registered endpoint."""

    id: str
    endpoint: str
    events: tuple[str, ...]
    created_at: datetime

    @property
    def secret(self) -> str:
        """What its webhooks are signed with."""
        return "whsec_" + base64.b64encode(self.secret_bytes).decode()

    @property
    def secret_bytes(self) -> bytes:
        """The same, as the bytes that sign."""
        return hashlib.sha256(self.id.encode()).digest()[:24]

    def json(self) -> dict[str, Any]:
        """It as the list shows it."""
        return {
            "id": self.id,
            "created_at": self.created_at.isoformat(),
            "status": "enabled",
            "endpoint": self.endpoint,
            "events": list(self.events),
        }


class Team:
    """The state behind one key."""

    def __init__(self, lookup: Lookup, clock: Clock, webhooks: Webhooks) -> None:
        self.emails: dict[str, Email] = {}
        self.suppressed: dict[str, dict[str, Any]] = {}
        self.hooks: dict[str, Hook] = {}
        self._lookup = lookup
        self._clock = clock
        self._webhooks = webhooks

    def take(self, body: dict[str, Any]) -> Email:
        """Takes in a well-formed email; it leaves at once, or at its time."""
        email = Email(str(uuid.uuid4()), body, self._clock.now(), "scheduled")
        self.emails[email.id] = email
        if scheduled_for(body):
            self._tell(email, "scheduled", recipients_of(body))
        else:
            self._send(email)
        return email

    def send_due(self) -> None:
        """Sends the scheduled emails whose time has come."""
        now = self._clock.now()
        for email in self.emails.values():
            due = scheduled_for(email.body)
            if due and due <= now and email.last_event == "scheduled":
                self._send(email)

    def suppress(self, address: str, origin: str, source_id: str | None = None) -> dict[str, Any]:
        """Puts an address on the list; the entry it has already, if it has one."""
        return self.suppressed.setdefault(
            bare(address),
            {
                "object": "suppression",
                "id": str(uuid.uuid4()),
                "email": bare(address),
                "origin": origin,
                "source_id": source_id,
                "created_at": self._clock.now().isoformat(),
            },
        )

    def suppression(self, id_or_address: str) -> dict[str, Any] | None:
        """The entry of that id or address."""
        wanted = id_or_address.lower()
        return next((one for one in self.suppressed.values() if wanted in {one["id"], one["email"]}), None)

    def register(self, endpoint: str, events: list[str]) -> Hook:
        """Tells an endpoint of these events from now on."""
        hook = Hook(str(uuid.uuid4()), endpoint, tuple(events), self._clock.now())
        self.hooks[hook.id] = hook
        return hook

    def domains(self) -> list[dict[str, Any]]:
        """The domains as the list shows them."""
        used = {domain_of_address(bare(email.body["from"])) for email in self.emails.values()}
        return [
            {
                "id": str(uuid.uuid5(uuid.NAMESPACE_DNS, name)),
                "name": name,
                "status": "not_started" if name.startswith("unverified.") else "verified",
                "created_at": "2026-11-01 10:00:00.000000+00",
                "region": "us-east-1",
            }
            for name in sorted({*_OWN_DOMAINS, *used})
        ]

    def _send(self, email: Email) -> None:
        fates = {address: self._fate(address) for address in recipients_of(email.body)}
        leaving = [address for address, fate in fates.items() if fate != "suppressed"]
        if leaving:
            self._tell(email, "sent", leaving)
        for address, fate in fates.items():
            if fate == "complained":
                self._tell(email, "delivered", [address])
            self._tell(email, fate, [address])
            if fate in {"bounced", "complained"}:
                self.suppress(address, "bounce" if fate == "bounced" else "complaint", email.id)

    def _fate(self, address: str) -> str:
        if address in self.suppressed:
            return "suppressed"
        local = address.partition("@")[0].partition("+")[0]
        if domain_of_address(address) == _TEST_DOMAIN and local in _FATES:
            return local
        mailbox = self._lookup.world.mailboxes.get(address)
        return "bounced" if mailbox and mailbox.kind == "invalid" else "delivered"

    def _tell(self, email: Email, event: str, recipients: list[str]) -> None:
        email.last_event = event
        data: dict[str, Any] = {
            "email_id": email.id,
            "from": email.body["from"],
            "to": recipients,
            "subject": email.body["subject"],
            "created_at": email.created_at.isoformat(),
            "tags": {tag["name"]: tag["value"] for tag in email.body.get("tags", [])},
        }
        if event == "bounced":
            data["bounce"] = _BOUNCE
        told = {"type": f"email.{event}", "created_at": self._clock.now().isoformat(), "data": data}
        for hook in self.hooks.values():
            if told["type"] in hook.events:
                body = orjson.dumps(told)
                self._webhooks.post("resend", hook.endpoint, body, _signed(hook, body))


def _signed(hook: Hook, body: bytes) -> dict[str, str]:
    """The headers of a webhook. They carry the real time, which whoever takes it checks, however far ours has been moved."""
    id_, at = f"msg_{uuid.uuid4().hex}", int(datetime.now(UTC).timestamp())
    signature = hmac.new(hook.secret_bytes, f"{id_}.{at}.".encode() + body, hashlib.sha256).digest()
    return {
        "content-type": "application/json",
        "svix-id": id_,
        "svix-timestamp": str(at),
        "svix-signature": "v1," + base64.b64encode(signature).decode(),
    }


def email_json(email: Email, *, full: bool = True) -> dict[str, Any]:
    """An email as the API shows it; without its body where not `full`."""
    body = email.body
    shown = {
        "object": "email",
        "id": email.id,
        "from": body["from"],
        "to": as_list(body["to"]),
        "cc": as_list(body.get("cc")),
        "bcc": as_list(body.get("bcc")),
        "reply_to": as_list(body.get("reply_to")),
        "subject": body["subject"],
        "created_at": email.created_at.isoformat(sep=" "),
        "scheduled_at": body.get("scheduled_at"),
        "last_event": email.last_event,
    }
    return {**shown, "html": body.get("html"), "text": body.get("text")} if full else shown

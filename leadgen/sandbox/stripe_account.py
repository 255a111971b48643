"""One account at Stripe: its objects, the second that it lives in, and whom it tells. VENDORS.md section 12.

Objects are kept as the API shows them, by their `object`. What only `expand` shows is kept beside them.
"""

import hashlib
import hmac
import uuid
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from leadgen.sandbox.stripe_answers import Refused, Thing, no_such
from leadgen.sandbox.webhooks import Webhooks

API_VERSION = "2026-10-28.endive"
_NAMES = {"billing.meter": "billing meter", "checkout.session": "checkout session", "payment_method": "PaymentMethod"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The request under way, as its events name it."""

    id: str | None = None
    idempotency_key: str | None = None


@dataclass(slots=True)
class MeterUse:
    """Usage as it was told: by a customer, at a time."""

    identifier: str
    event_name: str
    customer: str | None
    value: float | None
    timestamp: int
    accepted_at: int


@dataclass(slots=True)
class Account:
    """The state behind one key. `now` is in Unix seconds: while what has become due is carried out, it is when it did.

    `leaves_unpaid`: where a subscription's payments have failed for good it becomes unpaid; else it is canceled.
    """

    webhooks: Webhooks
    leaves_unpaid: bool
    now: int = 0
    asked: Asked = Asked()
    kinds: defaultdict[str, dict[str, Thing]] = field(default_factory=lambda: defaultdict(dict))
    tiers: dict[str, list[Thing]] = field(default_factory=dict)  # by price
    line_items: dict[str, list[Thing]] = field(default_factory=dict)  # by checkout session
    checkouts: dict[str, Thing] = field(default_factory=dict)  # what a session makes when it is completed
    cards: dict[str, str | None] = field(default_factory=dict)  # by payment method: how its charges are declined
    secrets: dict[str, str] = field(default_factory=dict)  # by webhook endpoint
    uses: dict[str, MeterUse] = field(default_factory=dict)  # what the meters have counted, by identifier
    pending_uses: list[MeterUse] = field(default_factory=list)
    warned_of_trial_end: set[tuple[str, int]] = field(default_factory=set)

    def of(self, kind: str) -> list[Thing]:
        """All objects of a kind, the eldest first."""
        return list(self.kinds[kind].values())

    def find(self, kind: str, id_: str, param: str | None = None) -> Thing:
        """The object of that id. `param` is the parameter that names it; None: the address does.

        Raises:
            Refused: there is none.
        """
        found = self.kinds[kind].get(id_)
        if found is None or found.get("deleted"):
            raise no_such(_NAMES.get(kind, kind), id_, param or "id", 400 if param else 404)
        return found

    def made(self, kind: str, prefix: str, **values: Any) -> Thing:
        """A new object, kept and not yet told of. An `id` among the values is its id."""
        id_ = values.pop("id", None) or f"{prefix}_{uuid.uuid4().hex[:24]}"
        thing = {"id": id_, "object": kind, "created": self.now, "livemode": False, **values}
        self.kinds[kind][id_] = thing
        return thing

    @contextmanager
    def changing(self, thing: Thing, event: str) -> Iterator[None]:
        """Tells of what has changed in an object meanwhile, if something has; takes it back where a request is refused."""
        before = deepcopy(thing)
        try:
            yield
        except Refused:
            thing.clear()
            thing.update(before)
            raise
        changed = {name: before.get(name) for name, value in thing.items() if before.get(name) != value}
        if changed:
            self.tell(event, thing, changed)

    def tell(self, kind: str, thing: Thing, previous: Thing | None = None) -> None:
        """Keeps an event about an object as it is now, and posts it to every endpoint that wants it."""
        endpoints = [
            one
            for one in self.of("webhook_endpoint")
            if one["status"] == "enabled" and {kind, "*"} & set(one["enabled_events"])
        ]
        data: Thing = {"object": deepcopy(thing)}
        if previous is not None:
            data["previous_attributes"] = previous
        event = self.made(
            "event",
            "evt",
            api_version=API_VERSION,
            data=data,
            pending_webhooks=len(endpoints),
            request={"id": self.asked.id, "idempotency_key": self.asked.idempotency_key},
            type=kind,
        )
        body = orjson.dumps(event)
        for endpoint in endpoints:
            self.webhooks.post("stripe", endpoint["url"], body, _signed(self.secrets[endpoint["id"]], body))


def _signed(secret: str, body: bytes) -> dict[str, str]:
    """The headers of a webhook. They carry the real time, which whoever takes it checks, however far ours has been moved."""
    at = int(datetime.now(UTC).timestamp())
    signature = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
    return {"content-type": "application/json; charset=utf-8", "stripe-signature": f"t={at},v1={signature}"}

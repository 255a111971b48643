"""Resend: emails, batches, domains, suppressions, webhooks. VENDORS.md section 10.

A key is a team: each has its own emails and webhooks. One that contains `sending` may only send. Every domain is verified
but those that begin with `unverified.`. What becomes of an email is told in `resend_team.py`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import orjson

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.resend_email import BadRequest, check_email, check_webhook, error
from leadgen.sandbox.resend_team import Team, email_json
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Header, Limit, Operation, Reply, Request, Vendor, Window, json_reply

PRICES = {"email": Decimal(400)}
_IDEMPOTENT_FOR = timedelta(hours=24)
_LONGEST_KEY = 256
_MOST_IN_BATCH = 100
_NO_USER_AGENT = Reply(403, b"error code: 1010", (), "text/plain")


def resend(lookup: Lookup, clock: Clock, webhooks: Webhooks) -> Vendor:
    """The service. Mail to a mailbox that the world calls invalid bounces."""
    service = _Resend(lookup, clock, webhooks)
    sending = (
        Operation("send", "POST", "/emails", service.guarded(service.send, sends=True)),
        Operation("send_batch", "POST", "/emails/batch", service.guarded(service.send_batch, sends=True)),
    )
    reading = (
        ("emails", "GET", "/emails", service.emails),
        ("email", "GET", "/emails/{id}", service.email),
        ("cancel", "POST", "/emails/{id}/cancel", service.cancel),
        ("domains", "GET", "/domains", service.domains),
        ("suppressions", "GET", "/suppressions", service.suppressions),
        ("suppress", "POST", "/suppressions", service.suppress),
        ("suppression", "GET", "/suppressions/{id}", service.suppression),
        ("unsuppress", "DELETE", "/suppressions/{id}", service.unsuppress),
        ("webhooks", "GET", "/webhooks", service.webhooks),
        ("create_webhook", "POST", "/webhooks", service.create_webhook),
        ("delete_webhook", "DELETE", "/webhooks/{id}", service.delete_webhook),
    )
    return Vendor(
        name="resend",
        operations=(
            *sending,
            *(
                Operation(name, method, path, service.guarded(answer), metered=False)
                for name, method, path, answer in reading
            ),
        ),
        limits=(Limit(5, 1),),
        prices=PRICES,
        key=lambda request: request.bearer(),
        unauthorized=lambda key: (
            error(403, "invalid_api_key", "API key is invalid")
            if key
            else error(401, "missing_api_key", "Missing API Key")
        ),
        unknown=lambda _request: error(404, "not_found", "The requested endpoint does not exist"),
        throttled=_throttled,
        quota_spent=lambda _operation: error(
            429, "daily_quota_exceeded", "You have reached your daily email sending quota."
        ),
        failure=lambda status: error(status or 500, "application_error", "An unexpected error occurred"),
        rate_headers=_rate_headers,
        telling_headers=("idempotency-key",),
    )


def _throttled(_operation: Operation, window: Window) -> Reply:
    limit = window.limit
    message = f"Too many requests. You can only make {limit.requests} requests per second."
    wait = ("retry-after", str(max(1, round(window.resets_in_seconds))))
    return error(429, "rate_limit_exceeded", message, (*_rate_headers([window]), wait))


def _rate_headers(windows: Sequence[Window]) -> Sequence[Header]:
    return [
        header
        for window in windows[:1]
        for header in (
            ("ratelimit-limit", str(window.limit.requests)),
            ("ratelimit-remaining", str(max(0, window.limit.requests - window.used))),
            ("ratelimit-reset", str(max(1, round(window.resets_in_seconds)))),
        )
    ]


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A call with an idempotency key: what was asked, and what was answered."""

    asked: bytes
    reply: Reply
    until: datetime


class _Resend:
    """The operations over all teams."""

    def __init__(self, lookup: Lookup, clock: Clock, webhooks: Webhooks) -> None:
        self._lookup = lookup
        self._clock = clock
        self._webhooks = webhooks
        self._teams: dict[str, Team] = {}
        self._remembered: dict[tuple[str, str], _Remembered] = {}

    def guarded(self, answer: Callable[[Request, Team], Reply], *, sends: bool = False) -> Callable[[Request], Reply]:
        """The operation behind what is the same for all: the User-Agent, the key's scope, one's own team."""

        def guarded(request: Request) -> Reply:
            key = request.bearer() or ""
            if not request.headers.get("user-agent", "").strip():
                return _NO_USER_AGENT
            if "sending" in key and not sends:
                return error(401, "restricted_api_key", "This API key is restricted to only send emails")
            team = self._teams.setdefault(key, Team(self._lookup, self._clock, self._webhooks))
            team.send_due()
            try:
                return self._once(request, team, answer) if sends else answer(request, team)
            except BadRequest as refused:
                return refused.reply

        return guarded

    def _once(self, request: Request, team: Team, answer: Callable[[Request, Team], Reply]) -> Reply:
        key = request.headers.get("idempotency-key")
        if key is None:
            return answer(request, team)
        if not 1 <= len(key) <= _LONGEST_KEY:
            raise BadRequest("invalid_idempotency_key", "The key must be between 1-256 chars", 400)
        asked = orjson.dumps([request.path, request.payload], option=orjson.OPT_SORT_KEYS)
        place = (request.bearer() or "", key)
        known = self._remembered.get(place)
        if known and known.until > self._clock.now():
            if known.asked != asked:
                message = "Same idempotency key used with a different request payload"
                raise BadRequest("invalid_idempotent_request", message, 409)
            return Reply(known.reply.status, known.reply.body)  # billed already
        reply = answer(request, team)
        self._remembered[place] = _Remembered(asked, reply, self._clock.now() + _IDEMPOTENT_FOR)
        return reply

    def send(self, request: Request, team: Team) -> Reply:
        """One email; billed by recipient."""
        recipients = check_email(request.payload, self._clock.now())
        return json_reply(200, {"id": team.take(request.payload).id}, billed=(("email", Decimal(recipients)),))

    def send_batch(self, request: Request, team: Team) -> Reply:
        """Up to a hundred emails, all or none."""
        emails = request.payload
        if not isinstance(emails, list) or not 1 <= len(emails) <= _MOST_IN_BATCH:
            raise BadRequest("validation_error", "The batch must contain between 1 and 100 emails")
        recipients = sum(check_email(email, self._clock.now(), in_batch=True) for email in emails)
        answer = {"data": [{"id": team.take(email).id} for email in emails]}
        return json_reply(200, answer, billed=(("email", Decimal(recipients)),))

    def emails(self, request: Request, team: Team) -> Reply:
        """The emails, the youngest first, without their bodies."""
        return _page(request, [email_json(email, full=False) for email in reversed(team.emails.values())])

    def email(self, request: Request, team: Team) -> Reply:
        """One email and what became of it."""
        email = team.emails.get(request.values["id"])
        return json_reply(200, email_json(email)) if email else _not_found("Email")

    def cancel(self, request: Request, team: Team) -> Reply:
        """Takes back an email that is scheduled."""
        email = team.emails.get(request.values["id"])
        if email is None:
            return _not_found("Email")
        if email.last_event != "scheduled":
            raise BadRequest("validation_error", "The email has already been sent")
        email.last_event = "canceled"
        return json_reply(200, {"object": "email", "id": email.id})

    def domains(self, request: Request, team: Team) -> Reply:
        """The domains that were sent from, and the two that each team has."""
        return _page(request, team.domains())

    def suppressions(self, request: Request, team: Team) -> Reply:
        """The addresses that get no more mail."""
        return _page(request, list(team.suppressed.values()))

    def suppress(self, request: Request, team: Team) -> Reply:
        """Puts an address on the list by hand."""
        payload = request.payload if isinstance(request.payload, dict) else {}
        address = payload.get("email")
        if not isinstance(address, str) or "@" not in address:
            raise BadRequest("missing_required_field", "Missing `email` field.")
        return json_reply(200, {"object": "suppression", "id": team.suppress(address, "manual")["id"]})

    def suppression(self, request: Request, team: Team) -> Reply:
        """One of them, by id or address."""
        entry = team.suppression(request.values["id"])
        return json_reply(200, entry) if entry else _not_found("Suppression")

    def unsuppress(self, request: Request, team: Team) -> Reply:
        """Takes an address off the list."""
        entry = team.suppression(request.values["id"])
        if entry is None:
            return _not_found("Suppression")
        del team.suppressed[entry["email"]]
        return json_reply(200, {"object": "suppression", "id": entry["id"], "deleted": True})

    def webhooks(self, request: Request, team: Team) -> Reply:
        """The registered endpoints."""
        return _page(request, [hook.json() for hook in team.hooks.values()])

    def create_webhook(self, request: Request, team: Team) -> Reply:
        """Registers an endpoint and tells the secret that its webhooks are signed with."""
        check_webhook(request.payload)
        hook = team.register(request.payload["endpoint"], request.payload["events"])
        return json_reply(201, {"object": "webhook", "id": hook.id, "signing_secret": hook.secret})

    def delete_webhook(self, request: Request, team: Team) -> Reply:
        """Forgets an endpoint."""
        hook = team.hooks.pop(request.values["id"], None)
        return json_reply(200, {"object": "webhook", "id": hook.id, "deleted": True}) if hook else _not_found("Webhook")


def _not_found(what: str) -> Reply:
    return error(404, "not_found", f"{what} not found")


def _page(request: Request, entries: list[dict[str, Any]]) -> Reply:
    """A list's page: `limit` (1-100) entries behind the one that `after` names."""
    given = request.one("limit") or "100"
    if not given.isdigit() or not 1 <= int(given) <= 100:
        raise BadRequest("validation_error", "The `limit` parameter must be between 1 and 100")
    after = request.one("after")
    ids = [entry["id"] for entry in entries]
    if after is not None and after not in ids:
        raise BadRequest("validation_error", "The `after` cursor is invalid")
    start = ids.index(after) + 1 if after is not None else 0
    page = entries[start : start + int(given)]
    return json_reply(200, {"object": "list", "has_more": start + len(page) < len(entries), "data": page})

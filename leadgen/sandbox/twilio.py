"""Twilio: messages and calls of an account, the API of 2010-04-01. VENDORS.md section 11.

The account's SID is the user of Basic authentication, its token the password; one of them begins with `sandbox`. Answers are
JSON where the path ends in `.json`, else XML. Messages from outside come in at `__inbound.json`, which the real Twilio has
not: a form of From, To, Body and the Url that is told of it. Sending at a later time is not played.
"""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.twilio_account import Account
from leadgen.sandbox.twilio_answers import Refused, Resource, as_json, as_xml, error
from leadgen.sandbox.twilio_pages import page
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, Window

PRICES = {"segment": Decimal(8_300), "minute": Decimal(14_000)}
_ACCOUNT = "/2010-04-01/Accounts/{account}"


def twilio(clock: Clock, webhooks: Webhooks) -> Vendor:
    """The service, with the messages and calls of each account."""
    service = _Twilio(clock, webhooks)
    answers = (
        ("send_message", "POST", "Messages", service.send_message),
        ("messages", "GET", "Messages", service.messages),
        ("message", "GET", "Messages/{sid}", service.message),
        ("call", "POST", "Calls", service.call),
        ("calls", "GET", "Calls", service.calls),
        ("placed_call", "GET", "Calls/{sid}", service.placed_call),
        ("inbound", "POST", "__inbound", service.inbound),
    )
    paid = {"send_message", "call"}
    return Vendor(
        name="twilio",
        operations=(
            # those in JSON first: `{sid}` would take its ending in
            *(
                Operation(
                    name, method, f"{_ACCOUNT}/{path}.json", service.guarded(answer, as_json), metered=name in paid
                )
                for name, method, path, answer in answers
            ),
            *(
                Operation(
                    f"{name}_xml", method, f"{_ACCOUNT}/{path}", service.guarded(answer, as_xml), metered=name in paid
                )
                for name, method, path, answer in answers
            ),
        ),
        limits=(Limit(100, 1),),
        prices=PRICES,
        key=_key,
        unauthorized=lambda _key: as_json(error(401, 20003, "Authenticate")),
        unknown=lambda request: as_json(error(404, 20404, f"The requested resource {request.path} was not found")),
        throttled=_throttled,
        quota_spent=lambda _operation: as_json(error(403, 20005, "Account not active")),
        failure=lambda status: as_json(error(status or 500, 20500, "An internal server error has occurred")),
    )


def _throttled(_operation: Operation, window: Window) -> Reply:
    seconds = str(max(1, round(window.resets_in_seconds)))
    return as_json(error(429, 20429, "Too Many Requests"), headers=(("retry-after", seconds),))


@dataclass(frozen=True, slots=True)
class _Login:
    user: str
    password: str


def _login(request: Request) -> _Login | None:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    try:
        decoded = base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        return None
    user, colon, password = decoded.partition(":")
    return _Login(user, password) if scheme.lower() == "basic" and colon else None


def _key(request: Request) -> str | None:
    login = _login(request)
    if login is None:
        return None
    return (
        login.password if login.password.startswith("sandbox") and not login.user.startswith("sandbox") else login.user
    )


class _Twilio:
    """The operations over all accounts."""

    def __init__(self, clock: Clock, webhooks: Webhooks) -> None:
        self._clock = clock
        self._webhooks = webhooks
        self._accounts: dict[str, Account] = {}

    def guarded(
        self, answer: Callable[[Request, Account], Resource], speak: Callable[[Resource], Reply]
    ) -> Callable[[Request], Reply]:
        """The operation in one's own account, in JSON or XML."""

        def guarded(request: Request) -> Reply:
            login = _login(request)
            sid = request.values["account"]
            if login is None or login.user != sid:
                return speak(error(401, 20003, "Authenticate"))
            account = self._accounts.setdefault(sid, Account(sid, self._clock, self._webhooks))
            account.auth_token = login.password
            try:
                return speak(answer(request, account))
            except Refused as refused:
                return speak(error(refused.status, refused.code, str(refused)))

        return guarded

    def send_message(self, request: Request, account: Account) -> Resource:
        """A text message; billed by segment."""
        return account.send_message(dict(request.form()))

    def messages(self, request: Request, account: Account) -> Resource:
        """The account's messages, in and out, the youngest first."""
        return page(request, "messages", [one.json() for one in reversed(account.messages.values())])

    def message(self, request: Request, account: Account) -> Resource:
        """One message as it is now."""
        return _known(account.messages.get(request.values["sid"]), "Message", request)

    def call(self, request: Request, account: Account) -> Resource:
        """A call; billed by the minute begun."""
        return account.call(request.form())

    def calls(self, request: Request, account: Account) -> Resource:
        """The account's calls, the youngest first."""
        return page(request, "calls", [one.json() for one in reversed(account.calls.values())])

    def placed_call(self, request: Request, account: Account) -> Resource:
        """One call as it is now."""
        return _known(account.calls.get(request.values["sid"]), "Call", request)

    def inbound(self, request: Request, account: Account) -> Resource:
        """Somebody sends a message to one of the account's numbers."""
        return account.receive(dict(request.form()))


def _known(found: Any, kind: str, request: Request) -> Resource:
    if found is None:
        raise Refused(20404, f"The requested resource {request.path} was not found", 404)
    return Resource(200, kind, found.json())

"""Stripe: billing, as far as subscriptions go. VENDORS.md section 12.

Keys are `sk_test_sandbox...`; each is an account of its own. One that contains `unpaid` leaves a subscription unpaid when its
card has failed for good, others cancel it. Time passes by the sandbox's clock: each request first lets everything happen that
has become due. A checkout is completed, as a person would, at `/v1/checkout/sessions/{id}/__complete`, which the real Stripe
has not.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from leadgen.sandbox import stripe_cards as cards
from leadgen.sandbox import stripe_catalog as catalog
from leadgen.sandbox import stripe_changes as changes
from leadgen.sandbox import stripe_checkout as checkout
from leadgen.sandbox import stripe_collecting as collecting
from leadgen.sandbox import stripe_customers as customers
from leadgen.sandbox import stripe_endpoints as endpoints
from leadgen.sandbox import stripe_meters as meters
from leadgen.sandbox import stripe_subscriptions as subscriptions
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.stripe_account import API_VERSION, Account, Asked
from leadgen.sandbox.stripe_answers import Refused, Thing, error_reply
from leadgen.sandbox.stripe_asking import Ask
from leadgen.sandbox.stripe_expanding import expanded
from leadgen.sandbox.stripe_form import decode, several, text
from leadgen.sandbox.stripe_periods import live_until
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, Window, json_reply

_IDEMPOTENT_FOR = timedelta(hours=24)
_LONGEST_KEY = 255

Answer = Callable[[Ask], Thing]


def _read(kind: str) -> Answer:
    """One object by its id."""

    def answer(ask: Ask) -> Thing:
        ask.read({})
        return ask.named(kind)

    return answer


_OPERATIONS: tuple[tuple[str, str, str, Answer], ...] = (
    ("create_product", "POST", "/products", catalog.create_product),
    ("products", "GET", "/products", catalog.products),
    ("product", "GET", "/products/{id}", _read("product")),
    ("update_product", "POST", "/products/{id}", catalog.update_product),
    ("create_price", "POST", "/prices", catalog.create_price),
    ("prices", "GET", "/prices", catalog.prices),
    ("price", "GET", "/prices/{id}", _read("price")),
    ("update_price", "POST", "/prices/{id}", catalog.update_price),
    ("create_meter", "POST", "/billing/meters", meters.create_meter),
    ("meters", "GET", "/billing/meters", meters.meters),
    ("meter", "GET", "/billing/meters/{id}", _read("billing.meter")),
    ("deactivate_meter", "POST", "/billing/meters/{id}/deactivate", meters.deactivate_meter),
    ("event_summaries", "GET", "/billing/meters/{id}/event_summaries", meters.event_summaries),
    ("create_meter_event", "POST", "/billing/meter_events", meters.create_meter_event),
    ("create_adjustment", "POST", "/billing/meter_event_adjustments", meters.create_adjustment),
    ("create_customer", "POST", "/customers", customers.create_customer),
    ("customers", "GET", "/customers", customers.customers),
    ("customer", "GET", "/customers/{id}", customers.customer),
    ("update_customer", "POST", "/customers/{id}", customers.update_customer),
    ("delete_customer", "DELETE", "/customers/{id}", customers.delete_customer),
    ("customers_cards", "GET", "/customers/{id}/payment_methods", cards.cards),
    ("create_card", "POST", "/payment_methods", cards.create_card),
    ("cards", "GET", "/payment_methods", cards.cards),
    ("card", "GET", "/payment_methods/{id}", _read("payment_method")),
    ("attach_card", "POST", "/payment_methods/{id}/attach", cards.attach),
    ("detach_card", "POST", "/payment_methods/{id}/detach", cards.detach),
    ("create_portal_session", "POST", "/billing_portal/sessions", customers.create_portal_session),
    ("create_session", "POST", "/checkout/sessions", checkout.create_session),
    ("sessions", "GET", "/checkout/sessions", checkout.sessions),
    ("session", "GET", "/checkout/sessions/{id}", _read("checkout.session")),
    ("session_lines", "GET", "/checkout/sessions/{id}/line_items", checkout.line_items),
    ("expire_session", "POST", "/checkout/sessions/{id}/expire", checkout.expire),
    ("complete_session", "POST", "/checkout/sessions/{id}/__complete", checkout.complete),
    ("create_subscription", "POST", "/subscriptions", subscriptions.create_subscription),
    ("subscriptions", "GET", "/subscriptions", subscriptions.subscriptions),
    ("subscription", "GET", "/subscriptions/{id}", _read("subscription")),
    ("update_subscription", "POST", "/subscriptions/{id}", changes.update_subscription),
    ("cancel_subscription", "DELETE", "/subscriptions/{id}", changes.cancel),
    ("invoices", "GET", "/invoices", collecting.invoices),
    ("invoice", "GET", "/invoices/{id}", _read("invoice")),
    ("pay_invoice", "POST", "/invoices/{id}/pay", collecting.pay),
    ("finalize_invoice", "POST", "/invoices/{id}/finalize", collecting.finalize_invoice),
    ("void_invoice", "POST", "/invoices/{id}/void", collecting.void),
    ("invoice_items", "GET", "/invoiceitems", collecting.invoice_items),
    ("events", "GET", "/events", endpoints.events),
    ("event", "GET", "/events/{id}", _read("event")),
    ("create_endpoint", "POST", "/webhook_endpoints", endpoints.create_endpoint),
    ("endpoints", "GET", "/webhook_endpoints", endpoints.endpoints),
    ("endpoint", "GET", "/webhook_endpoints/{id}", _read("webhook_endpoint")),
    ("update_endpoint", "POST", "/webhook_endpoints/{id}", endpoints.update_endpoint),
    ("delete_endpoint", "DELETE", "/webhook_endpoints/{id}", endpoints.delete_endpoint),
)


def stripe(clock: Clock, webhooks: Webhooks) -> Vendor:
    """The service, with all accounts. It bills its customers' customers and us nothing."""
    service = _Stripe(clock, webhooks)
    return Vendor(
        name="stripe",
        operations=tuple(
            Operation(name, method, f"/v1{path}", service.answering(answer), metered=False)
            for name, method, path, answer in _OPERATIONS
        ),
        limits=(Limit(25, 1),),
        prices={},
        key=_key,
        unauthorized=_unauthorized,
        unknown=_unknown,
        throttled=_throttled,
        quota_spent=lambda _operation: error_reply(429, {"type": "invalid_request_error"}),
        failure=_failure,
    )


def _key(request: Request) -> str | None:
    key = request.bearer()
    return key.removeprefix("sk_test_").removeprefix("rk_test_") if key else None


def _unauthorized(key: str | None) -> Reply:
    message = (
        f"Invalid API Key provided: {key[:4]}{'*' * 8}{key[-4:]}"
        if key
        else "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth."
    )
    return error_reply(401, {"type": "invalid_request_error", "message": message})


def _unknown(request: Request) -> Reply:
    message = f"Unrecognized request URL ({request.method}: {request.path})."
    return error_reply(404, {"type": "invalid_request_error", "message": message})


def _throttled(_operation: Operation, window: Window) -> Reply:
    reason = "global-rate" if window.limit.operation is None else "endpoint-rate"
    message = "Request rate limit exceeded. Learn more about rate limits: https://stripe.com/docs/rate-limits"
    error = {"type": "invalid_request_error", "code": "rate_limit", "message": message}
    return error_reply(429, error, (("stripe-rate-limited-reason", reason),))


def _failure(status: int | None) -> Reply:
    return error_reply(status or 500, {"type": "api_error", "message": "An unknown error occurred"})


@dataclass(frozen=True, slots=True)
class _Remembered:
    """A request with an idempotency key: what was asked, and what was answered."""

    asked: tuple[str, bytes]
    request_id: str
    reply: Reply
    until: datetime


class _Stripe:
    """The operations over all accounts."""

    def __init__(self, clock: Clock, webhooks: Webhooks) -> None:
        self._clock = clock
        self._webhooks = webhooks
        self._accounts: dict[str, Account] = {}
        self._remembered: dict[tuple[str, str], _Remembered] = {}

    def answering(self, answer: Answer) -> Callable[[Request], Reply]:
        """The operation in one's own account, at its time, once for each idempotency key."""

        def answering(request: Request) -> Reply:
            key = _key(request) or ""
            account = self._accounts.setdefault(key, Account(self._webhooks, leaves_unpaid="unpaid" in key))
            id_ = f"req_{uuid4().hex[:14]}"
            account.asked = Asked()
            live_until(account, int(self._clock.now().timestamp()))
            try:
                reply = self._once(request, key, id_, account, answer)
            except Refused as refused:
                reply = refused.reply()
            headers = (("request-id", id_), ("stripe-version", request.headers.get("stripe-version", API_VERSION)))
            return Reply(reply.status, reply.body, (*headers, *reply.headers))

        return answering

    def _once(self, request: Request, account_key: str, id_: str, account: Account, answer: Answer) -> Reply:
        """What fails before it begins is not remembered; a declined card is."""
        key = request.headers.get("idempotency-key") if request.method == "POST" else None
        if key is None:
            return _answer(request, account, Asked(id_), answer)
        if not 0 < len(key) <= _LONGEST_KEY:
            message = "Idempotency keys can be up to 255 characters long."
            raise Refused(message, kind="idempotency_error")
        asked = (request.path, request.body)
        known = self._remembered.get((account_key, key))
        if known and known.until > self._clock.now():
            if known.asked != asked:
                message = (
                    "Keys for idempotent requests can only be used with the same parameters they were first used with. "
                    f"Try using a key other than '{key}' if you meant to execute a different request."
                )
                raise Refused(message, kind="idempotency_error")
            again = (("idempotent-replayed", "true"), ("original-request", known.request_id))
            return Reply(known.reply.status, known.reply.body, (("idempotency-key", key), *again))
        reply = _answer(request, account, Asked(id_, key), answer)
        self._remembered[account_key, key] = _Remembered(asked, id_, reply, self._clock.now() + _IDEMPOTENT_FOR)
        return Reply(reply.status, reply.body, (("idempotency-key", key),))


def _answer(request: Request, account: Account, asked: Asked, answer: Answer) -> Reply:
    given = decode(request.query if request.method != "POST" else request.form())
    paths = several(text)(given.pop("expand"), "expand") if "expand" in given else []
    account.asked = asked
    try:
        thing = answer(Ask(account, request.path, request.values, given))
    except Refused as refused:
        if refused.status != 402:
            raise
        return refused.reply()
    return json_reply(200, expanded(account, thing, paths) if paths else thing)

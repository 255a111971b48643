"""A subscription from its checkout to its end, by Stripe's official SDK and real signed webhooks. VENDORS.md section 12."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import count
from typing import Any

import httpx
import pytest
import stripe
from sandbox_server import Sandbox, serving
from stripe_wire import DAY, HOUR, StripeContract, sdk
from webhook_receiver import Receiver, receiving

from leadgen.providers.stripe_api import StripeEvent, read_event
from leadgen.sandbox.made import make_world

_KEYS = count(1)


@pytest.fixture(scope="module")
def own_url() -> Iterator[str]:
    """A sandbox of its own: here months pass."""
    with serving(make_world(seed=1, prospects=3)) as url:
        yield url


@pytest.fixture(scope="module")
def contract() -> StripeContract:
    return StripeContract()


class Shop:
    """One account at Stripe: what it sells, what it is told, and time that passes."""

    def __init__(self, sandbox: Sandbox, receiver: Receiver, contract: StripeContract) -> None:
        self.sandbox = sandbox
        self.receiver = receiver
        self.contract = contract
        self.stripe = sdk(sandbox.url, sandbox.key, contract)
        v1 = self.stripe.v1
        endpoint = v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["*"]})
        self.secret = endpoint.secret
        self.product = v1.products.create({"name": "LeadGen"}).id
        self.starter, self.growth = self.price(4_900), self.price(19_900)
        self.meter = v1.billing.meters.create(
            {"display_name": "Leads", "event_name": "leads", "default_aggregation": {"formula": "sum"}}
        ).id
        self.overage = v1.prices.create(
            {
                "currency": "usd",
                "product": self.product,
                "recurring": {"interval": "month", "usage_type": "metered", "meter": self.meter},
                "billing_scheme": "tiered",
                "tiers_mode": "graduated",
                "tiers": [{"up_to": 1_000, "unit_amount": 0}, {"up_to": "inf", "unit_amount_decimal": "2.5"}],
            }
        ).id
        self.customer = v1.customers.create({"name": "Acme", "metadata": {"organization": "7"}}).id

    def price(self, amount: int, interval: Any = "month") -> str:
        price = {"currency": "usd", "product": self.product, "unit_amount": amount, "recurring": {"interval": interval}}
        id_: str = self.stripe.v1.prices.create(price).id
        return id_

    def card(self, token: str = "pm_card_visa") -> str:
        """Gives the customer a card, which pays from now on."""
        card: str = self.stripe.v1.payment_methods.attach(token, {"customer": self.customer}).id
        self.stripe.v1.customers.update(self.customer, {"invoice_settings": {"default_payment_method": card}})
        return card

    def subscribe(self, *prices: str, **options: Any) -> Any:
        order = {"customer": self.customer, "items": [{"price": price} for price in prices], **options}
        return self.stripe.v1.subscriptions.create(order)

    def subscription(self, id_: str) -> Any:
        return self.stripe.v1.subscriptions.retrieve(id_)

    def invoices(self) -> list[Any]:
        """The eldest first."""
        return list(reversed(self.stripe.v1.invoices.list({"customer": self.customer, "limit": 100}).data))

    def use(self, leads: int, identifier: str, at: int | None = None) -> None:
        payload = {"stripe_customer_id": self.customer, "value": str(leads)}
        event = {"event_name": "leads", "payload": payload, "identifier": identifier, "timestamp": at or self.now()}
        self.stripe.v1.billing.meter_events.create(event)

    def now(self) -> int:
        return int(datetime.fromisoformat(self.sandbox.admin("GET", "/clock")["now"]).timestamp())

    def pass_to(self, moment: int) -> None:
        """Lets the time pass until just after a moment, and the account live through it."""
        self.sandbox.admin("POST", "/clock", json={"seconds": max(0, moment - self.now()) + 1})
        self.stripe.v1.products.list({"limit": 1})

    def told(self) -> list[StripeEvent]:
        """Every webhook that came, its signature checked and its event held against the contract."""
        self.sandbox.admin("GET", "/webhooks/settled")
        for one in self.receiver.received:
            self.contract.check_event(json.loads(one.body))
        return [read_event(one.body, one.headers["stripe-signature"], self.secret) for one in self.receiver.received]

    def kinds(self) -> Counter[str]:
        """How often each kind of event came, apart from what the shop was made with."""
        made = {
            "product.created",
            "price.created",
            "billing.meter.created",
            "customer.created",
            "payment_method.attached",
        }
        return Counter(event.kind for event in self.told() if event.kind not in made | {"customer.updated"})


@pytest.fixture
def shop(own_url: str, contract: StripeContract) -> Iterator[Shop]:
    yield from _shop(own_url, contract, "")


@pytest.fixture
def patient_shop(own_url: str, contract: StripeContract) -> Iterator[Shop]:
    """One whose account leaves unpaid subscriptions unpaid."""
    yield from _shop(own_url, contract, "-unpaid")


def _shop(url: str, contract: StripeContract, suffix: str) -> Iterator[Shop]:
    with httpx.Client(base_url=url, trust_env=False, timeout=30) as http, receiving() as receiver:
        sandbox = Sandbox(url, make_world(seed=1, prospects=1), f"sandbox-{next(_KEYS)}{suffix}", http)
        sandbox.admin("PUT", "/limits", json={"stripe": {"rates": []}})
        sandbox.admin("PUT", "/webhooks", json={})
        yield Shop(sandbox, receiver, contract)


def period(subscription: Any) -> tuple[int, int]:
    """The period, which stands in the items."""
    item = subscription["items"]["data"][0]
    return item["current_period_start"], item["current_period_end"]


def test_a_whole_life(shop: Shop) -> None:
    v1 = shop.stripe.v1
    session = v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": shop.customer,
            "client_reference_id": "7",
            "line_items": [{"price": shop.starter, "quantity": 1}, {"price": shop.overage}],
            "subscription_data": {"trial_period_days": 14, "metadata": {"organization": "7"}},
            "success_url": "https://leadgen.example/done?session={CHECKOUT_SESSION_ID}",
            "cancel_url": "https://leadgen.example/plans",
        }
    )
    assert (session.status, session.amount_total) == ("open", 0)
    assert session.url
    shop.stripe.raw_request("post", f"/v1/checkout/sessions/{session.id}/__complete")
    session = v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription", "line_items"]})
    subscription = session.subscription
    assert isinstance(subscription, stripe.Subscription)
    assert (session.status, session.payment_status, subscription.status) == (
        "complete",
        "no_payment_required",
        "trialing",
    )
    assert subscription.metadata["organization"] == "7"

    assert subscription.trial_end
    shop.pass_to(subscription.trial_end - 3 * DAY)
    assert shop.kinds()["customer.subscription.trial_will_end"] == 1
    shop.pass_to(subscription.trial_end)
    assert shop.subscription(subscription.id).status == "active"
    shop.pass_to(subscription.trial_end + HOUR)
    assert [(invoice.billing_reason, invoice.amount_paid, invoice.status) for invoice in shop.invoices()] == [
        ("subscription_create", 0, "paid"),
        ("subscription_cycle", 4_900, "paid"),
    ]

    start, end = period(shop.subscription(subscription.id))
    shop.pass_to((start + end) // 2)
    item = subscription["items"]["data"][0]["id"]
    v1.subscriptions.update(subscription.id, {"items": [{"id": item, "price": shop.growth}]})
    shop.use(1_400, "leads/7/1")
    shop.pass_to(end)
    shop.use(100, "leads/7/2")  # told while the invoice is a draft, of the next period
    shop.pass_to(end + HOUR)
    invoice = shop.invoices()[-1]
    prorations = [line for line in invoice.lines.data if line.parent.subscription_item_details.proration]
    assert sum(line.amount for line in prorations) == pytest.approx((19_900 - 4_900) / 2, abs=2)
    assert [line.amount for line in invoice.lines.data if line not in prorations] == [19_900, 0, 1_000]
    assert invoice.parent
    assert invoice.parent.subscription_details
    assert invoice.parent.subscription_details.subscription == subscription.id

    start, end = period(shop.subscription(subscription.id))
    v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    shop.pass_to(end)
    ended = shop.subscription(subscription.id)
    assert (ended.status, ended.ended_at) == ("canceled", end)
    assert ended.cancellation_details
    assert ended.cancellation_details.reason == "cancellation_requested"
    assert shop.kinds() == {
        "checkout.session.completed": 1,
        "customer.subscription.created": 1,
        "customer.subscription.trial_will_end": 1,
        "customer.subscription.updated": 7,
        "customer.subscription.deleted": 1,
        "invoice.created": 3,
        "invoice.finalized": 3,
        "invoice.paid": 3,
        "invoice.payment_succeeded": 3,
        "invoiceitem.created": 2,
    }


def test_webhooks_that_come_twice_and_in_any_order_are_still_signed_and_known_by_their_ids(shop: Shop) -> None:
    shop.card()
    shop.sandbox.admin("GET", "/webhooks/settled")
    shop.receiver.received.clear()
    shop.sandbox.admin("PUT", "/webhooks", json={"copies": 2, "shuffled": True, "held": True, "seed": 3})
    subscription = shop.subscribe(shop.starter)
    shop.stripe.v1.subscriptions.cancel(subscription.id)
    shop.sandbox.admin("PUT", "/webhooks", json={"copies": 2, "shuffled": True, "seed": 3})
    events = shop.told()
    ids = Counter(event.event_id for event in events)

    assert set(ids.values()) == {2}
    assert ids.keys() == {event.id for event in shop.stripe.v1.events.list({"limit": len(ids)}).data}
    in_order = [event.id for event in reversed(shop.stripe.v1.events.list({"limit": len(ids)}).data)]
    assert list(dict.fromkeys(event.event_id for event in events)) != in_order
    assert shop.subscription(subscription.id).status == "canceled"


def test_a_card_that_fails_at_a_renewal_is_tried_again_and_a_new_one_recovers(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter)
    shop.card("pm_card_chargeCustomerFail")
    _, end = period(subscription)
    shop.pass_to(end + HOUR)
    invoice = shop.invoices()[-1]
    assert (shop.subscription(subscription.id).status, invoice.status, invoice.attempt_count) == ("past_due", "open", 1)
    assert invoice.next_payment_attempt == end + HOUR + 3 * DAY
    with pytest.raises(stripe.CardError) as declined:
        shop.stripe.v1.invoices.pay(invoice.id)
    assert (declined.value.code, declined.value.http_status) == ("card_declined", 402)

    shop.card()
    shop.pass_to(invoice.next_payment_attempt)
    invoice = shop.invoices()[-1]
    assert (shop.subscription(subscription.id).status, invoice.status, invoice.attempt_count) == ("active", "paid", 2)
    assert shop.kinds()["invoice.payment_failed"] == 2


def test_a_person_who_pays_by_hand_is_active_at_once(shop: Shop) -> None:
    shop.card("pm_card_chargeCustomerFail")
    subscription = shop.subscribe(shop.starter)
    assert subscription.status == "incomplete"
    assert isinstance(subscription.latest_invoice, str)
    good = shop.stripe.v1.payment_methods.attach("pm_card_mastercard", {"customer": shop.customer}).id
    paid = shop.stripe.v1.invoices.pay(subscription.latest_invoice, {"payment_method": good})

    assert (paid.status, shop.subscription(subscription.id).status) == ("paid", "active")


@pytest.mark.parametrize("account", ["shop", "patient_shop"])
def test_a_card_that_fails_for_good_ends_the_subscription_or_leaves_it_unpaid(
    account: str, request: pytest.FixtureRequest
) -> None:
    shop: Shop = request.getfixturevalue(account)
    shop.card()
    subscription = shop.subscribe(shop.starter)
    shop.card("pm_card_chargeCustomerFail")
    _, end = period(subscription)
    shop.pass_to(end + HOUR + 16 * DAY)
    invoice, after = shop.invoices()[-1], shop.subscription(subscription.id)
    assert (invoice.status, invoice.attempt_count, invoice.next_payment_attempt) == ("open", 4, None)
    if account == "shop":
        assert after.status == "canceled"
        assert after.cancellation_details
        assert after.cancellation_details.reason == "payment_failed"
        return
    assert after.status == "unpaid"
    shop.pass_to(period(after)[1] + 2 * HOUR)
    draft = shop.invoices()[-1]
    assert (draft.status, draft.auto_advance) == ("draft", False)
    shop.card()
    shop.stripe.v1.invoices.pay(draft.id)
    assert shop.subscription(subscription.id).status == "active"


def test_a_first_payment_that_never_comes_expires_after_23_hours(shop: Shop) -> None:
    subscription = shop.subscribe(shop.starter, payment_behavior="default_incomplete")
    shop.pass_to(subscription.created + 23 * HOUR)

    assert shop.subscription(subscription.id).status == "incomplete_expired"
    assert [invoice.status for invoice in shop.invoices()] == ["void"]


@pytest.mark.parametrize(
    ("behavior", "waiting", "billed"), [("create_prorations", 2, 0), ("always_invoice", 0, 2), ("none", 0, 0)]
)
def test_an_upgrade_is_prorated_as_it_is_asked_for(shop: Shop, behavior: Any, waiting: int, billed: int) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter)
    item = subscription["items"]["data"][0]["id"]
    changed = shop.stripe.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item, "price": shop.growth}], "proration_behavior": behavior}
    )
    items = shop.stripe.v1.invoice_items.list({"customer": shop.customer, "pending": True}).data
    last = shop.invoices()[-1]

    assert changed["items"]["data"][0]["price"]["id"] == shop.growth
    assert period(changed) == period(subscription)
    assert len(items) == waiting
    assert len(last.lines.data) == (billed or 1)
    assert last.amount_paid == (15_000 if billed else 4_900)
    previous = next(
        e.previous for e in shop.told() if e.kind == "customer.subscription.updated" and "items" in e.previous
    )
    assert previous["items"]["data"][0]["price"]["id"] == shop.starter


def test_a_downgrade_gives_credit_that_pays_the_next_invoice(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.growth)
    item = subscription["items"]["data"][0]["id"]
    shop.stripe.v1.subscriptions.update(
        subscription.id, {"items": [{"id": item, "price": shop.starter}], "proration_behavior": "always_invoice"}
    )
    assert shop.stripe.v1.customers.retrieve(shop.customer).balance == -15_000
    shop.pass_to(period(subscription)[1] + HOUR)
    invoice = shop.invoices()[-1]

    assert (invoice.total, invoice.amount_due, invoice.ending_balance, invoice.status) == (4_900, 0, -10_100, "paid")


def test_another_interval_begins_a_new_period_at_once(shop: Shop) -> None:
    shop.card()
    yearly = shop.price(190_000, "year")
    subscription = shop.subscribe(shop.growth)
    shop.pass_to(subscription.created + 10 * DAY)
    item = subscription["items"]["data"][0]["id"]
    changed = shop.stripe.v1.subscriptions.update(subscription.id, {"items": [{"id": item, "price": yearly}]})
    start, end = period(changed)
    credit, whole = sorted(line.amount for line in shop.invoices()[-1].lines.data)

    assert start >= subscription.created + 10 * DAY
    assert end - start in {365 * DAY, 366 * DAY}
    assert -19_900 < credit < -12_000
    assert whole == 190_000


def test_usage_that_is_told_within_the_hour_after_a_period_is_still_billed_with_it(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter, shop.overage)
    _, end = period(subscription)
    shop.use(1_200, "leads/7/1")
    shop.pass_to(end)
    draft = shop.invoices()[-1]
    shop.use(200, "leads/7/2", at=end - 60)
    shop.use(900, "leads/7/3", at=end + 1)
    shop.pass_to(end + HOUR)
    shop.use(10_000, "leads/7/4", at=end - 60)  # too late
    invoice = shop.invoices()[-1]

    assert (draft.status, draft.total, draft.automatically_finalizes_at) == ("draft", 5_400, end + HOUR)
    assert (invoice.id, invoice.status, invoice.amount_paid) == (draft.id, "paid", 5_900)


def test_usage_is_billed_when_the_interval_changes(shop: Shop) -> None:
    shop.card()
    yearly = shop.price(190_000, "year")
    subscription = shop.subscribe(shop.growth, shop.overage)
    shop.use(3_000, "leads/7/1")
    shop.pass_to(subscription.created + 10 * DAY)
    licensed, usage = (item["id"] for item in subscription["items"]["data"])
    items = [{"id": licensed, "price": yearly}, {"id": usage, "deleted": True}]
    shop.stripe.v1.subscriptions.update(subscription.id, {"items": items})

    assert 5_000 in [line.amount for line in shop.invoices()[-1].lines.data]


def test_a_change_that_is_refused_changes_nothing(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter)
    item = subscription["items"]["data"][0]["id"]
    yearly = shop.price(190_000, "year")
    before = shop.subscription(subscription.id)
    for items in (
        [{"id": "si_x", "price": shop.growth}],
        [{"id": item, "deleted": True}],
        [{"price": shop.starter}],
        [{"price": yearly}],
        [{"id": item, "price": shop.overage, "quantity": 2}],
        [{"id": item, "price": "price_x"}],
    ):
        with pytest.raises(stripe.InvalidRequestError):
            shop.stripe.v1.subscriptions.update(subscription.id, {"metadata": {"plan": "x"}, "items": items})
    shop.card("pm_card_chargeCustomerFail")
    change = {"items": [{"id": item, "price": shop.growth}], "proration_behavior": "always_invoice"}
    with pytest.raises(stripe.CardError):
        shop.stripe.v1.subscriptions.update(subscription.id, {**change, "payment_behavior": "error_if_incomplete"})

    assert shop.subscription(subscription.id) == before
    assert len(shop.invoices()) == 1
    assert shop.kinds()["customer.subscription.updated"] == 2  # its invoice, its payment


def test_what_is_canceled_at_once_is_gone_and_its_usage_billed_where_that_is_asked_for(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter, shop.overage)
    shop.use(2_000, "leads/7/3")
    shop.pass_to(subscription.created + DAY)
    canceled = shop.stripe.v1.subscriptions.cancel(subscription.id, {"invoice_now": True})
    with pytest.raises(stripe.InvalidRequestError) as gone:
        shop.stripe.v1.subscriptions.cancel(subscription.id)

    assert (canceled.status, gone.value.code, gone.value.http_status) == ("canceled", "resource_missing", 404)
    assert shop.invoices()[-1].amount_paid == 2_500
    assert shop.stripe.v1.subscriptions.list({"customer": shop.customer}).data == []
    assert len(shop.stripe.v1.subscriptions.list({"customer": shop.customer, "status": "all"}).data) == 1


def test_an_end_that_was_planned_can_be_taken_back(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter)
    planned = shop.stripe.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": True})
    kept = shop.stripe.v1.subscriptions.update(subscription.id, {"cancel_at_period_end": False})
    shop.pass_to(period(subscription)[1] + HOUR)

    assert (planned.cancel_at, kept.cancel_at, kept.canceled_at) == (period(subscription)[1], None, None)
    assert shop.subscription(subscription.id).status == "active"


def test_a_trial_without_a_card_ends_as_it_was_agreed(shop: Shop) -> None:
    canceling = {"end_behavior": {"missing_payment_method": "cancel"}}
    one = shop.subscribe(shop.starter, trial_period_days=2, trial_settings=canceling)
    two = shop.subscribe(shop.starter, trial_period_days=2)
    assert one.trial_end
    shop.pass_to(one.trial_end + HOUR + 1)

    assert [shop.subscription(id_).status for id_ in (one.id, two.id)] == ["canceled", "past_due"]


def test_a_trial_can_be_ended_now(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter, trial_period_days=14)
    ended = shop.stripe.v1.subscriptions.update(subscription.id, {"trial_end": "now"})

    assert (subscription.status, ended.status) == ("trialing", "active")
    assert shop.invoices()[-1].amount_paid == 4_900


def test_years_pass_on_the_same_day_of_the_month_each_period_billed_once(shop: Shop) -> None:
    shop.card()
    subscription = shop.subscribe(shop.starter)
    shop.pass_to(subscription.created + 370 * DAY)
    invoices = shop.invoices()
    starts = [line.period.start for invoice in invoices for line in invoice.lines.data]

    assert len(starts) == len(set(starts)) == 13
    assert {invoice.status for invoice in invoices} == {"paid"}

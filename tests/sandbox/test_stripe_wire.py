"""Stripe in the sandbox: VENDORS.md section 12 on the wire, by the official SDK and by hand."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
import stripe
from sandbox_server import Sandbox
from stripe_wire import DAY, HOUR, StripeContract, ask, metered, now, refused, sdk, sold
from webhook_receiver import Receiver, receiving

from leadgen.providers.stripe_api import read_event, stripe_client
from leadgen.settings import Settings


@pytest.fixture(scope="module")
def contract() -> StripeContract:
    return StripeContract()


@pytest.fixture(autouse=True)
def _unlimited(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"stripe": {"rates": []}})


@pytest.fixture
def client(sandbox: Sandbox, contract: StripeContract) -> Any:
    return sdk(sandbox.url, sandbox.key, contract)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


# Forms and lists


@pytest.mark.parametrize(
    ("path", "form", "code", "param"),
    [
        ("/products", {}, "parameter_missing", "name"),
        ("/products", {"name": ""}, "parameter_invalid_empty", "name"),
        ("/products", {"name": "x", "colour": "red"}, "parameter_unknown", "colour"),
        ("/products", {"name": "x", "active": "yes"}, None, "active"),
        ("/products", {"name": "x", "url": "nowhere"}, "url_invalid", "url"),
        ("/products", {"name": "x", "metadata[k]": "x" * 501}, "parameter_too_long", "metadata[k]"),
        ("/prices", {"currency": "usd", "unit_amount": "1"}, "parameter_missing", "product"),
        ("/prices", {"currency": "usd", "unit_amount": "1", "product": "prod_x"}, "resource_missing", "product"),
        ("/prices", {"currency": "usd", "product_data[name]": "x"}, "parameter_missing", "unit_amount"),
        (
            "/prices",
            {"currency": "usd", "product_data[name]": "x", "unit_amount": "1.5"},
            "parameter_invalid_integer",
            "unit_amount",
        ),
        (
            "/prices",
            {
                "currency": "usd",
                "product_data[name]": "x",
                "unit_amount": "1",
                "recurring[interval]": "month",
                "recurring[usage_type]": "metered",
            },
            "parameter_missing",
            "recurring[meter]",
        ),
        (
            "/prices",
            {"currency": "usd", "product_data[name]": "x", "recurring[interval]": "hour"},
            None,
            "recurring[interval]",
        ),
        ("/customers", {"address[planet]": "Mars"}, "parameter_unknown", "address[planet]"),
        ("/customers", {"payment_method": "pm_card_nothing"}, "resource_missing", "payment_method"),
        (
            "/checkout/sessions",
            {"mode": "subscription", "success_url": "https://x.example"},
            "parameter_missing",
            "line_items",
        ),
        ("/subscriptions", {"customer": "cus_x", "items[0][price]": "price_x"}, "resource_missing", "customer"),
        ("/billing/meters", {"display_name": "x", "event_name": "x"}, "parameter_missing", "default_aggregation"),
        ("/billing_portal/sessions", {}, "parameter_missing", "customer"),
        ("/webhook_endpoints", {"url": "https://x.example"}, "parameter_missing", "enabled_events"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(
    sandbox: Sandbox, contract: StripeContract, path: str, form: dict[str, str], code: str | None, param: str
) -> None:
    assert refused(contract, ask(sandbox, "POST", path, form)) == (400, code, param)


def test_lists_come_in_pages_the_youngest_first(sandbox: Sandbox, client: Any, contract: StripeContract) -> None:
    made = [client.v1.customers.create({"name": str(number)}).id for number in range(5)]
    first = client.v1.customers.list({"limit": 2})
    back = client.v1.customers.list({"limit": 2, "ending_before": made[1]})

    assert ([one.id for one in first.data], first.has_more) == (made[:2:-1], True)
    assert [one.id for one in first.auto_paging_iter()] == made[::-1]
    assert ([one.id for one in back.data], back.has_more) == ([made[3], made[2]], True)
    for query in ("limit=0", "limit=101", "limit=x"):
        assert refused(contract, ask(sandbox, "GET", f"/customers?{query}"))[2] == "limit"
    assert refused(contract, ask(sandbox, "GET", "/customers?starting_after=cus_x"))[1] == "resource_missing"


def test_lists_are_filtered(client: Any) -> None:
    one, two = sold(client), sold(client)
    client.v1.prices.update(one, {"active": False, "lookup_key": "starter"})
    customer = client.v1.customers.create({"email": "a@b.example"}).id

    assert [price.id for price in client.v1.prices.list({"active": True}).data] == [two]
    assert [price.id for price in client.v1.prices.list({"lookup_keys": ["starter"]}).data] == [one]
    assert [found.id for found in client.v1.customers.list({"email": "a@b.example"}).data] == [customer]
    assert client.v1.customers.list({"created": {"lt": 1}}).data == []
    with pytest.raises(stripe.InvalidRequestError, match="already uses that lookup key"):
        client.v1.prices.update(two, {"lookup_key": "starter"})


def test_what_is_asked_for_is_expanded(client: Any) -> None:
    price = sold(client)
    customer = client.v1.customers.create({"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError, match="no attached payment source") as none:
        client.v1.subscriptions.create({"customer": customer.id, "items": [{"price": price}]})
    card = client.v1.customers.payment_methods.list(customer.id).data[0].id
    subscription = client.v1.subscriptions.create(
        {
            "customer": customer.id,
            "items": [{"price": price}],
            "default_payment_method": card,
            "expand": ["latest_invoice", "customer", "items.data.price.product"],
        }
    )
    with pytest.raises(stripe.InvalidRequestError, match="cannot be expanded"):
        client.v1.subscriptions.retrieve(subscription.id, {"expand": ["status"]})

    assert none.value.code == "resource_missing"
    assert isinstance(subscription.latest_invoice, stripe.Invoice)
    assert isinstance(subscription.customer, stripe.Customer)
    assert subscription["items"]["data"][0]["price"]["product"]["name"] == "LeadGen"
    assert subscription.latest_invoice.status == "paid"
    assert subscription.status == "active"


def test_metadata_is_merged_and_taken_away(client: Any) -> None:
    customer = client.v1.customers.create({"metadata": {"organization": "7", "plan": "starter"}}).id
    merged = client.v1.customers.update(customer, {"metadata": {"plan": "", "seats": "3"}})

    assert merged.metadata is not None
    assert merged.metadata.to_dict() == {"organization": "7", "seats": "3"}
    assert client.v1.customers.update(customer, {"metadata": ""}).metadata.to_dict() == {}


# Keys, limits, faults, idempotency


def test_keys_are_refused_and_accounts_are_apart(sandbox: Sandbox, contract: StripeContract) -> None:
    product = ask(sandbox, "POST", "/products", {"name": "x"}).json()["id"]
    none = sandbox.http.get("/stripe/v1/products")
    real = sandbox.http.get("/stripe/v1/products", headers={"authorization": "Bearer sk_live_abcdef"})
    other = {"authorization": f"Bearer sk_test_{sandbox.key}-other"}

    assert [reply.status_code for reply in (none, real)] == [401, 401]
    assert "abc" not in real.json()["error"]["message"]
    assert refused(contract, ask(sandbox, "GET", "/products/prod_x"))[:2] == (404, "resource_missing")
    assert sandbox.http.get(f"/stripe/v1/products/{product}", headers=other).status_code == 404
    assert ask(sandbox, "GET", "/nothing").json()["error"]["type"] == "invalid_request_error"


def test_over_the_rate_it_is_throttled_and_says_why(sandbox: Sandbox, contract: StripeContract) -> None:
    sandbox.admin("PUT", "/limits", json={"stripe": {"rates": [{"requests": 1, "seconds": 60}]}})
    ask(sandbox, "GET", "/products")
    reply = ask(sandbox, "GET", "/products")

    assert refused(contract, reply)[:2] == (429, "rate_limit")
    assert reply.headers["stripe-rate-limited-reason"] == "global-rate"


def test_the_sdk_asks_again_after_a_failure_and_makes_nothing_twice(sandbox: Sandbox, client: Any) -> None:
    sandbox.admin("PUT", "/faults", json={"stripe": {"error_rate": 0.4, "seed": 10}})
    for number in range(4):
        client.v1.customers.create({"name": str(number)})
    sandbox.admin("PUT", "/faults", json={})

    assert [one.name for one in client.v1.customers.list().data] == ["3", "2", "1", "0"]
    assert sandbox.counts("stripe")["operations"]["create_customer"]["outcomes"]["500"] > 0


def test_a_lost_answer_is_found_under_its_key(sandbox: Sandbox, client: Any) -> None:
    sandbox.admin("PUT", "/faults", json={"stripe": {"reset_rate": 1}})
    with pytest.raises(stripe.APIConnectionError):  # the SDK does not ask again where an answer breaks off
        client.v1.customers.create({"name": "x"}, {"idempotency_key": "k"})
    sandbox.admin("PUT", "/faults", json={})
    found = client.v1.customers.create({"name": "x"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        client.v1.customers.create({"name": "y"}, {"idempotency_key": "k"})

    assert [one.id for one in client.v1.customers.list().data] == [found.id]


def test_a_repetition_under_the_same_key_is_the_same_answer(sandbox: Sandbox, contract: StripeContract) -> None:
    first, second = (ask(sandbox, "POST", "/customers", {"name": "x"}, idempotency_key="k") for _ in range(2))
    other = ask(sandbox, "POST", "/customers", {"name": "y"}, idempotency_key="k")
    wrong = ask(sandbox, "POST", "/customers", {"colour": "y"}, idempotency_key="w")
    right = ask(sandbox, "POST", "/customers", {"name": "y"}, idempotency_key="w")

    assert first.json() == second.json()
    assert second.headers["idempotent-replayed"] == "true"
    assert second.headers["original-request"] == first.headers["request-id"]
    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert (wrong.status_code, right.status_code) == (400, 200)
    assert refused(contract, ask(sandbox, "POST", "/customers", idempotency_key="k" * 256))[0] == 400
    sandbox.admin("POST", "/clock", json={"seconds": 25 * HOUR})
    assert ask(sandbox, "POST", "/customers", {"name": "x"}, idempotency_key="k").json() != first.json()


# Meters


def test_usage_is_counted_once_and_within_its_window(sandbox: Sandbox, client: Any) -> None:
    meter, customer = metered(client), client.v1.customers.create({}).id
    at = now(sandbox)
    told: Any = {"event_name": "leads", "payload": {"stripe_customer_id": customer, "value": "3"}, "identifier": "a"}
    client.v1.billing.meter_events.create(told)
    for wrong in ({}, {"identifier": "b", "timestamp": at - 36 * DAY}, {"identifier": "b", "timestamp": at + 600}):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            client.v1.billing.meter_events.create({**told, **wrong})
        assert refusal.value.param == ("timestamp" if wrong else "identifier")
    client.v1.billing.meter_events.create({**told, "identifier": "c", "timestamp": at - 2 * DAY})
    for lost in ({"payload": {"stripe_customer_id": "cus_x", "value": "3"}}, {"event_name": "nothing"}):
        client.v1.billing.meter_events.create({**told, "identifier": f"d{lost}", **lost})
    start, end = (at - 3 * DAY) // DAY * DAY, (at + DAY) // DAY * DAY
    window: Any = {"customer": customer, "start_time": start, "end_time": end}
    [summary] = client.v1.billing.meters.event_summaries.list(meter, window).data
    daily = client.v1.billing.meters.event_summaries.list(meter, {**window, "value_grouping_window": "day"}).data
    client.v1.billing.meter_event_adjustments.create(
        {"event_name": "leads", "type": "cancel", "cancel": {"identifier": "a"}}
    )
    [after] = client.v1.billing.meters.event_summaries.list(meter, window).data

    assert (summary.aggregated_value, [one.aggregated_value for one in daily], after.aggregated_value) == (6, [3, 3], 3)
    with pytest.raises(stripe.InvalidRequestError, match="aligned"):
        client.v1.billing.meters.event_summaries.list(meter, {**window, "start_time": start + 1})


def test_a_meter_has_its_name_to_itself_until_it_is_stopped(client: Any) -> None:
    meter = metered(client)
    with pytest.raises(stripe.InvalidRequestError, match="already exists"):
        metered(client)
    client.v1.billing.meters.deactivate(meter)
    last = metered(client, "last")

    assert [one.id for one in client.v1.billing.meters.list({"status": "active"}).data] == [last]


# Our client


async def test_our_client_works_in_threads_one_for_all(sandbox: Sandbox) -> None:
    given = Settings(_env_file=None)
    stripe_settings = given.stripe.model_copy(update={"key": None})
    ours = stripe_client(given.model_copy(update={"stripe": stripe_settings, "sandbox_url": sandbox.url}))
    names = [f"{sandbox.key}.{number}" for number in range(4)]
    made = await asyncio.gather(*(asyncio.to_thread(ours.v1.customers.create, {"name": name}) for name in names))

    assert [ours.v1.customers.retrieve(one.id).name for one in made] == names


# Webhooks


def test_an_endpoint_is_told_only_what_it_asked_for_while_it_may_be(
    sandbox: Sandbox, client: Any, receiver: Receiver
) -> None:
    endpoint = client.v1.webhook_endpoints.create({"url": receiver.url, "enabled_events": ["customer.created"]})
    client.v1.products.create({"name": "x"})
    made = client.v1.customers.create({"name": "first"})
    client.v1.webhook_endpoints.update(endpoint.id, {"disabled": True})
    client.v1.customers.create({"name": "second"})
    client.v1.webhook_endpoints.delete(endpoint.id)
    sandbox.admin("GET", "/webhooks/settled")
    [webhook] = receiver.received
    assert endpoint.secret
    event = read_event(webhook.body, webhook.headers["stripe-signature"], endpoint.secret)
    kept = client.v1.events.retrieve(event.event_id)

    assert (event.kind, event.thing["id"], event.is_live) == ("customer.created", made.id, False)
    assert (kept.type, kept.request and kept.request.id) == (
        "customer.created",
        made.last_response.headers["request-id"],
    )
    assert client.v1.webhook_endpoints.list().data == []


def test_the_secret_is_told_once(client: Any) -> None:
    endpoint = client.v1.webhook_endpoints.create({"url": "https://x.example/hook", "enabled_events": ["*"]})

    assert endpoint.secret
    assert endpoint.secret.startswith("whsec_")
    assert "secret" not in client.v1.webhook_endpoints.retrieve(endpoint.id)

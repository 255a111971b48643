"""Stripe in the sandbox: customers, their cards, the checkout and the portal. VENDORS.md section 12."""

from typing import Any

import pytest
import stripe
from sandbox_server import Sandbox
from stripe_wire import HOUR, StripeContract, ask, metered, refused, sdk, session, sold


@pytest.fixture(scope="module")
def contract() -> StripeContract:
    return StripeContract()


@pytest.fixture(autouse=True)
def _unlimited(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"stripe": {"rates": []}})


@pytest.fixture
def client(sandbox: Sandbox, contract: StripeContract) -> Any:
    return sdk(sandbox.url, sandbox.key, contract)


def test_the_test_cards_behave_as_they_do_there(client: Any) -> None:
    customer = client.v1.customers.create({}).id
    for token in ("pm_card_visa_chargeDeclined", "pm_card_chargeDeclinedInsufficientFunds"):
        with pytest.raises(stripe.CardError) as declined:
            client.v1.payment_methods.attach(token, {"customer": customer})
        assert declined.value.code == "card_declined"
    kept = client.v1.payment_methods.attach("pm_card_chargeCustomerFail", {"customer": customer}).id
    made = client.v1.payment_methods.create({"type": "card", "card": {"token": "tok_visa"}})
    with pytest.raises(stripe.InvalidRequestError, match="must be attached"):
        client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": made.id}})
    client.v1.customers.update(customer, {"invoice_settings": {"default_payment_method": kept}})
    subscription: Any = {"customer": customer, "items": [{"price": sold(client)}]}
    with pytest.raises(stripe.CardError):
        client.v1.subscriptions.create({**subscription, "payment_behavior": "error_if_incomplete"})
    assert client.v1.subscriptions.list({"status": "all"}).data == []
    assert client.v1.subscriptions.create(subscription).status == "incomplete"

    client.v1.payment_methods.detach(kept)
    found = client.v1.customers.retrieve(customer)
    assert found.invoice_settings
    assert (found.invoice_settings.default_payment_method, found.delinquent) == (None, True)
    with pytest.raises(stripe.InvalidRequestError, match="not attached"):
        client.v1.payment_methods.detach(kept)


def test_a_card_that_wants_its_owner_pays_in_a_checkout_and_not_without_them(sandbox: Sandbox, client: Any) -> None:
    opened = session(client)
    done = ask(
        sandbox, "POST", f"/checkout/sessions/{opened.id}/__complete", {"card": "pm_card_authenticationRequired"}
    )
    customer = done.json()["customer"]
    card = client.v1.customers.payment_methods.list(customer).data[0].id
    later = client.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": sold(client)}], "default_payment_method": card}
    )
    kinds = [event.type for event in client.v1.events.list({"limit": 20}).data]

    assert (done.json()["status"], later.status) == ("complete", "incomplete")
    assert kinds.count("invoice.payment_action_required") == 1


def test_a_customer_who_is_deleted_keeps_nothing_that_runs(client: Any) -> None:
    customer = client.v1.customers.create({}).id
    trial = client.v1.subscriptions.create(
        {"customer": customer, "items": [{"price": sold(client)}], "trial_period_days": 7}
    )
    client.v1.customers.delete(customer)

    assert client.v1.subscriptions.retrieve(trial.id).status == "canceled"
    assert client.v1.customers.retrieve(customer).deleted
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        client.v1.customers.update(customer, {"name": "x"})


def test_a_portal_session_leads_to_the_portal(client: Any) -> None:
    customer = client.v1.customers.create({}).id
    opened = client.v1.billing_portal.sessions.create(
        {"customer": customer, "return_url": "https://leadgen.example/billing"}
    )
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        client.v1.billing_portal.sessions.create(
            {
                "customer": customer,
                "flow_data": {"type": "subscription_cancel", "subscription_cancel": {"subscription": "sub_x"}},
            }
        )

    assert opened.url.startswith("https://billing.stripe.com/")
    assert (opened.customer, opened.return_url) == (customer, "https://leadgen.example/billing")


# Checkout


def test_a_declined_card_leaves_the_checkout_open_and_nothing_made(
    sandbox: Sandbox, client: Any, contract: StripeContract
) -> None:
    opened = session(client, customer_email="a@b.example", client_reference_id="7")
    path = f"/checkout/sessions/{opened.id}/__complete"
    for card in ("pm_card_chargeCustomerFail", "pm_card_chargeDeclined"):
        assert refused(contract, ask(sandbox, "POST", path, {"card": card}))[:2] == (402, "card_declined")
    assert client.v1.customers.list().data == []
    done = ask(sandbox, "POST", path).json()
    again = ask(sandbox, "POST", path)

    assert (done["payment_status"], done["amount_total"], done["client_reference_id"]) == ("paid", 4_900, "7")
    assert done["customer_details"]["email"] == "a@b.example"
    assert client.v1.subscriptions.retrieve(done["subscription"]).status == "active"
    assert again.status_code == 400


def test_a_checkout_that_nobody_completes_expires(sandbox: Sandbox, client: Any) -> None:
    one, two = session(client), session(client)
    client.v1.checkout.sessions.expire(one.id)
    sandbox.admin("POST", "/clock", json={"seconds": 24 * HOUR + 1})
    kinds = [event.type for event in client.v1.events.list({"type": "checkout.session.expired"}).data]

    assert [client.v1.checkout.sessions.retrieve(id_).status for id_ in (one.id, two.id)] == ["expired", "expired"]
    assert len(kinds) == 2
    with pytest.raises(stripe.InvalidRequestError):
        client.v1.checkout.sessions.expire(two.id)


def test_a_checkout_wants_quantities_of_licensed_prices_only(client: Any) -> None:
    price, meter = sold(client), metered(client)
    recurring: Any = {"interval": "month", "usage_type": "metered", "meter": meter}
    usage = client.v1.prices.create(
        {"currency": "usd", "product_data": {"name": "Leads"}, "unit_amount_decimal": "0.5", "recurring": recurring}
    ).id
    for lines in ([{"price": price}], [{"price": usage, "quantity": 1}]):
        with pytest.raises(stripe.InvalidRequestError) as wrong:
            session(client, line_items=lines)
        assert wrong.value.param == "line_items[0][quantity]"
    both = session(client, line_items=[{"price": price, "quantity": 2}, {"price": usage}])

    assert both.amount_total == 9_800
    assert [line.quantity for line in client.v1.checkout.sessions.line_items.list(both.id).data] == [2, None]

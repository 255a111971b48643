"""Customers, and the sessions in which they look after their own billing."""

from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Refused, Thing
from leadgen.sandbox.stripe_asking import Ask, equals
from leadgen.sandbox.stripe_cards import card_named, give
from leadgen.sandbox.stripe_catalog import changed
from leadgen.sandbox.stripe_form import (
    WINDOW,
    address,
    clearable,
    fields,
    integer,
    lies_in,
    metadata,
    one_of,
    record,
    several,
    text,
)
from leadgen.sandbox.stripe_life import end, has_ended

_LINES = ("city", "country", "line1", "line2", "postal_code", "state")
_FLOWS = ("subscription_cancel", "subscription_update", "subscription_update_confirm")
_CUSTOMER = {
    "address": clearable(fields(dict.fromkeys(_LINES, clearable(text)))),
    "balance": integer,
    "description": clearable(text),
    "email": clearable(text),
    "invoice_settings": record(default_payment_method=clearable(text), footer=clearable(text)),
    "metadata": metadata,
    "name": clearable(text),
    "phone": clearable(text),
    "preferred_locales": several(text),
    "tax_exempt": clearable(one_of("none", "exempt", "reverse")),
}
_FLOW = record(
    "type",
    type=one_of("payment_method_update", "subscription_cancel", "subscription_update", "subscription_update_confirm"),
    subscription_cancel=record("subscription", subscription=text),
    subscription_update=record("subscription", subscription=text),
    subscription_update_confirm=record(
        "subscription items", subscription=text, items=several(record("id", id=text, price=text, quantity=integer))
    ),
    after_completion=record(
        "type",
        type=one_of("hosted_confirmation", "portal_homepage", "redirect"),
        redirect=record("return_url", return_url=address),
    ),
)


def create_customer(ask: Ask) -> Thing:
    """A new customer, with a card where one is given."""
    account, given = ask.account, ask.read({**_CUSTOMER, "payment_method": text})
    card = given.pop("payment_method", None)
    settings = given.pop("invoice_settings", {})
    found = card_named(account, card, "payment_method") if card else None
    if found and settings.get("default_payment_method") == card:
        settings["default_payment_method"] = found["id"]
    elif settings.get("default_payment_method"):
        param = "invoice_settings[default_payment_method]"
        raise Refused("The payment method must be attached to the customer.", param=param, code="resource_missing")
    customer = new_customer(account, {**_whole_address(given), "invoice_settings": settings})
    if found:
        give(account, found, customer, "payment_method")
    return customer


def new_customer(account: Account, given: dict[str, Any]) -> Thing:
    """A customer with these values."""
    settings = {"custom_fields": None, "default_payment_method": None, "footer": None, "rendering_options": None}
    usual: Thing = {
        "address": None,
        "balance": 0,
        "currency": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": None,
        "metadata": {},
        "name": None,
        "next_invoice_sequence": 1,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }
    settings |= given.pop("invoice_settings", {})
    customer = account.made("customer", "cus", **{**usual, **given, "invoice_settings": settings})
    customer["invoice_prefix"] = customer["id"][-8:].upper()
    account.tell("customer.created", customer)
    return customer


def update_customer(ask: Ask) -> Thing:
    """Changes a customer; a card that becomes the usual one must be theirs."""
    account, customer = ask.account, ask.named("customer")
    given = _whole_address(ask.read(_CUSTOMER))
    if "invoice_settings" in given:
        settings = _settings(account, customer, given["invoice_settings"])
        given["invoice_settings"] = {**customer["invoice_settings"], **settings}
    return changed(account, customer, given, "customer.updated")


def delete_customer(ask: Ask) -> Thing:
    """Forgets a customer; what runs for them ends at once."""
    account, customer = ask.account, ask.named("customer")
    for subscription in account.of("subscription"):
        if subscription["customer"] == customer["id"] and not has_ended(subscription):
            end(account, subscription, "cancellation_requested")
    account.tell("customer.deleted", customer)
    gone = {"id": customer["id"], "object": "customer", "deleted": True}
    account.kinds["customer"][customer["id"]] = gone
    return gone


def customer(ask: Ask) -> Thing:
    """One customer; of one who was deleted only that they were."""
    found = ask.account.kinds["customer"].get(ask.values["id"])
    return found if found and found.get("deleted") else ask.named("customer")


def customers(ask: Ask) -> Thing:
    """The customers."""

    def keep(thing: Thing, given: dict[str, Any]) -> bool:
        return equals("email")(thing, given) and ("created" not in given or lies_in(thing["created"], given["created"]))

    return ask.listed("customer", {"email": text, "created": WINDOW}, keep)


def create_portal_session(ask: Ask) -> Thing:
    """A session of the customer portal, at its beginning or in the middle of something."""
    account = ask.account
    given = ask.read(
        {"configuration": text, "customer": text, "flow_data": _FLOW, "locale": text, "return_url": address}, "customer"
    )
    account.find("customer", given["customer"], "customer")
    flow = given.get("flow_data")
    if flow:
        _check_flow(account, flow, given["customer"])
    session = account.made(
        "billing_portal.session",
        "bps",
        configuration=given.get("configuration", "bpc_sandbox"),
        customer=given["customer"],
        flow=flow and {**dict.fromkeys(("after_completion", *_FLOWS)), **flow},
        locale=given.get("locale"),
        on_behalf_of=None,
        return_url=given.get("return_url"),
    )
    session["url"] = f"https://billing.stripe.com/p/session/test_{session['id']}"
    account.tell("billing_portal.session.created", session)
    return session


def _check_flow(account: Account, flow: dict[str, Any], owner: str) -> None:
    kind = flow["type"]
    if kind not in _FLOWS:
        return
    param = f"flow_data[{kind}]"
    if kind not in flow:
        raise Refused(f"Missing required param: {param}.", param=param, code="parameter_missing")
    subscription = account.find("subscription", flow[kind]["subscription"], f"{param}[subscription]")
    if subscription["customer"] != owner or has_ended(subscription):
        raise Refused("The subscription is not one of this customer's that can be changed.", param=param)


def _whole_address(given: dict[str, Any]) -> dict[str, Any]:
    if given.get("address"):
        given["address"] = {**dict.fromkeys(_LINES), **given["address"]}
    return given


def _settings(account: Account, customer: Thing, given: dict[str, Any]) -> dict[str, Any]:
    """Settings of a customer's invoices: the card must be theirs."""
    card = given.get("default_payment_method")
    if not card:
        return given
    param = "invoice_settings[default_payment_method]"
    if account.find("payment_method", card, param)["customer"] != customer["id"]:
        raise Refused("The payment method must be attached to the customer.", param=param, code="resource_missing")
    return given

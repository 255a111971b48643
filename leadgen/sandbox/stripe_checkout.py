"""Checkout: sessions in which a person subscribes. `complete` stands for what the person does on Stripe's page."""

from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_amounts import charges, total
from leadgen.sandbox.stripe_answers import Refused, Thing, page, whole
from leadgen.sandbox.stripe_asking import PAGE, Ask, equals
from leadgen.sandbox.stripe_cards import card_named, decline_of, declined, give
from leadgen.sandbox.stripe_customers import new_customer
from leadgen.sandbox.stripe_form import (
    WINDOW,
    address,
    boolean,
    integer,
    lies_in,
    metadata,
    missing,
    natural,
    one_of,
    record,
    several,
    text,
)
from leadgen.sandbox.stripe_items import priced
from leadgen.sandbox.stripe_life import is_metered
from leadgen.sandbox.stripe_subscriptions import TRIAL_SETTINGS, Order, begin, trial_end_of

_SHORTEST_SECONDS, _LONGEST_SECONDS = 30 * 60, 24 * 3_600
_SHOWN = {  # on the page; they change nothing here
    "allow_promotion_codes": boolean,
    "billing_address_collection": one_of("auto", "required"),
    "locale": text,
    "submit_type": one_of("auto", "subscribe"),
}
_SESSION = {
    **_SHOWN,
    "cancel_url": address,
    "client_reference_id": text,
    "customer": text,
    "customer_email": text,
    "expires_at": integer,
    "line_items": several(record("price", price=text, quantity=natural)),
    "metadata": metadata,
    "mode": one_of("subscription"),
    "payment_method_collection": one_of("always", "if_required"),
    "payment_method_types": several(one_of("card")),
    "subscription_data": record(
        description=text,
        metadata=metadata,
        trial_end=integer,
        trial_period_days=natural,
        trial_settings=TRIAL_SETTINGS,
    ),
    "success_url": address,
    "ui_mode": one_of("hosted_page"),
}


def create_session(ask: Ask) -> Thing:
    """A new session, open for a day or until `expires_at`."""
    account, given = ask.account, ask.read(_SESSION, "line_items mode success_url")
    if "customer" in given:
        account.find("customer", given["customer"], "customer")
        if "customer_email" in given:
            message = "You may only specify one of these parameters: customer, customer_email."
            raise Refused(message, param="customer_email")
    items = priced(account, given["line_items"], "line_items")
    for number, (wanted, (price, _)) in enumerate(zip(given["line_items"], items, strict=True)):
        if "quantity" not in wanted and not is_metered(price):
            raise missing(f"line_items[{number}][quantity]")
    expires_at = given.get("expires_at", account.now + _LONGEST_SECONDS)
    if not account.now + _SHORTEST_SECONDS <= expires_at <= account.now + _LONGEST_SECONDS:
        message = "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation."
        raise Refused(message, param="expires_at")
    data = given.get("subscription_data", {})
    is_free = trial_end_of(account, data) is not None
    lines = [_line(account, price, quantity, is_free=is_free) for price, quantity in items]
    amount = sum(line["amount_total"] for line in lines)
    session = account.made(
        "checkout.session",
        "cs_test",
        **{
            **_EMPTY,
            **{name: given.get(name, _EMPTY.get(name)) for name in (*_SHOWN, "client_reference_id", "customer_email")},
            "amount_subtotal": amount,
            "amount_total": amount,
            "cancel_url": given.get("cancel_url"),
            "currency": items[0][0]["currency"],
            "customer": given.get("customer"),
            "customer_creation": None if "customer" in given else "always",
            "expires_at": expires_at,
            "metadata": given.get("metadata", {}),
            "payment_method_collection": given.get("payment_method_collection", "always"),
            "success_url": given["success_url"],
        },
    )
    session["url"] = f"https://checkout.stripe.com/c/pay/{session['id']}"
    account.line_items[session["id"]] = lines
    account.checkouts[session["id"]] = {"items": items, "data": data}
    return session


def sessions(ask: Ask) -> Thing:
    """The sessions."""
    kinds = {
        "created": WINDOW,
        "customer": text,
        "status": one_of("complete", "expired", "open"),
        "subscription": text,
    }

    def keep(session: Thing, given: dict[str, Any]) -> bool:
        return equals("customer", "status", "subscription")(session, given) and (
            "created" not in given or lies_in(session["created"], given["created"])
        )

    return ask.listed("checkout.session", kinds, keep)


def line_items(ask: Ask) -> Thing:
    """What a session sells."""
    session = ask.named("checkout.session")
    return page(ask.path, list(reversed(ask.account.line_items[session["id"]])), ask.read(PAGE))


def expire(ask: Ask) -> Thing:
    """Closes a session that nobody has completed."""
    session = ask.named("checkout.session")
    ask.read({})
    _check_open(session)
    session["status"], session["url"] = "expired", None
    ask.account.tell("checkout.session.expired", session)
    return session


def complete(ask: Ask) -> Thing:
    """The person subscribes, with a test card (`card`, as `pm_card_visa`; `none`: without one, where none is required).

    Raises:
        Refused: the session is not open, or the card is declined: then it stays open.
    """
    account, session = ask.account, ask.named("checkout.session")
    given = ask.read({"card": text, "email": text})
    _check_open(session)
    checkout = account.checkouts[session["id"]]
    trial_end = trial_end_of(account, checkout["data"])
    card = None if given.get("card") == "none" else given.get("card", "pm_card_visa")
    if card is None and (session["payment_method_collection"] != "if_required" or session["amount_total"]):
        raise missing("card")
    method = card_named(account, card, "card") if card else None
    code = decline_of(account, method["id"], owner_is_there=True) if method else None
    if code and session["amount_total"]:
        raise declined(code)
    customer = _customer(account, session, given.get("email"))
    if method:
        give(account, method, customer, "card")
    rest = {name: value for name, value in checkout["data"].items() if name not in {"trial_end", "trial_period_days"}}
    own = method["id"] if method else None
    subscription = begin(account, Order(customer, checkout["items"], trial_end, own, owner_is_there=True, rest=rest))
    session |= {
        "customer": customer["id"],
        "customer_details": {
            "address": customer["address"],
            "email": customer["email"],
            "name": customer["name"],
            "phone": customer["phone"],
            "tax_exempt": "none",
            "tax_ids": [],
        },
        "invoice": subscription["latest_invoice"],
        "payment_status": "paid" if session["amount_total"] else "no_payment_required",
        "status": "complete",
        "subscription": subscription["id"],
        "url": None,
    }
    account.tell("checkout.session.completed", session)
    return session


def _customer(account: Account, session: Thing, email: str | None) -> Thing:
    if session["customer"]:
        return account.find("customer", session["customer"], "customer")
    return new_customer(account, {"email": session["customer_email"] or email})


def _check_open(session: Thing) -> None:
    if session["status"] != "open":
        message = f'Only Checkout Sessions with a status in ["open"] can be used: this one is {session["status"]}.'
        raise Refused(message)


def _line(account: Account, price: Thing, quantity: int | None, *, is_free: bool) -> Thing:
    costs = 0 if is_free or quantity is None else total(charges(price, account.tiers[price["id"]], quantity))
    return {
        "id": f"li_{price['id']}",
        "object": "item",
        "amount_discount": 0,
        "amount_subtotal": costs,
        "amount_tax": 0,
        "amount_total": costs,
        "currency": price["currency"],
        "description": account.kinds["product"][price["product"]]["name"],
        "price": price,
        "quantity": quantity,
    }


def shown_line_items(account: Account, session: Thing) -> Thing:
    """What `expand` shows of a session's line items."""
    return whole(f"/v1/checkout/sessions/{session['id']}/line_items", account.line_items[session["id"]])


_EMPTY: Thing = {
    "adaptive_pricing": None,
    "after_expiration": None,
    "allow_promotion_codes": None,
    "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
    "billing_address_collection": None,
    "client_secret": None,
    "collected_information": None,
    "consent": None,
    "consent_collection": None,
    "currency_conversion": None,
    "custom_fields": [],
    "custom_text": {
        "after_submit": None,
        "shipping_address": None,
        "submit": None,
        "terms_of_service_acceptance": None,
    },
    "customer_details": None,
    "discounts": [],
    "invoice": None,
    "invoice_creation": None,
    "locale": None,
    "mode": "subscription",
    "payment_intent": None,
    "payment_link": None,
    "payment_method_configuration_details": None,
    "payment_method_options": {"card": {"request_three_d_secure": "automatic"}},
    "payment_method_types": ["card"],
    "payment_status": "unpaid",
    "phone_number_collection": {"enabled": False},
    "recovered_from": None,
    "saved_payment_method_options": None,
    "setup_intent": None,
    "shipping_address_collection": None,
    "shipping_cost": None,
    "shipping_options": [],
    "status": "open",
    "submit_type": None,
    "subscription": None,
    "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
    "ui_mode": "hosted_page",
    "wallet_options": None,
}

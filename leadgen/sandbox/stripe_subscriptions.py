"""Subscriptions: how they begin, and when they are to end. How they are changed is told in `stripe_changes.py`."""

from dataclasses import dataclass, field
from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_amounts import total
from leadgen.sandbox.stripe_answers import Refused, Thing
from leadgen.sandbox.stripe_asking import Ask, equals
from leadgen.sandbox.stripe_calendar import DAY_SECONDS, period_end
from leadgen.sandbox.stripe_cards import decline_of, declined
from leadgen.sandbox.stripe_collecting import advance, no_card
from leadgen.sandbox.stripe_form import (
    WINDOW,
    boolean,
    clearable,
    either,
    integer,
    lies_in,
    metadata,
    natural,
    one_of,
    record,
    several,
    text,
)
from leadgen.sandbox.stripe_invoices import draft, finalize, fresh_lines, item_charges
from leadgen.sandbox.stripe_items import priced, put_items
from leadgen.sandbox.stripe_life import (
    UPDATED,
    card_of,
    has_ended,
    items_of,
    period_of,
    recurring_of,
    set_period,
)

_STATUSES = ("active", "canceled", "incomplete", "incomplete_expired", "past_due", "trialing", "unpaid")
_BEHAVIORS = ("allow_incomplete", "default_incomplete", "error_if_incomplete")
_END_BEHAVIOR = record("missing_payment_method", missing_payment_method=one_of("cancel", "create_invoice"))
TRIAL_SETTINGS = record("end_behavior", end_behavior=_END_BEHAVIOR)
_USUAL_TRIAL_SETTINGS = {"end_behavior": {"missing_payment_method": "create_invoice"}}
ALTERABLE = {  # what may be given at the beginning, and later
    "cancel_at": clearable(integer),
    "cancel_at_period_end": boolean,
    "collection_method": one_of("charge_automatically"),
    "default_payment_method": text,
    "description": clearable(text),
    "metadata": metadata,
    "off_session": boolean,
    "payment_behavior": one_of(*_BEHAVIORS),
    "proration_behavior": one_of("always_invoice", "create_prorations", "none"),
    "trial_end": either("now", integer),
    "trial_settings": TRIAL_SETTINGS,
}
_CREATED = {
    **ALTERABLE,
    "customer": text,
    "items": several(record(price=text, quantity=natural)),
    "trial_period_days": natural,
}


@dataclass(frozen=True, slots=True)
class Order:
    """What a subscription is to be. `card`: its own; None: its customer's. `owner_is_there`: in a checkout."""

    customer: Thing
    items: list[tuple[Thing, int | None]]
    trial_end: int | None = None
    card: str | None = None
    behavior: str = "allow_incomplete"
    owner_is_there: bool = False
    rest: dict[str, Any] = field(default_factory=dict)  # metadata, description, trial_settings, ...


def create_subscription(ask: Ask) -> Thing:
    """Begins a subscription; its first invoice is paid at once, unless there is a trial."""
    account = ask.account
    given = ask.read(_CREATED, "customer items")
    customer = account.find("customer", given["customer"], "customer")
    card = own_card(account, given, customer["id"])
    items = priced(account, given["items"], "items")
    trial_end = trial_end_of(account, given)
    rest = {name: value for name, value in given.items() if name in {"description", "metadata", "trial_settings"}}
    behavior = given.get("payment_behavior", "allow_incomplete")
    subscription = begin(account, Order(customer, items, trial_end, card, behavior, rest=rest))
    if given.get("cancel_at_period_end") or given.get("cancel_at"):
        with account.changing(subscription, UPDATED):
            plan_end(account, subscription, given)
    return subscription


def begin(account: Account, order: Order) -> Thing:
    """Begins a subscription as it is ordered.

    Raises:
        Refused: it is to be paid and there is no card, or the card is declined where it may not be.
    """
    trial_end, now = order.trial_end, account.now
    until = trial_end or period_end(now, order.items[0][0]["recurring"], now)
    subscription = account.made(
        "subscription",
        "sub",
        **{
            **_EMPTY,
            "billing_cycle_anchor": trial_end or now,
            "currency": order.items[0][0]["currency"],
            "customer": order.customer["id"],
            "default_payment_method": order.card,
            "start_date": now,
            "status": "trialing" if trial_end else "incomplete",
            "trial_end": trial_end,
            "trial_start": now if trial_end else None,
            **order.rest,
        },
    )
    put_items(subscription, order.items, (now, until))
    try:
        _check_payment(account, subscription, order)
    except Refused:
        del account.kinds["subscription"][subscription["id"]]
        raise
    account.tell("customer.subscription.created", subscription)
    lines = fresh_lines(account, subscription, (now, until), on_trial=bool(trial_end))
    invoice = draft(account, subscription, "subscription_create", lines, (now, now))
    if order.behavior == "default_incomplete" and invoice["total"] > 0:
        finalize(account, invoice)
    else:
        advance(account, invoice, owner_is_there=order.owner_is_there)
    return subscription


def subscriptions(ask: Ask) -> Thing:
    """The subscriptions; those that are canceled only where `status` asks for them."""
    kinds = {
        "collection_method": text,
        "created": WINDOW,
        "customer": text,
        "price": text,
        "status": one_of("all", "ended", *_STATUSES),
    }

    def keep(subscription: Thing, given: dict[str, Any]) -> bool:
        wanted, status = given.get("status"), subscription["status"]
        is_wanted = {None: status != "canceled", "all": True, "ended": has_ended(subscription)}
        return (
            is_wanted.get(wanted, status == wanted)
            and equals("collection_method", "customer")(subscription, given)
            and ("price" not in given or given["price"] in {item["price"]["id"] for item in items_of(subscription)})
            and ("created" not in given or lies_in(subscription["created"], given["created"]))
        )

    return ask.listed("subscription", kinds, keep)


def trial_end_of(account: Account, given: dict[str, Any]) -> int | None:
    """When the trial ends that a request asks for; None: there is none.

    Raises:
        Refused: it would end in the past, or is given in two ways.
    """
    at, days = given.get("trial_end"), given.get("trial_period_days")
    if at is not None and days is not None:
        raise Refused("You may only specify one of these parameters: trial_end, trial_period_days.", param="trial_end")
    if at == "now":
        return None
    if isinstance(at, int):
        if at <= account.now:
            raise Refused("`trial_end` must be in the future, or `now`.", param="trial_end")
        return at
    return account.now + days * DAY_SECONDS if days else None


def own_card(account: Account, given: dict[str, Any], customer: str) -> str | None:
    """The card that a request gives a subscription.

    Raises:
        Refused: there is no such card, or it is not the customer's.
    """
    card: str | None = given.get("default_payment_method")
    if card and account.find("payment_method", card, "default_payment_method")["customer"] != customer:
        raise Refused("The payment method does not belong to the customer.", param="default_payment_method")
    return card


def begin_period(account: Account, subscription: Thing, anchor: int) -> None:
    """Begins a period now; what it is billed by is counted from `anchor`."""
    subscription["billing_cycle_anchor"] = anchor
    set_period(subscription, account.now, period_end(anchor, recurring_of(subscription), account.now))


def _check_payment(account: Account, subscription: Thing, order: Order) -> None:
    due = sum(total(item_charges(account, item)) for item in items_of(subscription) if item["quantity"] is not None)
    if order.trial_end or not due or order.behavior == "default_incomplete":
        return
    card = card_of(account, subscription)
    if card is None:
        raise no_card()
    code = decline_of(account, card, owner_is_there=order.owner_is_there)
    if code and order.behavior == "error_if_incomplete":
        raise declined(code)


def plan_end(account: Account, subscription: Thing, given: dict[str, Any]) -> None:
    """Lets it end at a time or with the period, or takes that back.

    Raises:
        Refused: the time is past, or the end is given in two ways.
    """
    if given.get("cancel_at_period_end") and given.get("cancel_at"):
        raise Refused(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.", param="cancel_at"
        )
    if "cancel_at_period_end" in given:
        at_end = given["cancel_at_period_end"]
        _end_at(account, subscription, period_of(subscription)[1] if at_end else None, is_period_end=at_end)
    elif "cancel_at" in given:
        at = given["cancel_at"]
        if at is not None and at <= account.now:
            raise Refused("`cancel_at` must be in the future.", param="cancel_at")
        _end_at(account, subscription, at, is_period_end=False)


def _end_at(account: Account, subscription: Thing, at: int | None, *, is_period_end: bool) -> None:
    details = subscription["cancellation_details"]
    subscription |= {
        "cancel_at": at,
        "cancel_at_period_end": is_period_end,
        "canceled_at": account.now if at else None,
        "cancellation_details": {**details, "reason": "cancellation_requested" if at else None},
    }


_EMPTY: Thing = {
    "application": None,
    "application_fee_percent": None,
    "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
    "billing_cycle_anchor_config": None,
    "billing_mode": {"flexible": {"proration_discounts": "included"}, "type": "flexible"},
    "billing_thresholds": None,
    "cancel_at": None,
    "cancel_at_period_end": False,
    "canceled_at": None,
    "cancellation_details": {"comment": None, "feedback": None, "reason": None},
    "collection_method": "charge_automatically",
    "days_until_due": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "ended_at": None,
    "invoice_settings": {"account_tax_ids": None, "issuer": {"type": "self"}},
    "latest_invoice": None,
    "metadata": {},
    "next_pending_invoice_item_invoice": None,
    "on_behalf_of": None,
    "pause_collection": None,
    "payment_settings": {
        "payment_method_options": None,
        "payment_method_types": None,
        "save_default_payment_method": "off",
    },
    "pending_invoice_item_interval": None,
    "pending_setup_intent": None,
    "pending_update": None,
    "schedule": None,
    "test_clock": None,
    "transfer_data": None,
    "trial_settings": _USUAL_TRIAL_SETTINGS,
}

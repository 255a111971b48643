"""A subscription's items, periods and end: what every other part of its life asks about."""

from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Thing

UPDATED = "customer.subscription.updated"
_ENDED = frozenset({"canceled", "incomplete_expired"})


def has_ended(subscription: Thing) -> bool:
    """Whether nothing can become of it any more."""
    return subscription["status"] in _ENDED


def items_of(subscription: Thing) -> list[Thing]:
    """Its items."""
    items: list[Thing] = subscription["items"]["data"]
    return items


def recurring_of(subscription: Thing) -> dict[str, Any]:
    """How often it is billed: the same for all items."""
    recurring: dict[str, Any] = items_of(subscription)[0]["price"]["recurring"]
    return recurring


def period_of(subscription: Thing) -> tuple[int, int]:
    """The current period of its items, which is the same for all."""
    item = items_of(subscription)[0]
    return item["current_period_start"], item["current_period_end"]


def set_period(subscription: Thing, start: int, end_: int) -> None:
    """Begins a period in all items."""
    for item in items_of(subscription):
        item["current_period_start"], item["current_period_end"] = start, end_
    if subscription["cancel_at_period_end"]:
        subscription["cancel_at"] = end_


def is_metered(price: Thing) -> bool:
    """Whether it bills usage."""
    return bool(price["recurring"] and price["recurring"]["usage_type"] == "metered")


def card_of(account: Account, subscription: Thing) -> str | None:
    """What it is paid with: its own card, else its customer's."""
    card = subscription["default_payment_method"]
    if card is None:
        customer = account.kinds["customer"][subscription["customer"]]
        card = (customer.get("invoice_settings") or {}).get("default_payment_method")
    return card if isinstance(card, str) else None


def end(account: Account, subscription: Thing, reason: str) -> None:
    """Cancels it now. Invoices that are open stay open and are collected no more."""
    subscription["status"] = "canceled"
    subscription["ended_at"] = account.now
    subscription["canceled_at"] = subscription["canceled_at"] or account.now
    subscription["cancellation_details"] = {**subscription["cancellation_details"], "reason": reason}
    account.tell("customer.subscription.deleted", subscription)
    for invoice in account.of("invoice"):
        if subscription_id(invoice) == subscription["id"] and invoice["status"] in {"draft", "open"}:
            invoice["auto_advance"] = False
            invoice["next_payment_attempt"] = invoice["automatically_finalizes_at"] = None


def subscription_id(invoice: Thing) -> str:
    """The subscription that an invoice is of."""
    id_: str = invoice["parent"]["subscription_details"]["subscription"]
    return id_

"""The items of a subscription: what they may be, and what a change of them costs in the middle of a period."""

from typing import Any
from uuid import uuid4

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_amounts import share, total
from leadgen.sandbox.stripe_answers import Refused, Thing, whole
from leadgen.sandbox.stripe_form import missing
from leadgen.sandbox.stripe_invoices import item_charges, proration
from leadgen.sandbox.stripe_life import is_metered, items_of, period_of

Wanted = list[dict[str, Any]]  # items as a request gives them
_PLAN = (
    "active",
    "billing_scheme",
    "created",
    "currency",
    "id",
    "livemode",
    "metadata",
    "nickname",
    "product",
    "tiers_mode",
)


def priced(account: Account, wanted: Wanted, param: str) -> list[tuple[Thing, int | None]]:
    """The prices and quantities of new items; a metered one has no quantity.

    Raises:
        Refused: a price is missing, unknown, not active, not recurring or there twice, or they cannot be billed together.
    """
    found = [
        (_price(account, entry, f"{param}[{number}]"), entry.get("quantity")) for number, entry in enumerate(wanted)
    ]
    if not found:
        raise missing(param)
    _check_together([price for price, _ in found], param)
    return [
        (price, _quantity(price, quantity, f"{param}[{number}][quantity]"))
        for number, (price, quantity) in enumerate(found)
    ]


def put_items(subscription: Thing, found: list[tuple[Thing, int | None]], period: tuple[int, int]) -> None:
    """Gives a new subscription its items."""
    items = [_item(subscription, price, quantity, period, subscription["created"]) for price, quantity in found]
    _keep(subscription, items)


def change_items(account: Account, subscription: Thing, wanted: Wanted, *, prorates: bool) -> bool:
    """Changes, adds and removes items, and notes the prorations. Gives whether billing begins anew: at another interval.

    Raises:
        Refused: an item or a price is not one of those that there are, or they cannot be billed together.
    """
    before = {item["id"]: item for item in items_of(subscription)}
    after = dict(before)
    for number, entry in enumerate(wanted):
        param = f"items[{number}]"
        id_ = entry.get("id")
        if id_ is not None and id_ not in after:
            message = f"No such subscription_item: '{id_}'"
            raise Refused(message, param=f"{param}[id]", code="resource_missing")
        if entry.get("deleted"):
            if id_ is None:
                raise missing(f"{param}[id]")
            del after[id_]
            continue
        item = _changed(account, subscription, entry, after.get(id_ or ""), param)
        after[item["id"]] = item
    if not after:
        raise Refused("A subscription must have at least one active plan.", param="items")
    _check_together([item["price"] for item in after.values()], "items")
    begins_anew = _rhythm(next(iter(before.values()))["price"]) != _rhythm(next(iter(after.values()))["price"])
    if prorates:
        _prorate(account, subscription, before, after, credits_only=begins_anew)
    _keep(subscription, list(after.values()))
    return begins_anew


def credit_rest(account: Account, subscription: Thing) -> None:
    """Notes credits for what is left of the period."""
    items = {item["id"]: item for item in items_of(subscription)}
    _prorate(account, subscription, items, {}, credits_only=True)


def _prorate(
    account: Account, subscription: Thing, before: dict[str, Thing], after: dict[str, Thing], *, credits_only: bool
) -> None:
    start, end = period_of(subscription)
    for id_ in {**before, **after}:
        old, new = before.get(id_), after.get(id_)
        if old == new and not credits_only:
            continue
        for item, sign in ((old, -1), (None if credits_only else new, 1)):
            if item is not None and not is_metered(item["price"]):
                amount = sign * share(total(item_charges(account, item)), end - account.now, end - start)
                proration(account, subscription, item, amount, (account.now, end), is_credit=sign < 0)


def _changed(account: Account, subscription: Thing, entry: dict[str, Any], item: Thing | None, param: str) -> Thing:
    """An item as it is to be; a new one where there was none."""
    if item is None:
        price = _price(account, entry, param)
        quantity = _quantity(price, entry.get("quantity"), f"{param}[quantity]")
        return _item(subscription, price, quantity, period_of(subscription), account.now)
    price = _price(account, entry, param) if "price" in entry else item["price"]
    usual = None if is_metered(price) else item["quantity"]
    quantity = _quantity(price, entry.get("quantity", usual), f"{param}[quantity]")
    return {**item, "price": price, "plan": _plan(price), "quantity": quantity}


def _price(account: Account, entry: dict[str, Any], param: str) -> Thing:
    if "price" not in entry:
        raise missing(f"{param}[price]")
    price = account.find("price", entry["price"], f"{param}[price]")
    if not price["active"]:
        raise Refused(
            "The price specified is inactive. This field only accepts active prices.", param=f"{param}[price]"
        )
    if price["recurring"] is None:
        message = (
            "The price specified is set to `type=one_time` but this field only accepts prices with `type=recurring`."
        )
        raise Refused(message, param=f"{param}[price]")
    return price


def _quantity(price: Thing, quantity: int | None, param: str) -> int | None:
    if not is_metered(price):
        return 1 if quantity is None else quantity
    if quantity is not None:
        message = "Quantity should not be specified where usage type is `metered`."
        raise Refused(message, param=param)
    return None


def _check_together(prices: list[Thing], param: str) -> None:
    if len({price["id"] for price in prices}) < len(prices):
        raise Refused("Cannot add multiple subscription items with the same price.", param=param)
    if len({(price["currency"], *_rhythm(price)) for price in prices}) > 1:
        message = "Currency and interval fields must match across all prices on this subscription."
        raise Refused(message, param=param)


def _rhythm(price: Thing) -> tuple[str, int]:
    return price["recurring"]["interval"], price["recurring"]["interval_count"]


def _keep(subscription: Thing, items: list[Thing]) -> None:
    subscription["items"] = whole(f"/v1/subscription_items?subscription={subscription['id']}", items)


def _item(subscription: Thing, price: Thing, quantity: int | None, period: tuple[int, int], created: int) -> Thing:
    return {
        "id": f"si_{uuid4().hex[:24]}",
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": created,
        "current_period_end": period[1],
        "current_period_start": period[0],
        "discounts": [],
        "metadata": {},
        "plan": _plan(price),
        "price": price,
        "quantity": quantity,
        "subscription": subscription["id"],
        "tax_rates": [],
    }


def _plan(price: Thing) -> Thing:
    """A price as the older API has it."""
    return {
        **{name: price[name] for name in _PLAN},
        **price["recurring"],
        "amount": price["unit_amount"],
        "amount_decimal": price["unit_amount_decimal"],
        "object": "plan",
        "transform_usage": None,
    }

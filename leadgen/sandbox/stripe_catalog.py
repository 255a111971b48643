"""What is sold: products, and their recurring prices, licensed or metered, per unit or by tiers."""

from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Refused, Thing
from leadgen.sandbox.stripe_asking import Ask, equals
from leadgen.sandbox.stripe_form import (
    WINDOW,
    address,
    boolean,
    clearable,
    decimal,
    either,
    lies_in,
    merged,
    metadata,
    missing,
    natural,
    one_of,
    record,
    several,
    text,
)

_PRODUCT = {
    "active": boolean,
    "description": clearable(text),
    "metadata": metadata,
    "name": text,
    "statement_descriptor": text,
    "tax_code": clearable(text),
    "unit_label": clearable(text),
    "url": clearable(address),
}
_AMOUNT = {"unit_amount": natural, "unit_amount_decimal": decimal}
_PRICE = {
    "active": boolean,
    "billing_scheme": one_of("per_unit", "tiered"),
    "currency": text,
    "lookup_key": text,
    "metadata": metadata,
    "nickname": text,
    "product": text,
    "product_data": record("name", id=text, active=boolean, metadata=metadata, name=text, unit_label=text),
    "recurring": record(
        "interval",
        interval=one_of("day", "week", "month", "year"),
        interval_count=natural,
        meter=text,
        usage_type=one_of("licensed", "metered"),
        trial_period_days=natural,
    ),
    "tax_behavior": one_of("exclusive", "inclusive", "unspecified"),
    "tiers": several(record("up_to", up_to=either("inf", natural), flat_amount=natural, **_AMOUNT)),
    "tiers_mode": one_of("graduated", "volume"),
    "transfer_lookup_key": boolean,
    **_AMOUNT,
}


def create_product(ask: Ask) -> Thing:
    """A new product; its id may be given."""
    given = ask.read({**_PRODUCT, "id": text, "type": one_of("good", "service")}, "name")
    return _product(ask.account, given)


def update_product(ask: Ask) -> Thing:
    """Changes a product."""
    product = ask.named("product")
    given = ask.read({**_PRODUCT, "default_price": text})
    if "default_price" in given:
        ask.account.find("price", given["default_price"], "default_price")
    return changed(ask.account, product, given, "product.updated")


def products(ask: Ask) -> Thing:
    """The products."""
    kinds = {"active": boolean, "created": WINDOW, "ids": several(text), "type": text, "url": text}
    return ask.listed("product", kinds, lambda thing, given: _kept(thing, given, "active", "type", "url"))


def create_price(ask: Ask) -> Thing:
    """A new price of a product, or of a product made with it."""
    account, given = ask.account, ask.read(_PRICE, "currency")
    if "product" in given:
        account.find("product", given["product"], "product")
    elif "product_data" not in given:
        raise missing("product")
    tiers = _tiers(given)
    recurring = _recurring(account, given.get("recurring"))
    _take_lookup_key(account, given)
    amount = given.get("unit_amount_decimal", str(given["unit_amount"]) if "unit_amount" in given else None)
    price = account.made(
        "price",
        "price",
        active=given.get("active", True),
        billing_scheme=given.get("billing_scheme", "per_unit"),
        currency=given["currency"].lower(),
        custom_unit_amount=None,
        lookup_key=given.get("lookup_key"),
        metadata=given.get("metadata", {}),
        nickname=given.get("nickname"),
        product=given["product"] if "product" in given else _product(account, given["product_data"])["id"],
        recurring=recurring,
        tax_behavior=given.get("tax_behavior", "unspecified"),
        tiers_mode=given.get("tiers_mode"),
        transform_quantity=None,
        type="recurring" if recurring else "one_time",
        unit_amount=int(amount) if amount is not None and "." not in amount else None,
        unit_amount_decimal=amount,
    )
    account.tiers[price["id"]] = tiers
    account.tell("price.created", price)
    return price


def update_price(ask: Ask) -> Thing:
    """Changes what may be changed in a price: never what it costs."""
    price = ask.named("price")
    given = ask.read(
        {name: _PRICE[name] for name in ("active", "lookup_key", "metadata", "nickname", "transfer_lookup_key")}
    )
    _take_lookup_key(ask.account, given)
    given.pop("transfer_lookup_key", None)
    return changed(ask.account, price, given, "price.updated")


def prices(ask: Ask) -> Thing:
    """The prices."""
    kinds = {
        "active": boolean,
        "created": WINDOW,
        "currency": text,
        "lookup_keys": several(text),
        "product": text,
        "recurring": record(interval=text, meter=text, usage_type=text),
        "type": text,
    }

    def keep(price: Thing, given: dict[str, Any]) -> bool:
        recurring = price["recurring"] or {}
        return (
            _kept(price, given, "active", "currency", "product", "type")
            and ("lookup_keys" not in given or price["lookup_key"] in given["lookup_keys"])
            and all(recurring.get(name) == value for name, value in given.get("recurring", {}).items())
        )

    return ask.listed("price", kinds, keep)


def changed(account: Account, thing: Thing, given: dict[str, Any], event: str) -> Thing:
    """An object with these values instead of its own, and metadata merged; whoever listens is told."""
    with account.changing(thing, event):
        if "metadata" in given:
            thing["metadata"] = merged(thing["metadata"], given.pop("metadata"))
        thing.update(given)
    return thing


def _kept(thing: Thing, given: dict[str, Any], *names: str) -> bool:
    return (
        equals(*names)(thing, given)
        and ("ids" not in given or thing["id"] in given["ids"])
        and ("created" not in given or lies_in(thing["created"], given["created"]))
    )


def _product(account: Account, given: dict[str, Any]) -> Thing:
    if given.get("id") in account.kinds["product"]:
        raise Refused("Product already exists.", param="id", code="resource_already_exists")
    usual: Thing = {
        "active": True,
        "default_price": None,
        "description": None,
        "images": [],
        "marketing_features": [],
        "metadata": {},
        "package_dimensions": None,
        "shippable": None,
        "statement_descriptor": None,
        "tax_code": None,
        "type": "service",
        "unit_label": None,
        "updated": account.now,
        "url": None,
    }
    product = account.made("product", "prod", **{**usual, **given})
    account.tell("product.created", product)
    return product


def _recurring(account: Account, given: dict[str, Any] | None) -> Thing | None:
    if given is None:
        return None
    usage, meter = given.get("usage_type", "licensed"), given.get("meter")
    if usage == "metered" and meter is None:
        message = "Metered prices must be backed by a meter: pass `recurring[meter]`."
        raise Refused(message, param="recurring[meter]", code="parameter_missing")
    if meter is not None:
        if usage != "metered":
            raise Refused("`recurring[meter]` is for prices of usage type metered only.", param="recurring[meter]")
        account.find("billing.meter", meter, "recurring[meter]")
    if given.get("interval_count") == 0:
        raise Refused("Invalid interval_count: must be at least 1.", param="recurring[interval_count]")
    usual = {"interval_count": 1, "meter": None, "trial_period_days": None, "usage_type": "licensed"}
    return {**usual, **given}


def _tiers(given: dict[str, Any]) -> list[Thing]:
    """The tiers of a price that is to be made; none where it goes by the unit."""
    if given.get("billing_scheme") != "tiered":
        if "tiers" in given:
            raise Refused("`tiers` needs `billing_scheme` to be `tiered`.", param="tiers")
        if ("unit_amount" in given) == ("unit_amount_decimal" in given):
            raise missing("unit_amount")
        return []
    tiers = given.get("tiers") or []
    if not tiers or "tiers_mode" not in given:
        raise missing("tiers_mode" if tiers else "tiers")
    tops = [tier["up_to"] for tier in tiers]
    if tops[-1] != "inf" or "inf" in tops[:-1] or sorted(set(tops[:-1])) != tops[:-1]:
        raise Refused("Tiers must rise, and the last must go `up_to` `inf`.", param="tiers")
    return [
        {
            "flat_amount": tier.get("flat_amount"),
            "flat_amount_decimal": None if "flat_amount" not in tier else str(tier["flat_amount"]),
            "unit_amount": tier.get("unit_amount"),
            "unit_amount_decimal": tier.get("unit_amount_decimal", _written(tier.get("unit_amount"))),
            "up_to": None if tier["up_to"] == "inf" else tier["up_to"],
        }
        for tier in tiers
    ]


def _written(amount: int | None) -> str | None:
    return None if amount is None else str(amount)


def _take_lookup_key(account: Account, given: dict[str, Any]) -> None:
    """Frees a lookup key for a new price."""
    key = given.get("lookup_key")
    holder = next((price for price in account.of("price") if key and price["lookup_key"] == key), None)
    if holder and not given.get("transfer_lookup_key"):
        message = f"A price (`{holder['id']}`) already uses that lookup key."
        raise Refused(message, param="lookup_key", code="resource_already_exists")
    if holder:
        changed(account, holder, {"lookup_key": None}, "price.updated")

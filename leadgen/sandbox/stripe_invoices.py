"""What an invoice is made of: its lines, its totals, the customer's balance."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_amounts import Charge, charges
from leadgen.sandbox.stripe_answers import Thing, whole
from leadgen.sandbox.stripe_life import is_metered, items_of, subscription_id
from leadgen.sandbox.stripe_meters import counted

Period = tuple[int, int]


def fresh_lines(account: Account, subscription: Thing, period: Period, *, on_trial: bool = False) -> list[Thing]:
    """What the licensed items cost for a period, in advance; nothing on trial."""
    lines = []
    for item in items_of(subscription):
        if is_metered(item["price"]):
            continue
        name = _product_name(account, item["price"])
        if on_trial:
            charge = Charge(item["quantity"], Decimal(0), 0)
            lines.append(line(subscription, item, charge, period, f"Trial period for {name}"))
            continue
        lines += [
            line(subscription, item, charge, period, f"{charge.quantity} × {name}")
            for charge in item_charges(account, item)
        ]
    return lines


def usage_lines(account: Account, subscription: Thing, period: Period) -> list[Thing]:
    """What the metered items cost for a period, in arrears, as far as it has been counted."""
    metered = [item for item in items_of(subscription) if is_metered(item["price"])]
    return [one for item in metered for one in _usage_lines_of(account, subscription, item, period)]


def _usage_lines_of(account: Account, subscription: Thing, item: Thing, period: Period) -> list[Thing]:
    price = item["price"]
    meter = account.find("billing.meter", price["recurring"]["meter"])
    quantity = int(counted(account, meter, subscription["customer"], *period))
    name = _product_name(account, price)
    return [
        line(subscription, item, charge, period, f"{charge.quantity} × {name}")
        for charge in charges(price, account.tiers[price["id"]], quantity)
    ]


def item_charges(account: Account, item: Thing) -> list[Charge]:
    """What a licensed item costs for a whole period."""
    return charges(item["price"], account.tiers[item["price"]["id"]], item["quantity"])


def proration(
    account: Account, subscription: Thing, item: Thing, amount: int, period: Period, *, is_credit: bool
) -> None:
    """Notes a part of a period's cost, to stand on the next invoice: a credit for what is not used, or what is new."""
    name, quantity = _product_name(account, item["price"]), item["quantity"]
    what = f"Unused time on {name}" if is_credit else f"Remaining time on {name}"
    on = datetime.fromtimestamp(period[0], UTC)
    entry = account.made(
        "invoiceitem",
        "ii",
        amount=amount,
        currency=subscription["currency"],
        customer=subscription["customer"],
        date=account.now,
        description=f"{what} after {on.day} {on:%b %Y}",
        discountable=False,
        discounts=[],
        invoice=None,
        metadata={},
        parent={
            "subscription_details": {"subscription": subscription["id"], "subscription_item": item["id"]},
            "type": "subscription_details",
        },
        period={"start": period[0], "end": period[1]},
        pricing=_pricing(item["price"], item["price"]["unit_amount_decimal"]),
        proration=True,
        quantity=quantity,
        tax_rates=[],
    )
    account.tell("invoiceitem.created", entry)


def line(
    subscription: Thing,
    item: Thing,
    charge: Charge,
    period: Period,
    description: str,
    *,
    invoice_item: str | None = None,
) -> Thing:
    """One line. With an `invoice_item` it is a proration."""
    return {
        "id": f"il_{uuid4().hex[:24]}",
        "object": "line_item",
        "amount": charge.amount,
        "currency": subscription["currency"],
        "description": description,
        "discount_amounts": [],
        "discountable": invoice_item is None,
        "discounts": [],
        "invoice": None,
        "livemode": False,
        "metadata": {},
        "parent": {
            "invoice_item_details": None,
            "subscription_item_details": {
                "invoice_item": invoice_item,
                "proration": invoice_item is not None,
                "proration_details": {"credited_items": None},
                "subscription": subscription["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {"start": period[0], "end": period[1]},
        "pretax_credit_amounts": [],
        "pricing": _pricing(item["price"], str(charge.unit_amount)),
        "quantity": charge.quantity,
        "subtotal": charge.amount,
        "taxes": [],
    }


def draft(account: Account, subscription: Thing, reason: str, lines: list[Thing], period: Period) -> Thing:
    """A new invoice of these lines and of the prorations that wait for one."""
    customer = account.kinds["customer"][subscription["customer"]]
    invoice = account.made(
        "invoice",
        "in",
        **_EMPTY,
        auto_advance=True,
        billing_reason=reason,
        currency=subscription["currency"],
        customer=subscription["customer"],
        customer_address=customer.get("address"),
        customer_email=customer.get("email"),
        customer_name=customer.get("name"),
        customer_phone=customer.get("phone"),
        effective_at=None,
        parent={
            "quote_details": None,
            "subscription_details": {"metadata": subscription["metadata"], "subscription": subscription["id"]},
            "type": "subscription_details",
        },
        period_start=period[0],
        period_end=period[1],
    )
    for entry in account.of("invoiceitem"):
        if entry["invoice"] is None and entry["parent"]["subscription_details"]["subscription"] == subscription["id"]:
            entry["invoice"] = invoice["id"]
            lines = [*lines, _line_of(subscription, entry)]
    _put_lines(invoice, lines)
    with account.changing(subscription, "customer.subscription.updated"):
        subscription["latest_invoice"] = invoice["id"]
    account.tell("invoice.created", invoice)
    return invoice


def finalize(account: Account, invoice: Thing) -> None:
    """Counts the usage once more, sets the customer's balance off, and makes it a demand."""
    subscription = account.kinds["subscription"][subscription_id(invoice)]
    _count_usage_again(account, invoice, subscription)
    customer = account.kinds["customer"][invoice["customer"]]
    balance = customer.get("balance", 0)
    due = max(0, invoice["total"] + balance)
    invoice |= {
        "status": "open",
        "number": f"{customer.get('invoice_prefix', 'GONE')}-{customer.get('next_invoice_sequence', 1):04d}",
        "starting_balance": balance,
        "ending_balance": balance + invoice["total"] - due,
        "amount_due": due,
        "amount_remaining": due,
        "automatically_finalizes_at": None,
        "effective_at": account.now,
        "hosted_invoice_url": f"https://invoice.stripe.com/i/acct_sandbox/test_{invoice['id']}",
        "invoice_pdf": f"https://pay.stripe.com/invoice/acct_sandbox/test_{invoice['id']}/pdf",
        "status_transitions": {**invoice["status_transitions"], "finalized_at": account.now},
    }
    if "balance" in customer:
        customer |= {
            "balance": invoice["ending_balance"],
            "currency": invoice["currency"],
            "next_invoice_sequence": customer["next_invoice_sequence"] + 1,
        }
    account.tell("invoice.finalized", invoice)


def _count_usage_again(account: Account, invoice: Thing, subscription: Thing) -> None:
    """Usage that was told while the invoice was a draft counts."""
    lines = invoice["lines"]["data"]
    for item in items_of(subscription):
        before = [one for one in lines if is_metered(item["price"]) and _is_of(one, item)]
        if before:
            period = before[0]["period"]
            again = _usage_lines_of(account, subscription, item, (period["start"], period["end"]))
            lines = [*(one for one in lines if one not in before), *again]
    _put_lines(invoice, lines)


def _is_of(line_: Thing, item: Thing) -> bool:
    """Whether a line bills an item at the price that it still has."""
    details = line_["parent"]["subscription_item_details"]
    return bool(
        details["subscription_item"] == item["id"] and line_["pricing"]["price_details"]["price"] == item["price"]["id"]
    )


def _line_of(subscription: Thing, entry: Thing) -> Thing:
    item = {"id": entry["parent"]["subscription_details"]["subscription_item"], "price": _price_of(entry)}
    charge = Charge(entry["quantity"], Decimal(entry["pricing"]["unit_amount_decimal"] or 0), entry["amount"])
    period = (entry["period"]["start"], entry["period"]["end"])
    return line(subscription, item, charge, period, entry["description"], invoice_item=entry["id"])


def _price_of(entry: Thing) -> Thing:
    details = entry["pricing"]["price_details"]
    return {"id": details["price"], "product": details["product"]}


def _put_lines(invoice: Thing, lines: list[Thing]) -> None:
    for one in lines:
        one["invoice"] = invoice["id"]
    total = sum(one["amount"] for one in lines)
    invoice["lines"] = whole(f"/v1/invoices/{invoice['id']}/lines", lines)
    invoice |= dict.fromkeys(("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"), total)
    invoice |= dict.fromkeys(("amount_due", "amount_remaining"), max(0, total))


def _pricing(price: Thing, unit_amount: str | None) -> dict[str, Any]:
    details = {"price": price["id"], "product": price["product"]}
    return {"price_details": details, "type": "price_details", "unit_amount_decimal": unit_amount}


def _product_name(account: Account, price: Thing) -> str:
    name: str = account.kinds["product"][price["product"]]["name"]
    return name


_EMPTY: Thing = {
    "account_country": "US",
    "account_name": "LeadGen",
    "account_tax_ids": None,
    "amount_overpaid": 0,
    "amount_paid": 0,
    "amount_shipping": 0,
    "application": None,
    "attempt_count": 0,
    "attempted": False,
    "automatic_tax": {
        "disabled_reason": None,
        "enabled": False,
        "liability": None,
        "provider": None,
        "status": None,
    },
    "automatically_finalizes_at": None,
    "collection_method": "charge_automatically",
    "custom_fields": None,
    "customer_shipping": None,
    "customer_tax_exempt": "none",
    "customer_tax_ids": [],
    "default_payment_method": None,
    "default_source": None,
    "default_tax_rates": [],
    "description": None,
    "discounts": [],
    "due_date": None,
    "ending_balance": None,
    "footer": None,
    "from_invoice": None,
    "hosted_invoice_url": None,
    "invoice_pdf": None,
    "issuer": {"type": "self"},
    "last_finalization_error": None,
    "latest_revision": None,
    "metadata": {},
    "next_payment_attempt": None,
    "number": None,
    "on_behalf_of": None,
    "payment_settings": {"default_mandate": None, "payment_method_options": None, "payment_method_types": None},
    "post_payment_credit_notes_amount": 0,
    "pre_payment_credit_notes_amount": 0,
    "receipt_number": None,
    "rendering": None,
    "shipping_cost": None,
    "shipping_details": None,
    "starting_balance": 0,
    "statement_descriptor": None,
    "status": "draft",
    "status_transitions": {
        "finalized_at": None,
        "marked_uncollectible_at": None,
        "paid_at": None,
        "voided_at": None,
    },
    "test_clock": None,
    "total_discount_amounts": [],
    "total_pretax_credit_amounts": [],
    "total_taxes": [],
    "webhooks_delivered_at": None,
}

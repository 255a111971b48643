"""How invoices are paid, and what that does to their subscription: active, past due, in the end canceled or unpaid."""

from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Refused, Thing
from leadgen.sandbox.stripe_asking import Ask, equals
from leadgen.sandbox.stripe_calendar import DAY_SECONDS
from leadgen.sandbox.stripe_cards import decline_of, declined
from leadgen.sandbox.stripe_form import WINDOW, boolean, lies_in, one_of, text
from leadgen.sandbox.stripe_invoices import finalize
from leadgen.sandbox.stripe_life import UPDATED, card_of, end, has_ended, subscription_id

RETRY_SECONDS = tuple(
    days * DAY_SECONDS for days in (3, 5, 7)
)  # between the attempts to charge a card, after the first
_STATUSES = ("draft", "open", "paid", "uncollectible", "void")
_SETTLED = frozenset({"paid", "void", "uncollectible"})


def advance(account: Account, invoice: Thing, *, owner_is_there: bool = False) -> str | None:
    """Finalizes an invoice and collects it. Gives how the card was declined, if it was."""
    if invoice["status"] == "draft":
        finalize(account, invoice)
    return collect(account, invoice, owner_is_there=owner_is_there)


def collect(
    account: Account,
    invoice: Thing,
    *,
    card: str | None = None,
    owner_is_there: bool = False,
    is_manual: bool = False,
) -> str | None:
    """Charges what is left to pay. Gives how the card was declined, if it was; no card at all is declined as such."""
    subscription = account.kinds["subscription"][subscription_id(invoice)]
    if invoice["amount_remaining"] == 0:
        _paid(account, invoice, subscription)
        return None
    invoice["attempted"] = True
    if not is_manual or invoice["attempt_count"] == 0:
        invoice["attempt_count"] += 1
    card = card or card_of(account, subscription)
    code = decline_of(account, card, owner_is_there=owner_is_there) if card else "no_card"
    if code is None:
        _paid(account, invoice, subscription)
        return None
    _failed(account, invoice, subscription, code, is_manual=is_manual)
    return code


def pay(ask: Ask) -> Thing:
    """Pays an invoice now, with the card that is given or the usual one."""
    account, invoice = ask.account, ask.named("invoice")
    given = ask.read({"payment_method": text, "off_session": boolean, "paid_out_of_band": boolean})
    if invoice["status"] in _SETTLED:
        raise Refused(f"Invoice is already {invoice['status']}", code="invoice_already_paid")
    card = given.get("payment_method")
    if card and account.find("payment_method", card, "payment_method")["customer"] != invoice["customer"]:
        raise Refused("The payment method does not belong to the invoice's customer.", param="payment_method")
    if invoice["status"] == "draft":
        finalize(account, invoice)
    subscription = account.kinds["subscription"][subscription_id(invoice)]
    if given.get("paid_out_of_band"):
        _paid(account, invoice, subscription)
    elif card is None and card_of(account, subscription) is None and invoice["amount_remaining"]:
        raise no_card()
    else:
        there = not given.get("off_session", True)
        code = collect(account, invoice, card=card, owner_is_there=there, is_manual=True)
        if code:
            raise declined(code)
    return invoice


def finalize_invoice(ask: Ask) -> Thing:
    """Makes a draft a demand, and collects it where that is left to Stripe."""
    invoice = ask.named("invoice")
    given = ask.read({"auto_advance": boolean})
    if invoice["status"] != "draft":
        raise Refused("This invoice is already finalized, you can't re-finalize a non-draft invoice.")
    invoice["auto_advance"] = given.get("auto_advance", invoice["auto_advance"])
    if invoice["auto_advance"]:
        advance(ask.account, invoice)
    else:
        finalize(ask.account, invoice)
    return invoice


def void(ask: Ask) -> Thing:
    """Takes a demand back."""
    invoice = ask.named("invoice")
    ask.read({})
    if invoice["status"] not in {"open", "uncollectible"}:
        raise Refused("You can only pass in open or uncollectible invoices.")
    make_void(ask.account, invoice)
    return invoice


def make_void(account: Account, invoice: Thing) -> None:
    """The same, by Stripe itself."""
    invoice["status"] = "void"
    invoice["next_payment_attempt"] = None
    invoice["status_transitions"] = {**invoice["status_transitions"], "voided_at": account.now}
    account.tell("invoice.voided", invoice)


def invoices(ask: Ask) -> Thing:
    """The invoices."""
    kinds = {
        "collection_method": one_of("charge_automatically", "send_invoice"),
        "created": WINDOW,
        "customer": text,
        "status": one_of(*_STATUSES),
        "subscription": text,
    }

    def keep(invoice: Thing, given: dict[str, Any]) -> bool:
        return (
            equals("collection_method", "customer", "status")(invoice, given)
            and ("subscription" not in given or subscription_id(invoice) == given["subscription"])
            and ("created" not in given or lies_in(invoice["created"], given["created"]))
        )

    return ask.listed("invoice", kinds, keep)


def invoice_items(ask: Ask) -> Thing:
    """The prorations, those that wait for an invoice and those that stand on one."""

    def keep(entry: Thing, given: dict[str, Any]) -> bool:
        waits = entry["invoice"] is None
        return equals("customer", "invoice")(entry, given) and given.get("pending", waits) == waits

    return ask.listed("invoiceitem", {"customer": text, "invoice": text, "pending": boolean}, keep)


def no_card() -> Refused:
    """What Stripe says where there is nothing to charge."""
    message = "This customer has no attached payment source or default payment method."
    return Refused(f"{message} Please consider adding a default payment method.", code="resource_missing")


def _paid(account: Account, invoice: Thing, subscription: Thing) -> None:
    invoice |= {
        "status": "paid",
        "attempted": True,
        "amount_paid": invoice["amount_due"],
        "amount_remaining": 0,
        "next_payment_attempt": None,
        "status_transitions": {**invoice["status_transitions"], "paid_at": account.now},
    }
    account.tell("invoice.paid", invoice)
    account.tell("invoice.payment_succeeded", invoice)
    _set_delinquent(account, invoice["customer"], is_delinquent=False)
    is_latest = subscription["latest_invoice"] == invoice["id"]
    if subscription["status"] == "incomplete" or (subscription["status"] in {"past_due", "unpaid"} and is_latest):
        with account.changing(subscription, UPDATED):
            subscription["status"] = "active"


def _failed(account: Account, invoice: Thing, subscription: Thing, code: str, *, is_manual: bool) -> None:
    retries = invoice["attempt_count"] - 1
    will_retry = retries < len(RETRY_SECONDS) and subscription["status"] != "incomplete"
    if not is_manual:
        invoice["next_payment_attempt"] = account.now + RETRY_SECONDS[retries] if will_retry else None
    account.tell("invoice.payment_failed", invoice)
    if code == "authentication_required":
        account.tell("invoice.payment_action_required", invoice)
    _set_delinquent(account, invoice["customer"], is_delinquent=True)
    if is_manual or has_ended(subscription) or subscription["status"] == "incomplete":
        return
    if will_retry or account.leaves_unpaid:
        with account.changing(subscription, UPDATED):
            subscription["status"] = "past_due" if will_retry else "unpaid"
    else:
        end(account, subscription, "payment_failed")


def _set_delinquent(account: Account, id_: str, *, is_delinquent: bool) -> None:
    customer = account.kinds["customer"][id_]
    if not customer.get("deleted"):
        with account.changing(customer, "customer.updated"):
            customer["delinquent"] = is_delinquent

"""Payment methods: Stripe's own test cards, and how each behaves when it is charged.

`visa` and `mastercard` pay; `chargeCustomerFail` can be kept but its charges are declined; `authenticationRequired` pays only
while its owner is there; the `chargeDeclined` ones cannot even be kept. Given as `pm_card_visa` or, to make one, `tok_visa`.
"""

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Refused, Thing, no_such, page
from leadgen.sandbox.stripe_asking import PAGE, Ask
from leadgen.sandbox.stripe_form import Kind, metadata, one_of, record, text

_DECLINES = {
    "visa": None,
    "mastercard": None,
    "chargeCustomerFail": "generic_decline",
    "authenticationRequired": "authentication_required",
}
_NOT_KEPT = {
    "chargeDeclined": "generic_decline",
    "visa_chargeDeclined": "generic_decline",
    "chargeDeclinedInsufficientFunds": "insufficient_funds",
    "visa_chargeDeclinedInsufficientFunds": "insufficient_funds",
}
_LAST_FOUR = {"visa": "4242", "mastercard": "4444", "chargeCustomerFail": "0341", "authenticationRequired": "3184"}
_LISTED: dict[str, Kind] = {"customer": text, "type": one_of("card")}


def declined(decline_code: str) -> Refused:
    """What Stripe says when a card is declined."""
    if decline_code == "authentication_required":
        message = "Your card was declined. This transaction requires authentication."
        return Refused(
            message, code="authentication_required", status=402, kind="card_error", decline_code=decline_code
        )
    message = "Your card has insufficient funds." if decline_code == "insufficient_funds" else "Your card was declined."
    return Refused(message, code="card_declined", status=402, kind="card_error", decline_code=decline_code)


def create_card(ask: Ask) -> Thing:
    """A payment method of a test token, of nobody yet."""
    given = ask.read({"type": one_of("card"), "card": record("token", token=text), "metadata": metadata}, "type card")
    return _made(ask.account, given["card"]["token"].removeprefix("tok_"), "card[token]")


def attach(ask: Ask) -> Thing:
    """Gives a card to a customer."""
    given = ask.read({"customer": text}, "customer")
    customer = ask.account.find("customer", given["customer"], "customer")
    card = card_named(ask.account, ask.values["id"])
    give(ask.account, card, customer)
    return card


def detach(ask: Ask) -> Thing:
    """Takes a card away from its customer, and from what was paid with it."""
    account, card = ask.account, ask.named("payment_method")
    ask.read({})
    if card["customer"] is None:
        raise Refused("The payment method you provided is not attached to a customer so detachment is impossible.")
    customer = account.find("customer", card["customer"])
    with account.changing(customer, "customer.updated"):
        settings = customer["invoice_settings"]
        if settings["default_payment_method"] == card["id"]:
            customer["invoice_settings"] = {**settings, "default_payment_method": None}
    for subscription in account.of("subscription"):
        if subscription["default_payment_method"] == card["id"]:
            subscription["default_payment_method"] = None
    with account.changing(card, "payment_method.detached"):
        card["customer"] = None
    return card


def cards(ask: Ask) -> Thing:
    """The cards of a customer."""
    given = ask.read({**PAGE, **_LISTED})
    id_ = ask.values.get("id") or given.get("customer")
    owner = ask.account.find("customer", id_, None if "id" in ask.values else "customer") if id_ else None
    found = [card for card in ask.account.of("payment_method") if owner and card["customer"] == owner["id"]]
    return page(ask.path, found, given)


def card_named(account: Account, id_: str, param: str | None = None) -> Thing:
    """A card by its id; a new one, of nobody yet, where the id is a test card's.

    Raises:
        Refused: there is no such card, or it is declined at once.
    """
    name = id_.removeprefix("pm_card_")
    return _made(account, name, param) if name != id_ else account.find("payment_method", id_, param)


def give(account: Account, card: Thing, customer: Thing, param: str = "payment_method") -> None:
    """Makes a card a customer's, if it is not theirs already.

    Raises:
        Refused: it is somebody else's.
    """
    if card["customer"] == customer["id"]:
        return
    if card["customer"] is not None:
        raise Refused("The payment method you provided has already been attached to a customer.", param=param)
    card["customer"] = customer["id"]
    account.tell("payment_method.attached", card)


def decline_of(account: Account, card: str, *, owner_is_there: bool) -> str | None:
    """How a charge of this card is declined, if it is."""
    code = account.cards[card]
    return None if owner_is_there and code == "authentication_required" else code


def _made(account: Account, name: str, param: str | None) -> Thing:
    if name in _NOT_KEPT:
        raise declined(_NOT_KEPT[name])
    if name not in _DECLINES:
        raise no_such("PaymentMethod", name, param or "id", 400 if param else 404)
    card = account.made(
        "payment_method",
        "pm",
        allow_redisplay="unspecified",
        billing_details={"address": None, "email": None, "name": None, "phone": None},
        card={
            "brand": "mastercard" if name == "mastercard" else "visa",
            "country": "US",
            "exp_month": 12,
            "exp_year": 2040,
            "funding": "credit",
            "last4": _LAST_FOUR[name],
        },
        customer=None,
        metadata={},
        type="card",
    )
    account.cards[card["id"]] = _DECLINES[name]
    return card

"""Changes of a subscription in the middle of a period: other items with prorations, a trial moved, the end at once."""

from enum import Enum, auto
from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Refused, Thing
from leadgen.sandbox.stripe_asking import Ask
from leadgen.sandbox.stripe_cards import decline_of, declined
from leadgen.sandbox.stripe_collecting import advance
from leadgen.sandbox.stripe_form import boolean, clearable, merged, natural, one_of, record, several, text
from leadgen.sandbox.stripe_invoices import draft, fresh_lines, usage_lines
from leadgen.sandbox.stripe_items import change_items, credit_rest
from leadgen.sandbox.stripe_life import UPDATED, card_of, end, has_ended, period_of, set_period
from leadgen.sandbox.stripe_subscriptions import ALTERABLE, begin_period, own_card, plan_end, trial_end_of

_CANCELLATION = record(
    comment=clearable(text),
    feedback=clearable(
        one_of(
            "customer_service",
            "low_quality",
            "missing_features",
            "other",
            "switched_service",
            "too_complex",
            "too_expensive",
            "unused",
        )
    ),
)
_CHANGED = {
    **ALTERABLE,
    "cancellation_details": _CANCELLATION,
    "items": several(record(id=text, price=text, quantity=natural, deleted=boolean)),
}


class _Bills(Enum):
    """What a change bills at once; prorations that are not billed wait for the next invoice."""

    NOTHING = auto()
    PRORATIONS = auto()
    NEW_PERIOD = auto()


def update_subscription(ask: Ask) -> Thing:
    """Changes a subscription: its items with prorations, its end, its trial, its card."""
    account, subscription = ask.account, ask.named("subscription")
    given = ask.read(_CHANGED)
    if has_ended(subscription) and given.keys() - {"cancellation_details", "metadata"}:
        raise Refused("A canceled subscription can only update its cancellation_details and metadata.")
    own_card(account, given, subscription["customer"])
    trial_end = trial_end_of(account, given)
    used = _usage_so_far(account, subscription)
    bills = _Bills.NOTHING
    with account.changing(subscription, UPDATED):
        _describe(subscription, given)
        plan_end(account, subscription, given)
        if "items" in given:
            bills = _change(account, subscription, given)
        if "trial_end" in given and _set_trial_end(account, subscription, trial_end):
            bills = _Bills.NEW_PERIOD
    if bills is not _Bills.NOTHING:
        is_new = bills is _Bills.NEW_PERIOD
        lines = [*used, *fresh_lines(account, subscription, period_of(subscription))] if is_new else []
        advance(account, draft(account, subscription, "subscription_update", lines, (account.now, account.now)))
    return subscription


def cancel(ask: Ask) -> Thing:
    """Cancels it at once; `invoice_now` bills the usage, `prorate` gives credit for what is left."""
    account, subscription = ask.account, ask.named("subscription")
    given = ask.read({"cancellation_details": _CANCELLATION, "invoice_now": boolean, "prorate": boolean})
    if has_ended(subscription):
        raise Refused(f"No such subscription: '{subscription['id']}'", param="id", code="resource_missing", status=404)
    if given.get("prorate") and subscription["status"] != "trialing":
        credit_rest(account, subscription)
    if given.get("invoice_now"):
        lines = _usage_so_far(account, subscription)
        period = (period_of(subscription)[0], account.now)
        advance(account, draft(account, subscription, "subscription_update", lines, period))
    _describe(subscription, given)
    if not has_ended(subscription):
        end(account, subscription, "cancellation_requested")
    return subscription


def _usage_so_far(account: Account, subscription: Thing) -> list[Thing]:
    """What the usage of the current period costs; on trial it is free."""
    if subscription["status"] == "trialing":
        return []
    return usage_lines(account, subscription, (period_of(subscription)[0], account.now))


def _describe(subscription: Thing, given: dict[str, Any]) -> None:
    """Sets what is only noted."""
    for name in ("default_payment_method", "description", "trial_settings"):
        if name in given:
            subscription[name] = given[name]
    if "metadata" in given:
        subscription["metadata"] = merged(subscription["metadata"], given["metadata"])
    if "cancellation_details" in given:
        details = {**subscription["cancellation_details"], **given["cancellation_details"]}
        subscription["cancellation_details"] = details


def _change(account: Account, subscription: Thing, given: dict[str, Any]) -> _Bills:
    """Changes the items."""
    behavior = given.get("proration_behavior", "create_prorations")
    card = card_of(account, subscription)
    code = decline_of(account, card, owner_is_there=False) if card else None
    if code and behavior == "always_invoice" and given.get("payment_behavior") == "error_if_incomplete":
        raise declined(code)
    is_on_trial = subscription["status"] == "trialing"
    prorates = behavior != "none" and not is_on_trial
    begins_anew = change_items(account, subscription, given["items"], prorates=prorates)
    if begins_anew and not is_on_trial:
        begin_period(account, subscription, account.now)
        return _Bills.NEW_PERIOD
    return _Bills.PRORATIONS if prorates and behavior == "always_invoice" else _Bills.NOTHING


def _set_trial_end(account: Account, subscription: Thing, trial_end: int | None) -> bool:
    """Begins, moves or ends the trial. Gives whether it has ended, so that there is something to pay."""
    if trial_end is not None:
        is_on_trial = subscription["status"] == "trialing"
        subscription |= {"status": "trialing", "trial_end": trial_end, "billing_cycle_anchor": trial_end}
        subscription["trial_start"] = subscription["trial_start"] if is_on_trial else account.now
        set_period(subscription, period_of(subscription)[0] if is_on_trial else account.now, trial_end)
        return False
    if subscription["status"] != "trialing":
        return False
    subscription |= {"status": "active", "trial_end": account.now}
    begin_period(account, subscription, account.now)
    return True

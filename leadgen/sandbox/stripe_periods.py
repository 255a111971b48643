"""What happens by itself as time passes: trials and periods end, invoices are finalized, cards are tried again.

`live_until` lets an account live through all of it in its order, each at its own second. Facts: a renewal's invoice is a draft
for an hour; a trial's end is told of three days before; a first payment has 23 hours, a checkout 24.
"""

from collections.abc import Callable, Iterator
from functools import partial

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Thing
from leadgen.sandbox.stripe_calendar import DAY_SECONDS, period_end
from leadgen.sandbox.stripe_collecting import advance, collect, make_void
from leadgen.sandbox.stripe_invoices import draft, fresh_lines, usage_lines
from leadgen.sandbox.stripe_life import (
    UPDATED,
    card_of,
    end,
    has_ended,
    period_of,
    recurring_of,
    set_period,
    subscription_id,
)
from leadgen.sandbox.stripe_meters import count_pending

DRAFT_SECONDS = 3_600
WARNING_SECONDS = 3 * DAY_SECONDS
FIRST_PAYMENT_SECONDS = 23 * 3_600

Due = tuple[int, Callable[[], None]]  # when, and what then happens


def live_until(account: Account, now: int) -> None:
    """Lets everything happen that has become due, and sets the account's time."""
    count_pending(account)
    while True:
        at, happens = min(_due(account), key=lambda due: due[0], default=(now + 1, None))
        if happens is None or at > now:
            break
        account.now = max(account.now, at)
        happens()
    account.now = now


def _due(account: Account) -> Iterator[Due]:
    for session in account.of("checkout.session"):
        if session["status"] == "open":
            yield session["expires_at"], partial(_expire_session, account, session)
    for subscription in account.of("subscription"):
        if not has_ended(subscription):
            yield from _due_of(account, subscription)
    for invoice in account.of("invoice"):
        if invoice["status"] == "draft" and invoice["automatically_finalizes_at"]:
            yield invoice["automatically_finalizes_at"], partial(_advance, account, invoice)
        if invoice["status"] == "open" and invoice["next_payment_attempt"]:
            yield invoice["next_payment_attempt"], partial(_collect, account, invoice)


def _due_of(account: Account, subscription: Thing) -> Iterator[Due]:
    if subscription["status"] == "incomplete":
        yield subscription["created"] + FIRST_PAYMENT_SECONDS, partial(_expire, account, subscription)
        return
    start, until = period_of(subscription)
    cancel_at = subscription["cancel_at"]
    if cancel_at is not None and cancel_at <= until:
        yield cancel_at, partial(_end, account, subscription)
    else:
        yield until, partial(_renew, account, subscription)
    if subscription["status"] == "trialing":
        trial_end = subscription["trial_end"]
        if (subscription["id"], trial_end) not in account.warned_of_trial_end:
            yield max(start, trial_end - WARNING_SECONDS), partial(_warn, account, subscription)


def _warn(account: Account, subscription: Thing) -> None:
    account.warned_of_trial_end.add((subscription["id"], subscription["trial_end"]))
    account.tell("customer.subscription.trial_will_end", subscription)


def _renew(account: Account, subscription: Thing) -> None:
    """The next period begins; usage of the last one is billed with it. What was on trial has cost nothing."""
    ended, was_on_trial = period_of(subscription), subscription["status"] == "trialing"
    on_missing_card = subscription["trial_settings"]["end_behavior"]["missing_payment_method"]
    if was_on_trial and on_missing_card == "cancel" and card_of(account, subscription) is None:
        end(account, subscription, "cancellation_requested")
        return
    period = (ended[1], period_end(subscription["billing_cycle_anchor"], recurring_of(subscription), ended[1]))
    lines = [] if was_on_trial else usage_lines(account, subscription, ended)
    with account.changing(subscription, UPDATED):
        subscription["status"] = "active" if was_on_trial else subscription["status"]
        set_period(subscription, *period)
    lines += fresh_lines(account, subscription, period)
    invoice = draft(account, subscription, "subscription_cycle", lines, ended)
    if subscription["status"] == "unpaid":
        invoice["auto_advance"] = False  # no more is asked of who has not paid
    else:
        invoice["automatically_finalizes_at"] = account.now + DRAFT_SECONDS


def _end(account: Account, subscription: Thing) -> None:
    """Ends as it was planned; usage of the last period is billed."""
    period = (period_of(subscription)[0], account.now)
    lines = [] if subscription["status"] == "trialing" else usage_lines(account, subscription, period)
    if any(line["amount"] for line in lines):
        advance(account, draft(account, subscription, "subscription_cycle", lines, period))
    if not has_ended(subscription):
        end(account, subscription, "cancellation_requested")


def _expire(account: Account, subscription: Thing) -> None:
    """The first payment has not come in time."""
    with account.changing(subscription, UPDATED):
        subscription["status"] = "incomplete_expired"
        subscription["ended_at"] = account.now
    for invoice in account.of("invoice"):
        if subscription_id(invoice) == subscription["id"] and invoice["status"] == "open":
            make_void(account, invoice)


def _expire_session(account: Account, session: Thing) -> None:
    session["status"], session["url"] = "expired", None
    account.tell("checkout.session.expired", session)


def _advance(account: Account, invoice: Thing) -> None:
    advance(account, invoice)


def _collect(account: Account, invoice: Thing) -> None:
    collect(account, invoice)

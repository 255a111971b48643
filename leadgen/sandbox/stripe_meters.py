"""Usage: meters, the events that they count, and what they have counted.

An event is taken at once and counted at the account's next request, as the true ones are counted later. One that names no
active meter, no customer or no number is taken too and never counted; the reports that Stripe then sends are not played.
"""

import math
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from leadgen.sandbox.stripe_account import Account, MeterUse
from leadgen.sandbox.stripe_answers import Refused, Thing, page
from leadgen.sandbox.stripe_asking import PAGE, Ask, equals
from leadgen.sandbox.stripe_calendar import DAY_SECONDS
from leadgen.sandbox.stripe_catalog import changed
from leadgen.sandbox.stripe_form import integer, one_of, record, text

_OLDEST_SECONDS, _AHEAD_SECONDS = 35 * DAY_SECONDS, 300
_GROUPS = {"hour": 3_600, "day": DAY_SECONDS}
_CANCELED_WITHIN_SECONDS = DAY_SECONDS


def create_meter(ask: Ask) -> Thing:
    """A new meter of an event's name."""
    given = ask.read(
        {
            "customer_mapping": record("event_payload_key type", event_payload_key=text, type=one_of("by_id")),
            "default_aggregation": record("formula", formula=one_of("sum", "count", "last")),
            "display_name": text,
            "event_name": text,
            "event_time_window": one_of("day", "hour"),
            "value_settings": record("event_payload_key", event_payload_key=text),
        },
        "default_aggregation display_name event_name",
    )
    if _active_meter(ask.account, given["event_name"]):
        raise Refused("An active meter with this event name already exists.", param="event_name")
    usual: Thing = {
        "customer_mapping": {"event_payload_key": "stripe_customer_id", "type": "by_id"},
        "event_time_window": None,
        "status": "active",
        "status_transitions": {"deactivated_at": None},
        "updated": ask.account.now,
        "value_settings": {"event_payload_key": "value"},
    }
    meter = ask.account.made("billing.meter", "mtr", **{**usual, **given})
    ask.account.tell("billing.meter.created", meter)
    return meter


def meters(ask: Ask) -> Thing:
    """The meters."""
    return ask.listed("billing.meter", {"status": one_of("active", "inactive")}, equals("status"))


def deactivate_meter(ask: Ask) -> Thing:
    """Lets a meter count no more."""
    meter = ask.named("billing.meter")
    if meter["status"] != "active":
        raise Refused("The meter is not active.")
    stopped = {"status": "inactive", "status_transitions": {"deactivated_at": ask.account.now}}
    return changed(ask.account, meter, stopped, "billing.meter.deactivated")


def create_meter_event(ask: Ask) -> Thing:
    """Takes usage in."""
    account = ask.account
    given = ask.read(
        {"event_name": text, "identifier": text, "payload": _payload, "timestamp": integer}, "event_name payload"
    )
    identifier, at = given.get("identifier") or uuid4().hex, given.get("timestamp", account.now)
    if not account.now - _OLDEST_SECONDS <= at <= account.now + _AHEAD_SECONDS:
        message = "The timestamp must be within the past 35 calendar days or up to 5 minutes in the future."
        raise Refused(message, param="timestamp")
    if identifier in account.uses or any(use.identifier == identifier for use in account.pending_uses):
        raise Refused(f"An event already exists with identifier {identifier}.", param="identifier")
    payload = given["payload"]
    meter = _active_meter(account, given["event_name"])
    customer = payload.get(meter["customer_mapping"]["event_payload_key"]) if meter else None
    value = _number(payload.get(meter["value_settings"]["event_payload_key"])) if meter else None
    account.pending_uses.append(MeterUse(identifier, given["event_name"], customer, value, at, account.now))
    return {
        "object": "billing.meter_event",
        "created": account.now,
        "event_name": given["event_name"],
        "identifier": identifier,
        "livemode": False,
        "payload": payload,
        "timestamp": at,
    }


def create_adjustment(ask: Ask) -> Thing:
    """Takes an event back that was told by mistake, within a day."""
    account = ask.account
    given = ask.read(
        {"cancel": record("identifier", identifier=text), "event_name": text, "type": one_of("cancel")},
        "cancel event_name type",
    )
    use = account.uses.get(given["cancel"]["identifier"])
    if use is None or use.event_name != given["event_name"]:
        raise Refused("No event found with that identifier.", param="cancel[identifier]", code="resource_missing")
    if account.now - use.accepted_at > _CANCELED_WITHIN_SECONDS:
        raise Refused("An event can be canceled within 24 hours.", param="cancel[identifier]")
    use.value = use.customer = None
    return {
        "object": "billing.meter_event_adjustment",
        "cancel": given["cancel"],
        "event_name": given["event_name"],
        "livemode": False,
        "status": "complete",
        "type": "cancel",
    }


def event_summaries(ask: Ask) -> Thing:
    """What a meter has counted of a customer: in all, or hour by hour or day by day; nothing where there was nothing."""
    meter = ask.named("billing.meter")
    given = ask.read(
        {
            **PAGE,
            "customer": text,
            "start_time": integer,
            "end_time": integer,
            "value_grouping_window": one_of(*_GROUPS),
        },
        "customer start_time end_time",
    )
    start, end = given["start_time"], given["end_time"]
    step = _GROUPS.get(given.get("value_grouping_window", ""), max(1, end - start))
    alignment = _GROUPS.get(given.get("value_grouping_window", ""), 60)
    for name in ("start_time", "end_time"):
        if given[name] % alignment:
            raise Refused(f"{name} must be aligned with the window's or the minute's boundary.", param=name)
    if end <= start:
        raise Refused("end_time must be after start_time.", param="end_time")
    found = [
        {
            "id": f"mtrusg_{meter['id']}_{since}",
            "object": "billing.meter_event_summary",
            "aggregated_value": counted(ask.account, meter, given["customer"], since, min(since + step, end)),
            "end_time": min(since + step, end),
            "livemode": False,
            "meter": meter["id"],
            "start_time": since,
        }
        for since in range(start, end, step)
        if any(_uses(ask.account, meter, given["customer"], since, min(since + step, end)))
    ]
    return page(ask.path, found, given)


def counted(account: Account, meter: Thing, customer: str, start: int, end: int) -> float:
    """What a meter has counted of a customer from `start` to just before `end`."""
    uses = list(_uses(account, meter, customer, start, end))
    formula = meter["default_aggregation"]["formula"]
    if formula == "count":
        return len(uses)
    values = [use.value or 0.0 for use in sorted(uses, key=lambda use: use.timestamp)]
    amount = sum(values) if formula == "sum" else (values or [0.0])[-1]
    return int(amount) if amount == int(amount) else amount


def count_pending(account: Account) -> None:
    """Lets the meters count what was told since the last request."""
    for use in account.pending_uses:
        if use.customer in account.kinds["customer"] and use.value is not None:
            account.uses[use.identifier] = use
    account.pending_uses.clear()


def _uses(account: Account, meter: Thing, customer: str, start: int, end: int) -> Iterator[MeterUse]:
    return (
        use
        for use in account.uses.values()
        if use.event_name == meter["event_name"] and use.customer == customer and start <= use.timestamp < end
    )


def _active_meter(account: Account, event_name: str) -> Thing | None:
    found = (one for one in account.of("billing.meter") if one["event_name"] == event_name)
    return next((one for one in found if one["status"] == "active"), None)


def _payload(value: Any, param: str) -> dict[str, str]:
    if not isinstance(value, dict) or not all(isinstance(entry, str) for entry in value.values()):
        raise Refused("Invalid object", param=param)
    return value


def _number(text_: str | None) -> float | None:
    try:
        number = float(text_ or "")
    except ValueError:
        return None
    return number if math.isfinite(number) else None

"""The words of a warning that a budget or cap is nearly or wholly spent. When one is due, the database decides
(`app.raise_spend_alerts`)."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from leadgen.domain.money import dollars

ALL_VENDORS = "*"


def share_percent(spent_micros: int, cap_micros: int) -> int:
    """How much of a cap is spent, in whole percent rounded down, so that 100 is said only of what is gone; a cap of 0 is."""
    return 100 if cap_micros <= 0 else max(0, spent_micros) * 100 // cap_micros


def words_of(kind: str, facts: Mapping[str, Any]) -> str | None:
    """A warning in a sentence or two, with what to do; None for a kind that is no warning of spending.

    `facts` are those that the database has written: `cap_micros`, `spent_micros`, and `campaign`, or `vendor`, `period` and
    `first_day`.
    """
    subject, _, level = kind.partition(".")
    if subject not in {"budget", "cap"} or level not in {"nearly_spent", "spent"}:
        return None
    spent, cap = int(facts["spent_micros"]), int(facts["cap_micros"])
    figures = f"{dollars(spent)} of {dollars(cap)}"
    if subject == "budget":
        whose = f"the budget of {facts['campaign']}"
        stands = "The campaign stands still until its budget is raised; nothing is lost."
    else:
        whose = _cap_in_words(str(facts["vendor"]), str(facts["period"]), date.fromisoformat(str(facts["first_day"])))
        stands = "Campaigns that need it go on when the period turns, or at once when the cap is raised."
    if level == "spent":
        return f"{whose[:1].upper()}{whose[1:]} is spent: {figures}. {stands}"
    return f"{share_percent(spent, cap)} % of {whose} is spent: {figures}."


def _cap_in_words(vendor: str, period: str, first_day: date) -> str:
    when = f"{first_day:%-d %B %Y}" if period == "day" else f"{first_day:%B %Y}"
    return f"the cap on {'all vendors' if vendor == ALL_VENDORS else vendor} for {when}"

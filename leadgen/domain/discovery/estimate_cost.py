"""What a lead costs and how long it takes, stage by stage: by the vendors' prices, or as the tenant's campaigns measured."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from leadgen.domain.discovery.estimate_size import Range

Unit = tuple[str, str]  # vendor, unit

_MEASURED_SPREAD = (0.8, 1.0, 1.3)
FEWEST_MEASURED = 20  # leads below which a measured price says little


@dataclass(frozen=True, slots=True)
class Use:
    """How many units of a vendor one lead takes in a stage, how many calls that is, and how long one of them takes.

    `researching` and `writing` as units are the two models' tokens; the figures are those of finished campaigns, with room.
    """

    stage: str
    vendor: str
    unit: str
    units: Range
    calls: float = 0.0
    seconds: float = 1.0


# A page of Google's holds 20, a tile is on average 69 % full, and a quarter of the results are of another kind.
_USES = (
    Use("prospects", "google_places", "text_search_enterprise", Range(0.06, 0.1, 0.17), calls=0.25, seconds=0.6),
    Use("prospects", "yelp", "search", Range(0.03, 0.06, 0.12), calls=0.06, seconds=0.8),
    Use("website_profiles", "own_fetcher", "page", Range(1.5, 2.5, 4.0), calls=2.5, seconds=1.5),
    Use("website_profiles", "firecrawl", "credit", Range(0.05, 0.12, 0.4), calls=0.12, seconds=6.0),
    Use("website_profiles", "pagespeed", "run", Range(0.7, 0.8, 0.9), calls=0.8, seconds=20.0),
    Use("contacts", "hunter", "credit", Range(0.3, 0.6, 1.3), calls=1.2, seconds=1.0),
    Use("contacts", "apollo", "credit", Range(0.05, 0.12, 0.5), calls=0.5, seconds=1.0),
    Use("research", "anthropic", "researching:input", Range(600, 900, 3_000), calls=0.75, seconds=4.0),
    Use("research", "anthropic", "researching:output", Range(150, 250, 500)),
    Use("email_drafts", "anthropic", "writing:input", Range(250, 500, 1_500), calls=0.5, seconds=10.0),
    Use("email_drafts", "anthropic", "writing:output", Range(170, 300, 600)),
)
# An asked third source: its pages, and for a company no map knows an enrichment
_APOLLO = Use("prospects", "apollo", "credit", Range(0.05, 0.2, 0.5), calls=0.3)
_STILL_FRESH = 0.8  # of the answers to what was asked before, as a rule
_BATCHED = 0.5  # what a vendor takes for questions that can wait


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a vendor may be asked: calls a second, and calls in flight."""

    per_second: float
    at_once: int


@dataclass(frozen=True, slots=True)
class Plan:
    """What a campaign does that changes its price: the sources it asks, the two models, and whether it can wait for batches."""

    sources: tuple[str, ...]
    researching: str
    writing: str
    is_urgent: bool = True


@dataclass(frozen=True, slots=True)
class Line:
    """What one vendor may cost in one stage, in micros. `measured`: as in the tenant's own campaigns."""

    stage: str
    vendor: str
    micros: Range
    measured: bool


@dataclass(frozen=True, slots=True)
class Duration:
    """How long a campaign may take, in seconds, and what it waits for most."""

    low: float
    high: float
    reason: str


def uses_of(plan: Plan) -> list[Use]:
    """What each lead of such a campaign takes."""
    sources = {"google_maps": "google_places", "yelp": "yelp"}
    left_out = {vendor for source, vendor in sources.items() if source not in plan.sources}
    uses = [use for use in _USES if use.stage != "prospects" or use.vendor not in left_out]
    return [*uses, _APOLLO] if "apollo" in plan.sources else uses


def costs(
    leads: Range, plan: Plan, prices: Mapping[Unit, Decimal], measured: Mapping[tuple[str, str], float], known: float
) -> list[Line]:
    """What each vendor may cost in each stage.

    `prices` in micros a unit; `measured` in micros a lead by stage and vendor, empty where too little was measured; `known` is
    the share 0-1 of what will be asked that is known and still fresh.
    """
    lines: dict[tuple[str, str], Range] = {}
    for use in uses_of(plan):
        price = float(prices.get((use.vendor, _priced(use, plan)), 0))
        batched = _BATCHED if use.vendor == "anthropic" and not plan.is_urgent else 1.0
        micros = use.units.times(price * batched)
        key = use.stage, use.vendor
        lines[key] = lines[key].plus(micros) if key in lines else micros
    for key, micros_a_lead in measured.items():
        lines[key] = Range(*(micros_a_lead * factor for factor in _MEASURED_SPREAD))
    return [
        Line(
            stage,
            vendor,
            Range(
                leads.low * a_lead.low * (1 - known * _shared(stage)),
                leads.likely * a_lead.likely * (1 - known * _shared(stage) * _STILL_FRESH),
                leads.high * a_lead.high,
            ),
            (stage, vendor) in measured,
        )
        for (stage, vendor), a_lead in lines.items()
        if a_lead.high > 0
    ]


def duration(leads: Range, plan: Plan, paces: Mapping[str, Pace]) -> Duration:
    """How long it takes: each stage as long as its slowest vendor, one stage after the other."""
    stages: dict[str, tuple[float, Use]] = {}
    for use in uses_of(plan):
        pace = paces.get(use.vendor)
        if pace and use.calls:
            seconds = use.calls * max(1 / pace.per_second, use.seconds / pace.at_once)
            if seconds > stages.get(use.stage, (0.0, use))[0]:
                stages[use.stage] = seconds, use
    a_lead = sum(seconds for seconds, _ in stages.values())
    slowest = max(stages.values(), key=lambda found: found[0], default=None)
    reason = "Nothing is waited for."
    if slowest:
        share = slowest[0] / a_lead
        reason = f"Most of it ({share:.0%}) waits for {slowest[1].vendor} in the stage {slowest[1].stage}."
    low, high = leads.low * a_lead * 0.7, leads.high * a_lead * 1.5 + 60
    if not plan.is_urgent:
        return Duration(low, high + 86_400, "Research and drafts go in batches at half price, which come within a day.")
    return Duration(low, high, reason)


def total(lines: Sequence[Line]) -> Range:
    """All of it, in micros."""
    return _sum(line.micros for line in lines)


def _sum(ranges: Iterable[Range]) -> Range:
    whole = Range(0, 0, 0)
    for one in ranges:
        whole = whole.plus(one)
    return whole


def _priced(use: Use, plan: Plan) -> str:
    """The unit as the price list names it."""
    task, _, kind = use.unit.partition(":")
    model = {"researching": plan.researching, "writing": plan.writing}.get(task)
    return f"{model}:{kind}" if model else use.unit


def _shared(stage: str) -> float:
    """How much of a stage is saved where all is known: drafts are each campaign's own."""
    return 0.0 if stage == "email_drafts" else 1.0

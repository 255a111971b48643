"""How progress and result look: on a terminal, and as plain lines where there is none."""

import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Protocol

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from leadgen.cli.report import DemoResult, Draft, LeadRow, StageProgress
from leadgen.domain.money import dollars

LEADS_SHOWN = 20
FACTORS_SHOWN = 2
PLAIN_WIDTH = 140
COMPONENTS = ("website", "size", "engagement", "fit")  # of a score, 0-25 each
LINE_EVERY_SECONDS = 2.0
TIER_STYLES = {"A": "bold green", "B": "green", "C": "yellow", "D": "dim"}
TITLES = {
    "prospects": "discovery",
    "website_profiles": "websites",
    "contacts": "contacts",
    "research": "research",
    "lead_scores": "scores",
    "email_drafts": "drafts",
}


LOOK_FURTHER = """\
leadgen up            the pages, the API and Dagster's UI, with this campaign in them
leadgen demo          again: a second campaign over the same place, which pays for nothing it knows
leadgen demo --json   the same as one JSON document, with every lead and every factor
leadgen doctor        checks the installation"""


class ProgressView(AbstractContextManager["ProgressView"], Protocol):
    """Where progress is shown."""

    def show(self, stages: Sequence[StageProgress]) -> None:
        """Shows how far each stage is now."""


class LiveProgress:
    """A table that is redrawn in place."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, transient=True, auto_refresh=False)

    def __enter__(self) -> "LiveProgress":
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def show(self, stages: Sequence[StageProgress]) -> None:
        """Redraws the table."""
        self._live.update(progress_table(stages), refresh=True)


class PlainProgress:
    """A line a stage that has moved, every two seconds at most and once more at its end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._shown: dict[str, tuple[float, int]] = {}

    def __enter__(self) -> "PlainProgress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def show(self, stages: Sequence[StageProgress]) -> None:
        """Prints what has changed."""
        now = time.monotonic()
        for stage in stages:
            shown_at, shown = self._shown.get(stage.stage, (0.0, 0))
            complete = stage.handled == stage.total
            if stage.handled != shown and (complete or now - shown_at >= LINE_EVERY_SECONDS):
                self._shown[stage.stage] = (now, stage.handled)
                self._console.print(
                    f"{TITLES[stage.stage]:<10} {_count(stage)}, {_rate(stage)}, {dollars(stage.spent_micros)}"
                )


def progress_view(console: Console) -> LiveProgress | PlainProgress:
    """The view that suits the console."""
    return LiveProgress(console) if console.is_terminal else PlainProgress(console)


def console_for(*, stderr: bool) -> Console:
    """A console wide enough for the tables where nobody's terminal sets its width."""
    console = Console(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal:
        console.width = PLAIN_WIDTH
    return console


def progress_table(stages: Sequence[StageProgress]) -> Table:
    """Stage, count, rate and spend."""
    table = Table("stage", box=None, header_style="dim")
    for column in ("prospects", "rate", "spent"):
        table.add_column(column, justify="right")
    for stage in stages:
        table.add_row(TITLES[stage.stage], _count(stage), _rate(stage), dollars(stage.spent_micros))
    return table


def result_screen(result: DemoResult) -> RenderableType:
    """The whole result, in the order a person asks for it."""
    parts: list[RenderableType] = ["", Text(result.campaign, style="bold"), leads_table(result.leads)]
    more = len(result.leads) - LEADS_SHOWN
    legend = f"score = {' + '.join(COMPONENTS)}, 25 points each"
    parts.append(Text(f"… and {more} more; {legend}" if more > 0 else legend, style="dim"))
    if result.draft:
        parts += ["", draft_panel(result.draft)]
    parts += ["", costs_table(result), "", _summary(result), _money(result), _times(result), "", LOOK_FURTHER]
    return Group(*parts)


def leads_table(leads: Sequence[LeadRow]) -> Table:
    """The best leads: tier, score with its components and best factors, contact with verdict, cost."""
    table = Table(box=None, header_style="dim", pad_edge=False)
    # columns that may not wrap keep their width; the others give way where the terminal is narrow
    table.add_column("", justify="right", no_wrap=True)
    table.add_column("lead")
    table.add_column("tier", justify="center", no_wrap=True)
    table.add_column("score", no_wrap=True)
    table.add_column("because")
    table.add_column("contact")
    table.add_column("verdict", no_wrap=True)
    table.add_column("cost", justify="right", no_wrap=True)
    for rank, lead in enumerate(leads[:LEADS_SHOWN], start=1):
        table.add_row(
            str(rank),
            _cut(lead.company),
            Text(lead.tier, style=TIER_STYLES[lead.tier]),
            f"{lead.score} = {'+'.join(f'{lead.components[component]:02}' for component in COMPONENTS)}",
            _cut(_because(lead)),
            _cut(_contact(lead)),
            lead.verdict or "–",
            dollars(lead.cost_micros),
        )
    return table


def draft_panel(draft: Draft) -> Panel:
    """One sequence, in full."""
    lines: list[RenderableType] = []
    for email in draft.emails:
        lines += [
            Text(f"{email.step}. day {email.delay_days}: {email.subject} ({email.words} words)", style="bold"),
            Text(email.body.strip() + "\n"),
        ]
    to = " ".join(part for part in (draft.contact, f"<{draft.email}>" if draft.email else None) if part)
    return Panel(Group(*lines), title=f"to {to}, {draft.company}", title_align="left")


def costs_table(result: DemoResult) -> Table:
    """What each vendor was asked, paid and saved."""
    table = Table("vendor", box=None, header_style="dim", pad_edge=False)
    for column in ("calls", "known already", "cost", "saved"):
        table.add_column(column, justify="right")
    for vendor in result.vendors:
        row = (vendor.calls, vendor.known, dollars(vendor.cost_micros), dollars(vendor.saved_micros))
        table.add_row(vendor.vendor, *map(str, row))
    calls = sum(vendor.calls for vendor in result.vendors)
    known = sum(vendor.known for vendor in result.vendors)
    total = (calls, known, dollars(result.cost_micros), dollars(result.saved_micros))
    table.add_row("all", *map(str, total), style="bold")
    return table


def _summary(result: DemoResult) -> Text:
    tiers = ", ".join(f"{count} {tier}" for tier, count in result.tiers.items())
    coverage = result.coverage
    return Text(
        f"{result.prospects} prospects ({tiers}), {result.drafts} drafts for review. "
        f"Discovery: {coverage.found} of {coverage.wanted} wanted businesses, {coverage.outside} unwanted."
    )


def _money(result: DemoResult) -> str:
    if result.cost_micros == 0 and result.saved_micros:
        return f"Paid nothing: all of it was known already, which saved {dollars(result.saved_micros)}."
    return f"Paid {dollars(result.cost_micros)}; what was known already saved {dollars(result.saved_micros)}."


def _times(result: DemoResult) -> Text:
    split = ", ".join(f"{TITLES.get(name, name)} {seconds:.1f}" for name, seconds in result.timings.items())
    return Text(f"{result.seconds:.1f} s: {split}", style="dim")


def _count(stage: StageProgress) -> str:
    count = f"{stage.handled}" if stage.total is None else f"{stage.handled}/{stage.total}"
    return f"{count}, {stage.failed} failed" if stage.failed else count


def _rate(stage: StageProgress) -> str:
    return "–" if stage.per_second is None else f"{stage.per_second:.1f}/s"


def _cut(text: str) -> Text:
    return Text(text, no_wrap=True, overflow="ellipsis")


def _because(lead: LeadRow) -> str:
    best = sorted(lead.factors, key=lambda factor: -factor.points)
    return ", ".join(factor.reason for factor in best[:FACTORS_SHOWN])


def _contact(lead: LeadRow) -> str:
    return " ".join(part for part in (lead.contact, lead.email and f"<{lead.email}>") if part) or "–"

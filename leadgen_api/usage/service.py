"""What members learn of their organization's usage and cost."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from leadgen_api.access.sessions import Member
from leadgen_api.paging import page_of, position_of
from leadgen_api.usage import queries
from leadgen_api.usage.queries import Grouping
from leadgen_api.usage.schemas import (
    LinePosition,
    LineStatus,
    Quantity,
    Span,
    UsageFigures,
    UsageGroup,
    UsageLine,
    UsageLinePage,
    UsageReport,
)

SUMS = ("calls", "known", "cost_micros", "own_key_micros", "saved_micros", "reserved_micros")
NO_CAMPAIGN = "outside campaigns"


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines of the ledger; None: whichever."""

    vendor: str | None = None
    campaign: UUID | None = None
    stage: str | None = None
    status: LineStatus | None = None


async def report(member: Member, span: Span, by: Grouping) -> UsageReport:
    """What was used in these days, in groups."""
    asked = {"organization": member.organization_id, **span.instants()}
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.totals_by(by), asked)
        bought = await transaction.all(queries.quantities_by(by), asked)
        leads = await transaction.all(queries.LEADS, asked)
        names = {}
        if by == "campaign":
            ids = [row["key"] for row in rows if row["key"]]
            named = await transaction.all(queries.CAMPAIGN_NAMES, {**asked, "ids": ids})
            names = {"": NO_CAMPAIGN} | {row["id"]: row["name"] for row in named}
    quantities = defaultdict(list)
    for row in bought:
        quantities[row["key"]].append(Quantity.of(row["vendor"], row["unit"], row["quantity"]))
    found = sum(row["leads"] for row in leads)
    whose = _leads_by_key(leads, by)
    groups = [
        UsageGroup(
            **UsageFigures.of(row, found if whose is None else whose[row["key"]]).model_dump(),
            key=row["key"],
            name=names.get(row["key"], row["key"]),
            quantities=quantities[row["key"]],
        )
        for row in rows
    ]
    total = UsageFigures.of({name: sum(row[name] for row in rows) for name in SUMS}, found)
    return UsageReport(first_day=span.first_day, last_day=span.last_day, by=by, total=total, groups=groups)


def _leads_by_key(leads: Sequence[Mapping[str, Any]], by: Grouping) -> Counter[str] | None:
    """How many leads each group has; None where a lead belongs to all groups."""
    if by not in {"campaign", "day"}:
        return None
    counted: Counter[str] = Counter()
    for row in leads:
        counted[row[by]] += row["leads"]
    return counted


async def lines(member: Member, span: Span, only: LineFilter, limit: int, cursor: str | None) -> UsageLinePage:
    """One page of the ledger, the newest first."""
    after = position_of(LinePosition, cursor)
    asked = {
        "organization": member.organization_id,
        **span.instants(),
        "opened_at": after.opened_at,
        "id": after.id,
        "vendor": only.vendor,
        "campaign": only.campaign,
        "stage": only.stage,
        "status": only.status,
        "limit": limit + 1,
    }
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.LINES, asked)
    page, next_cursor = page_of(LinePosition, rows, limit)
    return UsageLinePage(items=[UsageLine.of(row) for row in page], next_cursor=next_cursor)

"""What members learn of their organization's usage and cost."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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


@dataclass(frozen=True, slots=True)
class Used:
    """What was used in some days, part by part; `report` puts the parts together."""

    span: Span
    totals: Sequence[Mapping[str, Any]]
    quantities: Sequence[Mapping[str, Any]]
    leads: Sequence[Mapping[str, Any]]
    campaigns: Mapping[str, str]

    def report(self, by: Grouping) -> UsageReport:
        """The totals, and the groups: days in order, others with the dearest first."""
        found = sum(row["leads"] for row in self.leads)
        whose = _leads_by_key(self.leads, by)
        bought = self._quantities(by)
        groups = [
            UsageGroup(
                **UsageFigures.of(sums, found if whose is None else whose[key]).model_dump(),
                key=key,
                name=self.campaigns.get(key, key) if by == "campaign" else key,
                quantities=bought[key],
            )
            for key, sums in self._sums(by).items()
        ]
        groups.sort(key=lambda group: (0 if by == "day" else -group.cost_cents, group.key))
        total = UsageFigures.of({name: sum(row[name] for row in self.totals) for name in SUMS}, found)
        return UsageReport(
            first_day=self.span.first_day, last_day=self.span.last_day, by=by, total=total, groups=groups
        )

    def _sums(self, by: Grouping) -> Mapping[str, Mapping[str, int]]:
        sums: dict[str, Counter[str]] = {}
        for row in self.totals:
            sums.setdefault(_key(row[by]), Counter()).update({name: row[name] for name in SUMS})
        return sums

    def _quantities(self, by: Grouping) -> Mapping[str, list[Quantity]]:
        """By group: vendor by vendor, the largest quantities first."""
        sums: defaultdict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
        for row in self.quantities:
            sums[_key(row[by]), row["vendor"], row["unit"]] += row["quantity"]
        quantities = defaultdict(list)
        for (key, vendor, unit), quantity in sorted(sums.items(), key=lambda item: (item[0][:2], -item[1], item[0])):
            quantities[key].append(Quantity.of(vendor, unit, quantity))
        return quantities


async def used(member: Member, span: Span) -> Used:
    """What was used in these days."""
    asked = {"organization": member.organization_id, **span.instants()}
    async with member.tenant() as transaction:
        await transaction.execute(queries.ROOM_TO_GROUP)
        totals = await transaction.all(queries.TOTALS, asked)
        quantities = await transaction.all(queries.QUANTITIES, asked)
        leads = await transaction.all(queries.LEADS, asked)
        ids = list({row["campaign"] for row in totals} - {None})
        names = await transaction.all(queries.CAMPAIGN_NAMES, {**asked, "ids": ids})
    return Used(span, totals, quantities, leads, {"": NO_CAMPAIGN} | {str(row["id"]): row["name"] for row in names})


def _key(part: str | date | UUID | None) -> str:
    """What a group is called in filters; calls outside any campaign have an empty key."""
    return "" if part is None else str(part)


def _leads_by_key(leads: Sequence[Mapping[str, Any]], by: Grouping) -> Counter[str] | None:
    """How many leads each group has; None where a lead belongs to all groups."""
    if by not in {"campaign", "day"}:
        return None
    counted: Counter[str] = Counter()
    for row in leads:
        counted[_key(row[by])] += row["leads"]
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

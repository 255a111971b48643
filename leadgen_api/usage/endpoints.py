"""/v1/usage: what was used and spent, in groups and line by line."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from leadgen_api.access.sessions import SignedIn
from leadgen_api.fields import Line
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented
from leadgen_api.usage import service
from leadgen_api.usage.queries import Grouping
from leadgen_api.usage.schemas import LineStatus, Span, UsageLinePage, UsageReport

router = APIRouter(prefix="/v1/usage", tags=["usage"], responses=documented(401, 422, 503))

FirstDay = Annotated[
    date | None, Query(alias="from", description="The first day, in UTC; else the first of the month.")
]
LastDay = Annotated[date | None, Query(alias="to", description="The last day, in UTC, included; else today.")]


@router.get("")
async def get_usage(
    member: SignedIn, first_day: FirstDay = None, last_day: LastDay = None, by: Grouping = "vendor"
) -> UsageReport:
    """Calls, quantities, cost, what known answers saved, and the cost of a lead."""
    return (await service.used(member, Span.asked(first_day, last_day))).report(by)


@router.get("/lines")
async def list_lines(
    member: SignedIn,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    vendor: Line | None = None,
    campaign_id: UUID | None = None,
    stage: Line | None = None,
    status: LineStatus | None = None,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> UsageLinePage:
    """The ledger: one line a call and a use, the newest first."""
    only = service.LineFilter(vendor, campaign_id, stage, status)
    return await service.lines(member, Span.asked(first_day, last_day), only, limit, cursor)

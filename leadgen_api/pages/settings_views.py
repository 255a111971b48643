"""Pages of an organization's accounts at outside services, and of what it uses, spends and caps."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from leadgen.settings import VENDORS
from leadgen_api.access.sessions import Admin, Member, SignedIn
from leadgen_api.campaigns.schemas import LARGEST_BUDGET_CENTS
from leadgen_api.caps import service as caps
from leadgen_api.caps.schemas import ALL, NewCap, Period
from leadgen_api.integrations import service as integrations
from leadgen_api.integrations.endpoints import ServiceName, TheVault
from leadgen_api.integrations.schemas import NewCredentials, TrialReport
from leadgen_api.notifications import service as notifications
from leadgen_api.notifications.schemas import ReadUpTo
from leadgen_api.pages.forms import CENTS_PER_DOLLAR
from leadgen_api.pages.rendering import templates
from leadgen_api.paging import Cursor
from leadgen_api.problems import Problem
from leadgen_api.usage import service as usage
from leadgen_api.usage.endpoints import FirstDay, LastDay
from leadgen_api.usage.queries import Grouping
from leadgen_api.usage.schemas import Span, UsageGroup

router = APIRouter(include_in_schema=False)

SEE_OTHER = 303
UNREAD_SHOWN = 5
LINES_SHOWN = 25
UNTRIED = "untried"  # the form's field that is no part of the credentials
GROUPINGS: dict[Grouping, str] = {"vendor": "Vendor", "campaign": "Campaign", "stage": "Stage", "day": "Day"}


class CapForm(BaseModel):
    """A cap as the page asks for it."""

    model_config = ConfigDict(extra="forbid")

    vendor: str = Field(max_length=50)
    period: Period
    dollars: int = Field(ge=0, le=LARGEST_BUDGET_CENTS // CENTS_PER_DOLLAR)


class CapNamed(BaseModel):
    """Which cap."""

    model_config = ConfigDict(extra="forbid")

    vendor: str = Field(max_length=50)
    period: Period


@router.get("/integrations")
async def integration_list(request: Request, member: Admin) -> HTMLResponse:
    """Every service with its state, and the form to connect it."""
    return await _integrations(request, member)


@router.post("/integrations/{name}")
async def connect(request: Request, member: Admin, vault: TheVault, name: ServiceName) -> Response:
    """Keeps credentials and shows the service; says what is wrong where they are not kept. Never shows them again."""
    given = {field: value for field, value in (await request.form()).items() if isinstance(value, str)}
    untried = given.pop(UNTRIED, None) is not None
    try:
        new = NewCredentials.model_validate({"credentials": given, "test": not untried})
    except ValidationError:
        raise Problem(422, "credentials-shape", "These are no credentials.") from None
    try:
        await integrations.put_credentials(member, vault, name, new)
    except Problem as problem:
        if problem.status != 422:
            raise
        return await _integrations(request, member, name, problem=problem)
    return RedirectResponse(f"/integrations#{name}", SEE_OTHER)


@router.post("/integrations/{name}/test")
async def try_connection(request: Request, member: Admin, vault: TheVault, name: ServiceName) -> HTMLResponse:
    """Asks the service, and shows what it says."""
    tried = await integrations.test_credentials(member, vault, name)
    return await _integrations(request, member, name, report=tried.test)


@router.post("/integrations/{name}/delete")
async def disconnect(member: Admin, name: ServiceName) -> Response:
    """Forgets the credentials."""
    await integrations.delete_credentials(member, name)
    return RedirectResponse(f"/integrations#{name}", SEE_OTHER)


async def _integrations(
    request: Request,
    member: Member,
    about: str | None = None,
    *,
    report: TrialReport | None = None,
    problem: Problem | None = None,
) -> HTMLResponse:
    """The page; `report` or `problem` stands with the service that it is about."""
    found = await integrations.list_integrations(member)
    context = {"member": member, "integrations": found.items, "about": about, "report": report, "problem": problem}
    return templates.TemplateResponse(
        request, "integrations.html", context, status_code=problem.status if problem else 200
    )


@router.get("/usage")
async def usage_page(
    request: Request,
    member: SignedIn,
    first_day: FirstDay = None,
    last_day: LastDay = None,
    by: Grouping = "campaign",
    cursor: Cursor = None,
) -> HTMLResponse:
    """What was used and spent, what is capped, and the ledger."""
    span = Span.asked(first_day, last_day)
    used = await usage.used(member, span)
    by_day, shown = used.report("day"), used.report(by)
    told = await notifications.list_notifications(member, True, UNREAD_SHOWN, None)
    context = {
        "member": member,
        "span": span,
        "groupings": GROUPINGS,
        "by": by,
        "report": shown,
        "dearest": _dearest(shown.groups),
        "by_vendor": used.report("vendor").groups,
        "by_day": by_day.groups,
        "dearest_day": _dearest(by_day.groups),
        "caps": (await caps.list_caps(member)).items,
        "vendors": (ALL, *VENDORS),
        "told": told,
        "lines": await usage.lines(member, span, usage.LineFilter(), LINES_SHOWN, cursor),
    }
    return templates.TemplateResponse(request, "usage.html", context)


@router.post("/usage/caps")
async def set_cap(member: Admin, form: Annotated[CapForm, Form()]) -> Response:
    """Sets a cap and shows all."""
    await caps.put_cap(member, form.vendor, form.period, NewCap(cap_cents=form.dollars * CENTS_PER_DOLLAR))
    return RedirectResponse("/usage#caps", SEE_OTHER)


@router.post("/usage/caps/remove")
async def remove_cap(member: Admin, form: Annotated[CapNamed, Form()]) -> Response:
    """Removes a cap and shows the others."""
    await caps.delete_cap(member, form.vendor, form.period)
    return RedirectResponse("/usage#caps", SEE_OTHER)


@router.post("/usage/notifications/read")
async def read_notifications(member: SignedIn, form: Annotated[ReadUpTo, Form()]) -> Response:
    """The member has read what was shown."""
    await notifications.read_up_to(member, form.id)
    return RedirectResponse("/usage", SEE_OTHER)


def _dearest(groups: list[UsageGroup]) -> float:
    """What the longest bar stands for."""
    return max((group.cost_cents for group in groups), default=0.0)

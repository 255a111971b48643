"""Apollo: people search, match, organizations, usage. VENDORS.md section 5.

The people search is free and shows no address and no full last name; a match costs a credit and shows both. A key with
`limited` in it has no scope but for the usage.
"""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from decimal import Decimal
from typing import Any

from leadgen.sandbox.apollo_people import (
    company_json,
    company_matches,
    matches_filters,
    organization_id,
    organization_json,
    person_json,
    search_json,
)
from leadgen.sandbox.calls import CallLog, number
from leadgen.sandbox.lookup import Employee, Lookup, host_of
from leadgen.sandbox.wire import Header, Limit, Operation, Reply, Request, Vendor, Window, json_reply, names

PRICES = {"credit": Decimal(20_000)}
_PLAN_CREDITS = 10_000
_MOST_PER_PAGE, _MOST_PAGES, _MOST_DOMAINS, _MOST_BULK = 100, 500, 1_000, 10
_WINDOW_NAMES = {60: ("minute", "minute"), 3_600: ("hourly", "hourly"), 86_400: ("24-hour", "24-hour")}
_SEARCH_FILTERS = names(
    "person_titles[] include_similar_titles q_keywords person_locations[] person_seniorities[] "
    "organization_locations[] q_organization_domains_list[] contact_email_status[] organization_ids[] "
    "organization_num_employees_ranges[] revenue_range[min] revenue_range[max] "
    "currently_using_all_of_technology_uids[] currently_using_any_of_technology_uids[] "
    "currently_not_using_any_of_technology_uids[] q_organization_job_titles[] organization_job_locations[] "
    "organization_num_jobs_range[min] organization_num_jobs_range[max] organization_job_posted_at_range[min] "
    "organization_job_posted_at_range[max] page per_page"
)
_COMPANY_FILTERS = names(
    "q_organization_domains_list[] organization_num_employees_ranges[] organization_locations[] "
    "organization_not_locations[] revenue_range[min] revenue_range[max] currently_using_any_of_technology_uids[] "
    "q_organization_keyword_tags[] q_organization_name organization_ids[] latest_funding_amount_range[min] "
    "latest_funding_amount_range[max] total_funding_range[min] total_funding_range[max] latest_funding_date_range[min] "
    "latest_funding_date_range[max] q_organization_job_titles[] organization_job_locations[] "
    "organization_num_jobs_range[min] organization_num_jobs_range[max] organization_job_posted_at_range[min] "
    "organization_job_posted_at_range[max] page per_page"
)
_IDENTITY = names("first_name last_name name email hashed_email organization_name domain id linkedin_url")
_REVEALS = names("run_waterfall_email run_waterfall_phone reveal_personal_emails reveal_phone_number webhook_url")
_INVALID_KEY = "Invalid API key. See https://docs.apollo.io/reference/authentication for how to authenticate."


class BadRequest(ValueError):
    """The request breaks a rule; carries Apollo's refusal."""

    def __init__(self, error: str, status: int = 422) -> None:
        super().__init__(error)
        self.reply = json_reply(status, {"error": error})


def apollo(lookup: Lookup, calls: CallLog) -> Vendor:
    """The service, knowing the world's people with `in_apollo`."""
    service = _Apollo(lookup, calls)
    operations = (
        Operation("people_search", "POST", "/api/v1/mixed_people/api_search", _guarded(service.search)),
        Operation("people_match", "POST", "/api/v1/people/match", _guarded(service.match)),
        Operation("people_bulk_match", "POST", "/api/v1/people/bulk_match", _guarded(service.bulk_match)),
        Operation("organization_enrich", "GET", "/api/v1/organizations/enrich", _guarded(service.enrich)),
        Operation("company_search", "POST", "/api/v1/mixed_companies/search", _guarded(service.search_companies)),
        Operation("api_usage", "POST", "/api/v1/usage_stats/api_usage_stats", service.api_usage, metered=False),
        Operation(
            "credit_usage", "POST", "/api/v1/usage_stats/credit_usage_stats", service.credit_usage, metered=False
        ),
    )
    return Vendor(
        name="apollo",
        operations=operations,
        limits=(
            Limit(200, 60, "people_search"),
            Limit(6_000, 3_600, "people_search"),
            Limit(50_000, 86_400, "people_search"),
            Limit(200, 60, "company_search"),
            Limit(6_000, 3_600, "company_search"),
            Limit(50_000, 86_400, "company_search"),
            Limit(1_000, 60, "people_match"),
            Limit(1_000, 60, "people_bulk_match"),
            Limit(1_000, 60, "organization_enrich"),
        ),
        prices=PRICES,
        key=lambda request: request.headers.get("x-api-key") or request.bearer(),
        unauthorized=lambda _key: Reply(401, _INVALID_KEY.encode(), (), "text/plain"),
        unknown=lambda _request: json_reply(404, {"error": "Not found"}),
        throttled=_throttled,
        quota_spent=lambda _operation: json_reply(
            422, {"error": "You have insufficient credits. Please upgrade your plan."}
        ),
        failure=lambda status: json_reply(
            status or 500, {"error": "Internal server error", "error_code": "UNKNOWN_ERROR"}
        ),
        rate_headers=_rate_headers,
    )


def _guarded(answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """Refusals as replies."""

    def guarded(request: Request) -> Reply:
        key = request.headers.get("x-api-key") or request.bearer() or ""
        if "limited" in key:
            return json_reply(
                403,
                {
                    "error": f"This API key is not authorized to access {request.path.lstrip('/')}. Request an API key from "
                    "your administrator that includes this endpoint in its configured scope.",
                    "error_code": "API_INACCESSIBLE",
                },
            )
        try:
            return answer(request)
        except BadRequest as error:
            return error.reply

    return guarded


def _throttled(operation: Operation, window: Window) -> Reply:
    period = {60: "minute", 3_600: "hour", 86_400: "day"}.get(int(window.limit.seconds), "period")
    return json_reply(
        429,
        {
            "message": f"The maximum number of api calls allowed for {operation.path.lstrip('/')} is "
            f"{window.limit.requests} times per {period}. Please upgrade your plan from "
            "https://app.apollo.io/#/settings/plans/upgrade."
        },
        headers=(("retry-after", str(max(1, round(window.resets_in_seconds)))),),
    )


def _rate_headers(windows: Sequence[Window]) -> Sequence[Header]:
    headers: list[Header] = []
    for window in windows:
        names = _WINDOW_NAMES.get(int(window.limit.seconds))
        if names:
            headers.append((f"x-rate-limit-{names[0]}", str(window.limit.requests)))
            headers.append((f"x-{names[1]}-requests-left", str(max(0, window.limit.requests - window.used))))
    return headers


class _Apollo:
    """The operations."""

    def __init__(self, lookup: Lookup, calls: CallLog) -> None:
        self._lookup = lookup
        self._calls = calls

    def search(self, request: Request) -> Reply:
        """People by filters, in the query; free."""
        _check(request, _SEARCH_FILTERS)
        if request.payload is not None:
            raise BadRequest("Invalid parameters")
        page, per_page = _integer(request, "page", 1, _MOST_PAGES), _integer(request, "per_page", 10, _MOST_PER_PAGE)
        domains = request.many("q_organization_domains_list[]")
        if len(domains) > _MOST_DOMAINS:
            raise BadRequest("Invalid parameters")
        candidates: Sequence[Employee]
        if domains:
            candidates = [employee for domain in domains for employee in self._employees_at(domain)]
        else:
            candidates = list(self._lookup.employees.values())
        found = [employee for employee in candidates if matches_filters(employee, request, self._lookup)]
        shown = found[(page - 1) * per_page : page * per_page]
        return json_reply(200, {"total_entries": len(found), "people": [search_json(employee) for employee in shown]})

    def search_companies(self, request: Request) -> Reply:
        """Companies by filters, in the query; a credit a page."""
        _check(request, _COMPANY_FILTERS)
        if request.payload is not None:
            raise BadRequest("Invalid parameters")
        page, per_page = _integer(request, "page", 1, _MOST_PAGES), _integer(request, "per_page", 10, _MOST_PER_PAGE)
        found = [b for b in self._lookup.world.businesses.values() if company_matches(b, request)]
        shown = found[(page - 1) * per_page : page * per_page]
        answer = {
            "breadcrumbs": [],
            "partial_results_only": False,
            "has_join": False,
            "disable_eu_prospecting": False,
            "partial_results_limit": 10_000,
            "pagination": {
                "page": page,
                "per_page": per_page,
                "total_entries": len(found),
                "total_pages": -(-len(found) // per_page),
            },
            "accounts": [],
            "organizations": [company_json(business) for business in shown],
            "model_ids": [organization_id(business) for business in shown],
            "num_fetch_result": None,
            "derived_params": None,
        }
        return json_reply(200, answer, billed=(("credit", Decimal(1)),))

    def match(self, request: Request) -> Reply:
        """One person, by id or by what is known; a credit if found."""
        _check(request, _IDENTITY | _REVEALS)
        _check_reveal(request)
        known = {name: request.one(name) for name in _IDENTITY}
        if not any(known.values()):
            raise BadRequest("Please provide at least one identifier to match a person.")
        employee = self._find(known)
        if employee is None:
            return json_reply(200, {"person": None})
        return json_reply(200, {"person": person_json(employee, self._lookup)}, billed=(("credit", Decimal(1)),))

    def bulk_match(self, request: Request) -> Reply:
        """Up to ten people at once; a credit for each one found."""
        _check(request, _REVEALS)
        _check_reveal(request)
        payload = request.payload if isinstance(request.payload, dict) else {}
        details = payload.get("details")
        if not isinstance(details, list) or not details:
            return _bulk_failure("INVALID_REQUEST", "invalid request, missing details")
        if len(details) > _MOST_BULK:
            return _bulk_failure("RECORD_LIMIT_EXCEEDED", "cannot enrich more than 10 in a single request")
        if payload.keys() != {"details"} or not all(
            isinstance(detail, dict) and detail.keys() <= _IDENTITY for detail in details
        ):
            return _bulk_failure("INVALID_REQUEST", "invalid request, unknown attributes")
        found = [employee for detail in details if (employee := self._find(detail))]
        paid = len({employee.id for employee in found})
        answer = {
            "status": "success",
            "error_code": None,
            "error_message": None,
            "total_requested_enrichments": len(details),
            "unique_enriched_records": paid,
            "missing_records": len(details) - len(found),
            "credits_consumed": paid,
            "matches": [person_json(employee, self._lookup) for employee in found],
        }
        return json_reply(200, answer, billed=(("credit", Decimal(paid)),) if paid else ())

    def enrich(self, request: Request) -> Reply:
        """One organization by its domain; a credit if found."""
        _check(request, {"domain", "website", "name", "linkedin_url"})
        wanted = request.one("domain") or request.one("website")
        name = (request.one("name") or "").lower()
        if not wanted and not name:
            raise BadRequest("Required parameter 'domain' missing")
        if wanted:
            businesses = self._lookup.businesses_at(wanted)
        else:
            businesses = [b for b in self._lookup.world.businesses.values() if b.name.lower() == name]
        if not businesses:
            return json_reply(200, {"organization": None})
        return json_reply(200, {"organization": organization_json(businesses[0])}, billed=(("credit", Decimal(1)),))

    def api_usage(self, _request: Request) -> Reply:
        """Calls made and left, by endpoint; all of the sandbox's time counts as the current minute."""
        used: Counter[str] = Counter()
        for request in self._calls.vendor("apollo").requests.values():
            used[request.operation] += request.calls
        return json_reply(
            200,
            {
                f'["api/v1/{area}", "{action}"]': {
                    period: {
                        "limit": limit,
                        "consumed": used[operation],
                        "left_over": max(0, limit - used[operation]),
                    }
                    for period, limit in _limits_of(operation)
                }
                for operation, area, action in (
                    ("people_search", "mixed_people", "api_search"),
                    ("people_match", "people", "match"),
                    ("people_bulk_match", "people", "bulk_match"),
                    ("company_search", "mixed_companies", "search"),
                    ("organization_enrich", "organizations", "enrich"),
                )
            },
        )

    def credit_usage(self, _request: Request) -> Reply:
        """The plan's credits."""
        used = number(self._calls.spent("apollo"))
        return json_reply(
            200,
            {
                "credit_usage_stats": {
                    "lead_credit": {"limit": _PLAN_CREDITS, "consumed": used, "left_over": _PLAN_CREDITS - used}
                },
                "current_credit_cycle": {
                    "start_date": "2026-11-01T00:00:00.000Z",
                    "end_date": "2026-12-01T00:00:00.000Z",
                },
            },
        )

    def _employees_at(self, domain: str) -> list[Employee]:
        return [
            employee
            for business in self._lookup.businesses_at(domain)
            for employee in self._lookup.employees_by_business.get(business.id, [])
        ]

    def _find(self, known: dict[str, Any]) -> Employee | None:
        """By id, address or profile; else by name at a domain or an organization."""
        if known.get("id"):
            return self._lookup.employees.get(str(known["id"]))
        everyone = self._lookup.employees.values()
        for field in ("email", "linkedin_url"):
            if known.get(field):
                wanted = str(known[field]).lower()
                return next((e for e in everyone if (getattr(e.person, field) or "").lower() == wanted), None)
        name = str(known.get("name") or f"{known.get('first_name') or ''} {known.get('last_name') or ''}").strip()
        if known.get("domain"):
            colleagues = self._employees_at(host_of(str(known["domain"])))
        else:
            firm = str(known.get("organization_name") or "").lower()
            colleagues = [employee for employee in everyone if firm and employee.business.name.lower() == firm]
        return next(
            (
                employee
                for employee in colleagues
                if f"{employee.person.first_name} {employee.person.last_name}".lower() == name.lower()
            ),
            None,
        )


def _limits_of(operation: str) -> Sequence[tuple[str, int]]:
    """By period. Enrichments are counted by the minute alone: their hour and day hold as many as its minutes do."""
    if operation.endswith("_search"):
        return (("day", 50_000), ("hour", 6_000), ("minute", 200))
    return (("day", 1_440_000), ("hour", 60_000), ("minute", 1_000))


def _bulk_failure(code: str, message: str) -> Reply:
    return json_reply(400, {"status": "failed", "error_code": code, "error_message": message})


def _check(request: Request, known: Collection[str]) -> None:
    if {name for name, _ in request.query} - set(known):
        raise BadRequest("Invalid parameters")


def _check_reveal(request: Request) -> None:
    asked = request.one("reveal_phone_number") == "true" or request.one("run_waterfall_phone") == "true"
    if asked and not request.one("webhook_url"):
        raise BadRequest("Please add a valid 'webhook_url' parameter when using 'reveal_phone_number'", 400)


def _integer(request: Request, name: str, default: int, most: int) -> int:
    text = request.one(name)
    if text is None:
        return default
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise BadRequest("Invalid parameters")
    return int(text)

"""Apollo's companies: one by its domain, and many by what they are like.

Facts (VENDORS.md section 5): an enrichment costs a credit where the company is known; a search a credit a page of up to 100,
whatever is on it. The search is for paying teams.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel

from leadgen.providers.apollo import ONE_CREDIT, VENDOR, judging
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Verdict
from leadgen.providers.judging import billed_when_answered

LARGEST_PAGE = 100
MOST_PAGES = 500
KNOWN_FOR, UNKNOWN_FOR = timedelta(days=30), timedelta(days=7)


class _Organization(BaseModel):
    id: str | None = None
    name: str | None = None
    primary_domain: str | None = None
    industry: str | None = None
    estimated_num_employees: int | None = None
    annual_revenue: float | None = None
    founded_year: int | None = None
    phone: str | None = None
    raw_address: str | None = None
    technology_names: list[str] | None = None


class _OrganizationBody(BaseModel):
    organization: _Organization | None = None


class _Pagination(BaseModel):
    total_entries: int = 0


class _SearchBody(BaseModel):
    organizations: list[_Organization] = []
    pagination: _Pagination = _Pagination()


@dataclass(frozen=True, slots=True)
class Organization:
    """A company. `annual_revenue_dollars` is in US dollars, an estimate; a search leaves out size, industry and address."""

    organization_id: str
    name: str | None
    domain: str | None
    industry: str | None
    employees: int | None
    annual_revenue_dollars: int | None
    founded_year: int | None
    phone: str | None
    address: str | None
    technologies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CompanyFilter:
    """What a company is to be like: each part passes with any of its values, and all parts have to pass.

    `employees` are ranges, both ends in them; `locations` cities, states or countries of the headquarters; `keywords` what
    it does (as `dentistry`).
    """

    locations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    employees: tuple[tuple[int, int], ...] = ()
    domains: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class CompanyPage:
    """One page of a search; `pages` is how many there are."""

    organizations: tuple[Organization, ...]
    pages: int


_judge_enrichment = judging("organizations/enrich")
_judge_companies = judging("mixed_companies/search")


def _organization(reply: Reply) -> _Organization | None:
    organization = _OrganizationBody.model_validate(reply.json()).organization
    return organization if organization and organization.id else None


def _judge_organization(reply: Reply) -> Judgement:
    judgement = _judge_enrichment(reply)
    if judgement.verdict is Verdict.ANSWER and _organization(reply) is None:
        return Judgement(Verdict.MISS)
    return judgement


def _charge_organization(reply: Reply) -> tuple[Usage, ...]:
    return (ONE_CREDIT,) if reply.status == HTTPStatus.OK and _organization(reply) else ()


def _judge_search(reply: Reply) -> Judgement:
    judgement = _judge_companies(reply)
    if judgement.verdict is Verdict.ANSWER and not _SearchBody.model_validate(reply.json()).organizations:
        return Judgement(Verdict.MISS)
    return judgement


ENRICH_ORGANIZATION = Operation(
    vendor=VENDOR,
    name="enrich_organization",
    limit_scope="enrich_organization",  # limits are per endpoint (VENDORS.md section 5)
    judge=_judge_organization,
    charge=_charge_organization,
    expected=(ONE_CREDIT,),
    time_to_live=KNOWN_FOR,
    miss_time_to_live=UNKNOWN_FOR,
)
SEARCH_COMPANIES = Operation(
    vendor=VENDOR,
    name="search_companies",
    limit_scope="search_companies",
    judge=_judge_search,
    charge=billed_when_answered(ONE_CREDIT),
    expected=(ONE_CREDIT,),
    time_to_live=KNOWN_FOR,
    miss_time_to_live=UNKNOWN_FOR,
)


class ApolloCompanies:
    """Companies."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def enrich(self, domain: str) -> Answer[Organization]:
        """The company of a domain; a credit when found, a miss when not.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", "/api/v1/organizations/enrich", (("domain", domain),))
        return await self._asks.ask(ENRICH_ORGANIZATION, request, _read_organization)

    async def search(
        self, wanted: CompanyFilter, *, page: int = 1, per_page: int = LARGEST_PAGE
    ) -> Answer[CompanyPage]:
        """One page of the companies that fit, counted from 1; a miss where none does. A credit, also for an empty page.

        Raises:
            ValueError: a page over 500, or more than a hundred on it.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= page <= MOST_PAGES or not 1 <= per_page <= LARGEST_PAGE:
            raise ValueError(f"pages 1 to {MOST_PAGES} of 1 to {LARGEST_PAGE}, not page {page} of {per_page}")
        query = (
            *_many("organization_locations[]", wanted.locations),
            *_many("q_organization_keyword_tags[]", wanted.keywords),
            *_many("organization_num_employees_ranges[]", [f"{least},{most}" for least, most in wanted.employees]),
            *_many("q_organization_domains_list[]", wanted.domains),
            *_many("q_organization_name", [wanted.name] if wanted.name else []),
            ("page", str(page)),
            ("per_page", str(per_page)),
        )

        def read(body: Any) -> CompanyPage:
            found = _SearchBody.model_validate(body)
            pages = min(MOST_PAGES, math.ceil(found.pagination.total_entries / per_page))
            return CompanyPage(tuple(_described(organization) for organization in found.organizations), pages)

        return await self._asks.ask(SEARCH_COMPANIES, Request("POST", "/api/v1/mixed_companies/search", query), read)


def _many(name: str, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for value in values)


def _read_organization(body: Any) -> Organization:
    return _described(_OrganizationBody.model_validate(body).organization or _Organization())


def _described(found: _Organization) -> Organization:
    return Organization(
        found.id or "",
        found.name,
        found.primary_domain,
        found.industry,
        found.estimated_num_employees,
        None if found.annual_revenue is None else round(found.annual_revenue),
        found.founded_year,
        found.phone,
        found.raw_address,
        tuple(found.technology_names or ()),
    )

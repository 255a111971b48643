"""Our clients and the sandbox were written apart: each understands the other, and both reckon the same bill."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import pytest
from pydantic import BaseModel
from sandbox_server import Sandbox

from leadgen.domain.money import micros
from leadgen.providers.apollo import Apollo
from leadgen.providers.apollo_companies import ApolloCompanies
from leadgen.providers.calls import Answer, Lookup, Operation, Receipt, Reply, Request, Sender, Verdict
from leadgen.providers.claude import Claude
from leadgen.providers.firecrawl import Firecrawl
from leadgen.providers.google_geocoding import Geocoder
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.hunter import Hunter
from leadgen.providers.pagespeed import PageSpeed
from leadgen.providers.yelp import Yelp
from leadgen.sandbox.world import Business, Site, SiteKind
from leadgen.settings import Settings

T = TypeVar("T")


class DirectAsks:
    """Sends each call once to the sandbox, judges it by the call's own rule and adds up what it costs."""

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient) -> None:
        self._sandbox = sandbox
        self._http = http
        self._settings = Settings(_env_file=None)
        self.verdicts: list[Verdict] = []
        self.micros: Counter[str] = Counter()

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        vendor = operation.vendor
        settings = self._settings.vendor(vendor.name).model_copy(
            update={"base_url": f"{self._sandbox.url}/{vendor.name}"}
        )
        if send:
            reply = await send(request, settings, self._sandbox.key)
        else:
            headers, query = vendor.authorize(self._sandbox.key)
            response = await self._http.request(
                request.method,
                settings.base_url + request.path,
                params=[*request.query, *query],
                headers={**request.headers, **headers},
                json=request.body,
            )
            reply = Reply(response.status_code, response.text, dict(response.headers))
        judgement = operation.judge(reply)
        self.verdicts.append(judgement.verdict)
        for usage in operation.charge(reply):
            self.micros[vendor.name] += micros(usage.quantity, settings.prices[usage.unit])
        receipt = Receipt(vendor.name, operation.name, 1, datetime.now(UTC), cached=False)
        return Answer(read(reply.json()) if judgement.verdict is Verdict.ANSWER else None, receipt)

    def bill(self) -> dict[str, int]:
        return {vendor: amount for vendor, amount in self.micros.items() if amount}


@pytest.fixture
async def asks(sandbox: Sandbox) -> AsyncIterator[DirectAsks]:
    sandbox.admin("PUT", "/limits", json={"*": {"rates": []}})
    async with httpx.AsyncClient(trust_env=False) as http:
        direct = DirectAsks(sandbox, http)
        yield direct
        counts = sandbox.admin("GET", "/calls")["vendors"]
        assert direct.bill() == {
            vendor: count["bill"]["micros"] for vendor, count in counts.items() if count["bill"]["micros"]
        }


def site_of(sandbox: Sandbox, kind: SiteKind) -> Site:
    return next(site for site in sandbox.world.sites.values() if site.kind == kind)


def firms(sandbox: Sandbox) -> list[Business]:
    return [business for business in sandbox.world.businesses.values() if business.site]


async def test_places_are_found_page_by_page(sandbox: Sandbox, asks: DirectAsks) -> None:
    found = await GooglePlaces(asks).search_all("dentists", sandbox.world.circle.bounding_box())

    assert len(found.pages) == 3
    assert found.saturated
    assert len({listing.source_id for page in found.pages for listing in page.listings}) == 60


async def test_yelp_is_read_to_its_end(sandbox: Sandbox, asks: DirectAsks) -> None:
    found = await Yelp(asks).search_all("dentists", sandbox.world.circle)
    wanted = {business.id for business in sandbox.world.wanted()}
    on_yelp = [entry for entry in sandbox.world.listings if entry.source == "yelp"]
    listed = {entry.source_id for entry in on_yelp if entry.business_id in wanted}

    assert listed <= {listing.source_id for page in found.pages for listing in page.listings}


async def test_a_place_is_located(asks: DirectAsks) -> None:
    located, unknown = await Geocoder(asks).locate("Austin, TX"), await Geocoder(asks).locate("Atlantis")

    assert located.value
    assert located.value.point.latitude == 30.2672
    assert (unknown.value, asks.verdicts) == (None, [Verdict.ANSWER, Verdict.MISS])


@pytest.mark.parametrize(("kind", "verdict"), [("good", Verdict.ANSWER), ("unreachable", None)])
async def test_sites_are_read_and_measured(
    sandbox: Sandbox, asks: DirectAsks, kind: SiteKind, verdict: Verdict | None
) -> None:
    site = site_of(sandbox, kind)
    page = await Firecrawl(asks).scrape(f"https://{site.domain}/")
    speed = await PageSpeed(asks).run(f"https://{site.domain}/")

    if verdict is Verdict.ANSWER:
        assert page.value
        assert speed.value
        assert page.value.raw_html == site.pages["/"]
        assert (speed.value.mobile_score, speed.value.load_ms) == (site.mobile_score, site.load_ms)
    else:
        assert page.value is None
        assert speed.value is None or speed.value.runtime_error == "ERRORED_DOCUMENT_REQUEST"


async def test_hunter_knows_whom_the_world_says_it_knows(sandbox: Sandbox, asks: DirectAsks) -> None:
    business = next(b for b in firms(sandbox) if any(p.in_hunter and p.email for p in b.people))
    assert business.site
    found = await Hunter(asks).domain_search(business.site.domain)
    assert found.value
    for email in found.value.emails:
        await Hunter(asks).verify(email.address)

    assert {p.email for p in business.people if p.in_hunter and p.email} <= {e.address for e in found.value.emails}


async def test_apollo_searches_for_nothing_and_matches_for_a_credit(sandbox: Sandbox, asks: DirectAsks) -> None:
    business = next(b for b in firms(sandbox) if b.people[0].in_apollo and b.people[0].email)
    assert business.site
    candidates = await Apollo(asks).search_people(business.site.domain, ["owner", "founder"])
    assert candidates.value
    person = await Apollo(asks).match(candidates.value[0].person_id)
    company = await ApolloCompanies(asks).enrich(business.site.domain)

    assert person.value
    assert company.value
    assert (person.value.email, company.value.employees) == (business.people[0].email, business.employees)
    assert asks.bill() == {"apollo": 40_000}


class Reading(BaseModel):
    facts: list[str]
    summary: str


async def test_claude_answers_through_the_sdk(asks: DirectAsks) -> None:
    claude = Claude(asks)
    answer = await claude.parse("claude-sonnet-5-5", "Read.", "<page>Open.</page>", Reading, max_tokens=2_000)
    await claude.close()

    assert answer.value is not None
    assert asks.bill()["anthropic"] > 0

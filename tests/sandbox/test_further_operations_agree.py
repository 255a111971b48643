"""The vendors' less common operations: our client and the sandbox understand each other, and both reckon the same bill."""

import pytest
from sandbox_server import Sandbox
from wire_asks import asking

from leadgen.domain.geo import Circle
from leadgen.errors import CredentialsRejected, VendorRefused
from leadgen.providers.apollo import Apollo
from leadgen.providers.apollo_account import ApolloAccount
from leadgen.providers.apollo_companies import ApolloCompanies, CompanyFilter
from leadgen.providers.firecrawl_batch import FirecrawlBatches
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.hunter import Hunter
from leadgen.providers.hunter_account import HunterAccount
from leadgen.providers.pagespeed import PageSpeed, Strategy
from leadgen.providers.yelp import Yelp

STRATEGIES: tuple[Strategy, ...] = ("MOBILE", "DESKTOP")


def urls(sandbox: Sandbox, count: int) -> list[str]:
    good = [site for site in sandbox.world.sites.values() if site.kind == "good"]
    return [f"https://{site.domain}/" for site in good[:count]]


async def test_a_site_is_mapped_for_a_credit_and_the_rest_of_the_plan_is_told(sandbox: Sandbox) -> None:
    async with asking(sandbox, "firecrawl") as asks:
        batches = FirecrawlBatches(asks)
        before = (await batches.credits_left()).value
        links = (await batches.map(urls(sandbox, 1)[0], search="contact")).value
        after = (await batches.credits_left()).value
    assert links
    assert links[0].url.endswith("/contact")
    assert before is not None
    assert after == before - 1


async def test_people_are_revealed_together_for_a_credit_each(sandbox: Sandbox) -> None:
    domain = next(
        business.site.domain
        for business in sandbox.world.businesses.values()
        if business.site and sum(person.in_apollo for person in business.people) >= 1
    )
    async with asking(sandbox, "apollo") as asks:
        apollo = Apollo(asks)
        candidates = (await apollo.search_people(domain, ["owner", "manager", "dentist", "hygienist"])).value or ()
        people = (await apollo.bulk_match([candidate.person_id for candidate in candidates])).value
        account = ApolloAccount(asks)
        credits_left, calls = (await account.credits()).value, (await account.calls()).value
    assert people
    assert {person.person_id for person in people} <= {candidate.person_id for candidate in candidates}
    assert credits_left is not None
    assert credits_left["lead_credit"].consumed >= len(people)
    assert calls is not None
    assert calls["api/v1/people/bulk_match"]["minute"].consumed == 1


async def test_companies_are_found_by_what_they_are_like_for_a_credit_a_page(sandbox: Sandbox) -> None:
    small = [b for b in sandbox.world.businesses.values() if b.employees <= 10 and b.category == sandbox.world.category]
    city = small[0].city or ""
    wanted = CompanyFilter(locations=(city,), keywords=(sandbox.world.category,), employees=((1, 10),))
    async with asking(sandbox, "apollo") as asks:
        companies = ApolloCompanies(asks)
        first = (await companies.search(wanted, per_page=2)).value
        second = (await companies.search(wanted, page=2, per_page=2)).value
        nobody = (await companies.search(CompanyFilter(locations=("nowhere",)))).value
    assert first is not None
    assert second is not None
    assert nobody is None
    names = [company.name for page in (first, second) for company in page.organizations]
    assert len(set(names)) == 4
    assert set(names) <= {business.name for business in small if business.city == city}
    assert first.pages == -(-sum(business.city == city for business in small) // 2)
    assert asks.micros == 3 * 20_000


async def test_apollo_tells_its_windows_and_a_key_without_the_scope_is_told_apart(sandbox: Sandbox) -> None:
    async with asking(sandbox, "apollo") as asks:
        await Apollo(asks).search_people("nowhere.example", ["owner"])
        assert {(told.window_seconds, told.limit) for told in asks.told} == {
            (60, 200),
            (3_600, 6_000),
            (86_400, 50_000),
        }
        assert all(told.remaining == told.limit - 1 for told in asks.told)
    async with asking(sandbox, "apollo", f"{sandbox.key}-limited") as limited:
        with pytest.raises(CredentialsRejected, match="scope"):
            await Apollo(limited).match("66aa01")
        with pytest.raises(CredentialsRejected, match="scope api/v1/mixed_companies/search"):
            await ApolloCompanies(limited).search(CompanyFilter())
        assert (await ApolloAccount(limited).credits()).value


async def test_a_named_person_is_found_for_a_credit_and_nobody_for_nothing(sandbox: Sandbox) -> None:
    business, person = next(
        (business, person)
        for business in sandbox.world.businesses.values()
        for person in business.people
        if person.in_hunter and person.email and business.site
    )
    assert business.site
    async with asking(sandbox, "hunter") as asks:
        hunter = Hunter(asks)
        found = (await hunter.find(business.site.domain, person.first_name, person.last_name)).value
        nobody = (await hunter.find(business.site.domain, "No", "Body")).value
    assert found is not None
    assert (found.address, nobody) == (person.email, None)


async def test_a_person_who_asked_to_be_forgotten_is_to_be_suppressed(sandbox: Sandbox) -> None:
    async with asking(sandbox, "hunter") as asks:
        for ask in (
            Hunter(asks).verify("claimed@nowhere.example"),
            Hunter(asks).find("nowhere.example", "Claimed", "One"),
        ):
            with pytest.raises(VendorRefused, match="Suppress") as refused:
                await ask
            assert refused.value.http_status == 451


async def test_a_domain_is_read_page_by_page(sandbox: Sandbox) -> None:
    domain = next(
        business.site.domain
        for business in sandbox.world.businesses.values()
        if business.site and sum(bool(person.in_hunter and person.email) for person in business.people) >= 2
    )
    async with asking(sandbox, "hunter") as asks:
        hunter, account = Hunter(asks), HunterAccount(asks)
        before = (await account.account()).value
        whole = (await hunter.domain_search(domain, kind="personal")).value
        second = (await hunter.domain_search(domain, kind="personal", limit=1, offset=1)).value
        after = (await account.account()).value
    assert whole is not None
    assert second is not None
    assert whole.results == second.results == len(whole.emails) >= 2
    assert second.emails == whole.emails[1:2]
    assert {email.kind for email in whole.emails} == {"personal"}
    assert before is not None
    assert after is not None
    assert before.balances["credits"].left - after.balances["credits"].left == 2


async def test_a_place_is_renewed_by_its_id_and_a_place_that_is_gone_is_a_miss(sandbox: Sandbox) -> None:
    listing = next(listing for listing in sandbox.world.listings if listing.source == "google_maps")
    async with asking(sandbox, "google_places") as asks:
        places = GooglePlaces(asks)
        renewed = (await places.details(listing.source_id)).value
        gone = (await places.details("ChIJnowhere")).value
    assert renewed is not None
    assert (renewed.source_id, renewed.name, gone) == (listing.source_id, listing.name, None)


async def test_ids_alone_are_the_same_places_for_nothing(sandbox: Sandbox) -> None:
    box = sandbox.world.circle.bounding_box()
    async with asking(sandbox, "google_places") as asks:
        places = GooglePlaces(asks)
        first = (await places.search_ids("dentists", box)).value
        assert first is not None
        second = (await places.search_ids("dentists", box, page_token=first.next_page_token)).value
        assert second is not None
        assert asks.micros == 0
        listed = (await places.search_text("dentists", box)).value
    assert listed is not None
    assert first.ids == tuple(listing.source_id for listing in listed.listings)
    assert not set(first.ids) & set(second.ids)


async def test_a_business_on_yelp_is_asked_for_by_id_or_alias(sandbox: Sandbox) -> None:
    async with asking(sandbox, "yelp") as asks:
        yelp = Yelp(asks)
        found = (await yelp.search("dentists", Circle(sandbox.world.circle.center, 40_000), limit=1)).value
        assert found is not None
        [listing] = found.listings
        by_id = (await yelp.details(listing.source_id)).value
        by_alias = (await yelp.details(str(listing.extra["alias"]))).value
        gone = (await yelp.details("nowhere")).value
    assert by_id == by_alias == listing
    assert gone is None


async def test_a_site_is_measured_on_a_phone_and_on_a_desk(sandbox: Sandbox) -> None:
    site = next(site for site in sandbox.world.sites.values() if site.kind == "weak")
    async with asking(sandbox, "pagespeed") as asks:
        speed = PageSpeed(asks)
        phone, desk = [(await speed.run(f"https://{site.domain}/", strategy)).value for strategy in STRATEGIES]
    assert phone is not None
    assert desk is not None
    assert phone.mobile_score == site.mobile_score
    assert desk.performance_score is not None
    assert desk.performance_score > (site.mobile_score or 0)


async def test_yelp_tells_the_days_allowance(sandbox: Sandbox) -> None:
    circle = Circle(sandbox.world.circle.center, 1_000)
    async with asking(sandbox, "yelp") as asks:
        await Yelp(asks).search("dentists", circle)
    (told,) = asks.told
    assert (told.window_seconds, told.remaining) == (86_400, told.limit - 1)
    assert 0 < told.resets_in_seconds <= 86_400

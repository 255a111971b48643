"""The vendors' less common operations: our client and the sandbox understand each other, and both reckon the same bill."""

import hmac

import pytest
from sandbox_server import Sandbox
from wire_asks import asking
from wire_contract import WireContract

from leadgen.domain.geo import Circle
from leadgen.errors import CredentialsRejected
from leadgen.providers.apollo import Apollo
from leadgen.providers.firecrawl_batch import FirecrawlBatches, signed_by_firecrawl
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.hunter import Hunter
from leadgen.providers.yelp import Yelp

BATCH = "/batch/scrape"


def urls(sandbox: Sandbox, count: int) -> list[str]:
    good = [site for site in sandbox.world.sites.values() if site.kind == "good"]
    return [f"https://{site.domain}/" for site in good[:count]]


async def test_a_batch_of_pages_is_ordered_looked_at_and_read(sandbox: Sandbox) -> None:
    async with asking(sandbox, "firecrawl") as asks:
        batches = FirecrawlBatches(asks)
        order = (await batches.start(urls(sandbox, 4), purpose="order 1")).value
        assert order
        first, second = [(await batches.status(order)).value for _ in range(2)]
    assert first is not None
    assert second is not None
    assert (first.state, second.state, second.completed, second.total) == ("scraping", "completed", 4, 4)
    assert all(page.raw_html and page.markdown and page.url for page in second.pages)
    assert asks.micros == 4 * 830


def test_a_batch_speaks_as_the_contract_says(sandbox: Sandbox) -> None:
    contract = WireContract("firecrawl/firecrawl-v2.trimmed.json", prefix="/v2")
    headers = {"Authorization": f"Bearer {sandbox.key}"}
    started = sandbox.http.post(f"/firecrawl/v2{BATCH}", json={"urls": urls(sandbox, 2)}, headers=headers)
    order = contract.check(started, BATCH)["id"]
    for _ in range(2):
        contract.check(sandbox.http.get(f"/firecrawl/v2{BATCH}/{order}", headers=headers), f"{BATCH}/{{id}}")
    assert sandbox.http.post(f"/firecrawl/v2{BATCH}", json={"urls": []}, headers=headers).status_code == 400


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
        credits_left = (await apollo.credits()).value
    assert people
    assert {person.person_id for person in people} <= {candidate.person_id for candidate in candidates}
    assert credits_left is not None
    assert credits_left["lead_credit"].consumed >= len(people)


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


async def test_a_place_is_renewed_by_its_id_and_a_place_that_is_gone_is_a_miss(sandbox: Sandbox) -> None:
    listing = next(listing for listing in sandbox.world.listings if listing.source == "google_maps")
    async with asking(sandbox, "google_places") as asks:
        places = GooglePlaces(asks)
        renewed = (await places.details(listing.source_id)).value
        gone = (await places.details("ChIJnowhere")).value
    assert renewed is not None
    assert (renewed.source_id, renewed.name, gone) == (listing.source_id, listing.name, None)


async def test_yelp_tells_the_days_allowance(sandbox: Sandbox) -> None:
    circle = Circle(sandbox.world.circle.center, 1_000)
    async with asking(sandbox, "yelp") as asks:
        await Yelp(asks).search("dentists", circle)
    (told,) = asks.told
    assert (told.window_seconds, told.remaining) == (86_400, told.limit - 1)
    assert 0 < told.resets_in_seconds <= 86_400


def test_a_webhook_of_firecrawls_is_known_by_its_signature() -> None:
    body = b'{"type":"batch_scrape.completed"}'
    good = f"sha256={hmac.new(b'secret', body, 'sha256').hexdigest()}"
    assert signed_by_firecrawl(body, good, "secret")
    assert not signed_by_firecrawl(body + b" ", good, "secret")
    assert not signed_by_firecrawl(body, "sha256=é", "secret")

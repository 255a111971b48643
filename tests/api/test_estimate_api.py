"""The free estimate over the API: what it rests on, whose knowledge it uses, and that it costs nothing."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from sandbox_server import serving

from leadgen.sandbox.made import make_world
from leadgen.sandbox.world import World
from leadgen.settings import settings
from leadgen.store.connections import Connections

CENTER = (30.2672, -97.7431)
ASKED: dict[str, Any] = {"business_type": "dentists", "target_location": "Austin, TX", "target_radius_miles": 10}


def covered(seeds: Seeds, tenant: Tenant, businesses: int = 40, *, status: str = "ready") -> None:
    """A finished campaign for dentists within ten miles of Austin."""
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute(
            "update campaigns set business_type = 'dental offices', target_location = 'Austin, TX', status = %s,"
            " target_radius_miles = 10, center_latitude = %s, center_longitude = %s where id = %s",
            (status, *CENTER, tenant.campaign_id),
        )
    for number in range(businesses):
        seeds.prospect(
            tenant,
            f"Dentist {number}",
            latitude=CENTER[0] + 0.002 * number,
            longitude=CENTER[1],
            website="https://a.example",
        )
    seeds.certificate(tenant)
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute(
            "update coverage_certificates set saturated_tiles = 0, recall = 0.97, recall_low = 0.9, recall_high = 1"
        )


async def test_an_estimate_of_an_unknown_area_says_that_it_is_assumed_and_what_would_help(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    client = await sign_in(make_tenant())
    told = (await client.post("/v1/campaigns/estimate", json=ASKED)).json()
    assert told["basis"] == "assumed"
    assert told["leads"]["low"] < told["leads"]["likely"] < told["leads"]["high"]
    assert told["cost_cents"]["low"] < told["cost_cents"]["likely"] < told["cost_cents"]["high"] < told["budget_cents"]
    assert told["samples"] == []
    assert told["probe_cents"] == 4.0
    assert 0 < told["minutes_low"] < told["minutes_high"]
    assert not any(line["measured"] for line in told["costs"])
    assert seeds.value("select count(*) from provider_calls") == 0
    assert seeds.value("select count(*) from campaigns") == 1


async def test_an_area_that_was_covered_is_estimated_from_what_was_found_with_ten_samples(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    covered(seeds, tenant)
    client = await sign_in(tenant)
    told = (await client.post("/v1/campaigns/estimate", json=ASKED)).json()
    assert told["basis"] == "found before"
    assert 38 <= told["leads"]["low"] <= 40 <= told["leads"]["likely"] <= told["leads"]["high"] <= 43
    assert len(told["samples"]) == 10
    distances = [sample["distance_miles"] for sample in told["samples"]]
    assert distances == sorted(distances)
    fresh = told["cost_cents"]["likely"]
    other = (await client.post("/v1/campaigns/estimate", json={**ASKED, "business_type": "plumbers"})).json()
    assert other["basis"] == "assumed"
    assert fresh < 0.5 * other["cost_cents"]["likely"]


async def test_what_the_organizations_campaigns_paid_takes_the_place_of_the_price_list(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    covered(seeds, tenant)
    seeds.call(tenant, "hunter", "domain_search", fingerprint=b"h" * 32)
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute("update provider_calls set stage = 'contacts', cost_micros = 400000, saved_micros = 0")
    client = await sign_in(tenant)
    told = (await client.post("/v1/campaigns/estimate", json=ASKED)).json()
    measured = {(line["stage"], line["vendor"]) for line in told["costs"] if line["measured"]}
    assert measured == {("contacts", "hunter")}


async def test_what_another_tenant_found_is_not_used(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    covered(seeds, make_tenant())
    told = (await (await sign_in(make_tenant())).post("/v1/campaigns/estimate", json=ASKED)).json()
    assert told["basis"] == "assumed"
    assert told["samples"] == []


async def test_a_campaign_is_estimated_as_it_stands(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    covered(seeds, tenant, status="draft")
    client = await sign_in(tenant)
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute('update campaigns set lead_cap = 70, target_criteria = \'{"sources": ["yelp"]}\'')
    told = (await client.get(f"/v1/campaigns/{tenant.campaign_id}/estimate")).json()
    assert told["basis"] == "found before"
    assert told["leads"]["high"] <= 70
    assert {line["vendor"] for line in told["costs"] if line["stage"] == "prospects"} == {"yelp"}


async def test_a_new_campaign_names_its_sources_where_it_asks_for_others_than_the_maps(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    client = await sign_in(make_tenant())
    new = {**ASKED, "name": "Dentists", "offer": {"sells": "websites"}}
    wide = (await client.post("/v1/campaigns", json={**new, "sources": ["yelp", "apollo", "google_maps"]})).json()
    usual = (await client.post("/v1/campaigns", json={**new, "sources": ["yelp", "google_maps"]})).json()
    stored = "select target_criteria from campaigns where id = %s"
    assert seeds.value(stored, (wide["id"],)) == {"sources": ["apollo", "google_maps", "yelp"]}
    assert seeds.value(stored, (usual["id"],)) == {}
    told = (await client.get(f"/v1/campaigns/{wide['id']}/estimate")).json()
    assert ("prospects", "apollo") in {(line["stage"], line["vendor"]) for line in told["costs"]}


async def test_coordinates_need_no_map(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    covered(seeds, tenant)
    client = await sign_in(tenant)
    asked = {**ASKED, "target_location": f"{CENTER[0]}, {CENTER[1]}"}
    told = (await client.post("/v1/campaigns/estimate", json=asked)).json()
    assert told["basis"] == "found before"
    assert told["probe_cents"] == 3.5


@pytest.fixture
def sandbox(database_urls: Connections, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """The vendors of a small world, reachable for the API's process."""
    world = make_world(seed=3, prospects=30, radius_miles=10)
    with serving(world) as url:
        monkeypatch.setenv("LEADGEN_SANDBOX_URL", url)
        monkeypatch.setenv("LEADGEN_PIPELINE_DATABASE_URL", database_urls.pipeline)
        settings.cache_clear()
        yield world
    settings.cache_clear()


async def test_a_probe_counts_what_there_is_and_costs_what_was_told(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds, sandbox: World
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)
    before = (await client.post("/v1/campaigns/estimate", json=ASKED)).json()

    told = (await client.post("/v1/campaigns/estimate", json={**ASKED, "probe": True})).json()

    assert told["basis"] == "counted"
    assert told["leads"]["low"] <= len(sandbox.wanted()) <= told["leads"]["high"]
    assert told["leads"]["likely"] == pytest.approx(len(sandbox.wanted()), rel=0.2)
    assert len(told["samples"]) == 10
    paid = seeds.value("select sum(cost_micros)::bigint from provider_calls where stage = 'estimate'")
    assert paid == before["probe_cents"] * 10_000
    again = (await client.post("/v1/campaigns/estimate", json={**ASKED, "probe": True})).json()
    assert again["leads"] == told["leads"]
    assert seeds.value("select sum(cost_micros)::bigint from provider_calls where stage = 'estimate'") == paid


async def test_a_place_that_is_nowhere_cannot_be_probed(
    sign_in: SignIn, make_tenant: MakeTenant, sandbox: World
) -> None:
    client = await sign_in(make_tenant())
    answer = await client.post(
        "/v1/campaigns/estimate", json={**ASKED, "target_location": "Nowhere-at-all, ZZ", "probe": True}
    )
    assert answer.status_code == 422
    assert "is not on the map" in answer.json()["detail"]


async def test_viewers_estimate_but_do_not_probe(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    seeds.role(tenant, "viewer")
    client = await sign_in(tenant)
    assert (await client.post("/v1/campaigns/estimate", json=ASKED)).status_code == 200
    assert (await client.post("/v1/campaigns/estimate", json={**ASKED, "probe": True})).status_code == 403


async def test_nonsense_is_refused(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())
    for wrong in ({"target_radius_miles": 500}, {"sources": []}, {"sources": ["fax"]}, {"business_type": ""}):
        assert (await client.post("/v1/campaigns/estimate", json={**ASKED, **wrong})).status_code == 422

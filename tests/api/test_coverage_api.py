"""A campaign's coverage certificate and the checks that members accept, over the API."""

from uuid import uuid4

from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant

STOPPED = "The quality check relevance failed. 9 of 12: prospects are not known to be of the kind sought."


async def test_a_certificate_is_shown_with_its_map(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    seeds.certificate(tenant)
    client = await sign_in(tenant)

    shown = (await client.get(f"/v1/campaigns/{tenant.campaign_id}/coverage")).json()

    assert "1 of the smallest tiles still hide results" in shown["verdict"]
    assert 0.7 < shown["recall"]["low"] <= shown["recall"]["recall"] <= shown["recall"]["high"] <= 1
    assert shown["overlaps"] == {"google_maps": 20, "yelp": 10, "google_maps+yelp": 35}
    assert {source["source"]: source["saturated"] for source in shown["sources"]} == {"google_maps": 1, "yelp": 0}
    assert shown["dropped"] == {"closed": 4}
    assert [feature["properties"]["state"] for feature in shown["map"]["features"]] == ["saturated", "done", "done"]


async def test_a_campaign_that_has_discovered_nothing_yet_has_none(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    tenant = make_tenant()
    answer = await (await sign_in(tenant)).get(f"/v1/campaigns/{tenant.campaign_id}/coverage")
    assert answer.status_code == 404
    assert "has not ended yet" in answer.json()["detail"]


async def test_a_foreign_certificate_is_as_unknown_as_none(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    seeds.certificate(tenant)
    stranger = await sign_in(make_tenant())
    foreign = await stranger.get(f"/v1/campaigns/{tenant.campaign_id}/coverage")
    unknown = await stranger.get(f"/v1/campaigns/{uuid4()}/coverage")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.json()["detail"] == unknown.json()["detail"]


async def test_an_accepted_check_lets_the_campaign_go_on(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    seeds.status(tenant, "paused", STOPPED, cause="quality_gate")
    client = await sign_in(tenant)

    accepted = await client.put(f"/v1/campaigns/{tenant.campaign_id}/accepted-checks", json={"checks": ["relevance"]})

    assert accepted.json()["status"] == "queued"
    criteria = seeds.value("select target_criteria from campaigns where id = %s", (tenant.campaign_id,))
    assert criteria == {"accepted_checks": ["relevance"]}
    assert seeds.value("select kind from outbox where campaign_id = %s", (tenant.campaign_id,)) == "campaign.resumed"


async def test_accepting_a_check_moves_no_campaign_that_stands_for_another_reason(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    seeds.status(tenant, "paused", "Paused by hand.", cause="user")
    client = await sign_in(tenant)
    answer = await client.put(f"/v1/campaigns/{tenant.campaign_id}/accepted-checks", json={"checks": ["relevance"]})
    assert answer.json()["status"] == "paused"


async def test_viewers_accept_nothing(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    seeds.role(tenant, "viewer")
    client = await sign_in(tenant)
    answer = await client.put(f"/v1/campaigns/{tenant.campaign_id}/accepted-checks", json={"checks": ["relevance"]})
    assert answer.status_code == 403

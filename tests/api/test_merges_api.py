"""Pairs are decided, merges made and undone, companies shown: what a member sees of businesses found twice."""

from uuid import UUID

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from merge_seeds import seed_active_sequence, seed_doubles


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
def ids(seeds: Seeds, tenant: Tenant) -> dict[str, UUID]:
    return seed_doubles(seeds, tenant)


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def prospects(client: httpx.AsyncClient, tenant: Tenant) -> set[str]:
    page = (await client.get(f"/v1/campaigns/{tenant.campaign_id}/prospects")).json()
    return {prospect["id"] for prospect in page["items"]}


async def test_a_pair_that_is_one_business_is_merged_and_leaves_the_list(
    client: httpx.AsyncClient, tenant: Tenant, ids: dict[str, UUID]
) -> None:
    reviews = f"/v1/campaigns/{tenant.campaign_id}/match-reviews"
    (pair,) = (await client.get(reviews)).json()["items"]
    assert (pair["id"], pair["reason"]) == (str(ids["review_id"]), "same name (+4.0)")

    decided = (await client.post(f"/v1/match-reviews/{pair['id']}", json={"decision": "same"})).json()

    assert {pair["left"]["id"], pair["right"]["id"]} == {
        decided["merge"]["kept_prospect_id"],
        decided["merge"]["merged_prospect_id"],
    }
    assert decided["merge"]["merged_prospect_id"] not in await prospects(client, tenant)
    assert (await client.get(reviews)).json()["items"] == []
    again = await client.post(f"/v1/match-reviews/{pair['id']}", json={"decision": "different"})
    assert (again.status_code, again.json()["type"]) == (409, "urn:leadgen:problem:merge-state")

    undone = (await client.post(f"/v1/merges/{decided['merge']['id']}/undo")).json()
    assert undone["undone_at"] is not None
    assert decided["merge"]["merged_prospect_id"] in await prospects(client, tenant)
    (kept_apart,) = (await client.get(reviews, params={"state": "different"})).json()["items"]
    assert kept_apart["id"] == pair["id"]


async def test_a_pair_that_is_two_businesses_stays_two(
    client: httpx.AsyncClient, tenant: Tenant, ids: dict[str, UUID]
) -> None:
    before = await prospects(client, tenant)
    answer = await client.post(f"/v1/match-reviews/{ids['review_id']}", json={"decision": "different"})
    assert answer.json() == {"id": str(ids["review_id"]), "state": "different", "merge": None}
    assert await prospects(client, tenant) == before


async def test_prospects_are_merged_by_hand(client: httpx.AsyncClient, tenant: Tenant, ids: dict[str, UUID]) -> None:
    answer = await client.post(f"/v1/prospects/{ids['prospect_id']}/merge", json={"into": str(ids["into_id"])})
    assert (answer.status_code, answer.json()["kept_prospect_id"]) == (200, str(ids["into_id"]))
    assert str(ids["prospect_id"]) not in await prospects(client, tenant)

    path = f"/v1/campaigns/{tenant.campaign_id}/merges"
    first = (await client.get(path, params={"limit": 1})).json()
    second = (await client.get(path, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [page["items"][0]["id"] for page in (first, second)] == [answer.json()["id"], str(ids["merge_id"])]


async def test_what_both_are_written_to_is_a_conflict(
    client: httpx.AsyncClient, tenant: Tenant, ids: dict[str, UUID], seeds: Seeds
) -> None:
    for prospect in (ids["prospect_id"], ids["into_id"]):
        seed_active_sequence(seeds, tenant, prospect)
    answer = await client.post(f"/v1/prospects/{ids['prospect_id']}/merge", json={"into": str(ids["into_id"])})
    assert answer.status_code == 409
    assert "approved, active or sent" in answer.json()["detail"]


async def test_a_company_lists_its_locations_page_by_page(client: httpx.AsyncClient, ids: dict[str, UUID]) -> None:
    path = f"/v1/companies/{ids['company_id']}"
    first = (await client.get(path, params={"limit": 1})).json()
    second = (await client.get(path, params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert [len(page["locations"]) for page in (first, second)] == [1, 1]
    assert first["locations"] != second["locations"]
    assert second["next_cursor"] is None


async def test_who_may_only_read_decides_nothing(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(role="viewer")
    ids = seed_doubles(seeds, tenant)
    client = await sign_in(tenant)
    for path, body in (
        (f"/v1/match-reviews/{ids['review_id']}", {"decision": "same"}),
        (f"/v1/prospects/{ids['prospect_id']}/merge", {"into": str(ids["into_id"])}),
        (f"/v1/merges/{ids['merge_id']}/undo", None),
    ):
        assert (await client.post(path, json=body)).status_code == 403, path

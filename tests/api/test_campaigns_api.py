import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import psycopg
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant

from leadgen.store.connections import Connections

NEW: dict[str, Any] = {
    "name": "Dentists in Austin",
    "business_type": "dentists",
    "target_location": "Austin, TX",
    "target_radius_miles": 15,
    "offer": {"sells": "Websites with online booking", "proof": ["Live in two weeks."]},
    "lead_cap": 200,
    "budget_cents": 2_500,
}


async def test_creating_a_campaign_promises_its_run(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)

    answer = await client.post("/v1/campaigns", json=NEW)

    created = answer.json()
    assert answer.status_code == 201
    assert created["status"] == "queued"
    assert created["budget_cents"] == 2_500
    assert created["target_radius_miles"] == 15
    assert seeds.value("select kind from outbox where campaign_id = %s", (created["id"],)) == "campaign.created"
    columns = "jsonb_build_array(budget_micros, lead_cap, offer, created_by, organization_id)"
    stored = seeds.value(f"select {columns} from campaigns where id = %s", (created["id"],))
    assert stored == [25_000_000, 200, NEW["offer"], str(tenant.user_id), str(tenant.organization_id)]


async def test_a_campaign_and_its_event_are_written_in_one_transaction(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds, database_urls: Connections
) -> None:
    client = await sign_in(make_tenant())
    before = seeds.value("select count(*) from campaigns")
    with psycopg.connect(database_urls.owner, autocommit=True) as owner:
        owner.execute("revoke insert on outbox from leadgen_api")

    answer = await client.post("/v1/campaigns", json=NEW)

    assert answer.status_code == 500
    assert seeds.value("select count(*) from campaigns") == before


WRONG: tuple[dict[str, Any], ...] = (
    {"organization_id": "00000000-0000-0000-0000-000000000000"},
    {"status": "ready"},
    {"offer": {"sells": "x", "score": 100}},
    {"offer": {"sells": "x", "kind": "weapons"}},
    {"name": "  "},
    {"name": "two\nlines"},
    {"name": "x" * 101},
    {"business_type": "nul \x00"},
    {"offer": {"sells": "nul \x00"}},
    {"target_location": "lone \ud800"},
    {"target_radius_miles": 0},
    {"target_radius_miles": 101},
    {"target_radius_miles": float("nan")},
    {"budget_cents": -1},
    {"budget_cents": 10**30},
    {"lead_cap": 0},
)


async def post_json(client: httpx.AsyncClient, body: str) -> httpx.Response:
    return await client.post("/v1/campaigns", content=body, headers={"content-type": "application/json"})


async def test_what_a_campaign_cannot_hold_is_refused_with_the_field_at_fault(
    sign_in: SignIn, make_tenant: MakeTenant
) -> None:
    client = await sign_in(make_tenant())

    for wrong in WRONG:
        answer = await post_json(client, json.dumps({**NEW, **wrong}))

        problem = answer.json()
        assert answer.status_code == 422, wrong
        assert problem["type"] == "urn:leadgen:problem:invalid-input"
        assert problem["errors"][0]["field"].startswith(next(iter(wrong)))


async def test_what_is_not_a_campaign_is_refused(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    for body in ("", "{", "[]", "null", '{"name": NaN}', "\xff"):
        answer = await post_json(client, body)

        assert answer.status_code == 422, body
        assert answer.headers["content-type"] == "application/problem+json"


async def test_a_body_over_the_limit_is_refused(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    async def without_a_length() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    for path, kind in (("/v1/campaigns", "application/json"), ("/campaigns", "application/x-www-form-urlencoded")):
        for content in (b"x" * 2_000_000, without_a_length()):
            answer = await client.post(path, content=content, headers={"content-type": kind})

            assert answer.status_code == 413, path
            assert "content-security-policy" in answer.headers


async def test_paging_brings_every_campaign_once_newest_first(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)
    seeds.value(
        """
        insert into campaigns (organization_id, name, business_type, target_location, created_at)
        select %s, 'Campaign ' || n, 'dentists', 'Austin', now() - make_interval(mins => n / 3)
          from generate_series(1, 9) n returning true
        """,
        (tenant.organization_id,),
    )
    expected = seeds.value("select array_agg(id::text order by created_at desc, id desc) from campaigns")

    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = (await client.get("/v1/campaigns", params={"limit": 4, **({"cursor": cursor} if cursor else {})})).json()
        seen += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if len(seen) == 4:  # one more on top does not shift what follows
            await client.post("/v1/campaigns", json=NEW)

    assert seen == expected


async def test_a_page_that_is_just_full_has_no_next(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    page = (await client.get("/v1/campaigns", params={"limit": 1})).json()

    assert len(page["items"]) == 1
    assert page["next_cursor"] is None


async def test_a_page_has_1_to_100_rows(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    for limit in ("0", "101", "-1", "many"):
        assert (await client.get("/v1/campaigns", params={"limit": limit})).status_code == 422


async def act(client: httpx.AsyncClient, campaign_id: UUID, action: str) -> httpx.Response:
    return await client.post(f"/v1/campaigns/{campaign_id}/{action}")


async def test_a_campaign_can_be_paused_and_says_why_it_stands_still(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)

    for status in ("queued", "discovering", "enriching", "scoring", "generating", "ready"):
        seeds.status(tenant, status)
        paused = (await act(client, tenant.campaign_id, "pause")).json()

        assert (paused["status"], paused["status_cause"]) == ("paused", "user"), status
        assert paused["status_detail"]


async def test_a_campaign_that_stands_still_can_be_resumed(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)

    for status in ("paused", "failed"):
        seeds.status(tenant, status, "The budget is spent.")
        resumed = (await act(client, tenant.campaign_id, "resume")).json()

        assert (resumed["status"], resumed["status_cause"], resumed["status_detail"]) == ("queued", None, None)
    assert seeds.value("select array_agg(kind) from outbox where campaign_id = %s", (tenant.campaign_id,)) == [
        "campaign.resumed",
        "campaign.resumed",
    ]


async def test_what_the_state_does_not_allow_is_a_conflict(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)

    for status, action in (("completed", "pause"), ("failed", "pause"), ("ready", "resume"), ("queued", "resume")):
        seeds.status(tenant, status, "It says why.")
        answer = await act(client, tenant.campaign_id, action)

        assert answer.status_code == 409, (status, action)
        assert answer.json()["type"] == "urn:leadgen:problem:campaign-state"
        assert seeds.value("select status from campaigns where id = %s", (tenant.campaign_id,)) == status


async def test_reviewers_and_viewers_read_campaigns_and_do_not_steer_them(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant()
    client = await sign_in(tenant)

    for role, may in (("owner", True), ("admin", True), ("member", True), ("reviewer", False), ("viewer", False)):
        seeds.role(tenant, role)
        seeds.status(tenant, "queued")
        created = await client.post("/v1/campaigns", json=NEW)
        paused = await act(client, tenant.campaign_id, "pause")
        seeds.status(tenant, "paused", "Paused.")
        resumed = await act(client, tenant.campaign_id, "resume")
        page = (await client.get("/campaigns")).text

        answers = [answer.status_code for answer in (created, paused, resumed)]
        assert answers == ([201, 200, 200] if may else [403, 403, 403]), role
        assert (await client.get(f"/v1/campaigns/{tenant.campaign_id}")).status_code == 200
        assert ("New campaign" in page) is may


async def test_a_campaign_shows_progress_reasons_tiers_and_spend(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(budget_micros=1_000_000, status="enriching")
    first, second = seeds.scored(tenant, 80), seeds.scored(tenant, 30)
    third = seeds.prospect(tenant, "Not scored yet")
    seeds.stage(tenant, first, "contacts")
    seeds.stage(tenant, second, "contacts", "skipped", "no website to find a contact on")
    seeds.stage(tenant, third, "contacts", "failed", "hunter refused the domain")
    seeds.call(tenant, "hunter", "domain_search", cost_micros=14_900)
    seeds.call(tenant, "hunter", "verify", status="cached", cost_micros=0, saved_micros=14_900)
    client = await sign_in(tenant)

    campaign = (await client.get(f"/v1/campaigns/{tenant.campaign_id}")).json()

    assert campaign["total_prospects"] == 3
    assert campaign["stages"] == [{"stage": "contacts", "done": 1, "skipped": 1, "failed": 1}]
    assert {reason["reason"] for reason in campaign["reasons"]} == {
        "no website to find a contact on",
        "hunter refused the domain",
    }
    assert campaign["tiers"] == {"A": 1, "C": 1}
    assert campaign["spend"] == [{"vendor": "hunter", "calls": 1, "known": 1, "cost_cents": 1.49, "saved_cents": 1.49}]


async def test_more_budget_lets_a_campaign_that_waited_for_it_go_on(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(budget_micros=1_000_000)
    client = await sign_in(tenant)
    seeds.status(tenant, "paused", "The budget is spent.", cause="budget")
    seeds.spent(tenant, 1_000_000)

    path = f"/v1/campaigns/{tenant.campaign_id}/budget"
    too_little = (await client.put(path, json={"budget_cents": 100})).json()
    enough = (await client.put(path, json={"budget_cents": 200})).json()

    assert (too_little["status"], too_little["budget_cents"]) == ("paused", 100)
    assert (enough["status"], enough["budget_cents"]) == ("queued", 200)
    assert seeds.value("select count(*) from outbox where campaign_id = %s", (tenant.campaign_id,)) == 1


async def test_more_budget_does_not_start_what_stands_for_another_reason(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(budget_micros=1_000_000)
    client = await sign_in(tenant)
    seeds.status(tenant, "paused", "Paused by a member.", cause="user")

    changed = (await client.put(f"/v1/campaigns/{tenant.campaign_id}/budget", json={"budget_cents": None})).json()

    assert (changed["status"], changed["budget_cents"]) == ("paused", None)

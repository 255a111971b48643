"""Profiles are kept, previewed and applied; a score by hand stands; the past can be read; outcomes calibrate the tiers."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant

from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.scoring import Pass, score_campaign, scoring_of

Rescore = Callable[[], Awaitable[Pass]]
SIZE_MATTERS = {
    "name": "Size matters",
    "document": {
        "business_size": {"employees": 25},
        "rules": [
            {
                "name": "no booking",
                "component": "engagement",
                "when": {"field": "has_booking", "operator": "no"},
                "points": -12,
            }
        ],
        "caps": [
            {
                "name": "far away",
                "component": "fit",
                "when": {"field": "distance_meters", "operator": "at_least", "number": 30_000},
                "most": 3,
            }
        ],
    },
}


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def client(tenant: Tenant, sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(tenant)


@pytest.fixture
def leads(tenant: Tenant, seeds: Seeds) -> list[UUID]:
    """Six businesses, nearer and farther, with and without booking, whose facts are complete."""
    found = []
    for n in range(6):
        lead = seeds.prospect(tenant, f"Business {n}", distance_meters=7_000 * n, phone="+1 512 555 0100")
        seeds.website(
            tenant, lead, mobile_score=20 * n, has_booking=n % 2 == 0, google_rating=4.5, google_review_count=90
        )
        seeds.website(tenant, lead, stage="research", employee_count_range="1-10", website_status=None)
        if n % 3:
            seeds.contact(tenant, lead)
        seeds.stage(tenant, lead, "research")
        found.append(lead)
    return found


@pytest.fixture
async def rescore(tenant: Tenant, leads: list[UUID], database_urls: Connections) -> Rescore:
    """Scores the campaign as a run does, once before the test begins."""

    async def score() -> Pass:
        async with Database(database_urls.pipeline, connections=2) as database:
            tenancy = partial(database.tenant, tenant.organization_id)
            async with tenancy() as transaction:
                how = await scoring_of(transaction, tenant.organization_id, tenant.campaign_id)
            return await score_campaign(tenancy, how)

    assert (await score()).changed == len(leads)
    return score


async def tiers(client: httpx.AsyncClient, tenant: Tenant, **query: str) -> dict[str, Any]:
    page = (await client.get(f"/v1/campaigns/{tenant.campaign_id}/leads", params=query)).json()
    return {lead["id"]: lead["tier"] for lead in page["items"]}


class TestProfiles:
    async def test_without_one_of_its_own_the_built_in_profile_holds(self, client: httpx.AsyncClient) -> None:
        (built_in,) = (await client.get("/v1/scoring/profiles")).json()["items"]
        assert (built_in["version"], built_in["applied"]) == (0, True)
        assert sum(built_in["document"]["fit"].values()) == 25

    async def test_a_profile_is_kept_whole_as_the_next_version_and_holds_when_it_is_applied(
        self, client: httpx.AsyncClient
    ) -> None:
        for version in (1, 2):
            made = await client.post("/v1/scoring/profiles", json=SIZE_MATTERS)
            assert made.status_code == 201, made.text
            assert (made.json()["version"], made.json()["applied"]) == (version, False)
        assert set(made.json()["document"]) >= {"website_quality", "engagement", "fit", "rules", "caps"}
        assert (await client.post("/v1/scoring/profiles/1/apply")).status_code == 202
        held = [p["version"] for p in (await client.get("/v1/scoring/profiles")).json()["items"] if p["applied"]]
        assert held == [1]
        await client.post("/v1/scoring/profiles/0/apply")
        assert (await client.get("/v1/scoring/profiles/0")).json()["applied"] is True

    @pytest.mark.parametrize(
        ("document", "words"),
        [
            ({"fit": {"category": 24}}, "25"),
            ({"fit": {"reviews": 25}}, "no factor reviews"),
            ({"rules": [{**SIZE_MATTERS["document"]["rules"][0], "points": 0}]}, "points"),
            ({"caps": [{**SIZE_MATTERS["document"]["caps"][0], "when": {"field": "mood", "operator": "yes"}}]}, "mood"),
            ({"moon": {}}, "moon"),
        ],
    )
    async def test_what_is_no_profile_is_refused_with_the_place_of_the_mistake(
        self, client: httpx.AsyncClient, document: dict[str, Any], words: str
    ) -> None:
        refused = await client.post("/v1/scoring/profiles", json={"name": "Wrong", "document": document})
        assert refused.status_code == 422
        assert words in refused.text

    async def test_a_viewer_reads_and_previews_but_changes_nothing(
        self, client: httpx.AsyncClient, seeds: Seeds, tenant: Tenant
    ) -> None:
        seeds.role(tenant, "viewer")
        assert (await client.post("/v1/scoring/profiles/0/preview")).status_code == 200
        assert (await client.post("/v1/scoring/profiles/0/apply")).status_code == 403
        assert (await client.post("/v1/scoring/profiles", json=SIZE_MATTERS)).status_code == 403

    async def test_a_version_of_others_is_unknown(
        self, client: httpx.AsyncClient, make_tenant: MakeTenant, sign_in: SignIn
    ) -> None:
        await client.post("/v1/scoring/profiles", json=SIZE_MATTERS)
        stranger = await sign_in(make_tenant("Others"))
        for path in ("", "/preview", "/apply"):
            method = "POST" if path else "GET"
            assert (await stranger.request(method, f"/v1/scoring/profiles/1{path}")).status_code == 404


class TestPreview:
    async def test_what_was_previewed_is_what_rescoring_does_and_no_vendor_is_called(
        self, client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, rescore: Rescore
    ) -> None:
        await client.post("/v1/scoring/profiles", json=SIZE_MATTERS)
        before = await tiers(client, tenant)
        previewed = (await client.post("/v1/scoring/profiles/1/preview")).json()
        assert await tiers(client, tenant) == before

        applied = (await client.post("/v1/scoring/profiles/1/apply")).json()
        assert applied == {"version": 1, "campaigns": 1}
        assert seeds.value("select kind from outbox") == "campaign.rescored"
        await rescore()
        after = await tiers(client, tenant)

        (campaign,) = previewed["campaigns"]
        moved = {(m["before"], m["after"]): m["leads"] for m in campaign["moves"]}
        assert moved == {
            pair: sum((before[lead], after[lead]) == pair for lead in before)
            for pair in {(before[lead], after[lead]) for lead in before}
        }
        assert campaign["moved"] == previewed["moved"] == sum(before[lead] != after[lead] for lead in before) > 0
        assert all(e["before"] != e["after"] and after[e["lead_id"]] == e["after"] for e in campaign["examples"])
        assert seeds.value("select count(*) from provider_calls") == 0


class TestByHand:
    async def test_a_score_by_hand_stands_until_it_is_taken_back(
        self, client: httpx.AsyncClient, leads: list[UUID], rescore: Rescore
    ) -> None:
        path = f"/v1/leads/{leads[0]}/score"
        computed = (await client.get(f"/v1/leads/{leads[0]}")).json()["score"]
        changed = await client.put(path, json={"score": 93, "reason": "Asked us for an offer"})
        assert (changed.json()["score"], changed.json()["tier"], changed.json()["confidence"]) == (93, "A", 1.0)
        factors = changed.json()["scoring_factors"]
        assert sum(factor["points"] for factor in factors) == 93
        assert {factor["reason"] for factor in factors} == {"Asked us for an offer"}

        await client.post("/v1/scoring/profiles", json=SIZE_MATTERS)
        await client.post("/v1/scoring/profiles/1/apply")
        await rescore()
        assert (await client.get(f"/v1/leads/{leads[0]}")).json()["score"] == 93
        await client.post("/v1/scoring/profiles/0/apply")

        assert (await client.delete(path)).json()["score"] == computed
        assert (await client.delete(path)).json()["score"] == computed
        history = (await client.get(f"/v1/leads/{leads[0]}/scores")).json()["items"]
        assert [(v["score"], v["scored_by"]) for v in history] == [
            (computed, "rules"), (93, "manual"), (computed, "rules"),
        ]  # fmt: skip

    async def test_a_lead_of_others_is_unknown(
        self, leads: list[UUID], make_tenant: MakeTenant, sign_in: SignIn
    ) -> None:
        stranger = await sign_in(make_tenant("Others"))
        path = f"/v1/leads/{leads[0]}"
        assert (await stranger.put(f"{path}/score", json={"score": 1, "reason": "x"})).status_code == 404
        assert (await stranger.delete(f"{path}/score")).status_code == 404
        assert (await stranger.get(f"{path}/scores")).status_code == 404
        assert (await stranger.post(f"{path}/outcomes", json={"kind": "won"})).status_code == 404


class TestTimeTravel:
    async def test_the_list_as_of_an_instant_is_the_list_that_was_read_then(
        self, client: httpx.AsyncClient, tenant: Tenant, leads: list[UUID], rescore: Rescore
    ) -> None:
        path = f"/v1/campaigns/{tenant.campaign_id}/leads"
        then = datetime.now(UTC).isoformat()
        read_then = (await client.get(path)).json()["items"]
        await client.put(f"/v1/leads/{leads[0]}/score", json={"score": 1, "reason": "closed"})
        await client.post("/v1/scoring/profiles", json=SIZE_MATTERS)
        await client.post("/v1/scoring/profiles/1/apply")
        await rescore()

        assert (await client.get(path)).json()["items"] != read_then
        pages, cursor = [], None
        while True:
            query = {"as_of": then, "limit": 4, **({"cursor": cursor} if cursor else {})}
            page = (await client.get(path, params=query)).json()
            pages += page["items"]
            cursor = page["next_cursor"]
            if cursor is None:
                break
        assert pages == read_then
        assert (await client.get(path, params={"as_of": "2020-01-01T00:00:00Z"})).json()["items"] == []


class TestCalibration:
    async def test_outcomes_are_counted_by_the_tier_a_lead_had_when_it_was_written_to(
        self, client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
    ) -> None:
        good = [seeds.scored(tenant, 80 + n) for n in range(3)]
        poor = seeds.scored(tenant, 10)
        for lead in (*good, poor):
            await client.post(f"/v1/leads/{lead}/outcomes", json={"kind": "contacted"})
        for lead, kind in ((good[0], "reply"), (good[1], "meeting")):
            assert (await client.post(f"/v1/leads/{lead}/outcomes", json={"kind": kind})).status_code == 200
        await client.put(f"/v1/leads/{poor}/score", json={"score": 99, "reason": "they called"})

        a, d = (await client.get("/v1/scoring/calibration")).json()["tiers"]
        assert (a["tier"], a["written_to"], a["replies"]["leads"], a["meetings"]["leads"]) == ("A", 3, 2, 1)
        assert (d["tier"], d["written_to"], d["replies"]["leads"]) == ("D", 1, 0)
        assert a["replies"]["low"] < 2 / 3 < a["replies"]["high"]
        assert d["replies"]["share"] == 0

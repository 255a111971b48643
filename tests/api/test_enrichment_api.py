"""What sources were asked and gave, how the order changed and why, and what they say against one another."""

from typing import Any
from uuid import UUID

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from psycopg.types.json import Jsonb


def insert(seeds: Seeds, table: str, **values: Any) -> None:
    """A row, as the owner writes it."""
    columns, marks = ", ".join(values), ", ".join(["%s"] * len(values))
    seeds.value(f"insert into {table} ({columns}) values ({marks}) returning true", tuple(values.values()))


@pytest.fixture
def lead_id(tenant: Tenant, seeds: Seeds) -> UUID:
    """A lead for whose contact two sources were asked, and whose number they give differently."""
    prospect = seeds.scored(tenant, 80, phone="+15124780143")
    own = {"organization_id": tenant.organization_id, "prospect_id": prospect}
    for place, source in enumerate(("site", "hunter"), start=1):
        insert(
            seeds,
            "contact_attempts",
            **own, campaign_id=tenant.campaign_id, source=source, segment="dentists", place=place, addresses=place - 1,
            sufficed=place == 2, cost_micros=14_900 * (place - 1),
        )  # fmt: skip
    insert(
        seeds,
        "field_conflicts",
        **own, stage="website_profiles", field="phone", value="+15124780143", provider="site",
        chosen_by="site before yelp for phone", agreeing=["google_maps"],
        others=Jsonb([{"provider": "yelp", "value": "+15124780199", "provider_call_id": None}]),
    )  # fmt: skip
    insert(
        seeds,
        "waterfall_changes",
        organization_id=tenant.organization_id, segment="dentists", order_before=["site", "hunter"],
        order_after=["hunter", "site"], explanation="hunter is cheaper.", measured=Jsonb({}),
    )  # fmt: skip
    return prospect


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def test_a_lead_shows_whom_we_asked_and_what_they_contradict(client: httpx.AsyncClient, lead_id: UUID) -> None:
    lead: dict[str, Any] = (await client.get(f"/v1/leads/{lead_id}")).json()
    assert [(a["source"], a["cost_cents"], a["sufficed"]) for a in lead["sources_asked"]] == [
        ("site", 0, False),
        ("hunter", 1.49, True),
    ]
    (conflict,) = lead["conflicts"]
    assert (conflict["value"], conflict["chosen_by"]) == ("+15124780143", "site before yelp for phone")
    assert conflict["others"] == [{"provider": "yelp", "value": "+15124780199", "provider_call_id": None}]

    page = (await client.get(f"/leads/{lead_id}")).text
    assert "Sources disagree" in page
    assert "+15124780199" in page
    assert "Asked in this order" in page


async def test_the_figures_of_each_segment_come_with_the_order_in_force_and_its_reasons(
    client: httpx.AsyncClient, lead_id: UUID
) -> None:
    (segment,) = (await client.get("/v1/contact-sources")).json()["items"]
    assert (segment["segment"], segment["order"]) == ("dentists", ["hunter", "site"])
    assert segment["changes"][0]["explanation"] == "hunter is cheaper."
    by_source = {figures["source"]: figures for figures in segment["sources"]}
    assert by_source["hunter"]["cents_per_usable"] == 1.49
    assert by_source["site"]["cents_per_usable"] is None


async def test_other_tenants_measurements_are_theirs(sign_in: SignIn, make_tenant: MakeTenant, lead_id: UUID) -> None:
    stranger = await sign_in(make_tenant())
    assert (await stranger.get("/v1/contact-sources")).json() == {"items": []}


async def test_a_campaign_may_say_how_its_contacts_are_searched(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    new = {
        "name": "Dentists",
        "business_type": "dentists",
        "target_location": "Austin, TX",
        "offer": {"sells": "sites"},
    }
    wishes = {"order": ["site", "apollo"], "accept_role_mailbox": False, "most_cents": 7.5}
    made = await client.post("/v1/campaigns", json={**new, "contacts": wishes})
    assert made.status_code == 201
    kept = seeds.value("select target_criteria -> 'contacts' from campaigns where id = %s", (made.json()["id"],))
    assert kept == wishes

    for refused in ({"order": ["site", "site"]}, {"order": ["zoominfo"]}, {"most_cents": -1}, {"order": []}):
        assert (await client.post("/v1/campaigns", json={**new, "contacts": refused})).status_code == 422

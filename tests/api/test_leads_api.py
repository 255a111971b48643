import base64
import json
from typing import Any

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant

SCORES = (91, 77, 77, 77, 60, 60, 49, 30, 12, 12)


@pytest.fixture
def tenant(make_tenant: MakeTenant, seeds: Seeds) -> Tenant:
    tenant = make_tenant()
    for number, score in enumerate(SCORES):
        seeds.scored(tenant, score, f"Lead {number}")
    return tenant


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def pages(client: httpx.AsyncClient, path: str, **parameters: Any) -> list[list[dict[str, Any]]]:
    """Every page of a list."""
    found: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = (await client.get(path, params={**parameters, **cursor})).json()
        found.append(answer["items"])
        if answer["next_cursor"] is None:
            return found
        cursor = {"cursor": answer["next_cursor"]}


async def test_leads_come_best_first_and_each_once(client: httpx.AsyncClient, tenant: Tenant) -> None:
    found = await pages(client, f"/v1/campaigns/{tenant.campaign_id}/leads", limit=3)

    leads = [lead for page in found for lead in page]
    assert [len(page) for page in found] == [3, 3, 3, 1]
    assert [lead["score"] for lead in leads] == list(SCORES)
    assert len({lead["id"] for lead in leads}) == len(SCORES)


async def test_leads_can_be_narrowed_to_tiers(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for tiers, scores in ((["A"], [91, 77, 77, 77]), (["B", "D"], [60, 60, 12, 12])):
        found = await pages(client, f"/v1/campaigns/{tenant.campaign_id}/leads", limit=1, tier=tiers)

        assert [lead["score"] for page in found for lead in page] == scores
        assert {lead["tier"] for page in found for lead in page} == set(tiers)


async def test_an_unknown_tier_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    assert (await client.get(f"/v1/campaigns/{tenant.campaign_id}/leads", params={"tier": "E"})).status_code == 422


async def test_only_the_current_score_counts(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    seeds.value("update lead_scores set superseded_at = now() where score > 50 returning true")

    found = await pages(client, f"/v1/campaigns/{tenant.campaign_id}/leads")

    assert [lead["score"] for lead in found[0]] == [49, 30, 12, 12]


async def test_prospects_come_in_the_order_found_scored_or_not(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    newest = seeds.prospect(tenant, "Not scored yet")

    found = await pages(client, f"/v1/campaigns/{tenant.campaign_id}/prospects", limit=4)

    names = [prospect["company_name"] for page in found for prospect in page]
    assert names == [*(f"Lead {number}" for number in range(len(SCORES))), "Not scored yet"]
    assert found[-1][-1]["id"] == str(newest)


def cursor_of(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


LAST = "00000000-0000-0000-0000-000000000000"


FOREIGN_CURSORS = (
    "!",
    "äöü",
    "%00",
    cursor_of("leads"),
    cursor_of([1, 2, 3]),
    cursor_of({"of": "campaigns", "created_at": "2026-11-01T00:00:00Z", "id": LAST}),
    cursor_of({"of": "leads", "score": "1; drop table prospects", "id": LAST}),
    cursor_of({"of": "leads", "score": 10**30, "id": LAST}),
    cursor_of({"of": "leads", "score": 50, "id": "someone"}),
    cursor_of({"of": "leads", "score": 50, "id": LAST, "organization_id": LAST}),
    "a" * 501,
)


async def test_a_cursor_that_is_not_of_this_list_is_refused(client: httpx.AsyncClient, tenant: Tenant) -> None:
    for cursor in FOREIGN_CURSORS:
        for path in (f"/v1/campaigns/{tenant.campaign_id}/leads", f"/campaigns/{tenant.campaign_id}"):
            assert (await client.get(path, params={"cursor": cursor})).status_code == 422, cursor


async def test_a_lead_shows_what_it_rests_on(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    lead_id = seeds.lead_with_everything(tenant, score=81)

    lead = (await client.get(f"/v1/leads/{lead_id}")).json()

    assert (lead["score"], lead["tier"]) == (81, "A")
    assert sum(factor["points"] for factor in lead["scoring_factors"]) == 81
    assert (lead["website_status"], lead["tech_stack"]) == ("weak", ["WordPress", "Google Analytics"])
    [contact] = lead["contacts"]
    assert (contact["email_verdict"], contact["email_verdict_reason"]) == ("valid", "the mailbox accepts mail")
    assert contact["is_primary"]
    [evidence] = lead["evidence"]
    assert evidence["quote"] == "Call us to make an appointment"
    assert [email["step_number"] for email in lead["emails"]] == [1, 2]
    assert lead["emails"][0]["claims"][0]["evidence_id"] == evidence["id"]
    assert {(r["field"], r["provider"], r["operation"], r["cost_cents"]) for r in lead["receipts"]} == {
        ("website_status", "firecrawl", "scrape", 0.083),
        ("has_booking", "firecrawl", "scrape", 0.083),
    }


async def test_a_lead_shows_nothing_that_was_superseded(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    lead_id = seeds.lead_with_everything(tenant)
    for table in ("evidence", "outreach_sequences", "field_provenance", "lead_scores", "enrichment_data"):
        seeds.value(f"update {table} set superseded_at = now() returning true")

    lead = (await client.get(f"/v1/leads/{lead_id}")).json()

    assert [*lead["evidence"], *lead["emails"], *lead["receipts"]] == []
    assert lead["score"] is lead["website_status"] is None
    assert (await client.get(f"/leads/{lead_id}")).status_code == 200

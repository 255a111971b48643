"""What a campaign's page shows beside its leads: coverage, pairs to decide on, files."""

from uuid import UUID

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from selectolax.lexbor import LexborHTMLParser


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant(status="ready")


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


def pair(seeds: Seeds, tenant: Tenant) -> UUID:
    """The review of a doubtful pair of prospects."""
    left, right = sorted((seeds.scored(tenant, 81, "Oak Dental"), seeds.scored(tenant, 77, "Oak Dental Care")))
    return seeds.value(
        "insert into match_reviews (organization_id, campaign_id, left_prospect_id, right_prospect_id, score, reason)"
        " values (%s, %s, %s, %s, 0.6, 'name') returning id",
        (tenant.organization_id, tenant.campaign_id, left, right),
    )


async def page(client: httpx.AsyncClient, tenant: Tenant) -> LexborHTMLParser:
    answer = await client.get(f"/campaigns/{tenant.campaign_id}")
    assert answer.status_code == 200
    return LexborHTMLParser(answer.text)


async def test_the_page_tells_how_much_of_the_area_was_found(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    assert "Coverage" not in (await page(client, tenant)).text()
    seeds.certificate(tenant)
    shown = (await page(client, tenant)).text()

    assert "Coverage" in shown
    assert "searched to the end" in shown


@pytest.mark.parametrize(("decision", "left_over"), [("same", 1), ("different", 2)])
async def test_a_doubtful_pair_is_decided_on_the_page(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, decision: str, left_over: int
) -> None:
    pair(seeds, tenant)
    form = (await page(client, tenant)).css_first("form.pair")
    assert form is not None
    answer = await client.post(str(form.attributes["action"]), data={"decision": decision})
    after = await page(client, tenant)

    assert answer.status_code == 303
    assert after.css_first("form.pair") is None
    assert len(after.css("table.leads tbody tr")) == left_over


@pytest.mark.parametrize("tier", ["", "A"])
async def test_the_leads_shown_are_there_as_files(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, tier: str
) -> None:
    seeds.scored(tenant, 81)
    seeds.scored(tenant, 12)
    answer = await client.get(f"/campaigns/{tenant.campaign_id}", params={"tier": tier} if tier else {})
    links = [node.attributes["href"] or "" for node in LexborHTMLParser(answer.text).css(".files a")]
    files = [await client.get(link) for link in links]

    assert [file.status_code for file in files] == [200, 200]
    assert len(files[1].json()) == (1 if tier else 2)

"""Another tenant's id is as unknown as a random one, on every route with an id. The routes come from the app itself."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from account_seeds import seed_accounts
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant
from fastapi.routing import APIRoute
from import_seeds import LEADS_FILE, seed_import
from merge_seeds import seed_doubles

from leadgen_api.api_keys import queries as api_key_queries
from leadgen_api.app import create_app
from leadgen_api.campaigns import queries as campaign_queries
from leadgen_api.discovery import queries as discovery_queries
from leadgen_api.imports import queries as import_queries
from leadgen_api.leads import queries as lead_queries
from leadgen_api.merges import queries as merge_queries
from leadgen_api.organization import queries as organization_queries
from leadgen_api.pages.views import router as pages
from leadgen_api.scoring import queries as scoring_queries

IDS = {
    "campaign_id",
    "lead_id",
    "review_id",
    "merge_id",
    "company_id",
    "prospect_id",
    "into_id",
    "import_id",
    "exclusion_id",
    "member_id",
    "invitation_id",
    "key_id",
}


def routes_with_an_id() -> list[tuple[str, str]]:
    """Method and path of every route, of API and pages, that names a thing by its id."""
    api = [
        (method.upper(), path)
        for path, operations in create_app("unused").openapi()["paths"].items()
        for method in operations
        if IDS & set(re.findall(r"{(\w+)}", path))
    ]
    of_pages = [
        (method, route.path)
        for route in pages.routes
        if isinstance(route, APIRoute) and IDS & set(route.param_convertors)
        for method in route.methods
    ]
    return sorted(api + of_pages)


ROUTES = routes_with_an_id()
QUERIES = (
    api_key_queries,
    campaign_queries,
    discovery_queries,
    import_queries,
    lead_queries,
    merge_queries,
    organization_queries,
    scoring_queries,
)
BODIES: dict[str, dict[str, Any]] = {
    "/v1/campaigns/{campaign_id}/accepted-checks": {"json": {"checks": ["relevance"]}},
    "/v1/campaigns/{campaign_id}/budget": {"json": {"budget_cents": 500}},
    "/v1/leads/{lead_id}/score": {"json": {"score": 50, "reason": "They called."}},
    "/v1/leads/{lead_id}/outcomes": {"json": {"kind": "won"}},
    "/v1/match-reviews/{review_id}": {"json": {"decision": "different"}},
    "/v1/prospects/{prospect_id}/merge": {"json": {"into": "{into_id}"}},
    "/v1/campaigns/{campaign_id}/imports": {"files": LEADS_FILE},
    "/v1/campaigns/{campaign_id}/imports/preview": {"files": LEADS_FILE},
    "/v1/campaigns/{campaign_id}/prospects": {"json": {"company_name": "Ash Law"}},
    "/v1/members/{member_id}/role": {"json": {"role": "viewer"}},
    "/campaigns/{campaign_id}/match-reviews/{review_id}": {"data": {"decision": "different"}},
    "/campaigns/{campaign_id}/budget": {"data": {"budget_dollars": "5"}},
}


async def asked(client: httpx.AsyncClient, method: str, path: str, ids: Mapping[str, UUID]) -> httpx.Response:
    """The answer of a route to a request it takes."""
    body = {kind: {k: _filled(v, ids) for k, v in fields.items()} for kind, fields in BODIES.get(path, {}).items()}
    return await client.request(method, path.format(**ids), **body)


def _filled(value: Any, ids: Mapping[str, UUID]) -> Any:
    """A body's value, with the id it names in braces."""
    return value.format(**ids) if isinstance(value, str) else value


@dataclass(frozen=True)
class Neighbour:
    """What another tenant has, by the name of the route's parameter."""

    ids: dict[str, UUID]


@pytest.fixture
def neighbour(make_tenant: MakeTenant, seeds: Seeds) -> Neighbour:
    tenant = make_tenant("Neighbour", status="queued")
    lead = seeds.lead_with_everything(tenant)
    return Neighbour(
        {
            "campaign_id": tenant.campaign_id,
            "lead_id": lead,
            **seed_doubles(seeds, tenant),
            **seed_import(seeds, tenant),
            **seed_accounts(seeds, tenant),
        }
    )


def test_the_routes_are_found() -> None:
    assert ("GET", "/v1/campaigns/{campaign_id}") in ROUTES
    assert ("GET", "/leads/{lead_id}") in ROUTES


async def test_a_foreign_id_is_as_unknown_as_a_random_one(
    sign_in: SignIn, make_tenant: MakeTenant, neighbour: Neighbour
) -> None:
    client = await sign_in(make_tenant("Curious"))

    for method, path in ROUTES:
        foreign = await asked(client, method, path, neighbour.ids)
        random = await asked(client, method, path, dict.fromkeys(IDS, uuid4()))

        assert foreign.status_code == random.status_code == 404, path
        assert foreign.text == random.text, path


async def test_the_owner_of_an_id_is_answered(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    tenant = make_tenant(status="queued")
    lead = seeds.lead_with_everything(tenant)
    ids = {
        "campaign_id": tenant.campaign_id,
        "lead_id": lead,
        **seed_doubles(seeds, tenant),
        **seed_import(seeds, tenant),
        **seed_accounts(seeds, tenant),
    }
    seeds.certificate(tenant)
    client = await sign_in(tenant)

    for method, path in sorted(ROUTES, key=lambda route: route[0] == "DELETE"):
        seeds.status(tenant, "paused" if path.endswith("/resume") else "queued", "Paused.")

        assert (await asked(client, method, path, ids)).status_code in {200, 201, 202, 204, 303}, path


async def test_row_security_alone_keeps_tenants_apart(
    sign_in: SignIn, make_tenant: MakeTenant, neighbour: Neighbour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A query that forgets the organization leaks nothing."""
    curious = make_tenant("Curious")
    client = await sign_in(curious)
    for module in QUERIES:
        for name, sql in [(name, sql) for name, sql in vars(module).items() if name.isupper()]:
            forgetful = re.sub(r"(\w\.)?organization_id = %\(organization\)s", "true", sql)
            assert forgetful != sql, name
            monkeypatch.setattr(module, name, forgetful)

    for method, path in ROUTES:
        assert (await asked(client, method, path, neighbour.ids)).status_code == 404, path
    campaigns = (await client.get("/v1/campaigns")).json()["items"]
    assert [campaign["id"] for campaign in campaigns] == [str(curious.campaign_id)]


async def test_lists_hold_nothing_of_the_neighbour(
    sign_in: SignIn, make_tenant: MakeTenant, neighbour: Neighbour
) -> None:
    curious = make_tenant("Curious")
    client = await sign_in(curious)

    campaigns = (await client.get("/v1/campaigns")).json()["items"]
    page = (await client.get("/campaigns")).text

    assert [campaign["id"] for campaign in campaigns] == [str(curious.campaign_id)]
    assert str(neighbour.ids["campaign_id"]) not in page

"""Another tenant's id is as unknown as a random one, on every route that has an id. The routes come from the app itself."""

import re
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant
from fastapi import FastAPI

from leadgen_api.app import create_app

# Sign-in links are secrets, not ids; the link's own tests are in test_sign_in.
NOT_IDS = {"token", "path"}


def routes_with_an_id(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of every route, of API and pages, that names a thing by its id."""
    found = [
        (method.upper(), path)
        for path, operations in app.openapi()["paths"].items()
        for method in operations
        if "{" in path
    ]
    pages = [
        (method, route.path)
        for route in app.routes
        for method in getattr(route, "methods", None) or ()
        if set(re.findall(r"{(\w+)", route.path)) - NOT_IDS
    ]
    return sorted({*found, *pages})


ROUTES = routes_with_an_id(create_app("unused"))


@dataclass(frozen=True)
class Neighbour:
    """What another tenant has, by the name of the route's parameter."""

    ids: dict[str, UUID]


@pytest.fixture
def neighbour(make_tenant: MakeTenant, seeds: Seeds) -> Neighbour:
    tenant = make_tenant("Neighbour", status="queued")
    return Neighbour({"campaign_id": tenant.campaign_id, "lead_id": seeds.lead_with_everything(tenant)})


def test_the_routes_are_found() -> None:
    assert ("GET", "/v1/campaigns/{campaign_id}") in ROUTES
    assert ("GET", "/leads/{lead_id}") in ROUTES


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_a_foreign_id_is_as_unknown_as_a_random_one(
    method: str, path: str, sign_in: SignIn, make_tenant: MakeTenant, neighbour: Neighbour
) -> None:
    client = await sign_in(make_tenant("Curious"))

    async def ask(ids: dict[str, Any]) -> httpx.Response:
        return await client.request(method, path.format(**ids))

    foreign = await ask(neighbour.ids)
    random = await ask(dict.fromkeys(neighbour.ids, uuid4()))

    assert foreign.status_code == random.status_code == 404
    assert foreign.text == random.text


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_the_owner_of_an_id_is_answered(
    method: str, path: str, sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    tenant = make_tenant(status="queued")
    if path.endswith("/resume"):
        seeds.status(tenant, "paused", "Paused.")
    ids = {"campaign_id": tenant.campaign_id, "lead_id": seeds.lead_with_everything(tenant)}
    client = await sign_in(tenant)

    assert (await client.request(method, path.format(**ids))).status_code in {200, 303}


async def test_lists_hold_nothing_of_the_neighbour(
    sign_in: SignIn, make_tenant: MakeTenant, neighbour: Neighbour
) -> None:
    curious = make_tenant("Curious")
    client = await sign_in(curious)

    campaigns = (await client.get("/v1/campaigns")).json()["items"]
    page = (await client.get("/campaigns")).text

    assert [campaign["id"] for campaign in campaigns] == [str(curious.campaign_id)]
    assert str(neighbour.ids["campaign_id"]) not in page

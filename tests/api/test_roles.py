"""The matrix of routes and roles is whole, and is what the application does."""

from collections.abc import Iterable, Iterator
from uuid import uuid4

import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from leadgen.domain.access.roles import ROLES
from leadgen_api.access.permissions import PERMISSIONS, UNLISTED, permission_of
from leadgen_api.access.sessions import signed_in
from leadgen_api.app import create_app

FORBIDDEN = 403


def routes_of(routes: Iterable[BaseRoute]) -> Iterator[APIRoute]:
    """Every route of an application, those of routers in routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (router := getattr(route, "original_router", None)) is not None:
            yield from routes_of(router.routes)


APP_ROUTES = list(routes_of(create_app("unused").routes))
ROUTES = {f"{method} {route.path}": route for route in APP_ROUTES for method in route.methods}


def needs_member(route: APIRoute) -> bool:
    """Whether a route asks who is there."""
    asked = list(route.dependant.dependencies)
    while asked:
        dependency = asked.pop()
        if dependency.call is signed_in:
            return True
        asked += dependency.dependencies
    return False


def test_every_route_has_a_line_and_every_line_a_route() -> None:
    assert set(ROUTES) - set(PERMISSIONS) == set()
    assert set(PERMISSIONS) - set(ROUTES) == set()


def test_only_public_routes_do_not_ask_who_is_there() -> None:
    public = {route for route, permission in PERMISSIONS.items() if permission.roles is None}

    assert {name for name, route in ROUTES.items() if not needs_member(route)} == public


def test_a_route_that_was_forgotten_is_the_owners_in_person() -> None:
    assert permission_of("GET", "/v1/forgotten") is UNLISTED
    assert UNLISTED.roles == {"owner"}
    assert UNLISTED.scope is None


def test_pages_take_no_keys() -> None:
    assert [name for name, line in PERMISSIONS.items() if line.scope and not name.split()[1].startswith("/v1/")] == []


def test_no_key_that_only_reads_reaches_what_writes() -> None:
    reading = {name for name, line in PERMISSIONS.items() if line.scope in {"read", "export"}}
    asks_without_writing = {"POST /v1/campaigns/estimate", "POST /v1/scoring/profiles/{version}/preview"}

    assert {name for name in reading if not name.startswith("GET ")} <= asks_without_writing


@pytest.mark.parametrize("role", ROLES)
async def test_the_application_does_what_the_matrix_says(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds, role: str
) -> None:
    tenant = make_tenant(role=role)
    client = await sign_in(tenant)
    for name, route in ROUTES.items():
        method, path = name.split()
        permission = permission_of(method, path)
        if permission.roles is None:
            continue
        values = {parameter: "999" if parameter == "version" else str(uuid4()) for parameter in route.param_convertors}

        answer = await client.request(method, path.format(**values))
        if "sign-out" in path:
            client = await sign_in(tenant)

        assert (answer.status_code == FORBIDDEN) is (role not in permission.roles), f"{name} as {role}: {answer.text}"

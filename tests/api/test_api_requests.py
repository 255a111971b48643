"""What holds for every request, whatever it asks: origin, headers, problems."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import psycopg
import pytest
import structlog
from api_clients import ORIGIN, OpenBrowser, SignIn
from api_seeds import Seeds
from databases import MakeTenant
from fastapi import FastAPI

FOREIGN = (
    {"sec-fetch-site": "cross-site"},
    {"sec-fetch-site": "same-site"},
    {"origin": "https://evil.example"},
    {"origin": f"{ORIGIN}:8080"},
    {"origin": "null"},
    {"sec-fetch-site": "cross-site", "origin": ORIGIN},
)
OURS = (
    {"sec-fetch-site": "same-origin"},
    {"sec-fetch-site": "none"},
    {"origin": ORIGIN},
    {"sec-fetch-site": "same-origin", "origin": ORIGIN},
)


async def test_other_sites_cannot_change_anything(sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds) -> None:
    client = await sign_in(make_tenant())

    for headers in FOREIGN:
        for path in ("/v1/campaigns", "/campaigns", "/sign-out", "/sign-in/x"):
            answer = await client.post(path, headers=headers, json={})

            assert answer.status_code == 403, (headers, path)
            assert answer.json()["type"] == "urn:leadgen:problem:cross-origin"
            assert "content-security-policy" in answer.headers
    assert seeds.value("select count(*) from campaigns") == 1
    assert (await client.get("/v1/campaigns")).status_code == 200


async def test_our_own_pages_can(stranger: httpx.AsyncClient) -> None:
    for headers in OURS:
        assert (await stranger.post("/sign-out", headers=headers)).status_code == 303, headers


async def test_other_sites_may_link_to_us(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    assert (await client.get("/campaigns", headers={"sec-fetch-site": "cross-site"})).status_code == 200


@pytest.fixture
def broken_route(app: FastAPI) -> Iterator[str]:
    """A route with a bug whose error quotes a value."""

    @app.get("/v1/broken/{token}")
    async def broken(token: str) -> None:
        raise RuntimeError(f"cannot handle {token}")

    yield "/v1/broken/canary"
    app.router.routes.pop()


ANSWERS = (
    ("GET", "/", 200),
    ("GET", "/campaigns", 401),
    ("GET", "/v1/campaigns", 401),
    ("GET", "/v1/nothing", 404),
    ("GET", "/nothing", 404),
    ("DELETE", "/v1/campaigns", 405),
    ("POST", "/sign-in/x", 410),
    ("POST", "/v1/campaigns", 401),
    ("GET", "/healthz", 200),
    ("GET", "/readyz", 200),
    ("GET", "/openapi.json", 200),
    ("GET", "/static/style.css", 200),
    ("GET", "/static/nothing.css", 404),
    ("GET", "/static/..%2ftemplates/base.html", 404),
    ("GET", "/v1/broken/canary", 500),
)


async def test_every_answer_has_the_security_headers(stranger: httpx.AsyncClient, broken_route: str) -> None:
    for method, path, status in ANSWERS:
        answer = await stranger.request(method, path)

        assert answer.status_code == status, path
        headers = answer.headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert "unsafe" not in headers["content-security-policy"]
        for directive in ("default-src", "object-src", "base-uri", "frame-ancestors"):
            assert policy[directive] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "same-origin"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert int(headers["strict-transport-security"].partition("max-age=")[2].partition(";")[0]) >= 31_536_000
        assert headers["cache-control"] == ("no-cache" if path.startswith("/static/") else "no-store"), path


async def test_errors_of_the_api_are_problem_documents(stranger: httpx.AsyncClient, broken_route: str) -> None:
    for method, path, status in ANSWERS:
        if path.startswith("/v1/"):
            answer = await stranger.request(method, path)

            problem = answer.json()
            assert answer.headers["content-type"] == "application/problem+json"
            assert problem["status"] == answer.status_code == status
            assert set(problem) == {"type", "title", "status", "detail"}


async def test_errors_of_pages_are_pages(sign_in: SignIn, make_tenant: MakeTenant) -> None:
    client = await sign_in(make_tenant())

    for path, status in (("/nothing", 404), ("/campaigns/not-an-id", 422), ("/static/nothing.css", 404)):
        answer = await client.get(path)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("text/html")


async def test_a_bug_is_logged_where_it_happened_without_the_values_it_met(
    stranger: httpx.AsyncClient, broken_route: str
) -> None:
    with structlog.testing.capture_logs() as logs:
        answer = await stranger.get(broken_route)

    [line] = logs
    assert line["error"] == "RuntimeError"
    assert line["route"] == "/v1/broken/{token}"
    assert Path(__file__).name in line["traceback"]
    assert "canary" not in str(logs)
    assert "canary" not in answer.text


async def test_errors_of_the_database_do_not_reach_logs_or_answers(
    sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    """Postgres quotes the values of the row it refuses."""
    client = await sign_in(make_tenant())
    with psycopg.connect(seeds.owner_url, autocommit=True) as owner:
        owner.execute("alter table campaigns add constraint refuses check (name <> 'canary')")
    with structlog.testing.capture_logs() as logs:
        answer = await client.post(
            "/v1/campaigns",
            json={"name": "canary", "business_type": "x", "target_location": "x", "offer": {"sells": "x"}},
        )

    assert answer.status_code == 500
    assert "canary" not in str(logs) + answer.text


async def test_every_documented_error_is_a_problem(app: FastAPI) -> None:
    for path, operations in app.openapi()["paths"].items():
        for operation in operations.values():
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            takes_something = operation.get("parameters") or operation.get("requestBody")
            assert ({"401", "422"} if takes_something else {"401"}) <= set(errors), path
            assert all(list(answer["content"]) == ["application/problem+json"] for answer in errors.values())


async def test_an_unchanged_static_file_is_not_sent_again(open_browser: OpenBrowser) -> None:
    client = open_browser()
    first = await client.get("/static/style.css")

    again = await client.get("/static/style.css", headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304
    assert "content-security-policy" in again.headers

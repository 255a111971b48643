"""Integrations over the API: credentials go in, are tried, replaced and forgotten, and never come out again."""

import base64
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from sandbox_server import serving

from leadgen.errors import ConfigurationError, CredentialsRejected, LeadGenError
from leadgen.sandbox.made import make_world
from leadgen.sandbox.mail_server import MailServer
from leadgen.sandbox.world import World
from leadgen.settings import VENDORS, settings
from leadgen.store.connections import Connections
from leadgen.store.vault import CredentialsUnreadable
from leadgen_api.integrations.services import SERVICES

KEY = "sandbox-of-our-own-account"
HUNTER = "/v1/integrations/hunter"
MAILBOX = {"host": "mail.tenant.example", "username": "sam@tenant.example", "password": "sandbox"}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, prospects=5)


@pytest.fixture(scope="module")
def sandbox_url(world: World) -> Iterator[str]:
    with serving(world) as url:
        yield url


@pytest.fixture
async def mail(world: World) -> AsyncIterator[MailServer]:
    async with MailServer(world) as server:
        yield server


@pytest.fixture(autouse=True)
def configured(database_urls: Connections, sandbox_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every vendor stands where the sandbox plays it, as the real one would at its address."""
    monkeypatch.setenv("LEADGEN_SANDBOX_URL", sandbox_url)
    monkeypatch.setenv("LEADGEN_PIPELINE_DATABASE_URL", database_urls.pipeline)
    monkeypatch.setenv("LEADGEN_MASTER_KEY", base64.b64encode(bytes(range(32))).decode())
    for vendor in VENDORS:
        monkeypatch.setenv(f"LEADGEN_{vendor.upper()}__BASE_URL", f"{sandbox_url}/{vendor}")
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def client(tenant: Tenant, sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def put(client: httpx.AsyncClient, service: str, test: bool = True, **credentials: str) -> httpx.Response:
    return await client.put(f"/v1/integrations/{service}", json={"credentials": credentials, "test": test})


async def listed(client: httpx.AsyncClient, service: str) -> dict[str, Any]:
    items = (await client.get("/v1/integrations")).json()["items"]
    (found,) = [item for item in items if item["service"] == service]
    shown: dict[str, Any] = found
    return shown


async def test_a_good_key_is_tried_kept_and_never_given_back(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    assert (await listed(client, "hunter"))["state"] == "sandbox"
    answer = await put(client, "hunter", api_key=f"  {KEY}\n")
    assert answer.status_code == 200, answer.text
    assert answer.json()["test"]["state"] == "ok"
    assert "credits left" in answer.json()["test"]["vendors"][0]["words"]
    shown = await listed(client, "hunter")
    assert (shown["state"], shown["put_by"], shown["last_error"]) == ("connected", seeds.email_of(tenant), None)
    assert shown["last_used_at"] is not None
    for told in (answer, await client.get("/v1/integrations"), await client.post(f"{HUNTER}/test")):
        assert KEY not in told.text
    assert KEY.encode() not in bytes(seeds.value("select credentials_encrypted from api_credentials"))


async def test_a_key_that_its_service_refuses_is_not_kept_and_the_former_stays(
    client: httpx.AsyncClient, seeds: Seeds
) -> None:
    await put(client, "hunter", api_key=KEY)
    sealed = seeds.value("select credentials_encrypted from api_credentials")
    answer = await put(client, "hunter", api_key="dead-and-gone-key")
    assert answer.status_code == 422
    assert answer.json()["type"].endswith("credentials-refused")
    assert "dead-and-gone-key" not in answer.text
    assert seeds.value("select credentials_encrypted from api_credentials") == sealed


async def test_a_key_kept_untried_fails_at_the_button_and_says_so_without_quoting_itself(
    client: httpx.AsyncClient,
) -> None:
    untried = (await put(client, "hunter", test=False, api_key="dead-and-gone-key")).json()
    assert (untried["test"], untried["integration"]["state"]) == (None, "connected")
    tried = (await client.post(f"{HUNTER}/test")).json()
    assert tried["test"]["state"] == "refused"
    assert tried["integration"]["state"] == "failing"
    assert tried["integration"]["last_error"]
    assert "dead-and-gone-key" not in str(tried)


async def test_a_replaced_key_forgets_the_former_ones_error(client: httpx.AsyncClient, seeds: Seeds) -> None:
    await put(client, "hunter", test=False, api_key="dead-and-gone-key")
    await client.post(f"{HUNTER}/test")
    await put(client, "hunter", api_key=KEY)
    shown = await listed(client, "hunter")
    assert (shown["state"], shown["last_error"]) == ("connected", None)
    assert seeds.value("select count(*) from api_credentials") == 1


@pytest.mark.parametrize(
    ("error", "resumed"),
    [
        (CredentialsRejected("hunter", "verify", "no such key", remedy="Replace the key."), 1),
        (ConfigurationError("hunter is not connected."), 1),
        (CredentialsUnreadable("the hunter credentials of organization 7 do not open."), 1),
        (CredentialsRejected("yelp", "search", "no such key of hunter"), 0),
    ],
)
async def test_a_key_that_works_lets_the_campaigns_go_on_that_wait_for_it(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, error: LeadGenError, resumed: int
) -> None:
    seeds.status(tenant, "paused", str(error), cause="credentials")
    assert (await put(client, "hunter", test=False, api_key=KEY)).json()["campaigns_resumed"] == 0
    assert (await put(client, "hunter", api_key=KEY)).json()["campaigns_resumed"] == resumed
    assert seeds.value("select status from campaigns") == ("queued" if resumed else "paused")


async def test_forgotten_credentials_are_gone(client: httpx.AsyncClient, seeds: Seeds) -> None:
    await put(client, "hunter", test=False, api_key=KEY)
    assert (await client.delete(HUNTER)).json()["state"] == "sandbox"
    assert seeds.value("select count(*) from api_credentials") == 0
    assert (await client.delete(HUNTER)).status_code == 404
    assert (await client.post(f"{HUNTER}/test")).status_code == 404


async def test_a_key_of_several_vendors_is_asked_of_each(client: httpx.AsyncClient) -> None:
    told = (await put(client, "google_maps", api_key=KEY)).json()["test"]
    assert [vendor["vendor"] for vendor in told["vendors"]] == ["google_places", "google_geocoding", "pagespeed"]
    assert told["state"] == "ok"


async def test_what_was_changed_stands_in_the_audit_log_without_secrets(
    client: httpx.AsyncClient, seeds: Seeds
) -> None:
    await put(client, "hunter", test=False, api_key=KEY)
    await client.delete(HUNTER)
    logged = seeds.value("select json_agg(to_json(a) order by id)::text from audit_log a")
    assert "integration.put" in logged
    assert "integration.delete" in logged
    assert KEY not in logged


@pytest.mark.parametrize("service", ["smtp", "imap"])
async def test_a_mailbox_is_entered_before_it_is_kept_and_through_the_ledger_afterwards(
    client: httpx.AsyncClient, seeds: Seeds, mail: MailServer, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    for protocol, port in mail.ports().items():
        monkeypatch.setenv(f"LEADGEN_{protocol.upper()}__BASE_URL", f"{protocol}://127.0.0.1:{port}")
    settings.cache_clear()
    refused = await put(client, service, **{**MAILBOX, "password": "wrong-password"})
    assert refused.status_code == 422, refused.text
    assert "wrong-password" not in refused.text
    kept = await put(client, service, **MAILBOX)
    assert kept.status_code == 200, kept.text
    assert seeds.value("select count(*) from provider_calls") == 0
    told = (await client.post(f"/v1/integrations/{service}/test")).json()
    assert told["test"]["state"] == "ok", told
    assert seeds.value("select array_agg((vendor, stage, status)::text) from provider_calls") == [
        f"({service},integrations,settled)"
    ]


async def test_slack_shows_a_line_each_time_it_is_tried(client: httpx.AsyncClient, seeds: Seeds) -> None:
    url = f"https://hooks.slack.com/services/T/B/{KEY}"
    assert (await put(client, "slack", webhook_url=url)).json()["test"]["state"] == "ok"
    for _ in range(2):
        assert (await client.post("/v1/integrations/slack/test")).json()["test"]["state"] == "ok"
    assert seeds.value("select count(*) from provider_calls where vendor = 'slack' and status = 'settled'") == 2


@pytest.mark.parametrize(
    ("service", "credentials", "field"),
    [
        ("hunter", {}, "api_key"),
        ("hunter", {"api_key": "  "}, "api_key"),
        ("hunter", {"api_key": "Bearer secret-key"}, "api_key"),
        ("hunter", {"api_key": "secret-k\u00e9y\x07"}, "api_key"),
        ("hunter", {"api_key": "secret-key", "password": "secret-key"}, "password"),
        ("anthropic", {"api_key": "sk-secret-key"}, "api_key"),
        ("openai", {"api_key": "sk-ant-secret-key"}, "api_key"),
        ("slack", {"webhook_url": "https://hooks.example/services/T/B/secret-key"}, "webhook_url"),
        ("twilio", {"account_sid": "AC12", "auth_token": "0" * 32}, "account_sid"),
        ("twilio", {"account_sid": "AC" + "0" * 32, "auth_token": "secret-key"}, "auth_token"),
        ("smtp", {**MAILBOX, "host": "127.0.0.1", "password": "secret-key"}, "host"),
        ("smtp", {**MAILBOX, "host": "mail.tenant.com", "port": "22"}, "host"),
        ("imap", {**MAILBOX, "security": "none"}, "security"),
        ("imap", {"host": "mail.tenant.com", "username": "sam"}, "password"),
    ],
)
async def test_what_has_not_the_services_shape_is_refused_unasked_and_unquoted(
    client: httpx.AsyncClient, seeds: Seeds, service: str, credentials: dict[str, str], field: str
) -> None:
    answer = await put(client, service, **(credentials or {"api_key": ""}))
    assert answer.status_code == 422, answer.text
    assert field in [error["field"] for error in answer.json()["errors"]]
    assert "secret-k" not in answer.text
    assert seeds.value("select count(*) from api_credentials") == 0


async def test_without_a_master_key_nothing_is_kept_and_the_remedy_is_told(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    monkeypatch.setenv("LEADGEN_MASTER_KEY", "")
    monkeypatch.setenv("LEADGEN_HOME", str(tmp_path))
    settings.cache_clear()
    answer = await put(client, "hunter", test=False, api_key=KEY)
    assert answer.status_code == 503
    assert "LEADGEN_MASTER_KEY" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["member", "viewer"])
async def test_only_owners_and_admins_handle_credentials(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, role: str
) -> None:
    await put(client, "hunter", test=False, api_key=KEY)
    seeds.role(tenant, role)
    answers = [
        await client.get("/v1/integrations"),
        await put(client, "hunter", test=False, api_key=KEY),
        await client.post(f"{HUNTER}/test"),
        await client.delete(HUNTER),
    ]
    assert [answer.status_code for answer in answers] == [403] * 4
    assert seeds.value("select count(*) from api_credentials") == 1


async def test_another_organizations_credentials_are_neither_seen_nor_touched(
    client: httpx.AsyncClient, sign_in: SignIn, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    theirs = await sign_in(make_tenant())
    await put(theirs, "hunter", test=False, api_key=KEY)
    assert (await listed(client, "hunter"))["state"] == "sandbox"
    assert (await client.post(f"{HUNTER}/test")).status_code == 404
    assert (await client.delete(HUNTER)).status_code == 404
    assert seeds.value("select count(*) from api_credentials") == 1


async def test_an_unknown_service_is_not_found(client: httpx.AsyncClient) -> None:
    assert (await put(client, "fax", api_key=KEY)).status_code == 404
    assert (await client.post("/v1/integrations/fax/test")).status_code == 404


def test_every_service_names_vendors_that_there_are() -> None:
    for service in SERVICES.values():
        for vendor in service.vendors:
            assert settings().vendor(vendor)


async def test_the_page_offers_every_service_and_connects_one(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    page = (await client.get("/integrations")).text
    for service in SERVICES.values():
        assert f'id="{service.name}"' in page
        assert service.title in page
    kept = await client.post("/integrations/hunter", data={"api_key": KEY})
    assert (kept.status_code, kept.headers["location"]) == (303, "/integrations#hunter")
    page = (await client.get("/integrations")).text
    assert f"by {seeds.email_of(tenant)}" in page
    assert KEY not in page


async def test_the_page_says_why_credentials_are_not_kept_and_does_not_show_them(
    client: httpx.AsyncClient, seeds: Seeds
) -> None:
    refused = await client.post("/integrations/hunter", data={"api_key": "dead-and-gone-key"})
    assert refused.status_code == 422
    assert "refuses these credentials" in refused.text
    assert "dead-and-gone-key" not in refused.text
    wrong = await client.post("/integrations/slack", data={"webhook_url": "https://evil.example/secret-key"})
    assert "not the URL of a Slack incoming webhook" in wrong.text
    assert "secret-key" not in wrong.text
    assert (await client.post("/integrations/hunter", data={"api_key": "x" * 3_000})).status_code == 422
    assert (await client.post("/integrations/fax", data={"api_key": KEY})).status_code == 404
    assert seeds.value("select count(*) from api_credentials") == 0


async def test_the_pages_button_tells_what_the_service_says(client: httpx.AsyncClient, seeds: Seeds) -> None:
    await client.post("/integrations/hunter", data={"api_key": "dead-and-gone-key", "untried": "yes"})
    tried = await client.post("/integrations/hunter/test")
    assert tried.status_code == 200
    assert "the key is refused" in tried.text
    assert "refused lately" in tried.text
    assert (await client.post("/integrations/hunter/delete")).status_code == 303
    assert seeds.value("select count(*) from api_credentials") == 0

"""What acts on the world goes through the whole client once: a rerun finds it sent, a lost answer does not send it again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import psycopg
import pytest
from databases import MakeTenant, Tenant
from sandbox_server import serving

from leadgen.errors import OutcomeUnclear
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.providers.resend import Resend, SystemEmail
from leadgen.providers.slack import Slack
from leadgen.providers.twilio import Twilio
from leadgen.providers.twilio_orders import Consent, OutgoingCall, TextMessage
from leadgen.sandbox.made import make_world
from leadgen.settings import Settings
from leadgen.store.connections import Connections

TO, FROM = "+15125550143", "+15550001111"
DECIDED = datetime.now(UTC)
BY_TEXT = Consent("consent-1", "sms", DECIDED - timedelta(days=1))
BY_VOICE = Consent("consent-2", "voice", DECIDED - timedelta(days=1))
EMAIL = SystemEmail("LeadGen <no-reply@leadgen.example>", ("a@b.example",), "Ready", "It is.")


@pytest.fixture
def sandbox() -> Iterator[httpx.Client]:
    with serving(make_world(seed=3, prospects=1)) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield http


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


def client(sandbox: httpx.Client, urls: Connections, tenant: Tenant) -> ProviderClient:
    settings = Settings(_env_file=None, sandbox_url=str(sandbox.base_url).rstrip("/"))
    settings = settings.model_copy(
        update={"resend": settings.resend.model_copy(update={"key": None}), "dear_call_micros": 10**9}
    )
    return ProviderClient(settings, urls.pipeline, Work(tenant.organization_id, tenant.campaign_id, "run"))


async def send_all(asks: ProviderClient) -> list[Any]:
    text = TextMessage(TO, "Hi", FROM)
    answers = [
        await Resend(asks).send(EMAIL, purpose="1"),
        await Twilio(asks).send_message(text, BY_TEXT, purpose="1", decided_at=DECIDED),
        await Slack(asks).post("Ready", purpose="1"),
    ]
    return [answer.value for answer in answers]


def misbehave(sandbox: httpx.Client, **reset_rates: float) -> None:
    """So great a share of the answers is lost, though everything asked for is done."""
    faults = {vendor: {"reset_rate": rate} for vendor, rate in reset_rates.items()}
    sandbox.put("/__sandbox/faults", json=faults).raise_for_status()


def lost_texts(sandbox: httpx.Client) -> int:
    vendors = sandbox.get("/__sandbox/calls").json()["vendors"]
    lost: int = vendors["twilio"]["operations"]["send_message"]["outcomes"].get("reset", 0)
    return lost


def calls_placed(sandbox: httpx.Client) -> int:
    reply = sandbox.get("/twilio/2010-04-01/Accounts/sandbox/Calls.json", auth=("sandbox", "sandbox"))
    return len(reply.json()["calls"])


def sent(sandbox: httpx.Client) -> tuple[int, int, int]:
    bearer = {"authorization": "Bearer sandbox"}
    emails = sandbox.get("/resend/emails", headers=bearer).json()["data"]
    account = "/twilio/2010-04-01/Accounts/sandbox"
    texts = sandbox.get(f"{account}/Messages.json", auth=("sandbox", "sandbox")).json()["messages"]
    notices = sandbox.get("/slack/services/T/B/sandbox/messages").json()
    return len(emails), len(texts), len(notices)


async def test_a_rerun_finds_everything_sent(sandbox: httpx.Client, database_urls: Connections, tenant: Tenant) -> None:
    async with client(sandbox, database_urls, tenant) as asks:
        first = await send_all(asks)
    async with client(sandbox, database_urls, tenant) as asks:
        again = await send_all(asks)

    assert first == again
    assert first[2] is True
    assert sent(sandbox) == (1, 1, 1)
    with psycopg.connect(database_urls.owner) as connection:
        costs = connection.execute("select vendor, sum(cost_micros) from provider_calls group by 1 order by 1")
        assert [(vendor, int(cost)) for vendor, cost in costs] == [("resend", 400), ("slack", 0), ("twilio", 8_300)]


async def test_lost_answers_send_nothing_twice(
    sandbox: httpx.Client, database_urls: Connections, tenant: Tenant
) -> None:
    """A text is found again; a notice or a call that nobody can look up waits for a word."""
    async with client(sandbox, database_urls, tenant) as asks:
        order = OutgoingCall(TO, FROM, "<Response/>")
        misbehave(sandbox, slack=1, twilio=1)
        for _ in range(2):
            with pytest.raises(OutcomeUnclear):
                await Slack(asks).post("Ready", purpose="1")
            with pytest.raises(OutcomeUnclear):
                await Twilio(asks).call(order, BY_VOICE, purpose="2", decided_at=DECIDED)
        misbehave(sandbox, twilio=0.35)  # some answers are lost and some are not
        for number in range(3):
            text = TextMessage(TO, f"Hi {number}", FROM)
            await Twilio(asks).send_message(text, BY_TEXT, purpose=str(number), decided_at=DECIDED)
        misbehave(sandbox)

    assert sent(sandbox) == (0, 3, 1)
    assert calls_placed(sandbox) == 1
    assert lost_texts(sandbox) > 0

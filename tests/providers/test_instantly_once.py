"""Through the whole client: a campaign at Instantly is made, filled and started once, whatever was lost and however often."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from databases import MakeTenant, Tenant
from sandbox_server import serving

from leadgen.errors import OutcomeUnclear
from leadgen.providers.client import ProviderClient
from leadgen.providers.instantly import Instantly
from leadgen.providers.instantly_campaigns import CampaignPlan
from leadgen.providers.instantly_leads import LeadEmail, NewLead
from leadgen.providers.instantly_schedule import SendingHours
from leadgen.providers.journal import Work
from leadgen.sandbox.made import make_world
from leadgen.settings import Settings
from leadgen.store.connections import Connections

TODAY = datetime.now(UTC).date()
ACCOUNT = "sam@outreach.example"
LEADS = [
    NewLead(f"{name}+interested@b.example", (LeadEmail("Idea", "<p>Hello</p>"),), our_id=name)
    for name in ("ana", "bo", "cy")
]
CAMPAIGNS = 6
HEADERS = {"authorization": "Bearer sandbox"}


@pytest.fixture
def sandbox() -> Iterator[httpx.Client]:
    with serving(make_world(seed=3, prospects=1)) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield http


async def launch(asks: ProviderClient, number: int) -> tuple[Any, ...]:
    instantly = Instantly(asks)
    plan = CampaignPlan("Dentists", f"seq-{number}", (0,), SendingHours("America/Chicago"), (ACCOUNT,))
    made = (await instantly.campaigns.create(plan, today=TODAY)).value
    assert made is not None
    added = (await instantly.leads.add(made.campaign_id, LEADS, steps=1, purpose=f"{number}", skips_known=False)).value
    started = (await instantly.campaigns.activate(made.campaign_id, purpose=f"{number}")).value
    assert added is not None
    assert started is not None
    return made.campaign_id, dict(added.lead_ids), started.status


def client(sandbox: httpx.Client, urls: Connections, tenant: Tenant, run: str = "run") -> ProviderClient:
    settings = Settings(_env_file=None, sandbox_url=str(sandbox.base_url).rstrip("/"))
    return ProviderClient(settings, urls.pipeline, Work(tenant.organization_id, tenant.campaign_id, run))


def misbehave(sandbox: httpx.Client, reset_rate: float) -> None:
    """So great a share of the answers is lost, though everything asked for is done."""
    sandbox.put("/__sandbox/faults", json={"instantly": {"reset_rate": reset_rate}}).raise_for_status()


def let_pass(sandbox: httpx.Client, days: float) -> None:
    sandbox.post("/__sandbox/clock", json={"seconds": days * 86_400}).raise_for_status()


def calls(sandbox: httpx.Client, *operations: str) -> list[tuple[int, int]]:
    """How often each was called, and how many of the answers were lost."""
    counted = sandbox.get("/__sandbox/calls").json()["vendors"]["instantly"]["operations"]
    return [(counted[name]["calls"], counted[name]["outcomes"].get("reset", 0)) for name in operations]


def there(sandbox: httpx.Client) -> tuple[list[int], int]:
    """The states of the campaigns, and how many leads there are."""
    campaigns = sandbox.get("/instantly/api/v2/campaigns", params={"limit": 100}, headers=HEADERS).json()["items"]
    leads = sandbox.post("/instantly/api/v2/leads/list", json={"limit": 100}, headers=HEADERS).json()["items"]
    return [one["status"] for one in campaigns], len(leads)


def written_by_hand(sandbox: httpx.Client) -> int:
    query = {"email_type": "manual"}
    return len(sandbox.get("/instantly/api/v2/emails", params=query, headers=HEADERS).json()["items"])


async def test_lost_answers_and_reruns_make_nothing_twice(
    sandbox: httpx.Client, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    tenant = make_tenant()
    runs = []
    misbehave(sandbox, 0.3)
    for run in ("run 1", "run 2"):
        async with client(sandbox, database_urls, tenant, run) as asks:
            runs.append([await launch(asks, number) for number in range(CAMPAIGNS)])
    made, filled, started = calls(sandbox, "create_campaign", "add_leads", "activate_campaign")
    misbehave(sandbox, 0)

    assert runs[0] == runs[1]
    assert there(sandbox) == ([1] * CAMPAIGNS, CAMPAIGNS * len(LEADS))
    assert [count for count, _ in (made, filled, started)] == [CAMPAIGNS] * 3
    assert made[1] > 0


async def test_an_answer_to_a_person_that_was_perhaps_sent_waits_for_a_word(
    sandbox: httpx.Client, database_urls: Connections, make_tenant: MakeTenant
) -> None:
    async with client(sandbox, database_urls, make_tenant()) as asks:
        emails = Instantly(asks).emails
        await launch(asks, 1)
        let_pass(sandbox, days=7)
        question = (await emails.received())[0]
        misbehave(sandbox, 1)
        for _ in range(2):
            with pytest.raises(OutcomeUnclear):
                await emails.reply(
                    question.email_id, account=question.account, subject=question.subject, html="Gladly", purpose="1"
                )
        misbehave(sandbox, 0)

    assert written_by_hand(sandbox) == 1

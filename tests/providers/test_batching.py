"""Batches through the whole client: reserved, ordered once, landed once, and picked up wherever a process was killed."""

import asyncio
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from batching_process import MODEL, Reading, questions, settings
from databases import MakeTenant, Tenant
from psycopg.rows import dict_row
from sandbox_server import serving

from leadgen.errors import InputError, VendorRefused, VendorUnavailable
from leadgen.providers.batching import BatchDesk
from leadgen.providers.claude import Claude
from leadgen.providers.claude_sdk import close_sdk_clients
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.sandbox.made import make_world
from leadgen.store.connections import Connections

PROCESS = Path(__file__).parent / "batching_process.py"


class Town:
    """The sandbox, the database and a tenant."""

    def __init__(self, http: httpx.Client, urls: Connections, tenant: Tenant) -> None:
        self.http = http
        self.urls = urls
        self.tenant = tenant
        self.work = Work(tenant.organization_id, tenant.campaign_id, "run")

    @property
    def url(self) -> str:
        return str(self.http.base_url).rstrip("/")

    def admin(self, method: str, path: str, **options: Any) -> Any:
        return self.http.request(method, f"/__sandbox{path}", **options).raise_for_status().json()

    def pass_time(self, seconds: float = 60) -> None:
        self.admin("POST", "/clock", json={"seconds": seconds})

    def calls(self, operation: str) -> int:
        vendor = self.admin("GET", "/calls")["vendors"].get("anthropic", {"operations": {}})
        return vendor["operations"].get(operation, {"calls": 0})["calls"]

    @property
    def bill(self) -> int:
        return self.admin("GET", "/calls")["total"]["micros"]

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.urls.owner, row_factory=dict_row) as connection:
            return connection.execute(query).fetchall()

    @property
    def statuses(self) -> Counter[str]:
        return Counter(
            row["status"] for row in self.rows("select status from provider_calls where operation = 'messages'")
        )

    @property
    def states(self) -> list[str]:
        return [row["state"] for row in self.rows("select state from provider_batches order by created_at")]

    @property
    def spend(self) -> tuple[int, int]:
        """(reserved, spent), which the campaign's and the organization's totals have to agree on."""
        [campaign] = self.rows("select reserved_micros as reserved, spent_micros as spent from campaign_spend")
        [organization] = self.rows(
            "select sum(reserved_micros)::bigint as reserved, sum(spent_micros)::bigint as spent from organization_spend"
        )
        assert campaign == organization
        return campaign["reserved"], campaign["spent"]

    @asynccontextmanager
    async def desk(self) -> AsyncIterator[tuple[BatchDesk, ProviderClient]]:
        given = settings(self.url)
        async with (
            ProviderClient(given, self.urls.pipeline, self.work) as client,
            BatchDesk(client, given, self.urls.pipeline, self.work, stage="drafts") as desk,
        ):
            yield desk, client

    async def killed(self, where: str) -> None:
        """A process works at a batch of five and dies there."""
        arguments = (self.url, self.urls.pipeline, str(self.work.organization_id), str(self.work.campaign_id), where)
        process = await asyncio.create_subprocess_exec(sys.executable, str(PROCESS), *arguments, stderr=subprocess.PIPE)
        _, errors = await process.communicate()
        assert process.returncode == (0 if where == "nowhere" else -signal.SIGKILL), errors.decode()


@pytest.fixture
def town(database_urls: Connections, make_tenant: MakeTenant) -> Iterator[Town]:
    with serving(make_world(seed=3, prospects=1)) as url, httpx.Client(base_url=url, trust_env=False) as http:
        yield Town(http, database_urls, make_tenant())


@pytest.fixture(autouse=True)
async def _sdk_closed() -> AsyncIterator[None]:
    yield
    await close_sdk_clients()


async def test_a_batch_is_half_price_and_its_answers_are_free_for_who_asks_next(town: Town) -> None:
    async with town.desk() as (desk, client):
        submitted = await desk.submit(questions())
        assert (submitted.batched, submitted.known, submitted.left_out) == (5, 0, 0)
        assert submitted.batch_id is not None
        reserved, spent = town.spend
        assert (town.states, town.statuses, spent) == (["submitted"], {"batched": 5}, 0)
        assert reserved > 0
        assert not await desk.poll(submitted.batch_id)
        town.pass_time()

        assert await desk.poll(submitted.batch_id)
        landed = await desk.land(submitted.batch_id)
        assert (landed.answered, landed.unanswered) == (5, 0)
        assert (town.states, town.statuses) == (["landed"], {"settled": 5})
        assert town.spend == (0, town.bill)

        answers = [await Claude(client).ask(question) for question in questions()]
        assert all(answer.receipt.cached and isinstance(answer.value, Reading) for answer in answers)
    assert town.calls("messages") == 0
    [units] = town.rows(
        "select distinct usage -> 0 ->> 'unit' as unit from provider_calls where status = 'settled' and usage <> '[]'"
    )
    assert units["unit"] == f"{MODEL}:batch_input"


async def test_what_waits_in_a_batch_is_not_asked_a_second_time_and_what_is_known_is_not_ordered(town: Town) -> None:
    async with town.desk() as (desk, client):
        await Claude(client).ask(questions()[0])
        first = await desk.submit(questions())
        again = await desk.submit([*questions(), *questions()])
        assert (first.batched, first.known) == (4, 1)
        assert (again.batch_id, again.batched, again.known, again.waiting) == (None, 0, 2, 8)
        with pytest.raises(VendorUnavailable) as waits:
            await Claude(client).ask(questions()[1])
        assert waits.value.resume_after_seconds == 300
    assert (town.calls("messages"), town.calls("batches_create")) == (1, 1)


async def test_one_batch_asks_the_same_once(town: Town) -> None:
    async with town.desk() as (desk, _):
        submitted = await desk.submit([*questions(2), *questions(2)])
    assert (submitted.batched, submitted.waiting) == (2, 2)


async def test_a_batch_stays_within_the_budget(town: Town) -> None:
    async with town.desk() as (desk, _):
        await desk.submit(questions(1))
        each, _ = town.spend
        with psycopg.connect(town.urls.owner) as connection:
            connection.execute("update campaigns set budget_micros = %s", (each * 3 + each // 2,))
        submitted = await desk.submit(questions()[1:])
        nothing = await desk.submit(questions()[3:])
    assert (submitted.batched, submitted.left_out, submitted.cap) == (2, 2, "campaign")
    assert (nothing.batch_id, nothing.left_out) == (None, 2)
    assert town.spend[0] <= each * 3 + each // 2


async def test_items_that_fail_or_were_canceled_cost_nothing_and_may_be_asked_again(town: Town) -> None:
    async with town.desk() as (desk, client):
        submitted = await desk.submit(questions())
        assert submitted.batch_id is not None
        [batch] = await desk.under_way()
        headers = {"x-api-key": "sandbox", "anthropic-version": "2026-10-21"}
        town.http.post(
            f"/anthropic/v1/messages/batches/{batch.vendor_batch_id}/cancel", headers=headers
        ).raise_for_status()
        town.pass_time(5)
        landed = await desk.land(submitted.batch_id)
        assert (landed.answered, landed.unanswered) == (0, 5)
        assert (town.statuses, town.spend, town.bill) == ({"failed": 5}, (0, 0), 0)
        assert (await Claude(client).ask(questions()[0])).value is not None
        assert (await desk.submit(questions())).batched == 4


async def test_an_item_with_an_error_of_its_own_fails_alone(town: Town) -> None:
    async with town.desk() as (desk, _):
        submitted = await desk.submit([*questions(2), *questions(1, effort="utmost")])
        assert submitted.batch_id is not None
        town.pass_time()
        landed = await desk.land(submitted.batch_id)
    assert (landed.answered, landed.unanswered) == (2, 1)
    [failed] = town.rows("select failure, cost_micros from provider_calls where status = 'failed'")
    assert "invalid_request_error" in failed["failure"]
    assert failed["cost_micros"] == 0


async def test_an_order_that_is_refused_as_a_whole_frees_its_items_and_their_money(town: Town) -> None:
    town.admin("PUT", "/faults", json={"anthropic": {"outage": True, "error_status": 400}})
    async with town.desk() as (desk, _):
        with pytest.raises(VendorRefused):
            await desk.submit(questions())
        assert (town.states, town.statuses, town.spend) == (["failed"], {"failed": 5}, (0, 0))
        town.admin("PUT", "/faults", json={})
        assert (await desk.submit(questions())).batched == 5


async def test_nothing_lands_before_its_end_and_landing_twice_changes_nothing(town: Town) -> None:
    async with town.desk() as (desk, _):
        batch = (await desk.submit(questions())).batch_id
        assert batch is not None
        with pytest.raises(VendorRefused):
            await desk.land(batch)
        town.pass_time()
        await asyncio.gather(desk.land(batch), desk.land(batch))
        spent = town.spend
        assert (await desk.land(batch)).answered == 0
    assert (spent, town.spend) == ((0, town.bill), (0, town.bill))


async def test_a_lost_answer_to_the_order_is_looked_up_and_the_order_is_made_once(town: Town) -> None:
    town.admin("PUT", "/faults", json={"anthropic": {"reset_rate": 1.0}})
    async with town.desk() as (desk, _):
        town.admin("POST", "/hold", json={"vendor": "anthropic", "after": 1})
        ordering = asyncio.create_task(desk.submit(questions()))
        await asyncio.to_thread(town.admin, "GET", "/wait?vendor=anthropic&parked=1")
        town.admin("PUT", "/faults", json={})
        town.admin("POST", "/release", json={"vendor": "anthropic"})
        with pytest.raises(VendorUnavailable, match="not known yet"):
            await ordering
        [batch] = await desk.under_way()
        with pytest.raises(VendorUnavailable, match="not known yet"):
            await desk.resume(batch.id)
        town.pass_time()
        await desk.resume(batch.id)
        assert await desk.poll(batch.id)
        assert (await desk.land(batch.id)).answered == 5
    assert town.calls("batches_create") == 1
    assert town.spend == (0, town.bill)


@pytest.mark.parametrize("count", [0, 1_001])
async def test_a_batch_has_questions_of_one_model_and_not_too_many(town: Town, count: int) -> None:
    async with town.desk() as (desk, _):
        if count:
            with pytest.raises(ValueError, match="up to 1000"):
                await desk.submit(questions(1) * count)
            with pytest.raises(ValueError, match="one model"):
                await desk.submit([*questions(1), *questions(1, model="claude-sonnet-5-5")])
        else:
            assert (await desk.submit([])).batch_id is None


async def test_a_tenant_sees_its_own_batches_only(town: Town, make_tenant: MakeTenant) -> None:
    async with town.desk() as (desk, _):
        batch = (await desk.submit(questions())).batch_id
    assert batch is not None
    stranger = Town(town.http, town.urls, make_tenant())
    async with stranger.desk() as (desk, _):
        assert await desk.under_way() == []
        with pytest.raises(InputError):
            await desk.land(batch)
        theirs = await desk.submit([*questions(1), *questions(1, is_private=True)])
        assert (theirs.waiting, theirs.batched) == (1, 1), (
            "a public answer is on its way already, a private one is its own"
        )


@pytest.mark.parametrize("where", ["reserved", "ordered", "landing"])
async def test_a_process_killed_anywhere_leaves_a_batch_that_is_carried_on(town: Town, where: str) -> None:
    if where == "landing":
        await town.killed("nowhere")
        town.pass_time()
    await town.killed(where)
    assert town.states == ["submitted" if where == "landing" else "submitting"]
    async with town.desk() as (desk, _):
        [batch] = await desk.under_way()
        town.pass_time()
        await desk.resume(batch.id)
        town.pass_time()
        assert await desk.poll(batch.id)
        await desk.land(batch.id)
        assert await desk.under_way() == []
    assert (town.states, town.statuses) == (["landed"], {"settled": 5})
    assert town.calls("batches_create") == 1
    assert town.spend == (0, town.bill)


async def test_a_process_killed_while_the_order_is_at_the_vendor_leaves_one_batch(town: Town) -> None:
    town.admin("POST", "/hold", json={"vendor": "anthropic"})
    arguments = (town.url, town.urls.pipeline, str(town.work.organization_id), str(town.work.campaign_id), "nowhere")
    process = await asyncio.create_subprocess_exec(sys.executable, str(PROCESS), *arguments)
    await asyncio.to_thread(town.admin, "GET", "/wait?vendor=anthropic&parked=1&seconds=60", timeout=90)
    process.kill()
    await process.wait()
    town.admin("POST", "/release", json={"vendor": "anthropic"})
    async with town.desk() as (desk, _):
        [batch] = await desk.under_way()
        with pytest.raises(VendorUnavailable, match="not known yet"):
            await desk.resume(batch.id)
        town.pass_time()
        await desk.resume(batch.id)
        await desk.land(batch.id)
    assert town.calls("batches_create") == 1
    assert (town.states, town.statuses, town.spend) == (["landed"], {"settled": 5}, (0, town.bill))

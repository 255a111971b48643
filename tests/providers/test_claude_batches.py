"""Message Batches from our side: what is asked, what the answers mean, how a lost order is looked for; then the sandbox."""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx
import pytest
from sandbox_server import Sandbox, serving
from test_claude import MODEL, VERSION, error, message
from vendor_contracts import ERRORS, Contract, RecordingAsks, reply

from leadgen.errors import VendorRefused, VendorUnavailable
from leadgen.providers.calls import Answer, Lookup, Operation, Receipt, Reply, Request, Sender, Verdict
from leadgen.providers.claude_batches import ClaudeBatches
from leadgen.providers.claude_sdk import close_sdk_clients
from leadgen.providers.wire import Wire
from leadgen.sandbox.made import make_world
from leadgen.settings import Settings

T = TypeVar("T")
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
PARAMS = {"model": MODEL, "max_tokens": 100, "messages": [{"role": "user", "content": "Hello"}]}
ORDER = [{"custom_id": "a", "params": PARAMS}, {"custom_id": "b", "params": PARAMS}]


def batch(name: str = "msgbatch_1", status: str = "in_progress", items: int = 2, **change: Any) -> dict[str, Any]:
    done = status == "ended"
    counts = {"processing": 0, "succeeded": 0, "errored": 0, "canceled": 0, "expired": 0}
    return {
        "id": name,
        "type": "message_batch",
        "processing_status": status,
        "request_counts": {**counts, "succeeded" if done else "processing": items},
        "created_at": NOW.isoformat(),
        "expires_at": (NOW + timedelta(days=1)).isoformat(),
        "results_url": f"https://vendor.example/{name}" if done else None,
        **change,
    }


def page(*batches: dict[str, Any], has_more: bool = False) -> Reply:
    last = batches[-1]["id"] if batches else None
    return reply({"data": list(batches), "has_more": has_more, "first_id": None, "last_id": last})


def lines(*custom_ids: str) -> Reply:
    result = {"type": "succeeded", "message": message().json()}
    return reply({"lines": [{"custom_id": name, "result": result} for name in custom_ids]})


@pytest.fixture
def contract() -> Contract:
    return Contract("anthropic/anthropic-messages-2026-10-21.derived.json")


async def test_an_order_is_one_the_contract_allows_and_acts_once(contract: Contract) -> None:
    asks = RecordingAsks(reply(batch()))
    made = (await ClaudeBatches(asks).create(ORDER, purpose="order 1")).value
    [(operation, request)] = asks.calls
    contract.check(request, key_headers=VERSION)
    assert made is not None
    assert (made.id, made.status, made.items, made.has_results) == ("msgbatch_1", "in_progress", 2, False)
    assert (operation.acts_on_world, operation.is_private, request.purpose) == (True, True, "order 1")
    assert operation.time_to_live > timedelta(days=3_000)


async def test_looking_listing_and_canceling_go_to_their_places_and_keep_nothing(contract: Contract) -> None:
    asks = RecordingAsks(reply(batch()), page(batch(), has_more=True), page(batch("msgbatch_2")), reply(batch()))
    batches = ClaudeBatches(asks)
    await batches.get("msgbatch_1")
    first = (await batches.list()).value
    assert first is not None
    second = (await batches.list(first.after)).value
    await batches.cancel("msgbatch_1")
    assert second is not None
    assert (first.after, second.after) == ("msgbatch_1", None)
    assert [(request.method, request.path) for request in asks.requests] == [
        ("GET", "/v1/messages/batches/msgbatch_1"),
        ("GET", "/v1/messages/batches"),
        ("GET", "/v1/messages/batches"),
        ("POST", "/v1/messages/batches/msgbatch_1/cancel"),
    ]
    contract.check(asks.requests[2])
    assert all(operation.time_to_live == timedelta(0) for operation, _ in asks.calls)


async def test_each_item_comes_back_as_the_reply_it_would_have_got() -> None:
    failed = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}, "request_id": None}
    unheard = {"type": "error", "error": {"type": "new_error", "message": "?"}, "request_id": None}
    told = [
        {"custom_id": "a", "result": {"type": "succeeded", "message": message().json()}},
        {"custom_id": "b", "result": {"type": "errored", "error": failed}},
        {"custom_id": "c", "result": {"type": "errored", "error": unheard}},
        {"custom_id": "d", "result": {"type": "canceled"}},
        {"custom_id": "e", "result": {"type": "expired"}},
    ]
    found = (await ClaudeBatches(RecordingAsks(reply({"lines": told}))).results("msgbatch_1")).value or ()
    assert [result.outcome for result in found] == ["succeeded", "errored", "errored", "canceled", "expired"]
    assert [result.reply.status if result.reply else None for result in found] == [200, 529, 500, None, None]
    assert found[0].reply is not None
    assert found[0].reply.json() == message().json()


@pytest.mark.parametrize("count", [0, 100_001])
async def test_an_order_has_items_and_not_too_many(count: int) -> None:
    with pytest.raises(ValueError, match="messages in a batch"):
        await ClaudeBatches(RecordingAsks()).create([{}] * count, purpose="order")


@pytest.mark.parametrize(
    ("status", "kind", "verdict"),
    [
        (400, "invalid_request_error", Verdict.REFUSED),
        (401, "authentication_error", Verdict.CREDENTIALS),
        (402, "billing_error", Verdict.QUOTA),
        (404, "not_found_error", Verdict.REFUSED),
        (413, "request_too_large", Verdict.REFUSED),
        (429, "rate_limit_error", Verdict.RETRY),
        (529, "overloaded_error", Verdict.RETRY),
    ],
)
async def test_an_error_has_its_meaning(status: int, kind: str, verdict: Verdict) -> None:
    with pytest.raises(ERRORS[verdict]):
        await ClaudeBatches(RecordingAsks(error(status, kind))).create(ORDER, purpose="order")


class TestALostOrder:
    async def find(self, *replies: Reply, not_these: tuple[str, ...] = ()) -> tuple[Reply | None, RecordingAsks]:
        asks = RecordingAsks(*replies)
        found = await ClaudeBatches(asks).find(["a", "b"], since=NOW - timedelta(hours=1), not_these=not_these)
        return found, asks

    async def test_is_known_by_its_items_once_it_has_ended(self) -> None:
        others = batch("msgbatch_2", "ended"), batch("msgbatch_3", "ended", items=3)
        found, asks = await self.find(
            page(*others, has_more=True), page(batch("msgbatch_4", "ended")), lines("x", "y"), lines("b", "a")
        )
        assert found is not None
        assert found.json()["id"] == "msgbatch_4"
        assert [request.path.rsplit("/", 1)[-1] for request in asks.requests][:2] == ["batches", "batches"]

    async def test_may_be_one_that_has_not_ended_and_is_looked_for_again_later(self) -> None:
        with pytest.raises(VendorUnavailable) as unclear:
            await self.find(page(batch()))
        assert unclear.value.resume_after_seconds == 300

    async def test_is_none_that_is_known_to_be_another(self) -> None:
        found, _ = await self.find(page(batch()), not_these=("msgbatch_1",))
        assert found is None

    async def test_is_not_older_than_itself(self) -> None:
        old = batch("msgbatch_0", "ended", created_at=(NOW - timedelta(days=1)).isoformat())
        found, asks = await self.find(page(old, has_more=True))
        assert (found, len(asks.calls)) == (None, 1)


class SandboxAsks:
    """Sends each call once to the sandbox, by the sender it names, and judges it by its own rule."""

    def __init__(self, url: str, wire: Wire) -> None:
        self._settings = Settings(_env_file=None).anthropic.model_copy(update={"base_url": f"{url}/anthropic"})
        self._wire = wire

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        if send:
            got = await send(request, self._settings, "sandbox")
        else:
            got = await self._wire.send(operation.vendor, request, self._settings, "sandbox")
        judgement = operation.judge(got)
        if judgement.verdict is not Verdict.ANSWER:
            raise ERRORS[judgement.verdict](operation.vendor.name, operation.name, judgement.message)
        return Answer(read(got.json()), Receipt(operation.vendor.name, operation.name, 1, NOW, cached=False))


@pytest.fixture
async def at_sandbox() -> AsyncIterator[tuple[ClaudeBatches, Callable[[float], None]]]:
    world = make_world(seed=3, prospects=1)
    with serving(world) as url, httpx.Client(base_url=url, trust_env=False) as http:
        sandbox = Sandbox(url, world, "sandbox", http)
        async with Wire() as wire:
            yield (
                ClaudeBatches(SandboxAsks(url, wire)),
                lambda seconds: sandbox.admin("POST", "/clock", json={"seconds": seconds}),
            )
            await close_sdk_clients()


async def test_our_side_and_the_sandbox_agree_from_order_to_results(
    at_sandbox: tuple[ClaudeBatches, Callable[[float], None]],
) -> None:
    batches, pass_time = at_sandbox
    since = datetime.now(UTC) - timedelta(hours=1)
    made = (await batches.create(ORDER, purpose="order")).value
    assert made is not None
    with pytest.raises(VendorRefused):
        await batches.results(made.id)
    with pytest.raises(VendorUnavailable):
        await batches.find(["a", "b"], since=since, not_these=())
    pass_time(60)

    ended = (await batches.get(made.id)).value
    assert ended is not None
    assert (ended.status, ended.succeeded, ended.has_results) == ("ended", 2, True)
    results = (await batches.results(made.id)).value or ()
    assert {(result.custom_id, result.outcome) for result in results} == {("a", "succeeded"), ("b", "succeeded")}
    found = await batches.find(["b", "a"], since=since, not_these=())
    assert found is not None
    assert found.json()["id"] == made.id
    assert await batches.find(["a", "c"], since=since, not_these=()) is None
    listed = (await batches.list()).value
    assert listed is not None
    assert [entry.id for entry in listed.batches] == [made.id]


async def test_a_canceled_batch_ends_with_its_items_canceled(
    at_sandbox: tuple[ClaudeBatches, Callable[[float], None]],
) -> None:
    batches, pass_time = at_sandbox
    made = (await batches.create(ORDER, purpose="order")).value
    assert made is not None
    canceling = (await batches.cancel(made.id)).value
    assert canceling is not None
    pass_time(5)
    results = (await batches.results(made.id)).value or ()
    assert (canceling.status, {(result.outcome, result.reply) for result in results}) == (
        "canceling",
        {("canceled", None)},
    )

"""Message Batches and the prompt cache in the sandbox: VENDORS.md section 8 on the wire, with the official SDK unchanged."""

import json
from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest
from sandbox_server import Sandbox
from wire_contract import WireContract

BATCHES = "/v1/messages/batches"
ONE = f"{BATCHES}/{{message_batch_id}}"
SONNET, HAIKU = "claude-sonnet-5-5", "claude-haiku-5-5"
BRIEF = "What the campaign offers, and to whom. " * 400  # 3,900 tokens


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("anthropic/anthropic-messages-2026-10-21.derived.json")


@pytest.fixture
def sdk(sandbox: Sandbox) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(api_key=sandbox.key, base_url=f"{sandbox.url}/anthropic", max_retries=0) as client:
        yield client


def item(custom_id: str, text: str = "word " * 100, **change: Any) -> dict[str, Any]:
    params = {"model": HAIKU, "max_tokens": 500, "messages": [{"role": "user", "content": text}], **change}
    return {"custom_id": custom_id, "params": params}


def call(sandbox: Sandbox, method: str, path: str = "", *, query: str = "", body: Any = None) -> httpx.Response:
    headers = {"Authorization": f"Bearer {sandbox.key}", "anthropic-version": "2026-10-21"}
    return sandbox.http.request(method, f"/anthropic{BATCHES}{path}{query}", json=body, headers=headers)


def create(sandbox: Sandbox, *items: dict[str, Any]) -> httpx.Response:
    return call(sandbox, "POST", body={"requests": list(items)})


def pass_time(sandbox: Sandbox, seconds: float = 60) -> None:
    sandbox.admin("POST", "/clock", json={"seconds": seconds})


def results(sandbox: Sandbox, batch_id: str) -> dict[str, Any]:
    lines = call(sandbox, "GET", f"/{batch_id}/results").text.splitlines()
    return {line["custom_id"]: line["result"] for line in map(json.loads, lines)}


def test_the_official_sdk_makes_a_batch_and_reads_its_results(sandbox: Sandbox, sdk: anthropic.Anthropic) -> None:
    batch = sdk.messages.batches.create(requests=[item(f"item-{n}") for n in range(20)])
    assert (batch.processing_status, batch.request_counts.processing) == ("in_progress", 20)
    with pytest.raises(anthropic.AnthropicError):
        sdk.messages.batches.results(batch.id)
    pass_time(sandbox)

    ended = sdk.messages.batches.retrieve(batch.id)
    assert (ended.processing_status, ended.request_counts.succeeded) == ("ended", 20)
    lines = list(sdk.messages.batches.results(batch.id))
    assert [line.custom_id for line in lines] != [f"item-{n}" for n in range(20)], "in no order"
    assert {line.custom_id for line in lines} == {f"item-{n}" for n in range(20)}
    assert all(line.result.type == "succeeded" for line in lines)
    assert batch.id in [entry.id for entry in sdk.messages.batches.list(limit=1)]
    assert sdk.messages.batches.delete(batch.id).type == "message_batch_deleted"


def test_every_answer_is_as_the_contract_says(sandbox: Sandbox, contract: WireContract) -> None:
    made = contract.check(create(sandbox, item("a"), item("b", model="claude-unheard-of")), BATCHES)
    path = f"/{made['id']}"
    contract.check(call(sandbox, "GET", path), ONE)
    contract.check(call(sandbox, "GET"), BATCHES)
    assert call(sandbox, "GET", f"{path}/results").status_code == 404
    pass_time(sandbox)
    ended = contract.check(call(sandbox, "GET", path), ONE)
    assert ended["request_counts"] == {"processing": 0, "succeeded": 1, "errored": 1, "canceled": 0, "expired": 0}
    assert ended["results_url"] == f"{sandbox.url}/anthropic{BATCHES}{path}/results"
    assert contract.check(call(sandbox, "GET", f"{path}/results"), f"{ONE}/results").count("\n") == 2
    assert contract.check(call(sandbox, "GET", "/msgbatch_unheard_of"), ONE)["error"]["type"] == "not_found_error"


def test_it_is_billed_at_half_price_when_it_ends_and_once(sandbox: Sandbox) -> None:
    batch = create(sandbox, item("a"), item("b", model="claude-unheard-of")).json()
    assert sandbox.counts("anthropic")["bill"]["micros"] == 0
    pass_time(sandbox)
    found = [results(sandbox, batch["id"]) for _ in range(2)]
    usage = found[0]["a"]["message"]["usage"]

    assert found[0] == found[1]
    assert (usage["input_tokens"], usage["service_tier"]) == (125, "batch")
    assert sandbox.counts("anthropic")["bill"]["units"] == {
        f"{HAIKU}:batch_input": 125,
        f"{HAIKU}:batch_output": usage["output_tokens"],
    }


def test_an_item_that_breaks_a_rule_fails_alone_with_the_vendors_error(sandbox: Sandbox) -> None:
    batch = create(sandbox, item("good"), item("bad", temperature=1), item("gone", model="claude-unheard-of")).json()
    pass_time(sandbox)
    found = results(sandbox, batch["id"])

    assert {name: result["type"] for name, result in found.items()} == {
        "good": "succeeded",
        "bad": "errored",
        "gone": "errored",
    }
    assert found["bad"]["error"]["error"]["type"] == "invalid_request_error"
    assert found["gone"]["error"]["error"]["type"] == "not_found_error"


def test_a_canceled_batch_ends_soon_with_what_was_not_done_canceled_and_unbilled(sandbox: Sandbox) -> None:
    batch = create(sandbox, item("a")).json()
    canceling = call(sandbox, "POST", f"/{batch['id']}/cancel").json()
    assert (canceling["processing_status"], canceling["results_url"]) == ("canceling", None)
    assert call(sandbox, "DELETE", f"/{batch['id']}").status_code == 400
    pass_time(sandbox, 5)

    assert results(sandbox, batch["id"]) == {"a": {"type": "canceled"}}
    assert call(sandbox, "POST", f"/{batch['id']}/cancel").status_code == 400
    assert sandbox.counts("anthropic")["bill"]["micros"] == 0


def test_what_is_never_reached_expires_after_a_day(sandbox: Sandbox) -> None:
    batch = create(sandbox, item("a"), item("b", metadata={"user_id": "sandbox-expires"})).json()
    pass_time(sandbox, 3_600)
    assert call(sandbox, "GET", f"/{batch['id']}").json()["processing_status"] == "in_progress"
    pass_time(sandbox, 23 * 3_600)

    assert {name: result["type"] for name, result in results(sandbox, batch["id"]).items()} == {
        "a": "succeeded",
        "b": "expired",
    }


def test_results_are_kept_for_29_days(sandbox: Sandbox) -> None:
    batch = create(sandbox, item("a")).json()
    pass_time(sandbox, 29 * 86_400)
    shown = call(sandbox, "GET", f"/{batch['id']}").json()

    assert (shown["results_url"], shown["processing_status"]) == (None, "ended")
    assert shown["archived_at"]
    assert call(sandbox, "GET", f"/{batch['id']}/results").status_code == 404


@pytest.mark.parametrize(
    ("requests", "fault"),
    [
        ([], "1 to 100000"),
        ([item("a b")], "match pattern"),
        ([item("x" * 65)], "match pattern"),
        ([item("")], "match pattern"),
        ([item("a"), item("a")], "duplicate"),
        ([{"custom_id": "a"}], "params: Field required"),
        ([{**item("a"), "priority": 1}], "Extra inputs"),
        (["a"], "should be an object"),
    ],
)
def test_a_bad_order_is_refused_as_a_whole(
    sandbox: Sandbox, contract: WireContract, requests: list[Any], fault: str
) -> None:
    error = contract.check(call(sandbox, "POST", body={"requests": requests}), BATCHES)["error"]
    assert error["type"] == "invalid_request_error"
    assert fault in error["message"]


def test_batches_are_listed_newest_first_by_pages_both_ways(sandbox: Sandbox) -> None:
    ids = [create(sandbox, item("a")).json()["id"] for _ in range(5)][::-1]

    def page(query: str) -> tuple[list[str], bool]:
        found = call(sandbox, "GET", query=query).json()
        return [entry["id"] for entry in found["data"]], found["has_more"]

    assert page("?limit=2") == (ids[:2], True)
    assert page(f"?limit=2&after_id={ids[1]}") == (ids[2:4], True)
    assert page(f"?limit=2&after_id={ids[3]}") == (ids[4:], False)
    assert page(f"?limit=2&before_id={ids[3]}") == (ids[1:3], True)
    assert page(f"?before_id={ids[2]}") == (ids[:2], False)
    assert call(sandbox, "GET", query="?limit=0").status_code == 400


def test_a_key_sees_its_own_batches_only(sandbox: Sandbox) -> None:
    batch = create(sandbox, item("a")).json()
    stranger = Sandbox(sandbox.url, sandbox.world, f"{sandbox.key}-stranger", sandbox.http)

    assert call(stranger, "GET", f"/{batch['id']}").status_code == 404
    assert call(stranger, "GET").json()["data"] == []


class TestPromptCache:
    def ask(self, sdk: anthropic.Anthropic, system: str = BRIEF, *, ttl: str = "5m", **change: Any) -> Any:
        block: Any = {"type": "text", "text": system, "cache_control": {"type": "ephemeral", "ttl": ttl}}
        body: dict[str, Any] = {"model": SONNET, "max_tokens": 500, "system": [block], **change}
        return sdk.messages.create(messages=[{"role": "user", "content": "To whom?"}], **body).usage

    def test_a_prompt_is_written_once_and_read_until_its_time_is_over(
        self, sandbox: Sandbox, sdk: anthropic.Anthropic
    ) -> None:
        first, second = self.ask(sdk), self.ask(sdk)
        pass_time(sandbox, 290)
        kept = self.ask(sdk)
        pass_time(sandbox, 300)
        late = self.ask(sdk)

        seen = [
            (usage.cache_creation_input_tokens, usage.cache_read_input_tokens) for usage in (first, second, kept, late)
        ]
        assert seen == [(3_900, 0), (0, 3_900), (0, 3_900), (3_900, 0)]
        assert {usage.input_tokens for usage in (first, second, kept, late)} == {2}

    def test_an_hour_is_told_apart_and_each_class_has_its_price(
        self, sandbox: Sandbox, sdk: anthropic.Anthropic
    ) -> None:
        usage = self.ask(sdk, "b" + BRIEF, ttl="1h")
        pass_time(sandbox, 3_500)
        again = self.ask(sdk, "b" + BRIEF, ttl="1h")
        bill = sandbox.counts("anthropic")["bill"]

        assert usage.cache_creation is not None
        assert usage.cache_creation.ephemeral_1h_input_tokens == 3_901
        assert (bill["units"][f"{SONNET}:cache_write_1h"], bill["units"][f"{SONNET}:cache_read"]) == (3_901, 3_901)
        written = usage.output_tokens + again.output_tokens
        assert abs(bill["micros"] - (3_901 * 4 + 3_901 * 0.1 + 4 * 2 + written * 10)) <= 3

    @pytest.mark.parametrize("change", [{"system": "short"}, {"model": "claude-opus-5-5"}])
    def test_below_its_models_minimum_nothing_is_cached_and_nothing_is_said(
        self, sdk: anthropic.Anthropic, change: dict[str, Any]
    ) -> None:
        for _ in range(2):
            usage = self.ask(sdk, **change)
            assert (usage.cache_creation_input_tokens, usage.cache_read_input_tokens) == (0, 0)

    def test_a_key_reads_only_what_it_has_had_kept(self, sandbox: Sandbox, sdk: anthropic.Anthropic) -> None:
        self.ask(sdk)
        with anthropic.Anthropic(api_key=f"{sandbox.key}-other", base_url=f"{sandbox.url}/anthropic") as stranger:
            assert self.ask(stranger).cache_read_input_tokens == 0

    def test_five_marks_are_one_too_many(self, sdk: anthropic.Anthropic) -> None:
        block: Any = {"type": "text", "text": "a", "cache_control": {"type": "ephemeral"}}
        with pytest.raises(anthropic.BadRequestError, match="maximum of 4"):
            sdk.messages.create(
                model=HAIKU, max_tokens=5, system=[block] * 5, messages=[{"role": "user", "content": "Hello"}]
            )


def test_a_long_prompt_costs_more_on_haiku(sandbox: Sandbox, sdk: anthropic.Anthropic) -> None:
    sdk.messages.create(model=HAIKU, max_tokens=50, messages=[{"role": "user", "content": "word " * 80_004}])
    assert set(sandbox.counts("anthropic")["bill"]["units"]) == {f"{HAIKU}:long_input", f"{HAIKU}:long_output"}

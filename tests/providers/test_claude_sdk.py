"""The SDK against a server on loopback: what leaves, what comes back as a reply, and what is no answer at all."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from vendor_contracts import Contract

from leadgen.providers.calls import NoAnswer, Request
from leadgen.providers.claude_sdk import close_sdk_clients, read_lines, send_with_sdk, sender_that_caches
from leadgen.settings import VendorSettings

REQUEST = Request(
    "POST",
    "/v1/messages",
    body={
        "model": "claude-haiku-5-5",
        "max_tokens": 100,
        "system": "Be brief.",
        "messages": [{"role": "user", "content": "Hello"}],
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
    },
)
MESSAGE = {
    "id": "msg_01",
    "type": "message",
    "role": "assistant",
    "model": "claude-haiku-5-5",
    "content": [{"type": "text", "text": "{}"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 10, "output_tokens": 2},
}


class Anthropic:
    """A server under /anthropic that answers as it is told and keeps what it heard."""

    def __init__(self) -> None:
        self.status = 200
        self.headers: dict[str, str] = {}
        self.body: dict[str, Any] = MESSAGE
        self.lines = ""
        self.behaviour = "answer"
        self.heard: list[tuple[dict[str, str], Any]] = []
        self.peers: set[Any] = set()
        self._released = asyncio.Event()

    async def handle(self, request: web.Request) -> web.Response:
        assert request.transport is not None
        self.peers.add(request.transport.get_extra_info("peername"))
        self.heard.append(({k.lower(): v for k, v in request.headers.items()}, await request.json()))
        if self.behaviour == "hang up":
            request.transport.abort()
        if self.behaviour == "say nothing":
            await self._released.wait()
        return web.json_response(self.body, status=self.status, headers=self.headers)

    async def read(self, _request: web.Request) -> web.Response:
        return web.Response(text=self.lines, content_type="application/x-jsonl")

    def release(self) -> None:
        self._released.set()


@pytest.fixture
async def anthropic() -> AsyncIterator[tuple[Anthropic, VendorSettings]]:
    service = Anthropic()
    app = web.Application()
    app.router.add_post("/anthropic/v1/messages", service.handle)
    app.router.add_get("/anthropic/lines", service.read)
    async with TestServer(app, host="127.0.0.1") as server:
        yield service, VendorSettings(base_url=f"http://127.0.0.1:{server.port}/anthropic", timeout_seconds=5)
        service.release()
        await close_sdk_clients()


async def test_the_body_arrives_as_it_was_fingerprinted(anthropic: tuple[Anthropic, VendorSettings]) -> None:
    service, settings = anthropic
    answer = await send_with_sdk(REQUEST, settings, "secret")
    [(headers, body)] = service.heard
    assert body == REQUEST.body
    assert headers["authorization"] == "Bearer secret"
    assert json.loads(answer.body) == MESSAGE
    assert answer.headers["content-type"].startswith("application/json")
    Contract("anthropic/anthropic-messages-2026-10-21.derived.json").check(
        REQUEST, key_headers={"anthropic-version": headers["anthropic-version"]}
    )


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 529])
async def test_an_error_comes_back_as_a_reply_and_is_not_retried(
    anthropic: tuple[Anthropic, VendorSettings], status: int
) -> None:
    service, settings = anthropic
    service.status = status
    service.body = {"type": "error", "error": {"type": "some_error", "message": "..."}, "request_id": None}
    service.headers = {"Retry-After": "3", "X-Should-Retry": "true"}
    answer = await send_with_sdk(REQUEST, settings, "secret")
    assert (answer.status, answer.json()) == (status, service.body)
    assert (answer.headers["retry-after"], answer.headers["x-should-retry"]) == ("3", "true")
    assert len(service.heard) == 1


async def test_calls_with_one_key_share_a_client_and_its_connection(
    anthropic: tuple[Anthropic, VendorSettings],
) -> None:
    service, settings = anthropic
    for _ in range(3):
        await send_with_sdk(REQUEST, settings, "secret")
    assert len(service.heard) == 3
    assert len(service.peers) == 1


async def test_a_connection_that_breaks_may_have_been_paid(anthropic: tuple[Anthropic, VendorSettings]) -> None:
    service, settings = anthropic
    service.behaviour = "hang up"
    with pytest.raises(NoAnswer) as unclear:
        await send_with_sdk(REQUEST, settings, "secret")
    assert unclear.value.sent


async def test_an_answer_that_never_comes_may_have_been_paid(anthropic: tuple[Anthropic, VendorSettings]) -> None:
    service, settings = anthropic
    service.behaviour = "say nothing"
    impatient = settings.model_copy(update={"timeout_seconds": 0.2})
    with pytest.raises(NoAnswer) as unclear:
        await send_with_sdk(REQUEST, impatient, "secret")
    assert unclear.value.sent
    assert len(service.heard) == 1


async def test_a_server_that_is_not_there_was_not_paid() -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        settings = VendorSettings(base_url=f"http://127.0.0.1:{reserved.getsockname()[1]}", timeout_seconds=5)
        with pytest.raises(NoAnswer) as unreachable:
            await send_with_sdk(REQUEST, settings, "secret")
    await close_sdk_clients()
    assert not unreachable.value.sent
    assert "secret" not in str(unreachable.value)


async def test_a_prompt_to_be_cached_is_marked_on_its_way_and_nothing_else_changes(
    anthropic: tuple[Anthropic, VendorSettings],
) -> None:
    service, settings = anthropic
    await sender_that_caches("1h")(REQUEST, settings, "secret")
    [(headers, body)] = service.heard
    mark = {"type": "ephemeral", "ttl": "1h"}
    assert body == {**REQUEST.body, "system": [{"type": "text", "text": "Be brief.", "cache_control": mark}]}
    Contract("anthropic/anthropic-messages-2026-10-21.derived.json").check(
        Request("POST", "/v1/messages", body=body), key_headers={"anthropic-version": headers["anthropic-version"]}
    )


async def test_a_file_of_json_lines_comes_as_one_object(anthropic: tuple[Anthropic, VendorSettings]) -> None:
    service, settings = anthropic
    service.lines = '{"a": "one\u2028line"}\n{"a": 2}\n'
    answer = await read_lines(Request("GET", "/lines"), settings, "secret")
    assert (answer.status, answer.json()) == (200, {"lines": [{"a": "one\u2028line"}, {"a": 2}]})


async def test_a_file_that_is_not_there_comes_back_as_its_error(anthropic: tuple[Anthropic, VendorSettings]) -> None:
    _, settings = anthropic
    answer = await read_lines(Request("GET", "/no-such-lines"), settings, "secret")
    assert answer.status == 404

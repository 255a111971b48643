"""Anthropic's SDK as the sender of Claude's requests.

Its import takes seconds, so `claude.py` loads this module at its first call; who forks workers imports it before. Facts
(VENDORS.md section 0.1): the SDK speaks httpx2; here on aiohttp's transport, as `wire.py` does with httpx.
"""

from asyncio import AbstractEventLoop, get_running_loop
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from http import HTTPStatus
from typing import Any
from weakref import WeakKeyDictionary

import aiohttp
from anthropic import APIConnectionError, APIStatusError, AsyncAnthropic, DefaultAioHttpClient, transform_schema
from pydantic import BaseModel

from leadgen.providers.calls import NoAnswer, Reply, Request, Sender
from leadgen.providers.claude_usage import CacheTime
from leadgen.settings import VendorSettings


@cache
def wire_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The schema as the API takes it: no further properties, bounds said in the descriptions."""
    return transform_schema(schema)


# An SDK client holds connections, which belong to an event loop: one per key in each loop, shared by all callers.
_clients: WeakKeyDictionary[AbstractEventLoop, dict[tuple[str, str, float], AsyncAnthropic]] = WeakKeyDictionary()


def _client(settings: VendorSettings, key: str) -> AsyncAnthropic:
    clients = _clients.setdefault(get_running_loop(), {})
    place = (settings.base_url, key, settings.timeout_seconds)
    if place not in clients:
        clients[place] = AsyncAnthropic(
            api_key=key,
            base_url=settings.base_url,
            timeout=settings.timeout_seconds,
            max_retries=0,  # retries are ours, else they multiply
            http_client=DefaultAioHttpClient(trust_env=False, follow_redirects=False),
        )
    return clients[place]


async def send_with_sdk(request: Request, settings: VendorSettings, key: str) -> Reply:
    """Sends a Messages request by the SDK; errors of the vendor come back as replies.

    Raises:
        NoAnswer: no connection, or it broke or timed out on the way.
    """
    with _errors_as_replies() as failed:
        raw = await _client(settings, key).messages.with_raw_response.create(**request.body)
        return _reply(raw.http_response)
    return failed[0]


async def read_lines(request: Request, settings: VendorSettings, key: str) -> Reply:
    """Fetches a file of JSON lines by the SDK, as one JSON object: its `lines`.

    Raises:
        NoAnswer: no connection, or it broke or timed out on the way.
    """
    with _errors_as_replies() as failed:
        text = await _client(settings, key).get(request.path, cast_to=str)
        lines = [line for line in text.split("\n") if line.strip()]  # not splitlines: JSON may hold other line ends
        return Reply(HTTPStatus.OK, f'{{"lines":[{",".join(lines)}]}}')
    return failed[0]


@contextmanager
def _errors_as_replies() -> Iterator[list[Reply]]:
    """Ends early where the vendor answers with an error: what is given then holds it."""
    failed: list[Reply] = []
    try:
        yield failed
    except APIStatusError as error:
        failed.append(_reply(error.response))
    except APIConnectionError as error:
        raise NoAnswer(type(error).__name__, sent=not _never_connected(error)) from None


def _reply(response: Any) -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(response.status_code, response.text, headers)


def sender_that_caches(time: CacheTime) -> Sender:
    """A sender of Messages requests that asks the vendor to keep the system prompt.

    Whether it does changes the price and not the answer: the mark is no part of the question, nor of its fingerprint.
    """

    async def send(request: Request, settings: VendorSettings, key: str) -> Reply:
        mark = {"type": "ephemeral", "ttl": time}
        system = [{"type": "text", "text": request.body["system"], "cache_control": mark}]
        return await send_with_sdk(replace(request, body={**request.body, "system": system}), settings, key)

    return send


def _never_connected(error: BaseException) -> bool:
    """Whether it failed before the request could leave.

    The SDK's types do not tell: to them, a connection that breaks with a request under way is a connect error too.
    """
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
            return True
        cause = cause.__cause__
    return False


async def close_sdk_clients() -> None:
    """Closes the running loop's SDK clients; the next call opens new ones."""
    for client in _clients.pop(get_running_loop(), {}).values():
        await client.close()

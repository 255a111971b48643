"""The sandbox on a real port, for tests that talk to it over HTTP."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import uvicorn

from leadgen.sandbox.app import create_app
from leadgen.sandbox.world import World


@dataclass(frozen=True)
class Sandbox:
    """A running sandbox. `key` is this test's own: its rate limits begin empty."""

    url: str
    world: World
    key: str
    http: httpx.Client

    def admin(self, method: str, path: str, **options: Any) -> Any:
        reply = self.http.request(method, f"/__sandbox{path}", **options)
        reply.raise_for_status()
        return reply.json()

    def counts(self, vendor: str) -> dict[str, Any]:
        counts: dict[str, Any] = self.admin("GET", "/calls")["vendors"][vendor]
        return counts


class _Server(uvicorn.Server):
    """Tells when it is ready, so that nobody has to look."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()

    async def startup(self, *arguments: Any, **options: Any) -> None:
        await super().startup(*arguments, **options)
        self.ready.set()


@contextmanager
def serving(world: World, **options: Any) -> Iterator[str]:
    """The address of a sandbox that runs in a thread."""
    config = uvicorn.Config(create_app(world, **options), port=0, log_level="critical", access_log=False)
    server = _Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        assert server.ready.wait(30)
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()

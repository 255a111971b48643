"""What the system's resolver says, told apart: no such name, and no name server."""

import errno
import socket
from collections.abc import Iterable
from typing import Any

import httpcore
import pytest
from loopback_internet import PUBLIC, Internet, html

from leadgen.providers.fetcher.courtesy import Courtesy
from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.transport import PublicTransport, resolve_by_system


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (socket.gaierror(socket.EAI_NONAME, ""), "dns"),
        (socket.gaierror(socket.EAI_NODATA, ""), "dns"),
        (socket.gaierror(socket.EAI_AGAIN, ""), "offline"),
    ],
)
async def test_a_missing_name_is_told_from_a_missing_name_server(
    monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(Refused) as refused:
        await resolve_by_system("smile.com")

    assert refused.value.reason == reason


async def test_the_machines_search_domains_are_kept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def answer(host: str, *_: Any, **__: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (PUBLIC, 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)

    assert await resolve_by_system("smile.com") == [PUBLIC]
    assert await resolve_by_system("smile.com.") == [PUBLIC]
    assert asked == ["smile.com."] * 2


async def test_a_name_that_cannot_be_asked_for_has_no_address() -> None:
    with pytest.raises(Refused):
        await resolve_by_system("a" * 64 + ".com")


class Unplugged(httpcore.AsyncNetworkBackend):
    """A machine whose network is gone."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  # httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        try:
            _find_no_route()
        except OSError as error:
            raise httpcore.ConnectError(error) from error
        raise AssertionError


def _find_no_route() -> None:
    raise OSError(errno.ENETUNREACH, "Network is unreachable")


async def test_a_machine_without_a_network_is_offline(internet: Internet) -> None:
    internet.page("smile.com/", html("hello"))
    transport = PublicTransport(resolve=internet.resolve, dial=Unplugged())
    async with Fetcher(transport=transport, courtesy=Courtesy(page_every_seconds=0)) as fetcher:
        assert (await fetcher.fetch("http://smile.com/")).reason == "offline"

"""A mail server is connected to at the address that was checked, and nowhere else on this machine than at the sandbox's."""

import asyncio
import socket
from typing import Any

import pytest
from mail_asks import keyed

from leadgen.providers.calls import NoAnswer
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.mailbox.address import Unusable, server_of
from leadgen.providers.mailbox.dial import Dial, open_by_system

PUBLIC = "93.184.216.34"


class Net:
    """A made-up network: what a name leads to, and who was connected to."""

    def __init__(self, *addresses: str, dead: tuple[str, ...] = (), refusal: Refused | None = None) -> None:
        self.addresses = addresses
        self.asked: list[str] = []
        self.connected: list[tuple[str, int]] = []
        self._dead = dead
        self._refusal = refusal
        self.dial = Dial(resolve=self._resolve, connect_to=self._connect)

    async def _resolve(self, host: str) -> list[str]:
        self.asked.append(host)
        if self._refusal:
            raise self._refusal
        return list(self.addresses)

    async def _connect(self, address: str, port: int) -> Any:
        self.connected.append((address, port))
        if address in self._dead:
            raise ConnectionRefusedError
        return socket.socket()

    async def connect(self, host: str, base_url: str = "", port: str = "465") -> bool:
        server = server_of(keyed("smtp", host=host, port=port), "smtp", base_url)
        connection = await self.dial.connect(server, base_url, 5)
        connection.socket.close()
        return connection.is_sandbox


async def test_the_connection_goes_to_the_address_that_was_checked() -> None:
    net = Net(PUBLIC)

    assert not await net.connect("mail.tenant.com")
    assert (net.asked, net.connected) == (["mail.tenant.com"], [(PUBLIC, 465)])


@pytest.mark.parametrize("address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "::ffff:127.0.0.1"])
async def test_a_name_of_which_one_address_is_not_public_is_not_connected_to(address: str) -> None:
    net = Net(PUBLIC, address)

    with pytest.raises(Unusable, match="not public"):
        await net.connect("mail.tenant.com")
    assert net.connected == []


async def test_the_next_address_is_tried_where_one_is_dead() -> None:
    net = Net("93.184.216.35", PUBLIC, dead=("93.184.216.35",))

    await net.connect("mail.tenant.com")
    assert [address for address, _ in net.connected] == ["93.184.216.35", PUBLIC]


async def test_nobody_at_home_is_no_answer_and_nothing_was_sent() -> None:
    with pytest.raises(NoAnswer) as lost:
        await Net(PUBLIC, dead=(PUBLIC,)).connect("mail.tenant.com")
    assert lost.value.sent is False


async def test_a_name_that_is_not_there_is_told_from_a_network_that_is_not() -> None:
    with pytest.raises(Unusable):
        await Net(refusal=Refused("dns", "it has no address")).connect("mail.tenant.com")
    with pytest.raises(NoAnswer):
        await Net(refusal=Refused("offline", "no name server answers")).connect("mail.tenant.com")


async def test_without_a_sandbox_nothing_on_this_machine_is_connected_to() -> None:
    net = Net(PUBLIC)

    for host in ("127.0.0.1", "localhost", "::1"):
        with pytest.raises(Unusable):
            await net.connect(host)
    assert not await net.connect("mail.tenant.example")  # resolved, in vain in life, like any name
    assert net.connected == [(PUBLIC, 465)]


async def test_the_sandbox_takes_reserved_names_and_its_own_address_only() -> None:
    sandbox, net = "smtp://127.0.0.1:8125", Net(PUBLIC)

    assert await net.connect("mail.tenant.example", sandbox)
    assert await net.connect("127.0.0.1", sandbox, port="8125")
    assert not await net.connect("mail.tenant.com", sandbox)
    for host, port in (("127.0.0.1", "465"), ("127.0.0.1", "8126"), ("127.0.0.2", "8125"), ("10.0.0.1", "465")):
        with pytest.raises(Unusable):
            await net.connect(host, sandbox, port)
    assert net.connected == [("127.0.0.1", 8125), ("127.0.0.1", 8125), (PUBLIC, 465)]
    assert net.asked == ["mail.tenant.com"]


@pytest.mark.parametrize("base_url", ["smtp://10.0.0.1:25", "smtp://mail.tenant.com:25"])
async def test_a_sandbox_that_is_not_on_this_machine_is_refused(base_url: str) -> None:
    with pytest.raises(Unusable, match="loopback"):
        await Net(PUBLIC).connect("mail.tenant.example", base_url)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8100/smtp", "imap://127.0.0.1:8143"])
async def test_another_protocols_sandbox_is_none(base_url: str) -> None:
    assert not await Net(PUBLIC).connect("mail.tenant.example", base_url)


async def test_a_real_connection_is_made_without_blocking() -> None:
    listener = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    async with listener:
        connected = await open_by_system("127.0.0.1", listener.sockets[0].getsockname()[1])
        assert not connected.getblocking()
        connected.close()
    with pytest.raises(OSError, match=r"refused|Connect"):
        await open_by_system("127.0.0.1", 1)

"""The client's part in tests of the mailbox: it sends what it is asked to send to one server, and judges what comes back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from vendor_contracts import ERRORS

from leadgen.errors import OutcomeUnclear
from leadgen.providers.calls import Answer, Lookup, NoAnswer, Operation, Receipt, Request, Sender, Verdict
from leadgen.providers.mailbox.address import key_of
from leadgen.providers.mailbox.dial import Dial
from leadgen.providers.mailbox.message import OutgoingEmail
from leadgen.sandbox.mail_server import MailServer
from leadgen.settings import VendorSettings

T = TypeVar("T")
OWNER = "sam@tenant.example"
CREDENTIALS = {"host": "mail.tenant.example", "username": OWNER, "password": "sandbox"}


def email(to: str = "ana+silent@practice.example", **changes: Any) -> OutgoingEmail:
    return OutgoingEmail(**{"sender": OWNER, "to": to, "subject": "One idea", "text": "Hello Ana,\n\nBye", **changes})


class MailAsks:
    """Makes each call once. A lost answer is looked up where it can be; the call is then made again if it was not done."""

    def __init__(self, server: MailServer, *, scheme_end: str = "", sandbox: bool = True, **changes: str) -> None:
        self.calls: list[tuple[Operation, Request]] = []
        self.credentials = {**CREDENTIALS, **changes}
        self.lost: list[bool] = []
        self.timeout_seconds = 20.0
        ports = server.ports()
        self._base = {name: f"{name}{scheme_end}://127.0.0.1:{port}" if sandbox else "" for name, port in ports.items()}

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        assert send is not None
        self.calls.append((operation, request))
        vendor = operation.vendor
        settings = VendorSettings(base_url=self._base[vendor.name], timeout_seconds=self.timeout_seconds)
        key = vendor.key_of(self.credentials)
        try:
            reply = await send(request, settings, key)
        except NoAnswer as no_answer:
            self.lost.append(no_answer.sent)
            if not no_answer.sent:
                raise
            if find is None:
                raise OutcomeUnclear(vendor.name, operation.name, 1) from None
            reply = await find() or await send(request, settings, key)
        judgement = operation.judge(reply)
        assert "sandbox" not in judgement.message
        assert "@" not in judgement.message
        if judgement.verdict in ERRORS:
            raise ERRORS[judgement.verdict](
                vendor.name, operation.name, judgement.message, http_status=reply.status, remedy=judgement.remedy
            )
        receipt = Receipt(vendor.name, operation.name, len(self.calls), datetime.now(UTC), cached=False)
        return Answer(read(reply.json()) if judgement.verdict is Verdict.ANSWER else None, receipt)


def public_dial(server: MailServer, protocol: str, address: str = "93.184.216.34", **options: Any) -> Dial:
    """Takes every name to one public address, which stands for the server on this machine."""

    async def resolve(_host: str) -> list[str]:
        return [address]

    async def connect_to(asked: str, _port: int) -> Any:
        assert asked == address
        from leadgen.providers.mailbox.dial import open_by_system

        return await open_by_system("127.0.0.1", server.ports()[protocol])

    return Dial(resolve=resolve, connect_to=connect_to, **options)


async def speaking(script: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]) -> asyncio.Server:
    """A server on loopback that says what a test wants."""
    return await asyncio.start_server(script, "127.0.0.1", 0)


def keyed(protocol: Any, **changes: str) -> str:
    return key_of(protocol, {**CREDENTIALS, **changes})

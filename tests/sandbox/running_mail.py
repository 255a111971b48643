"""The sandbox's mail server in a thread, for clients that block, and those clients: the standard library's own."""

import asyncio
import imaplib
import smtplib
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from leadgen.sandbox.mail_server import MailServer
from leadgen.sandbox.world import World

OWNER = "sam@tenant.example"


@contextmanager
def running_mail(world: World, **options: Any) -> Iterator[MailServer]:
    """A running server."""
    started, stop = threading.Event(), asyncio.Event()
    servers: list[MailServer] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def serve() -> None:
        loops.append(asyncio.get_running_loop())
        async with MailServer(world, **options) as server:
            servers.append(server)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(30)
    try:
        yield servers[0]
    finally:
        loops[0].call_soon_threadsafe(stop.set)
        thread.join()


@contextmanager
def sending(server: MailServer, username: str = OWNER, password: str = "sandbox") -> Iterator[smtplib.SMTP]:
    """An SMTP client, signed in."""
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=20) as smtp:
        smtp.login(username, password)
        yield smtp


@contextmanager
def reading(server: MailServer, username: str = OWNER, folder: str = "INBOX") -> Iterator[imaplib.IMAP4]:
    """An IMAP client, signed in, with a folder open."""
    with imaplib.IMAP4("127.0.0.1", server.imap_port, timeout=20) as imap:
        imap.login(username, "sandbox")
        imap.select(folder)
        yield imap


def email(to: str, sender: str = OWNER, **headers: str) -> EmailMessage:
    """A short one."""
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender, to, "One idea"
    message["Message-ID"] = "<1@tenant.example>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Hello,\n.\n..two dots\nBye")
    return message


def inbox(server: MailServer, username: str = OWNER, folder: str = "INBOX") -> list[bytes]:
    """All messages of a folder as they came."""
    with reading(server, username, folder) as imap:
        _, found = imap.uid("SEARCH", "ALL")
        if not found[0]:
            return []
        _, data = imap.uid("FETCH", found[0].decode().replace(" ", ","), "(BODY.PEEK[])")
        return [part[1] for part in data if isinstance(part, tuple)]

"""The mailboxes of the sandbox's mail server: folders, messages, and what comes to them as time goes by.

Nothing runs in the background: what was due by the sandbox's clock is delivered in its order when somebody looks
(`MailStore.tick`).
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes
from email.message import Message
from itertools import count

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.gate import KEY_PREFIX

INBOX = "INBOX"
FOLDERS = {INBOX: "", "Sent": "\\Sent", "Drafts": "\\Drafts", "Junk": "\\Junk", "Trash": "\\Trash"}
"""The folders of every mailbox, and their special uses (RFC 6154)."""
FIRST_UID_VALIDITY = 1


@dataclass(slots=True)
class StoredMessage:
    """One message of a folder, with the headers read."""

    uid: int
    raw: bytes
    internal_date: datetime
    flags: set[str]
    headers: Message = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.headers = message_from_bytes(self.raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")


@dataclass(slots=True)
class Folder:
    """Messages in the order in which they came. A message's sequence number is its place, from 1."""

    name: str
    special_use: str
    uid_validity: int = FIRST_UID_VALIDITY
    uid_next: int = 1
    messages: list[StoredMessage] = field(default_factory=list)

    def add(self, raw: bytes, at: datetime, flags: set[str] | None = None) -> StoredMessage:
        """Puts a message at the end."""
        message = StoredMessage(self.uid_next, raw, at, flags or set())
        self.uid_next += 1
        self.messages.append(message)
        return message

    def renumber(self) -> None:
        """Numbers all messages anew, as a server does that was restored: what a reader remembers means nothing now."""
        self.uid_validity += 1
        for uid, message in enumerate(self.messages, start=1):
            message.uid = uid
        self.uid_next = len(self.messages) + 1


class Account:
    """One mailbox. Its address is its user name where that is one."""

    def __init__(self, username: str) -> None:
        self.username = username
        self.folders = {name: Folder(name, use) for name, use in FOLDERS.items()}
        self.written_to: dict[str, int] = {}  # how many emails went to an address

    @property
    def inbox(self) -> Folder:
        """Where mail comes."""
        return self.folders[INBOX]

    @property
    def sent(self) -> Folder:
        """What went out."""
        return self.folders["Sent"]

    def owns(self, address: str) -> bool:
        """Whether mail may be sent from an address: the mailbox's own, also with a tag; any, where its name is none."""
        local, _, domain = address.lower().rpartition("@")
        return "@" not in self.username or f"{local.partition('+')[0]}@{domain}" == self.username.lower()


class MailStore:
    """All mailboxes. Whoever signs in with a password that starts with `sandbox` has one."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._accounts: dict[str, Account] = {}
        self._owners: dict[str, Account] = {}  # by the address that was sent from
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count()

    def sign_in(self, username: str, password: str) -> Account | None:
        """The mailbox of a user; None for a wrong password."""
        if not username or not password.startswith(KEY_PREFIX):
            return None
        account = self._accounts.setdefault(username.lower(), Account(username))
        if "@" in username:
            self.owned_by(username, account)
        return account

    def account(self, username: str) -> Account:
        """The mailbox of a user who has one already."""
        return self._accounts[username.lower()]

    def owned_by(self, address: str, account: Account) -> None:
        """Mail to this address comes to that mailbox from now on."""
        self._owners[address.lower()] = account

    def owner(self, address: str) -> Account | None:
        """Whose mailbox an address leads to; None where it is none of ours."""
        return self._owners.get(address.lower())

    def at(self, moment: datetime, happens: Callable[[datetime], None]) -> None:
        """Lets something happen when the time has come."""
        heapq.heappush(self._agenda, (moment, next(self._numbers), happens))

    def tick(self) -> datetime:
        """Does whatever was due, at the time at which it was due, and gives what time it is."""
        now = self.clock.now()
        while self._agenda and self._agenda[0][0] <= now:
            at, _, happens = heapq.heappop(self._agenda)
            happens(at)
        return now

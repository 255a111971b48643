"""The sandbox's IMAP server: a small IMAP4rev1 for those who read their mail and file what they sent (RFC 3501).

It has what readers of a mailbox use: signing in, folders and their state, search, fetch, append. Flags are not changed and
nothing is deleted. Everything else is refused as an unknown command.
"""

import base64
import binascii
from collections.abc import Awaitable, Callable

from leadgen.sandbox.mail_desk import LONGEST_MESSAGE, Desk, Gone, Line, Stage
from leadgen.sandbox.mail_imap_reading import fetched, items_of, searched
from leadgen.sandbox.mail_imap_words import (
    LITERAL,
    BadCommand,
    Text,
    Word,
    numbers,
    quoted,
    read_date_time,
    string,
    words_of,
)
from leadgen.sandbox.mail_store import INBOX, Account, Folder

MOST_ERRORS = 20
_FLAGS = "\\Answered \\Flagged \\Deleted \\Seen \\Draft"
_FREE = frozenset({"CAPABILITY", "NOOP", "LOGOUT", "STARTTLS", "AUTHENTICATE", "LOGIN"})
_IN_FOLDER = frozenset({"CHECK", "CLOSE", "UNSELECT", "SEARCH", "FETCH", "UID"})


class _No(Exception):
    """A command that the server does not carry out: the text of its NO."""


class ImapSession:
    """One connection, from greeting to farewell."""

    def __init__(self, line: Line, desk: Desk) -> None:
        self._line = line
        self._desk = desk
        self._account: Account | None = None
        self._folder: Folder | None = None
        self._may_mark = False
        self._known = 0  # how many messages of the folder the other side has been told of
        self._errors = 0
        self._commands: dict[str, Callable[[list[Word]], Awaitable[str]]] = {
            "CAPABILITY": self._capability,
            "NOOP": self._noop,
            "CHECK": self._noop,
            "STARTTLS": self._starttls,
            "LOGIN": self._login,
            "AUTHENTICATE": self._authenticate,
            "SELECT": lambda words: self._select(words, may_mark=True),
            "EXAMINE": lambda words: self._select(words, may_mark=False),
            "LIST": self._list,
            "STATUS": self._status,
            "APPEND": self._append,
            "CLOSE": self._close,
            "UNSELECT": self._close,
            "SEARCH": lambda words: self._search(words, by_uid=False),
            "FETCH": lambda words: self._fetch(words, by_uid=False),
            "UID": self._uid,
        }

    async def run(self) -> None:
        """Speaks until one side has had enough."""
        try:
            trouble = self._desk.trouble("greeting")
            if trouble is not None:
                if trouble.answer is None:
                    self._line.break_off()
                await self._line.say(f"* {trouble.answer}")
                return
            await self._line.say(f"* OK [CAPABILITY {self._capabilities()}] sandbox ready")
            while await self._turn():
                pass
        except Gone:
            return

    async def _turn(self) -> bool:
        tag, rest = await self._command()
        try:
            verb, words = _split(tag, rest)
            if verb == "LOGOUT":
                await self._line.say("* BYE sandbox logs out", f"{tag} OK LOGOUT completed")
                return False
            self._require_allowed(verb)
            done = await self._commands[verb](words)
            await self._tell_news()
            await self._line.say(f"{tag} OK {done}")
            if verb == "STARTTLS" and self._desk.tls is not None:
                await self._line.encrypt(self._desk.tls)
        except _No as refused:
            await self._line.say(f"{tag} NO {refused}")
        except BadCommand as error:
            self._errors += 1
            await self._line.say(f"{tag or '*'} BAD {error}")
        if self._errors > MOST_ERRORS:
            await self._line.say("* BYE too many errors")
        return self._errors <= MOST_ERRORS

    async def _command(self) -> tuple[str, list[bytes]]:
        """The tag, and the rest of a command in pieces: lines, and between them the literals."""
        line = await self._line.read_line()
        pieces: list[bytes] = []
        while match := LITERAL.search(line):
            size = int(match[1])
            pieces.append(line[: match.start()])
            if size > LONGEST_MESSAGE:
                await self._line.say("* BYE [TOOBIG] the literal is too large")
                raise Gone
            if not match[2]:
                await self._line.say("+ Ready for literal data")
            pieces.append(await self._line.read_exactly(size))
            line = await self._line.read_line()
        pieces.append(line)
        tag, _, pieces[0] = pieces[0].partition(b" ")
        return tag.decode("ascii", "replace"), pieces

    def _require_allowed(self, verb: str) -> None:
        if verb not in self._commands:
            raise BadCommand(f"unknown command {verb[:20]}")
        if verb not in _FREE and self._account is None:
            raise BadCommand(f"{verb}: sign in first")
        if verb in {"LOGIN", "AUTHENTICATE", "STARTTLS"} and self._account is not None:
            raise BadCommand(f"{verb}: you are signed in")
        if verb in _IN_FOLDER and self._folder is None:
            raise BadCommand(f"{verb}: select a folder first")

    async def _troubled(self, stage: Stage) -> bool:
        """Passes, unless something goes wrong here. True: the connection is to break when the command is done."""
        trouble = self._desk.trouble(stage)
        if trouble is None:
            return False
        if trouble.answer is not None:
            raise _No(trouble.answer.removeprefix("NO "))
        if not trouble.is_done:
            self._line.break_off()
        return True

    async def _tell_news(self) -> None:
        self._desk.store.tick()
        if self._folder is not None and len(self._folder.messages) != self._known:
            self._known = len(self._folder.messages)
            await self._line.say(f"* {self._known} EXISTS")

    def _capabilities(self) -> str:
        hidden = self._desk.tls is not None and not self._line.is_encrypted
        ways = "STARTTLS LOGINDISABLED" if hidden else "AUTH=PLAIN SASL-IR"
        return f"IMAP4rev1 LITERAL+ SPECIAL-USE UNSELECT {ways}"

    async def _capability(self, _words: list[Word]) -> str:
        await self._line.say(f"* CAPABILITY {self._capabilities()}")
        return "CAPABILITY completed"

    async def _noop(self, _words: list[Word]) -> str:
        return "completed"

    async def _starttls(self, _words: list[Word]) -> str:
        if self._desk.tls is None or self._line.is_encrypted:
            raise BadCommand("STARTTLS is not offered")
        return "Begin TLS negotiation now"

    async def _login(self, words: list[Word]) -> str:
        if len(words) != 2:
            raise BadCommand("LOGIN needs a name and a password")
        return await self._sign_in(string(words[0]), string(words[1]))

    async def _authenticate(self, words: list[Word]) -> str:
        if not words or string(words[0]).upper() != "PLAIN":
            raise _No("[CANNOT] unsupported mechanism")
        if len(words) > 1:
            given = string(words[1])
        else:
            await self._line.say("+ ")
            given = (await self._line.read_line()).decode("ascii", "replace")
        try:
            parts = base64.b64decode(given, validate=True).decode().split("\0")
        except (binascii.Error, UnicodeDecodeError):
            raise BadCommand("this is no base64") from None
        if len(parts) != 3:
            raise BadCommand("PLAIN needs a name and a password")
        return await self._sign_in(parts[1], parts[2])

    async def _sign_in(self, username: str, password: str) -> str:
        if self._desk.tls is not None and not self._line.is_encrypted:
            raise _No("[PRIVACYREQUIRED] go on over TLS first")
        await self._troubled("login")
        self._account = self._desk.store.sign_in(username, password)
        if self._account is None:
            raise _No("[AUTHENTICATIONFAILED] Invalid credentials")
        return f"[CAPABILITY {self._capabilities()}] signed in"

    @property
    def _folders(self) -> dict[str, Folder]:
        return self._account.folders if self._account is not None else {}

    @property
    def _open(self) -> Folder:
        if self._folder is None:
            raise BadCommand("select a folder first")
        return self._folder

    def _named(self, word: Word, code: str = "NONEXISTENT") -> Folder:
        name = string(word)
        folder = self._folders.get(INBOX if name.upper() == INBOX else name)
        if folder is None:
            raise _No(f"[{code}] there is no such folder")
        return folder

    async def _select(self, words: list[Word], *, may_mark: bool) -> str:
        if len(words) != 1:
            raise BadCommand("a folder is needed")
        self._folder = None
        await self._troubled("folder")
        self._desk.store.tick()
        folder = self._named(words[0])
        self._folder, self._may_mark, self._known = folder, may_mark, len(folder.messages)
        await self._line.say(
            f"* FLAGS ({_FLAGS})",
            f"* {self._known} EXISTS",
            "* 0 RECENT",
            f"* OK [PERMANENTFLAGS ({_FLAGS if may_mark else ''})] flags",
            f"* OK [UIDVALIDITY {folder.uid_validity}] UIDs valid",
            f"* OK [UIDNEXT {folder.uid_next}] next UID",
        )
        return f"[{'READ-WRITE' if may_mark else 'READ-ONLY'}] selected"

    async def _close(self, _words: list[Word]) -> str:
        self._folder = None
        return "completed"

    async def _list(self, words: list[Word]) -> str:
        if len(words) != 2:
            raise BadCommand("LIST needs a reference and a pattern")
        pattern = string(words[0]) + string(words[1])
        if not string(words[1]):
            await self._line.say('* LIST (\\Noselect) "/" ""')
            return "LIST completed"
        wanted = pattern.rstrip("*%")
        for folder in self._folders.values():
            if folder.name == pattern or (wanted != pattern and folder.name.startswith(wanted)):
                flags = " ".join(filter(None, ("\\HasNoChildren", folder.special_use)))
                await self._line.say(f'* LIST ({flags}) "/" {quoted(folder.name)}')
        return "LIST completed"

    async def _status(self, words: list[Word]) -> str:
        if len(words) != 2 or not isinstance(words[1], list):
            raise BadCommand("STATUS needs a folder and a list of items")
        self._desk.store.tick()
        folder = self._named(words[0])
        known = {
            "MESSAGES": len(folder.messages),
            "RECENT": 0,
            "UIDNEXT": folder.uid_next,
            "UIDVALIDITY": folder.uid_validity,
            "UNSEEN": sum("\\Seen" not in message.flags for message in folder.messages),
        }
        items = [string(item).upper() for item in words[1]]
        if not set(items) <= known.keys():
            raise BadCommand("unknown item")
        values = " ".join(f"{item} {known[item]}" for item in items)
        await self._line.say(f"* STATUS {quoted(folder.name)} ({values})")
        return "STATUS completed"

    async def _append(self, words: list[Word]) -> str:
        if len(words) < 2 or not isinstance(words[-1], Text):
            raise BadCommand("APPEND needs a folder and a literal")
        folder = self._named(words[0], "TRYCREATE")
        flags, at = set[str](), self._desk.store.tick()
        for word in words[1:-1]:
            if isinstance(word, list):
                flags = {string(flag) for flag in word}
            else:
                at = read_date_time(string(word))
        breaks = await self._troubled("append")
        message = folder.add(words[-1].value, at, flags)
        if breaks:
            self._line.break_off()
        return f"[APPENDUID {folder.uid_validity} {message.uid}] APPEND completed"

    async def _uid(self, words: list[Word]) -> str:
        verb = string(words.pop(0)).upper() if words else ""
        if verb == "SEARCH":
            return await self._search(words, by_uid=True)
        if verb == "FETCH":
            return await self._fetch(words, by_uid=True)
        raise BadCommand(f"unknown command UID {verb[:20]}")

    async def _search(self, words: list[Word], *, by_uid: bool) -> str:
        self._desk.store.tick()
        found = [str(message.uid if by_uid else number) for number, message in searched(self._open, words)]
        await self._line.say(" ".join(["* SEARCH", *found]))
        return "SEARCH completed"

    async def _fetch(self, words: list[Word], *, by_uid: bool) -> str:
        if len(words) != 2:
            raise BadCommand("FETCH needs numbers and items")
        folder, items = self._open, items_of(words[1])
        if by_uid and "UID" not in items:
            items = ["UID", *items]
        last = max((message.uid for message in folder.messages), default=0) if by_uid else len(folder.messages)
        ranges = numbers(string(words[0]), last)
        for number, message in enumerate(folder.messages, start=1):
            if any((message.uid if by_uid else number) in within for within in ranges):
                await self._line.say(fetched(message, number, items, may_mark=self._may_mark))
        return "FETCH completed"


def _split(tag: str, pieces: list[bytes]) -> tuple[str, list[Word]]:
    """The name of a command and its arguments."""
    words = words_of(pieces)
    if not tag or not words:
        raise BadCommand("a command is a tag, a name and its arguments")
    return string(words[0]).upper(), words[1:]

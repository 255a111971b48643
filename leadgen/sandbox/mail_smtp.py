"""The sandbox's SMTP server: what a tenant's own mailbox submits its mail to (RFC 5321, 4954, 3207, 2034).

A user whose password starts with `sandbox` is let in and sends from the mailbox's own address. Everything that is refused is
refused with the reply and the enhanced code that real servers give.
"""

import asyncio
import base64
import binascii
import hashlib
import re
from email import message_from_bytes

from leadgen.sandbox.faults import Mishap
from leadgen.sandbox.mail_desk import LONGEST_MESSAGE, Desk, Gone, Line, Stage
from leadgen.sandbox.mail_reactions import HOST
from leadgen.sandbox.mail_store import Account

MOST_RECIPIENTS = 100
MOST_ERRORS = 20
_FAILURE = 451
_PATH = re.compile(r"(?:FROM|TO):\s*<(?P<address>[^<>\s]*)>(?P<options>.*)", re.IGNORECASE)
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+|[^@\s]+@localhost")


class _Refused(Exception):
    """A command that is not carried out, with the reply to it."""


class SmtpSession:
    """One connection, from greeting to farewell."""

    def __init__(self, line: Line, desk: Desk) -> None:
        self._line = line
        self._desk = desk
        self._account: Account | None = None
        self._is_greeted = False
        self._errors = 0
        self._forget()
        self._commands = {
            "EHLO": self._ehlo,
            "HELO": self._ehlo,
            "STARTTLS": self._starttls,
            "AUTH": self._auth,
            "MAIL": self._mail,
            "RCPT": self._rcpt,
            "DATA": self._data,
            "RSET": self._rset,
            "NOOP": self._noop,
            "VRFY": self._vrfy,
        }

    def _forget(self) -> None:
        self._sender: str | None = None
        self._recipients: list[str] = []

    async def run(self) -> None:
        """Speaks until one side has had enough."""
        try:
            if await self._troubled("greeting"):
                return
            await self._line.say(f"220 {HOST} ESMTP sandbox")
            while await self._turn():
                pass
        except Gone:
            return

    async def _turn(self) -> bool:
        text = (await self._line.read_line()).decode("utf-8", "replace")
        verb, _, rest = text.partition(" ")
        if verb.upper() == "QUIT":
            await self._line.say("221 2.0.0 Bye")
            return False
        try:
            await self._commands.get(verb.upper(), self._unknown)(verb.upper(), rest.strip())
        except _Refused as refused:
            self._errors += 1
            if self._errors > MOST_ERRORS:
                await self._line.say("421 4.7.0 Error: too many errors")
                return False
            await self._line.say(str(refused))
        return True

    async def _troubled(self, stage: Stage) -> bool:
        """Whether something goes wrong here; it has then been said."""
        trouble = self._desk.trouble(stage)
        if trouble is None:
            return False
        if trouble.answer is None:
            self._line.break_off()
        await self._line.say(str(trouble.answer))
        if str(trouble.answer).startswith("421"):
            raise Gone
        return True

    async def _ehlo(self, verb: str, rest: str) -> None:
        if not rest:
            raise _Refused(f"501 5.5.4 Syntax: {verb} hostname")
        self._is_greeted = True
        self._forget()
        if verb == "HELO":
            await self._line.say(f"250 {HOST}")
            return
        lines = [HOST, "PIPELINING", f"SIZE {LONGEST_MESSAGE}", "8BITMIME", "ENHANCEDSTATUSCODES"]
        if self._desk.tls is not None and not self._line.is_encrypted:
            lines.append("STARTTLS")
        else:
            lines.append("AUTH PLAIN LOGIN")
        await self._line.say(*(f"250-{line}" for line in lines[:-1]), f"250 {lines[-1]}")

    async def _starttls(self, _verb: str, rest: str) -> None:
        if self._desk.tls is None or self._line.is_encrypted:
            raise _Refused("502 5.5.1 Error: command not implemented")
        if rest:
            raise _Refused("501 5.5.4 Syntax: STARTTLS")
        await self._line.say("220 2.0.0 Ready to start TLS")
        await self._line.encrypt(self._desk.tls)
        self._is_greeted, self._account = False, None
        self._forget()

    async def _auth(self, _verb: str, rest: str) -> None:
        if not self._is_greeted or self._sender is not None:
            raise _Refused("503 5.5.1 Error: send EHLO first")
        if self._account is not None:
            raise _Refused("503 5.5.1 Error: already authenticated")
        if self._desk.tls is not None and not self._line.is_encrypted:
            raise _Refused("538 5.7.11 Encryption required for requested authentication mechanism")
        mechanism, _, initial = rest.partition(" ")
        if mechanism.upper() == "PLAIN":
            parts = (await self._challenged("", initial)).split("\0")
            username, password = parts[1:] if len(parts) == 3 else ("", "")
        elif mechanism.upper() == "LOGIN":
            username = await self._challenged("Username:", initial)
            password = await self._challenged("Password:", "")
        else:
            raise _Refused("504 5.5.4 Unrecognized authentication type")
        if await self._troubled("login"):
            return
        self._account = self._desk.store.sign_in(username, password)
        if self._account is None:
            raise _Refused("535 5.7.8 Error: authentication failed: Username and Password not accepted")
        await self._line.say("235 2.7.0 Authentication successful")

    async def _challenged(self, challenge: str, given: str) -> str:
        """What the other side says to a challenge, unless it has said so already."""
        if not given:
            await self._line.say(f"334 {base64.b64encode(challenge.encode()).decode()}")
            given = (await self._line.read_line()).decode("ascii", "replace")
        if given == "*":
            raise _Refused("501 5.7.0 Authentication cancelled")
        try:
            return base64.b64decode(given if given != "=" else "", validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            raise _Refused("501 5.5.2 Cannot decode response") from None

    async def _mail(self, _verb: str, rest: str) -> None:
        if not self._is_greeted:
            raise _Refused("503 5.5.1 Error: send HELO/EHLO first")
        if self._account is None:
            raise _Refused("530 5.7.0 Authentication Required")
        if self._sender is not None:
            raise _Refused("503 5.5.1 Error: nested MAIL command")
        address, options = _path(rest, "Syntax: MAIL FROM:<address>")
        size = re.search(r"SIZE=(\d+)", options, re.IGNORECASE)
        if size and int(size[1]) > LONGEST_MESSAGE:
            raise _Refused("552 5.3.4 Message size exceeds fixed limit")
        if await self._troubled("mail"):
            return
        if address and not self._account.owns(address):
            raise _Refused("553 5.7.1 Sender address rejected: not owned by the user")
        self._sender = address
        await self._line.say("250 2.1.0 Ok")

    async def _rcpt(self, _verb: str, rest: str) -> None:
        if self._sender is None:
            raise _Refused("503 5.5.1 Error: need MAIL command")
        address, _ = _path(rest, "Syntax: RCPT TO:<address>")
        if not _ADDRESS.fullmatch(address):
            raise _Refused(f"501 5.1.3 <{address}>: Bad recipient address syntax")
        if len(self._recipients) >= MOST_RECIPIENTS:
            raise _Refused("452 4.5.3 Error: too many recipients")
        if await self._troubled("rcpt"):
            return
        self._recipients.append(address)
        await self._line.say("250 2.1.5 Ok")

    async def _data(self, _verb: str, _rest: str) -> None:
        if not self._recipients or self._sender is None or self._account is None:
            raise _Refused("503 5.5.1 Error: need RCPT command")
        await self._line.say("354 End data with <CR><LF>.<CR><LF>")
        raw = await self._message()
        sender, recipients = self._sender, self._recipients
        self._forget()
        if raw is None:
            raise _Refused("552 5.3.4 Message size exceeds fixed limit")
        headers = message_from_bytes(raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        if not headers["From"]:
            raise _Refused("550 5.7.1 Messages missing a valid From header are not accepted")
        trouble = self._desk.trouble("data")
        if trouble is not None and trouble.answer is not None:
            raise _Refused(trouble.answer)
        mark = hashlib.sha256(f"{sender}|{recipients}|{headers['Message-ID']}".encode()).hexdigest()
        calls = self._desk.house.calls
        attempt = calls.begin("smtp", "send", mark)
        outcome = "cancelled"
        try:
            mishap, status = await self._mishap(mark, attempt)
            outcome = str(status if mishap in {Mishap.ERROR, Mishap.NONE} else mishap)
            if mishap is Mishap.ERROR:
                raise _Refused(f"{status} {status // 100}.3.0 Error: not now")
            if mishap is Mishap.TIMEOUT:
                await self._line.be_silent()
            if trouble is None or trouble.is_done:
                self._desk.post.send(self._account, sender, recipients, raw, is_filed=self._desk.files_sent)
            if trouble is not None or mishap is Mishap.RESET:
                self._line.break_off()
        finally:
            calls.end("smtp", "send", outcome)
        await self._line.say(f"250 2.0.0 Ok: queued as {mark[:12].upper()}")

    async def _mishap(self, mark: str, attempt: int) -> tuple[Mishap, int]:
        """What the admin door wants to befall this email, and the code that is answered."""
        house = self._desk.house
        await house.holds.through("smtp")
        fault = house.faults.of("smtp")
        if fault.latency_ms:
            await asyncio.sleep(fault.latency_ms / 1000)
        mishap = fault.befalls(mark, attempt)
        return mishap, (fault.error_status or _FAILURE) if mishap is Mishap.ERROR else 250

    async def _message(self) -> bytes | None:
        """The message as it was before its dots were doubled; None where it is too large."""
        lines: list[bytes] = []
        size = 0
        while (line := await self._line.read_line()) != b".":
            line = line.removeprefix(b".")
            size += len(line) + 2
            if size <= LONGEST_MESSAGE:
                lines.append(line)
        return b"".join(line + b"\r\n" for line in lines) if size <= LONGEST_MESSAGE else None

    async def _unknown(self, _verb: str, _rest: str) -> None:
        raise _Refused("500 5.5.2 Error: command not recognized")

    async def _rset(self, _verb: str, _rest: str) -> None:
        self._forget()
        await self._line.say("250 2.0.0 Ok")

    async def _noop(self, _verb: str, _rest: str) -> None:
        await self._line.say("250 2.0.0 Ok")

    async def _vrfy(self, _verb: str, _rest: str) -> None:
        await self._line.say("252 2.1.5 Cannot VRFY user, but will take message")


def _path(rest: str, syntax: str) -> tuple[str, str]:
    match = _PATH.fullmatch(rest)
    if match is None:
        raise _Refused(f"501 5.5.4 {syntax}")
    return match["address"], match["options"]

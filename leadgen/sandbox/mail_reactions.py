"""What becomes of an email that the sandbox's mail server has taken: it bounces, is answered, or nothing comes of it.

Those written to react to the first email of a mailbox, as Instantly's leads do (`instantly_reactions.py`): by the world's
seed and their address, or as the address itself says behind a plus sign (`ana+interested@...`, `ana+bounced@...`). Whoever
unsubscribes by the link posts to List-Unsubscribe as RFC 8058 says, where the email allows that.
"""

import re
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from functools import partial

from leadgen.sandbox.instantly_reactions import Reaction, reaction_of
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.mail_store import Account, MailStore
from leadgen.sandbox.webhooks import Webhooks

HOST = "mail.sandbox.example"
_POLICY = policy.SMTP.clone(cte_type="7bit")
_BOUNCE = """\
From: Mail Delivery System <MAILER-DAEMON@{host}>
To: {sender}
Subject: Undelivered Mail Returned to Sender
Date: {date}
Message-ID: {id}
{thread}Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=_bounce"

--=_bounce
Content-Type: text/plain; charset=us-ascii

This is the mail system at host {host}.

I'm sorry to have to inform you that your message could not be delivered.

<{recipient}>: host mx.{domain} said: {diagnostic}

--=_bounce
Content-Type: message/delivery-status

Reporting-MTA: dns; {host}
Arrival-Date: {date}

Final-Recipient: rfc822; {recipient}
Original-Recipient: rfc822; {recipient}
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.{domain}
Diagnostic-Code: smtp; {diagnostic}

--=_bounce
Content-Type: text/rfc822-headers

{headers}
--=_bounce--
"""
_NO_MAILBOX = "550 5.1.1 The email account that you tried to reach does not exist"
_ONE_CLICK = b"List-Unsubscribe=One-Click"


class Post:
    """Takes mail on its way: to mailboxes here, and to the made-up world."""

    def __init__(self, store: MailStore, lookup: Lookup, webhooks: Webhooks) -> None:
        self._store = store
        self._lookup = lookup
        self._webhooks = webhooks

    def send(self, account: Account, sender: str, recipients: list[str], raw: bytes, *, is_filed: bool) -> None:
        """Delivers an email, and lines up how those written to react. `is_filed`: a copy goes to the folder of sent mail."""
        now = self._store.tick()
        if is_filed:
            account.sent.add(raw, now, {"\\Seen"})
        if sender and "@" not in account.username:
            self._store.owned_by(sender, account)
        for recipient in recipients:
            before = account.written_to.get(recipient.lower(), 0)
            account.written_to[recipient.lower()] = before + 1
            owner = self._store.owner(recipient)
            if owner is not None:
                owner.inbox.add(f"Return-Path: <{sender}>\r\nDelivered-To: {recipient}\r\n".encode() + raw, now)
            elif sender and before == 0:  # what has no sender is a report: nobody answers those
                self._expect(account, sender, recipient, raw, now)

    def _expect(self, account: Account, sender: str, recipient: str, raw: bytes, now: datetime) -> None:
        mailbox = self._lookup.world.mailboxes.get(recipient.lower())
        reaction = reaction_of(self._lookup.world.seed, recipient.lower(), mailbox.kind if mailbox else None, 1)
        if reaction.kind == "bounced":
            happens = partial(self._bounce, account, sender, recipient, raw)
        elif reaction.kind == "unsubscribed":
            happens = partial(self._unsubscribe, raw)
        elif reaction.text is not None:
            happens = partial(self._reply, account, sender, recipient, raw, reaction)
        else:
            return
        self._store.at(now + reaction.after, happens)

    def _bounce(self, account: Account, sender: str, recipient: str, raw: bytes, at: datetime) -> None:
        headers = raw.partition(b"\r\n\r\n")[0].decode("utf-8", "replace").replace("\r\n", "\n")
        text = _BOUNCE.format(
            host=HOST,
            sender=sender,
            recipient=recipient,
            domain=recipient.rpartition("@")[2],
            diagnostic=_NO_MAILBOX,
            date=format_datetime(at),
            id=make_msgid(domain=HOST),
            thread="".join(f"{name}: {value}\n" for name, value in _thread(raw).items()),
            headers=headers,
        )
        account.inbox.add(b"Return-Path: <>\r\n" + text.replace("\n", "\r\n").encode(), at)

    def _reply(
        self, account: Account, sender: str, recipient: str, raw: bytes, reaction: Reaction, at: datetime
    ) -> None:
        asked = message_from_bytes(raw, policy=_POLICY)
        answer = EmailMessage(policy=_POLICY)
        answer["From"] = recipient
        answer["To"] = sender
        subject = " ".join(str(asked["Subject"] or "").split())
        answer["Subject"] = f"{'Automatic reply' if reaction.is_auto_reply else 'Re'}: {subject}"
        answer["Date"] = format_datetime(at)
        answer["Message-ID"] = make_msgid(domain=recipient.rpartition("@")[2])
        for name, value in _thread(raw).items():
            answer[name] = value
        if reaction.is_auto_reply:
            answer["Auto-Submitted"] = "auto-replied"
            answer["X-Auto-Response-Suppress"] = "All"
        answer.set_content(f"{reaction.text}\n\n{_quoted(asked, sender, at)}")
        account.inbox.add(f"Return-Path: <{recipient}>\r\n".encode() + answer.as_bytes(), at)

    def _unsubscribe(self, raw: bytes, _at: datetime) -> None:
        headers = message_from_bytes(raw, policy=_POLICY)
        link = re.search(r"<(https?://[^>]+)>", str(headers["List-Unsubscribe"] or ""))
        if link and str(headers["List-Unsubscribe-Post"] or "").strip().encode() == _ONE_CLICK:
            kind = {"content-type": "application/x-www-form-urlencoded"}
            self._webhooks.post("smtp", link[1], _ONE_CLICK, kind)


def _thread(raw: bytes) -> dict[str, str]:
    """The headers that put an answer under what it answers."""
    headers = message_from_bytes(raw, policy=policy.compat32)
    id_ = "".join((headers["Message-ID"] or "").split())
    if not id_:
        return {}
    return {"In-Reply-To": id_, "References": " ".join([*(headers["References"] or "").split()[-5:], id_])}


def _quoted(asked: EmailMessage, sender: str, at: datetime) -> str:
    body = asked.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    lines = "\n".join(f"> {line}" for line in text.splitlines())
    return f"On {at:%a, %b %d, %Y at %I:%M %p} <{sender}> wrote:\n{lines}\n"

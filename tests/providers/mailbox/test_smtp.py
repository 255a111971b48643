"""Sending over SMTP: against the sandbox's server and over TLS, with every refusal and every way to lose an answer."""

import asyncio
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from mail_asks import OWNER, MailAsks, email, public_dial, speaking
from mail_certificate import certificate
from vendor_contracts import RecordingAsks, reply

from leadgen.errors import (
    CredentialsRejected,
    InputError,
    OutcomeUnclear,
    QuotaSpent,
    VendorError,
    VendorRefused,
    VendorUnavailable,
)
from leadgen.providers.calls import NoAnswer
from leadgen.providers.mailbox.dial import Dial
from leadgen.providers.mailbox.imap import Imap
from leadgen.providers.mailbox.message import message_id_of
from leadgen.providers.mailbox.smtp import SEND, TEST, VENDOR, Smtp
from leadgen.sandbox.mail_desk import Trouble
from leadgen.sandbox.mail_server import MailServer
from leadgen.sandbox.world import World


def sent_ids(mail: MailServer) -> list[str]:
    return [str(message.headers["Message-ID"]) for message in mail.account(OWNER).sent.messages]


async def test_an_email_is_sent_and_its_id_told(mail: MailServer) -> None:
    answer = await Smtp(MailAsks(mail)).send(email(html="<p>Hello</p>"), purpose="email-1")
    [stored] = mail.account(OWNER).sent.messages

    assert answer.value is not None
    assert answer.value.message_id == message_id_of(email(), "email-1") == stored.headers["Message-ID"]
    assert answer.value.response.startswith("2.0.0 Ok: queued as ")
    assert message_from_bytes(stored.raw)["Date"]


async def test_the_question_tells_all_but_the_date_and_is_one_for_one_purpose() -> None:
    asks = RecordingAsks(*[reply({"message_id": "<1@b.example>", "date": "Fri, 27 Nov 2026 10:00:00 +0000"}, 250)] * 2)
    for _ in range(2):
        await Smtp(asks).send(email(), purpose="email-1")
    first, second = asks.requests

    assert first == second
    assert (first.purpose, first.body["to"], first.body["message_id"]) == (
        "email-1",
        "ana+silent@practice.example",
        message_id_of(email(), "email-1"),
    )
    assert "date" not in first.body


def test_what_sends_is_private_acts_once_and_is_kept() -> None:
    assert (SEND.is_private, SEND.acts_on_world, SEND.idempotency_header) == (True, True, None)
    assert SEND.time_to_live.days == 3650
    assert (TEST.is_private, TEST.acts_on_world, TEST.time_to_live.days) == (True, False, 0)
    assert (VENDOR.service, VENDOR.is_one_service) == ("smtp", False)


@pytest.mark.parametrize(
    ("trouble", "error", "message"),
    [
        (Trouble("greeting", "421 4.3.2 Too many connections"), VendorUnavailable, "SMTP 421 4.3.2 at greeting"),
        (Trouble("greeting", "554 5.7.1 No service for you"), VendorRefused, "SMTP 554 5.7.1 at greeting"),
        (Trouble("login", "454 4.7.0 Temporary failure"), VendorUnavailable, "SMTP 454 4.7.0 at login"),
        (Trouble("mail", "530 5.7.0 Authentication required"), CredentialsRejected, "SMTP 530 5.7.0 at mail"),
        (Trouble("mail", "550 5.4.5 Daily limit for sam@tenant.example"), QuotaSpent, "SMTP 550 5.4.5 at mail"),
        (Trouble("mail", "553 5.7.1 Not your address"), VendorRefused, "SMTP 553 5.7.1 at mail"),
        (Trouble("rcpt", "450 4.2.0 Greylisted"), VendorUnavailable, "SMTP 450 4.2.0 at rcpt"),
        (Trouble("rcpt", "550 5.1.1 <ana@practice.example> unknown"), VendorRefused, "SMTP 550 5.1.1 at rcpt"),
        (Trouble("rcpt", "421 Going down"), VendorUnavailable, "SMTP 421 at rcpt"),
        (Trouble("data", "452 4.3.1 Disk full"), VendorUnavailable, "SMTP 452 4.3.1 at data"),
        (Trouble("data", "554 5.7.1 Spam"), VendorRefused, "SMTP 554 5.7.1 at data"),
    ],
)
async def test_every_refusal_is_told_by_its_codes(
    mail: MailServer, trouble: Trouble, error: type[VendorError], message: str
) -> None:
    mail.troubles.extend([trouble] * 2)  # each way to sign in is tried
    with pytest.raises(error) as refused:
        await Smtp(MailAsks(mail)).send(email(), purpose="1")

    assert refused.value.message == f"smtp send: {message}"
    assert refused.value.http_status == int(str(trouble.answer)[:3])


@pytest.mark.parametrize("answer", [None, "534 5.7.9 Application-specific password required"])
async def test_a_wrong_password_is_the_tenants_to_correct(mail: MailServer, answer: str | None) -> None:
    mail.troubles.extend([Trouble("login", answer)] * 2 if answer else [])  # each way to sign in is tried
    asks = MailAsks(mail, password="sandbox" if answer else "wrong")
    with pytest.raises(CredentialsRejected) as refused:
        await Smtp(asks).test_connection()

    assert refused.value.remedy
    assert refused.value.http_status == (534 if answer else 535)


@pytest.mark.parametrize("stage", ["greeting", "login", "mail", "rcpt"])
async def test_a_break_before_the_message_sent_nothing(mail: MailServer, stage: Any) -> None:
    mail.troubles.append(Trouble(stage))
    with pytest.raises(NoAnswer) as lost:
        await Smtp(MailAsks(mail)).send(email(), purpose="1")

    assert lost.value.sent is False


async def test_a_silence_after_the_message_may_have_sent_it(mail: MailServer, village: World) -> None:
    asks = MailAsks(mail)
    asks.timeout_seconds = 0.2

    async def say_nothing(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 x ESMTP\r\n")
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-x\r\n250 AUTH PLAIN\r\n")
            elif verb == b"AUTH":
                writer.write(b"235 ok\r\n")
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
            elif verb in {b"MAIL", b"RCPT"}:
                writer.write(b"250 ok\r\n")
        writer.close()

    async with await speaking(say_nothing) as server:
        asks._base["smtp"] = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        with pytest.raises(OutcomeUnclear):
            await Smtp(asks).send(email(), purpose="1")

    assert asks.lost == [True]


@pytest.mark.parametrize("is_done", [True, False])
async def test_a_lost_answer_is_looked_up_where_the_server_files_what_it_sends(mail: MailServer, is_done: bool) -> None:
    asks = MailAsks(mail)
    mail.troubles.append(Trouble("data", is_done=is_done))
    smtp = Smtp(asks, imap=Imap(asks), server_files_sent=True, lookup_pauses_seconds=(0, 0))
    answer = await smtp.send(email(), purpose="1")

    assert asks.lost == [True]
    assert sent_ids(mail) == [message_id_of(email(), "1")]
    assert answer.value is not None
    assert answer.value.message_id == message_id_of(email(), "1")
    assert answer.value.sent_at.tzinfo is not None


@pytest.mark.parametrize("files_sent", [True, False])
async def test_a_lost_answer_stays_unclear_where_nothing_can_tell(village: World, files_sent: bool) -> None:
    """Without a reader, or where an absent copy says nothing, nobody sends it again."""
    async with MailServer(village, files_sent=False) as mail:
        asks = MailAsks(mail)
        mail.troubles.append(Trouble("data", is_done=True))
        smtp = Smtp(asks, imap=None if files_sent else Imap(asks), server_files_sent=files_sent)
        with pytest.raises(OutcomeUnclear):
            await smtp.send(email(), purpose="1")


async def test_a_copy_is_filed_where_the_server_does_not_do_it(village: World) -> None:
    async with MailServer(village, files_sent=False) as mail:
        asks = MailAsks(mail)
        await Smtp(asks, imap=Imap(asks)).send(email(), purpose="1")
        [copy] = mail.account(OWNER).sent.messages

        assert copy.headers["Message-ID"] == message_id_of(email(), "1")
        assert copy.flags == {"\\Seen"}
        mail.troubles.append(Trouble("append", "NO [OVERQUOTA] full"))
        assert (await Smtp(asks, imap=Imap(asks)).send(email(), purpose="2")).value  # sent is sent


async def test_a_connection_is_tested_without_sending(mail: MailServer) -> None:
    state = (await Smtp(MailAsks(mail)).test_connection()).value

    assert state is not None
    assert (state.host, state.is_encrypted, state.most_bytes) == ("mail.tenant.example", False, 25 * 1024 * 1024)
    assert sent_ids(mail) == []


@pytest.mark.parametrize(("security", "is_encrypted"), [("tls", True), ("starttls", False)])
async def test_out_of_the_sandbox_all_goes_over_tls(
    village: World, tmp_path: Path, security: str, is_encrypted: bool
) -> None:
    shows, trusts = certificate(tmp_path, "mail.tenant.com")
    async with MailServer(village, tls=shows, is_encrypted=is_encrypted) as mail:
        asks = MailAsks(mail, sandbox=False, host="mail.tenant.com", security=security)
        smtp = Smtp(asks, dial=public_dial(mail, "smtp", tls=trusts))
        await smtp.send(email(), purpose="1")
        state = (await smtp.test_connection()).value

        assert state is not None
        assert state.is_encrypted
        assert len(sent_ids(mail)) == 1


@pytest.mark.parametrize(("security", "is_encrypted"), [("tls", True), ("starttls", False)])
@pytest.mark.parametrize("name", ["mail.other.com", "mail.tenant.com"])
async def test_a_certificate_must_be_valid_and_for_the_name(
    village: World, tmp_path: Path, security: str, is_encrypted: bool, name: str
) -> None:
    shows, trusts = certificate(tmp_path, name)
    trusted = {"tls": trusts} if name == "mail.other.com" else {}  # a right name that nobody vouches for is not enough
    async with MailServer(village, tls=shows, is_encrypted=is_encrypted) as mail:
        asks = MailAsks(mail, sandbox=False, host="mail.tenant.com", security=security)
        with pytest.raises(CredentialsRejected, match="certificate is not valid for its name"):
            await Smtp(asks, dial=public_dial(mail, "smtp", **trusted)).test_connection()


async def test_no_password_is_sent_to_a_server_without_tls(mail: MailServer) -> None:
    asks = MailAsks(mail, sandbox=False, host="mail.tenant.com", security="starttls")
    with pytest.raises(CredentialsRejected, match="offers no TLS"):
        await Smtp(asks, dial=public_dial(mail, "smtp")).test_connection()

    with pytest.raises(KeyError):
        mail.account(OWNER)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.7", "169.254.169.254"])
async def test_servers_inside_are_refused_as_credentials(mail: MailServer, host: str) -> None:
    with pytest.raises(CredentialsRejected):
        await Smtp(MailAsks(mail, host=host, port="587"), dial=Dial()).test_connection()


async def test_a_bad_email_is_refused_before_anybody_is_asked(mail: MailServer) -> None:
    asks = MailAsks(mail)
    with pytest.raises(InputError):
        await Smtp(asks).send(email(subject="a\r\nBcc: x@y.example"), purpose="1")

    assert asks.calls == []

"""The sandbox's mail server, spoken to by the standard library's clients over real sockets."""

import imaplib
import smtplib
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from mail_certificate import certificate
from running_mail import OWNER, email, inbox, reading, running_mail, sending
from sandbox_server import serving
from test_sandbox_process import running
from webhook_receiver import receiving

from leadgen.sandbox.mail_desk import Trouble
from leadgen.sandbox.mail_server import MailPorts, MailServer
from leadgen.sandbox.world import World

HOURS = 3_600.0


@pytest.fixture
def mail(town: World) -> Iterator[MailServer]:
    with running_mail(town) as server:
        yield server


def read(raw: bytes) -> EmailMessage:
    message = message_from_bytes(raw.replace(b"\r\n", b"\n"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def refusal(smtp: smtplib.SMTP, message: EmailMessage) -> int:
    with pytest.raises((smtplib.SMTPResponseException, smtplib.SMTPRecipientsRefused)) as refused:
        smtp.send_message(message)
    error = refused.value
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(iter(error.recipients.values()))[0]
    return error.smtp_code


def answered_by(mail: MailServer, to: str) -> list[EmailMessage]:
    """What an email to somebody brings in a day."""
    with sending(mail) as smtp:
        smtp.send_message(email(to))
    mail.house.clock.advance(24 * HOURS)
    return [read(raw) for raw in inbox(mail)]


def test_mail_between_two_mailboxes_arrives_as_it_was_sent(mail: MailServer) -> None:
    inbox(mail, "ana@other.example")
    with sending(mail) as smtp:
        smtp.send_message(email("ana@other.example"))
    [raw] = inbox(mail, "ana@other.example")

    assert raw.startswith(b"Return-Path: <sam@tenant.example>\r\n")
    assert read(raw).get_content() == "Hello,\n.\n..two dots\nBye\n"


def test_what_was_sent_is_filed_where_the_server_does_that(mail: MailServer, town: World) -> None:
    with sending(mail) as smtp:
        smtp.send_message(email("a+silent@b.example"))
    with running_mail(town, files_sent=False) as other, sending(other) as smtp:
        smtp.send_message(email("a+silent@b.example"))
        assert inbox(other, folder="Sent") == []

    assert len(inbox(mail, folder="Sent")) == 1


@pytest.mark.parametrize("kind", ["interested", "question", "not_now", "not_interested", "unsubscribe", "wrong_person"])
def test_those_written_to_answer_in_the_thread(mail: MailServer, kind: str) -> None:
    [reply] = answered_by(mail, f"ana+{kind}@practice.example")

    assert (reply["Subject"], reply["To"]) == ("Re: One idea", OWNER)
    assert reply["In-Reply-To"] == reply["References"] == "<1@tenant.example>"
    assert reply["Auto-Submitted"] is None
    assert "> ..two dots" in reply.get_content()


def test_the_same_address_reacts_the_same_way_and_once(mail: MailServer, town: World) -> None:
    first = answered_by(mail, "ana+question@practice.example")
    again = answered_by(mail, "ana+question@practice.example")
    with running_mail(town) as other:
        elsewhere = answered_by(other, "ana+question@practice.example")

    assert len(first) == len(again) == 1
    assert first[0].get_content().splitlines()[0] == elsewhere[0].get_content().splitlines()[0]


def test_a_machine_says_that_it_is_one(mail: MailServer) -> None:
    [reply] = answered_by(mail, "ana+out_of_office@practice.example")

    assert reply["Auto-Submitted"] == "auto-replied"
    assert reply["Subject"] == "Automatic reply: One idea"


def test_mail_to_an_invalid_mailbox_bounces_as_rfc_3464_says(mail: MailServer, town: World) -> None:
    address = next(mailbox.address for mailbox in town.mailboxes.values() if mailbox.kind == "invalid")
    [bounce] = answered_by(mail, address)
    _, status, original = bounce.iter_parts()
    fields = [dict(part.items()) for part in status.iter_parts()]

    assert bounce.get_content_type() == "multipart/report"
    assert bounce.get_param("report-type") == "delivery-status"
    assert bounce["Return-Path"] == "<>"
    assert (bounce["In-Reply-To"], bounce["Auto-Submitted"]) == ("<1@tenant.example>", "auto-replied")
    assert fields[1]["Final-Recipient"] == f"rfc822; {address}"
    assert (fields[1]["Action"], fields[1]["Status"]) == ("failed", "5.1.1")
    assert "Message-ID: <1@tenant.example>" in original.get_content()


def test_nothing_comes_before_its_time(mail: MailServer) -> None:
    with sending(mail) as smtp:
        smtp.send_message(email("ana+interested@practice.example"))
        smtp.send_message(email("ana+bounced@practice.example"))
    assert inbox(mail) == []

    mail.house.clock.advance(61)
    assert len(inbox(mail)) == 1


def test_a_click_unsubscribes_by_post_where_the_email_says_so(town: World) -> None:
    with (
        serving(town, mail=MailPorts()) as url,
        httpx.Client(base_url=url, trust_env=False) as http,
        receiving() as hooks,
    ):
        ports = http.get("/__sandbox/mail").json()
        message = email(
            "ana+unsubscribed@practice.example",
            List_Unsubscribe=f"<{hooks.url}/u/1>",
            List_Unsubscribe_Post="List-Unsubscribe=One-Click",
        )
        with smtplib.SMTP("127.0.0.1", ports["smtp"]) as smtp, imaplib.IMAP4("127.0.0.1", ports["imap"]) as imap:
            smtp.login(OWNER, "sandbox")
            smtp.send_message(message)
            http.post("/__sandbox/clock", json={"seconds": 24 * HOURS})
            imap.login(OWNER, "sandbox")
            imap.select("INBOX")
        http.get("/__sandbox/webhooks/settled")
        [sent] = http.get("/__sandbox/webhooks").json()["sent"]

    assert (sent["url"], sent["body"], sent["statuses"]) == (f"{hooks.url}/u/1", "List-Unsubscribe=One-Click", [200])


def test_only_a_password_that_starts_with_sandbox_is_let_in(mail: MailServer) -> None:
    with smtplib.SMTP("127.0.0.1", mail.smtp_port) as smtp, pytest.raises(smtplib.SMTPAuthenticationError) as refused:
        smtp.login(OWNER, "secret")
    with (
        imaplib.IMAP4("127.0.0.1", mail.imap_port) as imap,
        pytest.raises(imaplib.IMAP4.error, match="AUTHENTICATIONF"),
    ):
        imap.login(OWNER, "secret")

    assert refused.value.smtp_code == 535


def test_a_mailbox_sends_from_its_own_address_only(mail: MailServer) -> None:
    with sending(mail) as smtp:
        assert refusal(smtp, email("a@b.example", sender="ceo@tenant.example")) == 553
        smtp.send_message(email("a+silent@b.example", sender="sam+sales@tenant.example"))


def test_commands_out_of_turn_are_refused_with_the_usual_codes(mail: MailServer) -> None:
    with smtplib.SMTP("127.0.0.1", mail.smtp_port) as smtp:
        codes = [smtp.docmd(command)[0] for command in ("MAIL FROM:<a@b.example>", "EHLO x", "MAIL FROM:<a@b.example>")]
        codes += [smtp.docmd(command)[0] for command in ("RCPT TO:<a@b.example>", "DATA", "BREW coffee", "STARTTLS")]
        smtp.login(OWNER, "sandbox")
        codes += [smtp.docmd(command)[0] for command in ("AUTH PLAIN", f"MAIL FROM:<{OWNER}> SIZE=99999999", "MAIL x")]
        codes += [smtp.docmd(command)[0] for command in (f"MAIL FROM:<{OWNER}>", "RCPT TO:<nobody>", "DATA")]
        codes += [smtp.docmd(command)[0] for command in ("VRFY a", "NOOP", "RSET")]

    assert codes == [503, 250, 530, 503, 503, 500, 502, 503, 552, 501, 250, 501, 503, 252, 250, 250]


def test_a_session_of_errors_is_ended(mail: MailServer) -> None:
    with smtplib.SMTP("127.0.0.1", mail.smtp_port) as smtp:
        codes = {smtp.docmd("BREW")[0] for _ in range(21)}
        assert codes == {500, 421}
        smtp.close()


def test_a_message_without_a_sender_line_is_refused(mail: MailServer) -> None:
    with sending(mail) as smtp, pytest.raises(smtplib.SMTPDataError) as refused:
        smtp.sendmail(OWNER, ["a@b.example"], "Subject: x\r\n\r\nHello")

    assert refused.value.smtp_code == 550


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (Trouble("mail", "451 4.3.0 Try again"), 451),
        (Trouble("rcpt", "450 4.2.0 Greylisted"), 450),
        (Trouble("rcpt", "550 5.1.1 No such user"), 550),
        (Trouble("data", "554 5.7.1 Spam"), 554),
    ],
)
def test_trouble_befalls_once(mail: MailServer, trouble: Trouble, code: int) -> None:
    mail.troubles.append(trouble)
    with sending(mail) as smtp:
        assert refusal(smtp, email("a+silent@b.example")) == code
        smtp.send_message(email("a+silent@b.example"))

    assert len(mail.account(OWNER).sent.messages) == 1


@pytest.mark.parametrize("is_done", [True, False])
def test_a_break_after_the_message_loses_the_answer(mail: MailServer, is_done: bool) -> None:
    mail.troubles.append(Trouble("data", is_done=is_done))
    with sending(mail) as smtp, pytest.raises(smtplib.SMTPServerDisconnected):
        smtp.send_message(email("a+silent@b.example"))

    assert len(mail.account(OWNER).sent.messages) == is_done


def test_the_admin_door_makes_it_fail_and_counts(town: World) -> None:
    def send() -> int:
        with smtplib.SMTP("127.0.0.1", port) as smtp:
            smtp.login(OWNER, "sandbox")
            try:
                smtp.send_message(email("a+silent@b.example"))
            except smtplib.SMTPDataError as refused:
                return refused.smtp_code
            except smtplib.SMTPServerDisconnected:
                return 0
            return 250

    with serving(town, mail=MailPorts(imap=None)) as url, httpx.Client(base_url=url, trust_env=False) as http:
        port = http.get("/__sandbox/mail").json()["smtp"]
        codes = []
        for fault in ({"outage": True}, {"error_rate": 1, "error_status": 554}, {"reset_rate": 1}, {}):
            http.put("/__sandbox/faults", json={"smtp": fault}).raise_for_status()
            codes.append(send())
        counted = http.get("/__sandbox/calls").json()["vendors"]["smtp"]

    assert codes == [451, 554, 0, 250]
    assert counted["operations"]["send"]["outcomes"] == {"451": 1, "554": 1, "reset": 1, "250": 1}


def test_a_folder_is_read_with_its_numbers(mail: MailServer) -> None:
    inbox(mail, "ana@other.example")
    with sending(mail) as smtp:
        for number in range(3):
            message = email("ana@other.example")
            message.replace_header("Message-ID", f"<{number}@tenant.example>")
            smtp.send_message(message)
    with reading(mail, "ana@other.example") as imap:
        _, valid = imap.response("UIDVALIDITY")
        _, state = imap.status("INBOX", "(MESSAGES UIDNEXT UIDVALIDITY UNSEEN)")
        searches = [
            imap.uid("SEARCH", *criteria)[1][0]
            for criteria in (
                ("UID 2:*",),
                ("UID 9:*",),
                ('HEADER Message-ID "<1@tenant.example>"',),
                ("FROM", "sam", "NOT", 'SUBJECT "One"'),
                ("CHARSET", "UTF-8", "SINCE", f"{datetime.now(UTC):%d-%b-%Y}"),
                ("BEFORE", "1-Jan-2020"),
                ("(UNSEEN 1:2)",),
            )
        ]
        _, [(about, header), _] = imap.uid(
            "FETCH", "2", "(FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[HEADER.FIELDS (TO)])"
        )
        _, [(part, text), _] = imap.uid("FETCH", "2", "(BODY.PEEK[]<0.11>)")
        peeked = imap.uid("FETCH", "2", "FLAGS")[1][0]
        imap.fetch("2", "(RFC822)")
        marked = imap.uid("FETCH", "2", "FLAGS")[1][0]

    assert valid == [b"1"]
    assert state == [b'"INBOX" (MESSAGES 3 UIDNEXT 4 UIDVALIDITY 1 UNSEEN 3)']
    assert searches == [b"2 3", b"3", b"2", b"", b"1 2 3", b"", b"1 2"]
    assert about.startswith(b"2 (UID 2 FLAGS () INTERNALDATE ")
    assert header == b"To: ana@other.example\r\n\r\n"
    assert (part, text) == (b"2 (UID 2 BODY[]<0> {11}", b"Return-Path")
    assert (peeked, marked) == (b"2 (UID 2 FLAGS ())", b"2 (UID 2 FLAGS (\\Seen))")


def test_folders_are_listed_with_their_uses_and_take_messages(mail: MailServer) -> None:
    with reading(mail, folder="Sent") as imap:
        _, folders = imap.list()
        kind, _ = imap.append(
            "Sent", "(\\Seen)", '"01-Jan-2026 10:00:00 +0200"', b"From: a@b.example\r\n\r\nHello {5}\r\n"
        )
        missing, [why] = imap.append("Nowhere", "", "", b"x")
        _, told = imap.response("EXISTS")
        _, data = imap.uid("FETCH", "1:*", "(INTERNALDATE BODY[TEXT])")

    assert b'(\\HasNoChildren \\Sent) "/" "Sent"' in folders
    assert (kind, missing) == ("OK", "NO")
    assert b"TRYCREATE" in why
    assert told[-1] == b"1"
    assert b'"01-Jan-2026 08:00:00 +0000"' in data[0][0].replace(b'" 1', b'"01')
    assert data[0][1] == b"Hello {5}\r\n"


def test_a_reader_is_told_of_new_mail_and_may_not_mark_what_it_examines(mail: MailServer) -> None:
    with reading(mail, "ana@other.example") as imap:
        imap.select("INBOX", readonly=True)
        with sending(mail) as smtp:
            smtp.send_message(email("ana@other.example"))
        imap.noop()
        _, told = imap.response("EXISTS")
        imap.fetch("1", "(RFC822)")

    assert told[-1] == b"1"
    assert mail.account("ana@other.example").inbox.messages[0].flags == set()


@pytest.mark.parametrize(
    "command",
    [
        b"a1 FETCH 1 (FLAGS)",
        b"a1 LOGIN only-one",
        b"a1 BREW coffee",
        b'a1 LOGIN "open',
        b"a1 (",
        b"",
        b"a1 AUTHENTICATE PLAIN !!!",
    ],
)
def test_what_is_no_command_is_bad(mail: MailServer, command: bytes) -> None:
    with socket.create_connection(("127.0.0.1", mail.imap_port), timeout=20) as raw, raw.makefile("rwb") as line:
        line.readline()
        line.write(command + b"\r\n")
        line.flush()
        assert line.readline().split()[1] == b"BAD"


def test_a_name_and_a_password_may_come_as_literals(mail: MailServer) -> None:
    with socket.create_connection(("127.0.0.1", mail.imap_port), timeout=20) as raw, raw.makefile("rwb") as line:
        line.readline()
        line.write(b"a1 LOGIN {3+}\r\nsam {9}\r\n")
        line.flush()
        assert line.readline().startswith(b"+")
        line.write(b"sandbox x\r\n")
        line.flush()
        assert line.readline().startswith(b"a1 OK")


def test_a_folder_numbered_anew_says_so(mail: MailServer) -> None:
    inbox(mail)
    mail.account(OWNER).inbox.renumber()
    with reading(mail) as imap:
        assert imap.response("UIDVALIDITY")[1] == [b"2"]


def test_with_a_certificate_nobody_signs_in_in_the_clear(town: World, tmp_path: Path) -> None:
    shows, trusts = certificate(tmp_path, "localhost")
    with running_mail(town, tls=shows) as server:
        with smtplib.SMTP("localhost", server.smtp_port) as smtp:
            assert smtp.docmd("EHLO x")[0] == 250
            assert smtp.docmd("AUTH PLAIN AHNhbQBzYW5kYm94")[0] == 538
            smtp.starttls(context=trusts)
            smtp.login(OWNER, "sandbox")
            smtp.send_message(email("a+silent@b.example"))
        with imaplib.IMAP4("localhost", server.imap_port) as imap:
            with pytest.raises(imaplib.IMAP4.error, match="PRIVACYREQUIRED"):
                imap.login(OWNER, "sandbox")
            imap.starttls(trusts)
            imap.login(OWNER, "sandbox")
            assert imap.select("Sent")[1] == [b"1"]


def test_it_speaks_tls_from_the_first_byte_where_it_is_told_to(town: World, tmp_path: Path) -> None:
    shows, trusts = certificate(tmp_path, "localhost")
    with running_mail(town, tls=shows, is_encrypted=True) as server:
        with smtplib.SMTP_SSL("localhost", server.smtp_port, context=trusts) as smtp:
            smtp.login(OWNER, "sandbox")
        with imaplib.IMAP4_SSL("localhost", server.imap_port, ssl_context=trusts) as imap:
            imap.login(OWNER, "sandbox")
        with pytest.raises(ssl.SSLError):
            smtplib.SMTP_SSL("localhost", server.smtp_port, context=ssl.create_default_context())


def test_the_process_opens_the_ports_that_it_is_given() -> None:
    with running("--prospects", "1", "--smtp-port", "0", "--imap-port", "0") as (url, _):
        ports = httpx.get(f"{url}/__sandbox/mail", trust_env=False).json()
        with smtplib.SMTP("127.0.0.1", ports["smtp"]) as smtp, imaplib.IMAP4("127.0.0.1", ports["imap"]) as imap:
            smtp.login(OWNER, "sandbox")
            imap.login(OWNER, "sandbox")
    with running("--prospects", "1") as (url, _):
        assert httpx.get(f"{url}/__sandbox/mail", trust_env=False).json() == {}

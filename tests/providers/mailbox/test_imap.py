"""Reading over IMAP: the cursor, folders of any name, what is cut off, and every refusal."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_asks import OWNER, MailAsks, email, public_dial, speaking
from mail_certificate import certificate

from leadgen.errors import CredentialsRejected, InputError, VendorError, VendorRefused, VendorUnavailable
from leadgen.providers.calls import NoAnswer
from leadgen.providers.mailbox import imap_session
from leadgen.providers.mailbox.folders import Folder, decoded, encoded, folders_of, quoted, sent_folder
from leadgen.providers.mailbox.imap import FETCH, FILE, VENDOR, Imap, MessageBatch
from leadgen.providers.mailbox.smtp import Smtp
from leadgen.sandbox.mail_desk import Trouble
from leadgen.sandbox.mail_server import MailServer
from leadgen.sandbox.mail_store import Folder as StoredFolder
from leadgen.sandbox.world import World

RAW = b"From: ana@practice.example\r\nSubject: %d\r\nMessage-ID: <%d@practice.example>\r\n\r\nHello \xff {5}\r\n"


@pytest.fixture
async def asks(mail: MailServer) -> MailAsks:
    signed_in = MailAsks(mail)
    await Imap(signed_in).test_connection()
    return signed_in


def receive(mail: MailServer, *numbers: int, at: datetime | None = None) -> StoredFolder:
    inbox = mail.account(OWNER).inbox
    for number in numbers:
        inbox.add(RAW % (number, number), at or datetime.now(UTC))
    return inbox


async def fetch(asks: MailAsks, *arguments: Any, **options: Any) -> MessageBatch:
    batch = (await Imap(asks).fetch_since(*arguments, **options)).value
    assert batch is not None
    return batch


def uids(batch: MessageBatch) -> list[int]:
    return [message.uid for message in batch.messages]


async def test_messages_come_once_oldest_first_and_as_they_are(mail: MailServer, asks: MailAsks) -> None:
    moment = datetime(2026, 11, 2, 9, 30, tzinfo=UTC)
    inbox = receive(mail, 1, 2, 3, at=moment)
    first = await fetch(asks, "INBOX", None, 0, 2)
    second = await fetch(asks, "INBOX", first.uid_validity, first.last_uid, 2)
    none = await fetch(asks, "INBOX", second.uid_validity, second.last_uid, 2)
    receive(mail, 4)
    later = await fetch(asks, "INBOX", none.uid_validity, none.last_uid)

    assert [uids(batch) for batch in (first, second, none, later)] == [[1, 2], [3], [], [4]]
    assert [batch.has_more for batch in (first, second, none)] == [True, False, False]
    assert first.messages[0].raw == RAW % (1, 1)
    assert (first.messages[0].internal_date, first.messages[0].flags) == (moment, ())
    assert none.last_uid == 3
    assert all(message.flags == set() for message in inbox.messages)


async def test_a_folder_numbered_anew_is_read_again_and_said_to_be(mail: MailServer, asks: MailAsks) -> None:
    inbox = receive(mail, 1, 2)
    before = await fetch(asks)
    inbox.renumber()
    after = await fetch(asks, "INBOX", before.uid_validity, before.last_uid)

    assert (before.is_renumbered, after.is_renumbered) == (False, True)
    assert (uids(after), after.uid_validity) == ([1, 2], before.uid_validity + 1)


async def test_without_a_cursor_reading_may_begin_with_a_day(mail: MailServer, asks: MailAsks) -> None:
    receive(mail, 1, at=datetime.now(UTC) - timedelta(days=40))
    receive(mail, 2)

    assert uids(await fetch(asks, since=date.today() - timedelta(days=2))) == [2]  # noqa: DTZ011
    assert uids(await fetch(asks, "INBOX", 1, 0, since=date(2020, 1, 1))) == [1, 2]


async def test_a_large_message_is_cut(mail: MailServer, asks: MailAsks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imap_session, "MOST_BYTES", 20)
    receive(mail, 1)
    [message] = (await fetch(asks)).messages

    assert (message.is_cut, message.raw) == (True, (RAW % (1, 1))[:20])


async def test_the_answers_to_an_email_are_read_with_their_thread(mail: MailServer, asks: MailAsks) -> None:
    sent = await Smtp(asks).send(email("ana+interested@practice.example"), purpose="1")
    mail.house.clock.advance(86_400)
    [message] = (await fetch(asks)).messages

    assert sent.value is not None
    assert message_from_bytes(message.raw)["In-Reply-To"] == sent.value.message_id


@pytest.mark.parametrize(("folder", "limit"), [("INBOX", 0), ("INBOX", 101), ("a\r\nb", 1), ("", 1)])
async def test_questions_that_make_no_sense_are_not_asked(asks: MailAsks, folder: str, limit: int) -> None:
    count = len(asks.calls)
    with pytest.raises(InputError):
        await Imap(asks).fetch_since(folder, limit=limit)
    assert len(asks.calls) == count


async def test_a_folder_of_any_name_is_read_and_a_missing_one_refused(mail: MailServer, asks: MailAsks) -> None:
    name = 'Entwürfe & "mehr" \\ 日本'
    stored = mail.account(OWNER).folders[encoded(name)] = StoredFolder(encoded(name), "")
    stored.add(RAW % (1, 1), datetime.now(UTC))
    state = (await Imap(asks).test_connection()).value

    assert uids(await fetch(asks, name)) == [1]
    assert state is not None
    assert name in state.folders
    assert state.sent_folder == "Sent"
    with pytest.raises(VendorRefused, match="IMAP NONEXISTENT at folder"):
        await fetch(asks, "Nowhere")


async def test_a_sent_message_is_filed_once_and_found(mail: MailServer, asks: MailAsks) -> None:
    imap, text = Imap(asks), RAW % (1, 1)
    missing = await imap.find_sent("<1@practice.example>")
    mail.troubles.append(Trouble("append", is_done=True))  # the answer is lost: it is looked up
    await imap.file_sent(text, "<1@practice.example>")
    found = (await imap.find_sent("<1@practice.example>")).value
    [stored] = mail.account(OWNER).sent.messages

    assert missing.value is None
    assert asks.lost == [True]
    assert (stored.raw, stored.flags) == (text, {"\\Seen"})
    assert found is not None
    assert found.uid == stored.uid


async def test_a_filing_that_did_not_arrive_is_done_again(mail: MailServer, asks: MailAsks) -> None:
    mail.troubles.append(Trouble("append"))
    folder = (await Imap(asks).file_sent(RAW % (1, 1), "<1@practice.example>")).value

    assert folder == "Sent"
    assert len(mail.account(OWNER).sent.messages) == 1


async def test_without_a_folder_of_sent_mail_nothing_is_said_to_be_missing(mail: MailServer, asks: MailAsks) -> None:
    del mail.account(OWNER).folders["Sent"]
    with pytest.raises(VendorRefused):
        await Imap(asks).find_sent("<1@practice.example>")


@pytest.mark.parametrize("id_", ["no id", "<a@b>\r\nA2 LOGOUT"])
async def test_what_is_no_message_id_is_not_searched_for(asks: MailAsks, id_: str) -> None:
    with pytest.raises(InputError):
        await Imap(asks).find_sent(id_)


@pytest.mark.parametrize(
    ("trouble", "error", "message"),
    [
        (Trouble("login", "NO [AUTHENTICATIONFAILED] sam@tenant.example"), CredentialsRejected, "AUTHENTICATIONFAILED"),
        (Trouble("login", "NO [UNAVAILABLE] later"), VendorUnavailable, "UNAVAILABLE at login"),
        (Trouble("login", "NO [LIMIT] too many"), VendorUnavailable, "LIMIT at login"),
        (Trouble("login", "NO go away"), CredentialsRejected, "NO at login"),
        (Trouble("folder", "NO [NOPERM] not yours"), VendorRefused, "NOPERM at folder"),
        (Trouble("folder", "NO [INUSE] locked"), VendorUnavailable, "INUSE at folder"),
    ],
)
async def test_every_refusal_is_told_by_its_code(
    mail: MailServer, asks: MailAsks, trouble: Trouble, error: type[VendorError], message: str
) -> None:
    mail.troubles.append(trouble)
    with pytest.raises(error, match=message):
        await fetch(asks)


async def test_a_full_mailbox_refuses_what_is_filed(mail: MailServer, asks: MailAsks) -> None:
    mail.troubles.append(Trouble("append", "NO [OVERQUOTA] full"))
    with pytest.raises(VendorRefused, match="OVERQUOTA"):
        await Imap(asks).file_sent(RAW % (1, 1), "<1@practice.example>")


@pytest.mark.parametrize("stage", ["greeting", "login", "folder"])
async def test_a_break_while_reading_is_no_answer(mail: MailServer, asks: MailAsks, stage: Any) -> None:
    mail.troubles.append(Trouble(stage))
    with pytest.raises(NoAnswer) as lost:
        await fetch(asks)
    assert lost.value.sent is False


async def test_a_wrong_password_is_the_tenants_to_correct(mail: MailServer) -> None:
    with pytest.raises(CredentialsRejected) as refused:
        await Imap(MailAsks(mail, password="wrong")).test_connection()
    assert refused.value.remedy


@pytest.mark.parametrize("username", ["sam", 'a "strange" \\ name', "jürgen@tenant.example"])
async def test_any_name_signs_in(mail: MailServer, username: str) -> None:
    await Imap(MailAsks(mail, username=username, password='sandbox "x" \\ü')).test_connection()

    assert mail.account(username).username == username


async def test_a_server_that_knows_only_login_is_spoken_to_in_quotes() -> None:
    said: list[bytes] = []

    async def old(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, verb = line.split()[:2]
            said.append(line)
            extra = {b"CAPABILITY": b"* CAPABILITY IMAP4rev1\r\n", b"LIST": b'* LIST () "." "INBOX"\r\n'}
            writer.write(extra.get(verb, b"") + tag + b" OK done\r\n")
        writer.close()

    async with await speaking(old) as server:
        asks = MailAsks.__new__(MailAsks)
        asks.calls, asks.lost, asks.timeout_seconds = [], [], 10.0
        asks.credentials = {"host": "old.example", "username": "sam smith", "password": 'sand"box'}
        asks._base = {"imap": f"imap://127.0.0.1:{server.sockets[0].getsockname()[1]}"}
        state = (await Imap(asks).test_connection()).value

    assert state is not None
    assert (state.folders, state.sent_folder) == (("INBOX",), None)
    assert any(line.endswith(b'LOGIN "sam smith" "sand\\"box"\r\n') for line in said)


@pytest.mark.parametrize(("security", "is_encrypted"), [("tls", True), ("starttls", False)])
async def test_out_of_the_sandbox_all_goes_over_tls(
    village: World, tmp_path: Path, security: str, is_encrypted: bool
) -> None:
    shows, trusts = certificate(tmp_path, "mail.tenant.com")
    async with MailServer(village, tls=shows, is_encrypted=is_encrypted) as mail:
        asks = MailAsks(mail, sandbox=False, host="mail.tenant.com", security=security)
        assert (await Imap(asks, dial=public_dial(mail, "imap", tls=trusts)).test_connection()).value
        other = MailAsks(mail, sandbox=False, host="mail.other.com", security=security)
        with pytest.raises(CredentialsRejected, match="certificate is not valid for its name"):
            await Imap(other, dial=public_dial(mail, "imap", tls=trusts)).test_connection()


async def test_no_password_is_sent_to_a_server_without_tls(mail: MailServer) -> None:
    asks = MailAsks(mail, sandbox=False, host="mail.tenant.com", security="starttls")
    with pytest.raises(CredentialsRejected, match="offers no TLS"):
        await Imap(asks, dial=public_dial(mail, "imap")).test_connection()
    with pytest.raises(KeyError):
        mail.account(OWNER)


def test_reading_stores_nothing_and_all_is_private() -> None:
    assert (FETCH.is_private, FETCH.time_to_live, FETCH.acts_on_world) == (True, timedelta(0), False)
    assert (FILE.is_private, FILE.time_to_live.days, FILE.acts_on_world) == (True, 3650, True)
    assert (VENDOR.service, VENDOR.is_one_service) == ("imap", False)


@given(st.text(st.characters(exclude_categories=("Cc", "Cs"))))
def test_a_folders_name_comes_back_from_the_wire(name: str) -> None:
    assert encoded(name).isascii()
    assert decoded(encoded(name)) == name
    line = f'(\\HasNoChildren) "/" {quoted(encoded(name))}'.encode()
    assert folders_of([line]) == (Folder(name, frozenset({"\\hasnochildren"})),)


def test_the_examples_of_the_rfc_are_spelled_as_it_spells_them() -> None:
    assert encoded("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
    assert decoded("Hi Mom -&Jjo--!") == "Hi Mom -☺-!"
    assert decoded("&broken") == "&broken"


@pytest.mark.parametrize(
    ("folders", "sent"),
    [
        ({"INBOX": "", "Gesendet": "\\Sent"}, "Gesendet"),
        ({"INBOX": "", "Sent Items": ""}, "Sent Items"),
        ({"INBOX": "", "INBOX.Sent": ""}, "INBOX.Sent"),
        ({"Sent": "\\Noselect", "Sent Mail": ""}, "Sent Mail"),
        ({"INBOX": ""}, None),
    ],
)
def test_the_folder_of_sent_mail_is_known_by_its_use_else_by_its_name(
    folders: Mapping[str, str], sent: str | None
) -> None:
    lines: list[Any] = [f'({flags}) "." "{name}"'.encode() for name, flags in folders.items()]

    assert sent_folder(folders_of(lines)) == sent
    assert folders_of([(b'(\\Sent) "/" {4}', b"Sent"), b")", None]) == (Folder("Sent", frozenset({"\\sent"})),)

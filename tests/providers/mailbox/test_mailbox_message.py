"""An email reads back as it was written, and nobody who fills a field writes a header."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mail_asks import OWNER, email

from leadgen.errors import InputError
from leadgen.providers.mailbox.message import OutgoingEmail, ascii_address, described, message_id_of, written

DATE = datetime(2026, 11, 27, 10, 0, tzinfo=UTC)
BREAKS = [*"\r\n\x00\x0b\x0c\x1b\x1c\x7f\x85\u2028\u2029", "\r\nBcc: x@y.example", "\ud800"]
FREE = {"subject", "sender_name", "to_name"}
NAMES = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
printable = st.text(
    st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp", "Cn", "Co")), max_size=120
)  # whatever a person can type


def raw(one: OutgoingEmail) -> bytes:
    return written(described(one, message_id_of(one, "1")), DATE)


def read(one: OutgoingEmail) -> EmailMessage:
    message = message_from_bytes(raw(one).replace(b"\r\n", b"\n"), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def test_an_email_has_the_headers_that_threads_and_unsubscribing_need() -> None:
    message = read(
        email(
            "ana@practice.example",
            sender_name="Sam Ü",
            to_name='Dr. "Ana" Ruiz, DDS',
            html="<p>Hello Ana</p>",
            reply_to="desk@tenant.example",
            in_reply_to="<b@practice.example>",
            references=("<a@tenant.example>",),
            unsubscribe_url="https://tenant.example/u/1",
            unsubscribe_to="stop@tenant.example",
        )
    )
    [to], [sender] = message["To"].addresses, message["From"].addresses

    assert (to.display_name, to.addr_spec) == ('Dr. "Ana" Ruiz, DDS', "ana@practice.example")
    assert (sender.display_name, sender.addr_spec) == ("Sam Ü", OWNER)
    assert (message["In-Reply-To"], message["Reply-To"]) == ("<b@practice.example>", "desk@tenant.example")
    assert message["References"].split() == ["<a@tenant.example>", "<b@practice.example>"]
    assert message["List-Unsubscribe"].split() == ["<https://tenant.example/u/1>,", "<mailto:stop@tenant.example>"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["Date"].datetime == DATE
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_one_purpose_has_one_message_id_of_the_senders_domain() -> None:
    first, same, other = (
        message_id_of(email(), "1"),
        message_id_of(email(subject="Else"), "1"),
        message_id_of(email(), "2"),
    )

    assert first == same != other
    assert first.endswith("@tenant.example>")
    assert read(email())["Message-ID"] == first


def test_the_text_is_the_same_for_the_same_date() -> None:
    assert raw(email(html="<p>x</p>")) == raw(email(html="<p>x</p>"))


def test_ids_and_links_of_any_length_are_not_broken_or_encoded() -> None:
    link = f"https://tenant.example/u?token={'x' * 400}"
    references = tuple(f"<{'r' * 60}{number}@tenant.example>" for number in range(30))
    lines = raw(email(unsubscribe_url=link, references=references)).split(b"\r\n")

    assert f"List-Unsubscribe: <{link}>".encode() in lines
    assert sum(line.startswith(b" <rrrr") for line in lines) == 19
    assert max(map(len, lines)) < 998


@given(subject=printable, sender_name=printable, to_name=printable)
def test_whatever_a_person_types_stays_in_its_header(subject: str, sender_name: str, to_name: str) -> None:
    message = read(email(subject=subject, sender_name=sender_name, to_name=to_name))

    assert set(message.keys()) == NAMES
    assert message["Message-ID"] == message_id_of(email(), "1")
    assert [address.addr_spec for address in message["To"].addresses] == ["ana+silent@practice.example"]
    assert [address.addr_spec for address in message["From"].addresses] == [OWNER]
    assert "".join(str(message["Subject"]).split()) == "".join(subject.split())


@given(text=st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=400))
def test_a_text_goes_over_the_wire_in_ascii_lines_and_comes_back(text: str) -> None:
    one = email(text=f"Hello {text}", html=f"<p>{text}</p>")
    sent, body = raw(one), read(one).get_body(("plain",))

    assert sent.isascii()
    assert all(len(line) < 998 for line in sent.split(b"\r\n"))
    assert b"\n" not in sent.replace(b"\r\n", b"")
    assert body is not None
    assert body.get_content().split() == one.text.split()


@pytest.mark.parametrize("name", sorted(FREE | {"unsubscribe_url", "unsubscribe_to", "in_reply_to", "sender", "to"}))
@given(before=printable, sign=st.sampled_from(BREAKS), after=printable)
def test_no_field_can_hold_a_line_break(name: str, before: str, sign: str, after: str) -> None:
    with pytest.raises(InputError):
        raw(replace(email(), **{name: f"{before}x{sign}x{after}"}))


@pytest.mark.parametrize("name", sorted(FREE))
@given(text=st.text(min_size=1))
def test_a_field_is_refused_or_kept_and_never_read_as_more(name: str, text: str) -> None:
    try:
        message = read(replace(email(), **{name: text}))
    except InputError:
        return
    assert set(message.keys()) == NAMES


@pytest.mark.parametrize(
    "changes",
    [
        {"to": "no address"},
        {"to": "a@b"},
        {"to": "a@b.example, c@d.example"},
        {"to": "a@b.example>\r\nRCPT TO:<c@d.example"},
        {"to": "Ana <a@b.example>"},
        {"to": "jürgen@b.example"},
        {"to": f"{'a' * 65}@b.example"},
        {"sender": ""},
        {"reply_to": "nobody"},
        {"text": " \n"},
        {"text": "a\x00b"},
        {"html": "\ud800"},
        {"text": "x" * 10_000_001},
        {"subject": "x" * 901},
        {"in_reply_to": "a@b.example"},
        {"references": ("<a@b.example> <c@d.example>",)},
        {"unsubscribe_url": "javascript:alert(1)"},
        {"unsubscribe_url": "https://tenant.example/> x"},
        {"unsubscribe_to": "a@b.example>, <https://evil.example"},
    ],
)
def test_what_cannot_be_sent_is_refused_without_quoting_it(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        raw(email(**changes))
    assert "example" not in str(refused.value)


def test_international_domains_are_written_in_ascii() -> None:
    assert ascii_address("ana@Bücher.example") == "ana@xn--bcher-kva.example"

"""A mail is read whatever its form: parts, HTML, encodings, bare text."""

from mails import mail

from leadgen.domain.replies.html_text import html_to_text
from leadgen.domain.replies.message import read_message


def test_headers_and_text_are_decoded() -> None:
    raw = (
        b"From: =?utf-8?q?J=C3=BCrgen?= <j@x.example>\nMessage-ID: <1@x>\n"
        b"Content-Type: text/plain; charset=iso-8859-1\n\nGr\xfc\xdfe"
    )
    message = read_message(raw)
    assert message.header("from") == "Jürgen <j@x.example>"
    assert message.addresses("from") == ("j@x.example",)
    assert message.text == "Grüße"


def test_plain_text_is_preferred_and_html_is_read_where_there_is_no_other() -> None:
    both = (
        b"Message-ID: <1@x>\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplain\n"
        b"--b\nContent-Type: text/html\n\n<p>html</p>\n--b--\n"
    )
    assert read_message(both).text.strip() == "plain"
    assert read_message(both.replace(b"\n\nplain\n", b"\n\n\n")).text == "html"


def test_quoted_html_is_marked_as_mail_programs_mark_it() -> None:
    quoted = "<blockquote><p>Shall we?</p><blockquote>No</blockquote></blockquote>"
    html = f"<div>Yes.<br></div><div>On Monday Ann wrote:{quoted}</div>"
    assert html_to_text(html) == "Yes.\nOn Monday Ann wrote:\n> Shall we?\n> > No"


def test_style_and_script_are_not_text() -> None:
    assert html_to_text("<head><style>p{}</style></head><body><p>Hi &amp; bye</p><script>x()</script>") == "Hi & bye"


def test_bare_text_is_no_mail_even_if_it_begins_with_a_quoted_header() -> None:
    message = read_message(b"From: Ann\nSent: Monday\nTo: Bob\n\nhello")
    assert not message.is_mail
    assert message.text.startswith("From: Ann")
    assert read_message(mail("hi")).is_mail


def test_an_unknown_charset_and_a_torn_part_are_read_as_far_as_they_go() -> None:
    assert read_message(b"Message-ID: <1@x>\nContent-Type: text/plain; charset=klingon\n\nhello").text == "hello"
    torn = b"Message-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhello"
    assert read_message(torn).text == "hello"


def test_data_that_is_no_text_is_left_out() -> None:
    assert read_message(b"Message-ID: <1@x>\n\nhello " + b"a" * 300_000 + b" bye").text.split() == ["hello", "bye"]

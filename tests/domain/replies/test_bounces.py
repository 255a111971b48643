"""Bounces, complaints, automatic answers and replies are told apart; a bounce says whom, why, and whether for good."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import mail, report

from leadgen.domain.replies.bounce import BouncedRecipient, Kind, parse_bounce
from leadgen.domain.replies.message import read_message

DAEMON = "Mail Delivery Subsystem <mailer-daemon@mx.example>"


def bounced(raw: bytes) -> BouncedRecipient:
    found = parse_bounce(read_message(raw))
    assert found.kind is Kind.BOUNCE
    return found.recipients[0]


def test_a_standard_report_gives_recipient_status_and_reason() -> None:
    status = (
        "Reporting-MTA: dns; mx.example\n\nFinal-Recipient: rfc822; bob@clinic.example\nAction: failed\n"
        "Status: 5.0.0\nDiagnostic-Code: smtp; 550 5.1.1 <bob@clinic.example>... User unknown"
    )
    found = bounced(report("Sorry.", status))
    assert (found.address, found.status, found.reason, found.is_hard) == (
        "bob@clinic.example",
        "5.1.1",
        "userunknown",
        True,
    )


def test_the_address_written_to_is_named_not_the_one_it_was_forwarded_to() -> None:
    status = (
        "Original-Recipient: rfc822;bob@clinic.example\nFinal-Recipient: rfc822;b17@host.internal.example\n"
        "Action: failed\nStatus: 5.2.2"
    )
    found = bounced(report("Mailbox full", status))
    assert (found.address, found.reason, found.is_hard) == ("bob@clinic.example", "mailboxfull", False)


def test_a_delay_is_never_hard() -> None:
    status = (
        "Final-Recipient: rfc822; bob@clinic.example\nAction: delayed\nStatus: 4.1.1\n"
        "Diagnostic-Code: smtp; 450 User unknown"
    )
    assert not bounced(report("Delayed.", status)).is_hard


def test_a_report_of_delivery_is_no_bounce() -> None:
    status = "Final-Recipient: rfc822; bob@clinic.example\nAction: delivered\nStatus: 2.1.5"
    assert parse_bounce(read_message(report("Done.", status))).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    ("text", "subject", "reason", "is_hard"),
    [
        ("<bob@clinic.example>:\nSorry, no mailbox here by that name. (#5.1.1)", "failure notice", "userunknown", True),
        (
            "The following address(es) failed:\n\n  bob@clinic.example\n    unknown user",
            "Mail delivery failed: returning message to sender",
            "userunknown",
            True,
        ),
        (
            "Delivery failed:\n\n   bob@clinic.example\n\nThe domain clinic.example could not be found.",
            "Delivery Status Notification (Failure)",
            "hostunknown",
            True,
        ),
        (
            "Die folgende Adresse ist fehlgeschlagen:\n\nbob@clinic.example\n\nDas Postfach ist voll.",
            "Unzustellbar: Angebot",
            "mailboxfull",
            False,
        ),
        (
            "Votre message n'a pas pu être remis à bob@clinic.example : utilisateur inconnu",
            "Échec de la remise",
            "userunknown",
            True,
        ),
        (
            "This is a warning message only.\nYour message to bob@clinic.example has not yet been delivered; will retry.",
            "Warning: could not send message for past 4 hours",
            "expired",
            False,
        ),
        (
            "<bob@clinic.example>: host mx said: 554 5.7.1 Message rejected as spam by Content Filtering",
            "Undeliverable: hello",
            "spamdetected",
            False,
        ),
    ],
)
def test_bounces_in_a_servers_own_words_are_read(text: str, subject: str, reason: str, is_hard: bool) -> None:
    found = bounced(mail(text, subject=subject, sender=DAEMON))
    assert (found.address, found.reason, found.is_hard) == ("bob@clinic.example", reason, is_hard)


def test_a_bounce_that_names_nobody_is_told_by_the_mail_it_returns() -> None:
    text = "Your message could not be delivered.\n\n--- Below this line is a copy of the message.\n\nTo: bob@clinic.example\n"
    assert bounced(mail(text, subject="failure notice", sender=DAEMON)).address == "bob@clinic.example"


def test_an_address_refused_after_the_whole_message_was_refused_by_a_filter() -> None:
    text = "<bob@clinic.example>: host mx said: 550 User unknown (in reply to end of DATA command)"
    found = bounced(mail(text, subject="Undelivered Mail", sender=DAEMON))
    assert (found.reason, found.is_hard) == ("filtered", False)


def test_where_the_server_gives_no_code_the_status_is_one_no_server_sends() -> None:
    found = bounced(mail("<bob@clinic.example>: user unknown", subject="failure notice", sender=DAEMON))
    assert found.status == "5.0.911"


def test_a_service_reports_a_bounce_as_json() -> None:
    document = (
        '{"notificationType":"Bounce","bounce":{"bounceType":"Permanent","bouncedRecipients":[{"emailAddress":'
        '"bob@clinic.example","status":"5.1.1","action":"failed","diagnosticCode":"smtp; 550 5.1.1 user unknown"}]}}'
    )
    found = bounced(mail(document, subject="AWS Notification Message", sender="no-reply@sns.example"))
    assert (found.address, found.is_hard) == ("bob@clinic.example", True)


def test_an_abuse_report_is_a_complaint_of_the_one_it_was_sent_to() -> None:
    raw = b"""From: fbl@isp.example
To: abuse@ours.example
Subject: FW: hello
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="=b"

--=b
Content-Type: text/plain

This is an abuse report.
--=b
Content-Type: message/feedback-report

Feedback-Type: abuse
Original-Rcpt-To: <bob@clinic.example>
--=b
Content-Type: message/rfc822

To: bob@clinic.example
Subject: hello

hello
--=b--
"""
    found = parse_bounce(read_message(raw))
    assert (found.kind, found.recipients[0].address) == (Kind.COMPLAINT, "bob@clinic.example")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (mail("Thanks for the note, I'd like to hear more."), Kind.REPLY),
        (mail("My mail to you was returned: user unknown. Did you change address?"), Kind.REPLY),
        (mail("I am away.", Auto_Submitted="auto-replied"), Kind.AUTO_REPLY),
        (mail("Ich bin im Urlaub.", subject="Abwesenheitsnotiz: hello"), Kind.AUTO_REPLY),
        (mail("Gracias", subject="Respuesta automática: hello"), Kind.AUTO_REPLY),
        (mail("We got your message.", X_Autoreply="yes"), Kind.AUTO_REPLY),
        (mail("Just a newsletter reader here", Precedence="bulk"), Kind.REPLY),
        (mail("Ok", Auto_Submitted="no"), Kind.REPLY),
    ],
)
def test_answers_of_machines_are_told_from_those_of_people(raw: bytes, kind: Kind) -> None:
    assert parse_bounce(read_message(raw)).kind is kind


@given(st.binary(max_size=600))
def test_bytes_of_any_kind_are_read_without_failing(raw: bytes) -> None:
    parse_bounce(read_message(raw))


@given(
    st.lists(
        st.sampled_from(report("a", "Final-Recipient: rfc822; b@c.example\nAction: failed").split(b"\n")), max_size=40
    )
)
def test_a_report_torn_to_pieces_is_read_without_failing(lines: list[bytes]) -> None:
    parse_bounce(read_message(b"\n".join(lines)))

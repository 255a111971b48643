"""What a reply wants is told by rules: opt-outs always, the rest with a confidence and the words that say so."""

import json
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mails import mail, report

from leadgen.domain.replies.classify import Classified, ReplyClass, classify
from leadgen.domain.replies.message import read_message
from leadgen.domain.replies.opt_out import opt_out_words
from leadgen.domain.replies.understanding import understand

TODAY = date(2026, 7, 1)
LABELLED = json.loads((Path(__file__).parents[3] / "benchmarks" / "labelled_replies.json").read_text(encoding="utf-8"))
OPT_OUTS = [
    "unsubscribe",
    "UNSUBSCRIBE please",
    "stop.",
    "Take me off your mailing list",
    "Please stop emailing me",
    "Do not contact me again",
    "No more emails please",
    "we no longer wish to be contacted",
    "Get me off this list, I never signed up",
    "Our client demands that you cease and desist from contacting it",
    "Pursuant to Art. 17 GDPR delete all my personal data",
    "Please discontinue emails",
    "Leave me alone",
    "Bitte kontaktieren Sie mich nicht mehr",
    "Bitte nicht mehr kontaktieren",
    "Nehmen Sie mich aus dem Verteiler",
    "Ich widerspreche der Nutzung meiner Daten",
    "Bitte sehen Sie von weiteren Kontaktaufnahmen ab",
    "Merci de ne plus me contacter",
    "Désabonnez-moi",
    "Je ne souhaite plus recevoir vos mails",
    "Por favor, no me escriban más",
    "Darme de baja",
    "Remova meu e-mail da lista",
    "Não me envie mais e-mails",
    "Cancellatemi dalla lista",
    "Non scrivetemi più",
    "Verwijder mij uit jullie lijst",
    "Wij willen geen mails meer ontvangen",
    "отпишите меня",
    "配信停止してください",
    "今後メールは送らないでください",
    "请不要再联系我",
]


def of(text: str, **headers: str) -> Classified:
    return classify(text, headers, TODAY)


@pytest.mark.parametrize("words", OPT_OUTS)
def test_opt_out_wording_wins_over_all_else(words: str) -> None:
    for text in (
        words,
        f"Sounds great, let's talk on Monday! But first:\n{words}",
        f"I am out of the office.\n{words}",
    ):
        found = of(text)
        assert found.reply_class is ReplyClass.UNSUBSCRIBE
        assert found.is_sure
        assert found.quote in text


@pytest.mark.parametrize(
    "text",
    [
        "Don't remove me, I'm interested",
        "How do your customers unsubscribe from the texts?",
        "Feel free to stop by our office on Monday",
        "Yes!\n\nTo unsubscribe from these emails, click here: http://x.example",
        "Sure. If you are not the intended recipient please delete this email and notify the sender.",
        "Don't hesitate to contact me again",
        "I will not be checking e-mail until Monday",
        "Ihre E-Mail wird nicht weitergeleitet. Bitte senden Sie Ihre Nachricht an info@x.example",
        "No recibiré correos hasta el lunes",
        "Don't call me before 9, but I'm interested",
    ],
)
def test_what_only_sounds_like_an_opt_out_is_none(text: str) -> None:
    assert opt_out_words(text) is None


def test_what_we_wrote_ourselves_is_no_opt_out_of_theirs() -> None:
    assert (
        of("Yes please.\n\nOn 1/2/2026 Tom <t@o.example> wrote:\n> Reply stop to unsubscribe").reply_class
        == "interested"
    )


def test_an_opt_out_below_the_quote_counts() -> None:
    assert of(
        "See below.\n\nOn 1/2/2026 Tom <t@o.example> wrote:\n> hello\n\nPlease remove me from your list"
    ).reply_class == ("unsubscribe")


def test_the_labelled_replies_are_told_apart_with_their_own_words() -> None:
    found = [(each, of(each["text"])) for each in LABELLED]
    sure = [(each, one) for each, one in found if one.is_sure]
    assert all(one.quote and one.quote in each["text"] for each, one in sure)
    assert sum(one.reply_class == each["class"] for each, one in found) >= 0.98 * len(found)
    assert sum(one.reply_class == each["class"] for each, one in sure) >= 0.99 * len(sure)


def test_no_labelled_opt_out_is_missed_and_none_is_made_up() -> None:
    wrong = [
        each for each in LABELLED if (of(each["text"]).reply_class == "unsubscribe") != (each["class"] == "unsubscribe")
    ]
    assert not wrong


@pytest.mark.parametrize(
    "text",
    [
        "Oh great, another cold email. Just what I needed.",
        "Yeah right, sounds great lol",
        "Hmm.",
        "Thanks",
        "Interesting.",
        "Not interested, but can you call me on Tuesday?",
    ],
)
def test_irony_and_what_means_two_things_goes_to_a_person(text: str) -> None:
    assert not of(text).is_sure


def test_an_automatic_answer_is_known_by_its_headers_before_its_words() -> None:
    found = of("Let's talk! Back on July 14.", **{"auto-submitted": "auto-replied"})
    assert (found.reply_class, found.return_date) == ("out of office", date(2026, 7, 14))


def test_an_absence_is_known_by_its_words_where_the_headers_are_silent() -> None:
    found = of("Ich bin bis zum 17.07.2026 im Urlaub. In dringenden Fällen wenden Sie sich an Frau Schmidt.")
    assert (found.reply_class, found.return_date) == ("out of office", date(2026, 7, 17))


def test_somebody_who_left_is_a_wrong_person_with_whom_to_ask() -> None:
    found = of(
        "Mike no longer works here. Please contact Lisa Ray at lisa@clinic.example",
        **{"auto-submitted": "auto-replied"},
    )
    assert found.reply_class is ReplyClass.WRONG_PERSON
    assert found.referral is not None
    assert (found.referral.email, found.referral.name) == ("lisa@clinic.example", "Lisa Ray")


def test_the_writers_own_address_is_no_referral() -> None:
    headers = {"from": "Ann <ann@clinic.example>"}
    found = classify("I'm not the right person. Ann, ann@clinic.example", headers, TODAY)
    assert found.referral is None or found.referral.email == ""


def test_a_title_in_a_signature_is_no_answer() -> None:
    assert of("No thanks.\n\nBest regards,\nAnn\nBook a call with our sales team").reply_class == "not interested"


def test_a_bounce_and_a_complaint_are_known_by_their_form() -> None:
    raw = report("Sorry.", "Final-Recipient: rfc822; bob@clinic.example\nAction: failed\nStatus: 5.1.1")
    assert understand(read_message(raw), TODAY).reply_class is ReplyClass.BOUNCE
    assert understand(read_message(mail("Call me tomorrow")), TODAY).reply_class is ReplyClass.MEETING


@given(st.text(max_size=300))
def test_the_quote_always_stands_in_the_text(text: str) -> None:
    found = of(text)
    assert found.quote in text
    assert 0 <= found.confidence <= 1

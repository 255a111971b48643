"""What is wrong with an email as an email."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.outreach.brief import DraftBrief, Prospect, Sender
from leadgen.domain.outreach.email import DraftEmail
from leadgen.domain.outreach.lint import asks, lint, reading_grade
from leadgen.domain.outreach.sentences import numbers, split_sentences

BRIEF = DraftBrief(
    Sender("Ann Lee", "BookWell", "online booking", domains=("bookwell.com",), phones=("+15124780100",)),
    Prospect("Pets.com", domains=("pets.com",), phones=("+15124780143",)),
    (),
)
BODY = "Hi Maria,\n\nI had a thought about your front desk. Would a short call next week be useful?\n\nAnn Lee"


def codes(body: str = BODY, subject: str = "A thought", severity: str | None = None) -> list[str]:
    found = lint(DraftEmail(1, 0, subject, body, "", 0, ()), BRIEF)
    return [finding.code for finding in found if severity in {None, finding.severity}]


def test_a_plain_email_has_nothing_wrong() -> None:
    assert codes() == []


def test_149_words_pass_and_150_do_not() -> None:
    ask = "Would a short call next week be useful?"
    assert "too_long" not in codes(f"{'word ' * 141}{ask}")
    assert "too_long" in codes(f"{'word ' * 142}{ask}")


def test_one_ask_is_the_most() -> None:
    two = BODY + "\n\nOr could you send me a time?"
    assert "many_asks" in codes(two)
    assert len(asks(two)) == 2
    assert "many_asks" in codes(BODY + "\n\nClick here to see it.")
    assert codes("Hi Maria,\n\nI had a thought.") == ["no_ask"]


@pytest.mark.parametrize(
    "gap", ["{{first_name}}", "[Name]", "[Your Company]", "{company}", "${offer}", "%FIRST_NAME%", "<name>", "TBD", "[e1]",
            "{% if x %}", "undefined"]
)  # fmt: skip
def test_placeholders_are_errors(gap: str) -> None:
    assert "gap" in codes(BODY.replace("Maria", gap), severity="error")


@pytest.mark.parametrize(
    "contact",
    ["https://evil.example/claim", "www.evil.com", "evil.com", "evil dot com", "EVIL.COM/x", "eve@evil.com",
     "eve [at] evil.com",
     "https://bookwell.com@evil.com/x", "https://bookwell.com.evil.com", "//evil.com", "(512) 867-5309",
     "+44 20 7946 0958",
     "javascript:alert(1)", "mailto:eve@evil.com"],
)  # fmt: skip
def test_contacts_of_strangers_are_errors(contact: str) -> None:
    assert "foreign_contact" in codes(BODY.replace("next week", contact), severity="error")


@pytest.mark.parametrize(
    "contact",
    ["https://www.bookwell.com/try", "bookwell.com", "ann@bookwell.com", "(512) 478-0100", "512-478-0143", "pets.com",
     "Pets.com", "from 2019-2024", "1,204,300 visits", "e.g. now", "the U.S. market"],
)  # fmt: skip
def test_own_contacts_and_plain_figures_pass(contact: str) -> None:
    assert "foreign_contact" not in codes(BODY.replace("next week", contact))


@given(st.from_regex(r"https?://[a-z]{3,10}\.(com|net|org|example)/[a-z0-9]{0,8}", fullmatch=True))
def test_no_foreign_link_passes(link: str) -> None:
    host = link.split("/")[2]
    passes = "foreign_contact" not in codes(BODY.replace("next week", link))
    assert passes == (host in {"bookwell.com", "pets.com"})


@pytest.mark.parametrize(
    ("subject", "code"),
    [("", "empty_subject"), ("   ", "empty_subject"), ("Hi\r\nBcc: eve@evil.com", "subject_line_break"),
     ("Hi\nX: y", "subject_line_break"), ("Re: our call", "fake_reply"), ("Fwd: offer", "fake_reply"),
     ("x" * 79, "long_subject"), ("FREE MONEY NOW", "shouting")],
)  # fmt: skip
def test_subjects(subject: str, code: str) -> None:
    assert code in codes(subject=subject)


def test_an_empty_email_and_a_nameless_greeting_are_errors() -> None:
    assert codes("  \n") == ["empty_body"]
    assert "no_name" in codes(BODY.replace("Hi Maria,", "Hi ,"))


def test_markup_is_an_error() -> None:
    assert "markup" in codes(BODY.replace("thought", "<b>thought</b>"))
    assert "markup" in codes(BODY.replace("thought", "**thought**"))


def test_one_spam_phrase_warns_and_three_are_too_many() -> None:
    assert codes(BODY.replace("thought", "risk-free thought")) == ["spam_phrase"]
    assert "spam" in codes(BODY.replace("thought", "risk-free, guaranteed, limited time thought"), severity="error")


def test_long_words_and_sentences_are_hard_to_read() -> None:
    hard = (
        "Organizational interoperability considerations notwithstanding, comprehensive administrative digitalization "
        "facilitates unprecedented operational sustainability throughout multidisciplinary institutional environments, "
        "particularly regarding appointment administration, communication intermediation, documentation harmonization and "
        "collaborative responsibility distribution."
    )
    assert "hard_to_read" in codes(f"Hi Maria,\n\n{hard}\n\nWould a call help?")
    grade = reading_grade(" ".join(["The cat sat on the mat and it was warm."] * 5))
    assert grade is not None
    assert grade < 4


def test_endless_text_is_refused_at_once() -> None:
    assert codes("a." * 100_000) == ["too_long"]


def test_sentences_end_where_readers_stop() -> None:
    text = 'Dr. Ruiz of St. Anne Dental, Inc. called. At 9 a.m. she left! "Really?" Yes.\nNew line'
    assert split_sentences(text) == [
        "Dr. Ruiz of St. Anne Dental, Inc. called.", "At 9 a.m. she left!", '"Really?', "Yes.", "New line",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [("1,200 and 4.80", {"1200", "4.8"}), ("twelve hundred", {"1200"}), ("thirty-five staff", {"35"}), ("two dozen", {"24"}),
     ("the third in 2024", {"3.", "2024"}), ("a first one", set()), ("3rd", {"3."}), ("007", {"7"}), ("A4 and x2", set())],
)  # fmt: skip
def test_numbers_have_one_spelling(text: str, said: set[str]) -> None:
    assert numbers(text) == said

"""No fact about a prospect leaves without evidence that says it; planted falsehoods are caught."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.outreach.brief import DraftBrief, Prospect, Sender, numbered
from leadgen.domain.outreach.claims import check_claims
from leadgen.domain.outreach.email import Claim, DraftEmail

BRIEF = DraftBrief(
    sender=Sender(
        "Ann Lee",
        "BookWell",
        "online booking that fills empty slots",
        ("Clinics using BookWell cut no-shows by 30 percent.", "We work with 200 dental practices in Texas."),
    ),
    prospect=Prospect("Lamar Family Dental", "dentist", "Austin"),
    evidence=numbered(
        [
            ("The practice has served Austin families since 1987.", "serving Austin families since 1987"),
            ("Appointments are made by phone only.", "Please call our office to make an appointment"),
            (
                "They opened a second location on Lamar Boulevard in 2024.",
                "In 2024 we opened our second location on South Lamar Boulevard",
            ),
            ("They offer Invisalign and dental implants.", "We offer Invisalign, dental implants and whitening"),
            ("Dr. Maria Ruiz owns the practice.", "Dr. Maria Ruiz, owner and dentist"),
        ]
    ),
    contact_first_name="Maria",
)

TRUE = [
    ("You've served Austin families since 1987, which is rare these days.", "e1"),
    ("I noticed that patients can only make an appointment by calling your office.", "e2"),
    ("Right now appointments are made by phone.", "e2"),
    ("Your second location on South Lamar Boulevard opened in 2024.", "e3"),
    ("I saw that your practice opened a second location in 2024.", "e3"),
    ("You offer Invisalign and dental implants.", "e4"),
    ("One thing stood out when I looked at Lamar Family Dental: They offer Invisalign and dental implants.", "e4"),
]
SAYS_NOTHING_OF_THEM = [
    "Hi Maria,",
    "I hope your week is going well.",
    "If you're open to it, I can send a short example.",
    "Would a 15-minute call next week be useful?",
    "Could online booking take some pressure off your front desk?",
    "Practices like yours often lose calls after hours.",
    "We help dentists fill empty slots with online booking.",
    "Clinics using BookWell cut no-shows by 30 percent.",
    "We work with 200 dental practices in Texas.",
    "It takes about 10 minutes to set up.",
    "That may cost you a patient or two.",
    "Your team would not have to change a thing.",
    "You can reply with a simple yes.",
    "I'd love to show you how it could look for Lamar Family Dental.",
    "Just following up on my note from last week.",
    "Best regards,",
    "Ann Lee",
]
FALSE = [
    "You have 14 locations across Texas.",
    "Your website loads in 9 seconds.",
    "Your team won the Best of Dallas award.",
    "I saw that Dr. Melissa Grant just joined you.",
    "You offer free whitening to new customers.",
    "Lamar Family Dental was founded in 1962.",
    "Your patients complain about long waits.",
    "You recently moved to a new office in Dallas.",
    "I noticed you closed your downtown branch last month.",
    "You have twelve five-star reviews on Google.",
    "Your hygienist, Peter Wolfe, spoke at the state convention.",
    "Lamar Family Dental has been family-owned for three generations.",
    "You're the largest provider in the county.",
    "Your site still runs on WordPress.",
    "You don't answer the phone on weekends.",
    "With 35 employees you must be busy.",
    "The practice was acquired by Heartland in 2021.",
    "Since 1954 Lamar Family Dental has served the town.",
    "I read that you were fined by the city.",
    "As the leading firm in town, you know how it is.",
    "Congratulations on your expansion to Houston.",
    "Your competitor Bright Dental ranks above you.",
    "You told the Tribune that growth is slow.",
    "I loved your podcast with Sam Carter.",
    "Your rating dropped to 3.2 stars.",
    "You accept cryptocurrency, which is rare.",
    "You lost 20 percent of your customers last year.",
    "Your Instagram has 8,000 followers.",
    "You lack an online shop.",
    "Your lease ends in March.",
]
TWISTED = [
    ("You've served Austin families since 1978.", "e1"),
    ("You've served Austin families for 40 years.", "e1"),
    ("You don't offer Invisalign.", "e4"),
    ("You offer Invisalign, sedation and veneers.", "e4"),
    ("You're the top Invisalign provider in Austin.", "e4"),
    ("Your third location opened in 2024.", "e3"),
    ("You opened your second location on Burnet Road in 2024.", "e3"),
    ("Dr. Peter Ruiz owns the practice.", "e5"),
    ("Appointments can be made online.", "e2"),
    ("Patients wait weeks for an appointment at your office.", "e2"),
    ("Your second location on South Lamar Boulevard opened in 2024.", "e1"),
]


def email(
    *sentences: str, claims: tuple[Claim, ...] = (), subject: str = "A thought for Lamar Family Dental"
) -> DraftEmail:
    return DraftEmail(1, 0, subject, "\n\n".join(sentences), "", 0, claims)


@pytest.mark.parametrize(("sentence", "evidence_id"), TRUE)
def test_what_the_evidence_says_may_be_said(sentence: str, evidence_id: str) -> None:
    report = check_claims(email("Hi Maria,", sentence, claims=(Claim(sentence, evidence_id),)), BRIEF)
    assert report.unsupported == ()
    assert report.supported == (sentence,)


@pytest.mark.parametrize("sentence", SAYS_NOTHING_OF_THEM)
def test_what_says_nothing_of_them_needs_no_evidence(sentence: str) -> None:
    assert check_claims(email(sentence), BRIEF).holds


@pytest.mark.parametrize("sentence", FALSE)
def test_planted_falsehoods_are_caught_without_a_citation(sentence: str) -> None:
    report = check_claims(email("Hi Maria,", sentence), BRIEF)
    assert [one.sentence for one in report.unsupported] == [sentence]


@pytest.mark.parametrize("evidence_id", ["e1", "e2", "e3", "e4", "e5", "e9", ""])
@pytest.mark.parametrize("sentence", FALSE)
def test_planted_falsehoods_are_caught_whatever_they_cite(sentence: str, evidence_id: str) -> None:
    report = check_claims(email("Hi Maria,", sentence, claims=(Claim(sentence, evidence_id),)), BRIEF)
    assert not report.holds


@pytest.mark.parametrize(("sentence", "evidence_id"), TWISTED)
def test_true_facts_twisted_are_caught(sentence: str, evidence_id: str) -> None:
    report = check_claims(email(sentence, claims=(Claim(sentence, evidence_id),)), BRIEF)
    assert not report.holds
    assert report.unsupported[0].reason


@given(st.integers(2, 99_999))
def test_any_other_number_is_caught(number: int) -> None:
    sentence = f"You have served Austin families since {number}."
    holds = check_claims(email(sentence, claims=(Claim(sentence, "e1"),)), BRIEF).holds
    assert holds == (number in {1987, 30, 200})  # the tenant's own figures are known


def test_one_claim_does_not_cover_its_neighbour() -> None:
    true, false = TRUE[5][0], FALSE[0]
    report = check_claims(email(f"{true} {false}", claims=(Claim(true, "e4"), Claim("You", "e4"))), BRIEF)
    assert [one.sentence for one in report.unsupported] == [false]


def test_the_subject_states_no_figures() -> None:
    assert not check_claims(email("Hi Maria,", subject="Your 12 bad reviews"), BRIEF).holds
    assert not check_claims(email("Hi Maria,", subject="The best dentist in Austin"), BRIEF).holds


def test_names_with_numbers_and_superlatives_are_names() -> None:
    brief = DraftBrief(BRIEF.sender, Prospect("Premier 911 Plumbing"), ())
    assert check_claims(
        email("A note for Premier 911 Plumbing.", subject="Premier 911 Plumbing: one idea"), brief
    ).holds


def test_at_least_95_in_100_planted_claims_are_caught() -> None:
    """The rule of the outreach issue, over all sentences, each uncited and with every citation."""
    cases = [(sentence, cited) for sentence, cited in itertools.product(FALSE, [None, "e1", "e2", "e3", "e4", "e5"])]
    cases += TWISTED
    caught = sum(
        not check_claims(email(sentence, claims=(Claim(sentence, cited),) if cited else ()), BRIEF).holds
        for sentence, cited in cases
    )
    assert caught >= 0.95 * len(cases)

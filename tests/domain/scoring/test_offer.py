"""What is sold decides what a weak website is worth."""

import pytest

from leadgen.domain.scoring.offer import KINDS, Offer, kind_of, parse_offer


@pytest.mark.parametrize(
    ("sells", "kind"),
    [
        ("We design websites for dentists", "website"),
        ("Local SEO and Google rankings", "seo"),
        ("Online booking software", "booking"),
        ("Websites with online booking", "website"),
        ("Social media marketing", "marketing"),
        ("Practice management software", "software"),
        ("Commercial cleaning services", "services"),
        ("Dental chairs", "other"),
        ("", "other"),
    ],
)
def test_the_kind_follows_from_the_first_telling_word(sells: str, kind: str) -> None:
    assert kind_of(sells) == kind


def test_a_named_kind_wins_over_the_text() -> None:
    assert parse_offer({"sells": "Websites", "kind": "seo"}).kind == "seo"
    assert parse_offer({"sells": "Websites", "kind": "nonsense"}).kind == "website"


def test_an_empty_offer_is_no_error() -> None:
    assert parse_offer({}) == parse_offer(None) == Offer()
    assert parse_offer({"proof": "40 practices"}).proof == ("40 practices",)
    assert parse_offer({"proof": ["a", "b"], "voice": " warm "}) == Offer(proof=("a", "b"), voice="warm")


def test_agencies_want_weak_sites_and_software_good_ones() -> None:
    assert {kind for kind in KINDS if Offer(kind=kind).wants_weak_sites} == {"website", "seo", "booking", "marketing"}
    assert Offer(kind="software").polarity == "good"
    assert Offer(kind="services").polarity == "neutral"


def test_the_tenant_may_say_which_sites_they_want() -> None:
    assert parse_offer({"sells": "Software", "wants_weak_sites": True}).wants_weak_sites
    assert parse_offer({"sells": "Websites", "wants_weak_sites": False}).polarity == "good"

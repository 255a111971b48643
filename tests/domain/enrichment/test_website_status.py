"""What a website is worth to a visitor, and why."""

from dataclasses import replace

import pytest

from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.enrichment.technologies import Technology
from leadgen.domain.enrichment.website import WebsiteStatus, website_status

URL = "https://lamardental.example/"
GOOD = PageFindings(
    url=URL,
    title="Lamar Dental",
    description="Gentle care in Austin",
    phones=("+15124780143",),
    has_booking=True,
    has_contact_form=True,
    has_analytics=True,
    has_viewport=True,
    copyright_year=2026,
    text="word " * 300,
)


def status(
    url: str | None = URL, code: int | None = 200, page: PageFindings | None = GOOD, **rest: object
) -> WebsiteStatus:
    return website_status(url, code, page, **rest)  # type: ignore[arg-type]


def test_a_site_that_lacks_nothing_scores_100() -> None:
    assert status(mobile_score=95, page_speed_ms=900, year=2026) == WebsiteStatus("good", (), 100)


@pytest.mark.parametrize(
    ("url", "code", "page", "expected"),
    [
        (None, None, None, "none"),
        ("  ", None, None, "none"),
        ("https://www.facebook.com/lamardental", None, None, "social"),
        ("https://linktr.ee/lamar", 200, GOOD, "social"),
        (URL, 200, replace(GOOD, url="https://www.instagram.com/lamar"), "social"),
        (URL, None, None, "unreachable"),
        (URL, 404, GOOD, "unreachable"),
        (URL, 503, None, "unreachable"),
        (URL, 200, None, "unreachable"),
        (
            URL,
            200,
            PageFindings(URL, title="lamardental.example", text="This domain is for sale. Buy this domain!"),
            "parked",
        ),
        (URL, 200, replace(GOOD, url="https://www.hugedomains.com/domain_profile.cfm"), "parked"),
        (URL, 200, PageFindings(URL, title="Welcome to nginx!", text="If you see this page"), "parked"),
        (URL, 200, PageFindings(URL, text="Our new website is coming soon."), "parked"),
        (
            URL,
            200,
            PageFindings(URL, text="Find us on Facebook", social={"facebook": "https://facebook.com/l"}),
            "social",
        ),
    ],
)
def test_what_is_no_site_of_its_own_is_told(
    url: str | None, code: int | None, page: PageFindings | None, expected: str
) -> None:
    found = status(url, code, page)
    assert found.status == expected
    assert found.reasons
    assert found.score is None


def test_a_long_page_that_announces_something_is_not_parked() -> None:
    assert status(page=replace(GOOD, text=GOOD.text + "Coming soon: a second location.")).status == "good"


def test_a_site_that_refuses_our_reader_is_not_called_gone() -> None:
    found = status(code=403, page=None)
    assert (found.status, found.score) == ("good", None)
    assert "403" in found.reasons[0]


def test_an_old_site_is_weak_and_says_why() -> None:
    old = PageFindings(
        url="http://lamardental.example/",
        copyright_year=2011,
        text="word " * 20,
        technologies=(Technology("Flash", "outdated"),),
    )
    found = status("http://lamardental.example/", page=old, mobile_score=22, page_speed_ms=9_000, year=2026)
    assert found.status == "weak"
    assert found.score == 0
    assert found.reasons[0] == "poor on phones (mobile score 22)"
    assert {"no HTTPS", "slow (9.0 s)", "not updated since 2011", "no way to make contact"} <= set(found.reasons)


@pytest.mark.parametrize(
    "lack", [{"has_viewport": False}, {"text": "short"}, {"copyright_year": 2015}, {"description": None}]
)
def test_every_lack_costs_points(lack: dict[str, object]) -> None:
    found = status(page=replace(GOOD, **lack), year=2026)  # type: ignore[arg-type]
    assert found.score is not None
    assert found.score < 100
    assert len(found.reasons) == 1

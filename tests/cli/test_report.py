"""A demo succeeds only if all it promises has happened, and its JSON says the same as its screen."""

import json
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from leadgen.cli.report import (
    Coverage,
    DemoResult,
    Draft,
    EmailText,
    Factor,
    LeadRow,
    StageProgress,
    VendorCost,
    as_json,
)
from leadgen.cli.screen import PlainProgress, progress_table, result_screen

FACTORS = (Factor("website", "not_mobile", 20, "The site does not work on phones."),)


def lead(tier: str = "A", *, emails: int = 3, verdict: str | None = "valid", words: int = 120) -> LeadRow:
    return LeadRow(
        company="Bluebonnet Dental",
        city="Austin",
        website="https://bluebonnet.example",
        tier=tier,
        score={"A": 82, "B": 60, "C": 30, "D": 10}[tier],
        components={"website": 22, "size": 20, "engagement": 18, "fit": 22},
        factors=FACTORS,
        contact="Ana Ruiz",
        title="Owner",
        email="ana@bluebonnet.example",
        verdict=verdict,
        emails=emails,
        longest_email_words=words if emails else 0,
        cost_micros=14_900,
    )


def result(*leads: LeadRow, **changes: Any) -> DemoResult:
    whole = DemoResult(
        campaign_id="7d1f",
        campaign="dentists within 15 miles of Austin, TX",
        status="ready",
        detail=None,
        prospects=len(leads),
        leads=leads,
        draft=Draft(
            "Bluebonnet Dental", "Ana Ruiz", "ana@bluebonnet.example", (EmailText(1, 0, "Hello", "Hi Ana", 2),)
        ),
        vendors=(VendorCost("hunter", 3, 1, 44_700, 14_900), VendorCost("yelp", 2, 0, 16_000, 0)),
        coverage=Coverage(wanted=len(leads), found=len(leads), outside=0),
        seconds=12.5,
        timings={"start": 8.0, "first_lead": 1.0, "prospects": 3.0, "end": 0.5},
        parts={"database": 1.5},
    )
    return replace(whole, **changes)


def shown(value: Any) -> str:
    console = Console(file=StringIO(), width=160, markup=False)
    console.print(value)
    return console.file.getvalue()  # type: ignore[attr-defined]


def test_a_demo_that_did_all_it_promises_has_no_shortfall() -> None:
    assert (
        result(lead("A"), lead("B", verdict="risky", emails=0), lead("C", emails=0), lead("D", emails=0)).shortfalls()
        == []
    )


@pytest.mark.parametrize(
    ("short", "words"),
    [
        (result(lead(), status="paused", detail="The budget is spent"), "The campaign is paused: The budget is spent."),
        (result(), "No prospect was found."),
        (result(lead(), prospects=2), "1 of 2 prospects have a score."),
        (result(lead(), coverage=Coverage(100, 98, 0)), "Discovery found 98 of 100 wanted businesses."),
        (result(lead(), coverage=Coverage(1, 1, 2)), "2 prospects are not among the wanted businesses."),
        (result(lead(), lead("B", emails=2)), "1 leads of tier A or B with a valid contact lack a draft of 3 emails."),
        (result(lead(), lead("C")), "1 leads of tier C or D have a draft."),
        (result(lead(words=150)), "1 drafts hold an email of 150 words or more."),
        (result(lead(emails=0, verdict="risky")), "No email was drafted."),
    ],
)
def test_each_broken_promise_is_said(short: DemoResult, words: str) -> None:
    assert words in short.shortfalls()


def test_the_json_document_has_the_promised_keys() -> None:
    document = json.loads(json.dumps(as_json(result(lead("A"), lead("C", emails=0)))))

    assert document["tiers"] == {"A": 1, "B": 0, "C": 1, "D": 0}
    assert document["provider_calls"] == {"hunter": 3, "yelp": 2}
    assert (document["prospects"], document["drafts"]) == (2, 1)
    assert (document["cost_cents"], document["saved_cents"]) == (6.07, 1.49)
    assert (document["recall"], document["outside"], document["seconds"]) == (1.0, 0, 12.5)
    assert document["leads"][0]["contact"]["verdict"] == "valid"


def test_the_screen_shows_leads_draft_costs_and_times() -> None:
    text = shown(result_screen(result(lead())))

    for part in (
        "Bluebonnet Dental",
        "82",
        "The site does not work on phones.",
        "Ana Ruiz <ana",
        "valid",
        "Hi Ana",
        "$0.06",
        "12.5 s",
    ):
        assert part in text


def test_scraped_text_is_shown_as_it_is_and_never_as_markup() -> None:
    text = shown(result_screen(result(replace(lead(), company="[bold]Dental[/bold] [link=x]"))))

    assert "[bold]Dental[/bold]" in text


def test_progress_shows_count_rate_and_spend() -> None:
    stage = StageProgress("contacts", done=30, skipped=10, failed=2, total=60, seconds=4.0, spent_micros=250_000)

    text = shown(progress_table([stage]))

    for part in ("contacts", "42/60, 2 failed", "10.5/s", "$0.25"):
        assert part in text


def test_plain_progress_says_each_thing_once() -> None:
    said = StringIO()
    stage = StageProgress("prospects", done=60, skipped=0, failed=0, total=60, seconds=2.0, spent_micros=0)
    with PlainProgress(Console(file=said, width=120)) as progress:
        progress.show([stage])
        progress.show([stage])

    assert said.getvalue().count("discovery") == 1

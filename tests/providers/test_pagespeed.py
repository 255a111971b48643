"""PageSpeed: a site that cannot be measured is a fact about the site, never a failed call."""

from typing import Any

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.providers.calls import Verdict
from leadgen.providers.pagespeed import RUN, VENDOR, PageSpeed, PageSpeedResult

URL = "https://www.lamarfamilydental.example/"


@pytest.fixture
def contract() -> Contract:
    # `fields` is Google's own parameter of every method, and stands apart from the methods in the discovery document
    return Contract("pagespeed/pagespeedonline-v5.openapi.json", also_known=frozenset({"fields"}))


async def result_of(**lighthouse: Any) -> PageSpeedResult:
    answer = await PageSpeed(RecordingAsks(reply({"lighthouseResult": lighthouse}))).run(URL)
    assert answer.value is not None
    return answer.value


async def test_a_run_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(reply({"lighthouseResult": {}}))
    await PageSpeed(asks).run(URL)
    contract.check(asks.requests[0])
    assert ("strategy", "MOBILE") in asks.requests[0].query
    assert [value for name, value in asks.requests[0].query if name == "category"] == ["PERFORMANCE", "SEO"]


async def test_a_run_on_a_desk_is_another_question_and_no_score_of_a_phone(contract: Contract) -> None:
    asks = RecordingAsks(reply({"lighthouseResult": {"categories": {"performance": {"score": 0.93}}}}))
    answer = await PageSpeed(asks).run(URL, "DESKTOP")
    contract.check(asks.requests[0])
    assert ("strategy", "DESKTOP") in asks.requests[0].query
    assert answer.value is not None
    assert (answer.value.performance_score, answer.value.mobile_score) == (93, None)


async def test_the_contracts_example_is_read(contract: Contract) -> None:
    asks = RecordingAsks(reply(contract.example("GET", "/pagespeedonline/v5/runPagespeed")))
    answer = await PageSpeed(asks).run(URL)
    assert answer.value == PageSpeedResult(47, 82, 5912, is_https=True, runtime_error=None)
    assert answer.value.mobile_score == 47


async def test_a_score_may_be_null() -> None:
    result = await result_of(
        categories={"performance": {"score": None}, "seo": {"score": 0.9}},
        audits={"interactive": {"numericValue": 4100.4}, "largest-contentful-paint": {"score": None}},
        finalDisplayedUrl="http://lamarfamilydental.example/",
    )
    assert (result.mobile_score, result.seo_score, result.load_ms, result.is_https) == (None, 90, 4100, False)


async def test_a_page_that_never_painted_has_its_error_and_no_more() -> None:
    result = await result_of(
        categories={"performance": {"score": None}},
        audits={},
        finalDisplayedUrl=URL,
        runtimeError={"code": "NO_FCP", "message": "The page did not paint any content."},
    )
    assert result == PageSpeedResult(None, None, None, is_https=None, runtime_error="NO_FCP")


async def test_no_error_is_no_error() -> None:
    result = await result_of(finalDisplayedUrl=URL, runtimeError={"code": "NO_ERROR", "message": ""})
    assert (result.runtime_error, result.is_https) == (None, True)


@pytest.mark.parametrize("status", [400, 500])
@pytest.mark.parametrize("reason", ["lighthouseError", "lighthouseUserError"])
async def test_a_site_that_lighthouse_cannot_load_is_a_miss(status: int, reason: str) -> None:
    message = "Lighthouse returned error: FAILED_DOCUMENT_REQUEST. Lighthouse was unable to reliably load the page."
    error = {"code": status, "message": message, "errors": [{"domain": "lighthouse", "reason": reason}]}
    answer = await PageSpeed(RecordingAsks(reply({"error": error}, status))).run(URL)
    assert answer.value is None


@pytest.mark.parametrize(
    ("status", "name", "message", "verdict"),
    [
        (400, "INVALID_ARGUMENT", "Invalid value 'x'.", Verdict.REFUSED),
        (400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", Verdict.CREDENTIALS),
        (403, "PERMISSION_DENIED", "The API is not enabled.", Verdict.CREDENTIALS),
        (429, "RESOURCE_EXHAUSTED", "limit 'Queries per minute'", Verdict.RETRY),
        (429, "RESOURCE_EXHAUSTED", "limit 'Queries per day'", Verdict.QUOTA),
        (500, "INTERNAL", "Internal error", Verdict.RETRY),
        (503, "UNAVAILABLE", "Unavailable", Verdict.RETRY),
    ],
)
def test_each_documented_error_has_its_verdict(status: int, name: str, message: str, verdict: Verdict) -> None:
    error = reply({"error": {"code": status, "message": message, "status": name}}, status)
    assert RUN.judge(error).verdict is verdict


def test_the_contracts_quota_error_is_the_days(contract: Contract) -> None:
    spent = reply(contract.example("GET", "/pagespeedonline/v5/runPagespeed", 429), 429)
    assert RUN.judge(spent).verdict is Verdict.QUOTA


def test_the_key_goes_into_the_query_which_is_the_only_way() -> None:
    assert VENDOR.authorize("k") == ({}, [("key", "k")])

"""Replies mean what VENDORS.md section 0.5 says, and pauses are read as RFC 9110 writes them."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from vendor_contracts import reply

from leadgen.providers.calls import Reply, Verdict
from leadgen.providers.judging import judge_google, judge_status, pause_asked


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.ANSWER),
        (400, Verdict.REFUSED),
        (401, Verdict.CREDENTIALS),
        (402, Verdict.QUOTA),
        (403, Verdict.CREDENTIALS),
        (404, Verdict.REFUSED),
        (408, Verdict.RETRY),
        (422, Verdict.REFUSED),
        (429, Verdict.RETRY),
        (500, Verdict.RETRY),
        (503, Verdict.RETRY),
        (529, Verdict.RETRY),
    ],
)
def test_each_status_has_its_usual_verdict(status: int, verdict: Verdict) -> None:
    assert judge_status(reply({}, status)).verdict is verdict


@pytest.mark.parametrize("body", ["", "<html>gateway</html>", "[]"])
def test_a_success_without_a_json_object_is_asked_again(body: str) -> None:
    assert judge_status(Reply(200, body)).verdict is Verdict.RETRY


@given(st.integers(min_value=0, max_value=100_000))
def test_retry_after_in_seconds_is_that_pause(seconds: int) -> None:
    assert pause_asked(reply({}, 429, retry_after=str(seconds))) == seconds


def test_retry_after_as_a_date_is_the_time_until_then() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    pause = pause_asked(reply({}, 429, retry_after=moment))
    assert pause is not None
    assert 3500 < pause <= 3600


def test_a_date_that_has_passed_asks_for_no_pause() -> None:
    assert pause_asked(reply({}, 429, retry_after="Sun, 06 Nov 1994 08:49:37 GMT")) == 0


def test_milliseconds_come_before_seconds() -> None:
    assert pause_asked(reply({}, 429, retry_after="9", retry_after_ms="250")) == 0.25


@pytest.mark.parametrize("given_pause", ["", "soon", "tomorrow, maybe"])
def test_a_pause_that_cannot_be_read_is_none(given_pause: str) -> None:
    assert pause_asked(reply({}, 429, retry_after=given_pause)) is None


def google_error(code: int, status: str, message: str, **more: object) -> Reply:
    return reply({"error": {"code": code, "message": message, "status": status, **more}}, code)


def test_googles_minute_quota_passes_and_its_day_quota_does_not() -> None:
    minute = "Quota exceeded for quota metric 'SearchText' and limit 'SearchTextRequest per minute' of service 'places'"
    day = "Quota exceeded for quota metric 'Queries' and limit 'Queries per day' of service 'pagespeedonline'"
    assert judge_google(google_error(429, "RESOURCE_EXHAUSTED", minute)).verdict is Verdict.RETRY
    assert judge_google(google_error(429, "RESOURCE_EXHAUSTED", day)).verdict is Verdict.QUOTA


def test_googles_wrong_key_is_a_400_about_the_key() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]
    wrong = google_error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", details=details)
    assert judge_google(wrong).verdict is Verdict.CREDENTIALS


def test_googles_refusal_names_its_status() -> None:
    violations = [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": "location_bias.circle.radius", "description": "..."}],
        }
    ]
    wrong = google_error(400, "INVALID_ARGUMENT", "Request contains an invalid argument.", details=violations)
    judgement = judge_google(wrong)
    assert judgement.verdict is Verdict.REFUSED
    assert judgement.message == "INVALID_ARGUMENT: Request contains an invalid argument."


@pytest.mark.parametrize("body", ["", "[]", '{"error": "text"}', '{"error": {"code": "x"}}'])
def test_an_error_body_of_another_shape_is_judged_by_its_status(body: str) -> None:
    assert judge_google(Reply(403, body)).verdict is Verdict.CREDENTIALS
    assert judge_google(Reply(503, body)).verdict is Verdict.RETRY

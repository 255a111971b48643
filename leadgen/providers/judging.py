"""What the vendors' replies have in common: the usual meaning of a status, the pause asked for, Google's
error body.

What only one vendor does stands in that vendor's file. Sources: VENDORS.md sections 0.5, 1, 3 and 18; RFC
9110 section 10.2.3 for Retry-After. Messages carry codes and the vendor's own sentence, never a key or a
person's data.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from pydantic import BaseModel, ValidationError

from leadgen.providers.calls import Judgement, Reply, Usage, Verdict

MESSAGE_LENGTH = 300


def judge_status(reply: Reply, message: str = "") -> Judgement:
    """What a status means where the vendor adds nothing: 2xx with a JSON object is an answer.

    408, 429 and 5xx pass with time, as does a 2xx without JSON (a proxy's page); 401 and 403 are the key's
    fault, 402 the plan's; the rest will never pass.
    """
    status = reply.status
    reason = (message or f"HTTP {status}")[:MESSAGE_LENGTH]
    if 200 <= status < 300:
        if isinstance(reply.json(), dict):
            return Judgement(Verdict.ANSWER)
        return Judgement(Verdict.RETRY, "the answer is not JSON")
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or status >= 500:
        return Judgement(Verdict.RETRY, reason, pause_asked(reply))
    if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Judgement(Verdict.CREDENTIALS, reason)
    if status == HTTPStatus.PAYMENT_REQUIRED:
        return Judgement(Verdict.QUOTA, reason)
    return Judgement(Verdict.REFUSED, reason)


def pause_asked(reply: Reply) -> float | None:
    """The seconds the vendor asks to wait: `retry-after-ms`, else `retry-after` as seconds or as an HTTP
    date."""
    milliseconds = _number(reply.headers.get("retry-after-ms"))
    if milliseconds is not None:
        return max(0.0, milliseconds / 1000)
    given = reply.headers.get("retry-after")
    seconds = _number(given)
    if seconds is not None:
        return max(0.0, seconds)
    try:
        return seconds_until(parsedate_to_datetime(given or ""))
    except ValueError:
        return None


def seconds_until(moment: datetime) -> float:
    """From now to `moment` (UTC where it names no zone); 0 when it has passed."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None


def billed_when_answered(*usages: Usage) -> Callable[[Reply], Sequence[Usage]]:
    """The charge of vendors that bill every reply of status 200, whatever it found, and no other."""

    def charge(reply: Reply) -> Sequence[Usage]:
        return usages if reply.status == HTTPStatus.OK else ()

    return charge


class GoogleErrorEntry(BaseModel):
    """One entry of `errors` (older style) or `details` (ErrorInfo) of a Google error."""

    reason: str | None = None
    domain: str | None = None


class GoogleError(BaseModel):
    """What Google's APIs say inside `error`."""

    code: int | None = None
    message: str = ""
    status: str = ""
    errors: list[GoogleErrorEntry] = []
    details: list[GoogleErrorEntry] = []

    @property
    def reasons(self) -> set[str]:
        """Every machine-readable reason it names."""
        return {entry.reason for entry in (*self.errors, *self.details) if entry.reason}

    @classmethod
    def of(cls, reply: Reply) -> "GoogleError":
        """The error of a reply; an empty one where the body holds none."""
        body = reply.json()
        try:
            return cls.model_validate(body["error"] if isinstance(body, dict) else {})
        except (KeyError, ValidationError):
            return cls()


def judge_google(reply: Reply) -> Judgement:
    """Google's rule: RESOURCE_EXHAUSTED is a minute's quota (again later) or a day's (stop); a bad key is a 400."""
    error = GoogleError.of(reply)
    message = f"{error.status}: {error.message}".strip(": ")[:MESSAGE_LENGTH]
    if reply.status == HTTPStatus.TOO_MANY_REQUESTS or error.status == "RESOURCE_EXHAUSTED":
        verdict = Verdict.QUOTA if "per day" in error.message.lower() else Verdict.RETRY
        return Judgement(verdict, message, pause_asked(reply))
    if "API_KEY_INVALID" in error.reasons or error.message.startswith("API key not valid"):
        return Judgement(Verdict.CREDENTIALS, message)
    return judge_status(reply, message)

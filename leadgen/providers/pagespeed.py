"""PageSpeed Insights v5: how a site does on a phone, or on a desk.

Facts (VENDORS.md section 3): free; a call takes 10-60 seconds; the key goes into the query; scores are 0..1
or null; a page that Lighthouse cannot load comes as `runtimeError` inside a 200, or as 400 or 500 with a
Lighthouse error, which is a fact about the site and no failure of the call; 429 is a minute's quota or the
day's, without Retry-After. `fields` leaves out screenshots and texts, most of the answer's megabyte.
"""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, Field

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Vendor, Verdict
from leadgen.providers.judging import MESSAGE_LENGTH, GoogleError, billed_when_answered, judge_google

Strategy = Literal["MOBILE", "DESKTOP"]
FIELDS = "lighthouseResult(categories(performance(score),seo(score)),audits,finalDisplayedUrl,runtimeError)"

VENDOR = Vendor("pagespeed", lambda key: ({}, [("key", key)]), service="google_maps")


def _judge(reply: Reply) -> Judgement:
    if reply.status in {HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR}:
        error = GoogleError.of(reply)
        if _is_about_site(error):
            return Judgement(Verdict.MISS, error.message[:MESSAGE_LENGTH])
    return judge_google(reply)


def _is_about_site(error: GoogleError) -> bool:
    return error.message.startswith("Lighthouse returned error") or any(
        entry.domain == "lighthouse" or (entry.reason or "").startswith("lighthouse") for entry in error.errors
    )


_ONE_RUN = Usage("run", Decimal(1))
RUN = Operation(
    vendor=VENDOR,
    name="run",
    judge=_judge,
    charge=billed_when_answered(_ONE_RUN),
    expected=(_ONE_RUN,),
    time_to_live=timedelta(days=7),
    miss_time_to_live=timedelta(days=1),
)


class _Category(BaseModel):
    score: float | None = None


class _Categories(BaseModel):
    performance: _Category = _Category()
    seo: _Category = _Category()


class _Audit(BaseModel):
    score: float | None = None
    numeric_value: float | None = Field(default=None, alias="numericValue")


class _RuntimeError(BaseModel):
    code: str = ""

    @property
    def failed(self) -> bool:
        return self.code not in {"", "NO_ERROR"}


class _Lighthouse(BaseModel):
    categories: _Categories = _Categories()
    audits: dict[str, _Audit] = {}
    final_url: str | None = Field(default=None, alias="finalDisplayedUrl")
    runtime_error: _RuntimeError | None = Field(default=None, alias="runtimeError")


class _Response(BaseModel):
    lighthouse: _Lighthouse = Field(default=_Lighthouse(), alias="lighthouseResult")


@dataclass(frozen=True, slots=True)
class PageSpeedResult:
    """Lighthouse's view of a page on a phone, or on a desk.

    Scores are 0-100, None where Lighthouse gave none. `load_ms` is the largest contentful paint, else the
    time until the page can be used, in milliseconds. `is_https` is None where the page never loaded.
    `runtime_error` is Lighthouse's code (as `NO_FCP`).
    """

    performance_score: int | None
    seo_score: int | None
    load_ms: int | None
    is_https: bool | None
    runtime_error: str | None
    strategy: Strategy = "MOBILE"

    @property
    def mobile_score(self) -> int | None:
        """The score for speed on a phone; None of a run on a desk."""
        return self.performance_score if self.strategy == "MOBILE" else None


class PageSpeed:
    """Lighthouse runs by Google."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def run(self, url: str, strategy: Strategy = "MOBILE") -> Answer[PageSpeedResult]:
        """One run; a miss where Lighthouse could not load the page. `url` begins with http:// or
        https://.

        Raises:
            VendorError: as `Asks.ask`.
        """
        query = (
            ("url", url),
            ("strategy", strategy),
            ("category", "PERFORMANCE"),
            ("category", "SEO"),
            ("fields", FIELDS),
        )
        request = Request("GET", "/pagespeedonline/v5/runPagespeed", query)
        return await self._asks.ask(RUN, request, lambda body: _read(body, strategy))


def _read(body: Any, strategy: Strategy) -> PageSpeedResult:
    page = _Response.model_validate(body).lighthouse
    error = page.runtime_error
    return PageSpeedResult(
        performance_score=_percent(page.categories.performance.score),
        seo_score=_percent(page.categories.seo.score),
        load_ms=_milliseconds(page, "largest-contentful-paint", "interactive"),
        is_https=_is_https(page),
        runtime_error=error.code if error and error.failed else None,
        strategy=strategy,
    )


def _percent(score: float | None) -> int | None:
    return None if score is None else round(score * 100)


def _milliseconds(page: _Lighthouse, *audits: str) -> int | None:
    values = (page.audits[audit].numeric_value for audit in audits if audit in page.audits)
    return next((round(value) for value in values if value is not None), None)


def _is_https(page: _Lighthouse) -> bool | None:
    """By the audit where it ran (it belongs to another category than ours), else by the final address."""
    if page.runtime_error and page.runtime_error.failed:
        return None
    audit = page.audits.get("is-on-https")
    if audit is not None and audit.score is not None:
        return audit.score >= 1
    return page.final_url.startswith("https://") if page.final_url else None

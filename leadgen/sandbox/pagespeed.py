"""PageSpeed Insights v5. VENDORS.md section 3."""

import re
from decimal import Decimal
from typing import Any

from leadgen.sandbox import google_errors
from leadgen.sandbox.faults import share
from leadgen.sandbox.google_errors import STATUSES, invalid
from leadgen.sandbox.google_fields import SYSTEM_PARAMETERS, BadFields, selected_part, selection
from leadgen.sandbox.lookup import Lookup, host_of
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, json_reply, names
from leadgen.sandbox.world import Site

PRICES = {"run": Decimal(0)}
_MOMENT = "2026-11-20T10:00:00.000Z"
_PARAMETERS = names("url strategy category locale captchaToken utm_campaign utm_source") | SYSTEM_PARAMETERS
_STRATEGIES = {"MOBILE", "DESKTOP", "STRATEGY_UNSPECIFIED"}
_TITLES = {
    "PERFORMANCE": "Performance",
    "SEO": "SEO",
    "ACCESSIBILITY": "Accessibility",
    "BEST_PRACTICES": "Best Practices",
    "AGENTIC_BROWSING": "Agentic Browsing",
    "PWA": "PWA",
}
_FAILED_REQUEST = (
    "FAILED_DOCUMENT_REQUEST. Lighthouse was unable to reliably load the page you requested. "
    "Make sure you are testing the correct URL and that the server is properly responding to all requests. "
    "(Details: net::ERR_CONNECTION_FAILED)"
)
_DESKTOP_GAIN = 18  # points by which a site scores better on a desktop


def pagespeed(lookup: Lookup) -> Vendor:
    """The service, measuring the world's sites."""
    seed = lookup.world.seed

    def run(request: Request) -> Reply:
        try:
            wanted = selection(request.one("fields") or "*")
        except BadFields:
            return invalid(f"Invalid field selection {request.one('fields')}", "fields")
        refusal = _check(request)
        if refusal:
            return refusal
        url = request.one("url") or ""
        site = lookup.site(url)
        if site is None:
            return _lighthouse_error(
                400, "lighthouseUserError", "DNS_FAILURE. DNS servers could not resolve the provided domain."
            )
        form = "desktop" if request.one("strategy") == "DESKTOP" else "mobile"
        categories = [c for c in request.many("category") if c != "CATEGORY_UNSPECIFIED"] or ["PERFORMANCE"]
        if site.kind == "unreachable":
            if share(seed, "pagespeed", site.domain) < 0.5:
                return _lighthouse_error(500, "lighthouseError", _FAILED_REQUEST)
            result = _without_scores(_audited(site, url, form, categories))
        else:
            result = _audited(site, url, form, categories)
        return json_reply(200, selected_part(_answer(url, result), wanted), billed=(("run", Decimal(1)),))

    return Vendor(
        name="pagespeed",
        operations=(Operation("run", "GET", "/pagespeedonline/v5/runPagespeed", run),),
        limits=(Limit(240, 60), Limit(25_000, 86_400)),
        prices=PRICES,
        key=google_errors.key_of,
        unauthorized=google_errors.unauthorized,
        unknown=google_errors.unknown,
        throttled=google_errors.throttled,
        quota_spent=google_errors.quota_spent,
        failure=google_errors.failure,
        key_names=frozenset({"key"}),
    )


def _check(request: Request) -> Reply | None:
    for name, _ in request.query:
        if name not in _PARAMETERS:
            return invalid(f'Invalid JSON payload received. Unknown name "{name}": Cannot bind query parameter.', name)
    url, strategy = request.one("url"), request.one("strategy")
    if not url:
        return invalid("Missing required parameter: url", "url")
    if not re.match(r"https?://", url) or not host_of(url):
        return invalid(
            f"Invalid value '{url}'. Values must match the following regular expression: "
            "'(?i)(url:|origin:)?http(s)?://.*'",
            "url",
        )
    if strategy is not None and strategy not in _STRATEGIES:
        return invalid(f"Invalid value at 'strategy', \"{strategy}\"", "strategy")
    for category in request.many("category"):
        if category not in _TITLES and category != "CATEGORY_UNSPECIFIED":
            return invalid(f"Invalid value at 'category', \"{category}\"", "category")
    return None


def _without_scores(result: dict[str, Any]) -> dict[str, Any]:
    """A run that came to nothing: its categories have no scores, `runtimeError` says why."""
    return {
        **result,
        "categories": {key: {**category, "score": None} for key, category in result["categories"].items()},
        "audits": {},
        "runtimeError": {
            "code": "ERRORED_DOCUMENT_REQUEST",
            "message": "Lighthouse was unable to reliably load the page you requested. (Status code: 502)",
        },
    }


def _lighthouse_error(code: int, reason: str, text: str) -> Reply:
    message = f"Lighthouse returned error: {text}"
    return json_reply(
        code,
        {
            "error": {
                "code": code,
                "message": message,
                "errors": [{"message": message, "domain": "lighthouse", "reason": reason}],
                "status": STATUSES[code],
            }
        },
    )


def _answer(url: str, result: dict[str, Any]) -> dict[str, Any]:
    return {
        "captchaResult": "CAPTCHA_NOT_NEEDED",
        "kind": "pagespeedonline#result",
        "id": url,
        "loadingExperience": {"initial_url": url},
        "lighthouseResult": result,
        "analysisUTCTimestamp": _MOMENT,
    }


def _audited(site: Site, url: str, form: str, categories: list[str]) -> dict[str, Any]:
    scheme = "https" if site.https else "http"
    final = f"{scheme}://{site.domain}/"
    slowness = 1.0 if form == "mobile" else 0.45
    return {
        "requestedUrl": url,
        "finalUrl": final,
        "finalDisplayedUrl": final,
        "lighthouseVersion": "13.0.1",
        "fetchTime": _MOMENT,
        "runWarnings": [],
        "configSettings": {
            "emulatedFormFactor": form,
            "formFactor": form,
            "locale": "en-US",
            "onlyCategories": [_key(category) for category in categories],
            "channel": "lr",
        },
        "categories": {
            _key(category): {
                "id": _key(category),
                "title": _TITLES[category],
                "score": _score(site, category, form),
            }
            for category in categories
        },
        "audits": {
            "largest-contentful-paint": _timing(
                "largest-contentful-paint", "Largest Contentful Paint", site.load_ms * slowness, 2_500
            ),
            "speed-index": _timing("speed-index", "Speed Index", site.load_ms * slowness * 1.1, 3_400),
            "interactive": _timing("interactive", "Time to Interactive", site.load_ms * slowness * 1.3, 3_800),
            "is-on-https": {
                "id": "is-on-https",
                "title": "Uses HTTPS" if site.https else "Does not use HTTPS",
                "score": int(site.https),
                "scoreDisplayMode": "binary",
            },
        },
    }


def _key(category: str) -> str:
    return category.lower().replace("_", "-")


def _score(site: Site, category: str, form: str) -> float | None:
    points = site.seo_score if category == "SEO" else site.mobile_score
    if points is None:
        return None
    if form == "desktop" and category == "PERFORMANCE":
        points = min(100, points + _DESKTOP_GAIN)
    return points / 100


def _timing(id_: str, title: str, milliseconds: float, good: float) -> dict[str, Any]:
    return {
        "id": id_,
        "title": title,
        "score": round(min(1.0, good / max(milliseconds, 1.0)), 2),
        "scoreDisplayMode": "numeric",
        "displayValue": f"{milliseconds / 1000:.1f} s",
        "numericValue": round(milliseconds, 1),
        "numericUnit": "millisecond",
    }

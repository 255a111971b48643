"""Firecrawl v2: scrape, map, batches, credit usage. VENDORS.md section 7.

A target's own failure is still HTTP 200 and still billed: `metadata.statusCode` and `metadata.error` tell, or, where
the name does not resolve, `success: false` with a code.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from leadgen.sandbox.calls import CallLog, number
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.faults import share
from leadgen.sandbox.firecrawl_batch import Batches
from leadgen.sandbox.firecrawl_rules import MAP_KEYS, BadRequest, ScrapeOrder, checked
from leadgen.sandbox.hosting import fetched
from leadgen.sandbox.lookup import Lookup, host_of, identifier
from leadgen.sandbox.markdown import cleaned_html, head, links, to_markdown
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, Window, json_reply
from leadgen.sandbox.world import Site

PRICES = {"credit": Decimal(830)}
_PLAN_CREDITS = 100_000
_ONE = (("credit", Decimal(1)),)
_UNSUPPORTED_SITES = {"facebook.com", "instagram.com", "linkedin.com", "x.com", "twitter.com", "tiktok.com"}


def firecrawl(lookup: Lookup, calls: CallLog, clock: Clock, webhooks: Webhooks) -> Vendor:
    """The service, reading the world's sites."""

    def scrape(request: Request) -> Reply:
        try:
            order = ScrapeOrder.of(request.payload)
        except BadRequest as error:
            return error.reply
        host = host_of(order.url)
        if host in _UNSUPPORTED_SITES:
            return json_reply(
                403,
                {
                    "success": False,
                    "error": "We apologize for the inconvenience but we do not support this site. If you are part "
                    "of an enterprise and want to have a further conversation about this, please fill out our "
                    "intake form here: https://fk4bvu0n5qp.typeform.com/to/Ej6oydlg",
                },
            )
        site = lookup.site(order.url)
        if site is None or (site.kind == "unreachable" and share(lookup.world.seed, "dns", host) < 0.5):
            return _unresolved(host)
        return json_reply(200, {"success": True, "data": _document(site, order)}, billed=_ONE)

    def map_site(request: Request) -> Reply:
        try:
            payload = checked(request.payload, MAP_KEYS)
        except BadRequest as error:
            return error.reply
        site = lookup.site(payload["url"])
        found = _mapped(site, str(payload.get("search", ""))) if site else []
        return json_reply(200, {"success": True, "links": found[: payload.get("limit", 5_000)]}, billed=_ONE)

    def read(order: ScrapeOrder) -> dict[str, Any] | None:
        site = lookup.site(order.url)
        return None if site is None else _document(site, order)

    batches = Batches(clock, webhooks, read)

    def credit_usage(_request: Request) -> Reply:
        left = _PLAN_CREDITS - number(calls.spent("firecrawl"))
        return json_reply(
            200,
            {
                "success": True,
                "data": {
                    "remainingCredits": left,
                    "planCredits": _PLAN_CREDITS,
                    "billingPeriodStart": "2026-11-01T00:00:00Z",
                    "billingPeriodEnd": "2026-11-30T23:59:59Z",
                },
            },
        )

    return Vendor(
        name="firecrawl",
        operations=(
            Operation("scrape", "POST", "/v2/scrape", scrape),
            Operation("map", "POST", "/v2/map", map_site),
            Operation("batch_start", "POST", "/v2/batch/scrape", batches.start),
            Operation("batch_status", "GET", "/v2/batch/scrape/{id}", batches.status, metered=False),
            Operation("queue_status", "GET", "/v2/team/queue-status", batches.queue, metered=False),
            Operation("credit_usage", "GET", "/v2/team/credit-usage", credit_usage, metered=False),
        ),
        limits=(Limit(500, 60, "scrape"), Limit(500, 60, "map"), Limit(500, 60, "batch_start")),
        prices=PRICES,
        key=Request.bearer,
        unauthorized=lambda key: _failed(401, "Unauthorized: Invalid token" if key else "Unauthorized: Token missing"),
        unknown=lambda request: Reply(404, f"Cannot {request.method} {request.path}".encode(), (), "text/html"),
        throttled=_throttled,
        quota_spent=lambda _operation: _failed(
            402, "Payment required to access this resource. Insufficient credits to perform this request."
        ),
        failure=lambda status: json_reply(
            status or 500,
            {
                "success": False,
                "code": "SCRAPE_TIMEOUT" if status == 408 else "UNKNOWN_ERROR",
                "error": "The scrape operation timed out before completing."
                if status == 408
                else "An unexpected error occurred on the server.",
            },
        ),
    )


def _failed(status: int, error: str) -> Reply:
    return json_reply(status, {"success": False, "error": error})


def _throttled(_operation: Operation, window: Window) -> Reply:
    seconds = max(1, round(window.resets_in_seconds))
    return json_reply(
        429,
        {
            "success": False,
            "error": f"Rate limit exceeded. Consumed (req/min): {window.used + 1}, Remaining (req/min): 0. "
            f"Please retry after {seconds}s.",
        },
        headers=(("retry-after", str(seconds)),),
    )


def _unresolved(host: str) -> Reply:
    """A name that does not resolve: HTTP 200 with `success: false`, and billed."""
    return json_reply(
        200,
        {
            "success": False,
            "code": "SCRAPE_DNS_RESOLUTION_ERROR",
            "error": f'DNS resolution failed for hostname "{host}". This means the domain name could not be '
            "translated to an IP address. Please verify the URL is correct and the website exists.",
        },
        billed=_ONE,
    )


def _document(site: Site, order: ScrapeOrder) -> dict[str, Any]:
    url = _final_url(site, order.url)
    status, html = fetched(site, urlsplit(order.url).path)
    document: dict[str, Any] = {}
    if "markdown" in order.formats:
        document["markdown"] = to_markdown(html, main_only=order.main_only)
    if "html" in order.formats:
        document["html"] = cleaned_html(html, main_only=order.main_only)
    if "rawHtml" in order.formats:
        document["rawHtml"] = html
    if "links" in order.formats:
        document["links"] = list(links(html, url))
    metadata = {
        **head(html),
        "sourceURL": order.url,
        "url": url,
        "statusCode": status,
        "contentType": "text/html; charset=utf-8",
        "scrapeId": identifier("scrape", order.url),
        "proxyUsed": "basic",
        "cacheState": "miss",
        "creditsUsed": 1,
    }
    if status != 200:
        metadata["error"] = {404: "Not Found", 502: "Bad Gateway"}[status]
    return {**document, "metadata": metadata}


def _final_url(site: Site, url: str) -> str:
    """Where the redirects end: the site's own scheme and host."""
    path = urlsplit(url).path or "/"
    return f"{'https' if site.https else 'http'}://{site.domain}{path}"


def _mapped(site: Site, search: str) -> list[dict[str, Any]]:
    if site.kind == "unreachable":
        return []
    paths: Iterable[str] = sorted(site.pages, key=lambda path: (search.lower() not in path.lower(), path))
    found = []
    for path in paths:
        words = head(site.pages[path])
        entry = {"url": _final_url(site, f"//{site.domain}{path}")}
        entry |= {name: words[name] for name in ("title", "description") if name in words}
        found.append(entry)
    return found

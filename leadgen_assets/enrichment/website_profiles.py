"""`website_profiles`: what each business's own site says and how it does."""

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import dagster as dg

from leadgen.domain.enrichment.page import PageFindings, read_page
from leadgen.domain.enrichment.site_state import Business
from leadgen.domain.enrichment.technologies import RULES_VERSION
from leadgen.domain.enrichment.website import OWN_WORDS, WebsiteStatus, website_status
from leadgen.domain.identity.domains import is_social_page
from leadgen.providers.calls import Answer, Receipt
from leadgen.providers.firecrawl import ScrapedPage
from leadgen.providers.pagespeed import PageSpeedResult
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.enrichment import queries
from leadgen_assets.enrichment.receipts import add_decision, add_receipts, complete, contradictions, save_conflicts
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session
from leadgen_assets.stages import Outcome, Row, Stage, StageConfig, materialization, run_stage, stage_asset

STAGE = Stage("website_profiles", f"2/{RULES_VERSION}", "enriching", queries.DUE_WEBSITES)

_GONE = frozenset({404, 410})

CHECKS = (
    checks.Rule(
        "site_read_or_reason", STAGE.name, queries.CHECK_SITE_OR_REASON, 0.0, "Prospects without a profile or a reason."
    ),
    complete(STAGE.name, queries.CHECK_WEBSITE_RECEIPTS),
)


@stage_asset(STAGE, CHECKS, group="enrichment", after="prospects", pool="enrichment")
def website_profiles(
    context: dg.AssetExecutionContext, config: StageConfig, campaign_sessions: CampaignSessions
) -> dg.MaterializeResult:
    """The business's own website: reachable, fast, how built, and the contacts printed on it.

    A business without a site, or with a social page only, gets that as its finding: for some offers it is the best lead.
    """

    async def body(session: Session) -> dg.MaterializeResult:
        handled = await run_stage(session, STAGE, config, lambda row: _profile(session, row), _save)
        return await materialization(session, STAGE, CHECKS, handled)

    return campaign_sessions.work(context, body)


@dataclass(frozen=True, slots=True)
class _Site:
    """What was read of one site: its front page, the pages read beside it, and its speed."""

    page: Answer[ScrapedPage]
    findings: tuple[PageFindings, ...]  # the front page first
    speed: Answer[PageSpeedResult] | None


async def _profile(session: Session, row: Row) -> Outcome:
    outcome = Outcome(row["id"])
    url: str | None = row["website"]
    region = row["country"] or "US"
    site = await _visit(session, url, region) if url and not is_social_page(url) else None
    status = _status(row, site)
    if site is not None and status.status not in OWN_WORDS:
        site = replace(site, findings=(), speed=None)  # what stands there is not the business's
    values = _row(row, status, site)
    outcome.add("enrichment", values)
    add_receipts(outcome, values, row, site.page.receipt if site else None, _speed_receipt(site))
    for decision in contradictions(row, site.findings if site else (), site.page.receipt if site else None):
        add_decision(outcome, STAGE.name, decision)
        if decision.field == "phone":
            outcome.add("phone", {"id": row["id"], "phone": decision.chosen.value})
    if site is None or not site.findings:
        outcome.reason = "; ".join(status.reasons)
    return outcome


def _speed_receipt(site: _Site | None) -> Receipt | None:
    return site.speed.receipt if site and site.speed and site.speed.value else None


def _front_page(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, "/", "", "")) if parts.path.strip("/") or parts.query else url


async def _visit(session: Session, url: str, region: str) -> _Site:
    """Reads the page that the listing names, the front page where that one is gone; where it prints no address, its
    contact page too.
    """
    page = await session.vendors.sites.read(url)
    front = _front_page(url)
    if front != url and page.value is not None and page.value.status_code in _GONE:
        at_front = await session.vendors.sites.read(front)
        if at_front.value is not None and at_front.value.status_code not in _GONE:
            url, page = front, at_front
    if page.value is None or not page.value.raw_html:
        return _Site(page, (), None)
    findings = [read_page(page.value.raw_html, page.value.url, region=region)]
    speed = await session.vendors.pagespeed.run(url)
    further = (*findings[0].contact_pages, *findings[0].team_pages)
    if not findings[0].emails and further:
        other = await session.vendors.sites.read(further[0])
        if other.value is not None and other.value.raw_html:
            findings.append(read_page(other.value.raw_html, other.value.url, region=region))
    return _Site(page, tuple(findings), speed)


def _status(row: Row, site: _Site | None) -> WebsiteStatus:
    url: str | None = row["website"]
    phones = tuple(listing["phone"] for listing in row["listings"].values() if listing.get("phone"))
    speed = site.speed.value if site and site.speed else None
    return website_status(
        url,
        site.page.value.status_code if site and site.page.value else None,
        site.findings[0] if site and site.findings else None,
        speed.mobile_score if speed else None,
        page_speed_ms=speed.load_ms if speed else None,
        year=datetime.now(UTC).year,
        business=Business(row["company_name"], phones),
    )


def _row(row: Row, status: WebsiteStatus, site: _Site | None) -> dict[str, Any]:
    listings = row["listings"]
    google, yelp = listings.get("google_maps", {}), listings.get("yelp", {})
    speed = site.speed.value if site and site.speed else None
    values: dict[str, Any] = {
        "stage": STAGE.name,
        "code_version": STAGE.version,
        "website_exists": bool(row["website"]),
        "website_status": status.status,
        "website_score": speed.seo_score if speed else None,
        "mobile_score": speed.mobile_score if speed else None,
        "page_speed_ms": speed.load_ms if speed else None,
        "has_google_business": bool(google),
        "google_rating": google.get("rating"),
        "google_review_count": google.get("review_count"),
        "yelp_rating": yelp.get("rating"),
        "yelp_review_count": yelp.get("review_count"),
        "findings": {"status_reasons": status.reasons, "pages": []},
    }
    if site is not None and site.findings:
        front = site.findings[0]
        social = {network: page for findings in site.findings for network, page in findings.social.items()}
        values |= {
            "has_ssl": front.url.startswith("https://"),
            "tech_stack": [technology.name for technology in front.technologies],
            "cms_detected": front.cms,
            "ecommerce_platform": front.ecommerce,
            "has_booking": any(findings.has_booking for findings in site.findings),
            "year_founded": next((f.year_founded for f in site.findings if f.year_founded), None),
            "has_facebook": "facebook" in social,
            "has_instagram": "instagram" in social,
            "has_linkedin": "linkedin" in social,
            "website_content": "\n\n".join(findings.text for findings in site.findings),
            "findings": {"status_reasons": status.reasons, "pages": [_without_text(f) for f in site.findings]},
        }
    return values


def _without_text(findings: PageFindings) -> dict[str, Any]:
    return {name: value for name, value in asdict(findings).items() if name not in {"text", "said"}}


async def _save(transaction: Transaction, _session: Session, rows: dict[str, list[Row]], prospects: list[UUID]) -> None:
    if rows.get("enrichment"):
        await transaction.execute(queries.SAVE_ENRICHMENT, {"json": as_json(rows["enrichment"])})
    if rows.get("phone"):
        await transaction.execute(queries.SET_PHONES, {"json": as_json(rows["phone"])})
    await save_conflicts(transaction, STAGE.name, rows, prospects)

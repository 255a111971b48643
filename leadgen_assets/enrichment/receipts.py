"""The receipts of what enrichment writes: which call each value rests on, and what sources say against one another."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString
from uuid import UUID

from leadgen.domain.enrichment.conflicts import Claim, Decision, decide
from leadgen.domain.enrichment.page import PageFindings
from leadgen.providers.calls import Receipt
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.enrichment import queries
from leadgen_assets.rows import as_json
from leadgen_assets.stages import Outcome, Row

READ_OFF_THE_SITE = (
    "has_ssl", "tech_stack", "cms_detected", "ecommerce_platform", "has_booking", "year_founded", "has_facebook",
    "has_instagram", "has_linkedin", "website_content", "findings",
)  # fmt: skip
MEASURED = ("website_score", "mobile_score", "page_speed_ms")
OF_LISTINGS = {
    "google_rating": "google_maps", "google_review_count": "google_maps", "yelp_rating": "yelp",
    "yelp_review_count": "yelp",
}  # fmt: skip
LISTING_SOURCES = ("google_maps", "yelp", "apollo", "manual", "import")


def complete(stage: str, sql: LiteralString) -> checks.Rule:
    """The gate that no value of a stage stands without a receipt."""
    return checks.Rule("provenance_complete", stage, sql, 0.0, "Values without a receipt.")


def add_receipts(
    outcome: Outcome, values: Mapping[str, Any], row: Row, page: Receipt | None, speed: Receipt | None
) -> None:
    """A receipt for each value of a website profile that is there: the page's call, PageSpeed's, or the listing's.

    What was imported or typed in has its source for a receipt.
    """
    calls: Mapping[str, int | None] = row["listing_calls"]
    listed = next((source for source in LISTING_SOURCES if source in calls), row["source"])
    receipts: dict[str, tuple[str, int | None]] = dict.fromkeys(
        ("website_exists", "website_status", "has_google_business", "findings"), (listed, calls.get(listed))
    )
    if page is not None:
        receipts |= dict.fromkeys(("website_status", *READ_OFF_THE_SITE), (page.vendor, page.call_id))
    if speed is not None:
        receipts |= dict.fromkeys(MEASURED, (speed.vendor, speed.call_id))
    receipts |= {name: (source, calls[source]) for name, source in OF_LISTINGS.items() if source in calls}
    if "google_maps" in calls:
        receipts["has_google_business"] = "google_maps", calls["google_maps"]
    for name, (provider, call_id) in receipts.items():
        if values.get(name) not in (None, "", [], {}):
            add_receipt(outcome, name, provider, call_id)


def add_receipt(outcome: Outcome, field: str, provider: str, call_id: int | None) -> None:
    """One value's receipt."""
    outcome.add("provenance", {"field": field, "provider": provider, "provider_call_id": call_id})


def contradictions(row: Row, pages: Sequence[PageFindings], page: Receipt | None) -> list[Decision]:
    """What the site and the listings say of the business's number and address, each decided."""
    call_id = page.call_id if page else None
    phones = [
        Claim("site", phone, call_id) for found in pages for phone in found.phones if phone not in found.faxes
    ]  # fmt: skip
    addresses = [Claim("site", found.address, call_id) for found in pages if found.address]
    for source, listing in row["listings"].items():
        listed = row["listing_calls"].get(source)
        phones += [Claim(source, listing["phone"], listed)] if listing.get("phone") else []
        addresses += [Claim(source, listing["address"], listed)] if listing.get("address") else []
    decided = (decide("phone", phones), decide("address", addresses))
    return [decision for decision in decided if decision is not None]


def add_decision(outcome: Outcome, stage: str, decision: Decision) -> None:
    """The receipt of the value that holds; and where others say something else, what they say."""
    chosen = decision.chosen
    if chosen.call_id is not None:  # whoever typed it in or imported it has left a receipt of their own
        add_receipt(outcome, decision.field, chosen.source, chosen.call_id)
    add_conflict(outcome, stage, decision)


def add_conflict(outcome: Outcome, stage: str, decision: Decision) -> None:
    """What the sources say that were not believed; nothing where all agree."""
    if decision.others:
        outcome.add(
            "conflicts",
            {
                "stage": stage,
                "field": decision.field,
                "value": decision.chosen.value,
                "provider": decision.chosen.source,
                "provider_call_id": decision.chosen.call_id,
                "chosen_by": decision.chosen_by,
                "agreeing": list(decision.agreeing),
                "others": [
                    {"provider": claim.source, "value": claim.value, "provider_call_id": claim.call_id}
                    for claim in decision.others
                ],
            },
        )


async def save_conflicts(
    transaction: Transaction, stage: str, rows: Mapping[str, list[Row]], prospects: list[UUID]
) -> None:
    """Replaces what this stage knew of these prospects' conflicts; the old ones stay as superseded."""
    await transaction.execute(
        queries.SAVE_CONFLICTS, {"stage": stage, "ids": prospects, "json": as_json(rows.get("conflicts", []))}
    )

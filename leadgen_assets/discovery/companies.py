"""Apollo as a source of businesses, where a campaign asks for it: companies of the trade in the circle's cities.

A hit of its search has no address (VENDORS.md section 5). One that is a business we know joins it for nothing more; any other
has to be placed on the map first: an enrichment and a geocoding, so that nobody outside the circle is taken in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.discovery.relevance import understood
from leadgen.domain.identity.states import STATES
from leadgen.providers.apollo_companies import ApolloCompanies, CompanyFilter, Organization
from leadgen.providers.listings import phone_number
from leadgen_assets.discovery import queries
from leadgen_assets.discovery.catalogue import Catalogue, Found
from leadgen_assets.lanes import in_lanes
from leadgen_assets.session import Session

MOST_PAGES = 20  # 2,000 companies, a credit for each hundred

_STATE_NAMES = {code: name.title() for name, code in STATES.items()}


async def search_companies(session: Session, catalogue: Catalogue) -> list[Found]:
    """The companies that are in the circle: known businesses as they are, others with the place they were found at."""
    found = await _companies(session, await session.read(queries.CITIES))
    known = catalogue.already_known(found)
    kept = [one for one in found if (one.listing.source, one.listing.source_id) in known]
    rest = [one for one in found if (one.listing.source, one.listing.source_id) not in known]

    async def place(one: Found) -> Found | None:
        return await _placed(session, one)

    async def keep(placed: Sequence[Found | None]) -> None:
        kept.extend(catalogue.wanted(one for one in placed if one))
        catalogue.dropped["not on the map"] += sum(one is None for one in placed)

    await in_lanes(rest, place, keep, lanes=session.settings.lanes)
    return kept


async def _companies(session: Session, cities: Iterable[dict[str, Any]]) -> list[Found]:
    places = tuple(dict.fromkeys(filter(None, map(_city, cities)))) or (session.campaign.target_location,)
    sought = understood(session.campaign.business_type)
    keywords = dict.fromkeys((session.campaign.business_type, *(trade.name for trade in sought.trades)))
    wanted = CompanyFilter(locations=places, keywords=tuple(keywords))
    found: dict[str, Found] = {}
    for number in range(1, MOST_PAGES + 1):
        answer = await ApolloCompanies(session.vendors.client).search(wanted, page=number)
        if answer.value is None:
            break
        for company in answer.value.organizations:
            if company.organization_id and company.name:
                found.setdefault(company.organization_id, Found(_listing(company), answer.receipt))
        if number >= answer.value.pages:
            break
    return list(found.values())


async def _placed(session: Session, one: Found) -> Found | None:
    """The company with its address and its point; None where Apollo or the map does not know them."""
    if not one.listing.website:
        return None
    answer = await ApolloCompanies(session.vendors.client).enrich(one.listing.website.removeprefix("https://"))
    # a domain may be a chain's: only the company itself tells where it is
    if answer.value is None or not answer.value.address or answer.value.organization_id != one.listing.source_id:
        return None
    place = (await session.vendors.geocoder.locate(answer.value.address)).value
    if place is None or place.partial_match:
        return None
    listing = replace(one.listing, location=place.point, address=answer.value.address, category=answer.value.industry)
    return Found(listing, answer.receipt)


def _listing(company: Organization) -> Listing:
    return Listing(
        source="apollo",
        source_id=company.organization_id,
        name=company.name or "",
        website=f"https://{company.domain}" if company.domain else None,
        phone=phone_number(company.phone, country=None),
    )


def _city(row: dict[str, Any]) -> str:
    """As Apollo spells places: `Austin, Texas`."""
    state = row["state"] or ""
    return ", ".join(filter(None, (row["city"], _STATE_NAMES.get(state.lower(), state))))

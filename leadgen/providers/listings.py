"""What the sources of listings share: a search and its pages, each with its receipt."""

from dataclasses import dataclass

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.identity.phones import e164
from leadgen.providers.calls import Receipt


@dataclass(frozen=True, slots=True)
class FoundPage:
    """The listings one call gave, and where they come from."""

    listings: tuple[Listing, ...]
    receipt: Receipt


@dataclass(frozen=True, slots=True)
class ListingSearch:
    """All pages of one search. `saturated`: the source stopped at its cap and may hold more, so split the area."""

    pages: tuple[FoundPage, ...]
    saturated: bool

    @property
    def listings(self) -> tuple[Listing, ...]:
        """Every listing, in the source's order."""
        return tuple(listing for page in self.pages for listing in page.listings)

    @property
    def receipts(self) -> tuple[Receipt, ...]:
        """One receipt a page."""
        return tuple(page.receipt for page in self.pages)


def phone_number(*spellings: str | None, country: str | None) -> str | None:
    """E.164 of the first spelling that can be parsed, else the first as given. `country` is ISO 3166
    alpha-2."""
    given = [spelling for spelling in spellings if spelling]
    parsed = (e164(spelling, country or "US") for spelling in given)
    return next((number for number in parsed if number), given[0] if given else None)

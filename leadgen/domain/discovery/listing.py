"""What a source says of one business."""

from dataclasses import dataclass, field
from typing import Any, Literal

from leadgen.domain.geo import Point
from leadgen.domain.identity.domains import site_domain

Source = Literal["google_maps", "yelp", "apollo", "manual", "import"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One entry of one source, as that source spells it; `None` where the source is silent.

    `phone` is E.164 where it could be parsed, else as given. `rating` is 0-5. `open` is False for businesses the source
    calls closed, for a while or for good.
    """

    source: Source
    source_id: str
    name: str
    category: str | None = None
    categories: tuple[str, ...] = ()
    website: str | None = None
    phone: str | None = None
    address: str | None = None  # street and number
    city: str | None = None
    state: str | None = None
    zip_code: str | None = None
    country: str | None = None
    location: Point | None = None
    rating: float | None = None
    review_count: int | None = None
    price_level: str | None = None
    open: bool = True
    source_url: str | None = None
    extra: dict[str, Any] = field(default_factory=dict)


def lead_fields(listing: Listing) -> dict[str, str | None]:
    """What a listing says of its business, by the names of a prospect's fields."""
    return {
        "category": listing.category,
        "website": listing.website,
        "domain": site_domain(listing.website),
        "phone": listing.phone,
        "address": listing.address,
        "city": listing.city,
        "state": listing.state,
        "zip_code": listing.zip_code,
        "country": listing.country,
    }

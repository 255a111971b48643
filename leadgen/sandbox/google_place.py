"""A place as Google Places gives it, and the field mask that says which of its fields."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from leadgen.sandbox.addresses import country_name, phone_formats, state_name, town_line
from leadgen.sandbox.google_errors import google_error, invalid
from leadgen.sandbox.wire import Reply, names
from leadgen.sandbox.world import VendorListing

# What each field costs: a call is billed at the highest tier its mask touches. `ids` is free.
_TIERS = ("ids", "pro", "enterprise", "enterprise_atmosphere")
_IDS = {"id", "name", "attributions"}
_ENTERPRISE = names(
    "currentOpeningHours currentSecondaryOpeningHours internationalPhoneNumber nationalPhoneNumber priceLevel "
    "priceRange rating regularOpeningHours regularSecondaryOpeningHours userRatingCount websiteUri"
)
_ATMOSPHERE = names(
    "allowsDogs curbsidePickup delivery dineIn editorialSummary evChargeAmenitySummary evChargeOptions "
    "fuelOptions generativeSummary goodForChildren goodForGroups goodForWatchingSports liveMusic menuForChildren "
    "neighborhoodSummary outdoorSeating parkingOptions paymentOptions reservable restroom reviewSummary reviews "
    "servesBeer servesBreakfast servesBrunch servesCocktails servesCoffee servesDessert servesDinner servesLunch "
    "servesVegetarianFood servesWine takeout"
)
_PRO = names(
    "accessibilityOptions addressComponents addressDescriptor adrFormatAddress businessStatus consumerAlert "
    "containingPlaces displayName entrances formattedAddress googleMapsLinks googleMapsTypeLabel googleMapsUri "
    "iconBackgroundColor iconMaskBaseUri location movedPlace movedPlaceId navigationPoints openingDate photos "
    "plusCode postalAddress primaryType primaryTypeDisplayName pureServiceAreaBusiness shortFormattedAddress "
    "subDestinations timeZone transitStation types utcOffsetMinutes viewport"
)


class BadMask(ValueError):
    """The field mask is missing or names what does not exist; carries Google's refusal."""

    def __init__(self, reply: Reply) -> None:
        super().__init__("bad field mask")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class FieldMask:
    """Which fields are wanted. `paths` are parted at the dots; None means all."""

    paths: tuple[tuple[str, ...], ...] | None
    next_page_token: bool
    sku: str

    def pick(self, place: Mapping[str, Any]) -> dict[str, Any]:
        """The wanted fields of a place, where it has them."""
        if self.paths is None:
            return dict(place)
        picked: dict[str, Any] = {}
        for path in self.paths:
            if path[0] not in place:
                continue
            if len(path) == 1 or not isinstance(place[path[0]], dict):
                picked[path[0]] = place[path[0]]
            elif path[1] in place[path[0]]:
                picked.setdefault(path[0], {})[path[1]] = place[path[0]][path[1]]
        return picked


@lru_cache(maxsize=256)
def field_mask(text: str | None, prefix: str | None) -> FieldMask:
    """Reads a mask, as `places.id,nextPageToken` (prefix `places`) or `id,rating` (None). Raises BadMask."""
    if not text:
        raise BadMask(
            google_error(
                400,
                "FieldMask is a required parameter. See https://cloud.google.com/apis/docs/system-parameters "
                "on how to provide it. As an example, you can set the header 'X-Goog-FieldMask' with value "
                "'places.displayName' to retrieve only the display name.",
            )
        )
    paths, tier, token = [], 0, False
    for field in text.split(","):
        parts = tuple(field.split("."))
        if parts == ("*",):
            return FieldMask(None, next_page_token=True, sku=_TIERS[-1])
        if prefix and parts == ("nextPageToken",):
            token = True
            continue
        if prefix and parts[0] == prefix:
            parts = parts[1:]
        elif prefix:
            raise BadMask(_unknown(field))
        if parts == ("*",) or (prefix and not parts):
            return FieldMask(None, next_page_token=token, sku=_TIERS[-1])
        tier = max(tier, _tier(parts[0], field))
        paths.append(parts)
    return FieldMask(tuple(paths), token, _TIERS[tier])


def _tier(name: str, field: str) -> int:
    for tier, fields in enumerate((_IDS, _PRO, _ENTERPRISE, _ATMOSPHERE)):
        if name in fields:
            return tier
    raise BadMask(_unknown(field))


def _unknown(field: str) -> Reply:
    return invalid(f"Error expanding 'fields' parameter. Cannot find matching fields for path '{field}'.", field)


@lru_cache(maxsize=65_536)
def place_json(listing: VendorListing) -> dict[str, Any]:
    """All fields of a place that the world knows. Shared: not to be changed."""
    place: dict[str, Any] = {
        "name": f"places/{listing.source_id}",
        "id": listing.source_id,
        "displayName": {"text": listing.name, "languageCode": "en"},
        "formattedAddress": _formatted_address(listing),
        "shortFormattedAddress": ", ".join(part for part in (listing.street, listing.city) if part),
        "addressComponents": _address_components(listing),
        "location": {"latitude": listing.location.latitude, "longitude": listing.location.longitude},
        "businessStatus": "CLOSED_PERMANENTLY" if listing.is_closed else "OPERATIONAL",
        "types": [listing.category, "point_of_interest", "establishment"],
        "primaryType": listing.category,
        "primaryTypeDisplayName": {"text": listing.category_title, "languageCode": "en-US"},
        "googleMapsUri": f"https://maps.google.com/?cid={_cid(listing.source_id)}",
    }
    if listing.website:
        place["websiteUri"] = listing.website
    if listing.phone:
        _, place["nationalPhoneNumber"], place["internationalPhoneNumber"] = phone_formats(
            listing.phone, listing.country
        )
    if listing.rating is not None:
        place["rating"] = listing.rating
    if listing.review_count:
        place["userRatingCount"] = listing.review_count
    return place


def _formatted_address(listing: VendorListing) -> str:
    country = "USA" if listing.country == "US" else country_name(listing.country)
    town = town_line(listing.city, listing.state, listing.zip_code)
    return ", ".join(part for part in (listing.street, town, country) if part)


def _address_components(listing: VendorListing) -> list[dict[str, Any]]:
    number, _, route = (listing.street or "").partition(" ")
    if not number[:1].isdigit():
        number, route = "", listing.street or ""
    parts = [
        (number, number, ["street_number"]),
        (route, route, ["route"]),
        (listing.city, listing.city, ["locality", "political"]),
        (state_name(listing.state), listing.state, ["administrative_area_level_1", "political"]),
        (country_name(listing.country), listing.country, ["country", "political"]),
        (listing.zip_code, listing.zip_code, ["postal_code"]),
    ]
    return [
        {"longText": long, "shortText": short, "types": types, "languageCode": "en"}
        for long, short, types in parts
        if long
    ]


def _cid(source_id: str) -> int:
    return int.from_bytes(hashlib.sha256(source_id.encode()).digest()[:8], "big")

"""How Google and Yelp spell one business: what they leave out, abbreviate, round and rate differently."""

import base64
import hashlib
import math
import random
import re
from typing import Literal

from leadgen.domain.geo import Circle
from leadgen.sandbox.fiction import vocabulary
from leadgen.sandbox.fiction.scatter import jittered
from leadgen.sandbox.fiction.trades import Trade
from leadgen.sandbox.world import Business, VendorListing

_LEGAL_FORM = re.compile(r",? (LLC|L\.L\.C\.|Inc\.?|Co\.|Corp\.?|PLLC|P\.A\.|PC|LLP|DDS|DVM)$", re.IGNORECASE)
_BRANCH = re.compile(r" [-–|] [^-–|]+$")


def google_id(business_id: str) -> str:
    """A place id as Google writes them."""
    return "ChIJ" + _digest(f"google:{business_id}")[:23]


def yelp_id(business_id: str) -> str:
    """A business id as Yelp writes them."""
    return _digest(f"yelp:{business_id}")[:22]


def google_listing(rng: random.Random, business: Business, trade: Trade, circle: Circle) -> VendorListing:
    """As Google lists it: in full, sometimes with the legal form; the phone in national format."""
    name = business.name
    if not _BRANCH.search(name) and rng.random() < 0.15:
        name = f"{name}, {rng.choice(trade.legal_suffixes)}"
    street = business.street
    if street and rng.random() < 0.8:
        street = abbreviated(street)
    rating, review_count = reviews(rng, business.id, "google_maps")
    return VendorListing(
        source="google_maps",
        source_id=google_id(business.id),
        business_id=business.id,
        name=name,
        category=trade.google_type,
        category_title=trade.google_title,
        phone=national_format(business.phone) if business.phone and rng.random() < 0.97 else None,
        website=_as_linked(rng, business.website) if business.website else None,
        street=street,
        city=business.city,
        state=business.state,
        zip_code=business.zip_code,
        country=business.country,
        location=jittered(rng, business.location, circle, meters=15),
        rating=rating,
        review_count=review_count,
        is_closed=not business.is_open,
    )


def yelp_listing(rng: random.Random, business: Business, trade: Trade, circle: Circle) -> VendorListing:
    """As Yelp lists it: no website, the phone in E.164, a looser spelling, a harsher rating."""
    street = business.street
    if street:
        street = rng.choice((street, abbreviated(street), _without_suite(abbreviated(street))))
    rating, review_count = reviews(rng, business.id, "yelp")
    return VendorListing(
        source="yelp",
        source_id=yelp_id(business.id),
        business_id=business.id,
        name=_yelp_name(rng, business.name),
        category=trade.yelp_alias,
        category_title=trade.yelp_title,
        phone=business.phone if rng.random() < 0.94 else None,
        website=None,
        street=street,
        city=business.city,
        state=business.state,
        zip_code=business.zip_code,
        country=business.country,
        location=jittered(rng, business.location, circle),
        rating=rating,
        review_count=review_count,
        is_closed=not business.is_open,
    )


def reviews(rng: random.Random, business_id: str, source: Literal["google_maps", "yelp"]) -> tuple[float | None, int]:
    """Rating 1-5 and how many gave it; sources agree on the business's quality but not to the tenth."""
    if rng.random() < 0.05:
        return None, 0
    quality = 3.4 + 1.5 * _hash(business_id)[0] / 255
    if source == "google_maps":
        rating = round(min(5.0, max(1.0, rng.gauss(quality, 0.2))), 1)
        return rating, max(1, round(math.exp(rng.gauss(4.1, 1.1))))
    rating = round(2 * min(5.0, max(1.0, rng.gauss(quality - 0.4, 0.4)))) / 2
    return rating, max(1, round(math.exp(rng.gauss(3.0, 1.0))))


def abbreviated(street: str) -> str:
    """The street with the post office's abbreviations: "1204 North Lamar Street" is "1204 N Lamar St"."""
    return " ".join(vocabulary.STREET_ABBREVIATIONS.get(word, word) for word in street.split(" "))


def national_format(phone: str) -> str:
    """A US number in E.164 as people write it, "(512) 555-0143"; any other as it is."""
    if not re.fullmatch(r"\+1\d{10}", phone):
        return phone
    return f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}"


def _yelp_name(rng: random.Random, name: str) -> str:
    """Without the legal form and mostly without a branch's place; "&" spelled out, apostrophes lost."""
    name = _LEGAL_FORM.sub("", name)
    if rng.random() < 0.7:
        name = _BRANCH.sub("", name)
    luck = rng.random()
    if luck < 0.5:
        return name.replace(" & ", " and ")
    if luck < 0.6:
        return name.replace("'s ", "s ")
    if luck < 0.65:
        return name.replace(" and ", " & ").upper()
    return name


def _as_linked(rng: random.Random, website: str) -> str:
    """The address as owners paste it: with or without "www.", a slash, a campaign tag."""
    if "://www." not in website and rng.random() < 0.4:
        website = website.replace("://", "://www.", 1)
    if website.count("/") > 2:  # it names a page
        return website
    return website + rng.choice(("", "/", "/", "/?utm_source=gmb&utm_medium=organic"))


def _without_suite(street: str) -> str:
    return re.sub(r" (Suite|Ste|#).*$", "", street)


def _hash(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=18).digest()


def _digest(text: str) -> str:
    return base64.urlsafe_b64encode(_hash(text)).decode()

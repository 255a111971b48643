"""One cell of an imported table, read: phones in E.164, websites as URLs, addresses in their parts.

Each reader returns None for a cell that says nothing and raises `Unreadable` for one that says something it cannot be.
"""

import re
from functools import lru_cache
from typing import NamedTuple

import phonenumbers

from leadgen.domain.enrichment.verification import own_verdict
from leadgen.domain.geo import Point
from leadgen.domain.identity.domains import host_of, registrable_domain
from leadgen.domain.identity.names import fold
from leadgen.domain.identity.phones import e164
from leadgen.domain.identity.words import word_set

LONGEST_NAME = 300
LONGEST_URL = 2_000

_NOTHING = word_set(
    "- -- --- – — . ? / n/a na n.a. #n/a none null nil nan undefined unknown tbd (blank) #value! #ref! #name?"
)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b\u200e\u200f\u2060\ufeff]+")
_EXTENSION = re.compile(r"\s*(?:ext\.?|extension|x|#)\s*\d{1,6}\s*$", re.IGNORECASE)
_SEVERAL = re.compile(r"\s*(?:[;|/]|,(?=\s*[+(\d])|\bor\b)\s*", re.IGNORECASE)
_WHOLE_FLOAT = re.compile(r"\d{3,15}\.0")
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_US_TAIL = re.compile(
    r"^(?P<street>.+?),\s*(?P<city>[^,\d]+),\s*(?P<state>[A-Za-z]{2})\.?,?\s+(?P<zip>\d{5}(?:-\d{4})?)"
    r"(?:,?\s*(?P<country>USA?|United States(?: of America)?))?$"
)
_US_ZIP_WITHOUT_ZERO = re.compile(r"\d{3,4}")
_DEGREES = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?")

_COUNTRIES = {
    "usa": "US", "u.s.": "US", "u.s.a.": "US", "united states": "US", "united states of america": "US", "america": "US",
    "canada": "CA", "uk": "GB", "u.k.": "GB", "united kingdom": "GB", "great britain": "GB", "england": "GB",
    "scotland": "GB", "wales": "GB", "northern ireland": "GB", "ireland": "IE", "germany": "DE", "deutschland": "DE",
    "austria": "AT", "osterreich": "AT", "switzerland": "CH", "schweiz": "CH", "suisse": "CH", "france": "FR",
    "spain": "ES", "espana": "ES", "italy": "IT", "italia": "IT", "portugal": "PT", "netherlands": "NL",
    "the netherlands": "NL", "nederland": "NL", "belgium": "BE", "luxembourg": "LU", "denmark": "DK", "sweden": "SE",
    "norway": "NO", "finland": "FI", "poland": "PL", "polska": "PL", "czech republic": "CZ", "czechia": "CZ",
    "australia": "AU", "new zealand": "NZ", "mexico": "MX", "brazil": "BR", "brasil": "BR", "argentina": "AR",
    "chile": "CL", "colombia": "CO", "india": "IN", "japan": "JP", "south africa": "ZA", "singapore": "SG",
    "united arab emirates": "AE", "israel": "IL", "turkey": "TR", "greece": "GR", "hungary": "HU", "romania": "RO",
}  # fmt: skip


class Unreadable(ValueError):
    """What is wrong with a cell (`problem`), and what to do about it (`remedy`)."""

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.remedy = remedy


def text(cell: str, longest: int = LONGEST_NAME) -> str | None:
    """The cell on one line; None for an empty one and for the signs people write into empty cells."""
    clean = cell.strip()
    if not clean.isascii() and "�" in clean:
        raise Unreadable("it has characters that cannot be read", "Save the file as UTF-8.")
    if "  " in clean or not clean.isprintable():
        clean = " ".join(_CONTROL.sub(" ", clean).split())
    if not clean or clean.lower() in _NOTHING:
        return None
    if len(clean) > longest:
        raise Unreadable(f"it has {len(clean)} characters", f"Shorten it to {longest}.")
    return clean


def name(cell: str) -> str | None:
    """A name: text with a letter or digit in it."""
    found = text(cell)
    if found is not None and not any(character.isalnum() for character in found):
        raise Unreadable("it has neither a letter nor a digit", "Write the name out.")
    return found


def phone(cell: str, region: str) -> str | None:
    """E.164; the first number where the cell has several. `region` (ISO 3166 alpha-2) reads one without country code."""
    found = text(cell)
    if found is None:
        return None
    return _phone(found, region)


@lru_cache(maxsize=16_384)
def _phone(given: str, region: str) -> str:
    for one in _SEVERAL.split(_EXTENSION.sub("", given)):
        spelt = one[:-2] if _WHOLE_FLOAT.fullmatch(one) else one  # a spreadsheet's number
        number = e164(spelt, region) or (e164(f"+{spelt}", region) if spelt.isdigit() and len(spelt) > 10 else None)
        if number is not None:
            return number
    raise Unreadable(
        f"it is no phone number of {region}",
        "Write it with its country code, as +1 512 555 0143, or correct the country.",
    )


def website(cell: str) -> str | None:
    """A URL with scheme and host."""
    found = text(cell, LONGEST_URL)
    if found is None:
        return None
    url = found if _SCHEME.match(found) else f"https://{found.lstrip('/')}"
    plain = url.lower().startswith(("http://", "https://"))
    if not plain or " " in found or "@" in found or host_of(url) is None or registrable_domain(url) is None:
        raise Unreadable("it is no web address", "Write it as https://example.com.")
    return url


def email(cell: str) -> str | None:
    """An address in lower case; the first where the cell has several."""
    found = text(cell)
    if found is None:
        return None
    address = re.split(r"[;,\s]+", found.removeprefix("mailto:"))[0].strip("<>").lower()
    verdict = own_verdict(address)
    if verdict is not None and verdict.status == "invalid":
        raise Unreadable("it is no email address", "Write it as name@example.com.")
    return address


def country(cell: str) -> str | None:
    """ISO 3166 alpha-2."""
    found = text(cell)
    if found is None:
        return None
    code = found.upper()
    if code in phonenumbers.SUPPORTED_REGIONS:
        return code
    known = _COUNTRIES.get(fold(found))
    if known is None:
        raise Unreadable("it is no country that is known here", "Write its two letters, as US or DE.")
    return known


def zip_code(cell: str, region: str) -> str | None:
    """A postal code. A US code that a spreadsheet took for a number gets its leading zeros back."""
    found = text(cell)
    if found is None:
        return None
    code = found[:-2] if _WHOLE_FLOAT.fullmatch(found) else found
    return code.zfill(5) if region == "US" and _US_ZIP_WITHOUT_ZERO.fullmatch(code) else code


def degrees(cell: str, most: float) -> float | None:
    """Degrees between -most and most; a decimal comma is read too."""
    found = text(cell)
    if found is None:
        return None
    value = float(found.replace(",", ".")) if _DEGREES.fullmatch(found) else most + 1
    if abs(value) > most:
        raise Unreadable(f"it is no number between -{most:.0f} and {most:.0f}", "Write degrees, as 30.2672.")
    return value


def point(latitude: float | None, longitude: float | None) -> Point | None:
    """The place; None where a half is missing, and for 0, 0, which lies in the sea and stands for unknown."""
    if latitude is None or longitude is None or latitude == longitude == 0:
        return None
    return Point(latitude, longitude)


class AddressParts(NamedTuple):
    """A US address that was written in one line, in its parts."""

    street: str
    city: str
    state: str
    zip_code: str


def us_address_parts(line: str) -> AddressParts | None:
    """`12 Oak Street, Suite 4, Austin, TX 78701, USA` in its parts; None for what is written otherwise."""
    found = _US_TAIL.match(line)
    if found is None:
        return None
    return AddressParts(found["street"], found["city"].strip(), found["state"].upper(), found["zip"])

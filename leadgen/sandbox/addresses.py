"""How vendors write addresses and phone numbers."""

from functools import lru_cache

import phonenumbers

US_STATES = {
    code: name
    for code, _, name in (
        line.partition(" ")
        for line in """AL Alabama
AK Alaska
AZ Arizona
AR Arkansas
CA California
CO Colorado
CT Connecticut
DE Delaware
DC District of Columbia
FL Florida
GA Georgia
HI Hawaii
ID Idaho
IL Illinois
IN Indiana
IA Iowa
KS Kansas
KY Kentucky
LA Louisiana
ME Maine
MD Maryland
MA Massachusetts
MI Michigan
MN Minnesota
MS Mississippi
MO Missouri
MT Montana
NE Nebraska
NV Nevada
NH New Hampshire
NJ New Jersey
NM New Mexico
NY New York
NC North Carolina
ND North Dakota
OH Ohio
OK Oklahoma
OR Oregon
PA Pennsylvania
RI Rhode Island
SC South Carolina
SD South Dakota
TN Tennessee
TX Texas
UT Utah
VT Vermont
VA Virginia
WA Washington
WV West Virginia
WI Wisconsin
WY Wyoming""".splitlines()
    )
}
_COUNTRIES = {"US": "United States", "CA": "Canada", "GB": "United Kingdom", "AU": "Australia"}


def state_name(code: str | None) -> str | None:
    """The full name of a US state; any other text as it is."""
    return US_STATES.get(code, code) if code else None


def country_name(code: str) -> str:
    """The name of a country of ISO code `code`; the code where we have no name for it."""
    return _COUNTRIES.get(code, code)


def town_line(city: str | None, state: str | None, zip_code: str | None) -> str:
    """`Austin, TX 78704`, with what there is."""
    region = " ".join(part for part in (state, zip_code) if part)
    return ", ".join(part for part in (city, region) if part)


@lru_cache(maxsize=65_536)
def phone_formats(raw: str, country: str) -> tuple[str, str, str]:
    """(E.164, national, international) of a number however written; the number as it is where it cannot be read."""
    try:
        number = phonenumbers.parse(raw, country)
    except phonenumbers.NumberParseException:
        return raw, raw, raw
    form = phonenumbers.PhoneNumberFormat
    e164, national, international = (
        phonenumbers.format_number(number, kind) for kind in (form.E164, form.NATIONAL, form.INTERNATIONAL)
    )
    return e164, national, international

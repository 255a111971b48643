"""What a page says of the business itself: address, opening hours, founding year, year of its copyright notice."""

import re
from collections.abc import Iterable, Sequence

from leadgen.domain.enrichment.markup import squeeze
from leadgen.domain.enrichment.structured import Item, strings, types_of

_STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|DC|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ|NM|NY|NC|ND|OH|OK|OR"
    "|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|PR"
)
_STATE_NAMES = (
    "Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Delaware|Florida|Georgia|Hawaii|Idaho|Illinois"
    "|Indiana|Iowa|Kansas|Kentucky|Louisiana|Maine|Maryland|Massachusetts|Michigan|Minnesota|Mississippi"
    "|Missouri|Montana"
    "|Nebraska|Nevada|New Hampshire|New Jersey|New Mexico|New York|North Carolina|North Dakota|Ohio|Oklahoma|Oregon"
    "|Pennsylvania|Rhode Island|South Carolina|South Dakota|Tennessee|Texas|Utah|Vermont|Virginia|Washington"
    "|West Virginia|Wisconsin|Wyoming"
)
_STATE_AND_ZIP = rf"(?:{_STATES}|{_STATE_NAMES})\.?,?\s+\d{{5}}(?:-\d{{4}})?\b"
_ZIP_LINE = re.compile(_STATE_AND_ZIP)
_STREET_LINE = re.compile(
    r"(?:P\.?\s?O\.?\s?Box\s+\d+"
    r"|\b\d{1,6}(?:-\d+)?[A-Za-z]?\s+(?:[NSEW]{1,2}\.?\s+)?[A-Z0-9][\w.'’-]*(?:\s+[\w.'’#&-]+){0,7})"
)
_US_ADDRESS = re.compile(rf"({_STREET_LINE.pattern}),?\s+(?:[A-Za-z0-9#.&'’ -]+,\s*){{0,3}}{_STATE_AND_ZIP}")
_LONGEST_ADDRESS = 160

_DAY = (
    r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?s?|weekdays|weekends|daily"
    r"|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
)
_HOUR = r"\d{1,2}(?:[:.]\d{2})?\s*(?:[ap]\.?\s?m\.?|uhr|h)?"
_HOURS_LINE = re.compile(
    rf"\b(?:{_DAY})\b.{{0,40}}?(?:{_HOUR}\s*(?:-|–|—|to|until|till|bis|a)\s*{_HOUR}|\bclosed\b|\bby appointment\b)",
    re.IGNORECASE,
)
_CLOCK = re.compile(r"\d\s*[ap]\.?\s?m|\d[:.]\d\d|\bclosed\b|\bby appointment\b|\d\s*uhr", re.IGNORECASE)
_LONGEST_HOURS = 140
_MOST_HOURS = 14

_FOUNDED = re.compile(
    r"\b(?:(?:founded|established|started|opened|est\.?|in business|serving[\w ,'’&-]{0,60}"
    r"|family[- ]owned[\w ,'’&-]{0,40}"
    r"|operating|here|open)\s+(?:in\s+|since\s+)(?:19|20)\d{2}|(?:est\.?|established|since|founded|gegründet"
    r"|seit|depuis"
    r"|desde|fondée? en|fundada en)\s+(?:in\s+)?(?:19|20)\d{2})\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:1[89]|20)\d{2}")
_COPYRIGHT = re.compile(
    r"(?:©|\(c\)|copyright)[^\d]{0,40}((?:(?:19|20)\d{2}\s*[-–]\s*)?((?:19|20)\d{2}))", re.IGNORECASE
)


def find_address(lines: Sequence[str], items: Iterable[Item]) -> str | None:
    """The first postal address of the page as one line: schema.org `PostalAddress`, else a US address in the text."""
    for item in items:
        if "PostalAddress" in types_of(item):
            street = strings(item, "streetAddress")[:1]
            place = strings(item, "addressLocality")[:1]
            region = " ".join(strings(item, "addressRegion")[:1] + strings(item, "postalCode")[:1])
            if street and (place or region):
                return ", ".join([*street, *place, *([region] if region else [])])
    for at, line in enumerate(lines):
        if len(line) > 1_000 or not (zip_at := _ZIP_LINE.search(line)):
            continue
        whole = _US_ADDRESS.search(line)
        if whole and len(whole[0]) <= _LONGEST_ADDRESS:
            return squeeze(whole[0])
        # the street may stand up to two lines above "City, ST 12345"
        for above in range(at - 1, max(-1, at - 3), -1):
            if len(lines[above]) <= _LONGEST_ADDRESS and _STREET_LINE.match(lines[above]):
                return ", ".join([*lines[above:at], line[: zip_at.end()]])
    return None


def _declared_hours(item: Item) -> Iterable[str]:
    yield from strings(item, "openingHours")
    if "OpeningHoursSpecification" in types_of(item):
        days = [day.rstrip("/").rpartition("/")[2] for day in strings(item, "dayOfWeek")]
        opens, closes = strings(item, "opens")[:1], strings(item, "closes")[:1]
        if days and opens and closes:
            yield f"{', '.join(days)} {opens[0][:5]}-{closes[0][:5]}"


def find_opening_hours(lines: Sequence[str], items: Iterable[Item]) -> tuple[str, ...]:
    """Opening hours as the page spells them, one line a day or range of days; schema.org first."""
    declared = dict.fromkeys(hours for item in items for hours in _declared_hours(item))
    if declared:
        return tuple(declared)[:_MOST_HOURS]
    said: dict[str, None] = {}
    for at, line in enumerate(lines):
        if len(line) > _LONGEST_HOURS:
            continue
        if _HOURS_LINE.search(line) and _CLOCK.search(line):
            said[line] = None
        elif re.fullmatch(rf"(?:{_DAY})\W*(?:(?:-|–|to|&|and)\s*(?:{_DAY}))?\W*", line, re.IGNORECASE):
            beside = lines[at + 1] if at + 1 < len(lines) else ""
            if len(beside) <= 40 and _CLOCK.search(beside):
                said[f"{line} {beside}"] = None
    return tuple(said)[:_MOST_HOURS]


def find_year_founded(lines: Iterable[str], items: Iterable[Item]) -> int | None:
    """The year the business began by its own words ("since 1987") or schema.org `foundingDate`; the earliest said."""
    years = [int(year[0]) for item in items for text in strings(item, "foundingDate") if (year := _YEAR.match(text))]
    if not years:
        for line in filter(_YEAR.search, lines):
            for match in _FOUNDED.finditer(line):
                years += [int(year) for year in _YEAR.findall(match[0])[-1:]]
    return min(years, default=None)


def find_copyright_year(lines: Iterable[str]) -> int | None:
    """The latest year of a copyright notice: how fresh the site says it is."""
    years = [int(match[2]) for line in filter(_YEAR.search, lines) for match in _COPYRIGHT.finditer(line)]
    return max(years, default=None)

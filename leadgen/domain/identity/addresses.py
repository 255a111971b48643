"""Street addresses in a comparable form: house number, street words, unit.

Not a postal parser: sources write one address in many orders (`250 N Highland Ave`, `North Highland Avenue, 250`,
`Rua X, 663`), so numbers and words are sorted out by what they look like, and compared as such.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from leadgen.domain.identity.names import fold
from leadgen.domain.identity.words import word_set

_UNIT = re.compile(
    r"\b(?:ste|suite|unit|apt|apartment|room|rm|bldg|building|fl|floor|lot|slip|sala|local|oficina|piso|box)\b"
    r"\.?\s*#?\s*([a-z]?\d+[a-z]?|[a-z])\b|#\s*(\w+)|\b\d+(?:st|nd|rd|th)\s+(?:floor|fl)\b"
)
_STATE_AND_ZIP = re.compile(r"(?:,|\s)\s*[a-z]{2}\.?,?\s+\d{5}(?:-\d{4})?\s*$|,\s*[a-z]{2}\s*,?\s*$")
_NUMBER = re.compile(r"(\d+)[a-z]?(?:\s?[-/–]\s?(\d+)[a-z]?)?")
_ORDINAL = re.compile(r"(\d+)(?:st|nd|rd|th)")
_TOKEN = re.compile(r"\d+[a-z]?\s?[-/–]\s?\d+[a-z]?\b|\w+")
_BLOCK_SIGNS = re.compile("丁目|番地?|号|[−‐–ー](?=\\d)")  # 6丁目2番1号 is 6-2-1
_SPACELESS_NUMBER = re.compile("(?<=[\u3040-\u9fff])(?=\\d)")
_CROSS_STREET = re.compile(r"[,(]?\s*\b(?:at|btwn|between|near|corner of|off)\s.*$")

LIKE_STREET = 0.8  # from here two spellings name one street
NEAR_HOUSES = 20

_ORDINAL_WORDS = {
    "first": "1", "second": "2", "third": "3", "fourth": "4", "fifth": "5", "sixth": "6", "seventh": "7", "eighth": "8",
    "ninth": "9", "tenth": "10",
}  # fmt: skip
_DIRECTIONS = {
    "north": "n", "south": "s", "east": "e", "west": "w", "northeast": "ne", "northwest": "nw", "southeast": "se",
    "southwest": "sw",
}  # fmt: skip
_STREET_KINDS = word_set(
    """st street ave av avenue rd road blvd boulevard dr drive ln lane ct court pl place sq square ter
    terrace pkwy parkway hwy highway way cir circle trl trail pike plz plaza aly alley expy expressway fwy
    freeway rte route us rua r avenida calle c carrera cra via viale piazza corso rue allee chemin impasse
    quai strasse str platz weg gasse straat laan plein praca pc travessa rodovia estrada jalan jl ulica ul
    cd caddesi sokak nam namesti"""
)


@dataclass(frozen=True, slots=True)
class Address:
    """`numbers` are the house number (first..last of a range); `streets` the words that name the street."""

    text: str
    numbers: tuple[int, int] | None
    streets: tuple[str, ...]
    direction: str | None
    unit: str | None

    def __bool__(self) -> bool:
        return bool(self.numbers or self.streets)


_NOWHERE = Address("", None, (), None, None)


@lru_cache(maxsize=65_536)
def normal_address(raw: str | None, city: str | None = None, postal_code: str | None = None) -> Address:
    """The comparable form of a street line. City, state and postal code, where they stand in it, are left out."""
    if not raw or not raw.strip():
        return _NOWHERE
    text = _BLOCK_SIGNS.sub("-", fold(raw)).replace(".", " ")
    text = _SPACELESS_NUMBER.sub(" ", text)
    if postal_code:
        text = text.replace(fold(postal_code), " ")
    text = _STATE_AND_ZIP.sub(" ", text)
    unit = _UNIT.search(text)
    text = _UNIT.sub(" ", text)
    text = _CROSS_STREET.sub(" ", text) or text
    segments = [s for s in text.split(",") if s.strip()]
    skipped = frozenset(fold(city or "").split())
    numbers: tuple[int, int] | None = None
    direction: str | None = None
    streets: list[str] = []
    for index, segment in enumerate(segments):
        if index > 1 or (index == 1 and numbers and streets):
            break  # what follows the street line is district or city
        for token in _TOKEN.findall(segment):
            number = _NUMBER.fullmatch(token)
            if number and numbers is None:
                numbers = _range(number[1], number[2])
                continue
            word = _street_word(token)
            if word in _DIRECTIONS.values():
                direction = direction or word
            elif word not in _STREET_KINDS and token not in skipped:
                streets.append(word)
    return Address(
        " ".join(text.split()),
        numbers,
        tuple(streets),
        direction,
        next(filter(None, unit.groups()), None) if unit else None,
    )


def _range(first: str, last: str | None) -> tuple[int, int]:
    """`2200-348` means 2200 to 2348; a second number that is no continuation is not part of the house number."""
    start = int(first[:9])
    if not last:
        return start, start
    end = int((first[: max(len(first) - len(last), 0)] + last)[:9])
    return (start, end) if start <= end <= start + 200 else (start, start)


def _street_word(token: str) -> str:
    ordinal = _ORDINAL.fullmatch(token)
    if ordinal:
        return ordinal[1]
    return _DIRECTIONS.get(token, _ORDINAL_WORDS.get(token, token))


@dataclass(frozen=True, slots=True)
class AddressLikeness:
    """`number`: same, near (within 20 numbers), different, or None where a side has none.

    `street` 0..1, None where a side has none.
    """

    number: str | None
    street: float | None
    unit_differs: bool

    @property
    def same_place(self) -> bool:
        """One door: the same house number of the same street."""
        return self.number == "same" and (self.street or 0.0) >= LIKE_STREET


def compare_addresses(a: Address, b: Address) -> AddressLikeness:
    """Compare house numbers as ranges, and street names word by word."""
    number = None
    if a.numbers and b.numbers:
        gap = max(a.numbers[0], b.numbers[0]) - min(a.numbers[1], b.numbers[1])
        number = "same" if gap <= 0 else "near" if gap <= NEAR_HOUSES else "different"
    street = _street_likeness(a, b)
    unit_differs = bool(a.unit and b.unit and a.unit != b.unit)
    return AddressLikeness(number, street, unit_differs)


def _street_likeness(a: Address, b: Address) -> float | None:
    if not a.streets or not b.streets:
        return None
    likeness = 1.0 if a.streets == b.streets else fuzz.token_set_ratio(" ".join(a.streets), " ".join(b.streets)) / 100
    if a.direction and b.direction and a.direction != b.direction:
        likeness *= 0.7
    return likeness

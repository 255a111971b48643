"""What a made-up world hands out: names, domains and telephone numbers, no two alike, and street addresses."""

import random
import re
import unicodedata
from collections.abc import Iterator
from itertools import chain, count

from leadgen.sandbox.fiction import vocabulary
from leadgen.sandbox.fiction.chance import draw
from leadgen.sandbox.fiction.cities import CITIES, City
from leadgen.sandbox.fiction.trades import Trade

TOP_LEVEL_DOMAIN = "example"  # reserved by RFC 2606: resolves nowhere

_NAME_SHAPES = {
    "{last} {ending}": 0.22,
    "{last} & {partner} {ending}": 0.10,
    "{district} {ending}": 0.22,
    "{adjective} {ending}": 0.16,
    "{adjective} {district} {ending}": 0.10,
    "{first}'s {ending}": 0.08,
    "{city} {ending}": 0.07,
    "{ending} of {district}": 0.05,
}


def slug(text: str, separator: str = "") -> str:
    """The ASCII letters and digits of a name, lower case, words joined by `separator`; may be empty."""
    plain = unicodedata.normalize("NFKD", text.replace("'", "")).encode("ascii", "ignore").decode()
    return separator.join(re.findall(r"[a-z0-9]+", plain.lower()))


def street_address(rng: random.Random) -> str:
    """A number and street in full words, without a suite: "1204 North Lamar Street"."""
    direction = f"{rng.choice(vocabulary.DIRECTIONS)} " if rng.random() < 0.25 else ""
    street, kind = rng.choice(vocabulary.STREETS), rng.choice(vocabulary.STREET_KINDS)
    return f"{rng.randint(100, 9899)} {direction}{street} {kind}"


class Register:
    """The register of one made-up world."""

    def __init__(self, rng: random.Random, city: City) -> None:
        self._rng = rng
        self._city = city
        self._names: set[str] = set()
        self._domains: set[str] = set()
        self._phones = _phone_numbers(rng, city)

    def name(self, trade: Trade) -> tuple[str, str | None]:
        """A new business name, and its owner's last name where the name gives it away."""
        while True:
            shape, last = draw(self._rng, _NAME_SHAPES), self._rng.choice(vocabulary.LAST_NAMES)
            name = shape.format(
                last=last,
                partner=self._rng.choice(vocabulary.LAST_NAMES),
                first=self._rng.choice(vocabulary.FIRST_NAMES),
                district=self._rng.choice(vocabulary.DISTRICTS),
                adjective=self._rng.choice(vocabulary.ADJECTIVES),
                city=self._city.name,
                ending=self._rng.choice(trade.endings),
            )
            if self.claim(name):
                return name, last if "{last}" in shape else None

    def brand(self, trade: Trade) -> str:
        """A new name for a chain, whose branches add their district."""
        while True:
            name = f"{self._rng.choice(vocabulary.ADJECTIVES)} {self._rng.choice(trade.endings)}"
            if self.claim(name) or self.claim(name := f"{self._rng.choice(vocabulary.DISTRICTS)} {name}"):
                return name

    def claim(self, name: str) -> bool:
        """Take a name; False when it is taken already."""
        if name in self._names:
            return False
        self._names.add(name)
        return True

    def domain(self, name: str) -> str:
        """A new domain that fits the name."""
        label = slug(name) or "business"
        candidates = chain((label, f"{label}{slug(self._city.name)}"), (f"{label}{n}" for n in count(2)))
        chosen = next(candidate for candidate in candidates if candidate not in self._domains)
        self._domains.add(chosen)
        return f"{chosen}.{TOP_LEVEL_DOMAIN}"

    def phone(self) -> str:
        """A new telephone number in E.164."""
        return next(self._phones)


def _phone_numbers(rng: random.Random, city: City) -> Iterator[str]:
    """555-01xx first, which is reserved for fiction; then the rest of the 555 exchange, which rings nowhere."""
    elsewhere = tuple(code for other in CITIES if other is not city for code in other.area_codes)
    blocks = (
        (city.area_codes, range(100, 200)),
        (city.area_codes, range(2000, 10_000)),
        (elsewhere, range(2000, 10_000)),
    )
    for area_codes, lines in blocks:
        numbers = [f"+1{code}555{line:04}" for code in area_codes for line in lines]
        rng.shuffle(numbers)
        yield from numbers

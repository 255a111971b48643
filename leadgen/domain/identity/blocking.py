"""Which pairs are worth comparing: those that share a phone, a page, a door, or a word of the name at one place.

Near-linear: each record has a bounded number of keys, and a crowded block is searched only among neighbours by name.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from leadgen.domain.geo import EARTH_RADIUS_METERS, Point
from leadgen.domain.identity.records import Traits

NEARBY_METERS = 300.0  # two records this close share a cell
SAME_SPOT_METERS = 60.0
CROWDED = 24  # records in a block before it is searched by neighbourhood
NEIGHBOURS = 6
_WORDS = 3
_TELLING = 0.5  # the least weight of a word that makes two names worth comparing
_STEM = 5  # letters: a plural or a misspelt end stays in the block
_LOCAL_DIGITS = 7


def candidate_pairs(records: Sequence[Traits]) -> set[tuple[int, int]]:
    """Pairs of positions (first < second) that may be one business."""
    first: dict[int, int] = {}  # most keys are of one record: a number takes a tenth of a key and a list
    blocks: dict[int, list[int]] = {}
    for position, record in enumerate(records):
        for key in dict.fromkeys(map(hash, block_keys(record))):
            if key in blocks:
                blocks[key].append(position)
            elif key in first:
                blocks[key] = [first[key], position]
            else:
                first[key] = position
    del first
    pairs: set[tuple[int, int]] = set()
    for members in blocks.values():
        pairs.update(_pairs_of(members, records))
    return pairs


def _pairs_of(members: list[int], records: Sequence[Traits]) -> Iterator[tuple[int, int]]:
    reach = len(members)
    if len(members) > CROWDED:
        members = sorted(members, key=lambda m: (records[m].name.joined, records[m].address.text, records[m].id))
        reach = NEIGHBOURS
    for at, first in enumerate(members):
        for second in members[at + 1 : at + 1 + reach]:
            if first != second:
                yield (first, second) if first < second else (second, first)


def block_keys(record: Traits) -> Iterator[tuple[object, ...]]:
    """The blocks a record stands in: two records that share none are not one business."""
    if record.phone:
        yield "phone", record.phone[-_LOCAL_DIGITS:]
    if record.page:
        yield "page", record.page
    if record.domain:
        yield "domain", record.domain
    if record.address.numbers:
        for street in record.address.streets[:2]:
            yield "door", record.address.numbers[0], street[:_STEM]
    if record.point is not None:  # the same spot: names misspelt at their beginning
        for cell in _cells(record.point, SAME_SPOT_METERS):
            yield "spot", *cell
    if record.name:
        yield "name", record.name.joined
        stems = _stems(record)
        for place in _places(record):
            for stem in stems:
                yield "word", place, stem
        for two in combinations(
            sorted(stems[:_WORDS]), 2
        ):  # whatever the place: one side may not know it, or spell it otherwise
            yield "words", *two


def _stems(record: Traits) -> list[str]:
    """The beginnings of the most telling words of a name, and of the name written as one word."""
    name = record.name
    ranked = sorted(zip(name.weights, name.words, strict=True), key=lambda found: (-found[0], -len(found[1]), found[1]))
    telling = [word for weight, word in ranked[:_WORDS] if weight >= _TELLING] or [word for _, word in ranked[:1]]
    initials = ["".join(word[0] for word in name.words)[:_STEM]] if len(name.words) > 2 else []
    return list(dict.fromkeys([*(word[:_STEM] for word in telling), name.joined[:_STEM], *initials]))


def _places(record: Traits) -> Iterator[tuple[object, ...]]:
    if record.point is not None:
        yield from _cells(record.point, NEARBY_METERS)
        return
    if record.postal_code:
        yield "postal code", record.postal_code
    if record.places:
        yield "city", *sorted(record.places)
    if not record.postal_code and not record.places:
        yield ("anywhere",)


def _cells(point: Point, meters: float) -> Iterator[tuple[object, ...]]:
    """The cells of four grids, each shifted by half a cell: two points within `meters` share at least one."""
    side = 2 * meters
    row = math.radians(point.latitude) * EARTH_RADIUS_METERS / side
    band = math.cos(math.radians(round(point.latitude)))  # one width for a whole degree, so that neighbours agree
    column = math.radians(point.longitude) * EARTH_RADIUS_METERS * max(band, 0.01) / side
    for shift_row in (0.0, 0.5):
        for shift_column in (0.0, 0.5):
            yield "cell", shift_row, shift_column, math.floor(row + shift_row), math.floor(column + shift_column)

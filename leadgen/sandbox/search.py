"""Finding listings by words and place, as the listing vendors do."""

import heapq
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from leadgen.domain.geo import Circle, Point, Rectangle, distance_meters
from leadgen.sandbox.faults import share
from leadgen.sandbox.wire import names
from leadgen.sandbox.world import VendorListing

_CELL_DEGREES = 0.05
# As in life, a search brings up more than was sought: shares of the listings that hold some word of it, and of those
# that hold none.
_LOOSE_SHARE = 0.25
_STRAY_SHARE = 0.05
_STOP_WORDS = names("a all and around best for in local me my near nearby of on open the top")
_ENDINGS = ("istry", "ician", "ist", "ery", "ing", "al", "er", "or", "y")


def stem(word: str) -> str:
    """A word without its plural and trade ending: dentist, dentists, dental and dentistry give `dent`."""
    if word.endswith("ies") and len(word) > 4:
        word = word[:-3] + "y"
    elif word.endswith(("sses", "xes", "zes", "ches", "shes")):
        word = word[:-2]
    elif word.endswith("s") and not word.endswith("ss") and len(word) > 3:
        word = word[:-1]
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def stems(text: str) -> frozenset[str]:
    """The stems of the words that say something."""
    return frozenset(stem(word) for word in re.findall(r"[^\W_]+", text.lower()) if word not in _STOP_WORDS)


@dataclass(frozen=True, slots=True)
class Query:
    """What a person types, parted: the stems of what is sought, and the place after `in` or `near` (may be empty)."""

    sought: frozenset[str]
    place: str

    @classmethod
    def of(cls, text: str) -> "Query":
        """Parts `dentists in Austin, TX`."""
        what, _, place = re.sub(r"\s+(?:in|near|around)\s+", "\0", text, count=1, flags=re.IGNORECASE).partition("\0")
        return cls(stems(what) or stems(text), place.strip())


class Matches:
    """The listings that answer a query, best first, and where they lie."""

    def __init__(self, listings: Sequence[VendorListing]) -> None:
        self.listings = listings
        # Cells of a grid, each with the rank, latitude and longitude of the listings in it
        self._cells: dict[tuple[int, int], list[tuple[int, float, float]]] = defaultdict(list)
        for rank, listing in enumerate(listings):
            at = listing.location
            self._cells[_cell(at)].append((rank, at.latitude, at.longitude))

    def within(self, box: Rectangle, most: int | None = None) -> list[VendorListing]:
        """Those in the box, its edges included, best first; `most` of them, or all."""
        south, west = _cell(Point(box.south, box.west))
        north, east = _cell(Point(box.north, box.east))
        cells: Iterable[tuple[int, int]]
        if (north - south + 1) * (east - west + 1) < len(self._cells):
            cells = ((row, column) for row in range(south, north + 1) for column in range(west, east + 1))
        else:
            cells = self._cells
        ranks = [
            rank
            for cell in cells
            for rank, latitude, longitude in self._cells.get(cell, ())
            if box.south <= latitude <= box.north and box.west <= longitude <= box.east
        ]
        best = sorted(ranks) if most is None else heapq.nsmallest(most, ranks)
        return [self.listings[rank] for rank in best]

    def around(self, circle: Circle) -> list[VendorListing]:
        """Those in the circle, best first."""
        return [listing for listing in self.within(circle.bounding_box()) if circle.contains(listing.location)]


def _cell(point: Point) -> tuple[int, int]:
    return int(point.latitude // _CELL_DEGREES), int(point.longitude // _CELL_DEGREES)


class ListingIndex:
    """One source's listings, by id, words and place."""

    def __init__(self, listings: Iterable[VendorListing], seed: int) -> None:
        self.by_id = {listing.source_id: listing for listing in listings}
        self._seed = seed
        self._category = {id_: stems(f"{entry.category} {entry.category_title}") for id_, entry in self.by_id.items()}
        self._words = {id_: self._category[id_] | stems(entry.name) for id_, entry in self.by_id.items()}
        self._postings: dict[str, list[str]] = defaultdict(list)
        for id_, words in self._words.items():
            for word in words:
                self._postings[word].append(id_)
        self.matching: Callable[[frozenset[str]], Matches] = lru_cache(maxsize=256)(self._matching)

    def _matching(self, sought: frozenset[str]) -> Matches:
        if not sought:
            return Matches(sorted(self.by_id.values(), key=_prominence))
        relevance = {id_: self._relevance(id_, sought) for id_ in self._found(sought)}
        ranked = sorted(relevance, key=lambda id_: (relevance[id_], *_prominence(self.by_id[id_])))
        return Matches([self.by_id[id_] for id_ in ranked])

    def _found(self, sought: frozenset[str]) -> Iterator[str]:
        """What comes up at all: every listing that holds all words sought, and a few of the others."""
        close = {id_ for word in sought for id_ in self._postings.get(word, ())}
        for id_, words in self._words.items():
            among = _LOOSE_SHARE if id_ in close else _STRAY_SHARE
            if sought <= words or (close and share(self._seed, id_, *sorted(sought)) < among):
                yield id_

    def _relevance(self, id_: str, sought: frozenset[str]) -> int:
        """0: of the category sought; 1: name and category hold every word; 2: it shares a word; 3: it strayed in."""
        if sought <= self._category[id_]:
            return 0
        if sought <= self._words[id_]:
            return 1
        return 2 if sought & self._words[id_] else 3


def _prominence(listing: VendorListing) -> tuple[int, str]:
    return (-listing.review_count, listing.source_id)


def by_distance(listings: Iterable[VendorListing], center: Point) -> list[VendorListing]:
    """Nearest first."""
    return sorted(listings, key=lambda listing: distance_meters(center, listing.location))

"""Businesses that are known, and one new record after another recognised among them.

For a list that comes by pieces: `clusters.resolve` needs all records at once, this one only what it has seen. The same blocks
and the same score; a record joins the best single match, and each costs the same however many are known.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from dataclasses import dataclass

from leadgen.domain.identity.addresses import NEAR_HOUSES
from leadgen.domain.identity.blocking import CROWDED, NEIGHBOURS, block_keys
from leadgen.domain.identity.matching import SAME_FROM, Match, plausible_match
from leadgen.domain.identity.names import GENERAL, Vocabulary
from leadgen.domain.identity.records import Record, Traits, traits_of

_LOCAL_DIGITS = 7

_Place = tuple[str, str, int]  # joined name, address, number: the order in which a crowded block is searched


@dataclass(frozen=True, slots=True)
class Recognised:
    """The known record that a new one is, by its id, and why."""

    record_id: str
    match: Match


class KnownBusinesses:
    """Grows by `add`, answers `find`. `vocabulary` says which words are common among all the names at hand."""

    def __init__(self, vocabulary: Vocabulary = GENERAL) -> None:
        self._vocabulary = vocabulary
        self._traits: list[Traits] = []
        self._ids: list[str] = []
        self._asked: tuple[Traits, frozenset[tuple[object, ...]]] | None = None
        self._blocks: defaultdict[tuple[object, ...], list[_Place]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self._traits)

    def traits(self, record: Record) -> Traits:
        """The comparable form of a record among these businesses, to be computed once for `find` and `add`."""
        return traits_of(record, self._vocabulary)

    def add(self, traits: Traits, known_as: str | None = None) -> None:
        """One more known business, found as `known_as` (None: its record's id). Several records may have one id."""
        place = _place(traits, len(self._traits))
        self._traits.append(traits)
        self._ids.append(known_as or traits.id)
        for key in self._keys(traits):
            insort(self._blocks[key], place)

    def find(self, traits: Traits, same_from: float = SAME_FROM) -> Recognised | None:
        """The known business that this record is most likely, if that is likely enough (a score of `same_from`)."""
        best: Recognised | None = None
        first = 0  # of two that are equally likely, the one known first
        for number in self._candidates(traits):
            if _stand_apart(traits, self._traits[number]):
                continue
            match = plausible_match(traits, self._traits[number])
            if (
                match
                and match.score >= same_from
                and (best is None or (match.score, -number) > (best.match.score, -first))
            ):
                best, first = Recognised(self._ids[number], match), number
        return best

    def _keys(self, traits: Traits) -> frozenset[tuple[object, ...]]:
        """The blocks of a record, remembered for the `add` that follows a `find`."""
        if self._asked is None or self._asked[0] is not traits:
            self._asked = traits, frozenset(block_keys(traits))
        return self._asked[1]

    def _candidates(self, traits: Traits) -> set[int]:
        here = _place(traits, -1)
        found: set[int] = set()
        for key in self._keys(traits):
            block = self._blocks.get(key)
            if not block:
                continue
            if len(block) > CROWDED:
                at = bisect_left(block, here)
                block = block[max(at - NEIGHBOURS, 0) : at + NEIGHBOURS]
            found.update(place[2] for place in block)
        return found


def _stand_apart(a: Traits, b: Traits) -> bool:
    """Whether another phone and another door already say that even one and the same name does not make them one business.

    With the weights of `matching`: prior -1.9, phones differ -0.7, house numbers differ -0.9, stands elsewhere -1.2, against at
    best 4.3 for the name and 0.3 for the category. Nearly every candidate ends here, at a tenth of the cost of a match.
    """
    if not a.phone or not b.phone or a.phone[-_LOCAL_DIGITS:] == b.phone[-_LOCAL_DIGITS:]:
        return False
    if a.point is not None and b.point is not None:
        return False
    if (a.page is not None and a.page == b.page) or (a.domain is not None and a.domain == b.domain):
        return False
    mine, theirs = a.address.numbers, b.address.numbers
    return mine is not None and theirs is not None and max(mine[0], theirs[0]) - min(mine[1], theirs[1]) > NEAR_HOUSES


def _place(traits: Traits, number: int) -> _Place:
    return traits.name.joined, traits.address.text, number

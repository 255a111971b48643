"""From matching pairs to businesses: unions, the surest first, under constraints.

A pair is evidence about two listings; a business is a set of listings that must make sense together. So a union is
refused when the listings it brings together do not look alike on the whole (a chain's branches stay separate
businesses), or when a source would have listed the business twice, which is rare. Refused and doubtful pairs are for a
person to review.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leadgen.domain.identity.blocking import candidate_pairs
from leadgen.domain.identity.matching import REVIEW_FROM, SAME_FROM, Match, compare_traits, plausible_match
from leadgen.domain.identity.records import Record, Traits, traits_of_all

LISTED_TWICE_FROM = 0.85  # so alike that even one source may have listed the business twice
WITNESSES = 30  # records of a cluster that are asked whether another one belongs to it
TOGETHER_FROM = 0.3  # mean score of the pairs that a union brings together


@dataclass(frozen=True, slots=True)
class Pair:
    """Two record ids and their match. `left_id` is of the earlier record."""

    left_id: str
    right_id: str
    match: Match


@dataclass(frozen=True, slots=True)
class Cluster:
    """One business: the ids of its records, in the order given, and the pairs that joined them."""

    record_ids: tuple[str, ...]
    joined_by: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Resolution:
    """All records in clusters (a cluster of one is a business seen once), and the pairs a person should look at."""

    clusters: tuple[Cluster, ...]
    review: tuple[Pair, ...]


def resolve(records: Iterable[Record], *, one_source: bool = False) -> Resolution:
    """Which records are one business. Deterministic; the order of records only decides the order of the answer.

    `one_source` lifts the rule that a source lists a business once: for cleaning a single list.
    """
    return resolve_traits(traits_of_all(records), one_source=one_source)


def resolve_traits(traits: Sequence[Traits], *, one_source: bool = False) -> Resolution:
    """The same, of records whose comparable form is known."""
    doubtful_or_better = [
        (i, j, match)
        for i, j in candidate_pairs(traits)
        if (match := plausible_match(traits[i], traits[j])) and match.score >= REVIEW_FROM
    ]
    doubtful_or_better.sort(key=lambda p: (-p[2].score, *sorted((traits[p[0]].id, traits[p[1]].id))))
    unions = _Unions(traits, doubtful_or_better, one_source=one_source)
    review: list[Pair] = []
    for i, j, match in doubtful_or_better:
        pair = Pair(traits[i].id, traits[j].id, match)
        if match.score < SAME_FROM or not unions.join(i, j, pair):
            review.append(pair)
    return Resolution(unions.clusters(), tuple(p for p in review if not unions.joined(p)))


def _spread(members: list[int]) -> list[int]:
    """Some of a large cluster, from end to end: a thousand copies of one listing say no more than a few."""
    return members if len(members) <= WITNESSES else members[:: len(members) // WITNESSES + 1]


class _Unions:
    """Clusters as they grow."""

    def __init__(self, traits: Sequence[Traits], known: Iterable[tuple[int, int, Match]], *, one_source: bool) -> None:
        self._traits = traits
        self._matches = {(i, j): match for i, j, match in known}
        self._one_source = one_source
        self._cluster_of = list(range(len(traits)))
        self._members = [[position] for position in range(len(traits))]
        self._joined_by: list[list[Pair]] = [[] for _ in traits]
        self._position = {t.id: position for position, t in enumerate(traits)}

    def join(self, i: int, j: int, pair: Pair) -> bool:
        """Unite the clusters of two records; False when they are better kept apart."""
        a, b = self._cluster_of[i], self._cluster_of[j]
        if a == b:
            return True
        if not self._belong_together(self._members[a], self._members[b]):
            return False
        keep, drop = (a, b) if len(self._members[a]) >= len(self._members[b]) else (b, a)
        for position in self._members[drop]:
            self._cluster_of[position] = keep
        self._members[keep] += self._members[drop]
        self._joined_by[keep] += [*self._joined_by[drop], pair]
        self._members[drop], self._joined_by[drop] = [], []
        return True

    def joined(self, pair: Pair) -> bool:
        """Whether both records of a pair ended in one cluster."""
        return self._cluster_of[self._position[pair.left_id]] == self._cluster_of[self._position[pair.right_id]]

    def clusters(self) -> tuple[Cluster, ...]:
        """All clusters, by their first record."""
        grown = sorted(
            (sorted(members), by) for members, by in zip(self._members, self._joined_by, strict=True) if members
        )
        return tuple(Cluster(tuple(self._traits[m].id for m in members), tuple(by)) for members, by in grown)

    def _belong_together(self, left: list[int], right: list[int]) -> bool:
        total = 0.0
        left, right = _spread(left), _spread(right)
        for i in left:
            for j in right:
                score = self._match(i, j).score
                if (
                    not self._one_source
                    and self._traits[i].source == self._traits[j].source
                    and score < LISTED_TWICE_FROM
                ):
                    return False
                total += score
        return total >= TOGETHER_FROM * len(left) * len(right)

    def _match(self, i: int, j: int) -> Match:
        key = (i, j) if i < j else (j, i)
        match = self._matches.get(key)
        if match is None:
            match = self._matches[key] = compare_traits(self._traits[key[0]], self._traits[key[1]])
        return match

"""Companies with many locations: which of a list of businesses are branches of one.

A branch is a business of its own (another door, another phone, another person to write to), so branches are never merged.
They are one company when the same own website says so and the names agree with it, or when one distinctive name answers
one phone.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leadgen.domain.identity.names import Name, compare_names
from leadgen.domain.identity.records import Record, Traits, traits_of_all

LIKE_NAMES = 0.7  # likeness of two names of one website's branches
DISTINCTIVE = 0.5  # weight of the words that two branches share
SAME_NAME = 0.9
MOST_NAMES = 50  # names that one website is compared with: more of them is a directory
LEAST_IN_DOMAIN = 4  # letters of a name that the domain must begin with to be its name


@dataclass(frozen=True, slots=True)
class Company:
    """Two or more locations, by the ids of their records. `key` is what they share, the same whenever it is found again."""

    key: str
    name: str
    domain: str | None
    reason: str
    record_ids: tuple[str, ...]


def group_companies(records: Iterable[Record]) -> list[Company]:
    """The companies that have more than one location among these businesses, each business in at most one of them."""
    known = list(records)
    traits = traits_of_all(known)
    names = {record.id: record.name or "" for record in known}
    found: list[Company] = []
    taken: set[str] = set()
    for key, members in [*_by_domain(traits), *_by_phone(traits)]:
        left = [t for t in members if t.id not in taken]
        if len(left) < 2:
            continue
        taken.update(t.id for t in left)
        domain = key.removeprefix("domain:") if key.startswith("domain:") else None
        found.append(
            Company(
                key,
                min((names[t.id] for t in left), key=lambda name: (len(name), name)),
                domain,
                f"same website {domain}" if domain else "same name and phone",
                tuple(t.id for t in left),
            )
        )
    return found


def _by_domain(traits: Sequence[Traits]) -> list[tuple[str, list[Traits]]]:
    """Those of one own website whose names agree with the first one's, or with the website's."""
    sharing: dict[str, list[Traits]] = defaultdict(list)
    for one in traits:
        if one.domain and one.name:
            sharing[one.domain].append(one)
    found = []
    for domain, members in sorted(sharing.items()):
        groups: list[list[Traits]] = []
        for one in members:
            home = next((g for g in groups[:MOST_NAMES] if _of_one_house(g[0].name, one.name, domain)), None)
            if home is None:
                groups.append([one])
            else:
                home.append(one)
        largest = max(groups, key=len)
        found.append((f"domain:{domain}", largest))
    return found


def _by_phone(traits: Sequence[Traits]) -> list[tuple[str, list[Traits]]]:
    """Those that have one distinctive name and one phone, as a chain without a website has."""
    sharing: dict[str, list[Traits]] = defaultdict(list)
    for one in traits:
        if one.phone and sum(one.name.weights) >= DISTINCTIVE:
            sharing[f"phone:{one.phone} {one.name.joined}"].append(one)
    return sorted(sharing.items())


def _of_one_house(a: Name, b: Name, domain: str) -> bool:
    if _names_the_domain(a, domain) and _names_the_domain(b, domain):
        return True
    likeness = compare_names(a, b)
    return likeness.likeness >= SAME_NAME or (likeness.likeness >= LIKE_NAMES and likeness.shared >= DISTINCTIVE)


def _names_the_domain(name: Name, domain: str) -> bool:
    """Whether the website is called by a distinctive word of the name, or by the name itself."""
    label = domain.partition(".")[0].replace("-", "")
    if len(name.joined) >= LEAST_IN_DOMAIN and (label.startswith(name.joined) or name.joined.startswith(label)):
        return True
    return any(
        weight >= DISTINCTIVE and len(word) >= LEAST_IN_DOMAIN and word in label
        for word, weight in zip(name.words, name.weights, strict=True)
    )

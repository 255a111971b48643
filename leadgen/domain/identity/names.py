"""Business names in a comparable form, and how alike two of them are.

Latin letters lose case and accents; other scripts keep every sign, for there the marks are letters (Thai, Hindi) or the
name has no spaces (Chinese, Japanese). Words differ in what they tell: `pizza` says little, `bellino` says much.
"""

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz

from leadgen.domain.identity.words import CONNECTIVES, LEGAL_FORMS, SPECIALISMS, TRADE_WORDS

_APOSTROPHES = re.compile(r"(?<=\w)['’‘`´](?=\w)")
_INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}(?:[^\W\d_]\b)?")
_NOT_WORD = re.compile(r"[^\w]+|_")
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
_TRADE_NAME = re.compile(r"^.*\b(?:d\s?[/.]?\s?b\s?[/.]?\s?a\b\.?|doing business as\b)[\s:]*(?=\w)", re.IGNORECASE)
_FORMER_NAME = re.compile(r"[\s,(]+(?:f/?k/?a|formerly(?: known as)?)\b.*$", re.IGNORECASE)
_SPACED_INITIALS = re.compile(r"\b([^\W\d_]) (?=[^\W\d_]\b)")  # A B C Center
_SHORT_FORMS = {
    "saint": "st", "mount": "mt", "fort": "ft", "centre": "center", "theatre": "theater", "ctr": "center",
    "intl": "international", "assoc": "association", "assn": "association", "univ": "university", "dept": "department",
    "apt": "apartments", "apts": "apartments", "rr": "railroad", "vol": "volunteer", "pa": "pennsylvania",
    "olde": "old", "ii": "2", "iii": "3", "iv": "4", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5",
    "daycare": "care", "childcare": "care", "bros": "brothers", "n": "and", "et": "and", "und": "and", "y": "and",
}  # fmt: skip

TRADE_WEIGHT = 0.3
PLACE_WEIGHT = 0.25
CONNECTIVE_WEIGHT = 0.05
ONE_SIDED = 0.3  # what a word costs that only one name has, when the other has nothing instead
MISSPELT = 0.9  # what is left of a word's weight
SAME_WORD = 82.0  # rapidfuzz ratio (0-100) from which two words of 4 letters and more are one, misspelt
LATIN_ENDS = "\u0250"
INITIALS_ALIKE = 0.92  # IHOP, International House of Pancakes
ALIKE_JOINED = 85.0  # the same for whole names without their spaces
RARE = 4  # a word of so few names is nobody's habit: one business in several sources
LEAST_NAMES = 1_000  # shorter lists say little of what is common
RARITY_DECADES = 2.5


def fold(text: str) -> str:
    """Lower case, compatibility forms and Latin accents removed; the marks of other scripts stay."""
    if text.isascii():
        return text.lower()
    kept: list[str] = []
    latin = False
    for sign in unicodedata.normalize("NFKD", text.casefold()):
        if unicodedata.category(sign) == "Mn":
            if not latin:
                kept.append(sign)
            continue
        latin = sign < LATIN_ENDS
        kept.append(sign)
    return unicodedata.normalize("NFC", "".join(kept)).replace("ß", "ss").replace("ø", "o").replace("ł", "l")


def words_of(text: str) -> list[str]:
    """The words of a folded text. Marks belong to their letter: `\\w` alone would cut Thai and Hindi words apart."""
    if text.isascii():
        return _NOT_WORD.sub(" ", text).split()
    return "".join(s if s.isalnum() or unicodedata.category(s)[0] == "M" else " " for s in text).split()


@dataclass(frozen=True, slots=True)
class Name:
    """A name in comparable form. `words` lack the legal form; `joined` is all of it without spaces.

    `weights`: how much each word tells one business from another, 0..1.
    """

    words: tuple[str, ...]
    weights: tuple[float, ...]
    joined: str
    spaceless: bool  # a script that does not put spaces between words

    def __bool__(self) -> bool:
        return bool(self.joined)


@lru_cache(maxsize=65_536)
def name_words(raw: str | None) -> tuple[str, ...]:
    """The comparable words: `The Joe's Pizza & Grill, LLC` -> joes, pizza, and, grill."""
    text = _FORMER_NAME.sub("", _TRADE_NAME.sub("", fold(raw or ""))) or fold(raw or "")
    text = _APOSTROPHES.sub("", text)
    text = _INITIALS.sub(lambda initials: initials[0].replace(".", ""), text)
    text = text.replace("&", " and ").replace("+", " and ").replace("@", " at ")
    words = [_SHORT_FORMS.get(w, w) for w in words_of(_SPACED_INITIALS.sub(r"\1", text))]
    core = words[:1] + [w for w in words[1:] if w not in LEGAL_FORMS]  # the first word is never a legal form: Co Gos
    core = list(dict.fromkeys(core))
    return tuple(core[1:] if len(core) > 1 and core[0] == "the" else core)


class Vocabulary:
    """How much each word tells. Learnt from the names at hand: in a list of dentists `dental` tells nothing.

    Without names it knows only the words of trades and connectives.
    """

    def __init__(self, names: Iterable[tuple[str, ...]] = ()) -> None:
        counts: Counter[str] = Counter()
        total = 0
        for words in names:
            counts.update(words)
            total += 1
        self._common = {w: _rarity(n / max(total, LEAST_NAMES)) for w, n in counts.items() if n > RARE}

    def weight(self, word: str, places: frozenset[str] = frozenset()) -> float:
        """0..1. `places` are words of the business's own city."""
        if word in CONNECTIVES:
            return CONNECTIVE_WEIGHT
        if word in places:
            return PLACE_WEIGHT
        return min(self._common.get(word, 1.0), TRADE_WEIGHT if word in TRADE_WORDS else 1.0)


def _rarity(share: float) -> float:
    """The weight of a word that stands in this share of all names: 1 up to one in 300, falling to 0.3."""
    return min(1.0, max(TRADE_WEIGHT, math.log10(1 / share) / RARITY_DECADES))


GENERAL = Vocabulary()


def normal_name(raw: str | None, places: frozenset[str] = frozenset(), vocabulary: Vocabulary = GENERAL) -> Name:
    """The comparable form of a name."""
    words = name_words(raw)
    joined = "".join(w for w in words if w != "and")
    weights = tuple(vocabulary.weight(w, places) for w in words)
    return Name(words, weights, joined, _SPACELESS.search(joined) is not None)


@dataclass(frozen=True, slots=True)
class NameLikeness:
    """How alike two names are, 0..1, with the weight of the words they share and of those that only one of them has.

    `numbers_differ`: each has a number or letter the other lacks (Branch 54, Branch 12). `specialisms_differ`: one
    names a part of the house the other does not (Petco, Petco Grooming; Axis Bank, Axis Bank ATM).
    """

    likeness: float
    shared: float
    smaller_rest: float
    larger_rest: float
    numbers_differ: bool = False
    specialisms_differ: bool = False


def compare_names(a: Name, b: Name) -> NameLikeness:
    """Compare two names word by word, tolerant of misspelling, order, spacing and of one being longer. Symmetric.

    A remainder on one side costs little (`Enterprise` / `Enterprise Rent-A-Car`), on both sides much.
    """
    if a.joined == b.joined:
        return NameLikeness(1.0, sum(sorted((sum(a.weights), sum(b.weights)))) / 2, 0.0, 0.0)
    if a.spaceless or b.spaceless:
        return _compare_joined(a.joined, b.joined)
    if _are_initials(a, b) or _are_initials(b, a):
        return NameLikeness(INITIALS_ALIKE, 1.0, 0.0, 0.0)
    left, right, shared = _pair_words(*((a, b) if a.joined < b.joined else (b, a)))
    smaller, larger = sorted((sum(left.values()), sum(right.values())))
    overlap = shared / (shared + smaller + ONE_SIDED * (larger - smaller)) if shared else 0.0
    joined = fuzz.ratio(a.joined, b.joined, score_cutoff=ALIKE_JOINED) / 100
    return NameLikeness(
        max(overlap, joined),
        shared,
        smaller,
        larger,
        numbers_differ=any(map(_is_designator, left)) and any(map(_is_designator, right)),
        specialisms_differ=not SPECIALISMS.isdisjoint(left) or not SPECIALISMS.isdisjoint(right),
    )


def share_script(a: Name, b: Name) -> bool:
    """Whether two names can be compared by their letters: Nikos and Νίκος cannot."""
    if a.joined.isascii() == b.joined.isascii():
        return True
    foreign = b.joined if a.joined.isascii() else a.joined
    return any(letter < LATIN_ENDS for letter in foreign if letter.isalpha())


def _are_initials(short: Name, long: Name) -> bool:
    """Whether a name of one word is the first letters of the other's words, with or without its connectives."""
    if len(short.words) != 1 or len(short.joined) < 3 or len(long.words) < 3:
        return False
    if short.joined[0] != long.words[0][0] or not short.joined.isalpha():
        return False
    return short.joined in {
        "".join(w[0] for w in long.words),
        "".join(w[0] for w in long.words if w not in CONNECTIVES),
    }


def _is_designator(word: str) -> bool:
    """A number or a letter that tells one building or branch from the next."""
    return word.isdigit() or (len(word) == 1 and word != "s")


def _pair_words(a: Name, b: Name) -> tuple[dict[str, float], dict[str, float], float]:
    """The words of each side that found no partner with their weights, and the weight of those that did."""
    left = dict(zip(a.words, a.weights, strict=True))
    right = dict(zip(b.words, b.weights, strict=True))
    shared = 0.0
    for word in [w for w in left if w in right]:
        shared += (left.pop(word) + right.pop(word)) / 2
    for word in list(left) if right else ():
        partner = _misspelt(word, right)
        if partner is not None:
            shared += MISSPELT * max(left.pop(word), right.pop(partner))
    return left, right, shared


def _misspelt(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate that is `word` with a letter wrong, its plural, or its abbreviation."""
    if word.isdigit():
        return None
    for other in candidates:
        short, long = (word, other) if len(word) <= len(other) else (other, word)
        if other.isdigit() or len(short) < 3:
            continue
        if long.startswith(short) and (len(long) - len(short) <= 2 or len(short) >= 5):
            return other
        if len(short) >= 4 and fuzz.ratio(word, other, score_cutoff=SAME_WORD):
            return other
    return None


def _compare_joined(a: str, b: str) -> NameLikeness:
    """Names of a script without spaces: by letters; a name that begins the other one is nearly the same."""
    if not a or not b:
        return NameLikeness(0.0, 0.0, 1.0, 1.0)
    likeness = fuzz.ratio(a, b) / 100
    short, long = sorted((a, b), key=len)
    if len(short) >= 4 and long.startswith(short):
        likeness = max(likeness, 0.9)
    return NameLikeness(likeness, likeness, 1 - likeness, 1 - likeness)

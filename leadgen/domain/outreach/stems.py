"""Words of English compared by what they mean: rough stems, and which words carry no fact."""

import re
from functools import lru_cache

from leadgen.domain.outreach.sentences import words

_CONTRACTION = re.compile(r"['’](?:s|ve|re|ll|d|m)?$")
_HISSING = ("ses", "xes", "ches", "shes", "zes")
_SAME_MEANING = {"appointment": "book", "schedul": "book", "reservation": "book", "telephon": "phon", "call": "phon"}
_SHORTEST_STEM = 3

_PLAIN_WORDS = """
    a about across after again all also am an and another any are as at back be because been before being both
    but by can could did do does doing done down each even ever every few for from further get gets getting got
    had has have having he her here hers him his how i if in into is it its just like made make makes many may
    me might more most much my near no nor not now of off on once one only or other our ours out over own part
    past per quite rather same she should since so some still such take takes than that the their theirs them
    themselves then there these they this those through to too under until up upon us use used very was we well
    were what when where which while who whom whose why will with within without would yet you your yours
    yourself yourselves t else

    noticed notice saw see seen looked look looks read came caught eye stood stand thing point note found find
    learned learn visited browsing website site page web mention say said told tell wrote write love liked
    preparing researching checked spotted curious happen thought think know

    right small great nice impressive rare remarkable interesting wonderful lovely good strong real really
    clearly genuinely hard easy big kind sort way lot something anything everything already currently recently
    today day year long time first second worth keep coming

    business company team practice place people folks shop office customer client patient guest offer provide
    give serve
    """


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """A rough stem: `implants` and `implant`, `families` and `family`, `opened` and `opening` become one."""
    base = _CONTRACTION.sub("", word.lower())
    if base.endswith("ies") and len(base) > _SHORTEST_STEM + 1:
        base = base[:-3] + "y"
    elif base.endswith(_HISSING):
        base = base[:-2]
    elif base.endswith("s") and not base.endswith(("ss", "us", "is")):
        base = base[:-1]
    for ending in ("ing", "ed", "ly"):
        if base.endswith(ending) and len(base) - len(ending) >= _SHORTEST_STEM:
            base = base.removesuffix(ending)
    if len(base) > _SHORTEST_STEM and base[-1] == base[-2] and base[-1] not in "ls":
        base = base[:-1]
    base = base.removesuffix("e") if len(base) > _SHORTEST_STEM else base
    return _SAME_MEANING.get(base, base)


def stems(text: str) -> frozenset[str]:
    """The stems of all words, the parts of hyphenated ones apart."""
    return frozenset(stem(part) for word in words(text) for part in word.split("-"))


PLAIN_STEMS = frozenset(map(stem, _PLAIN_WORDS.split()))
"""Stems of words that state nothing by themselves."""

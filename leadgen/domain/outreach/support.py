"""Whether a piece of evidence carries a sentence: its numbers, names and superlatives exactly, its words for the
most.
"""

import re

from leadgen.domain.outreach.brief import Evidence
from leadgen.domain.outreach.factual import Known, said_names, said_numbers, said_superlative
from leadgen.domain.outreach.sentences import numbers
from leadgen.domain.outreach.stems import PLAIN_STEMS, stems

_FROM_US = re.compile(r"^\W*(?:i|we|our|my|that(?:['’]s| is) (?:where|why|what))\b", re.IGNORECASE)
_NEGATION = re.compile(
    r"\b(?:not?|never|none|without|nothing|nobody|lacks?|lacking|missing|cannot|unable|hardly)\b|n['’]t\b",
    re.IGNORECASE,
)
_NO_DENIAL = re.compile(
    r"\bno (?:small|wonder|doubt|easy|surprise)\b|\bnot (?:only|just|easy|every|many|common)\b|\bnothing (?:but"
    r"|short)\b"
    r"|\bno\. ?\d",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[,;:()–—]|\s-\s|\b(?:and|but|which|while|because|so|though|although|yet|as well as|plus|or)\b", re.IGNORECASE
)
# The share of a clause's and of a sentence's content words that the evidence must have
_CLAUSE_SHARE = 0.5
_SENTENCE_SHARE = 0.6


def _denies(text: str) -> bool:
    return _NEGATION.search(_NO_DENIAL.sub(" ", text)) is not None


def _foreign_words(sentence: str, evidence: Evidence, known: Known) -> str | None:
    """Which part of the sentence the evidence does not speak of."""
    backed = stems(f"{evidence.statement} {evidence.quote}")
    every: set[str] = set()
    for clause in _CLAUSE.split(sentence):
        content = {word for word in stems(clause) - PLAIN_STEMS - known.names if not word.isdigit()}
        if _FROM_US.match(clause) and content <= known.said_by_us:
            continue
        every |= content
        if content and len(content & backed) <= _CLAUSE_SHARE * len(content):
            return f'the evidence does not say "{clause.strip()}"'
    if len(every & backed) < _SENTENCE_SHARE * len(every):
        return "the evidence speaks of something else"
    return None


def unsupported_because(sentence: str, evidence: Evidence, known: Known) -> str | None:
    """Why the evidence does not carry the sentence; None when it does. Numbers must stand in the quote itself."""
    text = f"{evidence.statement} {evidence.quote}"
    bare = known.without_companies(sentence)
    missing = said_numbers(bare) - numbers(evidence.quote) - known.our_numbers
    superlative = said_superlative(bare)
    names = {name for name in said_names(bare, known) if not stems(name) <= stems(text)}
    if missing:
        return f"the quote does not have the number {', '.join(sorted(missing))}"
    if superlative and not stems(superlative) <= stems(text):
        return f'the evidence does not say "{superlative}"'
    if names:
        return f"the evidence does not name {', '.join(sorted(names))}"
    if _denies(bare) != _denies(evidence.statement) and not (_denies(bare) and _denies(text)):
        return "one of evidence and sentence denies what the other says"
    return _foreign_words(bare, evidence, known)

"""How the sandbox's Claude reads a website: what its sentences tell, each with the sentence as its quote."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from leadgen.sandbox.claude_prompt import Prompt, gives_orders, names_a_way_to_reach, sentences

_MOST_FACTS, _MOST_OTHERS = 8, 4


@dataclass(frozen=True, slots=True)
class _Cue:
    """A turn of phrase and what it means; `{0}` in the statement is what the pattern's group caught."""

    kind: str
    pattern: re.Pattern[str]
    statement: str
    confidence: float


@dataclass(frozen=True, slots=True)
class _Finding:
    """What a cue found in a sentence."""

    kind: str
    statement: str
    confidence: float


def _cues(kind: str, *rows: tuple[str, str, float]) -> Iterator[_Cue]:
    for pattern, statement, confidence in rows:
        yield _Cue(kind, re.compile(pattern, re.IGNORECASE), statement, confidence)


_YEAR = r"((?:18|19|20)\d\d)"
_FOUNDED = rf"\b(?:since|established in|founded in|opened our doors in|est\.?)\s+{_YEAR}\b"
_TEAM = (
    r"\bteam of (\d{1,4})\b|\bwe are (\d{1,4}) people\b|\bwith (\d{1,4}) employees\b"
    r"|\b(\d{1,4}) (?:employees|team members)\b"
)
_ALONE = r"\b(?:deal with the owner in person|one-person|sole proprietor)\b"

_CUES: tuple[_Cue, ...] = (
    *_cues(
        "facts",
        (_FOUNDED, "In business since {0}", 0.95),
        (_TEAM, "The team has {0} people", 0.9),
        (_ALONE, "The owner serves every customer in person", 0.9),
        (r"\bopened (?:a|our) (?:second|third|new) location\b", "A further location has been opened", 0.9),
        (r"\b(?:voted best|winner of|awarded)\b", "The business has been given an award", 0.85),
        (r"\b(?:hiring|join our team)\b", "New staff are being hired", 0.85),
        (r"\bnew since\b", "A service has recently been added", 0.8),
        (r"\bsponsor of\b", "The business sponsors a local cause", 0.8),
        (r"\bmoved into\b.*\b(?:space|building|office)", "The business has moved into new rooms", 0.8),
        (r"\bmore than ([\d,]+) \w+ have chosen\b", "More than {0} customers have been served", 0.8),
        (r"\bse habla español|\bspeak spanish\b", "Customers are served in Spanish too", 0.9),
        (r"\bpayment plans?\b|\bfinancing\b", "Payment plans are offered", 0.8),
        (r"\bwritten estimates?\b", "Customers get a written estimate first", 0.8),
        (r"\blocally owned\b", "The business is locally owned", 0.8),
        (r"\b(?:new patients|new clients) (?:are )?welcome\b", "New customers are taken on", 0.8),
        (r"\bemergenc(?:y|ies)\b", "Emergencies are served", 0.6),
        (r"\binsurance\b", "Insurance is accepted", 0.6),
    ),
    *_cues(
        "pain_points",
        (r"\bno online booking\b", "Appointments cannot be booked online", 0.95),
        (
            r"\b(?:call|phone|ring)\b.{0,60}\b(?:book|schedul|appointment|reserv|estimate|quote)",
            "Booking is by phone",
            0.7,
        ),
        (r"\banswer the phone ourselves\b|\bcall back\b", "Requests come in by phone and are called back by hand", 0.7),
        (r"\bwhen the schedule allows\b", "Walk-ins depend on gaps in the schedule", 0.6),
        (r"\bappointments are available on request\b", "Evening and weekend appointments must be asked for", 0.6),
        (r"\b(?:under construction|coming soon)\b", "A part of the website is unfinished", 0.8),
        (r"(?:©|\bcopyright)\s*(?:\w+\s+)?(20[01]\d)\b", "The website looks untouched since {0}", 0.7),
        (r"\b(?:by|via) fax\b|\bfax us\b", "Paperwork goes by fax", 0.7),
        (r"\b(?:print|download)\b.{0,40}\bforms?\b", "New customers fill in paper forms", 0.7),
        (r"\bvoicemail\b|\bleave (?:us )?a message\b", "Calls outside hours go to voicemail", 0.7),
        (r"\bcash only\b|\bchecks? only\b", "Cards are not accepted", 0.8),
        (r"\bwaiting list\b|\bwait times?\b", "Customers have to wait for appointments", 0.7),
    ),
    *_cues(
        "opportunities",
        (r"\b(?:hiring|join our team)\b", "A growing team needs more customers to keep it busy", 0.6),
        (r"\bopened (?:a|our) (?:second|third|new) location\b", "A new location has to become known", 0.7),
        (r"\bnew since\b", "A new service has to become known", 0.6),
        (r"\b(?:voted best|winner of|awarded)\b", "An award could be shown where new customers look", 0.5),
        (r"\bon request\b|\bwhen the schedule allows\b", "Free times could be shown and booked online", 0.6),
        (r"\bfind us on\b|\bfollow us\b", "Followers could be led to a page where they can book", 0.4),
    ),
)
_THIRD_PERSON = {
    "we": "they",
    "we're": "they are",
    "we've": "they have",
    "our": "their",
    "ours": "theirs",
    "us": "them",
    "ourselves": "themselves",
    "i": "they",
    "my": "their",
}
_SIZES = ((10, "1-10"), (50, "11-50"), (200, "51-200"))
_LARGEST = "201+"


def research(prompt: Prompt) -> dict[str, Any]:
    """What the pages in the prompt tell: summary, facts, pain points, opportunities, size and founding year.

    Every quote is a verbatim sentence of a page. Lines that give orders to a machine are passed over.
    """
    told = [sentence for page in prompt.pages() for sentence in _told(page)]
    found: dict[str, Any] = {"facts": [], "pain_points": [], "opportunities": []}
    for sentence in told:
        for finding in _findings(sentence):
            entries = found[finding.kind]
            most = _MOST_FACTS if finding.kind == "facts" else _MOST_OTHERS
            if len(entries) < most and all(finding.statement != entry["statement"] for entry in entries):
                entries.append({"statement": finding.statement, "quote": sentence, "confidence": finding.confidence})
    quoted = {entry["quote"] for entry in found["facts"]}
    plain = [sentence for sentence in told if sentence not in quoted and _states(sentence)]
    found["facts"] += [_plain_fact(sentence) for sentence in plain[1 : 1 + max(0, 3 - len(found["facts"]))]]
    first = plain[0] if plain else told[0] if told else ""
    return {
        **found,
        "summary": {"statement": third_person(first), "quote": first} if first else None,
        "employee_count_range": _size(told),
        "year_founded": _year(told),
    }


def _told(page: str) -> Iterator[str]:
    """The sentences that can be quoted. A line that gives an order is passed over with all that stands in it."""
    for line in page.splitlines():
        if not gives_orders(line):
            yield from filter(_telling, sentences(line))


@lru_cache(maxsize=65_536)
def _telling(sentence: str) -> bool:
    """Whether a sentence says something that can be quoted. Remembered, like its findings: websites sound alike."""
    plain = "](" not in sentence and not re.search(r"&#?\w+;", sentence)
    return (
        plain and 12 <= len(sentence) <= 240 and 3 <= len(sentence.split()) <= 30 and not names_a_way_to_reach(sentence)
    )


def _states(sentence: str) -> bool:
    """Whether it is a whole sentence, and of the business: headings and what customers say are not."""
    return sentence.endswith((".", "!")) and not re.search(r"\b(?:I|my|me)\b", sentence)


@lru_cache(maxsize=65_536)
def _findings(sentence: str) -> tuple[_Finding, ...]:
    """What the cues find in one sentence."""
    matches = ((cue, cue.pattern.search(sentence)) for cue in _CUES)
    return tuple(
        _Finding(cue.kind, f"{cue.statement.format(next(filter(None, match.groups()), ''))}.", cue.confidence)
        for cue, match in matches
        if match
    )


def _plain_fact(sentence: str) -> dict[str, Any]:
    return {"statement": third_person(sentence), "quote": sentence, "confidence": 0.5}


def third_person(sentence: str) -> str:
    """A sentence of the business about itself, as another would say it: we becomes they."""

    def replaced(match: re.Match[str]) -> str:
        word = _THIRD_PERSON[match[0].lower()]
        return word.capitalize() if match[0][0].isupper() else word

    return re.sub(rf"\b(?:{'|'.join(map(re.escape, _THIRD_PERSON))})\b(?!')", replaced, sentence, flags=re.IGNORECASE)


def _year(told: Iterable[str]) -> int | None:
    years = [int(match[1]) for sentence in told if (match := re.search(_FOUNDED, sentence, re.IGNORECASE))]
    return min(years) if years else None


def _size(told: Iterable[str]) -> str | None:
    for sentence in told:
        match = re.search(_TEAM, sentence, re.IGNORECASE)
        if match:
            people = int(next(filter(None, match.groups())))
            return next((name for most, name in _SIZES if people <= most), _LARGEST)
        if re.search(_ALONE, sentence, re.IGNORECASE):
            return _SIZES[0][1]
    return None

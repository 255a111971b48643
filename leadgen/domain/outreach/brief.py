"""What a draft is written from: who writes, to whom, about what, on which evidence."""

from collections.abc import Iterable
from dataclasses import dataclass

DEFAULT_DELAYS = (0, 3, 7)
"""Days after the first email: value-first introduction, proof, direct ask."""


@dataclass(frozen=True, slots=True)
class Sender:
    """The tenant. `proof` are true statements it may make of itself; `domains` and `phones` (E.164) are its own and may
    appear in its emails.
    """

    name: str
    company: str
    offer: str
    proof: tuple[str, ...] = ()
    voice: str | None = None
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Prospect:
    """The business written to. `domains` and `phones` (E.164) are its own."""

    name: str
    category: str | None = None
    city: str | None = None
    domains: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What may be said of the prospect, and the words of its site that it rests on. `id` is `e1`, `e2`, ..."""

    id: str
    statement: str
    quote: str


@dataclass(frozen=True, slots=True)
class DraftBrief:
    """All that a sequence is written from. `delays` are days after the first email, one for each email; `language` is
    ISO 639-1.
    """

    sender: Sender
    prospect: Prospect
    evidence: tuple[Evidence, ...]
    contact_first_name: str | None = None
    contact_title: str | None = None
    tone: str = "friendly and plain"
    language: str = "en"
    delays: tuple[int, ...] = DEFAULT_DELAYS


def numbered(evidence: Iterable[tuple[str, str]]) -> tuple[Evidence, ...]:
    """Evidence of (statement, quote) pairs, with ids in their order."""
    return tuple(Evidence(f"e{at}", statement, quote) for at, (statement, quote) in enumerate(evidence, 1))

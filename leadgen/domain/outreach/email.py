"""A drafted email and a drafted sequence, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence of an email about the prospect, and the evidence it rests on."""

    sentence: str
    evidence_id: str


@dataclass(frozen=True, slots=True)
class DraftEmail:
    """One step. `delay_days` counts from the first email. The legal footer is not part of it: sending adds it."""

    step_number: int
    delay_days: int
    subject: str
    body_text: str
    body_html: str
    word_count: int
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """The emails of a sequence, in order."""

    emails: tuple[DraftEmail, ...]

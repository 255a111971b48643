"""What becomes of two prospects' belongings when they turn out to be one business.

Says what moves, what is superseded and what is filled in; `sql/versions/0013_merges.sql` carries it out and keeps it as a
journal, so that undoing a merge is putting the same things back. Nothing is deleted: what does not move stays with the
merged prospect, which is hidden until then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from leadgen.errors import InputError

FILLED_IN = ("website", "domain", "phone", "address", "city", "state", "zip_code", "category")

# From here a person has heard of us, or will without another decision
ENGAGED = frozenset({"approved", "active", "paused", "completed"})


@dataclass(frozen=True, slots=True)
class HeldContact:
    """A person or mailbox of a prospect. Email and name together are unique within one."""

    id: str
    email: str | None
    full_name: str | None
    is_primary: bool


@dataclass(frozen=True, slots=True)
class HeldSequence:
    """A sequence of mails. `current`: not superseded; `sent`: one of its mails has left."""

    id: str
    kind: str
    status: str
    current: bool
    sent: bool

    @property
    def engaged(self) -> bool:
        """Whether it was approved or sent: such a sequence is neither lost nor doubled."""
        return self.sent or (self.current and self.status in ENGAGED)


@dataclass(frozen=True, slots=True)
class Held:
    """What one prospect has. `enrichment`: current rows by stage; `receipts`: current receipts by row, with their field;
    `outcomes`: what became of the lead, by kind.
    """

    fields: Mapping[str, str | None] = field(default_factory=dict)
    listings: tuple[str, ...] = ()
    contacts: tuple[HeldContact, ...] = ()
    enrichment: Mapping[str, str] = field(default_factory=dict)
    evidence: tuple[str, ...] = ()
    receipts: Mapping[str, str] = field(default_factory=dict)
    score: str | None = None
    outcomes: Mapping[str, str] = field(default_factory=dict)
    sequences: tuple[HeldSequence, ...] = ()


@dataclass(frozen=True, slots=True)
class MergePlan:
    """`moved` and `superseded`: row ids by table; `demoted`: contacts that are no longer the primary one."""

    moved: Mapping[str, tuple[str, ...]]
    superseded: Mapping[str, tuple[str, ...]]
    demoted: tuple[str, ...]
    filled: Mapping[str, str]

    def as_document(self) -> dict[str, Any]:
        """The journal's form."""
        return {
            "moved": {table: list(ids) for table, ids in self.moved.items() if ids},
            "superseded": {table: list(ids) for table, ids in self.superseded.items() if ids},
            "demoted": list(self.demoted),
            "filled": dict(self.filled),
        }


def plan_merge(kept: Held, merged: Held) -> MergePlan:
    """How `merged` goes into `kept`: what `kept` has stands, what it lacks it gets.

    Raises:
        InputError: both have been written to, or will be: one of the two must be stopped by a person first.
    """
    if _engaged(kept) and _engaged(merged):
        raise InputError(
            "both prospects have a sequence that is approved, active or sent.",
            remedy="Reject or let expire one of the two before you merge them; merging would lose or double mail.",
        )
    moving = [
        c for c in merged.contacts if (c.email, c.full_name) not in {(k.email, k.full_name) for k in kept.contacts}
    ]
    has_primary = any(c.is_primary for c in kept.contacts)
    known_fields = set(kept.receipts.values())
    keeps_score = kept.score is not None
    engaged = _engaged(merged)
    return MergePlan(
        moved={
            "listings": merged.listings,
            "contacts": tuple(c.id for c in moving),
            "enrichment_data": tuple(row for stage, row in merged.enrichment.items() if stage not in kept.enrichment),
            "evidence": merged.evidence,
            "field_provenance": tuple(row for row, name in merged.receipts.items() if name not in known_fields),
            "lead_scores": () if keeps_score else _some(merged.score),
            "lead_outcomes": tuple(row for kind, row in merged.outcomes.items() if kind not in kept.outcomes),
            "outreach_sequences": tuple(s.id for s in engaged),
        },
        superseded={
            "enrichment_data": tuple(row for stage, row in merged.enrichment.items() if stage in kept.enrichment),
            "lead_scores": _some(merged.score) if keeps_score else (),
            "outreach_sequences": (*_drafts(merged), *_displaced(kept, engaged)),
        },
        demoted=tuple(c.id for c in moving if c.is_primary and has_primary),
        filled={
            name: value
            for name in FILLED_IN
            if kept.fields.get(name) is None and (value := merged.fields.get(name)) is not None
        },
    )


def _engaged(held: Held) -> list[HeldSequence]:
    return [s for s in held.sequences if s.engaged]


def _drafts(held: Held) -> Iterable[str]:
    """Drafts nobody has approved: the merged prospect's are never to be found in a queue."""
    return (s.id for s in held.sequences if s.current and not s.engaged)


def _displaced(kept: Held, arriving: Iterable[HeldSequence]) -> Iterable[str]:
    """Drafts of the kept prospect whose place a sequence takes that is under way."""
    kinds = {s.kind for s in arriving if s.current}
    return (s.id for s in kept.sequences if s.current and s.kind in kinds)


def _some(row: str | None) -> tuple[str, ...]:
    return () if row is None else (row,)

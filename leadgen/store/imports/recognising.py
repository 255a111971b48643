"""Which rows of a file are known: in the file itself, in the campaign, elsewhere in the organization, on its exclusion list.

Nothing is written here: `batches.py` turns the decisions into rows of tables.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID, uuid4

from leadgen.domain.discovery.exclusions import ExclusionList
from leadgen.domain.discovery.importing_rows import ImportedRow
from leadgen.domain.identity.clusters import LISTED_TWICE_FROM
from leadgen.domain.identity.known import KnownBusinesses, Recognised
from leadgen.domain.identity.names import Vocabulary, name_words
from leadgen.domain.identity.records import Record, Traits
from leadgen.store.imports.choices import Choices

Outcome = Literal["added", "updated", "joined", "duplicates", "known", "refreshed", "excluded", "bad"]

WRITTEN: frozenset[Outcome] = frozenset({"added", "updated", "joined", "refreshed"})


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a row, by the name of its count; the lead and campaign it concerns, and why it was recognised."""

    row: ImportedRow
    outcome: Outcome
    prospect_id: UUID | None = None
    campaign_id: UUID | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True)
class _Lead:
    prospect_id: UUID
    campaign_id: UUID
    of_this_import: bool


class Recogniser:
    """Decides row after row, in the order of the file: each lead it lets in is known to the rows behind it."""

    def __init__(
        self, campaign_id: UUID, choices: Choices, exclusions: ExclusionList, names: Iterable[str] = ()
    ) -> None:
        """`names`: some of the file's, from which the words are learnt that are common in it."""
        vocabulary = Vocabulary(name_words(name) for name in names)
        self._campaign_id = campaign_id
        self._choices = choices
        self._exclusions = exclusions
        self._here = KnownBusinesses(vocabulary)
        self._elsewhere = KnownBusinesses(vocabulary)
        self._leads: dict[str, _Lead] = {}
        self._ids: dict[tuple[str, str], str] = {}  # of listings with this very content

    def remember(self, row: Mapping[str, Any], import_id: UUID | None = None) -> None:
        """A lead that the organization has: a row of `queries.KNOWN_HERE` or `KNOWN_ELSEWHERE`."""
        here = row["campaign_id"] == self._campaign_id
        lead = _Lead(row["id"], row["campaign_id"], import_id is not None and row["import_id"] == str(import_id))
        key = str(row["id"])
        self._leads[key] = lead
        known = self._here if here else self._elsewhere
        known.add(known.traits(record_of(row)))
        if here and row["source_id"] is not None:
            self._ids[row["source"], row["source_id"]] = key

    def decide(self, row: ImportedRow) -> Decision:
        """What becomes of this row."""
        listing = row.listing
        if listing is None:
            return Decision(row, "bad")
        email = row.contact.email if row.contact else None
        reason = self._exclusions.reason(listing, email) if self._choices.excluded == "exclude" else None
        if reason is not None:
            return Decision(row, "excluded", because=reason)
        same = self._ids.get((listing.source, listing.source_id))
        if same is not None:
            return self._in_campaign(row, self._leads[same], "the same row")
        traits = self._here.traits(Record.of(listing))
        if self._choices.duplicates != "duplicate" and (found := self._found_here(traits)):
            return self._in_campaign(row, self._leads[found.record_id], found.match.reason)
        if self._choices.known_leads != "keep" and (found := self._elsewhere.find(traits)):
            lead = self._leads[found.record_id]
            outcome: Outcome = "refreshed" if self._choices.known_leads == "refresh" else "known"
            return Decision(row, outcome, lead.prospect_id, lead.campaign_id, found.match.reason)
        return self._new(row, traits, (listing.source, listing.source_id))

    def _found_here(self, traits: Traits) -> Recognised | None:
        found = self._here.find(traits)
        if found and self._leads[found.record_id].of_this_import and found.match.score < LISTED_TWICE_FROM:
            return None  # one list seldom names a business twice
        return found

    def _in_campaign(self, row: ImportedRow, lead: _Lead, because: str) -> Decision:
        outcome: Outcome = "duplicates"
        if lead.of_this_import:
            outcome = "joined"
        elif self._choices.duplicates == "update":
            outcome = "updated"
        return Decision(row, outcome, lead.prospect_id, lead.campaign_id, because)

    def _new(self, row: ImportedRow, traits: Traits, content: tuple[str, str]) -> Decision:
        prospect_id = uuid4()
        key = str(prospect_id)
        self._leads[key] = _Lead(prospect_id, self._campaign_id, of_this_import=True)
        self._ids[content] = key
        if self._choices.duplicates != "duplicate":
            self._here.add(traits, key)
        return Decision(row, "added", prospect_id, self._campaign_id)


def record_of(row: Mapping[str, Any]) -> Record:
    """A known lead as identity compares it: a row of `queries.KNOWN_HERE` or its like."""
    return Record(
        id=str(row["id"]),
        source="known",
        name=row["company_name"],
        address=row["address"],
        city=row["city"],
        state=row["state"],
        postal_code=row["zip_code"],
        phone=row["phone"],
        website=row["website"],
        latitude=row["latitude"],
        longitude=row["longitude"],
        category=row["category"],
        country=row["country"],
    )

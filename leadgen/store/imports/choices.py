"""What a person chooses for an import, and the counts that say what became of its rows."""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import orjson

BROUGHT = ("import", "manual")  # sources of leads that the tenant, not a vendor, has named

Duplicates = Literal["skip", "update", "duplicate"]
KnownLeads = Literal["exclude", "refresh", "keep"]
Excluded = Literal["exclude", "keep"]


@dataclass(frozen=True, slots=True)
class Choices:
    """How an import treats what it recognises.

    `duplicates`, of leads that are in the campaign: left out, updated with what the file says, or made a second time.
    `known_leads`, of leads in the organization's other campaigns: left out, updated where they are, or made here too.
    `excluded`, of businesses on the exclusion list: left out or made all the same. `columns`: column -> field, above what is
    recognised. `country` (ISO 3166 alpha-2): that of rows that name none. `sheet`: of an XLSX file.
    """

    duplicates: Duplicates = "skip"
    known_leads: KnownLeads = "exclude"
    excluded: Excluded = "exclude"
    country: str | None = None
    sheet: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """As it is stored."""
        return {**asdict(self), "columns": dict(self.columns)}

    def sha256(self) -> bytes:
        """Equal for equal choices."""
        return hashlib.sha256(orjson.dumps(self.document(), option=orjson.OPT_SORT_KEYS)).digest()


@dataclass(slots=True)
class Counts:
    """What became of rows, each counted once: the sum is the number of rows read.

    `joined` to an earlier row of the file that is the same business. `contacts` and `cells_left_out` are beside the rows.
    """

    added: int = 0
    updated: int = 0
    joined: int = 0
    duplicates: int = 0
    known: int = 0
    refreshed: int = 0
    excluded: int = 0
    bad: int = 0
    contacts: int = 0
    cells_left_out: int = 0

    @property
    def rows(self) -> int:
        """Rows read."""
        return (
            self.added
            + self.updated
            + self.joined
            + self.duplicates
            + self.known
            + self.refreshed
            + self.excluded
            + self.bad
        )

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Counts":
        """From a row of `imports`."""
        return cls(**{name: row[name] for name in cls.__slots__})

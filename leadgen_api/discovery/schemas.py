"""Coverage over the wire."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from leadgen.domain.discovery.coverage import map_of


class AcceptedChecks(BaseModel):
    """The quality checks whose failure a campaign bears, by name, as `relevance`. An empty list accepts none."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"checks": ["relevance"]}})

    checks: list[Annotated[str, StringConstraints(pattern="^[a-z_]{1,60}$")]] = Field(max_length=20)


class SourceCovered(BaseModel):
    """What one source contributed. `hidden_share` is the share 0-1 of its area that still hides results behind its maximum;
    `only_here` counts the businesses that no other source lists.
    """

    source: str
    tiles: int
    split: int
    saturated: int
    found: int
    kept: int
    only_here: int
    hidden_share: float


class RecallShown(BaseModel):
    """How much of what there is was found, with its 95 % interval; or why that cannot be told."""

    method: str | None = None
    found: int | None = None
    businesses: float | None = None
    recall: float | None = None
    low: float | None = None
    high: float | None = None
    unknown: str | None = None


class Coverage(BaseModel):
    """A campaign's coverage certificate. `map` is GeoJSON: a polygon for every tile that was searched to its end.

    `overlaps` counts businesses by the sources that list them, `dropped` results by why they were left out.
    """

    computed_at: datetime
    verdict: str
    prospects: int
    duplicates: int
    tiles: int
    saturated_tiles: int
    recall: RecallShown
    sources: list[SourceCovered]
    overlaps: dict[str, int]
    dropped: dict[str, int]
    map: dict[str, Any]

    @classmethod
    def of(cls, row: dict[str, Any]) -> "Coverage":
        """From a row of `queries.LATEST_CERTIFICATE`."""
        document = row["document"]
        return cls(
            computed_at=row["computed_at"],
            verdict=document["verdict"],
            prospects=row["prospects"],
            duplicates=row["duplicates"],
            tiles=row["tiles"],
            saturated_tiles=row["saturated_tiles"],
            recall=RecallShown(**document["recall"]),
            sources=[SourceCovered(**source) for source in document["sources"]],
            overlaps=document["overlaps"],
            dropped=document["dropped"],
            map=map_of(document),
        )

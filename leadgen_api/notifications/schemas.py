"""A notification as the API gives it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, Literal, Self
from uuid import UUID

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field

from leadgen.domain.usage.alerts import words_of
from leadgen_api.paging import Position

LARGEST_ID = 2**63 - 1
NotificationId = Annotated[int, Path(ge=1, le=LARGEST_ID)]


class NotificationPosition(Position):
    """Where a page of notifications ended."""

    of: Literal["notifications"] = "notifications"
    id: int = LARGEST_ID


class Notification(BaseModel):
    """What has happened, in words. `kind` is its name for programs, as `budget.nearly_spent`; `read_at` is the asker's own."""

    id: int
    kind: str
    created_at: datetime
    campaign_id: UUID | None
    words: str
    facts: dict[str, Any]
    read_at: datetime | None

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """A row; a kind without words of its own brings them in its facts."""
        words = words_of(row["kind"], row["facts"]) or str(row["facts"].get("words") or row["kind"].replace("_", " "))
        return cls(**row, words=words)


class NotificationPage(BaseModel):
    """One page, the newest first, and how many of all are unread."""

    items: list[Notification]
    unread: int
    next_cursor: str | None


class ReadUpTo(BaseModel):
    """The newest notification that was seen: it and all before it are read."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"example": {"id": 17}})

    id: int = Field(ge=1, le=LARGEST_ID)


class Unread(BaseModel):
    """How many are unread now."""

    unread: int

"""What goes in and out of /v1/api-keys."""

from datetime import UTC, datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from leadgen.domain.access.api_keys import Scope
from leadgen_api.fields import Line
from leadgen_api.paging import LAST_ID, Position

LONGEST_DAYS = 3_650


class NewApiKey(BaseModel):
    """A key to make. `expires_in_days` null: until it is revoked."""

    model_config = ConfigDict(extra="forbid")

    name: Annotated[Line, Field(max_length=100)]
    scopes: frozenset[Scope] = Field(min_length=1)
    expires_in_days: int | None = Field(default=365, ge=1, le=LONGEST_DAYS)


class ApiKey(BaseModel):
    """A key as its organization sees it; the key itself is shown once, when it is made. `last_used_at` to the minute."""

    id: UUID
    name: str
    prefix: str
    scopes: list[Scope]
    made_by: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None


class MadeApiKey(ApiKey):
    """A new key, with what its program sends: `Authorization: Bearer lg_...`."""

    key: str = Field(repr=False)


class ApiKeyPage(BaseModel):
    """A page of the organization's keys."""

    items: list[ApiKey]
    next_cursor: str | None


class ApiKeyPosition(Position):
    """A place among the keys, newest first."""

    of: Literal["api-keys"] = "api-keys"
    created_at: AwareDatetime = datetime.max.replace(tzinfo=UTC)
    id: UUID = LAST_ID

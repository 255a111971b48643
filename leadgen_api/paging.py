"""Keyset paging: an opaque cursor holds where the last page ended. No offsets, no counts."""

import base64
from collections.abc import Sequence
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel, ConfigDict

from leadgen_api.problems import Problem

Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=500)]

LAST_ID = UUID(int=2**128 - 1)


class Position(BaseModel):
    """A place in the order of one list, by the columns it is ordered by. The defaults stand before the first row.

    Each list names itself in a field `of: Literal[...]`, so that no list takes another's cursor.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")


P = TypeVar("P", bound=Position)


def position_of(order: type[P], cursor: str | None) -> P:
    """Where a cursor points to; before the first row without one.

    Raises:
        Problem: the cursor is not of this list.
    """
    if cursor is None:
        return order()
    try:
        return order.model_validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except ValueError as error:
        detail = "The cursor is not one of this list. Start again without it."
        raise Problem(422, "invalid-cursor", detail) from error


def page_of(
    order: type[Position], rows: Sequence[dict[str, Any]], limit: int
) -> tuple[Sequence[dict[str, Any]], str | None]:
    """The page and the cursor of the next one, of rows that were read one beyond the limit."""
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    position = order(**{name: last[name] for name in order.model_fields if name in last})
    return rows[:limit], base64.urlsafe_b64encode(position.model_dump_json().encode()).decode().rstrip("=")

"""Claude's Message Batches: many messages in one order, at half price, within a day and mostly within an hour.

Facts (VENDORS.md section 8): at most 100,000 items, each named by a `custom_id` of 1 to 64 letters, digits, `_` and `-`;
results are JSON lines in no order, an item succeeded, errored, canceled or expired, kept for 29 days; only what succeeded is
billed, when the batch ends. There is no idempotency: an order whose answer was lost is looked for in the list, where a batch
shows how many items it has, and its items' names once it has ended.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any, Literal

import orjson
from pydantic import BaseModel

from leadgen.errors import VendorUnavailable
from leadgen.providers.calls import Answer, Asks, Lookup, Operation, Reply, Request
from leadgen.providers.claude import API_VERSION, VENDOR, judge_plain

Status = Literal["in_progress", "canceling", "ended"]
Outcome = Literal["succeeded", "errored", "canceled", "expired"]

PATH = "/v1/messages/batches"
MOST_ITEMS = 100_000
PAGE_SIZE = 100
LOOK_AGAIN_SECONDS = 300.0

# The statuses that an errored item's error would have had as a reply of its own
_STATUSES: Mapping[str, int] = {
    "invalid_request_error": 400,
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "timeout_error": 504,
    "overloaded_error": 529,
}


class _Counts(BaseModel):
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0


class _BatchBody(BaseModel):
    id: str
    processing_status: Status
    request_counts: _Counts = _Counts()
    created_at: datetime
    results_url: str | None = None


class _PageBody(BaseModel):
    data: list[_BatchBody] = []
    has_more: bool = False
    last_id: str | None = None


class _ResultBody(BaseModel):
    type: Outcome
    message: dict[str, Any] | None = None
    error: dict[str, Any] | None = None


class _LineBody(BaseModel):
    custom_id: str
    result: _ResultBody


@dataclass(frozen=True, slots=True)
class Batch:
    """How far a batch is. `items`: how many it has; `has_results` when they can be read."""

    id: str
    status: Status
    items: int
    succeeded: int
    created_at: datetime
    has_results: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Some of a key's batches, newest first; `after` leads to the next ones."""

    batches: tuple[Batch, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one item. `reply` is what it would have got on its own; None where it was never answered."""

    custom_id: str
    outcome: Outcome
    reply: Reply | None


def _free(name: str, **rules: Any) -> Operation:
    return Operation(
        vendor=VENDOR,
        name=name,
        judge=judge_plain,
        charge=lambda _reply: (),
        expected=(),
        limit_scope="batches",
        is_private=True,
        **rules,
    )


# What a batch costs is booked on its items when they land.
CREATE = _free("batch_create", time_to_live=timedelta(days=3650), acts_on_world=True)
GET = _free("batch_get", time_to_live=timedelta(0))
LIST = _free("batch_list", time_to_live=timedelta(0))
CANCEL = _free("batch_cancel", time_to_live=timedelta(0))
RESULTS = _free("batch_results", time_to_live=timedelta(0))


class ClaudeBatches:
    """Orders of many messages."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def create(
        self, requests: Sequence[Mapping[str, Any]], *, purpose: str, find: Lookup | None = None
    ) -> Answer[Batch]:
        """Orders these messages: each `{"custom_id", "params"}`. `purpose` names the order on our side: it is made once.

        `find` looks for the batch of an order whose answer was lost, as `find` below does.

        Raises:
            ValueError: no item, or more than a batch takes.
            OutcomeUnclear: an order of this purpose may have been made.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= len(requests) <= MOST_ITEMS:
            raise ValueError(f"1 to {MOST_ITEMS} messages in a batch, not {len(requests)}")
        request = Request("POST", PATH, body={"requests": list(requests)}, headers=API_VERSION, purpose=purpose)
        return await self._asks.ask(CREATE, request, _read_batch, find=find)

    async def get(self, batch_id: str) -> Answer[Batch]:
        """How far a batch is.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(GET, Request("GET", f"{PATH}/{batch_id}", headers=API_VERSION), _read_batch)

    async def list(self, after: str | None = None) -> Answer[Page]:
        """The key's batches, newest first, from behind the one named `after`.

        Raises:
            VendorError: as `Asks.ask`.
        """
        query = (("limit", str(PAGE_SIZE)), *([("after_id", after)] if after else []))
        return await self._asks.ask(LIST, Request("GET", PATH, query, headers=API_VERSION), _read_page)

    async def cancel(self, batch_id: str) -> Answer[Batch]:
        """Stops a batch; what is done already stays done and is billed.

        Raises:
            VendorRefused: it has ended. VendorError: as `Asks.ask`.
        """
        request = Request("POST", f"{PATH}/{batch_id}/cancel", headers=API_VERSION)
        return await self._asks.ask(CANCEL, request, _read_batch)

    async def results(self, batch_id: str) -> Answer[tuple[Result, ...]]:
        """What became of each item of a batch that has ended, in no order.

        Raises:
            VendorRefused: it has not ended, or 29 days ago. VendorError: as `Asks.ask`.
        """
        from leadgen.providers import claude_sdk  # noqa: PLC0415  its import takes seconds

        request = Request("GET", f"{PATH}/{batch_id}/results")
        return await self._asks.ask(RESULTS, request, _read_results, send=claude_sdk.read_lines)

    async def find(self, custom_ids: Collection[str], *, since: datetime, not_these: Collection[str]) -> Reply | None:
        """The answer to an order that was lost: the batch of exactly these items. None: there is no such batch.

        Looks at batches made after `since` but `not_these`, which are known to be others'.

        Raises:
            VendorUnavailable: it may be one that has not ended yet; only its results name its items.
            VendorError: as `Asks.ask`.
        """
        names = frozenset(custom_ids)
        under_way = 0
        for batch in await self._candidates(len(names), since, not_these):
            if batch.status != "ended":
                under_way += 1
            elif batch.has_results and names == {r.custom_id for r in (await self.results(batch.id)).value or ()}:
                return _as_reply(batch)
        if under_way:
            error = VendorUnavailable(
                VENDOR.name, CREATE.name, "it is not known yet whether a batch whose answer was lost was made."
            )
            error.resume_after_seconds = LOOK_AGAIN_SECONDS
            raise error
        return None

    async def _candidates(self, items: int, since: datetime, not_these: Collection[str]) -> Sequence[Batch]:
        found: list[Batch] = []
        after: str | None = None
        while True:
            page = (await self.list(after)).value
            batches = page.batches if page else ()
            recent = [batch for batch in batches if batch.created_at >= since]
            found += [batch for batch in recent if batch.items == items and batch.id not in not_these]
            after = page.after if page else None
            if after is None or len(recent) < len(batches):
                return found


def _read_batch(body: Any) -> Batch:
    return _batch(_BatchBody.model_validate(body))


def _batch(said: _BatchBody) -> Batch:
    return Batch(
        id=said.id,
        status=said.processing_status,
        items=sum(said.request_counts.model_dump().values()),
        succeeded=said.request_counts.succeeded,
        created_at=said.created_at,
        has_results=said.results_url is not None,
    )


def _read_page(body: Any) -> Page:
    said = _PageBody.model_validate(body)
    return Page(tuple(map(_batch, said.data)), said.last_id if said.has_more else None)


def _read_results(body: Any) -> tuple[Result, ...]:
    return tuple(_result(_LineBody.model_validate(line)) for line in body["lines"])


def _result(line: _LineBody) -> Result:
    said, reply = line.result, None
    if said.message is not None:
        reply = Reply(HTTPStatus.OK, orjson.dumps(said.message).decode())
    elif said.error is not None:
        kind = (said.error.get("error") or {}).get("type", "")
        reply = Reply(_STATUSES.get(kind, HTTPStatus.INTERNAL_SERVER_ERROR), orjson.dumps(said.error).decode())
    return Result(line.custom_id, said.type, reply)


def _as_reply(batch: Batch) -> Reply:
    """As the order's own answer would have been."""
    body = _BatchBody(
        id=batch.id,
        processing_status=batch.status,
        request_counts=_Counts(succeeded=batch.items),
        created_at=batch.created_at,
    )
    return Reply(HTTPStatus.OK, body.model_dump_json())

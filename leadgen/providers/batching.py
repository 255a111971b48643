"""Questions to Claude that can wait, asked in batches at half price; their answers land where an immediate call looks first.

An item is the same question, with the same fingerprint, as if it were asked at once: what is known is not ordered, what waits
in a batch is not asked a second time, and what has landed is free for whoever asks next. Each step is committed before the
next one begins, so that a crash leaves nothing unexplained: the order and its reserved money first (`submitting`), then the
vendor's batch, made once or found again by its items (`submitted`), then each item's settlement (`landed`).
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal
from uuid import UUID

import orjson
from psycopg import AsyncConnection
from psycopg.rows import DictRow, dict_row

from leadgen.errors import InputError, VendorRefused
from leadgen.providers import queries
from leadgen.providers.calls import Asks, Judgement, Operation, Reply, Verdict, fingerprint
from leadgen.providers.claude import VENDOR, Question, messages_of
from leadgen.providers.claude_batches import ClaudeBatches, Result
from leadgen.providers.journal import Intent, Journal, Settlement, Work
from leadgen.providers.keys import KeyRing, Reach
from leadgen.providers.settling import Sent, cost_of, settlement
from leadgen.settings import Settings, VendorSettings
from leadgen.store.connections import connection_errors

State = Literal["submitting", "submitted", "landed", "failed"]

MOST_ITEMS = 1_000  # a batch of ours: one transaction opens all of them
CLOCKS_DIFFER = timedelta(hours=1)  # at most, the vendor's and ours


@dataclass(frozen=True, slots=True)
class Submitted:
    """What became of the questions: `batched` wait in `batch_id`, None where nothing had to be ordered.

    `known` are answered already, `waiting` are being answered elsewhere, `left_out` have to be asked again later: the money
    did not suffice (`cap` says which, as `BudgetSpent`), or the vendor fails.
    """

    batch_id: UUID | None
    batched: int
    known: int
    waiting: int
    left_out: int
    cap: str | None


@dataclass(frozen=True, slots=True)
class OurBatch:
    """A batch on our side; `body` is the order that is still to be made, `waiting` how many items have no answer yet."""

    id: UUID
    model: str
    state: State
    vendor_batch_id: str | None
    body: str | None
    created_at: datetime
    waiting: int


@dataclass(frozen=True, slots=True)
class Landed:
    """How many items of a batch were answered, and how many have to be asked again."""

    answered: int
    unanswered: int


@dataclass(frozen=True, slots=True)
class _Item:
    question: Question[Any]
    intent: Intent


class BatchDesk:
    """Use as `async with BatchDesk(client, settings, url, work) as desk`; `asks` makes the vendor's calls.

    `stage` names the asset at work; it is part of each item's ledger line.
    """

    def __init__(self, asks: Asks, settings: Settings, database_url: str, work: Work, *, stage: str = "none") -> None:
        self._batches = ClaudeBatches(asks)
        self._settings = settings
        self._url = database_url
        self._work = work
        self._stage = stage
        self._keys = KeyRing(settings, database_url, work.organization_id)
        self._journal = Journal(database_url, work)
        self._stack = AsyncExitStack()
        self._connection: AsyncConnection[DictRow] | None = None
        self._one_at_a_time = asyncio.Lock()  # on the connection

    async def __aenter__(self) -> "BatchDesk":
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._journal)
            with connection_errors():
                self._connection = await AsyncConnection.connect(
                    self._url, autocommit=True, row_factory=dict_row, application_name="leadgen batches"
                )
            stack.push_async_callback(self._connection.close)
            await self._connection.execute(queries.ENTER_TENANT, (str(self._work.organization_id),))
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    async def submit(self, questions: Sequence[Question[Any]]) -> Submitted:
        """Orders the answers to questions of one model; money for them is reserved until they land.

        A crash or an error after the reservation leaves a batch under way, which `resume` carries on.

        Raises:
            ValueError: questions of several models, or more than a thousand.
            VendorRefused: the vendor refuses the whole order; nothing of it is under way.
            VendorError, ConfigurationError: as `Asks.ask`; the batch is under way.
        """
        if not questions:
            return Submitted(None, 0, 0, 0, 0, None)
        models = {question.model for question in questions}
        if len(models) > 1 or len(questions) > MOST_ITEMS:
            raise ValueError(f"one model and up to {MOST_ITEMS} questions a batch, not {len(models)}, {len(questions)}")
        reach = await self._keys.reach(VENDOR)
        items = [self._item(question, reach) for question in questions]
        submitted = await self._reserve(models.pop(), items)
        if submitted.batch_id is not None:
            await self.resume(submitted.batch_id)
        return submitted

    async def under_way(self) -> Sequence[OurBatch]:
        """The campaign's batches that have not landed, oldest first."""
        rows = await self._query(queries.BATCHES_UNDER_WAY, {"campaign": self._work.campaign_id})
        return [OurBatch(**row) for row in rows]

    async def resume(self, batch_id: UUID) -> None:
        """Makes the order of a batch that is still `submitting`: a vendor's batch that was made of it already is adopted.

        Raises:
            VendorRefused: the vendor refuses the whole order: the batch has failed, and no item is paid.
            VendorUnavailable: whether the order was made is not known yet, or as `Asks.ask`.
        """
        batch = await self._batch(batch_id)
        if batch.state != "submitting" or batch.body is None:
            return
        requests = orjson.loads(batch.body)

        async def find() -> Reply | None:
            rows = await self._query(queries.VENDORS_BATCH_IDS, {"vendor": VENDOR.name})
            return await self._batches.find(
                [request["custom_id"] for request in requests],
                since=batch.created_at - CLOCKS_DIFFER,
                not_these={row["vendor_batch_id"] for row in rows},
            )

        try:
            made = (await self._batches.create(requests, purpose=str(batch.id), find=find)).value
        except VendorRefused as error:
            await self._settle(batch, {}, f"the batch was refused: {error.message}"[:500])
            await self._query(
                queries.BATCH_HAS_ENDED, {"batch": batch.id, "state": "failed", "failure": error.message[:500]}
            )
            raise
        if made is not None:
            await self._query(queries.BATCH_IS_SUBMITTED, {"batch": batch.id, "vendor_batch_id": made.id})

    async def poll(self, batch_id: UUID) -> bool:
        """Whether there is nothing more to wait for: the vendor has ended the batch, or it has landed or failed.

        Raises:
            VendorError: as `Asks.ask`.
        """
        batch = await self._batch(batch_id)
        if batch.vendor_batch_id is None or batch.state != "submitted":
            return batch.state in {"landed", "failed"}
        told = (await self._batches.get(batch.vendor_batch_id)).value
        return told is not None and told.status == "ended"

    async def land(self, batch_id: UUID) -> Landed:
        """Settles each item of a batch that has ended, and stores its answer. Doing it again changes nothing.

        What was not answered (errored, expired, canceled) cost nothing and may be asked again, at once or in a batch. Where
        the vendor has thrown the results away (after 29 days) the items are declared as perhaps paid.

        Raises:
            VendorRefused: it has not ended. VendorError: as `Asks.ask`.
        """
        batch = await self._batch(batch_id)
        if batch.state in {"landed", "failed"}:
            return Landed(0, 0)
        if batch.vendor_batch_id is None:
            raise VendorRefused(VENDOR.name, "batch_results", "the batch has not been ordered yet")
        told = (await self._batches.get(batch.vendor_batch_id)).value
        is_kept = told is None or told.has_results or told.status != "ended"
        results = ((await self._batches.results(batch.vendor_batch_id)).value or ()) if is_kept else ()
        words = "the batch does not tell of this item" if is_kept else "the batch's results are kept no longer"
        landed = await self._settle(
            batch, {result.custom_id: result for result in results}, words, maybe_paid=not is_kept
        )
        await self._query(queries.BATCH_HAS_ENDED, {"batch": batch.id, "state": "landed", "failure": None})
        return landed

    def _item(self, question: Question[Any], reach: Reach) -> _Item:
        operation = question.operation(question.turns, in_batch=True)
        is_own = question.is_private or reach.owner == "organization"
        whose = str(self._work.organization_id) if is_own else "platform"
        intent = Intent(
            stage=self._stage,
            vendor=VENDOR.name,
            operation=operation.name,
            key_owner=reach.owner,
            fingerprint=fingerprint(operation, question.request(question.turns), whose),
            expected_micros=cost_of(operation.expected, reach.settings, operation),
            is_private=question.is_private,
        )
        return _Item(question, intent)

    async def _reserve(self, model: str, items: Sequence[_Item]) -> Submitted:
        """Writes the batch and reserves its money, in one transaction."""
        async with self._one_at_a_time, self._open_connection.transaction():
            rows = await self._rows(queries.OPEN_CALLS, self._opening([item.intent for item in items]))
            opened = [
                (item, row["call_id"]) for item, row in zip(items, rows, strict=True) if row["outcome"] == "opened"
            ]
            outcomes = [row["outcome"] for row in rows]
            batch_id: UUID | None = None
            if opened:
                requests = [_request(item) for item, _ in opened]
                body = orjson.dumps(requests).decode()
                order = {"campaign": self._work.campaign_id, "vendor": VENDOR.name, "model": model, "body": body}
                [added] = await self._rows(queries.ADD_BATCH, order)
                batch_id = added["id"]
                await self._rows(queries.MOVE_TO_BATCH, {"batch": batch_id, "call_ids": [call for _, call in opened]})
        known, waiting = outcomes.count("cached"), outcomes.count("busy") + outcomes.count("batched")
        return Submitted(
            batch_id=batch_id,
            batched=len(opened),
            known=known,
            waiting=waiting,
            left_out=len(items) - len(opened) - known - waiting,
            cap=next((row["cap"] for row in rows if row["cap"]), None),
        )

    def _opening(self, intents: Sequence[Intent]) -> dict[str, Any]:
        return {
            "worker": 0,  # nobody: the lines leave their transaction in a batch, which needs no living worker
            "campaign": self._work.campaign_id,
            "stage": self._stage,
            "run": self._work.run_id,
            "vendors": [intent.vendor for intent in intents],
            "operations": [intent.operation for intent in intents],
            "key_owners": [intent.key_owner for intent in intents],
            "privates": [intent.is_private for intent in intents],
            "repeatable": [intent.repeatable_seconds for intent in intents],
            "fingerprints": [intent.fingerprint for intent in intents],
            "expected": [intent.expected_micros for intent in intents],
            "only_known": False,
        }

    async def _settle(
        self, batch: OurBatch, results: Mapping[str, Result], otherwise: str, *, maybe_paid: bool = False
    ) -> Landed:
        """Settles the items that still wait. `otherwise` is said of those that the results do not tell of, and whether they
        may have been paid.
        """
        vendor = self._settings.vendor(VENDOR.name)
        operation = messages_of(batch.model, in_batch=True)
        lines = await self._query(queries.BATCHED_CALLS, {"batch": batch.id})
        ended = [
            _settlement(
                line, results.get(bytes(line["fingerprint"]).hex()), otherwise, operation, vendor, maybe_paid=maybe_paid
            )
            for line in lines
        ]
        await asyncio.gather(*map(self._journal.settle, ended))
        answered = sum(one.status == "settled" for one in ended)
        return Landed(answered, len(ended) - answered)

    async def _batch(self, batch_id: UUID) -> OurBatch:
        rows = await self._query(queries.BATCH, {"batch": batch_id})
        if not rows:
            raise InputError(f"there is no batch {batch_id}.")
        return OurBatch(**rows[0])

    async def _query(self, sql: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        async with self._one_at_a_time:
            return await self._rows(sql, parameters)

    async def _rows(self, sql: str, parameters: Mapping[str, Any]) -> list[DictRow]:
        with connection_errors():
            cursor = await self._open_connection.execute(sql.encode(), parameters)
            return await cursor.fetchall() if cursor.description else []

    @property
    def _open_connection(self) -> AsyncConnection[DictRow]:
        if self._connection is None:
            raise RuntimeError("the desk is not open")
        return self._connection


def _request(item: _Item) -> dict[str, Any]:
    return {"custom_id": item.intent.fingerprint.hex(), "params": item.question.params(item.question.turns)}


def _settlement(
    line: DictRow,
    result: Result | None,
    otherwise: str,
    operation: Operation,
    vendor: VendorSettings,
    *,
    maybe_paid: bool,
) -> Settlement:
    """The ledger line of an item whose batch has ended. It says nothing of how the vendor is now."""
    if result is not None and result.reply is not None:
        judgement = operation.judge(result.reply)
        sent = Sent(result.reply, judgement, maybe_paid=False, latency_ms=0)
    else:
        words = otherwise if result is None else f"{result.outcome} in its batch"
        sent = Sent(None, Judgement(Verdict.RETRY, words), maybe_paid=maybe_paid, latency_ms=0)
    intent = Intent(
        stage=line["stage"],
        vendor=line["vendor"],
        operation=line["operation"],
        key_owner=line["key_owner"],
        fingerprint=bytes(line["fingerprint"]),
        expected_micros=line["expected_micros"],
        is_private=line["is_private"],
    )
    return replace(settlement(operation, vendor, intent, line["id"], sent, 1), health=None)

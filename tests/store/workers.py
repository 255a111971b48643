"""A run's process as the ledger sees it: one connection that opens and settles calls."""

import hashlib
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row


def fingerprint(request: str) -> bytes:
    return hashlib.sha256(request.encode()).digest()


@dataclass
class Worker:
    """Calls are named by their request, as "a"; each expects to cost `cost` micros."""

    connection: psycopg.Connection
    campaign_id: UUID | None
    number: int = 0

    def __post_init__(self) -> None:
        self.connection.row_factory = dict_row
        self.number = self.connection.execute("select app.enter_worker() as number").fetchone()["number"]

    def open(
        self,
        *requests: str,
        cost: int = 10,
        key_owner: str = "platform",
        vendor: str = "hunter",
        private: bool = False,
        repeatable: float | None = None,
        only_known: bool = False,
    ) -> list[dict]:
        return self.connection.execute(
            """
            select * from app.open_provider_calls(
              %(worker)s, %(campaign)s, 'contacts', 'run', %(vendors)s, %(operations)s, %(key_owners)s,
              %(privates)s, %(repeatable)s::double precision[], %(fingerprints)s, %(expected)s, %(only_known)s)
            """,
            {
                "worker": self.number,
                "campaign": self.campaign_id,
                "vendors": [vendor] * len(requests),
                "operations": ["find"] * len(requests),
                "key_owners": [key_owner] * len(requests),
                "privates": [private] * len(requests),
                "repeatable": [repeatable] * len(requests),
                "fingerprints": [fingerprint(request) for request in requests],
                "expected": [cost] * len(requests),
                "only_known": only_known,
            },
        ).fetchall()

    def outcomes(self, *requests: str, **how: Any) -> list[str]:
        return [row["outcome"] for row in self.open(*requests, **how)]

    def settle(
        self,
        *call_ids: int,
        cost: int = 10,
        status: str = "settled",
        body: str = "{}",
        seconds: float = 3600,
        health: str | None = None,
    ) -> None:
        calls = len(call_ids)
        self.connection.execute(
            """
            select app.settle_provider_calls(
              %(ids)s, %(statuses)s, %(http)s, %(misses)s, %(bodies)s, %(usages)s::jsonb[], %(costs)s, %(attempts)s,
              %(failures)s::text[], %(latencies)s, %(seconds)s, %(healths)s::text[])
            """,
            {
                "ids": list(call_ids),
                "statuses": [status] * calls,
                "http": [200] * calls,
                "misses": [False] * calls,
                "bodies": [body] * calls,
                "usages": ["[]"] * calls,
                "costs": [cost] * calls,
                "attempts": [1] * calls,
                "failures": [None] * calls,
                "latencies": [5] * calls,
                "seconds": [seconds] * calls,
                "healths": [health] * calls,
            },
        )

    def pay(self, *requests: str, cost: int = 10, key_owner: str = "platform", **how: Any) -> list[dict]:
        """Opens and settles."""
        rows = self.open(*requests, cost=cost, key_owner=key_owner)
        self.settle(*[row["call_id"] for row in rows], cost=cost, **how)
        return rows

    def abandon_dead_calls(self) -> int:
        return self.connection.execute("select app.abandon_dead_calls() as n").fetchone()["n"]

    def spend(self) -> tuple[int, int, int]:
        """The campaign's reserved, spent and saved micros."""
        row = self.connection.execute(
            "select reserved_micros, spent_micros, saved_micros from campaign_spend where campaign_id = %s",
            (self.campaign_id,),
        ).fetchone()
        return row["reserved_micros"], row["spent_micros"], row["saved_micros"]

    def line_of(self, request: str) -> int:
        """The newest ledger line of a request."""
        newest = "select max(id) as id from provider_calls where fingerprint = %s"
        return self.connection.execute(newest, (fingerprint(request),)).fetchone()["id"]

    def line(self, call_id: int) -> dict:
        return self.connection.execute("select * from provider_calls where id = %s", (call_id,)).fetchone()

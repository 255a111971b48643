"""Apollo's account: what a team may still use, of credits and of calls.

Facts (VENDORS.md section 5): both questions are free, and each needs a scope of its own or a master key. Calls are counted by
endpoint, whose name is a list in JSON (as `["api/v1/people", "match"]`), in minute, hour and day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import orjson
from pydantic import BaseModel

from leadgen.providers.apollo import VENDOR, judging
from leadgen.providers.calls import Answer, Asks, Operation, Request


class _Balance(BaseModel):
    limit: int = 0
    consumed: int = 0
    left_over: int = 0


class _CreditsBody(BaseModel):
    credit_usage_stats: dict[str, _Balance] = {}


@dataclass(frozen=True, slots=True)
class Allowance:
    """Credits in this billing cycle, or calls in a window."""

    limit: int
    consumed: int
    left_over: int


def _question(name: str) -> Operation:
    return Operation(
        vendor=VENDOR,
        name=name,
        limit_scope=name,
        judge=judging(f"usage_stats/{name}_usage_stats"),
        charge=lambda _reply: (),
        expected=(),
        time_to_live=timedelta(0),
        is_private=True,
    )


CREDITS = _question("credit")
CALLS = _question("api")


class ApolloAccount:
    """What is left of a team's plan; free, never stored."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def credits(self) -> Answer[Mapping[str, Allowance]]:
        """The credits of this billing cycle, by kind (as `lead_credit`).

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(CREDITS, Request("POST", "/api/v1/usage_stats/credit_usage_stats"), _read_credits)

    async def calls(self) -> Answer[Mapping[str, Mapping[str, Allowance]]]:
        """The calls by endpoint (as `api/v1/people/match`), of each its windows `minute`, `hour` and `day`.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(CALLS, Request("POST", "/api/v1/usage_stats/api_usage_stats"), _read_calls)


def _read_credits(body: Any) -> Mapping[str, Allowance]:
    return _allowances(_CreditsBody.model_validate(body).credit_usage_stats)


def _read_calls(body: Any) -> Mapping[str, Mapping[str, Allowance]]:
    return {
        _endpoint(name): _allowances({period: _Balance.model_validate(told) for period, told in windows.items()})
        for name, windows in body.items()
    }


def _allowances(balances: Mapping[str, _Balance]) -> Mapping[str, Allowance]:
    return {kind: Allowance(told.limit, told.consumed, told.left_over) for kind, told in balances.items()}


def _endpoint(name: str) -> str:
    try:
        return "/".join(orjson.loads(name))
    except (orjson.JSONDecodeError, TypeError):
        return name

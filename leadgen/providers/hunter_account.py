"""Hunter's account: the plan behind a key, and what is left of it.

Facts (VENDORS.md section 6): the question is free. `available` is what the period gives in all, of which `used` is gone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import BaseModel

from leadgen.providers.calls import Answer, Asks, Operation, Request
from leadgen.providers.hunter import VENDOR, judge_hunter


class _Balance(BaseModel):
    used: Decimal = Decimal(0)
    available: Decimal = Decimal(0)


class _Account(BaseModel):
    plan_name: str | None = None
    reset_date: date | None = None
    requests: dict[str, _Balance] = {}


class _AccountBody(BaseModel):
    data: _Account


@dataclass(frozen=True, slots=True)
class Balance:
    """Requests of one kind in the current period."""

    used: Decimal
    available: Decimal

    @property
    def left(self) -> Decimal:
        """What may still be asked for."""
        return max(Decimal(0), self.available - self.used)


@dataclass(frozen=True, slots=True)
class Account:
    """The plan behind the key, and what is left of it by kind (as `searches`, `verifications`, or `credits` for all)."""

    plan: str | None
    resets_on: date | None
    balances: Mapping[str, Balance]


ACCOUNT = Operation(
    vendor=VENDOR,
    name="account",
    judge=judge_hunter,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)


class HunterAccount:
    """The account behind the key."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def account(self) -> Answer[Account]:
        """The plan and its balance; free and never stored.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(ACCOUNT, Request("GET", "/v2/account"), _read_account)


def _read_account(body: Any) -> Account:
    data = _AccountBody.model_validate(body).data
    return Account(
        data.plan_name,
        data.reset_date,
        {kind: Balance(left.used, left.available) for kind, left in data.requests.items()},
    )

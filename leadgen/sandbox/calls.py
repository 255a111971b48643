"""What was asked, how often, and what it cost: the sandbox's own account, to hold ours against."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import orjson

from leadgen.domain.money import micros
from leadgen.sandbox.wire import Billed, Operation, Request, Vendor


def fingerprint(vendor: Vendor, operation: Operation, request: Request) -> str:
    """sha256 (hex) over vendor, operation and the request in one canonical spelling, without its key."""
    canonical = [
        vendor.name,
        operation.name,
        request.path,
        sorted(pair for pair in request.query if pair[0] not in vendor.key_names),
        request.payload if request.payload is not None else request.form(),
        [request.headers.get(name) for name in vendor.telling_headers],
    ]
    return hashlib.sha256(orjson.dumps(canonical, option=orjson.OPT_SORT_KEYS)).hexdigest()


@dataclass(slots=True)
class RequestCount:
    """How often one request came, and how often it was paid."""

    operation: str
    calls: int = 0
    paid: int = 0
    micros: int = 0


@dataclass(slots=True)
class VendorCount:
    """One vendor's account. `outcomes` counts HTTP statuses, resets and time-outs by operation."""

    calls: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    violations: int = 0
    paid: int = 0
    micros: int = 0
    units: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    outcomes: dict[str, Counter[str]] = field(default_factory=dict)
    requests: dict[str, RequestCount] = field(default_factory=dict)


class CallLog:
    """The account of all vendors. `prices` are micros of a dollar per unit, by vendor and unit."""

    def __init__(self, prices: Mapping[str, Mapping[str, Decimal]]) -> None:
        self._prices = prices
        self._vendors: dict[str, VendorCount] = {}
        self._spent: dict[str, Decimal] = defaultdict(Decimal)  # against the plan's quota: outlives a reset

    def vendor(self, name: str) -> VendorCount:
        """One vendor's account, live."""
        return self._vendors.setdefault(name, VendorCount())

    def begin(self, vendor: str, operation: str, request: str) -> int:
        """A request arrived. Gives the how-manieth it is of its fingerprint, from 1."""
        count = self.vendor(vendor)
        count.calls += 1
        count.in_flight += 1
        count.max_in_flight = max(count.max_in_flight, count.in_flight)
        same = count.requests.setdefault(request, RequestCount(operation))
        same.calls += 1
        return same.calls

    def end(self, vendor: str, operation: str, outcome: str) -> None:
        """A request left, with an HTTP status or as `reset`, `timeout`."""
        count = self.vendor(vendor)
        # A reset of the counts may fall between the arrival and the end of a request.
        count.in_flight = max(0, count.in_flight - 1)
        count.outcomes.setdefault(operation, Counter())[outcome] += 1

    def violate(self, vendor: str) -> None:
        """A request came over a rate limit."""
        self.vendor(vendor).violations += 1

    def bill(self, vendor: str, operation: str, request: str, billed: Billed) -> None:
        """An answer was charged for."""
        count = self.vendor(vendor)
        amount = 0
        for unit, quantity in billed:
            count.units[unit] += quantity
            self._spent[vendor] += quantity
            amount += micros(quantity, self._prices.get(vendor, {}).get(unit, Decimal(0)))
        same = count.requests.setdefault(request, RequestCount(operation))
        count.paid += 1
        count.micros += amount
        same.paid += 1
        same.micros += amount

    def spent(self, vendor: str) -> Decimal:
        """All units billed since the start."""
        return self._spent[vendor]

    def reset(self) -> None:
        """Forgets all counts; calls in flight stay counted as such, the plans' quotas stay as used as they are."""
        self._vendors = {
            name: VendorCount(in_flight=count.in_flight, max_in_flight=count.in_flight)
            for name, count in self._vendors.items()
            if count.in_flight
        }

    def report(self) -> dict[str, Any]:
        """Everything as JSON values: totals, and each vendor's operations, fingerprints, violations and bill."""
        return {
            "total": {
                "calls": sum(count.calls for count in self._vendors.values()),
                "paid": sum(count.paid for count in self._vendors.values()),
                "violations": sum(count.violations for count in self._vendors.values()),
                "micros": sum(count.micros for count in self._vendors.values()),
            },
            "vendors": {name: _vendor_report(count) for name, count in sorted(self._vendors.items())},
        }


def _vendor_report(count: VendorCount) -> dict[str, Any]:
    operations: dict[str, dict[str, Any]] = {}
    for same in count.requests.values():
        entry = operations.setdefault(same.operation, {"calls": 0, "paid": 0, "outcomes": {}})
        entry["calls"] += same.calls
        entry["paid"] += same.paid
    for operation, outcomes in count.outcomes.items():
        operations.setdefault(operation, {"calls": 0, "paid": 0})["outcomes"] = dict(outcomes)
    return {
        "calls": count.calls,
        "paid": count.paid,
        "in_flight": count.in_flight,
        "max_in_flight": count.max_in_flight,
        "violations": count.violations,
        "operations": operations,
        "bill": {"units": {unit: number(q) for unit, q in count.units.items()}, "micros": count.micros},
        "fingerprints": {
            request: {
                "operation": same.operation,
                "calls": same.calls,
                "paid": same.paid,
                "micros": same.micros,
            }
            for request, same in count.requests.items()
        },
    }


def number(quantity: Decimal | int) -> int | float:
    """A quantity (never money) as a JSON number."""
    return int(quantity) if quantity == int(quantity) else float(quantity)

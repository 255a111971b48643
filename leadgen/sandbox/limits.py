"""What a plan allows: requests in a time, and units until the plan is used up. Counted per vendor and key."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from leadgen.sandbox.wire import Limit, Operation, Vendor, Window

# Requests spaced exactly right by the sender reach us a little closer together: the loop's and the socket's delay.
JITTER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Allowance:
    """What one vendor's plan allows.

    `rates` None keeps the vendor's own, empty lifts them all; `quota` is in the vendor's units, None is endless.
    """

    rates: tuple[Limit, ...] | None = None
    quota: Decimal | None = None


class RateLimits:
    """Sliding logs of the requests that were let through."""

    def __init__(self, overrides: Mapping[str, Allowance] | None = None) -> None:
        self._overrides = dict(overrides or {})
        self._passed: dict[tuple[str, str, Limit], deque[float]] = {}

    def replace(self, overrides: Mapping[str, Allowance]) -> None:
        """Sets the allowances by vendor (`*`: every vendor that is not named); all others go back to their own."""
        self._overrides = dict(overrides)

    def allowance(self, vendor: Vendor) -> Allowance:
        """What applies to a vendor now."""
        return self._overrides.get(vendor.name) or self._overrides.get("*") or _AS_PUBLISHED

    def take(self, vendor: Vendor, operation: Operation, key: str, now: float) -> Window | None:
        """Lets a request through, or gives the window that is full. `now` is in seconds of a steady clock."""
        logs = self._logs(vendor, operation, key, now)
        for limit, passed in logs:
            if len(passed) >= limit.requests:
                return Window(limit, len(passed), limit.seconds - (now - passed[0]))
        for _, passed in logs:
            passed.append(now)
        return None

    def windows(self, vendor: Vendor, operation: Operation, key: str, now: float) -> Sequence[Window]:
        """How full each window is that a request of this operation counts in."""
        return [
            Window(limit, len(passed), limit.seconds - (now - passed[0]) if passed else 0.0)
            for limit, passed in self._logs(vendor, operation, key, now)
        ]

    def _logs(self, vendor: Vendor, operation: Operation, key: str, now: float) -> list[tuple[Limit, deque[float]]]:
        logs = []
        rates = self.allowance(vendor).rates
        for limit in vendor.limits if rates is None else rates:
            if limit.operation not in {None, operation.name}:
                continue
            passed = self._passed.setdefault((vendor.name, key, limit), deque())
            horizon = now - limit.seconds + min(JITTER_SECONDS, limit.seconds / 10)
            while passed and passed[0] <= horizon:
                passed.popleft()
            logs.append((limit, passed))
        return logs


_AS_PUBLISHED = Allowance()

"""Faults on request: slowness, errors, lost answers, silence. The same seed and requests fail the same way."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Mishap(StrEnum):
    """What befalls one request."""

    NONE = "none"
    ERROR = "error"  # the vendor's own error answer; nothing done, nothing billed
    RESET = "reset"  # done and billed, but the connection breaks before the answer is through
    TIMEOUT = "timeout"  # no answer, until the caller gives up; nothing billed


@dataclass(frozen=True, slots=True)
class Fault:
    """How a vendor misbehaves. Rates are shares 0-1 of its requests; an outage fails them all.

    `error_status` is the HTTP status of injected errors; None: the one the vendor usually gives when it fails.
    """

    latency_ms: float = 0
    error_rate: float = 0
    error_status: int | None = None
    reset_rate: float = 0
    timeout_rate: float = 0
    outage: bool = False
    seed: int = 0

    def befalls(self, request: str, attempt: int) -> Mishap:
        """What happens to the `attempt`-th request of this fingerprint: drawn from the seed, in whatever order."""
        if self.outage:
            return Mishap.ERROR
        if not (self.error_rate or self.reset_rate or self.timeout_rate):
            return Mishap.NONE
        draw = share(self.seed, request, attempt)
        for mishap, rate in (
            (Mishap.TIMEOUT, self.timeout_rate),
            (Mishap.RESET, self.reset_rate),
            (Mishap.ERROR, self.error_rate),
        ):
            if draw < rate:
                return mishap
            draw -= rate
        return Mishap.NONE


def share(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but its arguments."""
    digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:7], "big") / (1 << 56)


class Faults:
    """The faults now set, by vendor."""

    def __init__(self) -> None:
        self._faults: dict[str, Fault] = {}

    def replace(self, faults: Mapping[str, Fault]) -> None:
        """Sets all faults by vendor (`*`: every vendor that is not named); vendors not reached behave well."""
        self._faults = dict(faults)

    def of(self, vendor: str) -> Fault:
        """The fault of one vendor."""
        return self._faults.get(vendor) or self._faults.get("*") or _WELL


_WELL = Fault()

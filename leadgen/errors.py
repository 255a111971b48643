"""One vocabulary of errors. Each says what is wrong and, where a person can act, what to do.

Failures are classified once, here, as permanent or transient; every retry layer obeys the class.
"""


class LeadGenError(Exception):
    """Base of every error we raise on purpose.

    `remedy` is a sentence for the person who reads it: what to do next. Neither part ever holds a secret or personal data.
    """

    resume_after_seconds: float | None = None
    """When the work that it stopped may be tried again by itself; None: only when a person has done something."""

    def __init__(self, message: str, *, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}" if self.remedy else self.message


class PermanentError(LeadGenError):
    """Trying again gives the same result."""


class TransientError(LeadGenError):
    """Trying again later may succeed."""


class ConfigurationError(PermanentError):
    """A setting, key, port, file or installed part is missing or wrong."""


class InputError(PermanentError):
    """What a person or program gave us cannot be used."""


class DatabaseDown(TransientError):
    """Postgres cannot be reached."""


class SchemaOutdated(PermanentError):
    """The database's migrations are not those of this code, or were left half finished."""


class VendorError(LeadGenError):
    """A vendor's answer that is not an answer. Carries what an operator needs to find the call."""

    def __init__(
        self,
        vendor: str,
        operation: str,
        message: str,
        *,
        http_status: int | None = None,
        remedy: str | None = None,
    ) -> None:
        super().__init__(f"{vendor} {operation}: {message}", remedy=remedy)
        self.vendor = vendor
        self.operation = operation
        self.http_status = http_status


class VendorRefused(VendorError, PermanentError):
    """The vendor refuses this request: wrong, forbidden or not found. Other requests may pass."""


class CredentialsRejected(VendorError, PermanentError):
    """The key is wrong, expired or lacks a scope: no request will pass until it is replaced."""


class QuotaSpent(VendorError, PermanentError):
    """The plan's quota is used up: no request will pass until the vendor's period turns."""

    resume_after_seconds = 3600.0


class VendorUnavailable(VendorError, TransientError):
    """The vendor is down, overloaded or did not answer within the deadline. The client has waited: who asked parks."""

    resume_after_seconds = 60.0


class OutcomeUnclear(VendorError, PermanentError):
    """An earlier call may have been carried out and may not be repeated; a person decides. `call_id` is its ledger line."""

    def __init__(self, vendor: str, operation: str, call_id: int) -> None:
        super().__init__(
            vendor,
            operation,
            f"call {call_id} was cut off: it may have been carried out, and paid.",
            remedy=f"Look it up at {vendor}, then say `leadgen calls repeat {call_id}` or `leadgen calls drop {call_id}`.",
        )
        self.call_id = call_id


class BudgetSpent(PermanentError):
    """The next call would pass a cap on spending.

    `cap` says which: `campaign`, or a vendor (`*`: all together) and its period, as `hunter/day`. `frees_in_seconds`: until
    the period turns; None where only a person can raise the cap.
    """

    def __init__(self, cap: str, *, frees_in_seconds: float | None = None) -> None:
        what = "the campaign's budget" if cap == "campaign" else f"the spending cap {cap}"
        super().__init__(f"{what} is spent.", remedy="Raise it to resume the campaign; nothing is lost.")
        self.cap = cap
        self.resume_after_seconds = frees_in_seconds

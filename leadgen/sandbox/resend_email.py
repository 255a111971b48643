"""What Resend asks of an email and of a webhook, and how it refuses one. VENDORS.md section 10."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from leadgen.sandbox.wire import Header, Reply, json_reply, names

EVENTS = frozenset(
    f"email.{name}"
    for name in names(
        "sent delivered delivery_delayed bounced complained opened clicked failed suppressed scheduled received"
    )
)
_MOST_RECIPIENTS = 50
_LATEST = timedelta(days=30)
_ADDRESS = re.compile(r"(?:[^<>@]*<)?(?P<address>[^@\s<>]+@(?P<domain>[a-z0-9.-]+\.[a-z]{2,}))>?", re.IGNORECASE)
_TAG = re.compile(r"[A-Za-z0-9_-]{1,256}")
_FIELDS = names("from to cc bcc subject html text template reply_to headers tags attachments scheduled_at")
_NOT_IN_BATCH = names("attachments scheduled_at")


def error(status: int, name: str, message: str, headers: Sequence[Header] = ()) -> Reply:
    """A refusal as Resend words it."""
    return json_reply(status, {"statusCode": status, "name": name, "message": message}, headers=headers)


class BadRequest(ValueError):
    """The request breaks a rule; carries Resend's refusal."""

    def __init__(self, name: str, message: str, status: int = 422) -> None:
        super().__init__(message)
        self.reply = error(status, name, message)


def bare(address: str) -> str:
    """The address alone, lower case: `Name <a@b.example>` is `a@b.example`."""
    match = _ADDRESS.fullmatch(address.strip())
    return match["address"].lower() if match else address.lower()


def recipients_of(email: dict[str, Any]) -> list[str]:
    """Everybody who gets it."""
    return [bare(address) for field in ("to", "cc", "bcc") for address in as_list(email.get(field))]


def as_list(value: Any) -> list[Any]:
    """What may be one or several, as several."""
    return value if isinstance(value, list) else [] if value is None else [value]


def check_email(email: Any, now: datetime, *, in_batch: bool = False) -> int:
    """How many recipients a well-formed email has.

    Raises:
        BadRequest: it is not well formed, or its sender's domain is not verified.
    """
    if not isinstance(email, dict):
        raise BadRequest("validation_error", "The request body must be an object")
    unknown = sorted(email.keys() - (_FIELDS - _NOT_IN_BATCH if in_batch else _FIELDS))
    if unknown:
        raise BadRequest("validation_error", f"The `{unknown[0]}` field is not allowed")
    for field in ("from", "to", "subject"):
        if not email.get(field):
            raise BadRequest("missing_required_field", f"Missing `{field}` field.")
    if not (email.get("html") or email.get("text") or email.get("template")):
        raise BadRequest("validation_error", "Missing `html` or `text` field.")
    _check_sender(email["from"])
    for field in ("to", "cc", "bcc", "reply_to"):
        _check_recipients(field, as_list(email.get(field)))
    _check_extras(email)
    if "scheduled_at" in email:
        _check_time(email["scheduled_at"], now)
    return len(recipients_of(email))


def _check_sender(sender: Any) -> None:
    match = _ADDRESS.fullmatch(sender.strip()) if isinstance(sender, str) else None
    if match is None:
        raise BadRequest(
            "validation_error", "Invalid `from` field. Use `email@example.com` or `Name <email@example.com>`."
        )
    if match["domain"].lower().startswith("unverified."):
        message = f"The {match['domain']} domain is not verified. Please, add and verify your domain."
        raise BadRequest("validation_error", message, 403)


def _check_recipients(field: str, addresses: list[Any]) -> None:
    if len(addresses) > _MOST_RECIPIENTS:
        raise BadRequest("validation_error", f"The `{field}` field must not have more than 50 recipients")
    if not all(isinstance(address, str) and _ADDRESS.fullmatch(address.strip()) for address in addresses):
        raise BadRequest("validation_error", f"Invalid `{field}` field.")


def _check_extras(email: dict[str, Any]) -> None:
    tags, headers = email.get("tags", []), email.get("headers", {})
    if not isinstance(headers, dict) or not all(isinstance(value, str) for value in headers.values()):
        raise BadRequest("validation_error", "Invalid `headers` field.")
    if not isinstance(tags, list) or not all(_is_tag(tag) for tag in tags):
        message = "Tags should only contain ASCII letters, numbers, underscores, or dashes."
        raise BadRequest("validation_error", message)


def _is_tag(tag: Any) -> bool:
    return (
        isinstance(tag, dict)
        and tag.keys() == {"name", "value"}
        and all(isinstance(part, str) and _TAG.fullmatch(part) for part in tag.values())
    )


def scheduled_for(email: dict[str, Any]) -> datetime | None:
    """When it is to be sent; None: at once."""
    text = email.get("scheduled_at")
    return datetime.fromisoformat(text) if text else None


def _check_time(text: Any, now: datetime) -> None:
    try:
        moment = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        raise BadRequest("validation_error", "Invalid `scheduled_at` field. Use ISO 8601.") from None
    if moment.tzinfo is None or not now <= moment <= now + _LATEST:
        raise BadRequest("validation_error", "The `scheduled_at` must be within the next 30 days")


def check_webhook(payload: Any) -> None:
    """Passes what an endpoint is registered with.

    Raises:
        BadRequest: no address, or no events or unknown ones.
    """
    if not isinstance(payload, dict) or payload.keys() != {"endpoint", "events"}:
        raise BadRequest("missing_required_field", "Missing `endpoint` or `events` field.")
    endpoint, events = payload["endpoint"], payload["events"]
    if not isinstance(endpoint, str) or not endpoint.startswith(("http://", "https://")):
        raise BadRequest("validation_error", "Invalid `endpoint` field.")
    if not isinstance(events, list) or not events or not EVENTS.issuperset(events):
        raise BadRequest("validation_error", "Invalid `events` field.")

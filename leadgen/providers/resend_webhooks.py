"""What Resend tells by webhook, and whether it is Resend that tells it.

Facts (VENDORS.md section 10): signed the way of Svix, which posts for Resend: HMAC-SHA256 over `{id}.{timestamp}.{body}`
with the secret that stands in base64 behind `whsec_`; while a secret is being replaced there are several signatures. The
same event may come several times and in any order: `event_id` is the same each time.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from pydantic import BaseModel, ValidationError

from leadgen.errors import ConfigurationError, InputError

TOLERANCE_SECONDS = 300
VERSION = "v1"


class _Bounce(BaseModel):
    type: str | None = None


class _Data(BaseModel):
    email_id: str | None = None
    to: list[str] = []
    bounce: _Bounce | None = None
    tags: dict[str, str] | list[dict[str, str]] | None = None


class _Event(BaseModel):
    type: str
    created_at: datetime
    data: _Data = _Data()


@dataclass(frozen=True, slots=True)
class ResendEvent:
    """One thing that happened, as `email.delivered`, `email.bounced`, `email.complained`.

    `event_id` is the svix-id: what has been taken once under it is not taken again. `email_id` is None for events about
    something else than an email. `bounce_type` is Permanent, Transient or Undetermined.
    """

    event_id: str
    kind: str
    happened_at: datetime
    email_id: str | None
    recipients: tuple[str, ...] = field(repr=False)
    bounce_type: str | None
    tags: Mapping[str, str]

    @property
    def suppresses(self) -> bool:
        """Whether the recipients are to get no more mail: the address does not exist, or they called it spam."""
        return self.kind in {"email.complained", "email.suppressed"} or (
            self.kind == "email.bounced" and self.bounce_type == "Permanent"
        )


def read_event(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> ResendEvent:
    """The event of a webhook's request, once its signature has been checked. Header names are lower case.

    Raises:
        InputError: the signature is missing or wrong, older or younger than five minutes, or the body is no event.
        ConfigurationError: the secret is not one of Resend's.
    """
    event_id = headers.get("svix-id", "")
    _check_signature(secret, headers, body, now)
    try:
        event = _Event.model_validate_json(body)
    except ValidationError:
        raise InputError("The webhook's body is not an event of Resend's.") from None
    data = event.data
    tags = data.tags or {}
    if isinstance(tags, list):  # as they are given when an email is sent
        tags = {tag["name"]: tag["value"] for tag in tags if {"name", "value"} <= tag.keys()}
    return ResendEvent(
        event_id=event_id,
        kind=event.type,
        happened_at=event.created_at,
        email_id=data.email_id,
        recipients=tuple(data.to),
        bounce_type=data.bounce.type if data.bounce else None,
        tags=tags,
    )


def _check_signature(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> None:
    event_id, sent_at, given = (headers.get(f"svix-{name}", "") for name in ("id", "timestamp", "signature"))
    if not event_id or not sent_at.isascii() or not sent_at.isdigit():
        raise InputError("The webhook is not signed.")
    if abs(now.timestamp() - int(sent_at)) > TOLERANCE_SECONDS:
        raise InputError("The webhook's signature is stale.", remedy="If it repeats, set this machine's clock.")
    signed = f"{event_id}.{sent_at}.".encode() + body
    wanted = base64.b64encode(hmac.new(_key(secret), signed, hashlib.sha256).digest())
    signatures = [entry.partition(",") for entry in given.split()]
    if not any(
        version == VERSION and hmac.compare_digest(signature.encode(), wanted) for version, _, signature in signatures
    ):
        raise InputError("The webhook's signature is wrong.")


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        raise ConfigurationError(
            "The signing secret of Resend's webhooks is not one.",
            remedy="Take it from Resend's dashboard; it begins with whsec_.",
        ) from None

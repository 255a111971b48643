"""Bounces and complaints that a sending service reports as JSON in a mail (Amazon SES over SNS)."""

import json
from dataclasses import dataclass
from typing import Any

from leadgen.domain.replies.delivery_status import StatusBlock


@dataclass(frozen=True, slots=True)
class Notification:
    """What the service reports of each recipient."""

    is_complaint: bool
    recipients: tuple[StatusBlock, ...]


def read_notification(text: str) -> Notification | None:
    """The notification that a mail's text holds; None where it holds none."""
    start = text.find("{")
    if start < 0 or ("notificationType" not in text and "eventType" not in text):
        return None
    document = _decoded(text[start:])
    if "Message" in document:
        document = _decoded(str(document["Message"]))
    kind = str(document.get("notificationType") or document.get("eventType") or "").lower()
    if kind == "complaint":
        return Notification(
            True, tuple(_block(each) for each in _listed(document, "complaint", "complainedRecipients"))
        )
    if kind == "bounce":
        return Notification(False, tuple(_block(each) for each in _listed(document, "bounce", "bouncedRecipients")))
    return None


def _decoded(text: str) -> dict[str, Any]:
    try:
        found, _ = json.JSONDecoder(strict=False).raw_decode(text.replace("\n ", " ").replace("\n", ""))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _listed(document: dict[str, Any], part: str, name: str) -> list[dict[str, Any]]:
    inner = document.get(part)
    listed = inner.get(name) if isinstance(inner, dict) else None
    return [each for each in listed if isinstance(each, dict)] if isinstance(listed, list) else []


def _block(each: dict[str, Any]) -> StatusBlock:
    def text(name: str) -> str:
        return str(each.get(name) or "")

    return StatusBlock(text("emailAddress"), text("action").lower(), text("status"), text("diagnosticCode"))

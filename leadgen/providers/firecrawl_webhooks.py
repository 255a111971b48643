"""What Firecrawl tells by webhook of an order of pages, and whether it is Firecrawl that tells it.

Facts (VENDORS.md section 7; the contract `firecrawl-webhooks`): signed with the secret of the account's settings, HMAC-SHA256
over the raw body, as `sha256=` and hex digits in `X-Firecrawl-Signature`. The same event may come again: `event_id` is the
same each time. No time is signed: take each event once.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from leadgen.errors import ConfigurationError, InputError

SIGNATURE = "x-firecrawl-signature"


class _Event(BaseModel):
    type: str
    id: str
    webhook_id: str = Field(alias="webhookId")
    success: bool = True
    error: str | None = None


@dataclass(frozen=True, slots=True)
class FirecrawlEvent:
    """One thing that happened to an order, as `batch_scrape.completed`. `batch_id` is the id that the order has at Firecrawl.

    `succeeded` False with an `error`: of a page, that it could not be read; of an order, that it failed.
    """

    event_id: str
    kind: str
    batch_id: str
    succeeded: bool
    error: str | None


def read_event(secret: str, headers: Mapping[str, str], body: bytes) -> FirecrawlEvent:
    """The event of a webhook's request, once its signature has been checked. Header names are lower case.

    Raises:
        InputError: the signature is missing or wrong, or the body is no event.
        ConfigurationError: there is no secret to check it with.
    """
    if not secret:
        raise ConfigurationError(
            "The secret of Firecrawl's webhooks is not set.", remedy="Take it from Firecrawl's account settings."
        )
    wanted = f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"
    if not hmac.compare_digest(wanted.encode(), headers.get(SIGNATURE, "").encode(errors="replace")):
        raise InputError("The webhook's signature is wrong.")
    try:
        event = _Event.model_validate_json(body)
    except ValidationError:
        raise InputError("The webhook's body is not an event of Firecrawl's.") from None
    return FirecrawlEvent(event.webhook_id, event.type, event.id, event.success, event.error)

"""Stripe, by its own SDK: the client for one configuration, and the events that it is told by webhook.

What is billed, and what follows from an event, is decided elsewhere. Facts (VENDORS.md section 12): webhooks come several
times and in any order, so an event is taken once by its id and the subscription is fetched anew; each is signed with the
endpoint's secret and good for five minutes. The SDK asks again by itself where there was no connection and after 409 and 5xx,
each POST under an idempotency key of its own making. Where an answer breaks off half-way it does not: what must not be done
twice is given a key by its caller (`{"idempotency_key": ...}` as options) and asked for again under it. 429 is not repeated
either. The SDK's import is slow, so it is loaded at the first call.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ValidationError

from leadgen.errors import ConfigurationError, InputError
from leadgen.settings import Settings

if TYPE_CHECKING:
    from stripe import StripeClient

SANDBOX_KEY = "sk_test_sandbox"
RETRIES = 2
TOLERANCE_SECONDS = 300


class _Data(BaseModel):
    object: dict[str, Any]
    previous_attributes: dict[str, Any] = {}


class _Event(BaseModel):
    id: str
    type: str
    created: int
    livemode: bool = False
    data: _Data


@dataclass(frozen=True, slots=True)
class StripeEvent:
    """One thing that happened, as `customer.subscription.updated`, `invoice.paid`.

    What has been taken once under `event_id` is not taken again. `thing` is the object as it was when it happened, perhaps no
    longer; `previous` what has changed in it had been before.
    """

    event_id: str
    kind: str
    happened_at: datetime
    is_live: bool
    thing: Mapping[str, Any] = field(repr=False)
    previous: Mapping[str, Any] = field(repr=False)


def stripe_client(settings: Settings) -> "StripeClient":
    """A client of the account whose key is set, or of the sandbox's. Keep it: it holds connections.

    It is to be called in threads (`asyncio.to_thread`), any number at once; its `_async` methods are not set up.

    Raises:
        ConfigurationError: there is neither a key nor a sandbox.
    """
    import stripe  # noqa: PLC0415  its import is slow

    vendor = settings.stripe
    if vendor.key:
        key, url = vendor.key.get_secret_value(), vendor.base_url
    elif settings.sandbox_url:
        key, url = SANDBOX_KEY, f"{settings.sandbox_url}/stripe"
    else:
        raise ConfigurationError("stripe has no key.", remedy="Set STRIPE_API_KEY.")
    return stripe.StripeClient(
        key,
        base_addresses={"api": url},
        max_network_retries=RETRIES,
        http_client=stripe.RequestsClient(timeout=vendor.timeout_seconds),
    )


def read_event(payload: bytes, signature: str, secret: str) -> StripeEvent:
    """The event of a webhook's body, once its `Stripe-Signature` has been checked.

    Raises:
        InputError: the signature is missing, wrong or older than five minutes, or the body is no event.
        ConfigurationError: the secret is not one of Stripe's.
    """
    import stripe  # noqa: PLC0415  its import is slow

    if not secret.startswith("whsec_"):
        raise ConfigurationError(
            "The signing secret of Stripe's webhooks is not one.",
            remedy="Take it from the endpoint in Stripe's dashboard; it begins with whsec_.",
        )
    try:
        stripe.Webhook.construct_event(payload, signature, secret, TOLERANCE_SECONDS)
        event = _Event.model_validate_json(payload)
    except stripe.SignatureVerificationError as error:
        if "tolerance" in str(error):
            raise InputError(
                "The webhook's signature is stale.", remedy="If it repeats, set this machine's clock."
            ) from None
        raise InputError("The webhook's signature is missing or wrong.") from None
    except (ValidationError, ValueError, AttributeError):  # a body that is not UTF-8, not JSON, no object, no event
        raise InputError("The webhook's body is not an event of Stripe's.") from None
    return StripeEvent(
        event_id=event.id,
        kind=event.type,
        happened_at=datetime.fromtimestamp(event.created, UTC),
        is_live=event.livemode,
        thing=event.data.object,
        previous=event.data.previous_attributes,
    )

"""Stripe's SDK as it is set up here, and the webhooks that it reads. VENDORS.md section 12."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import stripe
from pydantic import SecretStr

from leadgen.errors import ConfigurationError, InputError
from leadgen.providers.stripe_api import StripeEvent, read_event, stripe_client
from leadgen.settings import Settings

SECRET = "whsec_test"
EVENT: dict[str, Any] = {
    "id": "evt_1",
    "object": "event",
    "api_version": "2026-10-28.endive",
    "created": 1_795_344_000,
    "livemode": False,
    "type": "customer.subscription.updated",
    "data": {
        "object": {"id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active"},
        "previous_attributes": {"status": "trialing"},
    },
    "request": {"id": None, "idempotency_key": None},
}


def settings(**changes: Any) -> Settings:
    given = Settings(_env_file=None)
    return given.model_copy(update={"stripe": given.stripe.model_copy(update={"key": None}), **changes})


def signed(event: Any = EVENT, *, secret: str = SECRET, at: float | None = None) -> tuple[bytes, str]:
    body = event if isinstance(event, bytes) else json.dumps(event).encode()
    moment = int(time.time() if at is None else at)
    return body, stripe.WebhookSignature.generate_signature_header(body.decode(errors="replace"), secret, moment)


def test_an_event_is_read_once_its_signature_holds() -> None:
    assert read_event(*signed(), SECRET) == StripeEvent(
        event_id="evt_1",
        kind="customer.subscription.updated",
        happened_at=datetime(2026, 11, 22, 10, 40, tzinfo=UTC),
        is_live=False,
        thing=EVENT["data"]["object"],
        previous={"status": "trialing"},
    )


def test_while_a_secret_is_replaced_one_of_two_signatures_is_enough() -> None:
    body, good = signed()
    _, other = signed(secret="whsec_other")

    assert read_event(body, f"{other},{good.partition(',')[2]}", SECRET).event_id == "evt_1"


@pytest.mark.parametrize("signature", ["", "t=1", "v1=00", "t=x,v1=00", "nonsense", "t={now},v1=00"])
def test_a_signature_that_is_none_or_wrong_is_refused(signature: str) -> None:
    signature = signature.format(now=int(time.time()))
    with pytest.raises(InputError, match="missing or wrong"):
        read_event(signed()[0], signature, SECRET)


def test_a_body_that_was_changed_or_signed_by_somebody_else_is_refused() -> None:
    body, signature = signed()
    for wrong in ((body.replace(b"active", b"unpaid"), signature), signed(secret="whsec_other")):
        with pytest.raises(InputError, match="missing or wrong"):
            read_event(*wrong, SECRET)


def test_a_signature_is_good_for_five_minutes() -> None:
    assert read_event(*signed(at=time.time() - 290), SECRET)
    with pytest.raises(InputError, match="stale"):
        read_event(*signed(at=time.time() - 310), SECRET)


@pytest.mark.parametrize(
    "event",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b"{}",
        b"\xff",
        {"object": "v2.core.event", "id": "evt_1"},
        {**EVENT, "data": None},
        {**EVENT, "created": "soon"},
    ],
)
def test_what_is_no_event_is_refused_and_not_repeated_in_words(event: Any) -> None:
    with pytest.raises(InputError) as refused:
        read_event(*signed(event), SECRET)

    assert "evt_1" not in str(refused.value)


@pytest.mark.parametrize("secret", ["", "sk_test_1"])
def test_a_secret_that_is_none_is_the_operators_to_mend(secret: str) -> None:
    with pytest.raises(ConfigurationError, match="whsec_") as refused:
        read_event(*signed(), secret)

    assert not secret or secret not in str(refused.value)


def test_what_an_event_is_about_is_not_printed() -> None:
    assert "cus_1" not in repr(read_event(*signed(), SECRET))


def test_without_a_key_the_sandbox_is_asked_and_without_either_nobody() -> None:
    client = stripe_client(settings(sandbox_url="http://127.0.0.1:9"))
    with pytest.raises(stripe.APIConnectionError, match="communicating with Stripe"):
        client.v1.products.list()
    with pytest.raises(ConfigurationError, match="stripe has no key"):
        stripe_client(settings(sandbox_url=None))


def test_with_a_key_its_own_address_is_asked_and_not_the_sandboxs() -> None:
    given = settings(sandbox_url="http://127.0.0.1:9")
    own = given.stripe.model_copy(update={"key": SecretStr("sk_test_own"), "base_url": "http://127.0.0.1:8"})
    client = stripe_client(given.model_copy(update={"stripe": own}))

    with pytest.raises(stripe.APIConnectionError) as failed:
        client.v1.products.list()
    assert "sk_test_own" not in str(failed.value)


def test_the_sdk_is_loaded_at_the_first_call() -> None:
    code = "import sys, leadgen.providers.stripe_api; sys.exit('stripe' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

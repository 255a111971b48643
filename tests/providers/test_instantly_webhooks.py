"""Instantly's webhooks: believed for their secret alone, and the same event is known again however often it comes."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from vendor_contracts import CONTRACTS

from leadgen.errors import InputError
from leadgen.providers.instantly_webhooks import SECRET_HEADER, InstantlyEvent, read_event

SECRET = "Jx0-" + "r" * 39
REPLY = {
    "timestamp": "2026-11-22T10:00:00.000Z",
    "event_type": "reply_received",
    "workspace": "019c0000-0000-7000-8000-00000000000a",
    "campaign_id": "019c0000-0000-7000-8000-0000000000c1",
    "campaign_name": "Austin dentists",
    "lead_email": "ana@lamarfamilydental.example",
    "email_account": "sam@tenant.example",
    "step": 1,
    "variant": 1,
    "is_first": True,
    "email_id": "019c0000-0000-7000-8000-0000000000e1",
    "reply_subject": "Re: quick idea",
    "reply_text_snippet": "Sounds good",
    "reply_text": "Sounds good, call me",
}


def told(event: dict[str, Any], secret: str = SECRET) -> InstantlyEvent:
    return read_event(SECRET, {SECRET_HEADER: secret}, json.dumps(event).encode())


def without(*names: str, **fields: Any) -> dict[str, Any]:
    return {**{name: value for name, value in REPLY.items() if name not in names}, **fields}


def test_the_example_is_one_of_the_contract() -> None:
    path = CONTRACTS / "instantly" / "instantly-webhook.authored.schema.json"
    if not path.exists():
        pytest.skip("the contract of the webhooks is not here")
    Draft202012Validator(json.loads(path.read_text())).validate(REPLY)


def test_a_reply_is_read() -> None:
    event = told(REPLY)
    assert (event.kind, event.step, event.is_first) == ("reply_received", 1, True)
    assert event.happened_at == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert (event.lead_address, event.account) == ("ana@lamarfamilydental.example", "sam@tenant.example")
    assert (event.subject, event.reply_text) == ("Re: quick idea", "Sounds good, call me")
    assert "@" not in repr(event)
    assert not event.suppresses


def test_the_least_that_the_contract_promises_is_enough() -> None:
    event = told(
        {name: REPLY[name] for name in ("timestamp", "event_type", "workspace")} | {"event_type": "account_error"}
    )
    assert (event.kind, event.email_id, event.lead_address) == ("account_error", None, None)


@pytest.mark.parametrize(
    ("kind", "suppresses", "mark"),
    [
        ("lead_unsubscribed", True, None),
        ("email_bounced", True, None),
        ("auto_reply_received", False, None),
        ("lead_interested", False, 1),
        ("lead_out_of_office", False, 0),
        ("lead_not_interested", False, -1),
        ("lead_wrong_person", False, -2),
    ],
)
def test_an_event_says_what_it_means_for_the_lead(kind: str, suppresses: bool, mark: int | None) -> None:
    event = told(without(event_type=kind))
    assert (event.suppresses, event.interest_value) == (suppresses, mark)


def test_the_same_event_is_known_again_and_others_are_not_taken_for_it() -> None:
    again = without(unibox_url="https://app.instantly.ai/x", is_first=False)
    others = [
        without(timestamp="2026-11-22T10:00:00.001Z"),
        without(event_type="lead_interested"),
        without(email_id="019c0000-0000-7000-8000-0000000000e2"),
        without("email_id", event_type="lead_unsubscribed"),
        without("email_id", event_type="lead_unsubscribed", lead_email="bo@other.example"),
    ]
    assert told(again).key == told(REPLY).key
    assert len({told(event).key for event in (REPLY, *others)}) == 1 + len(others)


def test_both_names_of_a_click_are_one() -> None:
    assert told(without(event_type="email_link_clicked")) == told(without(event_type="link_clicked"))


@pytest.mark.parametrize("headers", [{}, {SECRET_HEADER: ""}, {SECRET_HEADER: SECRET[:-1]}, {SECRET_HEADER: "é" * 43}])
def test_a_webhook_without_the_secret_is_refused(headers: dict[str, str]) -> None:
    with pytest.raises(InputError, match="secret"):
        read_event(SECRET, headers, json.dumps(REPLY).encode())


def test_an_empty_secret_lets_nothing_in() -> None:
    with pytest.raises(InputError):
        read_event("", {SECRET_HEADER: ""}, json.dumps(REPLY).encode())


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", json.dumps(without("workspace")).encode(), json.dumps(without(timestamp="soon")).encode()],
)
def test_what_is_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(InputError, match="not an event"):
        read_event(SECRET, {SECRET_HEADER: SECRET}, body)

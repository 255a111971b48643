"""Resend: the platform's own mail, sent once; its errors by name; its webhooks only as it signed them."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from vendor_contracts import RecordingAsks, reply

from leadgen.errors import ConfigurationError, InputError
from leadgen.providers.calls import Reply, Verdict
from leadgen.providers.resend import EMAIL, SEND, VENDOR, Resend, SystemEmail
from leadgen.providers.resend_webhooks import ResendEvent, read_event

# VENDORS.md section 10
ADDRESSES = {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 50}
EMAIL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["from", "to", "subject"],
    "anyOf": [{"required": ["text"]}, {"required": ["html"]}, {"required": ["template"]}],
    "additionalProperties": False,
    "properties": {
        "from": {"type": "string"},
        "to": ADDRESSES,
        "subject": {"type": "string"},
        "text": {"type": "string"},
        "html": {"type": "string"},
        "template": {"type": "object"},
        "reply_to": ADDRESSES,
        "headers": {"type": "object", "additionalProperties": {"type": "string"}},
        "tags": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "value"],
                "additionalProperties": False,
                "properties": {"name": {"pattern": "^[A-Za-z0-9_-]+$"}, "value": {"pattern": "^[A-Za-z0-9_-]+$"}},
            },
        },
        "attachments": {"type": "array"},
        "scheduled_at": {"type": "string"},
    },
}
BATCH_SCHEMA = {"type": "array", "items": EMAIL_SCHEMA, "minItems": 1, "maxItems": 100}

ID = "56761188-7520-42d8-8898-ff6fc54ce618"
SECRET_BYTES = b"a secret of the tests, 24"
SECRET = "whsec_" + base64.b64encode(SECRET_BYTES).decode()
NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BOUNCED: dict[str, Any] = {
    "type": "email.bounced",
    "created_at": "2026-11-22T10:00:00.000Z",
    "data": {
        "email_id": ID,
        "from": "LeadGen <no-reply@leadgen.example>",
        "to": ["x@y.example"],
        "subject": "Campaign ready",
        "created_at": "2026-11-22T09:59:58.000Z",
        "bounce": {"type": "Permanent", "subType": "General", "message": "550 5.1.1 user unknown"},
    },
}


def email(*to: str, **fields: Any) -> SystemEmail:
    return SystemEmail(
        **{"sender": "LeadGen <no-reply@leadgen.example>", "to": to, "subject": "Ready", "text": "It is.", **fields}
    )


def error(status: int, name: str, **headers: str) -> Reply:
    return reply({"statusCode": status, "name": name, "message": "about x@y.example"}, status, **headers)


def signature(event_id: str, at: datetime, body: bytes, secret: bytes = SECRET_BYTES) -> str:
    text = f"{event_id}.{int(at.timestamp())}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(secret, text, hashlib.sha256).digest()).decode()


def webhook(event: Any, *, at: datetime = NOW, signatures: str | None = None) -> ResendEvent:
    body = json.dumps(event).encode()
    headers = {
        "svix-id": "msg_1",
        "svix-timestamp": str(int(at.timestamp())),
        "svix-signature": signature("msg_1", at, body) if signatures is None else signatures,
    }
    return read_event(SECRET, headers, body, NOW)


async def test_an_email_is_sent_as_resend_takes_it() -> None:
    asks = RecordingAsks(reply({"id": ID}), reply({"id": ID}))
    full = email(
        "a@b.example", html="<p>It is.</p>", reply_to=("s@b.example",), tags={"notice": "7"}, headers={"X": "1"}
    )
    answers = [
        await Resend(asks).send(email("a@b.example"), purpose="notice 1"),
        await Resend(asks).send(full, purpose="notice 2"),
    ]
    for request in asks.requests:
        Draft202012Validator(EMAIL_SCHEMA).validate(request.body)
        assert (request.method, request.path) == ("POST", "/emails")
    assert [answer.value for answer in answers] == [ID, ID]
    assert [request.purpose for request in asks.requests] == ["notice 1", "notice 2"]
    assert asks.requests[1].body["tags"] == [{"name": "notice", "value": "7"}]


async def test_a_batch_gives_the_ids_in_order_and_costs_each_recipient() -> None:
    asks = RecordingAsks(reply({"data": [{"id": "1"}, {"id": "2"}]}))
    emails = [email("a@b.example"), email("c@b.example", "d@b.example")]
    answer = await Resend(asks).send_batch(emails, purpose="weekly 7")
    Draft202012Validator(BATCH_SCHEMA).validate(asks.requests[0].body)
    assert (asks.requests[0].path, answer.value) == ("/emails/batch", ("1", "2"))
    assert asks.operation.expected[0].quantity == 3
    assert asks.operation.charge(reply({"data": []}))[0].quantity == 3
    assert asks.operation.charge(error(422, "validation_error")) == ()


@pytest.mark.parametrize(
    "wrong",
    [email(), email(*(f"p{n}@b.example" for n in range(51))), email("a@b.example", text=None)],
    ids=["nobody", "too many", "nothing to read"],
)
async def test_what_resend_would_refuse_is_not_sent(wrong: SystemEmail) -> None:
    asks = RecordingAsks()
    with pytest.raises(InputError) as refused:
        await Resend(asks).send(wrong, purpose="x")
    assert "@" not in str(refused.value)
    for emails in ([], [email("a@b.example")] * 101):
        with pytest.raises(InputError):
            await Resend(asks).send_batch(emails, purpose="x")
    assert not asks.calls


async def test_an_email_is_never_sent_twice() -> None:
    asks = RecordingAsks(reply({"id": ID}), reply({"data": []}))
    await Resend(asks).send(email("a@b.example"), purpose="x")
    await Resend(asks).send_batch([email("a@b.example")], purpose="x")
    for operation, _ in asks.calls:
        assert (operation.acts_on_world, operation.idempotency_header) == (True, "Idempotency-Key")
        assert operation.repeatable_for(0, 1) == timedelta(hours=20)
        assert operation.time_to_live >= timedelta(days=3650)
        assert operation.is_private


async def test_what_became_of_an_email_is_told_or_a_miss() -> None:
    told = {"object": "email", "id": ID, "last_event": "delivered", "created_at": "2026-11-22 10:00:00.123456+00:00"}
    asks = RecordingAsks(reply(told), error(404, "not_found"))
    known, unknown = await Resend(asks).email(ID), await Resend(asks).email("a/b")
    assert known.value is not None
    assert (known.value.email_id, known.value.last_event) == (ID, "delivered")
    assert unknown.value is None
    assert [request.path for request in asks.requests] == [f"/emails/{ID}", "/emails/a%2Fb"]
    assert EMAIL.time_to_live == timedelta(0)


async def test_lists_are_read_to_their_end() -> None:
    def entry(number: int) -> dict[str, Any]:
        return {"id": f"s{number}", "email": f"p{number}@b.example", "origin": "bounce", "created_at": None}

    asks = RecordingAsks(
        reply({"object": "list", "has_more": True, "data": [entry(1), entry(2)]}),
        reply({"object": "list", "has_more": False, "data": [entry(3)]}),
        reply({"data": [{"id": "d", "name": "leadgen.example", "status": "verified", "region": "us-east-1"}]}),
    )
    suppressed = await Resend(asks).suppressions()
    [domain] = await Resend(asks).domains()
    assert [one.address for one in suppressed] == [f"p{n}@b.example" for n in (1, 2, 3)]
    assert asks.requests[1].query == (("limit", "100"), ("after", "s2"))
    assert (domain.name, domain.is_verified) == ("leadgen.example", True)
    assert "p1@" not in repr(suppressed)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (error(400, "validation_error"), Verdict.REFUSED),
        (error(400, "invalid_idempotency_key"), Verdict.REFUSED),
        (error(401, "missing_api_key"), Verdict.CREDENTIALS),
        (error(401, "restricted_api_key"), Verdict.CREDENTIALS),
        (error(403, "invalid_api_key"), Verdict.CREDENTIALS),
        (error(403, "validation_error"), Verdict.REFUSED),
        (Reply(403, "error code: 1010"), Verdict.REFUSED),
        (error(404, "not_found"), Verdict.REFUSED),
        (error(409, "invalid_idempotent_request"), Verdict.REFUSED),
        (error(409, "concurrent_idempotent_requests"), Verdict.RETRY),
        (error(422, "missing_required_field"), Verdict.REFUSED),
        (error(429, "rate_limit_exceeded"), Verdict.RETRY),
        (error(429, "daily_quota_exceeded"), Verdict.QUOTA),
        (error(429, "monthly_quota_exceeded"), Verdict.QUOTA),
        (error(500, "application_error"), Verdict.RETRY),
        (Reply(502, "<html>Bad gateway</html>"), Verdict.RETRY),
        (Reply(200, "<html>a proxy's page</html>"), Verdict.RETRY),
    ],
    ids=lambda value: f"{value.status} {value.body[20:60]}" if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict_and_names_nobody(given: Reply, verdict: Verdict) -> None:
    judgement = SEND.judge(given)
    assert judgement.verdict is verdict
    assert "@" not in judgement.message


def test_a_throttled_call_waits_as_long_as_resend_says() -> None:
    assert SEND.judge(error(429, "rate_limit_exceeded", retry_after="2")).retry_after_seconds == 2
    assert "Verify" in (SEND.judge(error(403, "validation_error")).remedy or "")


def test_the_rate_headers_correct_our_count() -> None:
    [told] = VENDOR.told(reply({}, ratelimit_limit="5", ratelimit_remaining="3", ratelimit_reset="1"))
    assert (told.window_seconds, told.limit, told.remaining, told.resets_in_seconds) == (1, 5, 3, 1)
    assert VENDOR.told(reply({})) == ()


def test_the_platforms_key_alone_is_used() -> None:
    assert VENDOR.authorize("re_k") == ({"Authorization": "Bearer re_k"}, ())
    assert VENDOR.service is None


def test_a_signed_webhook_is_read() -> None:
    event = webhook(BOUNCED)
    assert (event.event_id, event.kind, event.email_id, event.bounce_type) == (
        "msg_1",
        "email.bounced",
        ID,
        "Permanent",
    )
    assert (event.recipients, event.suppresses) == (("x@y.example",), True)
    assert "x@y" not in repr(event)


def test_of_several_signatures_one_must_be_right() -> None:
    right = signature("msg_1", NOW, json.dumps(BOUNCED).encode())
    assert webhook(BOUNCED, signatures=f"v1,AAAA v2,ignored {right}").kind == "email.bounced"


@pytest.mark.parametrize("signatures", ["", "v1,", "v1,AAAA", "no-comma", "v1,ä", "v2,{right}", "{right}x"])
def test_a_wrong_signature_is_refused(signatures: str) -> None:
    right = signature("msg_1", NOW, json.dumps(BOUNCED).encode()).removeprefix("v1,")
    with pytest.raises(InputError):
        webhook(BOUNCED, signatures=signatures.replace("{right}", right))


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_stale_webhook_is_refused_though_its_signature_is_right(minutes: int) -> None:
    with pytest.raises(InputError, match="stale"):
        webhook(BOUNCED, at=NOW + timedelta(minutes=minutes))
    assert webhook(BOUNCED, at=NOW + timedelta(minutes=minutes / 2))


def test_a_webhook_of_another_id_body_or_secret_is_refused() -> None:
    body = json.dumps(BOUNCED).encode()
    headers = {"svix-id": "msg_1", "svix-timestamp": str(int(NOW.timestamp()))}
    headers["svix-signature"] = signature("msg_1", NOW, body)
    assert read_event(SECRET, headers, body, NOW)
    other = "whsec_" + base64.b64encode(b"another").decode()
    for secret, changed, sent in [
        (SECRET, {**headers, "svix-id": "msg_2"}, body),
        (SECRET, {name: value for name, value in headers.items() if name != "svix-timestamp"}, body),
        (SECRET, {**headers, "svix-timestamp": "soon"}, body),
        (SECRET, headers, body + b" "),
        (other, headers, body),
    ]:
        with pytest.raises(InputError):
            read_event(secret, changed, sent, NOW)
    with pytest.raises(ConfigurationError):
        read_event("whsec_not base64", headers, body, NOW)


@pytest.mark.parametrize(
    ("event", "suppresses"),
    [
        ({**BOUNCED, "data": {"email_id": ID, "to": ["x@y.example"], "bounce": {"type": "Transient"}}}, False),
        ({**BOUNCED, "type": "email.complained"}, True),
        ({**BOUNCED, "type": "email.delivered"}, False),
        ({"type": "domain.updated", "created_at": "2026-11-22T10:00:00Z", "data": {"id": "d"}}, False),
    ],
)
def test_only_lasting_failures_suppress_an_address(event: dict[str, Any], suppresses: bool) -> None:
    assert webhook(event).suppresses is suppresses


@pytest.mark.parametrize("tags", [{"notice": "7"}, [{"name": "notice", "value": "7"}]])
def test_tags_come_back_in_either_spelling(tags: Any) -> None:
    assert webhook({**BOUNCED, "data": {"email_id": ID, "tags": tags}}).tags == {"notice": "7"}


def test_a_signed_body_that_is_no_event_is_refused() -> None:
    with pytest.raises(InputError, match="not an event"):
        webhook({"no": "event"})

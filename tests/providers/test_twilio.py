"""Twilio: nothing is sent without consent, nothing twice, and webhooks count only as Twilio signed them."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from urllib.parse import urlencode

import pytest
from jsonschema import Draft202012Validator
from vendor_contracts import RecordingAsks, reply

from leadgen.errors import InputError, VendorRefused
from leadgen.providers.calls import Answer, Lookup, Operation, Reply, Request, Sender, Usage, Verdict
from leadgen.providers.twilio import CALL, SEND_MESSAGE, VENDOR, Twilio, is_opted_out
from leadgen.providers.twilio_orders import Consent, OutgoingCall, TextMessage, most_segments
from leadgen.providers.twilio_webhooks import (
    check_signature,
    read_call_status,
    read_inbound,
    read_message_status,
)

T = TypeVar("T")

# VENDORS.md section 11
NUMBER = {"type": "string", "pattern": r"^\+[1-9]\d{6,14}$"}
MESSAGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["To", "Body"],
    "oneOf": [{"required": ["From"]}, {"required": ["MessagingServiceSid"]}],
    "additionalProperties": False,
    "properties": {
        "To": NUMBER,
        "From": {"type": "string"},
        "MessagingServiceSid": {"type": "string", "pattern": "^MG"},
        "Body": {"type": "string", "minLength": 1, "maxLength": 1600},
        "StatusCallback": {"type": "string"},
    },
}
CALL_SCHEMA: dict[str, Any] = {
    "type": "object",
    "required": ["To", "From"],
    "oneOf": [{"required": ["Url"]}, {"required": ["Twiml"]}, {"required": ["ApplicationSid"]}],
    "additionalProperties": False,
    "properties": {
        "To": NUMBER,
        "From": NUMBER,
        "Twiml": {"type": "string", "maxLength": 4000},
        "MachineDetection": {"enum": ["Enable", "DetectMessageEnd"]},
        "StatusCallback": {"type": "string"},
        "Timeout": {"type": "string", "pattern": r"^\d+$"},
        "TimeLimit": {"type": "string", "pattern": r"^\d+$"},
    },
}

TO, FROM = "+15125550143", "+15550001111"
DECIDED = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
BY_TEXT = Consent("consent-1", "sms", DECIDED - timedelta(days=1))
BY_VOICE = Consent("consent-2", "voice", DECIDED - timedelta(days=1))
PATH = "/2010-04-01/Accounts/{account}/Messages.json"


def text(**fields: Any) -> TextMessage:
    return TextMessage(**{"to": TO, "body": "Hi", "sender": FROM, **fields})


def sent(**fields: Any) -> dict[str, Any]:
    return {
        "sid": "SM00000000000000000000000000000001",
        "account_sid": "AC1",
        "status": "queued",
        "direction": "outbound-api",
        "to": TO,
        "from": FROM,
        "body": "Hi",
        "num_segments": "1",
        "price": None,
        "error_code": None,
        "date_created": "Sun, 22 Nov 2026 10:00:00 +0000",
        "date_sent": None,
        "uri": "/2010-04-01/Accounts/AC1/Messages/SM1.json",
        **fields,
    }


def error(code: int, status: int = 400, **headers: str) -> Reply:
    more = f"https://www.twilio.com/docs/errors/{code}"
    body = {"code": code, "message": f"about {TO}", "more_info": more, "status": status}
    return reply(body, status, **headers)


async def send(asks: RecordingAsks, message: TextMessage | None = None, consent: Consent = BY_TEXT) -> Any:
    return await Twilio(asks).send_message(message or text(), consent, purpose="message 1", decided_at=DECIDED)


class LostAnswer(RecordingAsks):
    """The first answer was lost: what became of the call is looked up before it is made."""

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        if find is not None and (found := await find()) is not None:
            self._replies.insert(0, found)
            self.found: tuple[Usage, ...] = tuple(operation.charge(found))
        return await super().ask(operation, request, read)


async def test_a_message_is_sent_as_twilio_takes_it() -> None:
    asks = RecordingAsks(reply(sent(), 201), reply(sent(), 201))
    answer = await send(asks)
    await send(asks, text(sender=None, messaging_service="MG1", status_callback="https://leadgen.example/hook"))
    for request in asks.requests:
        assert (request.method, request.path, request.body) == ("POST", PATH, None)
        assert request.form is not None
        Draft202012Validator(MESSAGE_SCHEMA).validate(dict(request.form))
    assert (answer.value.sid[:2], answer.value.status, answer.value.segments) == ("SM", "queued", 1)
    assert (answer.value.created_at, answer.value.sent_at) == (DECIDED, None)


async def test_a_call_is_placed_as_twilio_takes_it_and_its_longest_is_booked() -> None:
    asks = RecordingAsks(reply({"sid": "CA1", "status": "queued"}, 201))
    order = OutgoingCall(TO, FROM, "<Response><Say>Hi</Say></Response>", most_minutes=2, detects_machine=True)
    answer = await Twilio(asks).call(order, BY_VOICE, purpose="call 1", decided_at=DECIDED)
    [request] = asks.requests
    assert request.form is not None
    Draft202012Validator(CALL_SCHEMA).validate(dict(request.form))
    assert (request.path, dict(request.form)["TimeLimit"]) == (PATH.replace("Messages", "Calls"), "120")
    assert answer.value is not None
    assert answer.value.sid == "CA1"
    assert asks.operation.expected == (Usage("minute", Decimal(2)),)
    assert asks.operation.charge(reply({}, 201)) == (Usage("minute", Decimal(2)),)
    assert asks.operation.charge(error(21211)) == ()


async def test_nothing_goes_out_without_a_consent_of_its_channel_and_before_the_decision() -> None:
    asks = RecordingAsks()
    late = Consent("consent-3", "sms", DECIDED + timedelta(seconds=1))
    for consent in (BY_VOICE, late):
        with pytest.raises(InputError, match=consent.id):
            await send(asks, consent=consent)
    order = OutgoingCall(TO, FROM, "<Response/>")
    with pytest.raises(InputError, match="consent-1"):
        await Twilio(asks).call(order, BY_TEXT, purpose="x", decided_at=DECIDED)
    assert not asks.calls


@pytest.mark.parametrize(
    "fields",
    [
        {"to": "512 555 0143"},
        {"to": "+0125550143"},
        {"body": " "},
        {"body": "x" * 1601},
        {"sender": None},
        {"messaging_service": "MG1"},
    ],
)
async def test_what_twilio_would_refuse_is_not_sent(fields: dict[str, Any]) -> None:
    asks = RecordingAsks()
    with pytest.raises(InputError) as refused:
        await send(asks, text(**fields))
    assert "555 0143" not in str(refused.value)
    assert not asks.calls


@pytest.mark.parametrize("fields", [{"twiml": ""}, {"twiml": "x" * 4001}, {"most_minutes": 0}, {"sender": "1"}])
async def test_a_call_that_twilio_would_refuse_is_not_placed(fields: dict[str, Any]) -> None:
    order = OutgoingCall(**{"to": TO, "sender": FROM, "twiml": "<Response/>", **fields})
    with pytest.raises(InputError):
        await Twilio(RecordingAsks()).call(order, BY_VOICE, purpose="x", decided_at=DECIDED)


def test_what_is_sent_is_kept_for_good_and_never_repeated_blindly() -> None:
    for operation in (SEND_MESSAGE, CALL):
        assert (operation.acts_on_world, operation.idempotency_header) == (True, None)
        assert operation.repeatable_for(0, 1) == timedelta(0)
        assert operation.time_to_live >= timedelta(days=3650)
        assert operation.is_private


async def test_a_message_whose_answer_was_lost_is_found_and_paid_once() -> None:
    asks = LostAnswer(reply({"messages": [sent(num_segments="2", status="delivered")], "next_page_uri": None}))
    answer = await send(asks)
    listing, sending = asks.requests
    assert (listing.method, listing.path) == ("GET", PATH)
    assert dict(listing.query) == {"To": TO, "From": FROM, "PageSize": "1000"}
    assert sending.method == "POST"
    assert (answer.value.status, answer.value.segments) == ("delivered", 2)
    assert asks.found == (Usage("segment", Decimal(2)),)


async def test_a_lost_message_is_looked_for_on_every_page() -> None:
    following = "/2010-04-01/Accounts/AC1/Messages.json?To=%2B15125550143&PageSize=1000&Page=1&PageToken=PASM1"
    asks = LostAnswer(
        reply({"messages": [sent(body="other")], "next_page_uri": following}),
        reply({"messages": [sent(sid="SMfound")], "next_page_uri": None}),
    )
    answer = await send(asks)
    assert answer.value.sid == "SMfound"
    assert asks.requests[1].path == "/2010-04-01/Accounts/AC1/Messages.json"
    assert dict(asks.requests[1].query)["To"] == TO


@pytest.mark.parametrize(
    ("fields", "is_ours"),
    [
        ({}, True),
        ({"body": "Sent from your Twilio trial account - Hi"}, True),
        ({"status": "undelivered"}, True),
        ({"date_created": "Sun, 22 Nov 2026 09:59:30 +0000"}, True),
        ({"date_created": "Sun, 22 Nov 2026 09:58:00 +0000"}, False),
        ({"date_created": None}, False),
        ({"direction": "inbound"}, False),
        ({"body": "Hello"}, False),
    ],
)
async def test_a_lost_message_is_told_from_others(fields: dict[str, Any], is_ours: bool) -> None:
    listed = reply({"messages": [sent(sid="SMfound", **fields)], "next_page_uri": None})
    answer = await send(LostAnswer(listed, reply(sent(sid="SMnew"), 201)))
    assert answer.value.sid == ("SMfound" if is_ours else "SMnew")


async def test_typographic_signs_that_twilio_replaces_do_not_hide_a_message() -> None:
    listed = reply({"messages": [sent(sid="SMfound", body='It\'s "on" - now')], "next_page_uri": None})
    answer = await send(LostAnswer(listed), text(body="It’s “on” – now"))
    assert answer.value.sid == "SMfound"


async def test_messages_to_a_number_are_listed_since_a_day() -> None:
    asks = RecordingAsks(reply({"messages": [sent()], "next_page_uri": None}))
    [message] = await Twilio(asks).messages_to(TO, sent_since=date(2026, 11, 22))
    assert ("DateSent>", "2026-11-22") in asks.requests[0].query
    assert message.status == "queued"
    assert asks.operation.time_to_live == timedelta(0)


async def test_what_became_of_a_message_is_told_or_a_miss() -> None:
    asks = RecordingAsks(reply(sent(status="undelivered", error_code=30034)), error(20404, 404))
    known, unknown = await Twilio(asks).message("SM01"), await Twilio(asks).message("SM02")
    assert known.value is not None
    assert (known.value.status, known.value.error_code) == ("undelivered", 30034)
    assert unknown.value is None
    assert asks.requests[0].path == "/2010-04-01/Accounts/{account}/Messages/SM01.json"
    with pytest.raises(InputError):
        await Twilio(asks).message("../Keys")


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (error(20003, 401), Verdict.CREDENTIALS),
        (error(20005, 403), Verdict.QUOTA),
        (error(20404, 404), Verdict.REFUSED),
        (error(20429, 429), Verdict.RETRY),
        (error(21211), Verdict.REFUSED),
        (error(21408, 403), Verdict.REFUSED),
        (error(21606), Verdict.REFUSED),
        (error(21610), Verdict.REFUSED),
        (error(21614), Verdict.REFUSED),
        (error(30034), Verdict.REFUSED),
        (error(20500, 500), Verdict.RETRY),
        (Reply(503, "<TwilioResponse/>"), Verdict.RETRY),
        (Reply(400, "[]"), Verdict.REFUSED),
    ],
    ids=lambda value: value.body[1:15] if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict_and_no_number(given: Reply, verdict: Verdict) -> None:
    judgement = SEND_MESSAGE.judge(given)
    assert judgement.verdict is verdict
    assert TO not in judgement.message


def test_a_throttled_call_waits_as_long_as_twilio_says() -> None:
    assert SEND_MESSAGE.judge(error(20429, 429, retry_after="4")).retry_after_seconds == 4


@pytest.mark.parametrize(("code", "opted_out"), [(21610, True), (21614, False), (30034, False)])
async def test_who_has_opted_out_is_to_be_suppressed(code: int, opted_out: bool) -> None:
    with pytest.raises(VendorRefused) as refused:
        await send(RecordingAsks(error(code)))
    assert is_opted_out(refused.value) is opted_out
    assert str(code) in str(refused.value)


def test_the_account_in_the_key_signs_and_stands_in_the_path() -> None:
    key = VENDOR.key_of({"account_sid": "AC1", "auth_token": "secret"})
    headers, _ = VENDOR.authorize(key)
    assert key == "AC1:secret"
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:secret").decode()
    assert VENDOR.locate is not None
    assert VENDOR.locate(key, PATH) == "/2010-04-01/Accounts/AC1/Messages.json"
    assert VENDOR.locate("sandbox", PATH) == "/2010-04-01/Accounts/sandbox/Messages.json"
    assert VENDOR.authorize("sandbox")[0]["Authorization"].endswith(base64.b64encode(b"sandbox:sandbox").decode())


@pytest.mark.parametrize(
    ("body", "segments"),
    [
        ("x", 1),
        ("x" * 160, 1),
        ("x" * 161, 2),
        ("x" * 306, 2),
        ("x" * 307, 3),
        ("{" * 80, 1),
        ("{" * 81, 2),
        ("é" * 70, 1),
        ("é" * 71, 2),
        ("😀" * 35, 1),
        ("😀" * 36, 2),
        ("`" * 71, 2),
        ("x" * 1600, 11),
    ],
)
async def test_what_is_reserved_is_the_most_a_text_can_take(body: str, segments: int) -> None:
    asks = RecordingAsks(reply(sent(body=body), 201))
    await send(asks, text(body=body))
    assert most_segments(body) == segments
    assert asks.operation.expected == (Usage("segment", Decimal(segments)),)


def test_a_message_costs_the_segments_that_twilio_counted_or_else_those_of_its_text() -> None:
    assert SEND_MESSAGE.charge(reply(sent(num_segments="3"), 201)) == (Usage("segment", Decimal(3)),)
    assert SEND_MESSAGE.charge(reply(sent(num_segments="0", body="x" * 161), 201)) == (Usage("segment", Decimal(2)),)
    assert SEND_MESSAGE.charge(error(21211)) == ()
    assert SEND_MESSAGE.charge(Reply(201, "<xml/>")) == ()


# The vectors of Twilio's own documentation and of its Python package's tests: token 12345.
URL = "https://mycompany.com/myapp.php?foo=1&bar=2"
TOKEN = "12345"
FORM = "application/x-www-form-urlencoded"


def fields(number: str) -> bytes:
    return urlencode(
        {"CallSid": "CA1234567890ABCDE", "Caller": number, "Digits": "1234", "From": number, "To": "+18005551212"}
    ).encode()


@pytest.mark.parametrize(
    ("number", "signature"),
    [("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ="), ("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8=")],
)
def test_twilios_own_vectors_of_forms_pass(number: str, signature: str) -> None:
    check_signature(TOKEN, URL, signature, fields(number), f"{FORM}; charset=UTF-8")


def test_twilios_own_vector_of_a_json_body_passes() -> None:
    body = b'{"property": "value", "boolean": true}'
    digest = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620"
    signed = f"{URL}&bodySHA256={digest}"
    check_signature(TOKEN, signed, "a9nBmqA0ju/hNViExpshrM61xv4=", body, "application/json")
    for url, sent_body in [(signed, body + b" "), (URL, body)]:
        with pytest.raises(InputError, match="body"):
            check_signature(TOKEN, url, "a9nBmqA0ju/hNViExpshrM61xv4=", sent_body, "application/json")


@pytest.mark.parametrize(
    ("token", "url", "signature", "number"),
    [
        ("12346", URL, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "+12349013030"),
        (TOKEN, URL.replace("bar=2", "bar=3"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "+12349013030"),
        (TOKEN, URL.replace("https", "http"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "+12349013030"),
        (TOKEN, URL, "0/KCTR6DLpKmkAf8muzZqo1nDgQ=", "+12349013031"),
        (TOKEN, URL, "", "+12349013030"),
        (TOKEN, URL, "ä", "+12349013030"),
    ],
    ids=["token", "url", "scheme", "field", "none", "not ASCII"],
)
def test_whatever_is_changed_breaks_the_signature(token: str, url: str, signature: str, number: str) -> None:
    with pytest.raises(InputError, match="signature"):
        check_signature(token, url, signature, fields(number), FORM)


@pytest.mark.parametrize("signed", ["https://leadgen.example/hook?x=1", "https://leadgen.example:443/hook?x=1"])
def test_the_usual_port_may_be_named_or_left_out(signed: str) -> None:
    signature = base64.b64encode(hmac.new(b"t", (signed + "A1").encode(), hashlib.sha1).digest()).decode()
    for url in ("https://leadgen.example/hook?x=1", "https://leadgen.example:443/hook?x=1"):
        check_signature("t", url, signature, b"A=1", FORM)
    with pytest.raises(InputError):
        check_signature("t", "https://leadgen.example:8443/hook?x=1", signature, b"A=1", FORM)


def test_a_field_without_a_value_is_signed_too() -> None:
    signature = base64.b64encode(hmac.new(b"t", b"http://h.example/ABBody", hashlib.sha1).digest()).decode()
    check_signature("t", "http://h.example/", signature, b"Body=&AB=", FORM)


def form(**values: str) -> bytes:
    return urlencode(values).encode()


def test_status_callbacks_are_read() -> None:
    message = read_message_status(form(MessageSid="SM1", MessageStatus="undelivered", ErrorCode="30034"))
    assert (message.sid, message.status, message.error_code) == ("SM1", "undelivered", 30034)
    assert read_message_status(form(MessageSid="SM1", MessageStatus="sent", ErrorCode="")).error_code is None
    call = read_call_status(form(CallSid="CA1", CallStatus="completed", CallDuration="41"))
    assert (call.sid, call.status, call.seconds) == ("CA1", "completed", 41)
    for wrong in (b"", form(MessageSid="SM1"), json.dumps({"MessageSid": "SM1"}).encode()):
        with pytest.raises(InputError):
            read_message_status(wrong)


@pytest.mark.parametrize(
    ("values", "opt_out"),
    [
        ({"Body": "Stop "}, "stop"),
        ({"Body": "unsubscribe"}, "stop"),
        ({"Body": "Please stop", "OptOutType": "STOP"}, "stop"),
        ({"Body": "START"}, "start"),
        ({"Body": "help"}, "help"),
        ({"Body": "Stop by tomorrow"}, None),
        ({"Body": ""}, None),
    ],
)
def test_a_message_that_wants_no_more_is_told_apart(values: dict[str, str], opt_out: str | None) -> None:
    message = read_inbound(form(MessageSid="SM1", From=TO, To=FROM, **values))
    assert (message.sender, message.to, message.opt_out) == (TO, FROM, opt_out)
    assert TO not in repr(message)

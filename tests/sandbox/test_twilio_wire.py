"""Twilio in the sandbox: VENDORS.md section 11 on the wire."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree

import httpx
import pytest
from jsonschema import Draft202012Validator
from sandbox_server import Sandbox
from webhook_receiver import Received, Receiver, receiving
from wire_asks import asking

from leadgen.errors import CredentialsRejected, InputError, QuotaSpent, VendorRefused, VendorUnavailable
from leadgen.providers.twilio import Twilio, is_opted_out
from leadgen.providers.twilio_orders import Consent, OutgoingCall, TextMessage
from leadgen.providers.twilio_webhooks import (
    check_signature,
    read_call_status,
    read_inbound,
    read_message_status,
)

TO, FROM, OURS_TOO = "+15125550143", "+15550001111", "+15550002222"
STATUSES = ["accepted", "queued", "sending", "sent", "delivered", "undelivered", "failed", "received"]
DIGITS = {"type": "string", "pattern": r"^\d+$"}
DATE = {"type": ["string", "null"], "pattern": r"^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} [\d:]{8} \+0000$"}
MESSAGE: dict[str, Any] = {
    "type": "object",
    "required": ["sid", "account_sid", "status", "direction", "to", "from", "body", "num_segments", "price", "uri"],
    "properties": {
        "sid": {"pattern": "^SM[0-9a-f]{32}$"},
        "status": {"enum": STATUSES},
        "direction": {"enum": ["outbound-api", "inbound"]},
        "num_segments": DIGITS,
        "error_code": {"type": ["integer", "null"]},
        "date_created": DATE,
        "date_sent": DATE,
        "uri": {"pattern": r"\.json$"},
    },
}
CALL: dict[str, Any] = {
    "type": "object",
    "required": ["sid", "account_sid", "status", "direction", "to", "from", "duration", "uri"],
    "properties": {"sid": {"pattern": "^CA[0-9a-f]{32}$"}, "duration": {**DIGITS, "type": ["string", "null"]}},
}
ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["code", "message", "more_info", "status"],
    "additionalProperties": False,
    "properties": {
        "code": {"type": "integer"},
        "message": {"type": "string"},
        "more_info": {"pattern": r"^https://www\.twilio\.com/docs/errors/\d+$"},
        "status": {"type": "integer"},
    },
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


def ask(sandbox: Sandbox, method: str, path: str, form: Any = None, **options: Any) -> httpx.Response:
    given = {"auth": (sandbox.key, "sandbox-token"), **options}
    return sandbox.http.request(method, f"/twilio/2010-04-01/Accounts/{sandbox.key}/{path}", data=form, **given)


def message(**fields: Any) -> dict[str, Any]:
    return {"To": TO, "From": FROM, "Body": "Hi", **fields}


def call(**fields: Any) -> dict[str, Any]:
    return {"To": TO, "From": FROM, "Twiml": "<Response><Say>Hi</Say></Response>", **fields}


def without(form: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in form.items() if key != name}


def checked(reply: httpx.Response, schema: dict[str, Any]) -> Any:
    Draft202012Validator(schema).validate(reply.json())
    return reply.json()


def refused(reply: httpx.Response) -> tuple[int, int]:
    said = checked(reply, ERROR)
    assert said["status"] == reply.status_code
    return reply.status_code, said["code"]


def fields(webhook: Received) -> dict[str, str]:
    return dict(parse_qsl(webhook.body.decode(), keep_blank_values=True))


def inbound(sandbox: Sandbox, body: str, **changes: str) -> httpx.Response:
    return ask(sandbox, "POST", "__inbound.json", {"From": TO, "To": FROM, "Body": body, **changes})


def test_a_message_is_queued_and_then_delivered(sandbox: Sandbox) -> None:
    reply = ask(sandbox, "POST", "Messages.json", message())
    queued = checked(reply, MESSAGE)
    delivered = checked(ask(sandbox, "GET", f"Messages/{queued['sid']}.json"), MESSAGE)

    assert (reply.status_code, queued["status"], queued["date_sent"]) == (201, "queued", None)
    assert (delivered["status"], delivered["num_segments"]) == ("delivered", "1")
    assert parsedate_to_datetime(delivered["date_created"]).tzinfo is not None
    assert sandbox.counts("twilio")["bill"] == {"units": {"segment": 1}, "micros": 8_300}


@pytest.mark.parametrize(("body", "segments"), [("x" * 161, 2), ("é" * 160, 1), ("ł" * 71, 2), ("[" * 81, 2)])
def test_a_message_is_billed_by_segment(sandbox: Sandbox, body: str, segments: int) -> None:
    sent = ask(sandbox, "POST", "Messages.json", message(Body=body)).json()

    assert sent["num_segments"] == str(segments)
    assert sandbox.counts("twilio")["bill"]["units"] == {"segment": segments}


def test_a_messaging_service_accepts_first_and_counts_later(sandbox: Sandbox) -> None:
    accepted = checked(
        ask(sandbox, "POST", "Messages.json", without(message(MessagingServiceSid="MG1"), "From")), MESSAGE
    )
    sent = ask(sandbox, "GET", f"Messages/{accepted['sid']}.json").json()

    assert (accepted["status"], accepted["num_segments"], accepted["from"]) == ("accepted", "0", None)
    assert (sent["status"], sent["num_segments"]) == ("delivered", "1")
    assert sent["from"].startswith("+1")


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (without(message(), "To"), 21604),
        (without(message(), "From"), 21603),
        (without(message(), "Body"), 21602),
        (message(Body="x" * 1601), 21617),
        (message(To="512 555 0143"), 21211),
        (message(To="+15005550001"), 21211),
        (message(To="+15005550004"), 21610),
        (message(To="+15005550009"), 21614),
        (message(From="+15005550001"), 21212),
        (message(From="+15005550007"), 21606),
    ],
)
def test_a_wrong_message_is_refused_by_code(sandbox: Sandbox, form: dict[str, Any], code: int) -> None:
    assert refused(ask(sandbox, "POST", "Messages.json", form)) == (400, code)
    assert sandbox.counts("twilio")["bill"]["micros"] == 0


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (without(call(), "To"), 21201),
        (call(To="1"), 21211),
        (without(call(), "From"), 21213),
        (without(call(), "Twiml"), 21205),
        (call(Url="https://leadgen.example/twiml"), 21205),
        (call(Twiml="x" * 4001), 21629),
    ],
)
def test_a_wrong_call_is_refused_by_code(sandbox: Sandbox, form: dict[str, Any], code: int) -> None:
    assert refused(ask(sandbox, "POST", "Calls.json", form)) == (400, code)


def test_without_json_in_the_path_the_answer_is_xml(sandbox: Sandbox) -> None:
    sent = ask(sandbox, "POST", "Messages", message())
    listed = ask(sandbox, "GET", "Messages")
    wrong = ask(sandbox, "POST", "Messages", message(To="1"))
    one, entries, said = (ElementTree.fromstring(reply.text) for reply in (sent, listed, wrong))

    assert (sent.status_code, sent.headers["content-type"], one.tag) == (201, "application/xml", "TwilioResponse")
    assert (one.findtext("Message/NumSegments"), one.findtext("Message/Status")) == ("1", "queued")
    assert [entry.findtext("Sid") for entry in entries.findall("Messages/Message")] == [one.findtext("Message/Sid")]
    assert (wrong.status_code, said.findtext("RestException/Code")) == (400, "21211")
    assert ask(sandbox, "GET", f"Messages/{one.findtext('Message/Sid')}").text.startswith("<?xml")


def test_messages_are_listed_youngest_first_by_number_day_and_page(sandbox: Sandbox) -> None:
    for number in range(3):
        ask(sandbox, "POST", "Messages.json", message(Body=str(number)))
    ask(sandbox, "POST", "Messages.json", message(To="+15125550199"))
    first = ask(sandbox, "GET", "Messages.json", params={"To": TO, "PageSize": 2}).json()
    second = sandbox.http.get(f"/twilio{first['next_page_uri']}", auth=(sandbox.key, "sandbox-token")).json()
    today = datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"]).astimezone(UTC).date()

    assert [one["body"] for one in first["messages"] + second["messages"]] == ["2", "1", "0"]
    assert (first["page"], first["page_size"], second["page"], second["next_page_uri"]) == (0, 2, 1, None)
    for name, days, count in [
        ("DateSent", 0, 4),
        ("DateSent", 1, 0),
        ("DateSent>", 0, 4),
        ("DateSent>", 1, 0),
        ("DateSent<", 0, 4),
        ("DateSent<", -1, 0),
    ]:
        day = (today + timedelta(days=days)).isoformat()
        assert len(ask(sandbox, "GET", "Messages.json", params={name: day}).json()["messages"]) == count
    assert refused(ask(sandbox, "GET", "Messages.json", params={"DateSent": "today"}))[0] == 400
    assert refused(ask(sandbox, "GET", "Messages.json", params={"PageSize": "x"}))[0] == 400


def test_a_call_is_queued_answered_and_billed_by_the_minute(sandbox: Sandbox) -> None:
    queued = checked(ask(sandbox, "POST", "Calls.json", call(MachineDetection="Enable")), CALL)
    ended = checked(ask(sandbox, "GET", f"Calls/{queued['sid']}.json"), CALL)
    [listed] = ask(sandbox, "GET", "Calls.json", params={"To": TO}).json()["calls"]

    assert (queued["status"], queued["duration"]) == ("queued", None)
    assert (ended["status"], ended["duration"], ended["answered_by"]) == ("completed", "20", "human")
    assert listed == ended
    assert sandbox.counts("twilio")["bill"] == {"units": {"minute": 1}, "micros": 14_000}


def test_who_says_stop_gets_no_more_from_that_number_until_he_says_start(sandbox: Sandbox) -> None:
    inbound(sandbox, " Stop ")
    stopped = ask(sandbox, "POST", "Messages.json", message())
    by_service = ask(sandbox, "POST", "Messages.json", without(message(MessagingServiceSid="MG1"), "From"))
    from_another = ask(sandbox, "POST", "Messages.json", message(From=OURS_TOO))
    inbound(sandbox, "START")

    assert (refused(stopped), refused(by_service)) == ((400, 21610), (400, 21610))
    assert from_another.status_code == 201
    assert ask(sandbox, "POST", "Messages.json", message()).status_code == 201


def test_a_message_from_outside_is_told_and_listed(sandbox: Sandbox, receiver: Receiver) -> None:
    came = checked(inbound(sandbox, "Sounds good, stop by", Url=receiver.url), MESSAGE)
    sandbox.admin("GET", "/webhooks/settled")
    [webhook] = receiver.received

    assert (came["direction"], came["status"], came["from"]) == ("inbound", "received", TO)
    assert fields(webhook)["MessageSid"] == came["sid"]
    assert "OptOutType" not in fields(webhook)
    assert ask(sandbox, "POST", "Messages.json", message()).status_code == 201
    assert refused(inbound(sandbox, "x", From="1")) == (400, 21211)


@pytest.mark.parametrize(
    "auth", [("AC1", "token"), ("sandbox-other", "sandbox-token"), None], ids=["real", "another's account", "none"]
)
def test_a_wrong_login_is_refused(sandbox: Sandbox, auth: tuple[str, str] | None) -> None:
    assert refused(ask(sandbox, "GET", "Messages.json", auth=auth)) == (401, 20003)


def test_an_account_with_a_number_like_the_real_ones_is_told_by_its_token(sandbox: Sandbox) -> None:
    path = "/twilio/2010-04-01/Accounts/AC123/Messages.json"
    reply = sandbox.http.post(path, data=message(), auth=("AC123", sandbox.key))

    assert (reply.status_code, reply.json()["account_sid"]) == (201, "AC123")


def test_accounts_do_not_see_one_another(sandbox: Sandbox) -> None:
    sid = ask(sandbox, "POST", "Messages.json", message()).json()["sid"]
    other = f"{sandbox.key}-other"
    path = f"/twilio/2010-04-01/Accounts/{other}/Messages/{sid}.json"

    assert refused(sandbox.http.get(path, auth=(other, "sandbox-token"))) == (404, 20404)


def test_over_the_rate_it_says_when_to_come_back(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"twilio": {"rates": [{"requests": 1, "seconds": 60}]}})
    ask(sandbox, "GET", "Messages.json")
    throttled = ask(sandbox, "GET", "Messages.json")

    assert refused(throttled) == (429, 20429)
    assert 1 <= int(throttled.headers["retry-after"]) <= 60


# Our client against the sandbox

DECIDED = datetime.now(UTC)
BY_TEXT = Consent("consent-1", "sms", DECIDED - timedelta(days=1))
BY_VOICE = Consent("consent-2", "voice", DECIDED - timedelta(days=1))


async def send(twilio: Twilio, body: str = "Hi", *, purpose: str = "1", **changes: Any) -> Any:
    text = TextMessage(**{"to": TO, "body": body, "sender": FROM, **changes})
    return (await twilio.send_message(text, BY_TEXT, purpose=purpose, decided_at=DECIDED)).value


async def test_our_client_sends_and_sees_what_became_of_it(sandbox: Sandbox) -> None:
    async with asking(sandbox, "twilio") as asks:
        twilio = Twilio(asks)
        sent = await send(twilio, "x" * 161)
        by_service = await send(twilio, sender=None, messaging_service="MG1")
        unregistered = await send(twilio, sender="+15005550034")
        states = [(await twilio.message(one.sid)).value for one in (sent, by_service, unregistered)]
        unknown = await twilio.message("SM0")
        listed = await twilio.messages_to(TO, sender=FROM)

    assert (sent.status, sent.segments, by_service.status) == ("queued", 2, "accepted")
    assert [(state.status, state.error_code) for state in states if state] == [
        ("delivered", None),
        ("delivered", None),
        ("undelivered", 30034),
    ]
    assert unknown.value is None
    assert [one.sid for one in listed] == [sent.sid]


async def test_our_client_places_a_call(sandbox: Sandbox) -> None:
    async with asking(sandbox, "twilio") as asks:
        order = OutgoingCall(TO, FROM, "<Response><Say>Hi</Say></Response>")
        placed = await Twilio(asks).call(order, BY_VOICE, purpose="1", decided_at=DECIDED)

    assert placed.value is not None
    assert (placed.value.status, placed.value.sid[:2]) == ("queued", "CA")


async def test_a_message_whose_answer_was_lost_is_found_and_not_sent_again(sandbox: Sandbox) -> None:
    for number in range(3):  # others to the same number
        ask(sandbox, "POST", "Messages.json", message(Body=f"Other {number}"))
    sandbox.admin("POST", "/calls/reset")
    sandbox.admin("PUT", "/faults", json={"twilio": {"reset_rate": 1}})
    async with asking(sandbox, "twilio") as asks:
        found = await send(Twilio(asks))
        assert asks.lost == 1

    texts = [one["body"] for one in ask(sandbox, "GET", "Messages.json", params={"To": TO}).json()["messages"]]
    assert texts == ["Hi", "Other 2", "Other 1", "Other 0"]
    assert found.status == "delivered"


async def test_a_message_that_never_arrived_is_sent(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", "Messages.json", message(Body="Other"))
    async with asking(sandbox, "twilio") as asks:
        twilio = Twilio(asks)
        lookup = twilio._finding(TextMessage(to=TO, body="Hi", sender=FROM), DECIDED)
        assert await lookup() is None
        asks.micros += 8_300  # the one above
        await send(twilio)
        assert await lookup() is not None


async def test_our_client_knows_who_has_opted_out(sandbox: Sandbox) -> None:
    inbound(sandbox, "UNSUBSCRIBE")
    async with asking(sandbox, "twilio", f"{sandbox.key}:sandbox-token") as asks:
        with pytest.raises(VendorRefused) as refusal:
            await send(Twilio(asks))

    assert is_opted_out(refusal.value)
    assert TO not in str(refusal.value)


async def test_our_client_understands_each_refusal(sandbox: Sandbox) -> None:
    async with asking(sandbox, "twilio") as asks:
        twilio = Twilio(asks)
        for to, code in [("+15005550001", "21211"), ("+15005550009", "21614")]:
            with pytest.raises(VendorRefused, match=code):
                await send(twilio, to=to)
        sandbox.admin("PUT", "/faults", json={"twilio": {"outage": True}})
        with pytest.raises(VendorUnavailable):
            await twilio.messages_to(TO)
        sandbox.admin("PUT", "/faults", json={})
        sandbox.admin("PUT", "/limits", json={"twilio": {"quota": 0}})
        with pytest.raises(QuotaSpent, match="20005"):
            await send(twilio)
        asks.key = "AC1:token"
        with pytest.raises(CredentialsRejected, match="20003"):
            await twilio.messages_to(TO)


def check(receiver: Receiver, webhook: Received, token: str, url: str | None = None) -> None:
    signature, kind = webhook.headers["x-twilio-signature"], webhook.headers["content-type"]
    check_signature(token, url or receiver.url, signature, webhook.body, kind)


async def test_our_client_reads_the_callbacks_and_no_forged_ones(sandbox: Sandbox, receiver: Receiver) -> None:
    async with asking(sandbox, "twilio", f"{sandbox.key}:sandbox-token") as asks:
        twilio = Twilio(asks)
        sent = await send(twilio, sender="+15005550034", status_callback=receiver.url)
        order = OutgoingCall(TO, FROM, "<Response/>", status_callback=receiver.url)
        await twilio.call(order, BY_VOICE, purpose="2", decided_at=DECIDED)
    inbound(sandbox, "STOP", Url=receiver.url)
    sandbox.admin("GET", "/webhooks/settled")
    by_kind = {
        fields(one).get("MessageStatus") or fields(one).get("CallStatus") or "inbound": one for one in receiver.received
    }

    assert by_kind.keys() == {"sent", "undelivered", "completed", "inbound"}
    for webhook in receiver.received:
        check(receiver, webhook, "sandbox-token")
        for token, url in [("another-token", None), ("sandbox-token", f"{receiver.url}?x=1")]:
            with pytest.raises(InputError):
                check(receiver, webhook, token, url)
    state = read_message_status(by_kind["undelivered"].body)
    assert (state.sid, state.status, state.error_code) == (sent.sid, "undelivered", 30034)
    assert read_call_status(by_kind["completed"].body).seconds == 20
    came = read_inbound(by_kind["inbound"].body)
    assert (came.sender, came.to, came.opt_out) == (TO, FROM, "stop")


def test_a_call_tells_the_events_that_were_asked_for(sandbox: Sandbox, receiver: Receiver) -> None:
    events = ["ringing", "answered", "completed"]
    ask(sandbox, "POST", "Calls.json", call(StatusCallback=receiver.url, StatusCallbackEvent=events))
    sandbox.admin("GET", "/webhooks/settled")

    told = sorted((fields(one)["SequenceNumber"], fields(one)["CallStatus"]) for one in receiver.received)
    assert told == [("1", "ringing"), ("2", "in-progress"), ("3", "completed")]

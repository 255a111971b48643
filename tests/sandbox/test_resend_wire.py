"""Resend in the sandbox: VENDORS.md section 10 on the wire."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator
from sandbox_server import Sandbox
from webhook_receiver import Receiver, receiving
from wire_asks import asking

from leadgen.errors import CredentialsRejected, InputError, QuotaSpent, VendorRefused, VendorUnavailable
from leadgen.providers.resend import Resend, SystemEmail
from leadgen.providers.resend_webhooks import read_event

EVENTS = [f"email.{name}" for name in ("sent", "delivered", "bounced", "complained", "suppressed", "scheduled")]
UUID = {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"}


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": [*properties], "additionalProperties": False, "properties": properties}


SENT = closed(id=UUID)
BATCH = closed(data={"type": "array", "items": SENT})
ERROR = closed(statusCode={"type": "integer"}, name={"pattern": "^[a-z_]+$"}, message={"type": "string"})
EVENT: dict[str, Any] = {
    "type": "object",
    "required": ["type", "created_at", "data"],
    "properties": {
        "type": {"enum": EVENTS},
        "data": {
            "type": "object",
            "required": ["email_id", "from", "to", "subject", "created_at"],
            "properties": {
                "email_id": UUID,
                "to": {"type": "array", "items": {"type": "string"}},
                "bounce": {"type": "object", "required": ["type", "subType", "message"]},
            },
            "if": {"properties": {"bounce": False}},
            "else": {"required": ["bounce"]},
        },
    },
}


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as running:
        yield running


@pytest.fixture(autouse=True)
def _unlimited(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"resend": {"rates": []}})


def ask(sandbox: Sandbox, method: str, path: str, body: Any = None, **headers: str) -> httpx.Response:
    given = {"authorization": f"Bearer {sandbox.key}", **{name.replace("_", "-"): v for name, v in headers.items()}}
    return sandbox.http.request(method, f"/resend{path}", json=body, headers=given)


def body(*to: str, **fields: Any) -> dict[str, Any]:
    return {"from": "LeadGen <no-reply@leadgen.example>", "to": [*to], "subject": "Ready", "text": "It is.", **fields}


def checked(reply: httpx.Response, schema: dict[str, Any]) -> Any:
    Draft202012Validator(schema).validate(reply.json())
    return reply.json()


def refused(reply: httpx.Response) -> tuple[int, str]:
    said = checked(reply, ERROR)
    assert said["statusCode"] == reply.status_code
    return reply.status_code, said["name"]


def register(sandbox: Sandbox, receiver: Receiver, events: list[str] = EVENTS) -> str:
    hook = ask(sandbox, "POST", "/webhooks", {"endpoint": receiver.url, "events": events}).json()
    assert hook["signing_secret"].startswith("whsec_")
    secret: str = hook["signing_secret"]
    return secret


def told(sandbox: Sandbox, receiver: Receiver) -> list[str]:
    """The kinds of the events that came, sorted: webhooks come in any order."""
    sandbox.admin("GET", "/webhooks/settled")
    events = [json.loads(one.body) for one in receiver.received]
    for event in events:
        Draft202012Validator(EVENT).validate(event)
    return sorted(event["type"].removeprefix("email.") for event in events)


def test_an_email_is_taken_and_told_of(sandbox: Sandbox) -> None:
    reply = ask(sandbox, "POST", "/emails", body("a@b.example", tags=[{"name": "notice", "value": "7"}]))
    sent = ask(sandbox, "GET", f"/emails/{checked(reply, SENT)['id']}").json()

    assert reply.status_code == 200
    assert (sent["object"], sent["to"], sent["last_event"]) == ("email", ["a@b.example"], "delivered")
    assert sandbox.counts("resend")["bill"] == {"units": {"email": 1}, "micros": 400}
    assert refused(ask(sandbox, "GET", "/emails/nothing")) == (404, "not_found")


def test_each_recipient_is_billed_as_an_email(sandbox: Sandbox) -> None:
    ask(sandbox, "POST", "/emails", body("a@b.example", "c@b.example", bcc="d@b.example"))

    assert sandbox.counts("resend")["bill"]["units"] == {"email": 3}


@pytest.mark.parametrize(
    ("changes", "status", "name"),
    [
        ({"to": []}, 422, "missing_required_field"),
        ({"subject": ""}, 422, "missing_required_field"),
        ({"text": None}, 422, "validation_error"),
        ({"from": "nobody"}, 422, "validation_error"),
        ({"from": "x@unverified.example"}, 403, "validation_error"),
        ({"to": ["nobody"]}, 422, "validation_error"),
        ({"to": [f"p{n}@b.example" for n in range(51)]}, 422, "validation_error"),
        ({"tags": [{"name": "a b", "value": "x"}]}, 422, "validation_error"),
        ({"headers": {"X": 1}}, 422, "validation_error"),
        ({"colour": "red"}, 422, "validation_error"),
        ({"scheduled_at": "soon"}, 422, "validation_error"),
    ],
)
def test_a_wrong_email_is_refused_by_name(sandbox: Sandbox, changes: dict[str, Any], status: int, name: str) -> None:
    assert refused(ask(sandbox, "POST", "/emails", body("a@b.example", **changes))) == (status, name)
    assert ask(sandbox, "GET", "/emails").json()["data"] == []


def test_a_batch_is_taken_whole_or_not_at_all(sandbox: Sandbox) -> None:
    good = ask(sandbox, "POST", "/emails/batch", [body("a@b.example"), body("c@b.example", "d@b.example")])
    wrong = ask(sandbox, "POST", "/emails/batch", [body("a@b.example"), body()])
    many = ask(sandbox, "POST", "/emails/batch", [body("a@b.example")] * 101)
    listed = ask(sandbox, "GET", "/emails").json()["data"]

    assert [entry["id"] for entry in checked(good, BATCH)["data"]] == [entry["id"] for entry in reversed(listed)]
    assert (refused(wrong), refused(many)) == ((422, "missing_required_field"), (422, "validation_error"))
    assert refused(ask(sandbox, "POST", "/emails/batch", [body("a@b.example", attachments=[])]))[0] == 422
    assert sandbox.counts("resend")["bill"]["units"] == {"email": 3}


def test_a_repetition_under_the_same_key_is_the_same_email_and_billed_once(sandbox: Sandbox) -> None:
    first, second = (ask(sandbox, "POST", "/emails", body("a@b.example"), idempotency_key="k") for _ in range(2))
    other = ask(sandbox, "POST", "/emails", body("c@b.example"), idempotency_key="k")
    wrong = ask(sandbox, "POST", "/emails", body("c@b.example"), idempotency_key="k" * 257)

    assert first.json() == second.json()
    assert refused(other) == (409, "invalid_idempotent_request")
    assert refused(wrong) == (400, "invalid_idempotency_key")
    assert sandbox.counts("resend")["bill"]["units"] == {"email": 1}


def test_an_idempotency_key_is_forgotten_after_a_day(sandbox: Sandbox) -> None:
    first = ask(sandbox, "POST", "/emails", body("a@b.example"), idempotency_key="k").json()
    sandbox.admin("POST", "/clock", json={"seconds": 25 * 3_600})

    assert ask(sandbox, "POST", "/emails", body("a@b.example"), idempotency_key="k").json() != first


def test_a_scheduled_email_leaves_at_its_time_unless_taken_back(sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, receiver)
    now = datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"])
    at = (now + timedelta(hours=1)).isoformat()
    leaving, kept = (ask(sandbox, "POST", "/emails", body("a@b.example", scheduled_at=at)).json() for _ in range(2))
    ask(sandbox, "POST", f"/emails/{kept['id']}/cancel")
    before = ask(sandbox, "GET", f"/emails/{leaving['id']}").json()["last_event"]
    sandbox.admin("POST", "/clock", json={"seconds": 3_601})
    after = [ask(sandbox, "GET", f"/emails/{email['id']}").json()["last_event"] for email in (leaving, kept)]

    assert (before, after) == ("scheduled", ["delivered", "canceled"])
    assert told(sandbox, receiver) == ["delivered", "scheduled", "scheduled", "sent"]
    assert refused(ask(sandbox, "POST", f"/emails/{leaving['id']}/cancel"))[0] == 422


@pytest.mark.parametrize(
    ("local", "events", "origin"),
    [
        ("delivered", ["delivered", "sent"], None),
        ("bounced+1", ["bounced", "sent"], "bounce"),
        ("complained", ["complained", "delivered", "sent"], "complaint"),
        ("suppressed", ["suppressed"], None),
    ],
)
def test_the_test_addresses_have_their_fates(
    sandbox: Sandbox, receiver: Receiver, local: str, events: list[str], origin: str | None
) -> None:
    register(sandbox, receiver)
    ask(sandbox, "POST", "/emails", body(f"{local}@resend.dev"))
    suppressed = ask(sandbox, "GET", "/suppressions").json()["data"]

    assert told(sandbox, receiver) == events
    assert [entry["origin"] for entry in suppressed] == ([origin] if origin else [])


def test_mail_to_a_mailbox_that_is_none_bounces_and_then_is_suppressed(sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, receiver, ["email.bounced", "email.suppressed"])
    address = next(box.address for box in sandbox.world.mailboxes.values() if box.kind == "invalid")
    first, second = (ask(sandbox, "POST", "/emails", body(address)).json()["id"] for _ in range(2))

    assert told(sandbox, receiver) == ["bounced", "suppressed"]
    assert [ask(sandbox, "GET", f"/emails/{one}").json()["last_event"] for one in (first, second)] == [
        "bounced",
        "suppressed",
    ]


def test_suppressions_are_added_found_and_removed(sandbox: Sandbox) -> None:
    added = ask(sandbox, "POST", "/suppressions", {"email": "A@b.example"}).json()
    again = ask(sandbox, "POST", "/suppressions", {"email": "a@b.example"}).json()
    found = ask(sandbox, "GET", "/suppressions/a@b.example").json()
    gone = ask(sandbox, "DELETE", f"/suppressions/{added['id']}").json()

    assert (added, found["email"], found["origin"]) == (again, "a@b.example", "manual")
    assert gone == {"object": "suppression", "id": added["id"], "deleted": True}
    assert refused(ask(sandbox, "GET", "/suppressions/a@b.example")) == (404, "not_found")
    assert refused(ask(sandbox, "POST", "/suppressions", {})) == (422, "missing_required_field")


def test_lists_come_in_pages(sandbox: Sandbox) -> None:
    for number in range(3):
        ask(sandbox, "POST", "/suppressions", {"email": f"p{number}@b.example"})
    first = ask(sandbox, "GET", "/suppressions?limit=2").json()
    second = ask(sandbox, "GET", f"/suppressions?limit=2&after={first['data'][-1]['id']}").json()

    assert (first["object"], first["has_more"], second["has_more"]) == ("list", True, False)
    assert [entry["email"] for entry in first["data"] + second["data"]] == [f"p{n}@b.example" for n in range(3)]
    for query in ("limit=0", "limit=101", "limit=x", "after=nobody"):
        assert refused(ask(sandbox, "GET", f"/suppressions?{query}")) == (422, "validation_error")


def test_an_endpoint_is_told_only_what_it_asked_for_until_it_is_removed(sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, receiver, ["email.delivered"])
    ask(sandbox, "POST", "/emails", body("a@b.example"))
    [hook] = ask(sandbox, "GET", "/webhooks").json()["data"]
    removed = ask(sandbox, "DELETE", f"/webhooks/{hook['id']}").json()
    ask(sandbox, "POST", "/emails", body("a@b.example"))

    assert (hook["endpoint"], hook["events"], removed["deleted"]) == (receiver.url, ["email.delivered"], True)
    assert told(sandbox, receiver) == ["delivered"]


@pytest.mark.parametrize(
    "hook",
    [
        {},
        {"endpoint": "http://127.0.0.1/h"},
        {"endpoint": "h", "events": EVENTS},
        {"endpoint": "http://127.0.0.1/h", "events": []},
        {"endpoint": "http://127.0.0.1/h", "events": ["email.eaten"]},
    ],
)
def test_a_wrong_webhook_is_not_registered(sandbox: Sandbox, hook: dict[str, Any]) -> None:
    assert refused(ask(sandbox, "POST", "/webhooks", hook))[0] == 422


def test_teams_do_not_see_one_another(sandbox: Sandbox) -> None:
    sent = ask(sandbox, "POST", "/emails", body("a@b.example")).json()["id"]
    other = {"authorization": f"Bearer {sandbox.key}-other"}

    assert sandbox.http.get(f"/resend/emails/{sent}", headers=other).status_code == 404


def test_whoever_does_not_say_who_he_is_is_turned_away(sandbox: Sandbox) -> None:
    reply = ask(sandbox, "POST", "/emails", body("a@b.example"), user_agent="")

    assert (reply.status_code, reply.text) == (403, "error code: 1010")


def test_keys_are_refused_by_name(sandbox: Sandbox) -> None:
    none = sandbox.http.get("/resend/domains")
    wrong = sandbox.http.get("/resend/domains", headers={"authorization": "Bearer re_real"})
    sending = {"authorization": f"Bearer {sandbox.key}-sending"}
    restricted = sandbox.http.get("/resend/domains", headers=sending)
    sent = sandbox.http.post("/resend/emails", headers=sending, json=body("a@b.example"))

    assert [refused(reply) for reply in (none, wrong, restricted)] == [
        (401, "missing_api_key"),
        (403, "invalid_api_key"),
        (401, "restricted_api_key"),
    ]
    assert sent.status_code == 200


def test_the_rate_is_told_and_enforced(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/limits", json={"resend": {"rates": [{"requests": 2, "seconds": 60}]}})
    first, _, third = (ask(sandbox, "GET", "/domains") for _ in range(3))

    assert (first.headers["ratelimit-limit"], first.headers["ratelimit-remaining"]) == ("2", "1")
    assert refused(third) == (429, "rate_limit_exceeded")
    assert (third.headers["ratelimit-remaining"], int(third.headers["retry-after"]) <= 60) == ("0", True)


# Our client against the sandbox


def email(*to: str, **fields: Any) -> SystemEmail:
    return SystemEmail(
        **{"sender": "LeadGen <no-reply@leadgen.example>", "to": to, "subject": "Ready", "text": "It is.", **fields}
    )


async def test_our_client_sends_and_sees_what_became_of_it(sandbox: Sandbox) -> None:
    async with asking(sandbox, "resend") as asks:
        resend = Resend(asks)
        sent = await resend.send(email("a@b.example", reply_to=("s@leadgen.example",)), purpose="1")
        batch = await resend.send_batch([email("a@b.example"), email("bounced@resend.dev")], purpose="2")
        assert sent.value is not None
        assert batch.value is not None
        states = [await resend.email(one) for one in (sent.value, *batch.value, "nothing")]
        verified = {domain.name: domain.is_verified for domain in await resend.domains()}
        suppressed = await resend.suppressions()

    assert [state.value and state.value.last_event for state in states] == ["delivered", "delivered", "bounced", None]
    assert verified == {"leadgen.example": True, "unverified.example": False}
    assert [(one.address, one.origin) for one in suppressed] == [("bounced@resend.dev", "bounce")]


async def test_an_email_whose_answer_was_lost_is_sent_and_billed_once(sandbox: Sandbox) -> None:
    sandbox.admin("PUT", "/faults", json={"resend": {"reset_rate": 1}})
    async with asking(sandbox, "resend") as asks:
        answer = await Resend(asks).send(email("a@b.example"), purpose="1")
        assert asks.lost == 1

    assert [entry["id"] for entry in ask(sandbox, "GET", "/emails").json()["data"]] == [answer.value]
    assert sandbox.counts("resend")["bill"]["units"] == {"email": 1}


async def test_the_same_words_for_another_purpose_are_another_email(sandbox: Sandbox) -> None:
    async with asking(sandbox, "resend") as asks:
        for purpose in ("1", "2", "2"):
            await Resend(asks).send(email("a@b.example"), purpose=purpose)
        asks.micros -= 400  # the third is the second again: the real client finds it stored

    assert len(ask(sandbox, "GET", "/emails").json()["data"]) == 2


async def test_our_client_reads_the_webhooks_and_no_forged_ones(sandbox: Sandbox, receiver: Receiver) -> None:
    secret = register(sandbox, receiver)
    async with asking(sandbox, "resend") as asks:
        sent = await Resend(asks).send(email("bounced@resend.dev", tags={"notice": "7"}), purpose="1")
    told(sandbox, receiver)
    now = datetime.now(UTC)
    events = {one.kind: one for one in (read_event(secret, r.headers, r.body, now) for r in receiver.received)}

    assert events.keys() == {"email.sent", "email.bounced"}
    assert len({event.event_id for event in events.values()}) == 2
    bounced = events["email.bounced"]
    assert (bounced.email_id, bounced.suppresses, bounced.tags) == (sent.value, True, {"notice": "7"})
    for webhook in receiver.received:
        with pytest.raises(InputError):
            read_event(secret, webhook.headers, webhook.body.replace(b"7", b"8"), now)
        with pytest.raises(InputError, match="stale"):
            read_event(secret, webhook.headers, webhook.body, now + timedelta(minutes=6))


async def test_a_webhook_sent_again_has_the_same_id(sandbox: Sandbox, receiver: Receiver) -> None:
    register(sandbox, receiver, ["email.delivered"])
    ask(sandbox, "POST", "/emails", body("a@b.example"))
    told(sandbox, receiver)
    number = sandbox.admin("GET", "/webhooks")["sent"][-1]["number"]
    sandbox.admin("POST", "/webhooks/replay", json={"number": number})
    told(sandbox, receiver)

    assert len({one.headers["svix-id"] for one in receiver.received}) == 1
    assert len(receiver.received) == 2


async def test_our_client_understands_each_refusal(sandbox: Sandbox) -> None:
    async with asking(sandbox, "resend") as asks:
        resend = Resend(asks)
        with pytest.raises(VendorRefused, match="Verify the sender's domain"):
            await resend.send(email("a@b.example", sender="x@unverified.example"), purpose="1")
        sandbox.admin("PUT", "/limits", json={"resend": {"rates": [], "quota": 0}})
        with pytest.raises(QuotaSpent, match="daily_quota_exceeded"):
            await resend.send(email("a@b.example"), purpose="2")
        sandbox.admin("PUT", "/limits", json={"resend": {"rates": [{"requests": 5, "seconds": 1}]}})
        await resend.domains()
        assert [(told.limit, told.window_seconds) for told in asks.told] == [(5, 1)]
        sandbox.admin("PUT", "/limits", json={"resend": {"rates": [{"requests": 1, "seconds": 60}]}})
        await resend.domains()
        with pytest.raises(VendorUnavailable, match="rate_limit_exceeded"):
            await resend.domains()
        asks.key = "re_real"
        with pytest.raises(CredentialsRejected, match="invalid_api_key"):
            await resend.domains()

"""Instantly in the sandbox as time passes: emails leave within their hours, those written to react, and it is told."""

from collections import Counter
from datetime import datetime
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from instantly_workspace import ACCOUNTS, Workspace, campaign, lead
from sandbox_server import Sandbox
from webhook_receiver import receiving
from wire_contract import WireContract

REPLIES = {
    "interested": 1,
    "question": None,
    "not_now": None,
    "not_interested": -1,
    "unsubscribe": -1,
    "wrong_person": -2,
}
LABELS = {"interested": "lead_interested", "not_interested": "lead_not_interested", "wrong_person": "lead_wrong_person"}


@pytest.fixture(scope="module")
def contract() -> WireContract:
    return WireContract("instantly/instantly-v2.trimmed.json")


@pytest.fixture
def workspace(sandbox: Sandbox, contract: WireContract) -> Workspace:
    sandbox.admin("PUT", "/limits", json={"instantly": {"rates": []}})
    return Workspace(sandbox, contract)


def at(email: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(email["timestamp_email"])


def steps(emails: list[dict[str, Any]]) -> list[str]:
    return [email["step"] for email in emails]


def kinds(events: list[dict[str, Any]]) -> Counter[str]:
    return Counter(event["event_type"] for event in events)


def test_nothing_leaves_before_the_campaign_is_activated(workspace: Workspace) -> None:
    id_ = workspace.checked("POST", "/campaigns", campaign())["id"]
    workspace.checked("POST", "/leads/add", {"campaign_id": id_, "leads": [lead("a+silent@b.example")]})
    workspace.after(2)
    assert workspace.emails() == []

    workspace.checked("POST", "/campaigns/{id}/activate", id_=id_)
    workspace.after(1)
    assert steps(workspace.emails()) == ["0_0_0"]


def test_each_step_waits_for_the_delay_of_the_one_before_and_the_campaign_completes(workspace: Workspace) -> None:
    with workspace.subscribed() as receiver:
        id_ = workspace.running("a+silent@b.example")
        workspace.after(1, 1, 1, 1, 1, 1, 1, 1)
        events = workspace.told(receiver)
    first, second, third = workspace.emails(campaign_id=id_, email_type="sent")
    moments = [at(email) for email in (first, second, third)]

    assert [(later - earlier).days for earlier, later in pairwise(moments)] == [3, 4]
    assert [email["subject"] for email in (first, third)] == [f"subject {n} for a+silent@b.example" for n in (1, 3)]
    assert len({email["eaccount"] for email in (first, second, third)}) == 1
    assert [event["event_type"] for event in events] == ["email_sent"] * 3 + ["campaign_completed"]
    assert [(event["step"], event["is_first"]) for event in events[:3]] == [(1, True), (2, False), (3, False)]
    assert events[0]["email_id"] == first["id"]
    assert workspace.checked("GET", "/campaigns/{id}", id_=id_)["status"] == 3
    assert workspace.lead(id_, "a+silent@b.example")["status"] == 3


def test_a_long_time_that_passes_at_once_is_lived_through_in_order(workspace: Workspace) -> None:
    id_ = workspace.running("a+interested@b.example", "b+silent@b.example")
    workspace.after(30)
    emails = workspace.emails(campaign_id=id_)

    assert Counter((email["lead"][0], email["ue_type"]) for email in emails) == {("a", 1): 1, ("a", 2): 1, ("b", 1): 3}
    assert [at(email) for email in emails] == sorted(at(email) for email in emails)


def test_emails_leave_within_the_hours_only(workspace: Workspace) -> None:
    weekdays = {
        "schedules": [
            {
                "name": "Office",
                "timing": {"from": "09:00", "to": "17:00"},
                "days": {str(day): 1 <= day <= 5 for day in range(7)},
                "timezone": "America/Chicago",
            }
        ]
    }
    addresses = [f"a{n}+silent@b.example" for n in range(12)]
    workspace.running(*addresses, delays=(1, 1, 0), campaign_schedule=weekdays, email_gap=97)
    workspace.after(21)
    sent = [at(email).astimezone(ZoneInfo("America/Chicago")) for email in workspace.emails(email_type="sent")]

    assert len(sent) == 36
    assert all(9 <= moment.hour < 17 and moment.isoweekday() <= 5 for moment in sent)


def test_gaps_and_daily_limits_are_kept_and_the_accounts_take_turns(workspace: Workspace) -> None:
    addresses = [f"a{n}+silent@b.example" for n in range(10)]
    workspace.running(*addresses, delays=(0,), daily_limit=4, email_gap=20)
    workspace.after(5)
    emails = workspace.emails(email_type="sent")
    days = Counter(at(email).astimezone(ZoneInfo("America/Chicago")).date() for email in emails)

    assert len(emails) == 10
    assert max(days.values()) == 4
    for account in ACCOUNTS:
        moments = [at(email) for email in emails if email["eaccount"] == account]
        assert all((b - a).total_seconds() >= 1_200 for a, b in pairwise(moments))
        assert moments


def test_a_paused_campaign_sends_nothing_and_goes_on_where_it_was(workspace: Workspace) -> None:
    id_ = workspace.running("a+silent@b.example")
    workspace.after(1)
    workspace.checked("POST", "/campaigns/{id}/pause", id_=id_)
    workspace.after(10)
    paused = steps(workspace.emails())
    workspace.checked("POST", "/campaigns/{id}/activate", id_=id_)
    workspace.after(1, 4)

    assert paused == ["0_0_0"]
    assert steps(workspace.emails()) == ["0_0_0", "0_1_0", "0_2_0"]


@pytest.mark.parametrize("kind", REPLIES)
def test_who_replies_is_told_of_and_written_to_no_more(workspace: Workspace, kind: str) -> None:
    address = f"ana+{kind}@b.example"
    with workspace.subscribed() as receiver:
        id_ = workspace.running(address)
        workspace.after(2, 10)
        events = workspace.told(receiver)
    [reply] = workspace.emails(campaign_id=id_, email_type="received")
    told = next(event for event in events if event["event_type"] == "reply_received")

    assert (reply["ue_type"], reply["is_auto_reply"], reply["i_status"]) == (2, 0, REPLIES[kind])
    assert (reply["lead"], reply["from_address_email"]) == (address, address)
    assert f"> body 1 for {address}" in reply["body"]["text"]
    assert (told["email_id"], told["reply_text"], told["lead_email"]) == (reply["id"], reply["body"]["text"], address)
    assert told["reply_text"].startswith(told["reply_text_snippet"])
    assert kinds(events)["email_sent"] == 1
    assert kinds(events)[LABELS.get(kind, "lead_interested")] == (kind in LABELS)
    shown = workspace.lead(id_, address)
    assert (shown["status"], shown["email_reply_count"], shown.get("lt_interest_status")) == (3, 1, REPLIES[kind])
    assert reply["thread_id"] == workspace.emails(email_type="sent")[0]["thread_id"]


def test_a_campaign_that_does_not_stop_on_replies_goes_on(workspace: Workspace) -> None:
    workspace.running("ana+interested@b.example", stop_on_reply=False)
    workspace.after(10)

    assert steps(workspace.emails(email_type="sent")) == ["0_0_0", "0_1_0", "0_2_0"]


def test_a_machine_that_answers_stops_nothing(workspace: Workspace) -> None:
    with workspace.subscribed() as receiver:
        id_ = workspace.running("ana+out_of_office@b.example")
        workspace.after(10)
        events = kinds(workspace.told(receiver))
    [reply] = workspace.emails(email_type="received")
    [figures] = workspace.checked("GET", "/campaigns/analytics", id=id_)

    assert (reply["is_auto_reply"], reply["i_status"]) == (1, 0)
    assert (events["auto_reply_received"], events["reply_received"], events["email_sent"]) == (1, 0, 3)
    assert (figures["reply_count"], figures["reply_count_automatic"]) == (0, 1)


@pytest.mark.parametrize(
    ("kind", "event", "status"), [("bounced", "email_bounced", -1), ("unsubscribed", "lead_unsubscribed", -2)]
)
def test_who_bounces_or_unsubscribes_is_written_to_no_more(
    workspace: Workspace, kind: str, event: str, status: int
) -> None:
    address = f"ana+{kind}@b.example"
    with workspace.subscribed() as receiver:
        id_ = workspace.running(address)
        workspace.after(10)
        events = workspace.told(receiver)
    [figures] = workspace.checked("GET", "/campaigns/analytics", id=id_)

    assert kinds(events) == {"email_sent": 1, event: 1, "campaign_completed": 1}
    assert workspace.lead(id_, address)["status"] == status
    assert (figures["bounced_count"], figures["unsubscribed_count"]) == (int(status == -1), int(status == -2))


def test_mail_to_a_mailbox_that_the_world_calls_invalid_bounces(workspace: Workspace) -> None:
    addresses = [box.address for box in workspace.sandbox.world.mailboxes.values() if box.kind == "invalid"][:5]
    id_ = workspace.running(*addresses)
    workspace.after(1)

    assert {workspace.lead(id_, address)["status"] for address in addresses} == {-1}


def test_people_react_by_the_worlds_seed_in_every_way_there_is(sandbox: Sandbox, contract: WireContract) -> None:
    sandbox.admin("PUT", "/limits", json={"instantly": {"rates": []}})
    addresses = [box.address for box in sandbox.world.mailboxes.values() if box.kind == "valid"][:100]
    seen = []
    for key in ("one", "two"):
        workspace = Workspace(Sandbox(sandbox.url, sandbox.world, f"{sandbox.key}-{key}", sandbox.http), contract)
        id_ = workspace.running(*addresses)
        workspace.after(20)
        replies = workspace.emails(email_type="received")
        [figures] = workspace.checked("GET", "/campaigns/analytics", id=id_)
        seen.append({(one["lead"], one["i_status"], one["step"]) for one in replies})
        assert figures["reply_count"] + figures["reply_count_automatic"] == len(replies)
        assert figures["emails_sent_count"] == len(
            [one for page in pages(workspace, email_type="sent") for one in page]
        )

    assert seen[0] == seen[1]
    assert {mark for _, mark, _ in seen[0]} >= {None, 1, -1, 0}
    assert len({step for _, _, step in seen[0]}) == 3


def pages(workspace: Workspace, **query: Any) -> list[list[dict[str, Any]]]:
    found: list[list[dict[str, Any]]] = []
    cursor: dict[str, str] = {}
    while True:
        page = workspace.checked("GET", "/emails", limit=100, **query, **cursor)
        found.append(page["items"])
        if "next_starting_after" not in page:
            return found
        cursor = {"starting_after": page["next_starting_after"]}


def test_who_was_blocked_meanwhile_is_passed_over(workspace: Workspace) -> None:
    id_ = workspace.running("ana+silent@b.example", "bo+silent@c.example")
    workspace.after(1)
    workspace.checked("POST", "/block-lists-entries", {"bl_value": "b.example"})
    workspace.after(10)

    assert Counter(email["lead"] for email in workspace.emails()) == {
        "ana+silent@b.example": 1,
        "bo+silent@c.example": 3,
    }
    assert workspace.lead(id_, "ana+silent@b.example")["status"] == -3


def test_one_reply_may_stop_the_whole_company(workspace: Workspace) -> None:
    workspace.running("ana+interested@b.example", "bo+silent@b.example", stop_for_company=True)
    workspace.after(10)

    written_to = Counter(email["lead"] for email in workspace.emails(email_type="sent"))
    assert written_to == {"ana+interested@b.example": 1, "bo+silent@b.example": 1}


def test_opens_are_seen_where_they_are_tracked(workspace: Workspace) -> None:
    addresses = [f"a{n}+silent@b.example" for n in range(8)]
    opened = []
    for tracked in (True, False):
        id_ = workspace.running(*addresses, delays=(0,), open_tracking=tracked)
        workspace.after(2)
        opened.append(workspace.checked("GET", "/campaigns/analytics", id=id_)[0]["open_count_unique"])

    assert 0 < opened[0] < 8
    assert opened[1] == 0


def test_a_person_answers_in_the_thread(workspace: Workspace) -> None:
    workspace.running("ana+question@b.example")
    workspace.after(2)
    [question] = workspace.emails(email_type="received")
    body = {"reply_to_uuid": question["id"], "eaccount": ACCOUNTS[0], "subject": question["subject"]}
    answer = workspace.checked("POST", "/emails/reply", {**body, "body": {"html": "It costs<br/>nothing"}})
    thread = workspace.emails(search=f"thread:{question['thread_id']}")

    assert (answer["ue_type"], answer["body"]["text"]) == (3, "It costs\nnothing")
    assert [email["ue_type"] for email in thread] == [1, 2, 3]
    workspace.checked("GET", "/emails/{id}", id_=answer["id"])
    wrong = [
        {**body, "body": {}},
        {**body, "body": {"text": "x"}, "eaccount": "x@else.example"},
        {**body, "body": {"text": "x"}, "reply_to_uuid": "none"},
    ]
    assert [workspace.ask("POST", "/emails/reply", one).status_code for one in wrong] == [400, 404, 404]


def test_emails_are_filtered_by_the_time_at_which_they_came(workspace: Workspace) -> None:
    workspace.running("ana+silent@b.example")
    workspace.after(1, 3)
    first, second = workspace.emails()
    later = workspace.emails(min_timestamp_created=second["timestamp_created"])

    assert [email["id"] for email in later] == [second["id"]]
    assert workspace.emails(max_timestamp_created=first["timestamp_created"])[0]["id"] == first["id"]
    assert workspace.ask("GET", "/emails", min_timestamp_created="yesterday").status_code == 400


def test_a_mark_is_set_taken_away_and_told(workspace: Workspace) -> None:
    address = "ana+silent@b.example"
    with workspace.subscribed() as receiver:
        id_ = workspace.running(address)
        for value in (2, None):
            body = {"lead_email": address, "interest_value": value, "campaign_id": id_}
            workspace.checked("POST", "/leads/update-interest-status", body)
            assert workspace.lead(id_, address).get("lt_interest_status") == value
        assert kinds(workspace.told(receiver))["lead_meeting_booked"] == 1
    unknown = {"lead_email": "nobody@b.example", "interest_value": 1}
    assert workspace.ask("POST", "/leads/update-interest-status", unknown).status_code == 404
    nonsense = workspace.ask("POST", "/leads/update-interest-status", {"lead_email": "x", "interest_value": 1})
    assert (nonsense.status_code, nonsense.json()) == (400, {"error": "Invalid lead email"})


def test_subscribers_are_told_what_they_ordered(workspace: Workspace) -> None:
    other = workspace.checked("POST", "/campaigns", campaign(name="other"))["id"]
    with (
        workspace.subscribed(event_type="reply_received") as replies,
        workspace.subscribed(campaign=other) as elsewhere,
    ):
        workspace.running("ana+interested@b.example", "bo+out_of_office@c.example", delays=(0,))
        workspace.after(3)
        told = [kinds(workspace.told(receiver)) for receiver in (replies, elsewhere)]

    assert told == [{"reply_received": 1, "auto_reply_received": 1}, {}]


def test_a_subscription_that_keeps_failing_is_switched_off_until_it_is_resumed(workspace: Workspace) -> None:
    with receiving() as gone:
        url = gone.url
    hook = workspace.checked("POST", "/webhooks", {"target_hook_url": url, "event_type": "all_events"})
    workspace.running("ana+silent@b.example", delays=(0,))
    workspace.after(1)
    workspace.sandbox.admin("GET", "/webhooks/settled")
    failed = workspace.checked("GET", "/webhooks/{id}", id_=hook["id"])
    resumed = workspace.checked("POST", "/webhooks/{id}/resume", id_=hook["id"])
    workspace.checked("DELETE", "/webhooks/{id}", id_=hook["id"])

    assert (failed["status"], failed["timestamp_error"] is not None) == (-1, True)
    assert (resumed["status"], resumed["timestamp_error"]) == (1, None)

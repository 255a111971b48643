"""Instantly: requests are the contract's, what acts is looked up before it is done again, lists are read to their end."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any, TypeVar

import pytest
from vendor_contracts import Contract, RecordingAsks, reply

from leadgen.errors import InputError, QuotaSpent
from leadgen.providers.calls import Answer, Lookup, Operation, Reply, Request, Sender, Verdict
from leadgen.providers.instantly import Instantly
from leadgen.providers.instantly_campaigns import ACTIVATE, CAMPAIGN, CREATE, DELETE, CampaignPlan
from leadgen.providers.instantly_emails import EMAILS, REPLY
from leadgen.providers.instantly_leads import ADD, LEAD, LeadEmail, NewLead
from leadgen.providers.instantly_schedule import SendingHours
from leadgen.providers.instantly_vendor import VENDOR
from leadgen.providers.instantly_webhooks import CREATE as CREATE_WEBHOOK
from leadgen.providers.instantly_webhooks import SECRET_HEADER

T = TypeVar("T")
CAMPAIGN_ID = "019c0000-0000-7000-8000-0000000000c1"
LEAD_ID, EMAIL_ID, HOOK_ID = (CAMPAIGN_ID[:-2] + end for end in ("a1", "e1", "b1"))
TODAY = date(2026, 11, 23)
ADDRESS, ACCOUNT = "ana@lamarfamilydental.example", "sam@tenant.example"
URL, SECRET = "https://leadgen.example/hooks/instantly/7", "s" * 43
PLAN = CampaignPlan("Austin dentists", "seq-7", (0, 3, 7), SendingHours("America/Chicago"), (ACCOUNT,))
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class LookingAsks(RecordingAsks):
    """Keeps the look-ups as well."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(*replies)
        self.lookups: list[Lookup | None] = []

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        self.lookups.append(find)
        return await super().ask(operation, request, read, send=send, find=find)

    async def found(self, call: int = 0) -> Reply | None:
        """What the look-up of the call finds, answered by the replies that are left."""
        find = self.lookups[call]
        assert find is not None
        return await find()


def campaign(status: int = 0, **fields: Any) -> dict[str, Any]:
    return {"id": CAMPAIGN_ID, "name": PLAN.name, "status": status, **fields}


def lead(address: str = ADDRESS, **fields: Any) -> dict[str, Any]:
    return {"id": LEAD_ID, "email": address, "campaign": CAMPAIGN_ID, "status": 1, **fields}


def email(**fields: Any) -> dict[str, Any]:
    at = "2026-11-22T10:00:00.000Z"
    moments = {"timestamp_email": at, "timestamp_created": at}
    return {"id": EMAIL_ID, "eaccount": ACCOUNT, "subject": "Re: idea", "ue_type": 2, **moments, **fields}


def hook(**fields: Any) -> dict[str, Any]:
    return {"id": HOOK_ID, "target_hook_url": URL, "event_type": "all_events", "campaign": None, "status": 1, **fields}


def entry(value: str) -> dict[str, Any]:
    return {"id": HOOK_ID, "bl_value": value, "is_domain": "@" not in value}


def page(*items: dict[str, Any], after: str | None = None) -> Reply:
    return reply({"items": list(items), **({"next_starting_after": after} if after else {})})


def written(address: str = ADDRESS, steps: int = 3, **fields: Any) -> NewLead:
    emails = tuple(LeadEmail(f"Idea {step}", f"<p>Text {step}</p>") for step in range(1, steps + 1))
    return NewLead(address, emails, "Ana", "Ruiz", "Lamar Family Dental", our_id="prospect-9", **fields)


def added(*places: int, **counts: int) -> Reply:
    created = [{"index": place, "id": LEAD_ID, "email": ADDRESS} for place in places]
    return reply({"status": "success", "leads_uploaded": len(places), **counts, "created_leads": created})


@pytest.fixture
def contract() -> Contract:
    return Contract("instantly/instantly-v2.trimmed.json")


def checked(contract: Contract, asks: RecordingAsks) -> None:
    for request in asks.requests:
        contract.check(replace(request, path=UUID.sub("{id}", request.path)))


async def test_each_request_about_campaigns_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(*[reply(campaign())] * 6, reply([{"campaign_id": CAMPAIGN_ID}]))
    campaigns = Instantly(asks).campaigns
    bounded = SendingHours("America/New_York", starts_on=date(2026, 12, 1), ends_on=date(2026, 12, 31))
    await campaigns.create(PLAN, today=TODAY)
    await campaigns.create(replace(PLAN, hours=bounded, tracks_opens=True), today=TODAY)
    await campaigns.activate(CAMPAIGN_ID, purpose="1")
    await campaigns.pause(CAMPAIGN_ID, purpose="2")
    await campaigns.change(
        CAMPAIGN_ID, purpose="3", today=TODAY, hours=bounded, accounts=[ACCOUNT], daily_limit=5, gap_minutes=20
    )
    await campaigns.get(CAMPAIGN_ID)
    await campaigns.counts(CAMPAIGN_ID)
    checked(contract, asks)


async def test_each_request_about_leads_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(
        added(0),
        page(lead()),
        page(lead()),
        reply({"message": "ok"}, 202),
        reply(entry(ADDRESS)),
        page(),
        page(),
        reply([]),
    )
    leads = Instantly(asks).leads
    await leads.add(CAMPAIGN_ID, [written(website="https://x.example")], steps=3, purpose="1")
    await leads.all_of(CAMPAIGN_ID)
    await leads.find(CAMPAIGN_ID, ADDRESS)
    await leads.mark(CAMPAIGN_ID, ADDRESS, "interested", purpose="2")
    await leads.block(ADDRESS, purpose="3")
    await leads.blocked()
    await leads.unblock(ADDRESS, purpose="4")
    checked(contract, asks)


async def test_each_request_about_mail_is_one_the_contract_allows(contract: Contract) -> None:
    asks = RecordingAsks(page(), page(email()), reply(email(ue_type=3)), page(), page(), reply(hook()), reply(hook()))
    instantly = Instantly(asks)
    since = datetime(2026, 11, 22, 9, tzinfo=UTC)
    await instantly.emails.received(campaign_id=CAMPAIGN_ID, since=since)
    await instantly.emails.received_page(after=EMAIL_ID)
    await instantly.emails.reply(EMAIL_ID, account=ACCOUNT, subject="Re: idea", html="Gladly", purpose="1")
    await instantly.emails.accounts()
    await instantly.webhooks.subscribe(URL, SECRET, campaign_id=CAMPAIGN_ID)
    await instantly.webhooks.resume(HOOK_ID)
    checked(contract, asks)
    assert ("min_timestamp_created", "2026-11-22T09:00:00.000Z") in asks.requests[0].query


async def test_what_is_deleted_is_asked_for_as_the_contract_says(contract: Contract) -> None:
    asks = RecordingAsks(reply(campaign()), reply(hook()), reply({"message": "no"}, 404))
    instantly = Instantly(asks)
    answers = [
        await instantly.campaigns.delete(CAMPAIGN_ID, purpose="1"),
        await instantly.webhooks.delete(HOOK_ID),
        await instantly.campaigns.delete(CAMPAIGN_ID, purpose="2"),
    ]
    checked(contract, asks)
    assert [answer.value is not None for answer in answers] == [True, True, False]


async def test_a_campaign_is_a_template_for_each_step_and_waits_for_the_next() -> None:
    asks = RecordingAsks(reply(campaign()))
    answer = await Instantly(asks).campaigns.create(PLAN, today=TODAY)
    body = asks.requests[0].body
    [sequence] = body["sequences"]
    assert [step["delay"] for step in sequence["steps"]] == [3, 4, 0]
    assert sequence["steps"][1]["variants"] == [{"subject": "{{subject_2}}", "body": "{{body_2}}"}]
    assert (body["stop_on_reply"], body["open_tracking"], body["link_tracking"]) == (True, False, False)
    assert "seq-7" in body["name"]
    assert answer.value is not None
    assert (answer.value.campaign_id, answer.value.status, answer.value.needs_attention) == (
        CAMPAIGN_ID,
        "draft",
        False,
    )


@pytest.mark.parametrize(
    ("status", "name"), [(-99, "suspended"), (-1, "unhealthy"), (-2, "bounce_protect"), (7, "unknown")]
)
async def test_states_that_instantly_brought_about_itself_are_told_apart(status: int, name: str) -> None:
    answer = await Instantly(RecordingAsks(reply(campaign(status)))).campaigns.get(CAMPAIGN_ID)
    assert answer.value is not None
    assert (answer.value.status, answer.value.needs_attention) == (name, name != "unknown")


async def test_an_active_campaign_says_why_it_sends_nothing() -> None:
    answer = await Instantly(RecordingAsks(reply(campaign(1, not_sending_status=3)))).campaigns.get(CAMPAIGN_ID)
    assert answer.value is not None
    assert answer.value.not_sending == "its daily limit is reached"


async def test_a_campaign_that_is_gone_and_figures_that_are_not_there_are_misses() -> None:
    campaigns = Instantly(RecordingAsks(reply({"statusCode": 404}, 404), reply([]))).campaigns
    assert (await campaigns.get(CAMPAIGN_ID)).value is None
    assert (await campaigns.counts(CAMPAIGN_ID)).value is None


async def test_figures_are_read() -> None:
    figures = {"campaign_id": CAMPAIGN_ID, "leads_count": 40, "emails_sent_count": 90, "reply_count_unique": 4}
    counts = (await Instantly(RecordingAsks(reply([figures]))).campaigns.counts(CAMPAIGN_ID)).value
    assert counts is not None
    assert (counts.leads, counts.sent, counts.replied, counts.bounced) == (40, 90, 4, 0)


async def test_the_emails_of_a_lead_travel_as_its_variables() -> None:
    asks = RecordingAsks(added(0, remaining_in_plan=998, skipped_count=0))
    answer = await Instantly(asks).leads.add(CAMPAIGN_ID, [written()], steps=3, purpose="1")
    body = asks.requests[0].body
    variables = body["leads"][0]["custom_variables"]
    assert (variables["subject_3"], variables["body_3"]) == ("Idea 3", "<p>Text 3</p>")
    assert variables["leadgen_id"] == "prospect-9"
    assert body["skip_if_in_workspace"] is True
    assert answer.value is not None
    assert (answer.value.lead_ids, answer.value.left_in_plan, answer.value.skipped) == ({0: LEAD_ID}, 998, 0)


@pytest.mark.parametrize(
    ("leads", "reason"),
    [
        ([], "1 to 1000 leads"),
        ([written(f"a{number}@b.example") for number in range(1_001)], "1 to 1000 leads"),
        ([written(), written(ADDRESS.upper())], "stands twice"),
        ([written(steps=2)], "each of the campaign's 3 steps"),
        ([replace(written(), emails=(LeadEmail("", "x"),) * 3)], "with subject and body"),
        ([replace(written(), emails=(LeadEmail("Hi {{firstName}}", "x"),) * 3)], "would fill in"),
        ([replace(written(), emails=(LeadEmail("Hi", "{% if x %}"),) * 3)], "would fill in"),
    ],
)
async def test_leads_that_would_be_sent_something_else_are_not_added(leads: list[NewLead], reason: str) -> None:
    asks = RecordingAsks()
    with pytest.raises(InputError, match=re.escape(reason)):
        await Instantly(asks).leads.add(CAMPAIGN_ID, leads, steps=3, purpose="1")
    assert asks.calls == []


async def test_a_lead_is_found_by_its_address_or_is_a_miss() -> None:
    contacted = lead(status=-1, lt_interest_status=0, timestamp_last_contact="2026-11-22T10:00:00.000Z")
    leads = Instantly(RecordingAsks(page(contacted), page())).leads
    found, missing = (
        (await leads.find(CAMPAIGN_ID, ADDRESS)).value,
        (await leads.find(CAMPAIGN_ID, "b@c.example")).value,
    )
    assert found is not None
    assert (found.status, found.interest, missing) == ("bounced", "out_of_office", None)
    assert found.last_contacted_at == datetime(2026, 11, 22, 10, tzinfo=UTC)


async def test_lists_are_read_until_a_page_is_empty_or_names_no_other() -> None:
    asks = RecordingAsks(
        page(lead(), after="c1"), page(lead(), after="c2"), page(), page(email(), after="c3"), page(email())
    )
    instantly = Instantly(asks)
    assert len(await instantly.leads.all_of(CAMPAIGN_ID)) == 2
    assert len(await instantly.emails.received()) == 2
    assert [request.body["starting_after"] for request in asks.requests[1:3]] == ["c1", "c2"]
    assert ("starting_after", "c3") in asks.requests[4].query


async def test_received_emails_tell_who_answered_what() -> None:
    machine = email(is_auto_reply=1, i_status=0, lead=ADDRESS, thread_id=HOOK_ID, body={"text": "Away", "html": "Away"})
    asks = RecordingAsks(page(machine, after="c1"))
    found = (await Instantly(asks).emails.received_page()).value
    assert found is not None
    [one] = found.emails
    assert (one.is_received, one.is_auto_reply, one.interest_value, one.text) == (True, True, 0, "Away")
    assert found.next_after == "c1"
    assert ADDRESS not in repr(one)
    assert asks.operation.limit_scope == "emails"


async def test_sending_accounts_say_whether_they_can_send() -> None:
    states = [{"status": 1, "warmup_status": 1}, {"status": 1, "setup_pending": True}, {"status": -1}, {}]
    asks = RecordingAsks(page(*({"email": ACCOUNT, **state} for state in states)))
    accounts = await Instantly(asks).emails.accounts()
    assert [account.can_send for account in accounts] == [True, False, False, False]
    assert [account.status for account in accounts] == ["active", "paused", "connection_error", "unknown"]
    assert accounts[0].is_warming_up


async def test_a_lost_creation_is_found_by_the_name_that_holds_our_id() -> None:
    asks = LookingAsks(
        reply(campaign()), page(campaign(name="seq-7 of another"), after="c1"), page(campaign(1)), page()
    )
    await Instantly(asks).campaigns.create(PLAN, today=TODAY)
    found, missing = await asks.found(), await asks.found()
    assert found is not None
    assert CREATE.judge(found).verdict is Verdict.ANSWER
    assert found.json()["id"] == CAMPAIGN_ID
    assert missing is None
    assert ("starting_after", "c1") in asks.requests[2].query


async def test_a_lost_addition_is_carried_out_where_every_lead_stands_in_the_campaign() -> None:
    asks = LookingAsks(added(0), page(lead(ADDRESS.upper()), lead("b@c.example")), page(), page(lead()), page())
    answer = await Instantly(asks).leads.add(CAMPAIGN_ID, [written("b@c.example"), written()], steps=3, purpose="1")
    assert answer.value is not None
    all_there, one_missing = await asks.found(), await asks.found()
    assert all_there is not None
    assert ADD.judge(all_there).verdict is Verdict.ANSWER
    assert [created["index"] for created in all_there.json()["created_leads"]] == [0, 1]
    assert one_missing is None
    assert asks.requests[1].body["contacts"] == ["b@c.example", ADDRESS]


async def test_a_repeated_addition_knows_the_leads_that_stood_there_already() -> None:
    asks = LookingAsks(added(0, skipped_count=1), page(lead()), page())
    answer = await Instantly(asks).leads.add(CAMPAIGN_ID, [written("b@c.example"), written()], steps=3, purpose="1")
    assert answer.value is not None
    assert dict(answer.value.lead_ids) == {0: LEAD_ID, 1: LEAD_ID}
    assert asks.requests[0].body["skip_if_in_campaign"] is True


@pytest.mark.parametrize(("action", "done", "not_done"), [("activate", 1, 0), ("activate", 1, 3), ("pause", 2, 1)])
async def test_a_lost_start_or_stop_is_found_by_the_campaigns_state(action: str, done: int, not_done: int) -> None:
    asks = LookingAsks(reply(campaign(done)), reply(campaign(done)), reply(campaign(not_done)), reply({}, 404))
    await getattr(Instantly(asks).campaigns, action)(CAMPAIGN_ID, purpose="1")
    assert [await asks.found() is not None for _ in range(3)] == [True, False, False]


async def test_a_lost_change_is_found_by_its_fields() -> None:
    asks = LookingAsks(reply(campaign()), reply(campaign(daily_limit=5)), reply(campaign(daily_limit=30)))
    await Instantly(asks).campaigns.change(CAMPAIGN_ID, purpose="1", today=TODAY, daily_limit=5)
    assert [await asks.found() is not None for _ in range(2)] == [True, False]


async def test_a_lost_deletion_is_found_by_what_is_no_longer_there() -> None:
    asks = LookingAsks(reply(campaign()), reply({}, 404), reply(campaign()))
    await Instantly(asks).campaigns.delete(CAMPAIGN_ID, purpose="1")
    gone, there = await asks.found(), await asks.found()
    assert gone is not None
    assert DELETE.judge(gone).verdict is Verdict.MISS
    assert there is None


async def test_a_lost_mark_is_found_at_the_lead() -> None:
    asks = LookingAsks(reply({"message": "ok"}, 202), page(lead(lt_interest_status=0)), page(lead()), page())
    await Instantly(asks).leads.mark(CAMPAIGN_ID, ADDRESS, "out_of_office", purpose="1")
    assert [await asks.found() is not None for _ in range(3)] == [True, False, False]


async def test_a_lost_entry_of_the_block_list_is_found_there() -> None:
    asks = LookingAsks(
        reply(entry("b.example")), page(entry("a@b.example"), entry("B.example")), page(entry("xb.example"))
    )
    await Instantly(asks).leads.block("b.example", purpose="1")
    assert [await asks.found() is not None for _ in range(2)] == [True, False]


async def test_a_lost_answer_to_a_person_is_never_sent_again() -> None:
    asks = LookingAsks(reply(email(ue_type=3)))
    await Instantly(asks).emails.reply(EMAIL_ID, account=ACCOUNT, subject="Re", html="Gladly", purpose="1")
    assert asks.lookups == [None]
    assert REPLY.acts_on_world
    assert REPLY.idempotency_header is None


async def test_taking_off_the_block_list_takes_nobody_else_off() -> None:
    asks = RecordingAsks(
        page(entry("b.example"), entry("ab.example")), page(entry("b.example")), reply([entry("b.example")])
    )
    leads = Instantly(asks).leads
    with pytest.raises(InputError, match="other entries"):
        await leads.unblock("b.example", purpose="1")
    answer = await leads.unblock("b.example", purpose="1")
    assert answer.value is not None
    assert answer.value.is_domain


async def test_a_subscription_that_is_there_is_kept_and_resumed() -> None:
    asks = RecordingAsks(
        page(hook()), page(hook(status=-1)), reply(hook()), page(hook(campaign=CAMPAIGN_ID)), reply(hook())
    )
    webhooks = Instantly(asks).webhooks
    for _ in range(3):
        assert (await webhooks.subscribe(URL, SECRET)).is_active
    assert [request.method for request in asks.requests] == ["GET", "GET", "POST", "GET", "POST"]
    assert asks.requests[2].path.endswith("/resume")
    assert asks.requests[4].body["headers"] == {SECRET_HEADER: SECRET}


async def test_the_secret_of_a_subscription_is_never_stored() -> None:
    assert CREATE_WEBHOOK.time_to_live.total_seconds() == 0
    with pytest.raises(InputError, match="secret"):
        await Instantly(RecordingAsks()).webhooks.subscribe(URL, "short")


def errors(status: int, error: str, message: str = "") -> Reply:
    return reply({"statusCode": status, "error": error, "message": message}, status)


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (errors(400, "Bad Request", "body must have required property 'name'"), Verdict.REFUSED),
        (reply({"error": "Invalid lead email"}, 400), Verdict.REFUSED),
        (errors(401, "Unauthorized", "Invalid API key"), Verdict.CREDENTIALS),
        (errors(402, "Payment Required", "Workspace does not have an active paid plan"), Verdict.QUOTA),
        (errors(403, "Forbidden", "Missing scope"), Verdict.CREDENTIALS),
        (errors(404, "Not Found", "No lead ana@lamarfamilydental.example"), Verdict.REFUSED),
        (errors(429, "Too Many Requests", "Rate limit exceeded"), Verdict.RETRY),
        (errors(500, "Internal Server Error"), Verdict.RETRY),
        (Reply(502, "<html>"), Verdict.RETRY),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Reply) else value.name,
)
def test_each_documented_error_has_its_verdict_and_names_nobody(given: Reply, verdict: Verdict) -> None:
    for operation in (CREATE, ACTIVATE, ADD, EMAILS, REPLY):
        judgement = operation.judge(given)
        assert judgement.verdict is verdict
        assert "@" not in judgement.message
        assert (judgement.remedy is not None) == (verdict in {Verdict.QUOTA, Verdict.CREDENTIALS})


def test_instantlys_own_sentence_is_told() -> None:
    assert CREATE.judge(errors(400, "Bad Request", "body must be object")).message == "body must be object (HTTP 400)"


def test_what_may_be_gone_is_no_error() -> None:
    gone = errors(404, "Not Found")
    assert (CAMPAIGN.judge(gone).verdict, LEAD.judge(page()).verdict) == (Verdict.MISS, Verdict.MISS)


async def test_a_workspace_without_a_plan_says_what_to_do() -> None:
    asks = RecordingAsks(errors(402, "Payment Required", "no plan"))
    with pytest.raises(QuotaSpent, match="Renew the plan"):
        await Instantly(asks).campaigns.get(CAMPAIGN_ID)


async def test_what_acts_is_told_apart_by_its_purpose_and_belongs_to_the_tenant() -> None:
    asks = RecordingAsks(*[reply(campaign(1))] * 2, added(0))
    instantly = Instantly(asks)
    await instantly.campaigns.create(PLAN, today=TODAY)
    await instantly.campaigns.activate(CAMPAIGN_ID, purpose="start 2")
    await instantly.leads.add(CAMPAIGN_ID, [written()], steps=3, purpose="batch 4")
    assert [request.purpose for request in asks.requests] == ["seq-7", "start 2", "batch 4"]
    for operation, _ in asks.calls:
        assert operation.is_private
        assert operation.acts_on_world
        assert operation.time_to_live.days == 3650
    assert VENDOR.service == "instantly"
    assert VENDOR.authorize("k") == ({"Authorization": "Bearer k"}, ())


@pytest.mark.parametrize("id_", ["", "../accounts", "019c", f"{CAMPAIGN_ID}/pause"])
async def test_an_id_is_one(id_: str) -> None:
    with pytest.raises(InputError):
        await Instantly(RecordingAsks()).campaigns.get(id_)


async def test_a_campaign_needs_an_account_and_a_change_something_to_change() -> None:
    campaigns = Instantly(RecordingAsks()).campaigns
    with pytest.raises(InputError, match="no account"):
        await campaigns.create(replace(PLAN, accounts=()), today=TODAY)
    with pytest.raises(InputError, match="Nothing"):
        await campaigns.change(CAMPAIGN_ID, purpose="1", today=TODAY)
    with pytest.raises(InputError, match="do not fit"):
        await campaigns.create(replace(PLAN, hours=SendingHours("America/Chicago", time(9), time(9))), today=TODAY)

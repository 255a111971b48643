"""Our client of Instantly and the sandbox understand each other: a whole campaign, lost answers, refusals, webhooks."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, time

import pytest
from instantly_workspace import ACCOUNTS, SECRET, Workspace
from sandbox_server import Sandbox
from webhook_receiver import Receiver, receiving
from wire_asks import WireAsks, asking
from wire_contract import WireContract

from leadgen.errors import CredentialsRejected, QuotaSpent, VendorRefused, VendorUnavailable
from leadgen.providers.instantly import Instantly
from leadgen.providers.instantly_campaigns import CampaignPlan
from leadgen.providers.instantly_leads import LeadEmail, NewLead
from leadgen.providers.instantly_schedule import SendingHours
from leadgen.providers.instantly_webhooks import SECRET_HEADER, InstantlyEvent, read_event

TODAY = datetime.now(UTC).date()
ANA, BO, CY = "ana+interested@b.example", "bo+out_of_office@c.example", "cy+bounced@d.example"
HOURS = SendingHours("America/New_York", time(0), time(23, 59), frozenset(range(7)))
SECRET_VALUE = SECRET[SECRET_HEADER]


def plan(our_id: str = "seq-7") -> CampaignPlan:
    return CampaignPlan("Austin dentists", our_id, (0, 3, 7), HOURS, tuple(ACCOUNTS), gap_minutes=1)


def written(*addresses: str) -> list[NewLead]:
    return [
        NewLead(address, tuple(LeadEmail(f"Idea {n}", f"<p>Hello {address}, part {n}</p>") for n in (1, 2, 3)), "Ana")
        for address in addresses
    ]


@pytest.fixture
def workspace(sandbox: Sandbox) -> Workspace:
    sandbox.admin("PUT", "/limits", json={"instantly": {"rates": []}})
    return Workspace(sandbox, WireContract("instantly/instantly-v2.trimmed.json"))


async def created(instantly: Instantly, *addresses: str) -> str:
    """The id of a draft with these leads."""
    made = (await instantly.campaigns.create(plan(), today=TODAY)).value
    assert made is not None
    if addresses:
        await instantly.leads.add(made.campaign_id, written(*addresses), steps=3, purpose="batch")
    return made.campaign_id


async def test_a_campaign_is_made_sent_answered_and_ended(sandbox: Sandbox, workspace: Workspace) -> None:
    async with asking(sandbox, "instantly") as asks:
        instantly = Instantly(asks)
        senders = [account.address for account in await instantly.emails.accounts() if account.can_send]
        id_ = await created(instantly, ANA, BO, CY)
        started = (await instantly.campaigns.activate(id_, purpose="start")).value
        workspace.after(12)
        ended = (await instantly.campaigns.get(id_)).value
        counts = (await instantly.campaigns.counts(id_)).value
        leads = {lead.address: lead for lead in await instantly.leads.all_of(id_)}
        answers = await instantly.emails.received(campaign_id=id_)

    assert senders == ACCOUNTS
    assert started is not None
    assert ended is not None
    assert (started.status, ended.status) == ("active", "completed")
    assert counts is not None
    assert (counts.leads, counts.contacted, counts.sent, counts.replied) == (3, 3, 5, 1)
    assert (counts.auto_replies, counts.bounced, counts.unsubscribed) == (1, 1, 0)
    assert [leads[address].status for address in (ANA, BO, CY)] == ["completed", "completed", "bounced"]
    assert [leads[address].interest for address in (ANA, BO, CY)] == ["interested", "out_of_office", None]
    assert {(one.lead_address, one.is_auto_reply, one.interest_value) for one in answers} == {
        (ANA, False, 1),
        (BO, True, 0),
    }
    assert all(f"Hello {one.lead_address}, part 1" in (one.text or "") for one in answers)


async def test_a_reply_is_read_page_by_page_marked_and_answered(sandbox: Sandbox, workspace: Workspace) -> None:
    async with asking(sandbox, "instantly") as asks:
        instantly = Instantly(asks)
        id_ = await created(instantly, ANA)
        await instantly.campaigns.activate(id_, purpose="start")
        workspace.after(2)
        page = (await instantly.emails.received_page(campaign_id=id_)).value
        assert page is not None
        [reply] = page.emails
        newer = (await instantly.emails.received_page(since=reply.stored_at, after=reply.email_id)).value
        sent = (
            await instantly.emails.reply(
                reply.email_id, account=reply.account, subject=reply.subject, html="Gladly", purpose="answer 1"
            )
        ).value
        await instantly.leads.mark(id_, ANA, "meeting_booked", purpose="mark 1")
        lead = (await instantly.leads.find(id_, ANA)).value
        nobody = (await instantly.leads.find(id_, "nobody@b.example")).value

    assert newer is not None
    assert (newer.emails, newer.next_after) == ((), None)
    assert sent is not None
    assert (sent.thread_id, sent.is_received) == (reply.thread_id, False)
    assert lead is not None
    assert (lead.interest, lead.replies, nobody) == ("meeting_booked", 1, None)


async def test_a_campaign_is_changed_paused_and_deleted(sandbox: Sandbox, workspace: Workspace) -> None:
    async with asking(sandbox, "instantly") as asks:
        campaigns = Instantly(asks).campaigns
        id_ = await created(Instantly(asks))
        hours = SendingHours("America/Los_Angeles", time(9), time(16))
        changed = (await campaigns.change(id_, purpose="1", today=TODAY, hours=hours, daily_limit=5)).value
        paused = (await campaigns.pause(id_, purpose="2")).value
        deleted = [(await campaigns.delete(id_, purpose=purpose)).value for purpose in ("3", "4")]
        gone = (await campaigns.get(id_)).value

    assert changed is not None
    assert paused is not None
    assert (changed.status, paused.status) == ("draft", "paused")
    assert [one is None for one in deleted] == [False, True]
    assert gone is None


async def test_lists_longer_than_a_page_are_read_to_their_end(sandbox: Sandbox, workspace: Workspace) -> None:
    addresses = [f"a{number}@b{number}.example" for number in range(230)]
    async with asking(sandbox, "instantly") as asks:
        instantly = Instantly(asks)
        id_ = await created(instantly, *addresses)
        leads = await instantly.leads.all_of(id_)
        for number in range(101):
            await instantly.leads.block(f"blocked{number}.example", purpose=str(number))
        blocked = await instantly.leads.blocked()

    assert [lead.address for lead in leads] == addresses
    assert len(blocked) == 101


Act = Callable[[Instantly, str], Awaitable[object]]
ACTS: dict[str, Act] = {
    "create": lambda instantly, _id: instantly.campaigns.create(plan("seq-8"), today=TODAY),
    "add": lambda instantly, id_: instantly.leads.add(id_, written(BO, CY), steps=3, purpose="batch 2"),
    "activate": lambda instantly, id_: instantly.campaigns.activate(id_, purpose="1"),
    "pause": lambda instantly, id_: instantly.campaigns.pause(id_, purpose="2"),
    "change": lambda instantly, id_: instantly.campaigns.change(id_, purpose="3", today=TODAY, daily_limit=9),
    "mark": lambda instantly, id_: instantly.leads.mark(id_, ANA, "won", purpose="4"),
    "block": lambda instantly, _id: instantly.leads.block("b.example", purpose="5"),
    "delete": lambda instantly, id_: instantly.campaigns.delete(id_, purpose="6"),
}


@pytest.mark.parametrize("act", ACTS)
async def test_what_was_done_though_its_answer_was_lost_is_not_done_again(
    sandbox: Sandbox, workspace: Workspace, act: str
) -> None:
    async with asking(sandbox, "instantly") as asks:
        instantly = Instantly(asks)
        id_ = await created(instantly, ANA)
        sandbox.admin("PUT", "/faults", json={"instantly": {"reset_rate": 1}})
        answer = await ACTS[act](instantly, id_)
        names = Counter(one["name"] for one in workspace.checked("GET", "/campaigns")["items"])

    operations = sandbox.counts("instantly")["operations"]
    lost = [outcome for one in operations.values() for outcome in one["outcomes"] if outcome == "reset"]
    assert (asks.lost, len(lost)) == (1, 1)
    assert max(names.values(), default=1) == 1
    assert answer is not None
    once = {"create": "create_campaign", "add": "add_leads", "mark": "mark_lead", "block": "block"}.get(
        act, f"{act}_campaign"
    )
    assert operations[once]["calls"] == (2 if act in {"create", "add"} else 1)  # one of them made the campaign at first


async def test_leads_found_again_are_those_that_were_taken(sandbox: Sandbox, workspace: Workspace) -> None:
    async with asking(sandbox, "instantly") as asks:
        leads = Instantly(asks).leads
        id_ = await created(Instantly(asks))
        await leads.block("c.example", purpose="1")
        sandbox.admin("PUT", "/faults", json={"instantly": {"reset_rate": 1}})
        added = (await leads.add(id_, written(ANA, BO, CY), steps=3, purpose="batch")).value

    assert added is not None
    assert (sorted(added.lead_ids), added.blocked) == ([0, 2], 1)


async def test_refusals_are_understood(sandbox: Sandbox, workspace: Workspace) -> None:
    async with asking(sandbox, "instantly", f"{sandbox.key}-readonly") as asks:
        with pytest.raises(CredentialsRejected, match="scope"):
            await Instantly(asks).campaigns.create(plan(), today=TODAY)
        assert await Instantly(asks).emails.accounts()
    async with asking(sandbox, "instantly") as asks:
        campaigns = Instantly(asks).campaigns
        strange = CampaignPlan("x", "seq-9", (0,), HOURS, ("somebody@else.example",))
        with pytest.raises(VendorRefused) as refused:
            await campaigns.create(strange, today=TODAY)
        assert "@" not in str(refused.value)
        sandbox.admin("PUT", "/limits", json={"instantly": {"rates": [{"requests": 1, "seconds": 60}]}})
        await campaigns.get("019c0000-0000-7000-8000-0000000000c1")
        with pytest.raises(VendorUnavailable, match="Rate limit"):
            await campaigns.get("019c0000-0000-7000-8000-0000000000c1")
        sandbox.admin("PUT", "/limits", json={"instantly": {"rates": [], "quota": 0}})
        with pytest.raises(QuotaSpent, match="Renew the plan"):
            await campaigns.get("019c0000-0000-7000-8000-0000000000c1")
        sandbox.admin("PUT", "/limits", json={})


def events(workspace: Workspace, receiver: Receiver) -> list[InstantlyEvent]:
    workspace.sandbox.admin("GET", "/webhooks/settled")
    return [read_event(SECRET_VALUE, one.headers, one.body) for one in receiver.received]


async def test_webhooks_are_believed_and_known_again(sandbox: Sandbox, workspace: Workspace) -> None:
    with receiving() as receiver:
        async with asking(sandbox, "instantly") as asks:
            instantly = Instantly(asks)
            hooks = [await instantly.webhooks.subscribe(receiver.url, SECRET_VALUE) for _ in range(2)]
            id_ = await created(instantly, ANA, BO, CY)
            sandbox.admin("PUT", "/webhooks", json={"copies": 3, "shuffled": True})
            await instantly.campaigns.activate(id_, purpose="start")
            await asyncio.to_thread(workspace.after, 10)
            told = await asyncio.to_thread(events, workspace, receiver)
            sandbox.admin("PUT", "/webhooks", json={})
            listed = await instantly.webhooks.all()
            deleted = [(await instantly.webhooks.delete(hooks[0].webhook_id)).value for _ in range(2)]
    once = {event.key: event for event in told}

    assert len(told) == 3 * len(once)
    assert Counter(event.kind for event in once.values()) == {
        "email_sent": 5,
        "reply_received": 1,
        "auto_reply_received": 1,
        "email_bounced": 1,
        "lead_interested": 1,
        "lead_out_of_office": 1,
        "campaign_completed": 1,
    }
    assert [event.lead_address for event in once.values() if event.suppresses] == [CY]
    assert hooks[0] == hooks[1]
    assert [hook.webhook_id for hook in listed] == [hooks[0].webhook_id]
    assert [one is None for one in deleted] == [False, True]


async def test_a_subscription_whose_answer_was_lost_is_made_once(sandbox: Sandbox, workspace: Workspace) -> None:
    async def lost(asks: WireAsks) -> int:
        """The subscription's own answer is lost, not that of the look before it."""
        webhooks = Instantly(asks).webhooks
        found = webhooks._find

        async def find_first(url: str, campaign_id: str | None) -> dict[str, object] | None:
            there = await found(url, campaign_id)
            if not asks.lost:
                sandbox.admin("PUT", "/faults", json={"instantly": {"reset_rate": 1}})
            return there

        webhooks._find = find_first  # type: ignore[method-assign]
        await webhooks.subscribe("http://127.0.0.1:9/hook", SECRET_VALUE)
        return asks.lost

    async with asking(sandbox, "instantly") as asks:
        assert await lost(asks) == 1
        [hook] = await Instantly(asks).webhooks.all()
        await Instantly(asks).webhooks.delete(hook.webhook_id)

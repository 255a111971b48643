"""Campaigns at Instantly: made as a draft, activated, paused, changed, deleted, counted.

Facts (VENDORS.md section 9): the copy belongs to the campaign, so each step is the template `{{subject_1}}`, `{{body_1}}` and
the text comes with the lead. Nothing is sent before a campaign is activated. Names are not unique there: ours hold our id, so
that a campaign whose making went unanswered is found again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Lookup, Operation, Reply, Request
from leadgen.providers.instantly_schedule import SendingHours, schedule_json, waits_between
from leadgen.providers.instantly_vendor import (
    ACTING,
    PER_PAGE,
    READING,
    as_reply,
    each_entry,
    judge_one,
    judge_some,
    path_of,
)

PATH = "/api/v2/campaigns"

CampaignStatus = Literal[
    "draft",
    "active",
    "paused",
    "completed",
    "running_subsequences",
    "suspended",
    "unhealthy",
    "bounce_protect",
    "unknown",
]
_STATUSES: Mapping[int, CampaignStatus] = {
    0: "draft",
    1: "active",
    2: "paused",
    3: "completed",
    4: "running_subsequences",
    -99: "suspended",
    -1: "unhealthy",
    -2: "bounce_protect",
}
_STARTED = frozenset(
    {"active", "running_subsequences"}
)  # what else it may be after a start is put right by another one

CREATE = replace(ACTING, name="create_campaign")
ACTIVATE = replace(ACTING, name="activate_campaign")
PAUSE = replace(ACTING, name="pause_campaign")
CHANGE = replace(ACTING, name="change_campaign")
DELETE = replace(ACTING, name="delete_campaign", judge=judge_one)
CAMPAIGN = replace(READING, name="campaign", judge=judge_one)
CAMPAIGNS = replace(READING, name="campaigns")
ANALYTICS = replace(READING, name="analytics", judge=judge_some)


class _Campaign(BaseModel):
    id: str
    name: str
    status: int
    not_sending_status: int | None = None


class _Analytics(BaseModel):
    campaign_id: str
    leads_count: int = 0
    contacted_count: int = 0
    emails_sent_count: int = 0
    open_count_unique: int = 0
    reply_count_unique: int = 0
    reply_count_automatic: int = 0
    bounced_count: int = 0
    unsubscribed_count: int = 0
    completed_count: int = 0


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """A campaign to be made.

    our_id         our id of it, which its name holds at Instantly
    day_offsets    the day of each email, counted from the first: (0, 3, 7)
    accounts       the sending accounts' addresses, of the workspace
    daily_limit    emails a day, all accounts together
    gap_minutes    between two emails of an account
    Opens and clicks are not tracked unless asked for; every email carries an unsubscribe header.
    """

    title: str
    our_id: str
    day_offsets: tuple[int, ...]
    hours: SendingHours
    accounts: tuple[str, ...] = field(repr=False)
    daily_limit: int = 30
    gap_minutes: int = 10
    tracks_opens: bool = False
    tracks_links: bool = False

    @property
    def name(self) -> str:
        """What it is called at Instantly: found again by our id."""
        return f"{self.title} [{self.our_id}]"


@dataclass(frozen=True, slots=True)
class InstantlyCampaign:
    """A campaign as it stands. `not_sending` is Instantly's reason why an active one sends nothing now, None where it does."""

    campaign_id: str
    name: str
    status: CampaignStatus
    not_sending: str | None

    @property
    def needs_attention(self) -> bool:
        """Whether Instantly has stopped it by itself: it takes a person to go on."""
        return self.status in {"suspended", "unhealthy", "bounce_protect"}


@dataclass(frozen=True, slots=True)
class CampaignCounts:
    """What became of a campaign so far. `replied` are leads, automatic replies left out; `auto_replies` are emails."""

    campaign_id: str
    leads: int
    contacted: int
    sent: int
    opened: int
    replied: int
    auto_replies: int
    bounced: int
    unsubscribed: int
    completed: int


class InstantlyCampaigns:
    """The campaigns of a tenant's workspace. `purpose` is our id of the step taken: under the same one it is taken once."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def create(self, plan: CampaignPlan, *, today: date) -> Answer[InstantlyCampaign]:
        """Makes a campaign as a draft, once for our id of it. `today` settles which zone keeps the hours.

        Raises:
            InputError: the days or hours cannot be kept, or there is no sending account.
            VendorError: as `Asks.ask`.
        """
        request = Request("POST", PATH, body=campaign_json(plan, today), purpose=plan.our_id)
        return await self._asks.ask(CREATE, request, _read_campaign, find=self._by_name(plan))

    async def get(self, campaign_id: str) -> Answer[InstantlyCampaign]:
        """A campaign as it stands; a miss where the workspace has none of that id.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return await self._asks.ask(CAMPAIGN, Request("GET", path_of("campaigns", campaign_id)), _read_campaign)

    async def activate(self, campaign_id: str, *, purpose: str) -> Answer[InstantlyCampaign]:
        """Lets a campaign send: from here on mail leaves.

        Raises:
            VendorError: as `Asks.ask`.
        """
        find = self._when(campaign_id, lambda body: _read_campaign(body).status in _STARTED)
        return await self._act(ACTIVATE, campaign_id, "/activate", purpose, find)

    async def pause(self, campaign_id: str, *, purpose: str) -> Answer[InstantlyCampaign]:
        """Stops a campaign until it is activated again.

        Raises:
            VendorError: as `Asks.ask`.
        """
        find = self._when(campaign_id, lambda body: _read_campaign(body).status == "paused")
        return await self._act(PAUSE, campaign_id, "/pause", purpose, find)

    async def _act(
        self, operation: Operation, campaign_id: str, action: str, purpose: str, find: Lookup
    ) -> Answer[InstantlyCampaign]:
        request = Request("POST", path_of("campaigns", campaign_id, action), purpose=purpose)
        return await self._asks.ask(operation, request, _read_campaign, find=find)

    async def change(
        self,
        campaign_id: str,
        *,
        purpose: str,
        today: date,
        hours: SendingHours | None = None,
        accounts: Sequence[str] | None = None,
        daily_limit: int | None = None,
        gap_minutes: int | None = None,
    ) -> Answer[InstantlyCampaign]:
        """Changes when, from where and how much a campaign sends; what is None stays. The copy is never changed.

        Raises:
            InputError: nothing is to be changed, or the hours cannot be kept.
            VendorError: as `Asks.ask`.
        """
        changes = {
            "campaign_schedule": schedule_json(hours, today) if hours else None,
            "email_list": list(accounts) if accounts else None,
            "daily_limit": daily_limit,
            "email_gap": gap_minutes,
        }
        body = {name: value for name, value in changes.items() if value is not None}
        if not body:
            raise InputError("Nothing of the campaign is to be changed.")
        find = self._when(campaign_id, lambda now: all(now.get(name) == value for name, value in body.items()))
        request = Request("PATCH", path_of("campaigns", campaign_id), body=body, purpose=purpose)
        return await self._asks.ask(CHANGE, request, _read_campaign, find=find)

    async def delete(self, campaign_id: str, *, purpose: str) -> Answer[InstantlyCampaign]:
        """Deletes a campaign with its leads; a miss where it was gone already.

        Raises:
            VendorError: as `Asks.ask`.
        """

        async def find() -> Reply | None:
            there = (await self._raw(campaign_id)).value
            return None if there else as_reply({}, 404)

        request = Request("DELETE", path_of("campaigns", campaign_id), purpose=purpose)
        return await self._asks.ask(DELETE, request, _read_campaign, find=find)

    async def counts(self, campaign_id: str) -> Answer[CampaignCounts]:
        """What became of a campaign so far; a miss where Instantly has no figures of it.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", f"{PATH}/analytics", query=(("id", campaign_id),))
        return await self._asks.ask(ANALYTICS, request, _read_counts)

    async def _raw(self, campaign_id: str) -> Answer[dict[str, Any]]:
        return await self._asks.ask(CAMPAIGN, Request("GET", path_of("campaigns", campaign_id)), dict)

    def _by_name(self, plan: CampaignPlan) -> Lookup:
        async def find() -> Reply | None:
            # all of them: that its search finds a part of a name is nowhere promised
            everything = Request("GET", PATH, query=(("limit", str(PER_PAGE)),))
            async for entry in each_entry(self._asks, CAMPAIGNS, everything):
                if entry.get("name") == plan.name:
                    return as_reply(entry)
            return None

        return find

    def _when(self, campaign_id: str, is_so: Callable[[dict[str, Any]], bool]) -> Lookup:
        """Looks whether the campaign stands as the lost call would have left it; doing the rest again changes nothing else."""

        async def find() -> Reply | None:
            there = (await self._raw(campaign_id)).value
            return as_reply(there) if there and is_so(there) else None

        return find


def campaign_json(plan: CampaignPlan, today: date) -> dict[str, Any]:
    """The body that makes a campaign.

    Raises:
        InputError: as `InstantlyCampaigns.create`.
    """
    if not plan.accounts:
        raise InputError(
            "The campaign has no account to send from.", remedy="Choose one of the workspace's sending accounts."
        )
    steps = [
        {
            "type": "email",
            "delay": wait,
            "delay_unit": "days",
            "variants": [{"subject": f"{{{{subject_{step}}}}}", "body": f"{{{{body_{step}}}}}"}],
        }
        for step, wait in enumerate(waits_between(plan.day_offsets), start=1)
    ]
    return {
        "name": plan.name,
        "campaign_schedule": schedule_json(plan.hours, today),
        "sequences": [{"steps": steps}],
        "email_list": list(plan.accounts),
        "daily_limit": plan.daily_limit,
        "email_gap": plan.gap_minutes,
        "stop_on_reply": True,
        "stop_on_auto_reply": False,
        "open_tracking": plan.tracks_opens,
        "link_tracking": plan.tracks_links,
        "insert_unsubscribe_header": True,
    }


_REASONS = {
    1: "outside of its hours",
    2: "waiting for a lead",
    3: "its daily limit is reached",
    4: "its accounts' daily limits are reached",
    99: "an error at Instantly",
}


def _read_campaign(body: Any) -> InstantlyCampaign:
    campaign = _Campaign.model_validate(body)
    reason = campaign.not_sending_status
    return InstantlyCampaign(
        campaign_id=campaign.id,
        name=campaign.name,
        status=_STATUSES.get(campaign.status, "unknown"),
        not_sending=_REASONS.get(reason, f"reason {reason}") if reason is not None else None,
    )


def _read_counts(body: Any) -> CampaignCounts:
    counts = _Analytics.model_validate(body[0])
    return CampaignCounts(
        campaign_id=counts.campaign_id,
        leads=counts.leads_count,
        contacted=counts.contacted_count,
        sent=counts.emails_sent_count,
        opened=counts.open_count_unique,
        replied=counts.reply_count_unique,
        auto_replies=counts.reply_count_automatic,
        bounced=counts.bounced_count,
        unsubscribed=counts.unsubscribed_count,
        completed=counts.completed_count,
    )

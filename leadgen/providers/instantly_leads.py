"""Leads of a campaign at Instantly: added with the emails written to each, listed, marked; and who is never written to.

Facts (VENDORS.md section 9): up to 1,000 leads a call; their emails travel as custom variables, which are texts, numbers or
truth values. Leads that the workspace has already, or blocks, are passed over and counted. A block list entry is an address or
a domain; Instantly deletes entries by a search, so one that others match as well is not deleted.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Lookup, Reply, Request
from leadgen.providers.instantly_vendor import ACTING, PER_PAGE, READING, as_reply, each_entry, judge_some

PATH = "/api/v2/leads"
BLOCKED_PATH = "/api/v2/block-lists-entries"
MOST_LEADS = 1_000
_FILLED_IN = re.compile(r"\{[{%]")

LeadStatus = Literal["active", "paused", "completed", "bounced", "unsubscribed", "skipped", "unknown"]
_STATUSES: Mapping[int, LeadStatus] = {
    1: "active",
    2: "paused",
    3: "completed",
    -1: "bounced",
    -2: "unsubscribed",
    -3: "skipped",
}
Interest = Literal[
    "out_of_office",
    "interested",
    "meeting_booked",
    "meeting_completed",
    "won",
    "not_interested",
    "wrong_person",
    "lost",
    "no_show",
]
INTERESTS: Mapping[Interest, int] = {
    "out_of_office": 0,
    "interested": 1,
    "meeting_booked": 2,
    "meeting_completed": 3,
    "won": 4,
    "not_interested": -1,
    "wrong_person": -2,
    "lost": -3,
    "no_show": -4,
}
_INTEREST_OF = {value: name for name, value in INTERESTS.items()}

ADD = replace(ACTING, name="add_leads")
MARK = replace(ACTING, name="mark_lead")
LEADS = replace(READING, name="leads")
LEAD = replace(READING, name="lead", judge=judge_some)
BLOCK = replace(ACTING, name="block")
UNBLOCK = replace(ACTING, name="unblock", judge=judge_some)
BLOCKED = replace(READING, name="blocked")


class _Created(BaseModel):
    id: str
    index: int


class _Added(BaseModel):
    leads_uploaded: int
    in_blocklist: int | None = None
    duplicated_leads: int | None = None
    skipped_count: int | None = None
    invalid_email_count: int | None = None
    remaining_in_plan: int | None = None
    created_leads: list[_Created] = []


class _Lead(BaseModel):
    id: str
    email: str | None = None
    campaign: str | None = None
    status: int
    lt_interest_status: int | None = None
    email_open_count: int = 0
    email_reply_count: int = 0
    timestamp_last_contact: datetime | None = None


class _Entry(BaseModel):
    id: str
    bl_value: str
    is_domain: bool


@dataclass(frozen=True, slots=True)
class LeadEmail:
    """One email as it is to leave, its footer included."""

    subject: str = field(repr=False)
    body_html: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class NewLead:
    """Someone to write to, and what: one email for each step of the campaign."""

    address: str = field(repr=False)
    emails: tuple[LeadEmail, ...]
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    company: str | None = None
    website: str | None = None
    our_id: str | None = None  # comes back with the lead as the variable `leadgen_id`


@dataclass(frozen=True, slots=True)
class LeadsAdded:
    """What became of the leads given. `lead_ids` by their place in what was given, those that stood in the campaign already
    included; who is missing was passed over.

    The reasons are counted; None where they are not known, because the answer was lost and the leads were found again.
    `left_in_plan` is how many more the workspace may add.
    """

    lead_ids: Mapping[int, str]
    blocked: int | None
    duplicates: int | None
    skipped: int | None
    invalid: int | None
    left_in_plan: int | None


@dataclass(frozen=True, slots=True)
class InstantlyLead:
    """A lead as it stands."""

    lead_id: str
    campaign_id: str | None
    address: str | None = field(repr=False)
    status: LeadStatus
    interest: Interest | None
    opens: int
    replies: int
    last_contacted_at: datetime | None


@dataclass(frozen=True, slots=True)
class BlockedEntry:
    """An address or a domain that the workspace never writes to."""

    entry_id: str
    value: str = field(repr=False)
    is_domain: bool


class InstantlyLeads:
    """The leads of a tenant's workspace. `purpose` is our id of the step taken: under the same one it is taken once."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def add(
        self, campaign_id: str, leads: Sequence[NewLead], *, steps: int, purpose: str, skips_known: bool = True
    ) -> Answer[LeadsAdded]:
        """Adds up to 1,000 leads to a campaign of so many steps. `skips_known` passes over whom the workspace has anywhere.

        Raises:
            InputError: none or too many, one address twice, or an email that is missing or would be filled in again.
            VendorError: as `Asks.ask`.
        """
        body = {
            "campaign_id": campaign_id,
            "leads": leads_json(leads, steps),
            "skip_if_in_campaign": True,  # so that an addition whose answer was lost may be repeated
            "skip_if_in_workspace": skips_known,
        }
        request = Request("POST", f"{PATH}/add", body=body, purpose=purpose)
        answer = await self._asks.ask(ADD, request, _read_added, find=self._finding(campaign_id, leads))
        added = answer.value
        if added is None or not (added.skipped or added.duplicates):
            return answer
        there = await self._standing(campaign_id, leads)
        return replace(answer, value=replace(added, lead_ids={**there, **added.lead_ids}))

    async def all_of(self, campaign_id: str) -> tuple[InstantlyLead, ...]:
        """All leads of a campaign.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("POST", f"{PATH}/list", body={"campaign": campaign_id, "limit": PER_PAGE})
        return tuple([_read_lead(entry) async for entry in each_entry(self._asks, LEADS, request)])

    async def find(self, campaign_id: str, address: str) -> Answer[InstantlyLead]:
        """The lead with that address in a campaign; a miss where there is none.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("POST", f"{PATH}/list", body={"campaign": campaign_id, "contacts": [address], "limit": 1})
        return await self._asks.ask(LEAD, request, lambda body: _read_lead(body["items"][0]))

    async def mark(self, campaign_id: str, address: str, interest: Interest | None, *, purpose: str) -> Answer[bool]:
        """Says how a lead has answered; None takes the mark away. Instantly tells its own subscribers.

        Raises:
            VendorError: as `Asks.ask`.
        """
        value = INTERESTS[interest] if interest else None
        body = {"lead_email": address, "interest_value": value, "campaign_id": campaign_id}

        async def find() -> Reply | None:
            lead = (await self.find(campaign_id, address)).value
            return as_reply({"message": "found"}, HTTPStatus.ACCEPTED) if lead and lead.interest == interest else None

        request = Request("POST", f"{PATH}/update-interest-status", body=body, purpose=purpose)
        return await self._asks.ask(MARK, request, lambda _body: True, find=find)

    async def block(self, value: str, *, purpose: str) -> Answer[BlockedEntry]:
        """Never writes to an address or a domain again.

        Raises:
            VendorError: as `Asks.ask`.
        """

        async def find() -> Reply | None:
            entry = next((one for one in await self._blocked(value) if one["bl_value"].lower() == value.lower()), None)
            return as_reply(entry) if entry else None

        request = Request("POST", BLOCKED_PATH, body={"bl_value": value}, purpose=purpose)
        return await self._asks.ask(BLOCK, request, _read_entry, find=find)

    async def blocked(self) -> tuple[BlockedEntry, ...]:
        """The whole block list.

        Raises:
            VendorError: as `Asks.ask`.
        """
        return tuple(_read_entry(entry) for entry in await self._blocked(None))

    async def unblock(self, value: str, *, purpose: str) -> Answer[BlockedEntry]:
        """Takes an address or a domain off the block list; a miss where it does not stand there.

        Raises:
            InputError: the search that Instantly deletes by would take others off as well.
            VendorError: as `Asks.ask`.
        """
        matches = await self._blocked(value)
        if any(entry["bl_value"].lower() != value.lower() for entry in matches):
            raise InputError(
                "Instantly would take other entries off the block list as well.",
                remedy="Delete the entry in Instantly (Settings, Blocklist).",
            )

        async def find() -> Reply | None:
            return None if await self._blocked(value) else as_reply([])

        request = Request("DELETE", BLOCKED_PATH, query=(("search", value),), purpose=purpose)
        return await self._asks.ask(UNBLOCK, request, lambda body: _read_entry(body[0]), find=find)

    async def _blocked(self, value: str | None) -> list[dict[str, Any]]:
        query = (("limit", str(PER_PAGE)), *((("search", value),) if value else ()))
        return [entry async for entry in each_entry(self._asks, BLOCKED, Request("GET", BLOCKED_PATH, query=query))]

    def _finding(self, campaign_id: str, leads: Sequence[NewLead]) -> Lookup:
        """Whether all leads stand in the campaign; where one does not, adding them again passes over those that do."""

        async def find() -> Reply | None:
            there = await self._standing(campaign_id, leads)
            if len(there) < len(leads):
                return None
            created = [{"index": place, "id": id_} for place, id_ in sorted(there.items())]
            return as_reply({"leads_uploaded": len(created), "created_leads": created})

        return find

    async def _standing(self, campaign_id: str, leads: Sequence[NewLead]) -> dict[int, str]:
        """The ids of those leads that stand in the campaign, by their place among the leads."""
        places = {lead.address.lower(): place for place, lead in enumerate(leads)}
        addresses = [lead.address for lead in leads]
        there: dict[int, str] = {}
        for start in range(0, len(addresses), PER_PAGE):
            body = {"campaign": campaign_id, "contacts": addresses[start : start + PER_PAGE], "limit": PER_PAGE}
            async for entry in each_entry(self._asks, LEADS, Request("POST", f"{PATH}/list", body=body)):
                lead = _Lead.model_validate(entry)
                place = places.get((lead.email or "").lower())
                if place is not None:
                    there[place] = lead.id
        return there


def leads_json(leads: Sequence[NewLead], steps: int) -> list[dict[str, Any]]:
    """The leads as Instantly takes them.

    Raises:
        InputError: as `InstantlyLeads.add`.
    """
    if not 1 <= len(leads) <= MOST_LEADS:
        raise InputError(f"1 to {MOST_LEADS} leads are added at a time, not {len(leads)}.")
    if len({lead.address.lower() for lead in leads}) < len(leads):
        raise InputError("One address stands twice among the leads.")
    return [_lead_json(lead, steps) for lead in leads]


def _lead_json(lead: NewLead, steps: int) -> dict[str, Any]:
    if len(lead.emails) != steps or not all(email.subject and email.body_html for email in lead.emails):
        raise InputError(f"A lead needs an email with subject and body for each of the campaign's {steps} steps.")
    if any(_FILLED_IN.search(text) for email in lead.emails for text in (email.subject, email.body_html)):
        raise InputError(
            "An email holds {{ or {%, which Instantly would fill in.", remedy="Write the email without it."
        )
    variables: dict[str, str] = {"leadgen_id": lead.our_id} if lead.our_id else {}
    for step, email in enumerate(lead.emails, start=1):
        variables |= {f"subject_{step}": email.subject, f"body_{step}": email.body_html}
    known = {
        "email": lead.address,
        "first_name": lead.first_name,
        "last_name": lead.last_name,
        "company_name": lead.company,
        "website": lead.website,
    }
    return {**{name: value for name, value in known.items() if value}, "custom_variables": variables}


def _read_added(body: Any) -> LeadsAdded:
    added = _Added.model_validate(body)
    return LeadsAdded(
        lead_ids={created.index: created.id for created in added.created_leads},
        blocked=added.in_blocklist,
        duplicates=added.duplicated_leads,
        skipped=added.skipped_count,
        invalid=added.invalid_email_count,
        left_in_plan=added.remaining_in_plan,
    )


def _read_lead(entry: Any) -> InstantlyLead:
    lead = _Lead.model_validate(entry)
    interest = lead.lt_interest_status
    return InstantlyLead(
        lead_id=lead.id,
        campaign_id=lead.campaign,
        address=lead.email,
        status=_STATUSES.get(lead.status, "unknown"),
        interest=_INTEREST_OF.get(interest) if interest is not None else None,
        opens=lead.email_open_count,
        replies=lead.email_reply_count,
        last_contacted_at=lead.timestamp_last_contact,
    )


def _read_entry(body: Any) -> BlockedEntry:
    entry = _Entry.model_validate(body)
    return BlockedEntry(entry.id, entry.bl_value, entry.is_domain)

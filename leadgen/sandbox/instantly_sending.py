"""What happens at Instantly as time goes by: campaigns send within their hours, those written to react, all of it is told.

Nothing runs in the background: whatever was due is done in its order when the time is looked at (`Sending.tick`).
"""

import heapq
import re
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from html import unescape
from itertools import count
from typing import Any

from leadgen.sandbox.instantly_reactions import MARK_EVENTS, MARKS, Reaction, opens, reaction_of
from leadgen.sandbox.instantly_workspace import (
    ACCOUNT_DAILY_LIMIT,
    ACTIVE,
    COMPLETED,
    LEAD_ACTIVE,
    LEAD_BOUNCED,
    LEAD_COMPLETED,
    LEAD_SKIPPED,
    LEAD_UNSUBSCRIBED,
    RECEIVED,
    SENT,
    Campaign,
    Email,
    Lead,
    Workspace,
    new_id,
)
from leadgen.sandbox.lookup import Lookup

_UNITS = {"minutes": timedelta(minutes=1), "hours": timedelta(hours=1), "days": timedelta(days=1)}
_UNTIL_OPENED = timedelta(minutes=30)
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_OWN_NAMES = {
    "firstName": "first_name",
    "lastName": "last_name",
    "companyName": "company_name",
    "jobTitle": "job_title",
}
_LONGEST_SEARCH_DAYS = 400


class Sending:
    """The future of one workspace, in order."""

    def __init__(self, workspace: Workspace, lookup: Lookup) -> None:
        self._workspace = workspace
        self._lookup = lookup
        self._agenda: list[tuple[datetime, int, Callable[[datetime], None]]] = []
        self._numbers = count()
        self._free_at: dict[str, datetime] = {}  # by account
        self._sent_on: Counter[tuple[str, date]] = Counter()  # by campaign or account

    def tick(self, now: datetime) -> None:
        """Does whatever was due until now, at the time at which it was due."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, happens = heapq.heappop(self._agenda)
            happens(at)
        for hook in self._workspace.hooks.values():
            hook.look_at_failures(now)

    def start(self, campaign: Campaign, now: datetime) -> None:
        """Lines up the leads of an active campaign that are not in line."""
        for lead in self._workspace.leads_of(campaign):
            if campaign.status == ACTIVE and lead.status == LEAD_ACTIVE and not lead.is_waiting:
                lead.is_waiting = True
                self._at(max(now, lead.due_at), partial(self._take_place, campaign, lead))

    def _at(self, moment: datetime, happens: Callable[[datetime], None]) -> None:
        heapq.heappush(self._agenda, (moment, next(self._numbers), happens))

    def _may_send(self, campaign: Campaign, lead: Lead) -> bool:
        if lead.id not in self._workspace.leads or lead.status != LEAD_ACTIVE:
            return False
        if self._workspace.is_blocked(lead.address):
            lead.status = LEAD_SKIPPED
            return False
        return campaign.status == ACTIVE

    def _take_place(self, campaign: Campaign, lead: Lead, at: datetime) -> None:
        """Gives a lead the next moment that hours, gaps and limits leave, and the account that is free then."""
        place = self._place(campaign, lead, at) if self._may_send(campaign, lead) else None
        if place is None:
            lead.is_waiting = False
            self._complete(campaign, at)
            return
        moment, account = place
        self._free_at[account] = moment + timedelta(minutes=campaign.fields.get("email_gap") or 0)
        for whose in (campaign.id, account):
            self._sent_on[whose, campaign.hours.day_of(moment)] += 1
        self._at(moment, partial(self._send, campaign, lead, account))

    def _place(self, campaign: Campaign, lead: Lead, at: datetime) -> tuple[datetime, str] | None:
        hours = campaign.hours
        places = []
        # a conversation stays with the account that began it
        for account in [lead.account] if lead.account in campaign.accounts else campaign.accounts:
            moment = hours.next_open(max(at, self._free_at.get(account, at)))
            for _ in range(_LONGEST_SEARCH_DAYS):
                if moment is None or not self._is_full(campaign, account, hours.day_of(moment)):
                    break
                moment = hours.next_open(hours.day_after(moment))
            else:
                moment = None
            if moment is not None:
                places.append((moment, account))
        return min(places, default=None, key=lambda place: place[0])

    def _is_full(self, campaign: Campaign, account: str, day: date) -> bool:
        limit = campaign.fields.get("daily_limit")
        return (limit is not None and self._sent_on[campaign.id, day] >= limit) or (
            self._sent_on[account, day] >= ACCOUNT_DAILY_LIMIT
        )

    def _send(self, campaign: Campaign, lead: Lead, account: str, at: datetime) -> None:
        lead.is_waiting = False
        if not self._may_send(campaign, lead):
            self._complete(campaign, at)
            return
        number, steps = lead.sent, campaign.steps
        if number >= len(steps):  # the sequence has been cut short meanwhile
            lead.status = LEAD_COMPLETED
            self._complete(campaign, at)
            return
        variant = next(one for one in steps[number]["variants"] if not one.get("v_disabled"))
        subject, html = (_filled(variant[part], lead) for part in ("subject", "body"))
        email = Email(new_id(at), SENT, at, lead, account, subject, html, plain(html), number)
        self._workspace.emails[email.id] = email
        lead.sent, lead.account, lead.contacted_at, lead.updated_at = number + 1, account, at, at
        copy = {"email_subject": subject, "email_text": email.text, "email_html": html}
        self._workspace.tell("email_sent", campaign, at, lead, **_about(email), **copy)
        self._expect_reaction(campaign, lead, email)
        if lead.sent < len(steps):
            lead.due_at = at + steps[number]["delay"] * _UNITS[steps[number].get("delay_unit", "days")]
            lead.is_waiting = True
            self._at(lead.due_at, partial(self._take_place, campaign, lead))
        else:
            lead.status = LEAD_COMPLETED
            self._complete(campaign, at)

    def _complete(self, campaign: Campaign, at: datetime) -> None:
        """Ends a campaign that has nobody left to write to."""
        still = any(lead.status == LEAD_ACTIVE for lead in self._workspace.leads_of(campaign))
        if campaign.status == ACTIVE and not still and not campaign.fields.get("is_evergreen"):
            campaign.status, campaign.updated_at = COMPLETED, at
            self._workspace.tell("campaign_completed", campaign, at)

    def _expect_reaction(self, campaign: Campaign, lead: Lead, email: Email) -> None:
        seed, address = self._lookup.world.seed, lead.address.lower()
        mailbox = self._lookup.world.mailboxes.get(address)
        reaction = reaction_of(seed, address, mailbox.kind if mailbox else None, len(campaign.steps))
        if (
            campaign.fields.get("open_tracking")
            and reaction.kind != "bounced"
            and opens(seed, address, email.step or 0)
        ):
            self._at(email.at + _UNTIL_OPENED, partial(self._open, campaign, email))
        if reaction.step == email.step and reaction.kind != "silent":
            self._at(email.at + reaction.after, partial(self._react, campaign, email, reaction))

    def _open(self, campaign: Campaign, email: Email, at: datetime) -> None:
        lead = email.lead
        if lead.id in self._workspace.leads:
            lead.opened, lead.opened_at = lead.opened + 1, at
            self._workspace.tell("email_opened", campaign, at, lead, **_about(email))

    def _react(self, campaign: Campaign, email: Email, reaction: Reaction, at: datetime) -> None:
        lead = email.lead
        if lead.id not in self._workspace.leads:
            return
        if reaction.kind == "bounced":
            lead.status = LEAD_BOUNCED
            self._workspace.tell("email_bounced", campaign, at, lead, **_about(email))
        elif reaction.kind == "unsubscribed":
            lead.status = LEAD_UNSUBSCRIBED
            self._workspace.tell("lead_unsubscribed", campaign, at, lead)
        else:
            self._reply(campaign, email, reaction, at)
        lead.updated_at = at
        self._complete(campaign, at)

    def _reply(self, campaign: Campaign, email: Email, reaction: Reaction, at: datetime) -> None:
        lead, mark = email.lead, MARKS.get(reaction.kind)
        text = f"{reaction.text}\n\n{_quoted(email)}"
        html = text.replace("\n", "<br/>")
        subject = f"{'Automatic reply' if reaction.is_auto_reply else 'Re'}: {email.subject}"
        answer = Email(
            new_id(at), RECEIVED, at, lead, email.account, subject, html, text, email.step, reaction.is_auto_reply, mark
        )
        self._workspace.emails[answer.id] = answer
        lead.replied_step, lead.replied_at = (email.step or 0) + 1, at
        if reaction.is_auto_reply:
            lead.auto_replied += 1
        else:
            lead.replied += 1
        self._stop_after_reply(campaign, lead, auto=reaction.is_auto_reply)
        said = {"reply_text": text, "reply_text_snippet": reaction.text, "reply_html": html, "reply_subject": subject}
        event = "auto_reply_received" if reaction.is_auto_reply else "reply_received"
        self._workspace.tell(event, campaign, at, lead, **_about(answer), **said)
        if mark is not None:
            self._workspace.mark(lead, mark, at)
            self._workspace.tell(MARK_EVENTS[mark], campaign, at, lead, **_about(answer))

    def _stop_after_reply(self, campaign: Campaign, lead: Lead, *, auto: bool) -> None:
        fields = campaign.fields
        if not fields.get("stop_on_auto_reply" if auto else "stop_on_reply"):
            return
        whole_company = fields.get("stop_for_company") and not auto
        for one in self._workspace.leads_of(campaign) if whole_company else [lead]:
            if one.status == LEAD_ACTIVE and one.domain == lead.domain:
                one.status = LEAD_COMPLETED


def _about(email: Email) -> dict[str, Any]:
    """What a webhook says of the email it is about."""
    return {"email_id": email.id, "step": (email.step or 0) + 1, "variant": 1}


def _filled(template: str, lead: Lead) -> str:
    variables = lead.fields.get("custom_variables") or {}

    def value(match: re.Match[str]) -> str:
        name = match[1]
        known = variables.get(name, lead.fields.get(_OWN_NAMES.get(name, name)))
        return "" if known is None else str(known)

    return _VARIABLE.sub(value, template)


def plain(html: str) -> str:
    """The text of an HTML email."""
    broken = re.sub(r"<br\s*/?>|</p>|</div>", "\n", html, flags=re.IGNORECASE)
    return unescape(re.sub(r"<[^>]+>", "", broken)).strip()


def _quoted(email: Email) -> str:
    lines = "\n".join(f"> {line}" for line in email.text.splitlines())
    return f"On {email.at:%a, %b %d, %Y at %I:%M %p} <{email.account}> wrote:\n{lines}"

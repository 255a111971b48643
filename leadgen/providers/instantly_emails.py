"""The mailbox of a workspace at Instantly: what came back, answering it, and the accounts that it sends from.

Facts (VENDORS.md section 9): the list of emails takes 20 requests a minute, apart from the rest. A reply that was perhaps sent
cannot be told from another with certainty, so it is never sent again by itself: a person looks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Request
from leadgen.providers.instantly_vendor import ACTING, EMAILS_SCOPE, PER_PAGE, READING, Page, each_entry

PATH = "/api/v2/emails"
ACCOUNTS_PATH = "/api/v2/accounts"
_RECEIVED = 2

AccountStatus = Literal[
    "active", "paused", "maintenance", "connection_error", "soft_bounce", "sending_error", "unknown"
]
_ACCOUNT_STATUSES: Mapping[int, AccountStatus] = {
    1: "active",
    2: "paused",
    3: "maintenance",
    -1: "connection_error",
    -2: "soft_bounce",
    -3: "sending_error",
}

EMAILS = replace(READING, name="emails", limit_scope=EMAILS_SCOPE)
REPLY = replace(ACTING, name="reply")
ACCOUNTS = replace(READING, name="accounts")


class _Body(BaseModel):
    text: str | None = None
    html: str | None = None


class _Email(BaseModel):
    id: str
    thread_id: str | None = None
    campaign_id: str | None = None
    lead: str | None = None
    eaccount: str
    subject: str = ""
    body: _Body | None = None
    ue_type: int | None = None
    is_auto_reply: int | None = None
    i_status: float | None = None
    timestamp_email: datetime
    timestamp_created: datetime


class _Account(BaseModel):
    email: str
    status: int | None = None
    warmup_status: int | None = None
    daily_limit: float | None = None
    stat_warmup_score: float | None = None
    setup_pending: bool = False


@dataclass(frozen=True, slots=True)
class InstantlyEmail:
    """An email of the workspace. `interest_value` is Instantly's own guess, as in `INTERESTS`; texts are as they came.

    `email_id` is what to answer to, and what webhooks call it. `stored_at` is when Instantly had it: lists go by it.
    """

    email_id: str
    thread_id: str | None
    campaign_id: str | None
    lead_address: str | None = field(repr=False)
    account: str = field(repr=False)
    subject: str = field(repr=False)
    text: str | None = field(repr=False)
    html: str | None = field(repr=False)
    is_received: bool
    is_auto_reply: bool
    interest_value: float | None
    sent_at: datetime
    stored_at: datetime


@dataclass(frozen=True, slots=True)
class EmailPage:
    """A page of emails, the oldest first. `next_after` is where the next one begins, None at the end."""

    emails: tuple[InstantlyEmail, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class SendingAccount:
    """An account that campaigns may send from. `warmup_score` 0-100; `daily_limit` in emails."""

    address: str = field(repr=False)
    status: AccountStatus
    is_warming_up: bool
    warmup_score: float | None
    daily_limit: float | None

    @property
    def can_send(self) -> bool:
        """Whether a campaign may count on it now."""
        return self.status == "active"


class InstantlyEmails:
    """The mailbox of a tenant's workspace."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def received_page(
        self, *, campaign_id: str | None = None, since: datetime | None = None, after: str | None = None
    ) -> Answer[EmailPage]:
        """One page of what came back, the oldest first, of one campaign or all. `since` is about when Instantly had it.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = _received(campaign_id, since)
        if after:
            request = replace(request, query=(*request.query, ("starting_after", after)))
        return await self._asks.ask(EMAILS, request, _read_page)

    async def received(
        self, *, campaign_id: str | None = None, since: datetime | None = None
    ) -> tuple[InstantlyEmail, ...]:
        """All that came back. Some may have been seen already: `email_id` tells.

        Raises:
            VendorError: as `Asks.ask`.
        """
        entries = each_entry(self._asks, EMAILS, _received(campaign_id, since))
        return tuple([_read_email(entry) async for entry in entries])

    async def reply(
        self, email_id: str, *, account: str, subject: str, html: str, purpose: str
    ) -> Answer[InstantlyEmail]:
        """Answers an email from one of the workspace's accounts. `purpose` is our id of the answer: it is sent once.

        Raises:
            InputError: there is nothing to send.
            OutcomeUnclear: Instantly's answer was lost; it is not sent again unless a person says so.
            VendorError: as `Asks.ask`.
        """
        if not html.strip():
            raise InputError("The answer is empty.")
        body = {"reply_to_uuid": email_id, "eaccount": account, "subject": subject, "body": {"html": html}}
        return await self._asks.ask(REPLY, Request("POST", f"{PATH}/reply", body=body, purpose=purpose), _read_email)

    async def accounts(self) -> tuple[SendingAccount, ...]:
        """The accounts that campaigns may send from.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", ACCOUNTS_PATH, query=(("limit", str(PER_PAGE)),))
        return tuple([_read_account(entry) async for entry in each_entry(self._asks, ACCOUNTS, request)])


def _received(campaign_id: str | None, since: datetime | None) -> Request:
    query = [("email_type", "received"), ("sort_order", "asc"), ("limit", str(PER_PAGE))]
    if campaign_id:
        query.append(("campaign_id", campaign_id))
    if since:
        query.append(
            ("min_timestamp_created", since.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"))
        )
    return Request("GET", PATH, query=tuple(query))


def _read_page(body: Any) -> EmailPage:
    page = Page.model_validate(body)
    return EmailPage(
        tuple(_read_email(entry) for entry in page.items), page.next_starting_after if page.items else None
    )


def _read_email(entry: Any) -> InstantlyEmail:
    email = _Email.model_validate(entry)
    body = email.body or _Body()
    return InstantlyEmail(
        email_id=email.id,
        thread_id=email.thread_id,
        campaign_id=email.campaign_id,
        lead_address=email.lead,
        account=email.eaccount,
        subject=email.subject,
        text=body.text,
        html=body.html,
        is_received=email.ue_type == _RECEIVED,
        is_auto_reply=email.is_auto_reply == 1,
        interest_value=email.i_status,
        sent_at=email.timestamp_email,
        stored_at=email.timestamp_created,
    )


def _read_account(entry: Any) -> SendingAccount:
    account = _Account.model_validate(entry)
    status = _ACCOUNT_STATUSES.get(account.status or 0, "unknown")
    return SendingAccount(
        address=account.email,
        status="paused" if account.setup_pending else status,
        is_warming_up=account.warmup_status == 1,
        warmup_score=account.stat_warmup_score,
        daily_limit=account.daily_limit,
    )

"""Instantly v2: campaigns, leads, emails, accounts, webhooks, block list. VENDORS.md section 9.

A key is a workspace with two sending accounts; one that contains `readonly` may only read. What was due since the last request
happens at the next one, of whichever workspace: campaigns send by the sandbox's clock and those written to react
(`instantly_sending.py`, `instantly_reactions.py`). The webhooks carry the headers that their subscription was made with.
"""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from leadgen.sandbox import instantly_campaigns as campaigns
from leadgen.sandbox import instantly_leads as leads
from leadgen.sandbox import instantly_mailbox as mailbox
from leadgen.sandbox.clock import Clock
from leadgen.sandbox.instantly_desk import Desk
from leadgen.sandbox.instantly_rules import Refusal, error
from leadgen.sandbox.instantly_sending import Sending
from leadgen.sandbox.instantly_workspace import Workspace
from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor

PRICES = {"lead": Decimal(0)}  # leads count against the plan; the plan has its price, they have none
_ROOT = "/api/v2"

_OPERATIONS: tuple[tuple[str, str, str, Callable[[Request, Desk], Reply]], ...] = (
    ("create_campaign", "POST", "/campaigns", campaigns.create),
    ("campaigns", "GET", "/campaigns", campaigns.list_),
    ("analytics", "GET", "/campaigns/analytics", campaigns.analytics),
    ("campaign", "GET", "/campaigns/{id}", campaigns.show),
    ("change_campaign", "PATCH", "/campaigns/{id}", campaigns.change),
    ("delete_campaign", "DELETE", "/campaigns/{id}", campaigns.delete),
    ("activate_campaign", "POST", "/campaigns/{id}/activate", campaigns.activate),
    ("pause_campaign", "POST", "/campaigns/{id}/pause", campaigns.pause),
    ("add_leads", "POST", "/leads/add", leads.add),
    ("leads", "POST", "/leads/list", leads.list_),
    ("mark_lead", "POST", "/leads/update-interest-status", leads.mark),
    ("lead", "GET", "/leads/{id}", leads.show),
    ("delete_lead", "DELETE", "/leads/{id}", leads.delete),
    ("emails", "GET", "/emails", mailbox.emails),
    ("reply", "POST", "/emails/reply", mailbox.reply),
    ("email", "GET", "/emails/{id}", mailbox.email),
    ("accounts", "GET", "/accounts", mailbox.accounts),
    ("workspace", "GET", "/workspaces/current", mailbox.workspace),
    ("create_webhook", "POST", "/webhooks", mailbox.create_webhook),
    ("webhooks", "GET", "/webhooks", mailbox.webhooks),
    ("webhook", "GET", "/webhooks/{id}", mailbox.webhook),
    ("change_webhook", "PATCH", "/webhooks/{id}", mailbox.change_webhook),
    ("delete_webhook", "DELETE", "/webhooks/{id}", mailbox.delete_webhook),
    ("resume_webhook", "POST", "/webhooks/{id}/resume", mailbox.resume_webhook),
    ("block", "POST", "/block-lists-entries", leads.block),
    ("blocked", "GET", "/block-lists-entries", leads.blocked),
    ("unblock", "DELETE", "/block-lists-entries", leads.unblock),
)


def instantly(lookup: Lookup, clock: Clock, webhooks: Webhooks) -> Vendor:
    """The service. Mail to a mailbox that the world calls invalid bounces; the others react by the world's seed."""
    service = _Instantly(lookup, clock, webhooks)
    return Vendor(
        name="instantly",
        operations=tuple(
            Operation(name, method, _ROOT + path, service.answering(answer, writes=method != "GET" and name != "leads"))
            for name, method, path, answer in _OPERATIONS
        ),
        limits=(Limit(100, 1), Limit(6_000, 60), Limit(20, 60, "emails")),
        prices=PRICES,
        key=lambda request: request.bearer(),
        unauthorized=lambda key: error(401, "Invalid API key" if key else "Missing Authorization header"),
        unknown=lambda request: error(404, f"Route {request.method}:{request.path} not found"),
        throttled=lambda _operation, _window: error(429, "Rate limit exceeded"),
        quota_spent=lambda _operation: error(402, "Workspace does not have an active paid plan"),
        failure=lambda status: error(status or 500, "Something went wrong"),
    )


class _Instantly:
    """All workspaces."""

    def __init__(self, lookup: Lookup, clock: Clock, webhooks: Webhooks) -> None:
        self._lookup = lookup
        self._clock = clock
        self._webhooks = webhooks
        self._workspaces: dict[str, tuple[Workspace, Sending]] = {}

    def tick(self) -> None:
        """Has everything happen that was due until now, in all workspaces."""
        now = self._now()
        for _, sending in self._workspaces.values():
            sending.tick(now)

    def _now(self) -> datetime:
        """The sandbox's time, as finely as Instantly tells it: who asks for what came since then finds it."""
        now = self._clock.now()
        return now.replace(microsecond=now.microsecond // 1_000 * 1_000)

    def answering(self, answer: Callable[[Request, Desk], Reply], *, writes: bool) -> Callable[[Request], Reply]:
        """The operation behind what is the same for all: the time that has passed, the key's scope, one's own workspace."""

        def answering(request: Request) -> Reply:
            self.tick()
            key = request.bearer() or ""
            if writes and "readonly" in key:
                return error(401, "The API key lacks the scope that this request requires")
            if key not in self._workspaces:
                new = Workspace(self._now(), self._webhooks)
                self._workspaces[key] = (new, Sending(new, self._lookup))
            workspace, sending = self._workspaces[key]
            try:
                return answer(request, Desk(workspace, sending, self._lookup, self._now()))
            except Refusal as refused:
                return refused.reply

        return answering

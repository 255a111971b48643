"""How Instantly v2 is spoken to: the key, what its errors mean, its lists, and the rules that its operations share.

Facts (VENDORS.md sections 0.5, 0.6 and 9): a tenant's own key, with scopes; errors are {"statusCode", "error", "message"}; 402
is a workspace without a paid plan, nothing passes until it has one; nothing recognises a repetition, so what acts is looked up
when its answer was lost. A list ends with an empty page or without a cursor. 100 requests a second and 6,000 a minute for the
whole workspace, 20 a minute for the list of emails.
"""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel, ValidationError

from leadgen.errors import InputError
from leadgen.providers.calls import Asks, Judgement, Operation, Reply, Request, Vendor, Verdict
from leadgen.providers.judging import judge_status

PER_PAGE = 100
MOST_PAGES = 1_000
KEPT_FOR = timedelta(days=3650)  # what was done is not done again
EMAILS_SCOPE = "emails"
_NO_PLAN = "Renew the plan of the Instantly workspace; the campaign then goes on."
_SCOPES = (
    "Make a v2 key with the scope all:all in Instantly (Settings, Integrations) and put it in; keys of v1 do not work."
)

VENDOR = Vendor("instantly", lambda key: ({"Authorization": f"Bearer {key}"}, ()), service="instantly")


class _Error(BaseModel):
    error: str = ""
    message: str = ""


class Page(BaseModel):
    """One page of a list."""

    items: list[dict[str, Any]]
    next_starting_after: str | None = None


def judge(reply: Reply) -> Judgement:
    """What a reply means. Some answers are a list; Instantly's own sentence is told where it quotes no address."""
    status = reply.status
    if status < HTTPStatus.BAD_REQUEST:
        return Judgement(Verdict.ANSWER) if isinstance(reply.json(), list) else judge_status(reply)
    try:
        said = _Error.model_validate(reply.json())
    except ValidationError:
        said = _Error()
    sentence = said.message or said.error
    reason = f"{sentence if '@' not in sentence else 'it quotes an address'} (HTTP {status})" if sentence else ""
    judgement = judge_status(reply, reason)
    remedies = {Verdict.QUOTA: _NO_PLAN, Verdict.CREDENTIALS: _SCOPES}
    return replace(judgement, remedy=remedies.get(judgement.verdict))


def judge_one(reply: Reply) -> Judgement:
    """The same for what may be gone: that it is not there is an answer too."""
    return Judgement(Verdict.MISS) if reply.status == HTTPStatus.NOT_FOUND else judge(reply)


def judge_some(reply: Reply) -> Judgement:
    """The same for lists that are asked for one entry: an empty one is a miss."""
    body = reply.json()
    entries = body.get("items") if isinstance(body, dict) else body
    return Judgement(Verdict.MISS) if reply.status == HTTPStatus.OK and entries == [] else judge(reply)


READING = Operation(
    vendor=VENDOR,
    name="reading",
    judge=judge,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(0),
    is_private=True,
)
ACTING = replace(READING, name="acting", time_to_live=KEPT_FOR, acts_on_world=True)


def path_of(kind: str, id_: str, action: str = "") -> str:
    """The path of one thing, as `/api/v2/campaigns/{id}/activate`.

    Raises:
        InputError: the id is not one of Instantly's.
    """
    try:
        known = str(UUID(id_))
    except ValueError:
        raise InputError(f"This is not an id of Instantly's {kind}.") from None
    return f"/api/v2/{kind}/{known}{action}"


def as_reply(body: Any, status: int = HTTPStatus.OK) -> Reply:
    """The reply that a call would have had whose answer was lost."""
    return Reply(status, orjson.dumps(body).decode())


async def each_entry(asks: Asks, operation: Operation, request: Request) -> AsyncIterator[dict[str, Any]]:
    """The entries of a list to its end, page by page.

    Raises:
        VendorError: as `Asks.ask`.
    """
    asked = request
    for _ in range(MOST_PAGES):
        page = (await asks.ask(operation, asked, Page.model_validate)).value
        if page is None or not page.items:
            return
        for item in page.items:
            yield item
        if page.next_starting_after is None:
            return
        asked = _following(request, page.next_starting_after)


def _following(request: Request, cursor: str) -> Request:
    """The request for the page behind the cursor, which stands where the filters are: in the query, or in a POST's body."""
    if request.method == "POST":
        return replace(request, body={**request.body, "starting_after": cursor})
    return replace(request, query=(*request.query, ("starting_after", cursor)))

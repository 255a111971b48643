"""Slack: a message into the channel of a tenant's incoming webhook.

Facts (VENDORS.md section 13): the webhook's URL is the key, a secret of the tenant's, and only hooks.slack.com is ever
called, whatever the tenant gave us. Answers are bare words: `ok`, or what is wrong. About one message a second. Slack knows
no idempotency: a message whose answer was lost is not repeated.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from leadgen.errors import InputError
from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Vendor, Verdict
from leadgen.providers.judging import pause_asked

HOST = "hooks.slack.com"
MOST_BLOCKS = 50
SANDBOX_KEY = "sandbox"  # how the sandbox's webhooks end
KEPT_FOR = timedelta(days=3650)  # what was posted is not posted again

_WEBHOOK_PATH = re.compile(r"/services/[A-Za-z0-9]+/[A-Za-z0-9]+/(?P<token>[A-Za-z0-9_-]+)")
# What nobody but the tenant can put right: the webhook was removed, or its channel.
_GONE = frozenset(
    {
        "invalid_token",
        "no_active_hooks",
        "no_service",
        "no_service_id",
        "no_team",
        "team_disabled",
        "channel_not_found",
        "channel_is_archived",
    }
)
_RECONNECT = "Make a new incoming webhook in Slack and connect it."


def check_webhook_url(url: str) -> str:
    """The URL of an incoming webhook, if it is one of Slack's.

    Raises:
        InputError: anything else: another host, port or scheme, a user, a query. The message does not repeat it.
    """
    remedy = f"It looks like https://{HOST}/services/T.../B.../..."
    try:
        parts = urlsplit(url.strip())
        is_slack = parts.scheme == "https" and parts.netloc == HOST and not (parts.query or parts.fragment)
    except ValueError:
        is_slack = False
    if not is_slack or not _WEBHOOK_PATH.fullmatch(parts.path):
        raise InputError("This is not the URL of a Slack incoming webhook.", remedy=remedy)
    return url.strip()


def _key_of(credentials: Mapping[str, str]) -> str:
    """The webhook's URL. Of a webhook of the sandbox only its last part: keys that begin so go to the sandbox."""
    given = credentials["webhook_url"]
    if given.startswith(SANDBOX_KEY):
        return given
    url = check_webhook_url(given)
    token = url.rpartition("/")[2]
    return token if token.startswith(SANDBOX_KEY) else url


def _locate(key: str, _path: str) -> str:
    if key.startswith(SANDBOX_KEY):
        return f"/services/T/B/{key}"
    return urlsplit(check_webhook_url(key)).path


VENDOR = Vendor("slack", lambda _key: ({}, ()), service="slack", key_of=_key_of, locate=_locate)


def _judge(reply: Reply) -> Judgement:
    status, word = reply.status, reply.body.strip()
    if status == HTTPStatus.OK and word == "ok":
        return Judgement(Verdict.ANSWER)
    # only a word is repeated: a proxy's page may hold anything
    reason = f"{word if re.fullmatch(r'[a-z_]{1,40}', word) else 'no reason given'} (HTTP {status})"
    if status in {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS} or status >= 500:
        return Judgement(Verdict.RETRY, reason, pause_asked(reply))
    if word in _GONE or status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return Judgement(Verdict.CREDENTIALS, reason, remedy=_RECONNECT)
    if word == "action_prohibited":
        return Judgement(Verdict.CREDENTIALS, reason, remedy="An admin of the Slack workspace must allow the webhook.")
    return Judgement(Verdict.REFUSED, reason)


POST = Operation(
    vendor=VENDOR,
    name="post",
    judge=_judge,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=KEPT_FOR,
    acts_on_world=True,
    is_private=True,
)


class Slack:
    """Messages to a tenant's own channel."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def post(self, text: str, *, purpose: str, blocks: Sequence[Mapping[str, Any]] = ()) -> Answer[bool]:
        """Posts plain text, with `blocks` as Slack's own layout above it; True when it stands in the channel.

        `purpose` is our id of the notice: under the same one it is posted once.

        Raises:
            InputError: no text, or more than 50 blocks.
            CredentialsRejected: the webhook or its channel is gone.
            VendorError: as `Asks.ask`.
        """
        if not text.strip() or len(blocks) > MOST_BLOCKS:
            raise InputError(f"A Slack message needs a text and at most {MOST_BLOCKS} blocks.")
        body: dict[str, Any] = {"text": escape(text)}
        if blocks:
            body["blocks"] = [dict(block) for block in blocks]
        # the path is in the key; the vendor's `locate` puts it here
        request = Request("POST", "/services", body=body).for_purpose(purpose)
        return await self._asks.ask(POST, request, lambda _no_json: True)


def escape(text: str) -> str:
    """Text as Slack takes it literally: a business's name must not become a link or a mention of everybody."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

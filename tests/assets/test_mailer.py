"""The mailer over a real outbox and the sandbox's Resend: sent once, to whom it may be, at the platform's cost."""

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from in_process import Environment, Pipeline

from leadgen.errors import ConfigurationError
from leadgen.settings import Settings, settings
from leadgen.store.database import Database
from leadgen_assets.platform.mailer import Mailer, run
from leadgen_assets.upkeep import retention

PAGES = "https://leads.example.com"
MASTER_KEY = "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU="

Send = Callable[..., Awaitable[int]]


@asynccontextmanager
async def mailer(pipeline: Pipeline, **changes: Any) -> AsyncIterator[Mailer]:
    """The mailer with the settings of an installation, some of them changed."""
    given = {"sandbox_url": pipeline.sandbox_url, "master_key": MASTER_KEY, "public_url": f"{PAGES}/"}
    async with Database(pipeline.urls.pipeline, connections=1) as database:
        yield Mailer(Settings(_env_file=None, **{**given, **changes}), database)


@pytest.fixture
def send(pipeline: Pipeline) -> Send:
    """Sends what is due."""

    async def send_due(**changes: Any) -> int:
        async with mailer(pipeline, **changes) as opened:
            return await opened.send_due()

    return send_due


def member_of(pipeline: Pipeline) -> str:
    """The address of the tenant's person."""
    return pipeline.rows("select email from users")[0]["email"]


def ask_for_link(pipeline: Pipeline, email: str) -> None:
    pipeline.change("select app.request_sign_in(%s, sha256('browser'), interval '15 minutes', 5)", email)


def invite(pipeline: Pipeline, email: str) -> None:
    pipeline.change("update organizations set name = E'Acme\\nhttps://evil.example'")
    pipeline.change(
        """
        with invited as (
          insert into invitations (organization_id, email, role, expires_at)
          select id, %s, 'member', now() + interval '7 days' from organizations
          returning id, email, expires_at)
        insert into app.outgoing_mail (kind, recipient, invitation_id, expires_at)
        select 'invitation', email, id, expires_at from invited
        """,
        email,
    )


def try_again(pipeline: Pipeline) -> None:
    """As if the mailer had been killed before it could finish, and the lease had passed."""
    pipeline.change("update app.outgoing_mail set finished_at = null, outcome = null, next_attempt_at = now()")


def mailed(pipeline: Pipeline) -> list[dict[str, Any]]:
    """Every email at Resend, with its text."""
    headers = {"authorization": "Bearer sandbox", "user-agent": "tests"}
    with httpx.Client(base_url=f"{pipeline.sandbox_url}/resend", headers=headers) as resend:
        return [resend.get(f"/emails/{each['id']}").json() for each in resend.get("/emails").json()["data"]]


def token_in(email: dict[str, Any], path: str) -> str:
    return re.findall(rf"{PAGES}/{path}/([\w-]{{43}})\n", email["text"])[0]


def hash_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def outcomes(pipeline: Pipeline) -> list[str | None]:
    return [row["outcome"] for row in pipeline.rows("select outcome from app.outgoing_mail order by created_at")]


async def test_who_asked_is_mailed_a_link_that_signs_them_in(pipeline: Pipeline, send: Send) -> None:
    ask_for_link(pipeline, member_of(pipeline))

    assert await send() == 1

    [email] = mailed(pipeline)
    assert email["to"] == [member_of(pipeline)]
    begun = pipeline.rows(
        "select app.begin_session(%s, sha256('session'), interval '1 hour', sha256('browser')) as person",
        hash_of(token_in(email, "sign-in")),
    )
    assert begun[0]["person"] is not None
    assert outcomes(pipeline) == ["sent"]
    assert await send() == 0


async def test_an_address_that_nobody_has_is_mailed_nothing(pipeline: Pipeline, send: Send) -> None:
    ask_for_link(pipeline, "nobody@example.com")

    assert await send() == 0
    assert mailed(pipeline) == []
    assert outcomes(pipeline) == ["unknown"]


async def test_what_is_sent_again_after_a_kill_is_sent_once(pipeline: Pipeline, send: Send) -> None:
    ask_for_link(pipeline, member_of(pipeline))
    await send()
    try_again(pipeline)
    await send()
    try_again(pipeline)
    pipeline.change("delete from provider_calls")  # even a ledger that was lost leaves the idempotency key
    pipeline.change("delete from provider_answers")
    await send()

    assert len(mailed(pipeline)) == 1
    assert pipeline.rows("select count(*) as links from app.sign_in_links")[0]["links"] == 1


async def test_an_invitation_names_its_organization_and_carries_no_link_of_it(pipeline: Pipeline, send: Send) -> None:
    invite(pipeline, "new@example.com")

    assert await send() == 1

    [email] = mailed(pipeline)
    assert '"Acme https evil.example"' in email["text"]
    assert "Acme" not in email["subject"]
    found = pipeline.rows("select * from app.invitation_by_hash(%s)", hash_of(token_in(email, "invitations")))
    assert [(row["email"], row["role"]) for row in found] == [("new@example.com", "member")]


async def test_what_was_taken_back_or_is_stale_is_not_sent(pipeline: Pipeline, send: Send) -> None:
    invite(pipeline, "new@example.com")
    pipeline.change("update invitations set revoked_at = now()")
    ask_for_link(pipeline, member_of(pipeline))
    pipeline.change("update app.outgoing_mail set expires_at = now() where kind = 'sign_in'")

    assert await send() == 0
    assert sorted(map(str, outcomes(pipeline))) == ["expired", "unknown"]


async def test_mail_that_cannot_be_sent_now_waits(pipeline: Pipeline, send: Send) -> None:
    ask_for_link(pipeline, member_of(pipeline))

    assert await send(sandbox_url=None) == 0  # no key and no sandbox
    assert outcomes(pipeline) == [None]
    assert await send() == 0  # it is leased
    try_again(pipeline)
    assert await send() == 1


async def test_mail_that_is_refused_is_not_tried_again(pipeline: Pipeline, send: Send) -> None:
    ask_for_link(pipeline, member_of(pipeline))

    assert await send(mail_from="LeadGen <no-reply@unverified.example>") == 0
    assert outcomes(pipeline) == ["failed"]


async def test_no_tenant_pays_for_it_and_no_cap_locks_anybody_out(pipeline: Pipeline, send: Send) -> None:
    pipeline.change(
        "insert into spending_caps (organization_id, vendor, period, cap_micros) select id, '*', 'day', 0 from organizations"
    )
    ask_for_link(pipeline, member_of(pipeline))

    assert await send() == 1
    assert pipeline.rows("select cost_micros from provider_calls") == [{"cost_micros": 0}]


async def test_what_has_had_its_time_is_forgotten_at_night(pipeline: Pipeline, send: Send) -> None:
    ask_for_link(pipeline, "nobody@example.com")
    ask_for_link(pipeline, member_of(pipeline))
    invite(pipeline, "new@example.com")
    await send()
    pipeline.change("update app.outgoing_mail set expires_at = expires_at - interval '2 days'")
    pipeline.change("update app.sign_in_links set expires_at = expires_at - interval '2 days'")

    await asyncio.to_thread(retention.retention.execute_in_process)

    assert pipeline.rows("select recipient from app.outgoing_mail") == [{"recipient": "new@example.com"}]  # still open
    assert pipeline.rows("select 1 from app.sign_in_links") == []


async def test_the_process_sends_until_it_is_told_to_stop(pipeline: Pipeline, environment: Environment) -> None:
    ask_for_link(pipeline, member_of(pipeline))
    environment(LEADGEN_MASTER_KEY=MASTER_KEY, LEADGEN_PUBLIC_URL=PAGES)
    pipeline.sandbox("POST", "/hold", {"vendor": "resend"})
    stop = asyncio.Event()
    running = asyncio.create_task(run(settings(), stop))

    await asyncio.to_thread(pipeline.sandbox, "GET", "/wait?vendor=resend")  # it has asked Resend
    stop.set()
    pipeline.sandbox("POST", "/release", {"vendor": "resend"})
    await running

    assert outcomes(pipeline) == ["sent"]  # what is on its way is finished first


async def test_without_the_pages_address_or_the_master_key_it_says_what_to_set(
    pipeline: Pipeline, tmp_path: Path
) -> None:
    for missing in ("public_url", "master_key"):
        with pytest.raises(ConfigurationError) as raised:
            async with mailer(pipeline, **{missing: None, "home": tmp_path}):
                pass
        assert missing.upper() in str(raised.value)

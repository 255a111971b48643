"""Who is asking: a session by its cookie or bearer token, and transactions in its organization."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from leadgen.store.database import Database, Transaction
from leadgen_api.access import queries
from leadgen_api.problems import Forbidden, NotSignedIn

SESSION_SECONDS = 14 * 86_400
EDITORS = frozenset({"owner", "admin", "member"})
ADMINS = frozenset({"owner", "admin"})


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person in one organization. `tenant()` opens a transaction that sees that organization only."""

    user_id: UUID
    organization_id: UUID
    email: str
    organization_name: str
    role: str
    database: Database

    @property
    def may_edit(self) -> bool:
        """Whether the role may create and steer campaigns."""
        return self.role in EDITORS

    @property
    def may_administer(self) -> bool:
        """Whether the role may handle keys, caps and people."""
        return self.role in ADMINS

    @asynccontextmanager
    async def tenant(self) -> AsyncIterator[Transaction]:
        """One transaction of this member."""
        async with self.database.tenant(self.organization_id, self.user_id) as transaction:
            yield transaction


def hash_of(token: str) -> bytes:
    """What is stored of a token: its sha256. Tokens hold 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).digest()


async def begin_session(database: Database, link_token: str) -> str | None:
    """Uses up a sign-in link; returns the session's token, or None where the link is unknown, used or stale."""
    token = secrets.token_urlsafe(32)
    async with database.nobody() as transaction:
        user_id = await transaction.value(
            queries.BEGIN_SESSION,
            {"link": hash_of(link_token), "session": hash_of(token), "seconds": SESSION_SECONDS},
        )
    return token if user_id else None


async def end_session(database: Database, token: str) -> None:
    """Signs out: the token is worthless at once."""
    async with database.nobody() as transaction:
        await transaction.execute(queries.END_SESSION, {"session": hash_of(token)})


def is_secure(request: Request) -> bool:
    """Whether the browser speaks TLS with us."""
    return request.url.scheme == "https"


def cookie_name(request: Request) -> str:
    """The session cookie. Over TLS a browser guarantees that only this host has set it, for all paths (`__Host-`)."""
    return "__Host-leadgen_session" if is_secure(request) else "leadgen_session"


def token_of(request: Request) -> str | None:
    """The session token a request carries: a bearer token, or the cookie's."""
    scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
    return bearer if scheme.lower() == "bearer" and bearer else request.cookies.get(cookie_name(request))


async def signed_in(request: Request) -> Member:
    """The member who asks.

    Raises:
        NotSignedIn: no session, or it has ended.
    """
    database: Database = request.app.state.database
    token = token_of(request)
    if not token:
        raise NotSignedIn
    async with database.nobody() as transaction:
        row = await transaction.one(queries.SESSION, {"session": hash_of(token)})
    if row is None:
        raise NotSignedIn
    return Member(**row, database=database)


SignedIn = Annotated[Member, Depends(signed_in)]


async def editor(member: SignedIn) -> Member:
    """The member who asks, if the role may create and steer campaigns.

    Raises:
        Forbidden: it may not.
    """
    if not member.may_edit:
        raise Forbidden(member.role)
    return member


Editor = Annotated[Member, Depends(editor)]


async def admin(member: SignedIn) -> Member:
    """The member who asks, if the role may handle keys, caps and people.

    Raises:
        Forbidden: it may not.
    """
    if not member.may_administer:
        raise Forbidden(member.role)
    return member


Admin = Annotated[Member, Depends(admin)]

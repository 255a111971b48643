"""Who is asking: a session by its cookie or bearer token, or a program by its key; and transactions in its organization."""

import hashlib
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request, Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from leadgen.domain.access.api_keys import PREFIX, Scope
from leadgen.domain.access.roles import EDITORS
from leadgen.store.database import Database, Transaction
from leadgen_api.access import queries
from leadgen_api.access.key_holders import holder_of
from leadgen_api.access.origin import bearer_of
from leadgen_api.access.permissions import permission_of
from leadgen_api.problems import Forbidden, NotSignedIn, Problem

SESSION_SECONDS = 14 * 86_400
ADMINS = frozenset({"owner", "admin"})


@dataclass(frozen=True, slots=True)
class Member:
    """A signed-in person in one organization. `tenant()` opens a transaction that sees that organization only.

    A program acts for the member who made its key, within the key's scopes; both are None for a person.
    """

    user_id: UUID
    organization_id: UUID
    email: str
    organization_name: str
    role: str
    database: Database
    api_key_id: UUID | None = None
    scopes: frozenset[Scope] | None = None

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


async def begin_session(database: Database, link_token: str, browser: str | None = None) -> str | None:
    """Uses up a sign-in link; returns the session's token, or None where the link is unknown, used or stale.

    `browser` is the nonce of the browser: a link that was asked for on the page works with the one that asked only.
    """
    token = secrets.token_urlsafe(32)
    async with database.nobody() as transaction:
        user_id = await transaction.value(
            queries.BEGIN_SESSION,
            {
                "link": hash_of(link_token),
                "session": hash_of(token),
                "seconds": SESSION_SECONDS,
                "browser": hash_of(browser) if browser else None,
            },
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
    return bearer_of(request.headers) or request.cookies.get(cookie_name(request))


def session_of(request: Request) -> str:
    """The session's token of a request that has passed `signed_in` on a route that takes no keys."""
    token = token_of(request)
    if token is None:
        raise NotSignedIn
    return token


_Bearer = HTTPBearer(
    auto_error=False, description="An API key, `lg_...`, or a session's token. Browsers send a cookie."
)


async def signed_in(
    request: Request,
    _described: Annotated[HTTPAuthorizationCredentials | None, Security(_Bearer)] = None,  # for the OpenAPI document
) -> Member:
    """The member who asks, if their role, and the scopes of a program's key, allow the route.

    Raises:
        NotSignedIn: no session and no key, or it has ended.
        Problem: the role or the key may not do this.
    """
    member = await _asking(request)
    permission = permission_of(request.method, request.scope["route"].path)
    if permission.roles is not None and member.role not in permission.roles:
        raise Forbidden(member.role)
    if member.scopes is not None and permission.scope not in member.scopes:
        needed = f"needs the scope {permission.scope}" if permission.scope else "is for people who signed in"
        raise Problem(403, "scope", f"This API key may not do this: it {needed}.")
    return member


async def _asking(request: Request) -> Member:
    database: Database = request.app.state.database
    token = token_of(request)
    if not token:
        raise NotSignedIn
    if token.startswith(PREFIX):
        holder = await holder_of(database, request.app.state.secrets, token)
        return Member(**{**holder, "scopes": frozenset(holder["scopes"])}, database=database)
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

"""Sign-in links that are asked for on the page: the wish is written down, the same way for every address, and mailed later.

Nothing here knows whether anybody has the address: only the sender finds out. So answer and time tell a stranger nothing.
"""

import secrets

from fastapi import Request, Response

from leadgen.store.database import Database
from leadgen_api.access import queries
from leadgen_api.access.sessions import hash_of, is_secure
from leadgen_api.problems import Problem

LINK_SECONDS = 900
MOST_LINKS = 5  # for one address within the time of a link
NONCE_BYTES = 32
NONCE_CHARACTERS = 43


def _cookie(request: Request) -> str:
    return "__Host-leadgen_browser" if is_secure(request) else "leadgen_browser"


def browser_of(request: Request) -> str | None:
    """The nonce of the browser that asked for a link; None where it has not asked lately."""
    nonce = request.cookies.get(_cookie(request), "")
    return nonce if len(nonce) == NONCE_CHARACTERS else None


async def request_link(request: Request, email: str) -> str:
    """Keeps the wish for a link to this address; returns the browser's nonce, which its next request has to bring.

    Raises:
        Problem: five wishes for the address within a quarter of an hour, whether or not anybody has it.
    """
    database: Database = request.app.state.database
    nonce = browser_of(request) or secrets.token_urlsafe(NONCE_BYTES)
    wish = {"email": email, "browser": hash_of(nonce), "seconds": LINK_SECONDS, "most": MOST_LINKS}
    async with database.nobody() as transaction:
        if not await transaction.value(queries.REQUEST_SIGN_IN, wish):
            detail = (
                f"{MOST_LINKS} links were asked for within a quarter of an hour. Use the last one, or wait as long."
            )
            raise Problem(429, "too-many-links", detail, headers={"retry-after": str(LINK_SECONDS)})
    return nonce


def remember_browser(request: Request, response: Response, nonce: str) -> None:
    """Has the browser keep its nonce for as long as a link works."""
    response.set_cookie(
        _cookie(request), nonce, max_age=LINK_SECONDS, httponly=True, samesite="lax", secure=is_secure(request)
    )

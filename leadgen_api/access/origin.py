"""Cross-site requests may not change anything: the check of Go's http.CrossOriginProtection.

A browser says where a request comes from (Sec-Fetch-Site, Origin); programs say neither and carry no cookie unasked. Nor does
a browser add a bearer token unasked: whoever brings one is not judged by where it comes from, and its cookies do not count.
"""

from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from leadgen_api.problems import Problem, document

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def bearer_of(headers: Headers) -> str | None:
    """The bearer token of a request (RFC 6750), or None."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


class SameOriginOnly:
    """Middleware that refuses unsafe requests from other origins with 403."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is safe or comes from our own pages or from a program."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and _is_foreign(Headers(scope=scope)):
            refusal = Problem(403, "cross-origin", "Cross-origin requests may not change anything.")
            await document(Request(scope), refusal)(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _is_foreign(headers: Headers) -> bool:
    if bearer_of(headers):
        return False
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site not in {"same-origin", "none"}
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")

"""Errors as answers: RFC 9457 problem documents for programs, a page for people.

A foreign id is as unknown as a random one: 404, always.
"""

import traceback
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from psycopg import OperationalError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from leadgen.errors import DatabaseDown, InputError

log = structlog.get_logger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 5


class Problem(Exception):
    """What the caller did that cannot be done.

    `kind` is the stable last part of the problem's type; `errors` names the fields at fault: [{"field", "detail"}].
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str,
        *,
        errors: list[dict[str, str]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.kind = kind
        self.detail = detail
        self.errors = errors or []
        self.headers = headers

    @property
    def title(self) -> str:
        """The status in words."""
        return HTTPStatus(self.status).phrase


class NotFound(Problem):
    """There is no such thing, or not for this caller."""

    def __init__(self, what: str) -> None:
        super().__init__(404, "not-found", f"There is no such {what}.")


class NotSignedIn(Problem):
    """The request carries no valid session and no key."""

    def __init__(self) -> None:
        detail = "Sign in on the pages, or send an API key: `Authorization: Bearer lg_...`."
        super().__init__(401, "not-signed-in", detail, headers={"www-authenticate": "Bearer"})


class Forbidden(Problem):
    """The member's role does not allow this."""

    def __init__(self, role: str) -> None:
        super().__init__(403, "role", f"The role {role} may not do this. Ask an owner or admin of your organization.")


Answer = Callable[[Request, Problem], Response]


def document(_request: Request, problem: Problem) -> JSONResponse:
    """The problem as a document."""
    body: dict[str, object] = {
        "type": f"urn:leadgen:problem:{problem.kind}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        body["errors"] = problem.errors
    return JSONResponse(body, problem.status, headers=problem.headers, media_type=MEDIA_TYPE)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The answers a route may give beside its own, as the OpenAPI document describes them."""
    text = {"type": "string"}
    fields = {"type": "object", "properties": {"field": text, "detail": text}}
    schema = {
        "type": "object",
        "required": ["type", "title", "status", "detail"],
        "properties": {
            "type": {"type": "string", "example": "urn:leadgen:problem:not-found"},
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "errors": {"type": "array", "items": fields},
        },
    }
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: {"schema": schema}}}
        for status in statuses
    }


def install(app: FastAPI, page: Answer) -> None:
    """Answers every error of the app: under /v1 with a document, elsewhere with `page`."""

    def answer(request: Request, error: Exception) -> Response:
        problem = _problem_of(error) or _bug(request, error)
        answer_as = document if request.url.path.startswith("/v1/") else page
        return answer_as(request, problem)

    async def handle(request: Request, error: Exception) -> Response:
        return answer(request, error)

    for kind in (Problem, RequestValidationError, HTTPException, InputError, DatabaseDown, OperationalError):
        app.add_exception_handler(kind, handle)
    app.add_middleware(BugsAnswered, answer=answer)


class BugsAnswered:
    """Middleware that answers what no handler knows. The framework's own stands outside the security headers."""

    def __init__(self, app: ASGIApp, answer: Callable[[Request, Exception], Response]) -> None:
        self._app = app
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on; an error before the answer has begun becomes the answer."""
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except Exception as error:
            if started or scope["type"] != "http":
                raise
            await self._answer(Request(scope), error)(scope, receive, send)


def _problem_of(error: Exception) -> Problem | None:
    """What an error we know means to the caller; None for a bug of ours."""
    match error:
        case Problem():
            return error
        case RequestValidationError():
            errors = [{"field": ".".join(str(p) for p in e["loc"][1:]), "detail": e["msg"]} for e in error.errors()]
            return Problem(422, "invalid-input", "The request is not valid.", errors=errors)
        case HTTPException():
            kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
            return Problem(error.status_code, kind, f"{error.detail}.", headers=error.headers)
        case InputError():
            return Problem(422, "invalid-input", str(error))
        case DatabaseDown() | OperationalError():
            detail = "The database does not answer. Try again shortly."
            return Problem(503, "database-down", detail, headers={"retry-after": str(RETRY_SECONDS)})
        case _:
            return None


def _bug(request: Request, error: Exception) -> Problem:
    """Logs where it happened, not what the error says: messages quote values, and paths carry tokens."""
    route = getattr(request.scope.get("route"), "path", None)
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("request failed", error=type(error).__name__, method=request.method, route=route, traceback=frames)
    return Problem(500, "internal", "Something went wrong on our side. It has been logged.")

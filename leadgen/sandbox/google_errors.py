"""How Google's services refuse: the error object they share, keys, quotas and faults."""

from collections.abc import Mapping

from leadgen.sandbox.wire import Operation, Reply, Request, Window, json_reply

STATUSES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_MESSAGES = {
    500: "An internal error has occurred. Please retry or report.",
    503: "The service is currently unavailable.",
    504: "The request timed out. Please try again.",
}


def google_error(code: int, message: str, *details: Mapping[str, object]) -> Reply:
    """`{"error": {"code", "message", "status", "details"}}`."""
    error: dict[str, object] = {
        "code": code,
        "message": message,
        "status": STATUSES.get(code, "UNKNOWN"),
    }
    if details:
        error["details"] = details
    return json_reply(code, {"error": error})


def invalid(message: str, field: str | None = None) -> Reply:
    """400 INVALID_ARGUMENT, with the field at fault where one is."""
    if field is None:
        return google_error(400, message)
    return google_error(
        400,
        message,
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": field, "description": message}],
        },
    )


def key_of(request: Request) -> str | None:
    """The key, from its header or the query."""
    return request.headers.get("x-goog-api-key") or request.one("key")


def unauthorized(key: str | None) -> Reply:
    """403 without a key; with a wrong one 400 API_KEY_INVALID, as Google does."""
    if key is None:
        return google_error(
            403,
            "Method doesn't allow unregistered callers (callers without established identity). "
            "Please use API Key or other form of API consumer identity to call this API.",
        )
    return google_error(
        400,
        "API key not valid. Please pass a valid API key.",
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": "API_KEY_INVALID",
            "domain": "googleapis.com",
        },
    )


def unknown(request: Request) -> Reply:
    """The answer to a path that the service has not."""
    return google_error(404, f"The requested URL {request.path} was not found on this server.")


def throttled(operation: Operation, window: Window) -> Reply:
    """429 RESOURCE_EXHAUSTED. Google promises no Retry-After."""
    per = "day" if window.limit.seconds >= 86_400 else "minute"
    return google_error(429, f"Quota exceeded for quota metric '{operation.name}' and limit 'Queries per {per}'.")


def quota_spent(operation: Operation) -> Reply:
    """The same when the project's quota is used up."""
    return google_error(429, f"Quota exceeded for quota metric '{operation.name}' and limit 'Queries per day'.")


def failure(status: int | None) -> Reply:
    """A fault of the service."""
    code = status or 503
    return google_error(code, _MESSAGES.get(code, "The service failed."))

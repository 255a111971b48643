"""How Stripe answers: objects, pages of lists, refusals. VENDORS.md section 12."""

from collections.abc import Mapping, Sequence
from typing import Any

from leadgen.sandbox.wire import Header, Reply, json_reply

Thing = dict[str, Any]  # an object as the API shows it; the sandbox keeps it so
_LONGEST_PAGE, _USUAL_PAGE = 100, 10


class Refused(ValueError):
    """The request breaks a rule, or a card is declined; carries what Stripe says then."""

    def __init__(
        self,
        message: str,
        *,
        param: str | None = None,
        code: str | None = None,
        status: int = 400,
        kind: str = "invalid_request_error",
        decline_code: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.error = {
            name: value
            for name, value in {
                "type": kind,
                "code": code,
                "decline_code": decline_code,
                "param": param,
                "message": message,
                "doc_url": f"https://stripe.com/docs/error-codes/{code.replace('_', '-')}" if code else None,
            }.items()
            if value is not None
        }

    def reply(self) -> Reply:
        """The refusal on the wire."""
        return error_reply(self.status, self.error)


def error_reply(status: int, error: Mapping[str, str], headers: Sequence[Header] = ()) -> Reply:
    """An error as Stripe words it: `type`, `code`, `param`, `message`."""
    return json_reply(status, {"error": dict(error)}, headers=headers)


def no_such(kind: str, id_: str, param: str, status: int = 404) -> Refused:
    """The refusal of an id that there is not: 404 where the address names it, 400 where a parameter does."""
    return Refused(f"No such {kind}: '{id_}'", param=param, code="resource_missing", status=status)


def page(path: str, things: Sequence[Thing], given: Mapping[str, Any]) -> Thing:
    """A page of a list, the youngest first. `things` are the eldest first; `given` are the page's own parameters, read.

    Raises:
        Refused: the limit is not 1 to 100, or a cursor names nothing in the list.
    """
    limit = given.get("limit", _USUAL_PAGE)
    if not 1 <= limit <= _LONGEST_PAGE:
        raise Refused(
            "Invalid integer: limit must be between 1 and 100.", param="limit", code="parameter_invalid_integer"
        )
    listed = list(reversed(things))
    after, before = given.get("starting_after"), given.get("ending_before")
    if before:
        upto = _place(listed, before, "ending_before")
        start = max(0, upto - limit)
        return {"object": "list", "url": path, "has_more": start > 0, "data": listed[start:upto]}
    start = _place(listed, after, "starting_after") + 1 if after else 0
    data = listed[start : start + limit]
    return {"object": "list", "url": path, "has_more": start + len(data) < len(listed), "data": data}


def whole(path: str, things: Sequence[Thing]) -> Thing:
    """A list inside another object."""
    return {"object": "list", "url": path, "has_more": False, "data": list(things)}


def _place(listed: Sequence[Thing], id_: str, param: str) -> int:
    for number, thing in enumerate(listed):
        if thing["id"] == id_:
            return number
    raise no_such("object", id_, param, 400)

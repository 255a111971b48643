"""No request body is larger than what it may say."""

import re
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY_BYTES = 1_000_000
LARGEST_FILE_BYTES = 60_000_000

# Whose bodies are files, streamed to the disk
_TAKES_FILE = re.compile(r"(/v1)?/campaigns/[^/]+/imports(/preview)?")


class BodyLimit:
    """Middleware that stops reading a body at the limit, whatever length it claims to have."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on; who reads further than the limit gets a 413 to raise."""
        takes_file = scope["type"] == "http" and _TAKES_FILE.fullmatch(scope["path"]) is not None
        largest = left = LARGEST_FILE_BYTES if takes_file else LARGEST_BODY_BYTES

        async def limited() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"A body has at most {largest} bytes")
            return message

        await self._app(scope, limited, send)

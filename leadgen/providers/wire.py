"""How a request goes over the wire: httpx's API on aiohttp's transport, which costs a sixth of httpx's own.

Sources: BENCHMARKS.md section 2 (3.3 ms of CPU a call against 0.5).
"""

from types import TracebackType
from urllib.parse import urlencode

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport

from leadgen.providers.calls import NoAnswer, Reply, Request, Vendor
from leadgen.settings import VendorSettings

USER_AGENT = "LeadGen/0.1"
# httpx names a hang-up in mid-request like a refused connection; aiohttp's own error underneath tells them apart.
NOTHING_SENT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError)


class OneSendTransport(AiohttpTransport):
    """aiohttp repeats a GET by itself when its connection breaks; a paid call must be repeated by us only, and counted."""

    def get_client(self) -> aiohttp.ClientSession:
        """The session, with its own repetition switched off (it has no public switch; a test pins the behaviour)."""
        session = super().get_client()
        session._retry_connection = False  # noqa: SLF001
        return session


class Wire:
    """One connection pool for all vendors. Use as `async with Wire() as wire:`."""

    def __init__(self) -> None:
        self._client = httpx.AsyncClient(
            transport=OneSendTransport(trust_env=False),
            headers={"user-agent": USER_AGENT},
            follow_redirects=False,
            trust_env=False,
        )

    async def __aenter__(self) -> "Wire":
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self._client.aclose()

    async def send(self, vendor: Vendor, request: Request, settings: VendorSettings, key: str) -> Reply:
        """Sends one request and reads its whole answer.

        Raises:
            NoAnswer: no connection, or it broke or timed out on the way.
        """
        headers, query = vendor.authorize(key)
        path = vendor.locate(key, request.path) if vendor.locate else request.path
        form = None if request.form is None else urlencode(request.form).encode()
        if form is not None:
            headers = {**headers, "content-type": "application/x-www-form-urlencoded"}
        try:
            response = await self._client.request(
                request.method,
                settings.base_url.rstrip("/") + path,
                params=[*request.query, *query],
                json=request.body,
                content=form,
                headers={**request.headers, **headers},
                timeout=settings.timeout_seconds,
            )
        except httpx.HTTPError as error:
            # the error's own text may hold the URL, and with it a key
            raise NoAnswer(type(error).__name__, sent=not isinstance(error.__cause__, NOTHING_SENT)) from None
        return Reply(response.status_code, response.text, {k.lower(): v for k, v in response.headers.items()})

"""Who asks: the types of the fixtures that open browsers and sign people in."""

from collections.abc import Awaitable, Callable

import httpx
from databases import Tenant

ORIGIN = "http://leadgen.example"

OpenBrowser = Callable[[], httpx.AsyncClient]
MakeLink = Callable[[Tenant], Awaitable[str]]
SignIn = Callable[[Tenant], Awaitable[httpx.AsyncClient]]

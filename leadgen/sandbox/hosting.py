"""The world's websites over HTTP: under their own host names, and by path for those who cannot set a Host header."""

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Match, Route
from starlette.types import Receive, Scope, Send

from leadgen.sandbox.lookup import Lookup
from leadgen.sandbox.world import Site

_NOT_FOUND = "<!DOCTYPE html><html><head><title>404 Not Found</title></head><body><h1>Not Found</h1></body></html>"
_BAD_GATEWAY = "<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def fetched(site: Site, path: str) -> tuple[int, str]:
    """HTTP status and HTML of a path: 502 where the site cannot be reached, 404 for a page that it has not."""
    if site.kind == "unreachable":
        return 502, _BAD_GATEWAY
    page = site.pages.get(path or "/") or site.pages.get(path.rstrip("/") or "/")
    return (404, _NOT_FOUND) if page is None else (200, page)


def _response(site: Site, path: str) -> Response:
    status, html = fetched(site, path)
    return HTMLResponse(html, status)


class SitesByHost(BaseRoute):
    """Takes every request whose Host header names a site of the world (`Host: smiledental.example`)."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether the request is for one of the sites."""
        if scope["type"] == "http":
            host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
            site = self._lookup.site(host)
            if site:
                return Match.FULL, {"endpoint": self, "path_params": {"site": site}}
        return Match.NONE, {}

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Sends the page."""
        await _response(scope["path_params"]["site"], scope["path"])(scope, receive, send)


def site_by_path(lookup: Lookup) -> Route:
    """`/__site/{domain}/{path}`; 404 for a domain that the world has not."""

    async def serve(request: Request) -> Response:
        site = lookup.site(request.path_params["domain"])
        return _response(site, f"/{request.path_params['path']}") if site else HTMLResponse(_NOT_FOUND, 404)

    return Route("/__site/{domain}/{path:path}", serve)

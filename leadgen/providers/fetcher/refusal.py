"""Why a page was not read."""

from typing import Literal

Reason = Literal[
    "url",  # not a URL that we fetch: scheme, port, credentials, no host
    "address",  # leads to an address that is not public
    "robots",  # the site's robots.txt disallows it
    "dns",  # the name has no address
    "offline",  # we have no network or no name server: nothing is known about the site
    "connection",  # nobody answers there, or hangs up
    "tls",  # no valid certificate for that name
    "protocol",  # what answers does not speak HTTP
    "unavailable",  # the site is broken (5xx) before it comes to the page
    "time",
    "size",
    "type",  # no text: a PDF, a picture
    "encoding",  # compressed in a way that we did not ask for, or wrongly
    "redirects",  # too many, or in a circle
]


class Refused(Exception):
    """The page is not read. `detail` says why in a few words for a person; it names hosts, never a query or a fragment."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail

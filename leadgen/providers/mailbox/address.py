"""Where a mailbox is and who enters it: credentials as one URL, which is the key that the client hands on.

    smtps://user:password@host:465   TLS from the start      smtp://...:587   STARTTLS, which is required
    imaps://user:password@host:993                           imap://...:143

User and password are percent-encoded. Such a URL is a secret: nothing here quotes one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import quote, unquote, urlsplit

from leadgen.errors import ConfigurationError
from leadgen.providers.fetcher.refusal import Refused
from leadgen.providers.fetcher.urls import check_host

Protocol = Literal["smtp", "imap"]
PORTS: Mapping[Protocol, frozenset[int]] = {
    "smtp": frozenset({25, 465, 587, 2525}),
    "imap": frozenset({143, 993}),
}
DEFAULT_PORTS: Mapping[str, int] = {"smtps": 465, "smtp": 587, "imaps": 993, "imap": 143}
SANDBOX_DOMAIN = ".example"
RECONNECT = (
    "Correct the mailbox's server, user name and password; many servers want a password made for the application."
)
_SECURITIES: Mapping[str, str] = {"tls": "s", "starttls": ""}
# Who puts a copy of what is submitted into the folder of sent mail by itself. Others may, too: those are asked to show it.
_FILING_HOSTS = frozenset(
    {"smtp.gmail.com", "smtp.googlemail.com", "smtp.office365.com", "smtp-mail.outlook.com", "outlook.office365.com"}
)


class Unusable(Exception):
    """A mailbox cannot be reached in the way that its credentials say, whatever is asked of it.

    The reason is for its owner; it names no credentials.
    """


@dataclass(frozen=True, slots=True)
class MailServer:
    """One server and who signs in to it. `is_encrypted`: TLS from the first byte, else by STARTTLS."""

    protocol: Protocol
    host: str
    port: int
    username: str = field(repr=False)
    password: str = field(repr=False)
    is_encrypted: bool


def key_of(protocol: Protocol, credentials: Mapping[str, str]) -> str:
    """The URL of a tenant's credentials: `host`, `username`, `password`, and optionally `port` and `security`.

    `security` is `tls` (the default) or `starttls`.

    Raises:
        ConfigurationError: one is missing, or `security` is something else.
    """
    security = _SECURITIES.get(credentials.get("security") or "tls")
    missing = [name for name in ("host", "username", "password") if not credentials.get(name)]
    if missing or security is None:
        wrong = f"has no {missing[0]}" if missing else "is neither secured by tls nor by starttls"
        raise ConfigurationError(f"The mailbox's {protocol} access {wrong}.", remedy="Connect the mailbox again.")
    scheme = protocol + security
    host = credentials["host"].strip()
    shown = f"[{host}]" if ":" in host else host
    port = (credentials.get("port") or "").strip() or DEFAULT_PORTS[scheme]
    name, password = (quote(credentials[part], safe="") for part in ("username", "password"))
    return f"{scheme}://{name}:{password}@{shown}:{port}"


def server_of(key: str, protocol: Protocol, base_url: str) -> MailServer:
    """The server that a key stands for. Where it is no URL, it is a name the sandbox knows: its server is at `base_url`.

    Raises:
        Unusable: it is none that we connect to; addresses that a name leads to are judged later, in `dial.py`.
    """
    if "://" not in key:
        if not base_url.startswith(protocol):
            raise Unusable("no mailbox is connected")
        place = urlsplit(base_url)
        key = f"{place.scheme}://{quote(key)}%40mailbox{SANDBOX_DOMAIN}:{quote(key)}@mail{SANDBOX_DOMAIN}"
    try:
        parts = urlsplit(key)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
        username, password = unquote(parts.username or "", errors="strict"), unquote(parts.password or "")
    except (ValueError, UnicodeError):
        raise Unusable("the mailbox's address cannot be read") from None
    if parts.scheme not in {protocol, f"{protocol}s"}:
        raise Unusable(f"the mailbox's address is none for {protocol}")
    if not username or not password or not (username + password).isprintable():
        raise Unusable("user name or password is missing, or holds what cannot be typed")
    return MailServer(protocol, host, port or DEFAULT_PORTS[parts.scheme], username, password, parts.scheme[-1] == "s")


def check_server(server: MailServer) -> None:
    """Passes a host that could be public, at a port of mail.

    Raises:
        Unusable: it is not.
    """
    if server.port not in PORTS[server.protocol]:
        known = ", ".join(map(str, sorted(PORTS[server.protocol])))
        raise Unusable(f"port {server.port} is none of mail's ({known})")
    try:
        check_host(server.host)
    except Refused as refused:
        raise Unusable(refused.detail) from None


def files_sent_mail(host: str) -> bool:
    """Whether the SMTP server of that name is known to put what it sends into the mailbox's folder of sent mail."""
    return host.strip().lower().removesuffix(".") in _FILING_HOSTS

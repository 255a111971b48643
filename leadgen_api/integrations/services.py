"""The services a tenant may connect, and the shape of each one's credentials. What is said of a value never repeats it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from leadgen.errors import ConfigurationError, InputError
from leadgen.providers.keys import SANDBOX_KEY
from leadgen.providers.mailbox.address import SANDBOX_DOMAIN, Protocol, Unusable, check_server, key_of, server_of
from leadgen.providers.slack import check_webhook_url

LONGEST_VALUE = 1_000
Complaints = list[dict[str, str]]
"""What is wrong, field by field: [{"field", "detail"}]."""


@dataclass(frozen=True, slots=True)
class Field:
    """One part of a service's credentials."""

    name: str
    label: str
    is_secret: bool = True
    is_required: bool = True


def _nothing(_values: Mapping[str, str]) -> Complaints:
    return []


@dataclass(frozen=True, slots=True)
class Service:
    """A service: what it is used for, the vendors of the settings that it stands for, and what its credentials are.

    `complaints` looks at values that are all there and printable.
    """

    name: str
    title: str
    used_for: str
    vendors: tuple[str, ...]
    fields: tuple[Field, ...]
    complaints: Callable[[Mapping[str, str]], Complaints] = _nothing


API_KEY = (Field("api_key", "API key"),)
_MAILBOX = (
    Field("host", "Server", is_secret=False),
    Field("port", "Port", is_secret=False, is_required=False),
    Field("security", "Security: tls or starttls", is_secret=False, is_required=False),
    Field("username", "User name", is_secret=False),
    Field("password", "Password"),
)

# How some services' keys begin: who pastes a key into the wrong form must not send it to another vendor.
_BEGINNINGS: Mapping[str, str] = {
    "sk-ant-": "anthropic",
    "sk-": "openai",
    "AIza": "google_maps",
    "fc-": "firecrawl",
    "re_": "resend",
}


def _of_another(service: str) -> Callable[[Mapping[str, str]], Complaints]:
    def complaints(values: Mapping[str, str]) -> Complaints:
        key = values["api_key"]
        if re.search(r"\s", key):
            return _complaint("api_key", "A key holds no spaces. Copy it alone, without what stands around it.")
        known = max((start for start in _BEGINNINGS if key.startswith(start)), key=len, default=None)
        if known is not None and _BEGINNINGS[known] != service:
            other = SERVICES[_BEGINNINGS[known]].title
            return _complaint("api_key", f"This looks like a key of {other}. It has not been sent anywhere.")
        return []

    return complaints


def _slack(values: Mapping[str, str]) -> Complaints:
    url = values["webhook_url"]
    try:
        if not url.startswith(SANDBOX_KEY):
            check_webhook_url(url)
    except InputError as error:
        return _complaint("webhook_url", str(error))
    return []


def _twilio(values: Mapping[str, str]) -> Complaints:
    if values["account_sid"].startswith(SANDBOX_KEY):
        return []
    found = []
    if not re.fullmatch(r"AC[0-9a-fA-F]{32}", values["account_sid"]):
        found += _complaint("account_sid", "An account's SID is AC and 32 characters of 0-9 and a-f.")
    if not re.fullmatch(r"[0-9a-fA-F]{32}", values["auth_token"]):
        found += _complaint("auth_token", "An auth token is 32 characters of 0-9 and a-f.")
    return found


def _mail_server(protocol: Protocol) -> Callable[[Mapping[str, str]], Complaints]:
    def complaints(values: Mapping[str, str]) -> Complaints:
        try:
            server = server_of(key_of(protocol, values), protocol, "")
            if not server.host.endswith(SANDBOX_DOMAIN):
                check_server(server)
        except ConfigurationError as error:
            return _complaint("security", error.message)
        except Unusable as unusable:
            return _complaint("host", str(unusable))
        return []

    return complaints


def _complaint(field: str, detail: str) -> Complaints:
    return [{"field": field, "detail": detail}]


def _keyed(name: str, title: str, used_for: str, *vendors: str) -> Service:
    return Service(name, title, used_for, vendors or (name,), API_KEY, _of_another(name))


SERVICES: Mapping[str, Service] = {
    service.name: service
    for service in (
        _keyed(
            "google_maps",
            "Google Maps",
            "finding businesses, and the speed of their sites",
            "google_places",
            "google_geocoding",
            "pagespeed",
        ),
        _keyed("yelp", "Yelp", "finding businesses"),
        _keyed("apollo", "Apollo", "finding people"),
        _keyed("hunter", "Hunter", "finding and verifying addresses"),
        _keyed("firecrawl", "Firecrawl", "reading websites that are programs"),
        _keyed("anthropic", "Claude", "research and drafts"),
        _keyed("openai", "OpenAI", "drafts, where an organization prefers it"),
        _keyed("instantly", "Instantly", "sending campaigns"),
        _keyed("resend", "Resend", "sending single emails"),
        Service("smtp", "Mailbox: sending", "sending from your own mailbox", ("smtp",), _MAILBOX, _mail_server("smtp")),
        Service("imap", "Mailbox: reading", "reading replies", ("imap",), _MAILBOX, _mail_server("imap")),
        Service(
            "twilio",
            "Twilio",
            "text messages and calls",
            ("twilio",),
            (Field("account_sid", "Account SID", is_secret=False), Field("auth_token", "Auth token")),
            _twilio,
        ),
        Service(
            "slack", "Slack", "notices to your channel", ("slack",), (Field("webhook_url", "Webhook URL"),), _slack
        ),
    )
}


def cleaned(given: Mapping[str, str]) -> dict[str, str]:
    """The values without the space around them, and without those left empty."""
    return {name: value.strip() for name, value in given.items() if value.strip()}


def complaints_of(service: Service, values: Mapping[str, str]) -> Complaints:
    """What keeps cleaned values from being credentials of the service; empty where nothing does. Nobody is asked."""
    known = {field.name for field in service.fields}
    found = [{"field": name, "detail": f"{service.title} has no such field."} for name in sorted(values.keys() - known)]
    for field in service.fields:
        value = values.get(field.name)
        if value is None:
            if field.is_required:
                found += _complaint(field.name, f"{field.label} is missing.")
        elif len(value) > LONGEST_VALUE or not value.isprintable():
            found += _complaint(field.name, f"{field.label} holds what cannot be typed, or is far too long.")
    return found or service.complaints(values)


def secrets_of(service: Service, values: Mapping[str, str]) -> dict[str, str]:
    """Those of the values that nobody may see."""
    return {field.name: values[field.name] for field in service.fields if field.is_secret and field.name in values}

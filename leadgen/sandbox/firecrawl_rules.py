"""What Firecrawl takes as an order: keys, types and ranges. What it does not take is refused as it refuses."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from leadgen.sandbox.lookup import host_of
from leadgen.sandbox.wire import json_reply, names

_FORMATS = {"markdown", "html", "rawHtml", "links"}
_OTHER_FORMATS = names(
    "summary images screenshot json changeTracking branding product menu audio video question highlights"
)
SCRAPE_KEYS = names(
    "url formats onlyMainContent onlyCleanContent includeTags excludeTags maxAge minAge headers waitFor mobile "
    "skipTlsVerification timeout parsers actions location removeBase64Images blockAds proxy storeInCache lockdown "
    "redactPII profile threatProtection auditMetadata zeroDataRetention origin integration"
)
MAP_KEYS = names(
    "url search sitemap includeSubdomains ignoreQueryParameters ignoreCache limit timeout location auditMetadata "
    "threatProtection origin integration"
)
_BOOLEANS = names(
    "onlyMainContent onlyCleanContent mobile skipTlsVerification removeBase64Images blockAds storeInCache lockdown "
    "zeroDataRetention includeSubdomains ignoreQueryParameters ignoreCache"
)
_NUMBERS = {
    "timeout": (1_000, 300_000),
    "waitFor": (0, 60_000),
    "maxAge": (0, None),
    "minAge": (1, None),
    "limit": (1, 100_000),
}
_UNRECOGNIZED = "Unrecognized key in body -- please review the v2 API documentation for request body changes"


class BadRequest(ValueError):
    """The request breaks a rule; carries Firecrawl's refusal."""

    def __init__(self, message: str, code: str, path: Sequence[str], **more: object) -> None:
        super().__init__(message)
        detail = {"code": code, "path": list(path), "message": message, **more}
        error = _UNRECOGNIZED if code == "unrecognized_keys" else message if code == "custom" else "Bad Request"
        self.reply = json_reply(400, {"success": False, "code": "BAD_REQUEST", "error": error, "details": [detail]})


@dataclass(frozen=True, slots=True)
class ScrapeOrder:
    """One scrape, checked."""

    url: str
    formats: frozenset[str]
    main_only: bool

    @classmethod
    def of(cls, payload: Any) -> "ScrapeOrder":
        """The order in a request's body. Raises BadRequest."""
        payload = checked(payload, SCRAPE_KEYS)
        formats = payload.get("formats", ["markdown"])
        if not isinstance(formats, list):
            raise BadRequest("Invalid input: expected array", "invalid_type", ["formats"])
        names = frozenset(_format(entry) for entry in formats)
        return cls(payload["url"], names, payload.get("onlyMainContent", True))


def _format(entry: object) -> str:
    name = entry.get("type") if isinstance(entry, dict) else entry
    if name not in _FORMATS | _OTHER_FORMATS:
        raise BadRequest(f"Invalid option: {name!r} is not a format", "invalid_union", ["formats"])
    if name in _OTHER_FORMATS:
        raise BadRequest(f"The sandbox does not make the format {name!r}", "custom", ["formats"])
    return str(name)


def checked(payload: Any, known: frozenset[str]) -> dict[str, Any]:
    """An order of one URL, with a scheme before it. Raises BadRequest."""
    if not isinstance(payload, dict):
        raise BadRequest("Invalid input: expected object", "invalid_type", [])
    check_keys(payload, known)
    return {**payload, "url": readable(payload.get("url"), "url")}


def check_keys(payload: dict[str, Any], known: frozenset[str]) -> None:
    """The keys of an order and what they may hold. Raises BadRequest."""
    unknown = sorted(payload.keys() - known)
    if unknown:
        raise BadRequest(f"Unrecognized key: {unknown[0]!r}", "unrecognized_keys", [], keys=unknown)
    for name, value in payload.items():
        _check_value(name, value)


def readable(url: object, where: str) -> str:
    """A URL that can be read, with a scheme. Raises BadRequest."""
    if not isinstance(url, str):
        raise BadRequest("Invalid input: expected string, received undefined", "invalid_type", [where])
    url = url if "://" in url else f"http://{url}"
    if urlsplit(url).scheme not in {"http", "https"}:
        raise BadRequest("URL uses unsupported protocol", "custom", [where])
    if "." not in host_of(url):
        raise BadRequest("URL must have a valid top-level domain or be a valid path", "custom", [where])
    return url


def _check_value(name: str, value: object) -> None:
    if name in _BOOLEANS and not isinstance(value, bool):
        raise BadRequest("Invalid input: expected boolean", "invalid_type", [name])
    if name in _NUMBERS:
        least, most = _NUMBERS[name]
        if isinstance(value, bool) or not isinstance(value, int):
            raise BadRequest("Invalid input: expected number", "invalid_type", [name])
        if value < least:
            raise BadRequest(f"Too small: expected number to be >={least}", "too_small", [name])
        if most is not None and value > most:
            raise BadRequest(f"Too big: expected number to be <={most}", "too_big", [name])
    if name == "proxy" and value not in {"basic", "enhanced", "auto"}:
        raise BadRequest("Invalid option", "invalid_value", ["proxy"])

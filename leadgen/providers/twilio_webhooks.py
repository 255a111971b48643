"""What Twilio tells by webhook, and whether it is Twilio that tells it.

Facts (VENDORS.md section 11): forms, signed with the account's own auth token: HMAC-SHA1 over the exact public URL and the
sorted fields; of JSON bodies the URL carries the sha256. Each tenant has a token of its own, so each has a webhook URL of
its own. Events may come twice and in any order; a message's SID and status tell them apart.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, urlsplit

from leadgen.errors import InputError

OptOut = Literal["stop", "start", "help"]

DEFAULT_PORTS: Mapping[str, int] = {"http": 80, "https": 443}
# Twilio's own keywords: it stops sending by itself on those of STOP.
_KEYWORDS: Mapping[str, OptOut] = {
    **dict.fromkeys(("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "OPTOUT", "REVOKE"), "stop"),
    **dict.fromkeys(("START", "UNSTOP", "YES"), "start"),
    **dict.fromkeys(("HELP", "INFO"), "help"),
}


@dataclass(frozen=True, slots=True)
class MessageStatus:
    """Where a message has got to. `error_code` says why it did not arrive, as 30034 (unregistered sender)."""

    sid: str
    status: str
    error_code: int | None


@dataclass(frozen=True, slots=True)
class CallStatus:
    """Where a call has got to; `seconds` is its length once it has ended."""

    sid: str
    status: str
    seconds: int | None


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A text message that somebody sent to one of the tenant's numbers. `opt_out`: what they want of us, if it says so."""

    sid: str
    sender: str = field(repr=False)
    to: str
    body: str = field(repr=False)
    opt_out: OptOut | None


def check_signature(auth_token: str, url: str, signature: str, body: bytes, content_type: str) -> None:
    """Passes a request that Twilio signed with this account's token.

    `url` is the public one, with its query, exactly as Twilio was given it; `signature` the header X-Twilio-Signature.

    Raises:
        InputError: the signature or the body's hash is missing or wrong.
    """
    fields = ""
    if content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded":
        fields = "".join(name + value for name, value in sorted(set(_pairs(body))))
    elif body:
        told = dict(parse_qsl(urlsplit(url).query)).get("bodySHA256", "")
        if not hmac.compare_digest(told.encode(), hashlib.sha256(body).hexdigest().encode()):
            raise InputError("The webhook's body is not the one that was signed.")
    if not any(_is_signed(auth_token, spelled + fields, signature) for spelled in _spellings(url)):
        raise InputError("The webhook's signature is wrong.", remedy="Check the public address that Twilio was given.")


def _is_signed(auth_token: str, text: str, signature: str) -> bool:
    wanted = base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest())
    return hmac.compare_digest(signature.encode(), wanted)


def _spellings(url: str) -> tuple[str, ...]:
    """The URL as it is, and with its scheme's usual port named or left out: Twilio signs the one or the other."""
    parts = urlsplit(url)
    usual = DEFAULT_PORTS.get(parts.scheme)
    if usual is None or parts.port not in {None, usual}:
        return (url,)
    bare = parts.netloc.removesuffix(f":{usual}")
    return (url, _at(parts, bare), _at(parts, f"{bare}:{usual}"))


def _at(parts: SplitResult, netloc: str) -> str:
    return parts._replace(netloc=netloc).geturl()


def read_message_status(body: bytes) -> MessageStatus:
    """The status callback of a message.

    Raises:
        InputError: the form is not one.
    """
    form = dict(_pairs(body))
    return MessageStatus(_needed(form, "MessageSid"), _needed(form, "MessageStatus"), _number(form.get("ErrorCode")))


def read_call_status(body: bytes) -> CallStatus:
    """The status callback of a call.

    Raises:
        InputError: the form is not one.
    """
    form = dict(_pairs(body))
    return CallStatus(_needed(form, "CallSid"), _needed(form, "CallStatus"), _number(form.get("CallDuration")))


def read_inbound(body: bytes) -> InboundMessage:
    """A message from outside. A number whose owner wants no more is to be suppressed (`opt_out` is `stop`).

    Raises:
        InputError: the form is not one.
    """
    form = dict(_pairs(body))
    text = form.get("Body", "")
    word = form.get("OptOutType") or text.strip().upper()
    return InboundMessage(
        sid=_needed(form, "MessageSid"),
        sender=_needed(form, "From"),
        to=_needed(form, "To"),
        body=text,
        opt_out=_KEYWORDS.get(word),
    )


def _pairs(body: bytes) -> list[tuple[str, str]]:
    return parse_qsl(body.decode(errors="replace"), keep_blank_values=True)


def _needed(form: Mapping[str, str], name: str) -> str:
    value = form.get(name)
    if not value:
        raise InputError(f"The webhook has no {name}.")
    return value


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None

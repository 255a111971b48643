"""How Twilio speaks: resources and errors in JSON or XML, dates, signatures, segments. VENDORS.md section 11."""

import base64
import hashlib
import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from leadgen.sandbox.wire import Billed, Header, Reply, json_reply

# The letters of GSM 03.38; those of its extension take two places.
_GSM = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENSION = frozenset("^{}\\[~]|€\f")


class Refused(ValueError):
    """The request breaks a rule; `code` is Twilio's."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


@dataclass(frozen=True, slots=True)
class Resource:
    """One answer before it is JSON or XML. `kind` names it in XML; a list's entries are called `entry`."""

    status: int
    kind: str
    fields: Mapping[str, Any]
    billed: Billed = ()
    entry: str = ""


def error(status: int, code: int, message: str) -> Resource:
    """A refusal as Twilio words it."""
    fields = {
        "code": code,
        "message": message,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": status,
    }
    return Resource(status, "RestException", fields)


def as_json(resource: Resource, *, headers: Sequence[Header] = ()) -> Reply:
    """The answer of a path that ends in `.json`."""
    return json_reply(resource.status, resource.fields, headers=headers, billed=resource.billed)


def as_xml(resource: Resource) -> Reply:
    """The answer of a path that does not."""
    root = Element("TwilioResponse")
    _put(root, resource.kind, resource.fields, resource.entry)
    body = b"<?xml version='1.0' encoding='UTF-8'?>\n" + tostring(root, encoding="utf-8")
    return Reply(resource.status, body, (), "application/xml", resource.billed)


def _put(parent: Element, kind: str, fields: Mapping[str, Any], entry: str) -> None:
    element = SubElement(parent, kind)
    for name, value in fields.items():
        if isinstance(value, list):
            for one in value:
                _put(element, entry, one, "")
        elif entry:
            element.set(name.replace("_", ""), "" if value is None else str(value))
        else:
            SubElement(element, name.title().replace("_", "")).text = None if value is None else str(value)


def moment(when: datetime | None) -> str | None:
    """A time as Twilio writes it: `Sun, 22 Nov 2026 10:00:00 +0000`."""
    return format_datetime(when) if when else None


def signature(auth_token: str, url: str, fields: Mapping[str, str]) -> str:
    """What goes into X-Twilio-Signature with a form."""
    text = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(auth_token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def segments(body: str) -> int:
    """How many messages a text takes on the way: 160 places of GSM each (153 where there are several), else 70 (67)."""
    if all(letter in _GSM or letter in _GSM_EXTENSION for letter in body):
        places, alone, joined = sum(2 if letter in _GSM_EXTENSION else 1 for letter in body), 160, 153
    else:
        places, alone, joined = len(body.encode("utf-16-be")) // 2, 70, 67
    return 1 if places <= alone else -(-places // joined)

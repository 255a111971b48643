"""Delivery status notifications as RFC 3464 writes them: one block of fields a recipient, read tolerantly."""

import re
from dataclasses import dataclass

ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@(?:[\w-]+\.)*[\w-]+", re.UNICODE)
_QUOTED = re.compile(r"\"[^\"\n]+\"@(?:[\w-]+\.)+[\w-]+")
_FIELD = re.compile(r"^([A-Za-z][A-Za-z0-9-]*)\s*:[ \t]*(.*(?:\n[ \t]+.*)*)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class StatusBlock:
    """What a report says of one recipient. `action` is failed, delayed, delivered, relayed or expanded, or empty."""

    address: str
    action: str
    status: str
    diagnostic: str


def status_blocks(report: str) -> tuple[StatusBlock, ...]:
    """The recipients of a report. An address is the one that was written to, where the report knows it."""
    found: list[StatusBlock] = []
    for block in re.split(r"\n\s*\n", report):
        fields: dict[str, str] = {}
        for name, value in _FIELD.findall(block):
            fields.setdefault(name.lower(), " ".join(value.split()))
        if not fields.keys() & {"final-recipient", "original-recipient", "action", "status", "x-actual-recipient"}:
            continue
        names = ("original-recipient", "final-recipient", "x-actual-recipient")
        addresses = (first_address(fields.get(name, "").partition(";")[2] or fields.get(name, "")) for name in names)
        found.append(
            StatusBlock(
                next((address for address in addresses if address), ""),
                fields.get("action", "").split(" ")[0].strip("();").lower(),
                fields.get("status", "").strip(),
                fields.get("diagnostic-code", ""),
            )
        )
    return tuple(found)


def first_address(text: str) -> str:
    """The first mail address in a text, as it is written; empty where there is none."""
    match = _QUOTED.search(text) or ADDRESS.search(text)
    return match[0].strip(".'`") if match else ""

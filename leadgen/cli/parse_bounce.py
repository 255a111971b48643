"""`leadgen parse-bounce`: what a mail in a file is (bounce, complaint, auto-reply, reply), and whom a bounce names."""

from pathlib import Path
from typing import Any

from leadgen.cli import mail_file
from leadgen.domain.replies.bounce import BouncedRecipient, BounceReport, parse_bounce


def read(path: Path) -> BounceReport:
    """The report of one file. Raises InputError where it cannot be read."""
    return parse_bounce(mail_file.read(path))


def as_json(path: Path, report: BounceReport) -> dict[str, Any]:
    """The document of one file; the first recipient on top, all under `recipients`. What is not known is null."""
    recipients = [_recipient(each) for each in report.recipients]
    first = recipients[0] if recipients else {"recipient": None, "hard": False, "status": None, "reason": None}
    named = {key: first[key] for key in ("recipient", "hard", "status", "reason")}
    return {"file": str(path), "kind": str(report.kind), **named, "recipients": recipients}


def as_lines(path: Path, report: BounceReport) -> str:
    """The same for a person."""
    lines = [f"{path}: {report.kind}"]
    for each in report.recipients:
        severity = "hard" if each.is_hard else "soft"
        lines.append(f"  {each.address or 'nobody named'}  {severity}  {each.status}  {each.reason}: {each.diagnostic}")
    return "\n".join(lines)


def _recipient(each: BouncedRecipient) -> dict[str, Any]:
    return {
        "recipient": each.address or None,
        "hard": each.is_hard,
        "status": each.status or None,
        "reason": each.reason or None,
        "diagnostic": each.diagnostic or None,
    }

"""`leadgen classify-reply`: what a reply in a file wants, by the rules alone, with the words that say so."""

from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from leadgen.cli import mail_file
from leadgen.domain.replies.classify import Classified
from leadgen.domain.replies.message import Message
from leadgen.domain.replies.return_date import next_business_day
from leadgen.domain.replies.understanding import understand

ONLY_RULES = (
    "Where the rules are not sure, Claude reads the replies of an organization's campaign: its calls belong to one, which a "
    "file has not. Here only the rules spoke."
)


def read(path: Path) -> Classified:
    """The class of one file's mail, its dates counted from the day it was sent. Raises InputError where it cannot be read."""
    message = mail_file.read(path)
    return understand(message, _sent_on(message))


def as_json(path: Path, found: Classified, country: str) -> dict[str, Any]:
    """The document of one file. `parked_until` is the first business day after the return in `country`."""
    back = found.return_date
    return {
        "file": str(path),
        "class": str(found.reply_class),
        "confidence": round(found.confidence, 2),
        "quote": found.quote,
        "return_date": back.isoformat() if back else None,
        "parked_until": next_business_day(back, country).isoformat() if back else None,
        "referral": {"email": found.referral.email, "name": found.referral.name} if found.referral else None,
        "needs_review": not found.is_sure,
    }


def as_lines(path: Path, found: Classified, country: str) -> str:
    """The same for a person."""
    shown = as_json(path, found, country)
    lines = [f"{path}: {shown['class']}, {found.confidence:.0%}{'' if found.is_sure else ': a person should look'}"]
    lines += [
        f"  {name.replace('_', ' ')}: {shown[name]}" for name in ("quote", "return_date", "parked_until") if shown[name]
    ]
    if found.referral:
        lines.append(f"  referred to: {' '.join(filter(None, (found.referral.name, found.referral.email)))}")
    return "\n".join(lines)


def _sent_on(message: Message) -> date:
    try:
        return parsedate_to_datetime(message.header("date")).date()
    except (ValueError, TypeError, IndexError):
        return datetime.now(UTC).date()

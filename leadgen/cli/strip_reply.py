"""`leadgen strip-reply`: the answer in a mail's file without what it quotes, signature and trailers."""

from pathlib import Path
from typing import Any

from leadgen.cli import mail_file
from leadgen.domain.replies.strip import Stripped, strip_reply


def read(path: Path) -> Stripped:
    """The answer and the rest of one file. Raises InputError where it cannot be read."""
    return strip_reply(mail_file.read(path).text)


def as_json(path: Path, stripped: Stripped) -> dict[str, Any]:
    """The document of one file."""
    return {"file": str(path), "reply": stripped.reply, "quoted": stripped.quoted}


def as_lines(path: Path, stripped: Stripped) -> str:
    """The answer for a person, with how much was taken away."""
    taken = sum(bool(line.strip()) for line in stripped.quoted.split("\n"))
    return f"{path}  ({taken} lines taken away)\n{stripped.reply}\n"

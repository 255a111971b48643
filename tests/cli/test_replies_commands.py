"""The commands that try out the rules on mails in files: one JSON line a file, and for people the same in words."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from leadgen.cli.main import app

BOUNCE = """From: MAILER-DAEMON@mx.example
To: sales@ours.example
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: text/plain

<bob@clinic.example>: host mx said: 550 5.1.1 User unknown (in reply to RCPT TO command)
"""
REPLY = "Not right now, ask me again in March.\n\nOn Tue, Jun 30, 2026 at 4:58 PM Tom <tom@ours.example> wrote:\n> shall we?\n"
ABSENCE = """From: Ann <ann@clinic.example>
To: sales@ours.example
Subject: Automatic reply: hello
Date: Wed, 1 Jul 2026 09:00:00 +0000
Auto-Submitted: auto-replied

I am away until Friday, July 10.
"""


def run(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [*map(str, words)])
    return result.exit_code, result.output


def documents(*words: str | Path) -> list[dict[str, Any]]:
    code, said = run(*words, "--json")
    assert code == 0, said
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


@pytest.fixture
def files(tmp_path: Path) -> dict[str, Path]:
    paths = {name: tmp_path / name for name in ("bounce.eml", "reply.txt", "absence.eml")}
    for path, text in zip(paths.values(), (BOUNCE, REPLY, ABSENCE), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def test_a_bounce_is_told_from_a_reply_and_an_automatic_answer(files: dict[str, Path]) -> None:
    bounce, reply, absence = documents("parse-bounce", *files.values())
    assert bounce["file"] == str(files["bounce.eml"])
    assert [bounce[name] for name in ("kind", "recipient", "hard", "status", "reason")] == [
        "bounce",
        "bob@clinic.example",
        True,
        "5.1.1",
        "userunknown",
    ]
    assert (reply["kind"], reply["recipient"], absence["kind"]) == ("reply", None, "auto-reply")
    assert "bob@clinic.example  hard  5.1.1  userunknown" in run("parse-bounce", files["bounce.eml"])[1]


def test_a_reply_is_printed_without_its_quote(files: dict[str, Path]) -> None:
    (document,) = documents("strip-reply", files["reply.txt"])
    assert document["reply"] == "Not right now, ask me again in March."
    assert "shall we?" in document["quoted"]
    assert "shall we?" not in run("strip-reply", files["reply.txt"])[1]


def test_a_reply_is_classified_with_its_words_and_a_parked_step_with_its_day(files: dict[str, Path]) -> None:
    reply, absence, bounce = documents(
        "classify-reply", "--offline", files["reply.txt"], files["absence.eml"], files["bounce.eml"]
    )
    assert (reply["class"], reply["quote"]) == ("not now", "Not right now, ask me again in March.")
    assert (absence["class"], absence["return_date"], absence["parked_until"]) == (
        "out of office",
        "2026-07-10",
        "2026-07-13",
    )
    assert bounce["class"] == "bounce"
    assert "parked until: 2026-07-13" in run("classify-reply", files["absence.eml"])[1]


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    for command in ("parse-bounce", "strip-reply", "classify-reply"):
        code, said = run(command, tmp_path / "nowhere.eml")
        assert code == 1
        assert "nowhere.eml cannot be read" in said

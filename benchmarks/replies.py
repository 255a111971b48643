"""How well bounces and replies are understood, on the labelled sets of ../shared/data/vectors and on our own.

    python benchmarks/replies.py [--data DIR] [--misses]

Prints one table. Bounces: kind, exact recipients, hard or soft, status code (of all, and of those whose server gave one) and
reason. Replies: the share stripped exactly as the set's authors did. Classes: accuracy, macro F1 and opt-out recall on
`labelled_replies.json`, which was written by the rules' author: it guards against regressions and proves no more. Where
flufl.bounce, mail-parser-reply or email-reply-parser can be imported (put them on PYTHONPATH), their figures stand beside.
"""

import argparse
import json
import sys
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from email import message_from_bytes
from importlib import import_module
from pathlib import Path
from typing import Any

from leadgen.domain.replies.bounce import BouncedRecipient, BounceReport, parse_bounce
from leadgen.domain.replies.classify import classify
from leadgen.domain.replies.message import read_message
from leadgen.domain.replies.strip import strip_reply

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "vectors"
LABELLED = Path(__file__).with_name("labelled_replies.json")
KIND_OF_REASON = {"feedback": "complaint", "vacation": "auto-reply", "delivered": "auto-reply"}
TODAY = date(2026, 7, 1)
NOBODY = BouncedRecipient("", False, "", "", "")


@dataclass(slots=True)
class Score:
    """How often something was right; `misses` says where it was not."""

    right: int = 0
    asked: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, is_right: bool, miss: str) -> None:
        """Count one answer."""
        self.asked += 1
        self.right += is_right
        if not is_right:
            self.misses.append(miss)

    def __str__(self) -> str:
        return f"{self.right / max(self.asked, 1):6.1%}  ({self.right} of {self.asked})"


class Table:
    """The scores by name, in the order in which they came up."""

    def __init__(self) -> None:
        self.scores: dict[str, Score] = {}

    def add(self, name: str, is_right: bool, miss: str) -> None:
        """Count one answer under a name."""
        self.scores.setdefault(name, Score()).add(is_right, miss)

    def show(self, *, with_misses: bool) -> None:
        """Print everything."""
        for name, score in self.scores.items():
            print(f"{name:<58}{score}")
        if with_misses:
            for name, score in self.scores.items():
                for miss in score.misses:
                    print(f"  {name}: {miss}")


def real_bounces(data: Path, table: Table) -> None:
    """The bounces of many servers, labelled with status, reason and whether they are for good."""
    expected = json.loads((data / "bounces" / "real_bounces_expected.json").read_text())
    kinds: Counter[tuple[str, str]] = Counter()
    with zipfile.ZipFile(data / "bounces" / "real_bounces.zip") as files:
        started = time.process_time()
        reports = {name: parse_bounce(read_message(files.read(name))) for name in expected}
        seconds = time.process_time() - started
    for name, labels in expected.items():
        kind = KIND_OF_REASON.get(labels[0]["reason"], "bounce")
        kinds[kind, str(reports[name].kind)] += 1
        if kind == "bounce":
            _bounce(table, name, reports[name], labels[0])
    for kind in ("bounce", "complaint", "auto-reply"):
        found = sum(count for (_, got), count in kinds.items() if got == kind)
        truth = sum(count for (want, _), count in kinds.items() if want == kind)
        table.scores[f"real bounces: precision of {kind}"] = Score(kinds[kind, kind], found)
        table.scores[f"real bounces: recall of {kind}"] = Score(kinds[kind, kind], truth)
    print(f"{len(expected)} bounces read at {1000 * seconds / len(expected):.1f} ms each\n")


def _bounce(table: Table, name: str, report: BounceReport, label: dict[str, Any]) -> None:
    got = report.recipients[0] if report.recipients else NOBODY
    said = f"{name}: {got.reason} {got.status}, labelled {label['reason']} {label['dsn']}"
    table.add("real bounces: hard or soft", got.is_hard == label["hard"], said)
    table.add("real bounces: status code", got.status == label["dsn"], said)
    if ".0.9" not in label["dsn"]:
        table.add("real bounces: status code where the server gave one", got.status == label["dsn"], said)
    table.add("real bounces: reason", got.reason == label["reason"], said)


def named_recipients(data: Path, table: Table) -> None:
    """The bounces of flufl.bounce: whom they name."""
    expected = json.loads((data / "bounces" / "flufl_expected.json").read_text())
    baseline = _imported("flufl.bounce")
    with zipfile.ZipFile(data / "bounces" / "flufl_bounce_data.zip") as files:
        for each in expected:
            name, truth = each["file"], {address.lower() for address in each["addresses"]}
            raw = files.read(name)
            got = {one.address.lower() for one in parse_bounce(read_message(raw)).recipients if one.address}
            table.add(
                "flufl bounces: exact recipients", got == truth, f"{name}: {sorted(got)}, labelled {sorted(truth)}"
            )
            if baseline:
                theirs = {address.decode().lower() for address in baseline.scan_message(message_from_bytes(raw))}
                table.add("flufl bounces: exact recipients by flufl.bounce", theirs == truth, name)


def flufl_on_real_bounces(data: Path, table: Table) -> None:
    """What the baseline finds where the labels are not its own: at least one failed address of a bounce."""
    baseline = _imported("flufl.bounce")
    expected = json.loads((data / "bounces" / "real_bounces_expected.json").read_text())
    with zipfile.ZipFile(data / "bounces" / "real_bounces.zip") as files:
        for name, labels in expected.items():
            if labels[0]["reason"] in KIND_OF_REASON:
                continue
            raw = files.read(name)
            found = any(one.address for one in parse_bounce(read_message(raw)).recipients)
            table.add("real bounces: somebody named", found, name)
            if baseline:
                temporary, permanent = baseline.all_failures(message_from_bytes(raw))
                table.add("real bounces: somebody named by flufl.bounce", bool(temporary or permanent), name)
                table.add("real bounces: hard or soft by flufl.bounce", bool(permanent) == labels[0]["hard"], name)


def stripped_replies(data: Path, table: Table) -> None:
    """The replies and how their authors trimmed them."""
    strippers: dict[str, Callable[[str], str]] = {"": lambda text: strip_reply(text).reply}
    if parser := _imported("mailparser_reply"):
        languages = ["en", "de", "fr", "it", "es", "nl", "ja", "pl", "sv", "zh"]
        strippers[" by mail-parser-reply"] = lambda text: str(
            parser.EmailReplyParser(languages=languages).parse_reply(text=text)
        )
    if zapier := _imported("email_reply_parser"):
        strippers[" by email-reply-parser"] = lambda text: str(zapier.EmailReplyParser.parse_reply(text))
    with zipfile.ZipFile(data / "email_replies" / "replies.zip") as files:
        for name in sorted(files.namelist()):
            folder, _, file = name.rpartition("/")
            if not folder.endswith("emails") or not file:
                continue
            text = files.read(name).decode()
            truth = files.read(name.replace("emails/", "trimmed/")).decode()
            for by, strip in strippers.items():
                table.add(f"replies: stripped exactly{by}", _even(strip(text)) == _even(truth), file)


def classes(table: Table) -> None:
    """The labelled replies: accuracy, and for each class how many are found."""
    labelled = json.loads(LABELLED.read_text(encoding="utf-8"))
    pairs: Counter[tuple[str, str]] = Counter()
    for each in labelled:
        found = classify(each["text"], {}, TODAY)
        pairs[each["class"], str(found.reply_class)] += 1
        said = f"{each['text'][:60]!r}: {found.reply_class}, labelled {each['class']}"
        table.add("labelled replies: class", found.reply_class == each["class"], said)
        if found.is_sure:
            table.add("labelled replies: class where the rules are sure", found.reply_class == each["class"], said)
        if each["class"] == "unsubscribe":
            table.add("labelled replies: opt-outs found", found.reply_class == "unsubscribe", said)
    names = sorted({truth for truth, _ in pairs})
    print(f"labelled replies: macro F1 {sum(_f1(pairs, name) for name in names) / len(names):.3f}\n")


def _f1(pairs: Counter[tuple[str, str]], name: str) -> float:
    found = sum(count for (_, got), count in pairs.items() if got == name)
    truth = sum(count for (want, _), count in pairs.items() if want == name)
    return 2 * pairs[name, name] / max(found + truth, 1)


def _even(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def _imported(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


def main() -> None:
    """The whole table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--data", type=Path, default=DATA)
    options.add_argument("--misses", action="store_true")
    chosen = options.parse_args()
    if not chosen.data.is_dir():
        sys.exit(f"{chosen.data} is not there: give the folder of the vectors with --data.")
    table = Table()
    real_bounces(chosen.data, table)
    named_recipients(chosen.data, table)
    flufl_on_real_bounces(chosen.data, table)
    stripped_replies(chosen.data, table)
    classes(table)
    table.show(with_misses=chosen.misses)


if __name__ == "__main__":
    main()

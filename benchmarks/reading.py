"""How well a web page is read, on the annotated pages of ../shared/data/web.

    python benchmarks/reading.py [--data DIR] [--misses]

Prints one table: precision, recall and F1 of emails and phone numbers (against annotations by hand; fax numbers count,
numbers that are not valid and addresses without a top level do not) and of the main content (snippets that must and must
not be in it), and the CPU a page takes. `--misses` lists what was wrong, page by page.
"""

import argparse
import json
import re
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from leadgen.domain.enrichment.markup import decode_html
from leadgen.domain.enrichment.page import PageFindings, read_page
from leadgen.domain.identity.phones import e164

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "web"
GOOD = {"emails": "P .84 R .98", "phones": "P .92 R .84", "people": "", "text": "F1 .92"}


@dataclass(slots=True)
class Tally:
    """Right, wrong and missing values of one kind; `misses` says which."""

    right: int = 0
    wrong: int = 0
    missing: int = 0
    misses: list[str] = field(default_factory=list)

    def add(self, page: str, found: set[str], truth: set[str]) -> None:
        """Compare what was found on a page with what stands there."""
        self.right += len(found & truth)
        self.wrong += len(found - truth)
        self.missing += len(truth - found)
        if found != truth:
            self.misses.append(f"{page}: wrong {sorted(found - truth)}, missing {sorted(truth - found)}")

    @property
    def precision(self) -> float:
        return self.right / max(self.right + self.wrong, 1)

    @property
    def recall(self) -> float:
        return self.right / max(self.right + self.missing, 1)

    @property
    def f1(self) -> float:
        return 2 * self.right / max(2 * self.right + self.wrong + self.missing, 1)


@dataclass(slots=True)
class Clock:
    """CPU spent reading."""

    pages: int = 0
    characters: int = 0
    seconds: float = 0.0

    def read(self, html: str, url: str) -> PageFindings:
        started = time.process_time()
        findings = read_page(html, url)
        self.seconds += time.process_time() - started
        self.pages += 1
        self.characters += len(html)
        return findings


def pages(archive: Path) -> Iterator[tuple[str, str]]:
    """Names and decoded HTML of the pages in a zip."""
    with zipfile.ZipFile(archive) as files:
        for name in files.namelist():
            if not name.endswith("/"):
                yield name, decode_html(files.read(name))


def _emails(entities: dict[str, list[str]]) -> set[str]:
    plain = (re.sub(r"\s+dot\s+", ".", re.sub(r"\s+at\s+", "@", text)).lower() for text in entities.get("EMAIL", []))
    return {text for text in plain if re.search(r"@[^@]+\.[a-z]", text)}


def _phones(entities: dict[str, list[str]]) -> set[str]:
    raw = [*entities.get("TEL", []), *entities.get("FAX", [])]
    return {number for text in raw if (number := e164(text))}


def _people(entities: dict[str, list[str]]) -> set[str]:
    return {name for name in entities.get("PER", []) if " " in name}


def contacts(data: Path, clock: Clock) -> dict[str, Tally]:
    """Emails, phones and people of the contact pages."""
    html = dict(pages(data / "contact_pages.zip"))
    kinds: dict[str, tuple[Callable[[PageFindings], set[str]], Callable[[dict[str, list[str]]], set[str]]]] = {
        "emails": (lambda found: set(found.emails), _emails),
        "phones": (lambda found: set(found.phones), _phones),
        "people": (lambda found: {person.name for person in found.people}, _people),
    }
    tallies = {kind: Tally() for kind in kinds}
    for line in (data / "contact_pages.truth.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        found = clock.read(html[row["page"]], row["base_url"] or "")
        for kind, (of_page, of_truth) in kinds.items():
            tallies[kind].add(row["page"], of_page(found), of_truth(row["entities"]))
    return tallies


def text(data: Path, clock: Clock) -> Tally:
    """Snippets that the main content must and must not contain."""
    html = dict(pages(data / "text_pages.zip"))
    tally = Tally()
    for row in json.loads((data / "text_pages_expected.json").read_text(encoding="utf-8")):
        found = clock.read(html[row["file"]], row["url"]).text
        wanted, unwanted = set(row["must_contain"]), set(row["must_not_contain"])
        tally.add(row["file"], {snippet for snippet in wanted | unwanted if snippet in found}, wanted)
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--misses", action="store_true", help="list what was wrong")
    arguments = parser.parse_args()
    if not (arguments.data / "contact_pages.zip").exists():
        print(f"No data at {arguments.data}: nothing was measured. Name its folder with --data.", file=sys.stderr)
        return 1
    clock = Clock()
    tallies = {**contacts(arguments.data, clock), "text": text(arguments.data, clock)}
    print(f"{'':8}{'precision':>10}{'recall':>8}{'F1':>8}{'right':>7}{'wrong':>7}{'missing':>9}   good")
    for kind, tally in tallies.items():
        print(
            f"{kind:8}{tally.precision:10.3f}{tally.recall:8.3f}{tally.f1:8.3f}"
            f"{tally.right:7}{tally.wrong:7}{tally.missing:9}   {GOOD[kind]}"
        )
    per_30_kb = clock.seconds / clock.characters * 30_720
    print(f"CPU: {1000 * clock.seconds / clock.pages:.1f} ms a page, {1000 * per_30_kb:.1f} ms for 30 KB")
    if arguments.misses:
        for kind, tally in tallies.items():
            print(f"\n{kind}", *tally.misses, sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main())

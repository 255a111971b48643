"""`leadgen match`: which listings of two files are the same business, and why. Files in, a file out; nothing is trained."""

import csv
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from leadgen.domain.identity.clusters import resolve_traits
from leadgen.domain.identity.matching import compare_traits
from leadgen.domain.identity.records import Record, traits_of_all
from leadgen.errors import InputError

TEXT_FIELDS = ("name", "address", "city", "state", "postal_code", "phone", "website", "category", "country")
COLUMNS = ("left_id", "right_id", "score", "reason")
# What programs write into a cell that is empty
NOTHING = frozenset({"null", "none", "nan", "n/a", "#n/a", "\\n", "-", "--"})
LONGEST_FIELD = 1_000_000  # characters: a cell may hold more than the csv module's own limit


@dataclass(frozen=True, slots=True)
class AcceptedPair:
    """Two listings that are one business, by the ids of their files. `score` 0-1; `reason` names the evidence."""

    left_id: str
    right_id: str
    score: float
    reason: str


def read_listings(path: Path, source: str) -> list[Record]:
    """The listings of a CSV file (UTF-8, with a header); any column may be missing, but there must be one that we know.

    A row without `id` is named by its line. Record ids are `source:id`.

    Raises:
        InputError: the file cannot be read, has no known column, an id twice, or a coordinate that is no number.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
            known = {*TEXT_FIELDS, "latitude", "longitude"} & set(reader.fieldnames or ())
            if not known:
                raise InputError(
                    f"{path} has none of the columns {', '.join(TEXT_FIELDS)}, latitude, longitude.",
                    remedy="Name the columns in the first row.",
                )
            records = [_record(path, reader.line_num, row, source) for row in reader]
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", remedy="Give the path of a CSV file.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not text in UTF-8.", remedy="Save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise InputError(f"{path} is not a CSV file: {error}.", remedy="Save it as CSV in UTF-8.") from error
    _require_different_ids(path, records)
    return records


def match_files(left: Sequence[Record], right: Sequence[Record], *, one_source: bool) -> Iterator[AcceptedPair]:
    """The accepted pairs, left by left; with an empty `right` the pairs within `left`.

    `one_source`: a file may list a business more than once.
    """
    records = [*left, *right]
    left_ids = {record.id for record in left}
    order = {record.id: place for place, record in enumerate(records)}
    known = traits_of_all(records)
    traits = {trait.id: trait for trait in known}
    pairs = sorted(
        (
            (a, b) if order[a] < order[b] else (b, a)
            for cluster in resolve_traits(known, one_source=one_source).clusters
            for a, b in combinations(cluster.record_ids, 2)
            if not right or (a in left_ids) != (b in left_ids)
        ),
        key=lambda pair: (order[pair[0]], order[pair[1]]),
    )
    for a, b in pairs:
        match = compare_traits(traits[a], traits[b])
        yield AcceptedPair(a.partition(":")[2], b.partition(":")[2], match.score, match.reason)


def run(left: Path, right: Path | None, out: Path, *, one_source: bool) -> str:
    """Reads, matches, writes `out` whole or not at all, and says in a sentence what was found.

    Raises:
        InputError: a file cannot be read or written.
    """
    lefts = read_listings(left, "left")
    rights = read_listings(right, "right") if right else []
    sys.stderr.write(f"{len(lefts) + len(rights):,} listings read; matching ...\n")
    accepted = match_files(lefts, rights, one_source=one_source or right is None)
    draft = out.with_name(f".{out.name}.new")
    written = 0
    try:
        with draft.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for pair in accepted:
                writer.writerow((pair.left_id, pair.right_id, f"{pair.score:.4f}", pair.reason))
                written += 1
        draft.replace(out)
    except OSError as error:
        raise InputError(f"{out} cannot be written: {error.strerror}.", remedy="Give another path.") from error
    finally:
        draft.unlink(missing_ok=True)
    return f"{written:,} pairs are one business each: {out}"


def _record(path: Path, line: int, row: Mapping[str, str | None], source: str) -> Record:
    def text(column: str) -> str | None:
        cell = (row.get(column) or "").strip()
        return None if cell.lower() in NOTHING else cell or None

    return Record(
        id=f"{source}:{text('id') or f'line {line}'}",
        source=source,
        name=text("name"),
        address=text("address"),
        city=text("city"),
        state=text("state"),
        postal_code=text("postal_code"),
        country=text("country"),
        phone=text("phone"),
        website=text("website"),
        category=text("category"),
        latitude=_degrees(path, line, "latitude", text("latitude")),
        longitude=_degrees(path, line, "longitude", text("longitude")),
    )


def _degrees(path: Path, line: int, column: str, text: str | None) -> float | None:
    try:
        return float(text.replace(",", ".")) if text else None
    except ValueError as error:
        raise InputError(
            f"{path}, line {line}: {column} {text!r} is no number.", remedy="Give degrees, as 30.2672."
        ) from error


def _require_different_ids(path: Path, records: Sequence[Record]) -> None:
    seen: set[str] = set()
    for record in records:
        if record.id in seen:
            raise InputError(
                f"{path} has the id {record.id.partition(':')[2]!r} twice.",
                remedy="Give each listing an id of its own.",
            )
        seen.add(record.id)

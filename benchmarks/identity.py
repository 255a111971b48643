"""How well identity recognises one business in many listings, on the labelled sets of ../shared/data/er.

    python benchmarks/identity.py [--data DIR]

Prints one table: precision, recall and F1 of `resolve`, with one set of parameters for all sets, beside the baselines
measured on the same sets. Only labelled pairs count; clusters count pairwise after closure.
"""

import argparse
import csv
import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import combinations
from pathlib import Path

from leadgen.domain.identity.clusters import Resolution, resolve
from leadgen.domain.identity.records import Record

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "er"

Pairs = set[tuple[str, str]]

BASELINES = {
    "zomato_yelp": "phone .945, rule .980, splink .984, forest .988",
    "overture": "phone .725, rule .822, forest .872",
    "overture, US": "splink .82, rule .893, forest .902",
    "geoer_osm_fsq_pit": "rule .865, forest .914",
    "chicago": "splink .900, rule .95",
}


@dataclass(frozen=True, slots=True)
class Measured:
    """One line of the table. `seconds` of CPU for all records of the set."""

    name: str
    precision: float
    recall: float
    records: int
    seconds: float

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall)


def read_records(path: Path, prefix: str = "") -> list[Record]:
    """The listings of one CSV file, ids prefixed so that two files do not collide."""

    def number(text: str) -> float | None:
        return float(text) if text else None

    with path.open(newline="", encoding="utf-8") as file:
        return [
            Record(
                id=prefix + row["id"],
                source=row["source"],
                latitude=number(row["latitude"]),
                longitude=number(row["longitude"]),
                **{
                    field: row[field] or None
                    for field in (
                        "name",
                        "address",
                        "city",
                        "state",
                        "postal_code",
                        "phone",
                        "website",
                        "category",
                        "country",
                    )
                },
            )
            for row in csv.DictReader(file)
        ]


def measure(name: str, found: Pairs, true: Pairs, records: int, seconds: float) -> Measured:
    """Precision and recall of the pairs found."""
    hits = len(found & true)
    return Measured(name, hits / max(len(found), 1), hits / max(len(true), 1), records, seconds)


def timed(records: list[Record], *, one_source: bool = False) -> tuple[Resolution, float]:
    """The resolution and the CPU seconds it took."""
    start = time.process_time()
    resolution = resolve(records, one_source=one_source)
    return resolution, time.process_time() - start


def two_sources(folder: Path) -> list[Measured]:
    """A set of two files and labelled pairs; one more line for its US part where countries are given."""
    left = [replace(r, source="left") for r in read_records(folder / "left.csv", "left:")]
    right = [replace(r, source="right") for r in read_records(folder / "right.csv", "right:")]
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
        labels = {
            (f"left:{row['left_id']}", f"right:{row['right_id']}"): row["same"] == "1" for row in csv.DictReader(file)
        }
    resolution, seconds = timed([*left, *right])
    cluster_of = {i: c.record_ids for c in resolution.clusters for i in c.record_ids}
    found = {pair for pair in labels if cluster_of[pair[0]] is cluster_of[pair[1]]}
    true = {pair for pair, same in labels.items() if same}
    lines = [measure(folder.name, found, true, len(left) + len(right), seconds)]
    american = {r.id for r in left if r.country == "US"}
    if american:
        lines.append(
            measure(
                f"{folder.name}, US",
                {p for p in found if p[0] in american},
                {p for p in true if p[0] in american},
                len(american) * 2,
                seconds,
            )
        )
    return lines


def one_list(folder: Path) -> list[Measured]:
    """A set of one list, in which every source repeats itself, and its true clusters."""
    records = read_records(folder / "records.csv")
    with (folder / "clusters.csv").open(newline="", encoding="utf-8") as file:
        entity_of = {row["id"]: row["entity_id"] for row in csv.DictReader(file)}
    resolution, seconds = timed(records, one_source=True)
    members: dict[str, list[str]] = defaultdict(list)
    for record_id, entity in entity_of.items():
        members[entity].append(record_id)
    found = _pairs(cluster.record_ids for cluster in resolution.clusters)
    return [measure(folder.name, found, _pairs(members.values()), len(records), seconds)]


def _pairs(groups: Iterable[Iterable[str]]) -> Pairs:
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def main() -> int:
    """Print the table; 1 when the data are absent."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=DATA, help="folder with the labelled sets")
    data: Path = parser.parse_args().data
    folders = sorted(folder for folder in data.glob("*") if folder.is_dir()) if data.is_dir() else []
    if not folders:
        print(f"No labelled sets at {data}: pass --data DIR.", file=sys.stderr)
        return 1
    print(f"{'set':<20}{'records':>8}{'precision':>11}{'recall':>8}{'F1':>7}{'CPU s':>7}  baselines (F1)")
    for folder in folders:
        for line in one_list(folder) if (folder / "clusters.csv").exists() else two_sources(folder):
            print(
                f"{line.name:<20}{line.records:>8}{line.precision:>11.3f}{line.recall:>8.3f}{line.f1:>7.3f}"
                f"{line.seconds:>7.2f}  {BASELINES.get(line.name, '')}"
            )
    return 0


if __name__ == "__main__":
    sys.exit(main())

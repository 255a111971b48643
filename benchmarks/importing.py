"""How fast a tenant's file becomes leads: reading, validation, identity against known leads, and all rows of all tables.

    python benchmarks/importing.py [--rows 50000] [--known 50000]

Makes a CSV and an XLSX file of the same made-up businesses (one in 50 stands there twice, one in 100 is bad, one in 25 is
known in another campaign), imports each into a campaign of its own in an embedded Postgres, and prints rows a second beside a
bare COPY of the same rows into a table without index, and the peak memory of the importing process.
"""

import argparse
import asyncio
import csv
import multiprocessing
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
from openpyxl import Workbook

from leadgen.domain.identity.words import word_set
from leadgen.settings import Settings
from leadgen.store.connections import embedded_server
from leadgen.store.database import Database
from leadgen.store.imports import Choices, Importer, open_file
from leadgen.store.migrations import migrate
from leadgen.store.provision import provision

HEADER = (
    "Company",
    "Street",
    "City",
    "State",
    "Zip",
    "Phone",
    "Website",
    "Category",
    "First Name",
    "Last Name",
    "Title",
    "Email",
)
FIRST = sorted(
    word_set(
        "Oak Elm Pine Maple Cedar River Lake Hill Sunny Bright Golden Silver Smith Johnson Garcia Lee Patel Nguyen"
    )
)
SECOND = sorted(
    word_set("Davis Miller Austin Texas Lone Star Premier Elite Summit Apex Heritage Liberty Family Modern Smile")
)
TRADES = (
    "Dental",
    "Family Dentistry",
    "Plumbing",
    "Roofing",
    "Law Firm",
    "Pizza",
    "Auto Repair",
    "Salon",
    "Orthodontics",
)
STREETS = ("Oak St", "Main St", "Elm Ave", "Congress Ave", "Lamar Blvd", "Burnet Rd", "5th St", "Cedar Ln", "Park Dr")
PEOPLE = ("Ana", "Bea", "Carl", "Dana", "Emil", "Fay", "Gus", "Hana", "Ivan", "Joy")

Row = tuple[str, ...]


def made_up(count: int, seed: int) -> list[Row]:
    """Businesses of one metropolitan area, as an export lists them."""
    rng = random.Random(seed)
    rows: list[Row] = []
    for number in range(count):
        name = f"{rng.choice(FIRST)} {rng.choice(SECOND)} {rng.choice(TRADES)}"
        site = f"{name.replace(' ', '').lower()}{seed}{number}.com"
        person = rng.choice(PEOPLE)
        rows.append(
            (
                name, f"{rng.randint(1, 9999)} {rng.choice(STREETS)}", "Austin", "TX", f"787{rng.randint(0, 99):02d}",
                f"(512) {rng.randint(220, 988)}-{rng.randint(0, 9999):04d}", f"www.{site}", name.rsplit(" ", 1)[1], person,
                rng.choice(SECOND), "Owner", f"{person.lower()}@{site}",
            )
        )  # fmt: skip
        if number % 50 == 49:
            rows.append(rows[rng.randrange(len(rows))])
        if number % 100 == 99:
            rows.append(("", *rows[-1][1:6], "", *rows[-1][7:]))
    return rows[:count]


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """The rows as CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([HEADER, *rows])


def write_xlsx(path: Path, rows: Sequence[Row]) -> None:
    """The rows as a workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Leads")
    for row in (HEADER, *rows):
        sheet.append(row)
    book.save(path)


def copy_seconds(url: str, rows: Sequence[Row]) -> float:
    """A bare COPY of the same rows: what the same database can take."""
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.execute("create temporary table bare (" + ", ".join(f"c{n} text" for n in range(len(HEADER))) + ")")
        start = time.perf_counter()
        with cursor.copy("copy bare from stdin") as copy:
            for row in rows:
                copy.write_row(row)
        return time.perf_counter() - start


def new_campaign(url: str, slug: str, organization: UUID | None = None) -> tuple[UUID, UUID]:
    """An organization (made unless given) with a further campaign."""
    with psycopg.connect(url) as connection:
        if organization is None:
            made = connection.execute("insert into organizations (name, slug) values ('B', %s) returning id", (slug,))
            organization = made.fetchall()[0][0]
        campaign = connection.execute(
            "insert into campaigns (organization_id, name, business_type, target_location)"
            " values (%s, 'B', 'dentist', 'Austin, TX') returning id",
            (organization,),
        )
        return organization, campaign.fetchall()[0][0]


def import_file(
    url: str, organization: UUID, campaign: UUID, path: Path, results: "multiprocessing.Queue[object]"
) -> None:
    """Imports in this process; puts seconds, CPU seconds, peak megabytes and counts into `results`."""

    async def run() -> tuple[str, ...]:
        async with Database(url, connections=1) as database:
            tenant = partial(database.tenant, organization)
            importing = Importer(tenant, organization, campaign, Choices())
            file = open_file(path)
            ended = await importing.run(file, await importing.begin(file))
            return tuple(f"{name} {getattr(ended.counts, name):,}" for name in ended.counts.__slots__)

    start, cpu = time.perf_counter(), time.process_time()
    counts = asyncio.run(run())
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    results.put((time.perf_counter() - start, time.process_time() - cpu, peak, counts))


def measured(url: str, organization: UUID, campaign: UUID, path: Path) -> tuple[float, float, float, tuple[str, ...]]:
    """One import in a process of its own, so that its memory is its own."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=import_file, args=(url, organization, campaign, path, results))
    process.start()
    found: tuple[float, float, float, tuple[str, ...]] = results.get(timeout=600)
    process.join()
    return found


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=50_000)
    parser.add_argument("--known", type=int, default=50_000, help="leads of another campaign to be recognised")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="leadgen-importing-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        known = made_up(options.known, 1)
        rows = made_up(options.rows, 2)
        shared = known[:: max(len(known) * 25 // max(len(rows), 1), 1)]
        rows[: len(shared)] = shared
        write_csv(folder / "known.csv", known)
        write_csv(folder / "leads.csv", rows)
        write_xlsx(folder / "leads.xlsx", rows)
        settings = Settings(_env_file=None, home=folder / "home", database_url=None)
        server = embedded_server(settings)
        server.start()
        try:
            urls = provision(settings)
            migrate(urls.owner)
            copied = copy_seconds(urls.owner, rows)
            print(f"{'':<26}{'rows':>8}{'seconds':>9}{'CPU s':>7}{'rows/s':>9}{'of COPY':>9}{'peak MB':>9}")
            print(f"{'bare COPY':<26}{len(rows):>8}{copied:>9.2f}{'':>7}{len(rows) / copied:>9,.0f}{1:>9.3f}")
            organization, elsewhere = new_campaign(urls.owner, "benchmark")
            files = (("known.csv", elsewhere), ("leads.csv", None), ("leads.xlsx", None))
            for file, campaign in files:
                other, fresh = new_campaign(urls.owner, f"fresh-{file.replace('.', '-')}")
                if campaign is None and file == "leads.xlsx":
                    organization = other  # an organization of its own, without anything known
                target = campaign or (fresh if organization == other else new_campaign(urls.owner, "", organization)[1])
                seconds, cpu, peak, counts = measured(urls.pipeline, organization, target, folder / file)
                size = options.known if campaign else len(rows)
                print(f"{file:<26}{size:>8}{seconds:>9.1f}{cpu:>7.1f}{size / seconds:>9,.0f}", end="")
                print(f"{copied * size / len(rows) / seconds:>9.3f}{peak:>9.0f}  {', '.join(counts)}")
        finally:
            server.remove()


if __name__ == "__main__":
    main()

"""`leadgen import` says what became of every row, and a dry run writes nothing."""

import hashlib
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from databases import MakeTenant, Tenant
from typer.testing import CliRunner

from leadgen.cli.main import app
from leadgen.settings import settings
from leadgen.store.connections import Connections

MANY = 3_000
LEADS = """Customer No,Customer,Phone,Site
1,Oak Dental,(512) 471-0100,oakdental.com
2,,,
3,=Elm Plumbing,12,elmplumbing.com
"""


@pytest.fixture
def tenant(make_tenant: MakeTenant, database_urls: Connections, monkeypatch: pytest.MonkeyPatch) -> Tenant:
    monkeypatch.setenv("LEADGEN_PIPELINE_DATABASE_URL", database_urls.pipeline)
    settings.cache_clear()
    return make_tenant()


@pytest.fixture
def leads(tmp_path: Path) -> Path:
    path = tmp_path / "leads.csv"
    path.write_text(LEADS)
    return path


def count(urls: Connections, table: str) -> int:
    with psycopg.connect(urls.owner) as connection:
        return connection.execute(f"select count(*) from {table}".encode()).fetchall()[0][0]


def run(*arguments: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["import", *map(str, arguments)])
    return result.exit_code, result.output


def test_leads_are_imported_with_counts_and_errors_in_a_file(
    tenant: Tenant, leads: Path, tmp_path: Path, database_urls: Connections
) -> None:
    errors = tmp_path / "errors.csv"
    arguments = (leads, "--campaign", tenant.campaign_id, "--map", "Customer=company_name", "--errors", errors)
    code, said = run(*arguments)

    assert code == 0, said
    assert "Imported: 2 added, 1 bad; 0 contacts." in said
    assert count(database_urls, "prospects") == 2
    lines = errors.read_text().splitlines()
    assert [line.split(",")[:3] for line in lines[1:]] == [["3", "bad_row", "Customer"], ["4", "cell", "Phone"]]
    assert "nothing was added" in run(*arguments)[1]


def test_a_dry_run_shows_columns_rows_and_counts_and_writes_nothing(
    tenant: Tenant, leads: Path, database_urls: Connections
) -> None:
    code, said = run(leads, "--campaign", tenant.campaign_id, "--dry-run", "--map", "Customer=company_name")

    assert code == 0, said
    assert "company_name <- Customer" in said
    assert "line 2: Oak Dental, +15124710100, https://oakdental.com" in said
    assert "Would be: 2 added, 1 bad. Nothing was written." in said
    assert count(database_urls, "imports") == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(("--map", "Nobody=phone"), "no column 'Nobody'"), (("--duplicates", "maybe"), "'maybe' is no choice"),
     (("--map", "x"), "no column or no field")],
)  # fmt: skip
def test_what_cannot_be_chosen_is_told(tenant: Tenant, leads: Path, arguments: tuple[str, ...], said: str) -> None:
    code, output = run(leads, "--campaign", tenant.campaign_id, *arguments)
    assert said in output
    assert code == 1


def test_an_unknown_campaign_is_told(tenant: Tenant, leads: Path) -> None:
    code, said = run(leads, "--campaign", tenant.user_id)
    assert code == 1
    assert "There is no campaign" in said


def test_an_import_that_was_killed_goes_on_where_it_was(
    tenant: Tenant, tmp_path: Path, database_urls: Connections
) -> None:
    leads = tmp_path / "many.csv"
    names = [hashlib.md5(str(n).encode()).hexdigest()[:12] for n in range(MANY)]
    leads.write_text("Company\n" + "\n".join(names))
    command = [sys.executable, "-m", "leadgen.cli", "import", str(leads), "--campaign", str(tenant.campaign_id)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "1,000 added" in process.stderr.readline()
        process.kill()
    assert count(database_urls, "prospects") % 1_000 == 0  # whole batches
    code, said = run(leads, "--campaign", tenant.campaign_id)

    assert code == 0, said
    assert f"{MANY:,} added" in said
    assert count(database_urls, "prospects") == count(database_urls, "listings") == MANY

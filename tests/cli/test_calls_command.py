"""A person lists the calls whose answer was lost, and says what becomes of each; the word reaches the next run."""

from collections.abc import Iterator

import psycopg
import pytest
from databases import MakeTenant
from typer.testing import CliRunner

from leadgen.cli.main import app
from leadgen.settings import settings
from leadgen.store.connections import Connections


@pytest.fixture
def lost_call(database_urls: Connections, make_tenant: MakeTenant, monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A send whose answer was lost, in the database that the command works on."""
    monkeypatch.setenv("LEADGEN_PIPELINE_DATABASE_URL", database_urls.pipeline)
    settings.cache_clear()
    tenant = make_tenant()
    with psycopg.connect(database_urls.owner) as connection:
        row = connection.execute(
            "insert into provider_calls (organization_id, campaign_id, stage, run_id, worker_id, vendor, operation,"
            " key_owner, fingerprint, status, expected_micros, cost_micros, repeatable_until)"
            " values (%s, %s, 'sent_emails', 'run', 1, 'instantly', 'add_leads', 'organization', %s, 'abandoned', 5000,"
            " 5000, now()) returning id",
            (tenant.organization_id, tenant.campaign_id, b"x" * 32),
        ).fetchone()
    assert row
    yield row[0]
    settings.cache_clear()


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["calls", *words])
    return result.exit_code, result.output


def test_what_waits_is_listed_until_it_is_decided(lost_call: int) -> None:
    code, listed = run("unclear")
    assert code == 0
    assert f"{lost_call}  " in listed
    assert "instantly add_leads" in listed
    assert run("drop", str(lost_call))[0] == 0
    assert "No call waits" in run("unclear")[1]


def test_a_call_that_waits_for_nothing_is_not_decided(lost_call: int) -> None:
    assert run("repeat", str(lost_call))[0] == 0
    code, said = run("drop", str(lost_call))
    assert code != 0
    assert "leadgen calls unclear" in said

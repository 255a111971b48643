"""Each part gets the database role it needs and nothing more; keys go only to the part that calls vendors."""

from typing import Any

import pytest

from leadgen.cli.database_part import DatabasePart
from leadgen.cli.folders import Folders
from leadgen.cli.part import ProcessPart
from leadgen.cli.parts import Plan, parts_of
from leadgen.cli.world_choice import WorldChoice
from leadgen.settings import Settings
from leadgen.store.connections import Connections

URLS = {"owner": "url-of-owner", "api": "url-of-api", "pipeline": "url-of-pipeline", "dagster": "url-of-dagster"}
PORTS = {"api_port": 8000, "dagster_port": 3000, "sandbox_port": 8100}


@pytest.fixture(autouse=True)
def secrets_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUNTER_API_KEY", "key-of-hunter")
    monkeypatch.setenv("RESEND_API_KEY", "key-of-resend")
    monkeypatch.setenv("LEADGEN_DATABASE_URL", URLS["owner"])
    monkeypatch.setenv("LEADGEN_SECRET", "signing-secret")
    monkeypatch.setenv("LEADGEN_MASTER_KEY", "master-key")


def environments(
    folders: Folders, *, live: bool = True, world: WorldChoice | None = None, ports: dict[str, int] = PORTS
) -> dict[str, dict[str, str]]:
    """What each process part is started with, by name."""
    settings = Settings(_env_file=None, home=folders.home)
    database: Any = DatabasePart(settings)
    database._connections = Connections(**URLS)
    plan = Plan(settings, folders, ports, world or WorldChoice(), live=live)
    parts = [part for part in parts_of(plan, database) if isinstance(part, ProcessPart)]
    return {part.name: {**part._inherited, **part._environment()} for part in parts}


def knowing(given: dict[str, dict[str, str]], secret: str) -> set[str]:
    return {name for name, variables in given.items() if secret in variables.values()}


def test_each_role_goes_only_where_it_is_used(folders: Folders) -> None:
    given = environments(folders)

    assert knowing(given, URLS["owner"]) == set()
    assert knowing(given, URLS["api"]) == {"api"}
    assert knowing(given, URLS["pipeline"]) == {"dagster", "dispatcher", "mailer"}
    assert knowing(given, URLS["dagster"]) == {"dagster"}
    assert knowing(given, "signing-secret") == {"api"}
    assert knowing(given, "master-key") == {"api", "dagster", "mailer"}


def test_vendors_keys_go_only_to_the_parts_that_call_vendors(folders: Folders) -> None:
    given = environments(folders)

    assert knowing(given, "key-of-hunter") == {"dagster"}
    assert knowing(given, "key-of-resend") == {"dagster", "mailer"}


def test_mail_is_sent_where_there_are_pages_to_lead_to(folders: Folders) -> None:
    assert environments(folders)["mailer"]["LEADGEN_PUBLIC_URL"] == "http://127.0.0.1:8000"
    assert "mailer" not in environments(folders, ports={"dagster_port": 3000, "sandbox_port": 8100})


def test_mailboxes_of_the_made_up_world_are_the_sandboxs_where_its_mail_server_listens(folders: Folders) -> None:
    mail = {"sandbox_smtp_port": 8125, "sandbox_imap_port": 8143}
    with_mail, without = environments(folders, ports=PORTS | mail), environments(folders)

    assert with_mail["dagster"]["LEADGEN_SMTP__BASE_URL"] == "smtp://127.0.0.1:8125"
    assert with_mail["dagster"]["LEADGEN_IMAP__BASE_URL"] == "imap://127.0.0.1:8143"
    assert "LEADGEN_SMTP__BASE_URL" not in without["dagster"]


def test_a_demo_gives_keys_to_nobody(folders: Folders) -> None:
    given = environments(folders, live=False)

    assert knowing(given, "key-of-hunter") == set()
    assert given["dagster"]["LEADGEN_HUNTER__KEY"] == ""


def test_parts_use_the_configuration_of_this_checkout(folders: Folders) -> None:
    given = environments(folders)

    assert {variables["LEADGEN_HOME"] for variables in given.values()} == {str(folders.home)}
    assert given["dagster"]["DAGSTER_HOME"] == str(folders.dagster)
    assert (folders.dagster / "dagster.yaml").resolve() == Settings().project / "dagster.yaml"


def test_no_sandbox_is_started_where_every_vendor_has_a_key(folders: Folders) -> None:
    settings = Settings(_env_file=None, home=folders.home)
    database: Any = DatabasePart(settings)
    plan = Plan(settings, folders, PORTS, None, live=True)

    assert "sandbox" not in [part.name for part in parts_of(plan, database)]
    assert "sandbox" not in plan.addresses


def test_a_worlds_arguments_are_the_sandbox_servers(folders: Folders) -> None:
    world = WorldChoice(seed=7, prospects=200, radius_miles=5, business="bakeries", near=(30.27, -97.74))

    assert world.arguments == [
        "--seed", "7", "--radius-miles", "5", "--prospects", "200", "--business", "bakeries", "--near=30.27,-97.74",
    ]  # fmt: skip

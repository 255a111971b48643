"""The doctor says of everything that is wrong what to do about it."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import Server
from pydantic import SecretStr
from sandbox_server import serving

from leadgen.cli import doctor, record
from leadgen.cli.doctor import Check
from leadgen.cli.folders import Folders
from leadgen.cli.process_table import Identity, identify
from leadgen.sandbox.made import make_world
from leadgen.settings import Settings
from leadgen.store.connections import Connections
from leadgen.store.migrations import migrate


def settings_of(home: Path, **values: Any) -> Settings:
    return Settings(
        _env_file=None,
        home=home,
        **{
            "api_port": None,
            "dagster_port": None,
            "sandbox_port": None,
            "sandbox_smtp_port": None,
            "sandbox_imap_port": None,
            **values,
        },
    )


def with_urls(home: Path, connections: Connections, dagster_url: str | None = None) -> Settings:
    return settings_of(
        home,
        database_url=connections.owner,
        api_database_url=connections.api,
        pipeline_database_url=connections.pipeline,
        dagster_database_url=dagster_url or connections.dagster,
    )


def found(settings: Settings, name: str) -> Check:
    checks = {check.name: check for check in doctor.examine(settings)}
    return checks[name]


@pytest.fixture
def dagsters_database(server: Server) -> Iterator[str]:
    with server.database(owner="leadgen_dagster") as name:
        yield server.connections(name).dagster


def test_a_new_checkout_is_healthy(folders: Folders) -> None:
    checks = doctor.examine(settings_of(folders.home))

    assert doctor.is_healthy(checks)
    assert not [check for check in checks if check.remedy]


def test_a_migrated_database_with_its_roles_is_healthy(
    folders: Folders, database_urls: Connections, dagsters_database: str
) -> None:
    settings = with_urls(folders.home, database_urls, dagsters_database)

    assert doctor.is_healthy(doctor.examine(settings))
    assert found(settings, "schema").message == f"The schema is at migration {migrate(database_urls.owner).head}"


def test_a_database_that_is_down_fails_with_a_remedy(folders: Folders) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"postgresql://postgres:secret-word@127.0.0.1:{nobody.getsockname()[1]}/leadgen"
        check = found(settings_of(folders.home, database_url=url), "database")

    assert check.state == "fail"
    assert check.remedy
    assert "secret-word" not in check.message + check.remedy


def test_waiting_migrations_fail_with_the_command_that_runs_them(folders: Folders, empty_database: Connections) -> None:
    check = found(with_urls(folders.home, empty_database), "schema")

    assert (check.state, check.remedy) == ("fail", "Run `leadgen migrate`.")


def test_a_port_in_use_fails_with_the_setting_that_changes_it(folders: Folders) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        check = found(settings_of(folders.home, dagster_port=taken.getsockname()[1]), "dagster_port")

    assert check.state == "fail"
    assert "LEADGEN_DAGSTER_PORT" in check.remedy


def test_a_vendor_with_a_key_is_told_from_one_the_sandbox_plays(folders: Folders) -> None:
    settings = settings_of(folders.home, HUNTER_API_KEY="secret-word")

    assert found(settings, "hunter").message == "hunter: calls go to the real service, with your key"
    assert found(settings, "apollo").message == "apollo: no key, the sandbox plays it"


def test_what_a_killed_run_has_left_is_a_warning(folders: Folders) -> None:
    me = identify(os.getpid())
    left = record.Record(
        command="up",
        supervisor=Identity(pid=1, started="long ago"),
        parts=[record.PartRecord(name="web", state="ready", process=me)],
    )
    record.write(left, folders.record)

    check = found(settings_of(folders.home), "leftovers")

    assert (check.state, check.message) == ("warn", "`leadgen up` was killed and has left: web.")
    assert "`leadgen down`" in check.remedy


async def test_keys_are_asked_of_their_vendors_only_when_told_to(folders: Folders) -> None:
    nowhere = Settings(_env_file=None).hunter.model_copy(
        update={"base_url": "http://127.0.0.1:9", "key": SecretStr("k")}
    )
    settings = settings_of(folders.home).model_copy(update={"hunter": nowhere})

    assert not [check for check in doctor.examine(settings) if check.name == "key hunter"]
    (asked,) = await doctor.examine_keys(settings)
    assert (asked.name, asked.state) == ("key hunter", "warn")
    assert asked.remedy


async def test_what_the_vendors_say_of_their_keys_is_told_without_a_database_and_without_the_key(
    folders: Folders,
) -> None:
    plain = Settings(_env_file=None)
    key = SecretStr("secret-word")
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        database_url = f"postgresql://postgres:x@127.0.0.1:{nobody.getsockname()[1]}/leadgen"
    with serving(make_world(seed=5, prospects=5)) as url:
        at = {
            name: plain.vendor(name).model_copy(update={"base_url": f"{url}/{name}", "key": given})
            for name, given in (
                ("yelp", SecretStr("sandbox-word")),
                ("apollo", SecretStr("sandbox-limited-word")),
                ("hunter", key),
                ("slack", key),
            )
        }
        settings = settings_of(folders.home, database_url=database_url).model_copy(update=at)
        checks = {check.name: check for check in await doctor.examine_keys(settings)}

    states = {name: check.state for name, check in checks.items()}
    assert states == {"key yelp": "ok", "key apollo": "warn", "key hunter": "fail", "key slack": "ok"}
    assert "mixed_people/api_search" in checks["key apollo"].remedy
    assert checks["key hunter"].remedy == "Replace the key."
    assert not doctor.is_healthy(list(checks.values()))
    assert "word" not in str(doctor.as_json(list(checks.values())))

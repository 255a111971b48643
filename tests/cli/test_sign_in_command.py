"""Whoever may use the machine's database may let a person in, once."""

import os
import re

import psycopg
import pytest

from leadgen.cli import record
from leadgen.cli.folders import Folders
from leadgen.cli.parts import API_ADDRESS
from leadgen.cli.process_table import identify
from leadgen.cli.sign_in import make_link, slug_of
from leadgen.errors import ConfigurationError, InputError
from leadgen.settings import Settings
from leadgen.store.connections import Connections


@pytest.fixture
def settings(folders: Folders, database_urls: Connections) -> Settings:
    """An installation whose pages run, as far as its record says: this very process supervises them."""
    me = identify(os.getpid())
    assert me is not None
    pages = {API_ADDRESS: "http://127.0.0.1:8765"}
    record.write(record.Record(command="up", supervisor=me, addresses=pages), folders.record)
    return Settings(_env_file=None, home=folders.home, database_url=database_urls.owner)


async def test_a_new_person_gets_an_organization_and_a_link(settings: Settings, database_urls: Connections) -> None:
    link = await make_link(settings, "Ana@agency.example", "Ana & Sons Agency")

    assert re.fullmatch(r"http://127\.0\.0\.1:8765/sign-in/[\w-]{40,}", link)
    with psycopg.connect(database_urls.owner) as owner:
        assert owner.execute("select slug, name from organizations").fetchall() == [
            ("ana-sons-agency", "Ana & Sons Agency")
        ]
        assert owner.execute("select email from users").fetchall() == [("ana@agency.example",)]


async def test_somebody_elses_organization_is_not_entered_by_naming_it(settings: Settings) -> None:
    await make_link(settings, "ana@agency.example", "Agency")

    with pytest.raises(InputError, match="nobody has the address"):
        await make_link(settings, "eve@elsewhere.example", "Agency")


async def test_an_unknown_person_gets_no_link(settings: Settings) -> None:
    with pytest.raises(InputError, match="nobody has the address"):
        await make_link(settings, "eve@elsewhere.example")


async def test_a_link_to_pages_that_do_not_run_is_not_made(settings: Settings, folders: Folders) -> None:
    folders.record.unlink()

    with pytest.raises(ConfigurationError, match="The pages do not run"):
        await make_link(settings, "ana@agency.example", "Agency")


@pytest.mark.parametrize(("name", "slug"), [("Ana & Sons", "ana-sons"), ("  A1  ", "a1"), ("x" * 80, "x" * 63)])
def test_a_name_becomes_an_address(name: str, slug: str) -> None:
    assert slug_of(name) == slug

"""The vault as its three users reach it: a member through the API's role, a run through the pipeline's, the owner."""

import base64
from collections.abc import AsyncIterator

import psycopg
import pytest
from databases import Connect

from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.vault import MasterKeys, Vault

K1 = f"k1:{base64.b64encode(bytes(range(32))).decode()}"
K2 = f"k2:{base64.b64encode(bytes(range(32, 64))).decode()}"


@pytest.fixture
def k1() -> str:
    """A master key as LEADGEN_MASTER_KEY has it."""
    return K1


@pytest.fixture
def k2() -> str:
    return K2


@pytest.fixture
def vault(k1: str) -> Vault:
    return Vault(MasterKeys.parse(k1))


@pytest.fixture
async def api(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.api) as database:
        yield database


@pytest.fixture
async def pipeline(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.pipeline) as database:
        yield database


@pytest.fixture
async def owner(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.owner) as database:
        yield database


@pytest.fixture
def by_hand(connect: Connect, database_urls: Connections) -> psycopg.Connection:
    """The database in the hands of whoever can write to it."""
    return connect(database_urls.owner)

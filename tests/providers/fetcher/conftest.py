"""One internet a test."""

from collections.abc import AsyncIterator

import pytest
from loopback_internet import Internet, loopback_internet

from leadgen.providers.fetcher.fetcher import Fetcher


@pytest.fixture
async def internet() -> AsyncIterator[Internet]:
    async with loopback_internet() as running:
        yield running


@pytest.fixture
async def fetcher(internet: Internet) -> AsyncIterator[Fetcher]:
    async with internet.fetcher() as running:
        yield running

"""The sandbox's mail server, in the loop of the test."""

from collections.abc import AsyncIterator

import pytest

from leadgen.sandbox.made import make_world
from leadgen.sandbox.mail_server import MailServer
from leadgen.sandbox.world import World


@pytest.fixture(scope="session")
def village() -> World:
    """A world of few businesses."""
    return make_world(seed=3, prospects=5)


@pytest.fixture
async def mail(village: World) -> AsyncIterator[MailServer]:
    async with MailServer(village) as server:
        yield server

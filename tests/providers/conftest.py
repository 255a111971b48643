"""A vendor on loopback that does what a test tells it to."""

from collections.abc import AsyncIterator

import pytest
from loopback_vendor import LoopbackVendor, loopback_vendor


@pytest.fixture
async def vendor() -> AsyncIterator[LoopbackVendor]:
    async with loopback_vendor() as running:
        yield running

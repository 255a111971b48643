"""One made-up world and one sandbox for all tests of the wire; each test gets its own key and clean counts."""

from collections.abc import Iterator
from itertools import count

import httpx
import pytest
from sandbox_server import Sandbox, serving

from leadgen.sandbox.made import make_world
from leadgen.sandbox.world import World

_KEYS = count(1)


@pytest.fixture(scope="session")
def town() -> World:
    """120 dentists around Austin, and what stands between them."""
    return make_world(seed=3, prospects=120)


@pytest.fixture(scope="session")
def sandbox_url(town: World) -> Iterator[str]:
    with serving(town) as url:
        yield url


@pytest.fixture
def sandbox(sandbox_url: str, town: World) -> Iterator[Sandbox]:
    with httpx.Client(base_url=sandbox_url, trust_env=False, timeout=30) as http:
        running = Sandbox(sandbox_url, town, f"sandbox-{next(_KEYS)}", http)
        yield running
        running.admin("POST", "/release", json={"vendor": "*"})
        running.admin("PUT", "/faults", json={})
        running.admin("PUT", "/limits", json={})
        running.admin("POST", "/calls/reset")

"""A port in use is named, with the setting that changes it and the way to see who has it."""

import socket
from collections.abc import Iterator

import pytest

from leadgen.cli import ports
from leadgen.errors import ConfigurationError


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_required_port_in_use_is_refused_in_words(taken: int) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        ports.require({"api_port": taken})

    assert refusal.value.message == f"Port {taken} is in use."
    assert "LEADGEN_API_PORT" in str(refusal.value.remedy)
    assert str(taken) in str(refusal.value.remedy)


def test_any_free_port_does_where_none_is_set() -> None:
    chosen = ports.require({"api_port": None})

    assert ports.is_free(chosen["api_port"])


def test_a_demo_goes_elsewhere_when_its_usual_port_is_taken(taken: int) -> None:
    assert ports.choose(taken) != taken
    assert ports.is_free(ports.choose(taken))

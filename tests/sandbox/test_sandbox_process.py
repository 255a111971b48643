"""The sandbox as a process of its own, as `leadgen up` starts it."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running(*arguments: str) -> Iterator[tuple[str, str]]:
    """Its address and the line that it prints when it is ready."""
    port = free_port()
    command = [sys.executable, "-m", "leadgen.sandbox.server", "--port", str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            yield f"http://127.0.0.1:{port}", process.stdout.readline()
        finally:
            process.terminate()


def test_it_says_one_line_when_it_is_ready_and_answers_then() -> None:
    with running("--seed", "5", "--prospects", "30") as (url, line):
        state = httpx.get(f"{url}/__sandbox/state", trust_env=False).json()

    assert line.startswith(f"sandbox ready on {url} (seed 5, ")
    assert (state["seed"], state["wanted"]) == (5, 30)


@pytest.mark.parametrize("arguments", [("--prospects", "-1"), ("--business", "zeppelins")])
def test_a_world_that_cannot_be_made_is_an_error_in_words(arguments: tuple[str, ...]) -> None:
    command = [sys.executable, "-m", "leadgen.sandbox.server", "--port", str(free_port()), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 2
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr

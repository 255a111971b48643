"""How a part says that it is ready."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from leadgen.cli.ports import LOOPBACK

ReadyCheck = Callable[[], Awaitable[bool]]

ANSWER_WITHIN_SECONDS = 2


def answers_http(port: int, path: str) -> ReadyCheck:
    """Ready when a GET on this loopback port is answered with 200."""

    async def check() -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                writer.write(f"GET {path} HTTP/1.0\r\nHost: {LOOPBACK}\r\n\r\n".encode())
                status_line = await reader.readline()
                writer.close()
        except (OSError, TimeoutError):
            return False
        return status_line.split()[1:2] == [b"200"]

    return check


def has_loaded_definitions(port: int) -> ReadyCheck:
    """Ready when Dagster's web server on this loopback port has loaded our code location."""
    query = b'{"query": "{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }"}'
    head = f"POST /graphql HTTP/1.0\r\nHost: {LOOPBACK}\r\nContent-Type: application/json\r\n"

    async def check() -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                reader, writer = await asyncio.open_connection(LOOPBACK, port)
                writer.write(head.encode() + b"Content-Length: %d\r\n\r\n" % len(query) + query)
                answer = await reader.read()
                writer.close()
        except (OSError, TimeoutError):
            return False
        return b'"nodes":[{' in answer.replace(b" ", b"")

    return check


def accepts_on_socket(path: Path) -> ReadyCheck:
    """Ready when a connection to this Unix socket is accepted."""

    async def check() -> bool:
        try:
            async with asyncio.timeout(ANSWER_WITHIN_SECONDS):
                _, writer = await asyncio.open_unix_connection(path)
                writer.close()
        except (OSError, TimeoutError):
            return False
        return True

    return check


def all_of(*checks: ReadyCheck) -> ReadyCheck:
    """Ready when every check says so."""

    async def check() -> bool:
        return all([await each() for each in checks])

    return check


def has_said(log: Path, words: str) -> ReadyCheck:
    """Ready when its log holds these words: for parts that serve nobody and only work."""

    async def check() -> bool:
        return words in await asyncio.to_thread(log.read_text, errors="replace")

    return check

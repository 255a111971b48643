"""What the run launcher and the run worker say to each other: one line of JSON each way, over a Unix socket."""

import json
import os
import socket
from enum import StrEnum
from pathlib import Path

from leadgen.errors import ConfigurationError

TIMEOUT_SECONDS = 5
LONGEST_LINE = 4096  # bytes
LONGEST_PATH = 100  # bytes; the kernel's limit is 108 on Linux and 104 on macOS


class Request(StrEnum):
    """What can be asked about a run."""

    LAUNCH = "launch"
    CHECK = "check"
    TERMINATE = "terminate"


class Answer(StrEnum):
    """What the worker says of the run."""

    RUNNING = "running"
    FINISHED = "finished"  # its process ended as it should
    DIED = "died"  # its process was killed or crashed
    UNKNOWN = "unknown"  # no such run in this worker's life
    STOPPING = "stopping"  # the worker takes no more runs


class NoWorker(ConnectionError):
    """Nobody listens on the socket."""


def ask(path: Path, request: Request, run_id: str) -> tuple[Answer, str]:
    """Puts a question to the worker and returns its answer with a detail in words.

    Raises NoWorker where no worker runs, TimeoutError where one does not answer in time.
    """
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(TIMEOUT_SECONDS)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError) as error:
            raise NoWorker(str(path)) from error
        send_line(connection, {"request": request, "run_id": run_id})
        answer = receive_line(connection)
    return Answer(answer["answer"]), answer["detail"]


def listen(path: Path) -> socket.socket:
    """A listening socket that only this user can open.

    Raises:
        ConfigurationError: another worker listens there, or the path is too long for a socket.
    """
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise ConfigurationError(
            f"the path of the run worker's socket is longer than {LONGEST_PATH} bytes: {path}",
            remedy="Set LEADGEN_RUN_WORKER_SOCKET to a shorter one.",
        )
    try:
        ask(path, Request.CHECK, "none")
    except NoWorker:
        path.unlink(missing_ok=True)
    else:
        raise ConfigurationError(f"another run worker listens on {path}.", remedy="Stop it, or choose another socket.")
    listener = socket.socket(socket.AF_UNIX)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
    finally:
        os.umask(before)
    listener.listen(64)
    return listener


def send_line(connection: socket.socket, message: dict[str, str]) -> None:
    """Sends one message."""
    connection.sendall(json.dumps(message).encode() + b"\n")


def receive_line(connection: socket.socket) -> dict[str, str]:
    """Receives one message; ValueError where it is none."""
    with connection.makefile("rb") as stream:
        message: dict[str, str] = json.loads(stream.readline(LONGEST_LINE))
    return message

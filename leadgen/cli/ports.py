"""Loopback ports for the parts."""

import socket
import sys
from collections.abc import Mapping

from leadgen.errors import ConfigurationError

LOOPBACK = "127.0.0.1"
SANDBOX_PORTS = ("sandbox_port", "sandbox_smtp_port", "sandbox_imap_port")


def is_free(port: int) -> bool:
    """Whether a server could listen on this loopback port now."""
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            server.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def any_free() -> int:
    """A port nobody listens on."""
    with socket.socket() as server:
        server.bind((LOOPBACK, 0))
        port: int = server.getsockname()[1]
        return port


def choose(wanted: int | None) -> int:
    """The wanted port if it is free, else any free one."""
    return wanted if wanted is not None and is_free(wanted) else any_free()


def require(wanted: Mapping[str, int | None]) -> dict[str, int]:
    """The ports as set (any free one where none is set), by the name of their setting, as `api_port`.

    Raises ConfigurationError for one that is in use.
    """
    for setting, port in wanted.items():
        if port is not None and not is_free(port):
            raise in_use(setting, port)
    return {setting: port or any_free() for setting, port in wanted.items()}


def in_use(setting: str, port: int) -> ConfigurationError:
    """What to say about a port that is taken."""
    variable = f"LEADGEN_{setting.upper()}"
    listing = f"ss -ltnp 'sport = :{port}'" if sys.platform == "linux" else f"lsof -nP -iTCP:{port} -sTCP:LISTEN"
    return ConfigurationError(
        f"Port {port} is in use.",
        remedy=f"Set {variable} to another one (empty: any free one). `{listing}` shows who uses it.",
    )

"""One command at a time runs the parts of a checkout. The system frees the lock of a process that dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from leadgen.errors import ConfigurationError


@contextmanager
def held(path: Path, command: str) -> Iterator[None]:
    """Holds the checkout's lock. Raises ConfigurationError, with who holds it, where another command does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise ConfigurationError(
                f"{file.read().strip() or 'Another leadgen command'} already runs in this checkout.",
                remedy="Use it (`leadgen status` shows what runs), or stop it first with `leadgen down`.",
            ) from None
        file.truncate(0)
        file.write(f"`leadgen {command}` (process {os.getpid()})")
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)

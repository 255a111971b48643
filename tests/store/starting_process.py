"""A process that starts the embedded server: `starting_process.py FOLDER UID END`, END being `leave` or `die`.

Everything is imported before it becomes UID, which may not be able to read this interpreter's own files.
"""

import os
import signal
import sys
from pathlib import Path

import psycopg

from leadgen.store.embedded import EmbeddedPostgres


def main(folder: Path, uid: int, end: str) -> None:
    if os.geteuid() != uid:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
    server = EmbeddedPostgres(folder)
    with psycopg.connect(server.start()) as connection:
        connection.execute("create table written (by_uid int)")
        connection.execute("insert into written values (%s)", (uid,))
        sys.stdout.write(connection.execute("show unix_socket_directories").fetchone()[0])
    if end == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])

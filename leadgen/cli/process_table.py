"""Which process is which: a process id alone may belong to another process by now, with its start time it cannot."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

from pydantic import BaseModel

PROC = Path("/proc")
HAS_PROC = (PROC / "self" / "stat").exists()  # Linux; elsewhere `ps` knows


class Identity(BaseModel, frozen=True):
    """One process for all time: its id and when it started, as the system spells it."""

    pid: int
    started: str


class Process(BaseModel, frozen=True):
    """A running process, the group it belongs to and the process that started it."""

    identity: Identity
    group: int
    parent: int


def identify(pid: int) -> Identity | None:
    """The running process with this id; None where there is none, or only a dead one nobody has reaped."""
    found = _proc_entry(pid) if HAS_PROC else next((p for p in _from_ps() if p.identity.pid == pid), None)
    return found.identity if found else None


def is_alive(identity: Identity) -> bool:
    """Whether this very process still runs."""
    return identify(identity.pid) == identity


def family_of(leader: Identity) -> set[Identity]:
    """What runs of a process that leads a group: itself, its group, and all they started in groups of their own.

    Empty where another process has taken over the leader's id: an id is not given away again while a group still bears
    it, so a group whose leader is dead is still the leader's own.
    """
    running = list(_processes())
    if any(p.identity.pid == leader.pid and p.identity != leader for p in running):
        return set()
    family = {p.identity.pid: p.identity for p in running if p.group == leader.pid}
    while grown := {p.identity.pid: p.identity for p in running if p.parent in family and p.identity.pid not in family}:
        family |= grown
    return set(family.values())


def end_family(leader: Identity, grace_seconds: float) -> bool:
    """Ends a process that leads a group with all it started: SIGTERM to the group, after the grace SIGKILL to the rest.

    Returns whether anything was left to end.
    """
    family = family_of(leader)
    if not family:
        return False
    with suppress(ProcessLookupError):
        os.killpg(leader.pid, signal.SIGTERM)
    if not _gone_within(grace_seconds, family):
        left = family_of(leader) | {member for member in family if is_alive(member)}
        for member in left:
            with suppress(ProcessLookupError):
                os.kill(member.pid, signal.SIGKILL)
        _gone_within(grace_seconds, left)
    return True


def _gone_within(seconds: float, processes: set[Identity]) -> bool:
    deadline = time.monotonic() + seconds
    while any(is_alive(process) for process in processes):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _processes() -> Iterator[Process]:
    return _from_proc() if HAS_PROC else _from_ps()


def _from_proc() -> Iterator[Process]:
    pids = (int(folder.name) for folder in PROC.iterdir() if folder.name.isdigit())
    return (process for pid in pids if (process := _proc_entry(pid)))


def _proc_entry(pid: int) -> Process | None:
    try:
        stat = (PROC / str(pid) / "stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    # "pid (command) state parent group ...": the command may hold anything, parentheses too; see proc(5)
    fields = stat.rpartition(")")[2].split()
    state, parent, group, started = fields[0], int(fields[1]), int(fields[2]), fields[19]
    if state in "ZX":
        return None
    return Process(identity=Identity(pid=pid, started=f"{_boot()}/{started}"), group=group, parent=parent)


@cache
def _boot() -> str:
    return (PROC / "sys/kernel/random/boot_id").read_text().strip()


def _from_ps() -> Iterator[Process]:
    command = ["/bin/ps", "-axo", "pid=,ppid=,pgid=,stat=,lstart="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True, env={"LC_ALL": "C"})  # noqa: S603
    for line in listing.stdout.splitlines():
        pid, parent, group, state, started = line.split(maxsplit=4)
        if not state.startswith("Z"):
            identity = Identity(pid=int(pid), started=started.strip())
            yield Process(identity=identity, group=int(group), parent=int(parent))

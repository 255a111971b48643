"""Tiny real processes as parts: Python scripts that say when they are ready."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from leadgen.cli.folders import Folders
from leadgen.cli.part import ProcessPart
from leadgen.cli.readiness import ReadyCheck

# What every scripted part starts with: `mark` leaves a file others can wait for, `wait_for` waits for one,
# `note` adds a line to what happened, `serve` works until it is told to stop.
PRELUDE = """
import os, pathlib, signal, sys, time
def mark(name): pathlib.Path(name).touch()
def wait_for(name):
    while not pathlib.Path(name).exists(): time.sleep(0.01)
def note(line):
    with open("happened", "a") as file: file.write(line + "\\n")
def serve():
    while True: signal.pause()
"""

SERVES = "mark({name!r}); serve()"


class ScriptedParts:
    """Makes parts that run in one home folder."""

    def __init__(self, folders: Folders) -> None:
        self._folders = folders

    def __call__(self, name: str, script: str, **options: Any) -> ProcessPart:
        """A part that runs a script; ready when the script has marked the part's name."""
        settings = {"ready_within_seconds": 20, "grace_seconds": 5, **options}
        return ProcessPart(
            name,
            (sys.executable, "-c", PRELUDE + script),
            log=self._folders.logs / f"{name}.log",
            ready=_exists(self._folders.home / name),
            folder=self._folders.home,
            **settings,
        )


def _exists(path: Path) -> ReadyCheck:
    async def check() -> bool:
        return await asyncio.to_thread(path.exists)

    return check

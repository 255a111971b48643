"""The main job, as a new user runs it: the command alone, from nothing, and then once more."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from leadgen.cli import checkout_lock
from leadgen.cli.folders import Folders


@pytest.fixture
def home(reachable_folder: Path) -> Path:
    return reachable_folder / "demo"


def demo(home: Path, *options: str) -> dict[str, Any]:
    """The document of a demo that did all it promises."""
    command = [sys.executable, "-m", "leadgen.cli", "demo", "--json", *options]
    environment = {**os.environ, "LEADGEN_HOME": str(home)}
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    document: dict[str, Any] = json.loads(ended.stdout)
    return document


def test_a_second_demo_in_the_same_place_pays_nothing_and_leaves_nothing_running(home: Path) -> None:
    first = demo(home, "--prospects", "12")
    assert (first["status"], first["prospects"], first["recall"], first["outside"]) == ("ready", 12, 1.0, 0)
    assert first["cost_cents"] > 0
    assert first["drafts"] > 0

    second = demo(home, "--prospects", "12")
    assert second["campaign_id"] != first["campaign_id"]
    assert second["cost_cents"] == 0
    assert set(second["provider_calls"].values()) == {0}
    assert second["saved_cents"] >= first["cost_cents"]
    assert second["tiers"] == first["tiers"]

    folders = Folders(home)
    assert not folders.record.exists()
    with checkout_lock.held(folders.lock, "test"):
        assert not (folders.postgres / "data" / "postmaster.pid").exists()


def test_another_world_is_discovered_anew(home: Path) -> None:
    assert demo(home, "--prospects", "6", "--seed", "7")["prospects"] == 6

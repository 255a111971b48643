"""A home folder of the test's own, and parts that run in it."""

from pathlib import Path

import pytest
from scripted_parts import ScriptedParts

from leadgen.cli.folders import Folders


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    made = Folders(tmp_path)
    made.create()
    return made


@pytest.fixture
def make_part(folders: Folders) -> ScriptedParts:
    return ScriptedParts(folders)

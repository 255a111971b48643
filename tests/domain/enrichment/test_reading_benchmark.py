"""The figures of `benchmarks/reading.py` do not fall below what is called good for the annotated pages."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
DATA = ROOT.parent / "shared" / "data" / "web"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "benchmarks/reading.py", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )


@pytest.mark.skipif(not DATA.exists(), reason="../shared/data is absent")
def test_pages_are_read_as_well_as_the_good_figures() -> None:
    table = run("--data", str(DATA))
    assert table.returncode == 0, table.stderr
    rows = {line.split()[0]: [float(cell) for cell in line.split()[1:4]] for line in table.stdout.splitlines()[1:5]}
    precision, recall, _ = rows["emails"]
    assert precision >= 0.84
    assert recall >= 0.98
    precision, recall, _ = rows["phones"]
    assert precision >= 0.92
    assert recall >= 0.84
    assert rows["text"][2] >= 0.92


def test_absent_data_are_said_to_be_absent(tmp_path: Path) -> None:
    nothing = run("--data", str(tmp_path))
    assert nothing.returncode == 1
    assert "nothing was measured" in nothing.stderr

"""`leadgen fetch` reads pages by hand and says of each what became of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from sandbox_server import serving

from leadgen.sandbox.made import make_world
from leadgen.sandbox.world import Site, World


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(seed=3, prospects=20)


@pytest.fixture(scope="module")
def sandbox_url(world: World) -> Iterator[str]:
    with serving(world) as url:
        yield url


@pytest.fixture(scope="module")
def site(world: World) -> Site:
    return next(site for site in world.sites.values() if site.kind == "good")


def fetch(sandbox_url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "LEADGEN_FETCHER_SANDBOX": sandbox_url}
    command = [sys.executable, "-m", "leadgen.cli", "fetch", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_each_url_is_one_line_of_json_in_its_order(sandbox_url: str, site: Site) -> None:
    urls = [f"http://{site.domain}/", "http://127.1:80/", "file:///etc/passwd", f"http://{site.domain}/nothing"]
    ended = fetch(sandbox_url, "--json", *urls)
    read, inside, file, missing = [json.loads(line) for line in ended.stdout.splitlines()]

    assert [page["url"] for page in (read, inside, file, missing)] == urls
    assert read.pop("seconds") > 0
    assert read == {
        "url": urls[0],
        "final_url": urls[0],
        "status": 200,
        "refused": None,
        "reason": None,
        "bytes": len(site.pages["/"].encode()),
        "content_type": "text/html",
    }
    assert [page["reason"] for page in (inside, file, missing)] == ["address", "url", None]
    assert (inside["status"], inside["bytes"]) == (None, 0)
    assert (missing["status"], missing["refused"]) == (404, None)
    assert (ended.returncode, ended.stderr) == (1, "")


def test_a_person_gets_a_line_a_page_and_its_text_where_wanted(sandbox_url: str, site: Site) -> None:
    ended = fetch(sandbox_url, "--text", f"http://{site.domain}/")
    line, _, text = ended.stdout.partition("\n\n")

    assert line.startswith(f"200  http://{site.domain}/  ")
    assert text.startswith("# ")
    assert "<" not in text
    assert ended.returncode == 0


def test_a_page_that_is_refused_is_told_with_the_reason(sandbox_url: str) -> None:
    ended = fetch(sandbox_url, "http://169.254.169.254/latest/meta-data")

    assert ended.stdout == (
        "refused  http://169.254.169.254/latest/meta-data: 169.254.169.254 is not public: link-local\n"
    )
    assert ended.returncode == 1


def test_a_sandbox_that_is_not_on_this_machine_is_a_mistake_to_correct() -> None:
    ended = fetch("http://10.0.0.1:8100", "http://smile.example/")

    assert "LEADGEN_FETCHER_SANDBOX" in ended.stderr
    assert ended.returncode == 1

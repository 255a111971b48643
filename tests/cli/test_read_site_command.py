"""`leadgen read-site`: a page from a file, one JSON line each."""

import json
from pathlib import Path

from typer.testing import CliRunner

from leadgen.cli.main import app

PAGE = """<html lang="en"><head><title>Lamar Family Dental</title><meta name="generator" content="WordPress 6.4"></head><body>
<nav><a href="/about">About</a></nav>
<main><h1>Lamar Family Dental</h1><p>We have cared for families in Austin since 1998, and we still answer the phone ourselves
when you call us in the morning.</p><p>Call <a href="tel:+15125550143">(512) 555-0143</a> or write to
<a href="mailto:hello@lamarfamilydental.example">us</a>.</p></main>
<form action="/contact"><input name="email"><textarea name="message"></textarea><button>Send</button></form></body></html>"""


def test_a_page_is_read_with_contacts_and_text(tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(PAGE)
    result = CliRunner().invoke(
        app, ["read-site", "--json", "--base-url", "https://lamarfamilydental.example/", str(file)]
    )
    assert result.exit_code == 0, result.output
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert found["file"] == str(file)
    assert found["emails"] == ["hello@lamarfamilydental.example"]
    assert found["phones"] == ["+15125550143"]
    assert "WordPress" in found["technologies"]
    assert found["has_contact_form"] is True
    assert "since 1998" in found["text"]
    assert found.keys() >= {"people", "address", "social"}
    assert found["no_site_yet"] is None


def test_a_parked_page_is_said_to_be_none(tmp_path: Path) -> None:
    file = tmp_path / "parked.html"
    file.write_text("<h1>lamardental.com</h1><p>This domain is for sale.</p>")
    result = CliRunner().invoke(app, ["read-site", "--json", str(file)])
    assert json.loads(result.stdout)["no_site_yet"] == "the domain is parked or for sale"


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["read-site", str(tmp_path / "nowhere.html")])
    assert result.exit_code == 1
    assert "nowhere.html cannot be read" in result.output

"""The rules of the house that a reader of one file cannot see broken: who imports whom, and what stands where."""

import ast
import re

import pytest
from importlinter.cli import lint_imports
from source import CODE, PACKAGES, ROOT, imports, modules, place, strings, under

LONGEST_FILE = 500

# A statement, as a string begins with it. English sentences begin with some of these words too: none goes on like this.
SQL = re.compile(
    r"""\s*(
        select\s+(.+\s+from\s|\S+\(|\d+\s*$|%) | with\s+(recursive\s+)?\w+\s+as\s | insert\s+into\s | delete\s+from\s
      | update\s+[\w."]+\s+(\w+\s+)?set\s | merge\s+into\s | truncate\s+(table\s)? | copy\s+[\w.]+\s*(\(|from|to)
      | (create|alter|drop)\s+(or\s+replace\s+)?(role|user|database|schema|table|view|index|function|policy|trigger)\s
      | (grant|revoke)\s.+\s(to|from|on)\s | set\s+(local|role|session)\s | (un)?listen\s+\w+\s*$ | notify\s+\w+\s*$
      | do\s+\$ | vacuum(\s|$) | analyze\s+\w+\s*$ | lock\s+table\s
    )""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)

# The vendors' addresses and paths: whoever writes one is building a request.
VENDOR_REQUEST = re.compile(
    r"(places|www)\.googleapis\.com|api\.yelp\.com|api\.apollo\.io|api\.hunter\.io|api\.firecrawl\.dev|api\.anthropic\.com"
    r"|/v1/places|/maps/api/geocode|/v3/businesses|/pagespeedonline|/api/v1/(people|mixed|organizations|contacts)"
    r"|/v2/(domain-search|email-finder|email-verifier|scrape|crawl|map)\b|/v1/messages|api\.stripe\.com"
)


def test_imports_go_one_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)

    assert lint_imports(config_filename="pyproject.toml", no_cache=True) == 0


def test_sql_stands_only_in_sql_and_in_query_modules() -> None:
    found = [
        f"{place(path, line)}: {text.strip()[:60]}"
        for path in modules(*PACKAGES)
        if path.name != "queries.py"
        for line, text in strings(path)
        if SQL.match(text)
    ]

    assert not found


@pytest.mark.parametrize(
    ("text", "is_sql"),
    [
        ("select id from campaigns", True),
        ("\n  with due as (select 1) select * from due", True),
        ("select set_config('app.organization_id', %s, true)", True),
        ("update public.campaigns c set status = 'ready'", True),
        ("CREATE ROLE leadgen_api login", True),
        ("listen leadgen_outbox", True),
        ("Select the businesses you want, then go on.", False),
        ("Set LEADGEN_DATABASE_URL to a Postgres of yours.", False),
        ("Update the code if it is older than the database.", False),
        ("create your account", False),
    ],
)
def test_sql_is_told_from_english(text: str, is_sql: bool) -> None:
    assert bool(SQL.match(text)) is is_sql


def test_vendor_requests_are_built_only_in_providers() -> None:
    found = [
        f"{place(path, line)}: {text[:60]}"
        for path in modules(*PACKAGES)
        if not under(path, "leadgen/providers", "leadgen/sandbox", "leadgen/settings.py")
        for line, text in strings(path)
        if VENDOR_REQUEST.search(text)
    ]
    clients = [
        f"{place(path, line)}: {name}"
        for path in modules(*PACKAGES)
        if not under(path, "leadgen/providers")
        for line, name in imports(path)
        if name.split(".")[0] in {"anthropic", "stripe"}
    ]

    assert not found + clients


def test_no_file_is_too_long_to_read() -> None:
    files = [*modules(*CODE), *(ROOT / "sql").rglob("*.sql")]
    lengths = {file: len(file.read_text(encoding="utf-8").splitlines()) for file in files}

    assert not [place(file, length) for file, length in lengths.items() if length > LONGEST_FILE]


def test_dagsters_private_modules_are_imported_only_in_platform() -> None:
    found = [
        f"{place(path, line)}: {name}"
        for path in modules(*PACKAGES)
        if not under(path, "leadgen_assets/platform")
        for line, name in imports(path)
        if re.match(r"dagster\w*\._|dagster\w*\.\w+\._", name)
    ]

    assert not found


def test_every_module_says_what_belongs_in_it() -> None:
    texts = {path: path.read_text(encoding="utf-8") for path in modules(*PACKAGES)}

    assert not [place(path, 1) for path, text in texts.items() if text and not ast.get_docstring(ast.parse(text))]


def test_no_file_is_a_drawer_for_everything() -> None:
    assert not [place(path, 1) for path in modules(*PACKAGES) if path.stem in {"utils", "helpers", "common", "misc"}]

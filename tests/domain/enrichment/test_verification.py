"""Verdicts on addresses: from the spelling alone, and from what vendors answer."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from leadgen.domain.enrichment.disposable import is_disposable
from leadgen.domain.enrichment.verification import (
    WEBMAIL_DOMAINS,
    Verdict,
    apollo_verdict,
    hunter_verdict,
    is_deliverable,
    is_due_again,
    may_arrive,
    own_verdict,
)

VECTORS = Path(__file__).resolve().parents[4] / "shared" / "data" / "vectors" / "email_address"
needs_vectors = pytest.mark.skipif(not VECTORS.exists(), reason="../shared/data is absent")


@pytest.mark.parametrize(
    "email", ["ana@lamar.example", "o'neil+web@x.co.uk", "info@911plumbing.com", "ana@münchen.de", "用户@例子.com"]
)
def test_plain_addresses_pass(email: str) -> None:
    assert own_verdict(email) is None


@pytest.mark.parametrize(
    "email",
    ["", "ana", "@x.com", "ana@", "ana@x", "a b@x.com", "ana@x.com\r\nBcc: eve@y.com", ".ana@x.com", "ana..b@x.com",
     "ana@-x.com", "ana@x.c", "ana@[127.0.0.1]", '"a b"@x.com', "ana@x.invalid", "ana@localhost", "ana\u200b@x.com",
     f"{'a' * 65}@x.com", f"ana@{'a' * 64}.com", f"ana@{'a.' * 130}com", "Ana <ana@x.com>"],
)  # fmt: skip
def test_what_cannot_be_mailed_is_invalid(email: str) -> None:
    verdict = own_verdict(email)
    assert verdict is not None
    assert verdict.status == "invalid"
    assert verdict.reason


def test_disposable_addresses_are_invalid() -> None:
    assert own_verdict("ana@Mailinator.com") == Verdict("invalid", "disposable address")


@needs_vectors
def test_isemail_vectors() -> None:
    """Errors are refused; what is valid without deprecated forms, comments and quotes passes."""
    cases = json.loads((VECTORS / "isemail.json").read_text(encoding="utf-8"))
    accepted = {case["category"] for case in cases if own_verdict(case["address"]) is None}
    assert accepted <= {"ISEMAIL_VALID_CATEGORY", "ISEMAIL_DNSWARN"}
    refused = [c["address"] for c in cases if c["category"] == "ISEMAIL_VALID_CATEGORY" and own_verdict(c["address"])]
    assert len(refused) == 1  # a domain of one label


@needs_vectors
def test_valid_addresses_of_email_validator() -> None:
    """Quoted local parts and display names are legal there and refused here: no business prints them."""
    cases = json.loads((VECTORS / "email_validator_valid.json").read_text(encoding="utf-8"))
    refused = [case["address"] for case in cases if own_verdict(case["address"])]
    assert [address for address in refused if not set('"<＠') & set(address)] == []


@needs_vectors
def test_invalid_addresses_of_email_validator() -> None:
    """Three need full IDNA 2008 tables or Unicode's mathematical signs, which no mail server is asked about."""
    cases = json.loads((VECTORS / "email_validator_invalid.json").read_text(encoding="utf-8"))
    passed = [c["address"] for c in cases if c["error"] != "ISEMAIL_VALID" and own_verdict(c["address"]) is None]
    assert len(passed) <= 4


@pytest.mark.parametrize(
    ("status", "expected"),
    [("valid", "valid"), ("invalid", "invalid"), ("accept_all", "risky"), ("webmail", "risky"), ("disposable", "invalid"),
     ("unknown", "unknown"), ("blocked", "unknown"), (None, "unknown"), ("new-status", "unknown")],
)  # fmt: skip
def test_hunter(status: str | None, expected: str) -> None:
    assert hunter_verdict(status).status == expected


def test_for_webmail_the_server_decides_where_it_answers() -> None:
    assert hunter_verdict("webmail", smtp_check=True).status == "valid"
    assert hunter_verdict("webmail", smtp_check=False).status == "invalid"


@pytest.mark.parametrize(
    ("status", "expected"), [("verified", "valid"), ("extrapolated", "unknown"), (None, "unknown")]
)
def test_apollo(status: str | None, expected: str) -> None:
    assert apollo_verdict(status).status == expected


def test_what_a_draft_may_be_addressed_to() -> None:
    assert is_deliverable("valid")
    assert not any(is_deliverable(status) for status in ("risky", "unknown", "invalid", None))


def test_mail_to_a_risky_address_may_arrive() -> None:
    assert may_arrive(Verdict("valid", ""))
    assert may_arrive(Verdict("risky", ""))
    assert not may_arrive(Verdict("unknown", ""))
    assert not may_arrive(Verdict("invalid", ""))
    assert not may_arrive(None)


@pytest.mark.parametrize("domain", ["mailinator.com", "Sub.Mailinator.com", "yopmail.com", "guerrillamail.com"])
def test_throw_away_domains_and_what_belongs_to_them_are_invalid(domain: str) -> None:
    assert own_verdict(f"ana@{domain}") == Verdict("invalid", "disposable address")


@pytest.mark.parametrize("domain", ["gmail.com", "com", "lamardental.example", "notmailinator.com.example"])
def test_other_domains_are_not(domain: str) -> None:
    assert not is_disposable(domain)


def test_no_webmail_provider_of_ours_is_called_disposable() -> None:
    assert not [domain for domain in WEBMAIL_DOMAINS if is_disposable(domain)]


def test_a_verdict_is_due_again_when_it_is_older_than_asked_for_or_was_never_given() -> None:
    given = datetime(2026, 11, 1, tzinfo=UTC)
    assert not is_due_again(given, given + timedelta(days=30), 30)
    assert is_due_again(given, given + timedelta(days=30, seconds=1), 30)
    assert is_due_again(None, given, 30)

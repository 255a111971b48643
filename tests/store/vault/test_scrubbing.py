"""What a vendor says against a key is kept without the key, however the vendor writes it."""

import base64
import json
import string
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.store.vault.scrubbing import LONGEST, scrub

SECRET = "k3y/with+odd=chars&more"
words = st.text(string.ascii_letters + string.digits, min_size=4, max_size=40)


@given(st.text(), words, st.text())
def test_a_secret_never_survives_whatever_stands_around_it(before: str, secret: str, after: str) -> None:
    assert secret not in scrub(f"{before}{secret}{after}", [secret])


@given(st.text(st.characters()), st.lists(st.text(st.characters()), max_size=3))
def test_what_is_kept_can_be_stored_and_is_short(message: str, secrets: list[str]) -> None:
    kept = scrub(message, secrets)
    kept.encode()
    assert "\0" not in kept
    assert "\n" not in kept
    assert len(kept) <= LONGEST


@pytest.mark.parametrize(
    "written",
    [
        SECRET,
        SECRET.upper(),
        quote(SECRET, safe=""),
        quote(SECRET, safe="").lower(),
        json.dumps({"echo": SECRET}),
        base64.b64encode(SECRET.encode()).decode(),
        f"{SECRET[:10]}…",
        f"{SECRET[:8]}********",
    ],
)
def test_a_secret_is_found_in_every_form_a_vendor_quotes_it_in(written: str) -> None:
    kept = scrub(f"401: {written} is not known here.", [SECRET])
    assert SECRET[:8].lower() not in kept.lower()
    assert quote(SECRET, safe="").lower() not in kept.lower()
    assert kept.startswith("401: ")


def test_a_secret_of_several_words_goes_whole() -> None:
    """An app password of a mailbox is written in four groups."""
    assert scrub("535 abcd efgh ijkl mnop refused", ["abcd efgh ijkl mnop"]) == "535 *** refused"


def test_a_secret_at_the_cut_leaves_no_beginning() -> None:
    padding = "x" * (LONGEST - 4)
    assert "cana" not in scrub(f"{padding}canary-7f3a", ["canary-7f3a"])


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        ("Authorization: Bearer abcdefgh12345678 refused", "Authorization: *** *** refused"),
        ('{"api_key": "abc", "code": 7}', '{"api_key": "***", "code": 7}'),
        (
            "GET https://api.example/v2?api_key=abc&page=2 failed",
            "GET https://api.example/v2?api_key=***&page=2 failed",
        ),
        ("imap://ana:pass@mail.example refused", "imap://***@mail.example refused"),
        ("Incorrect API key provided: sk-ant-api03-abcdefgh", "Incorrect API key provided: ***"),
        ("the key AIzaSyA1234567890 is restricted", "the key *** is restricted"),
    ],
)
def test_what_looks_like_a_secret_goes_whosever_it_is(message: str, kept: str) -> None:
    assert scrub(message, []) == kept


@pytest.mark.parametrize(
    "message",
    [
        "429 Too Many Requests; retry after 30 seconds, request 0f8fad5b-d9cb-469f-a165-70867728950e",
        "your plan's monthly quota of 500 searches is used up",
        "535 5.7.8 authentication failed",
    ],
)
def test_what_a_person_needs_to_know_stays(message: str) -> None:
    assert scrub(message, ["unrelated-secret", "587"]) == message

"""Takes secrets out of a vendor's words before they are kept: vendors quote the key they refuse."""

import base64
import json
import re
from collections.abc import Iterable
from urllib.parse import quote, quote_plus

MASK = "***"
LONGEST = 500  # characters
SHORTEST_SECRET = 4  # what is shorter would tear holes into numbers and words, and guards nothing
QUOTED_START = 8  # characters: vendors quote the beginning of a long key

_UNSTORABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")  # control characters, and what UTF-8 cannot write

# What looks like a secret whosever it is
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", rf"\1 {MASK}"),
        (r"((?:key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;}]+", rf"\1{MASK}"),
        (r"://[^\s/@]+@", f"://{MASK}@"),
        (r"\b(?:sk|rk|pk|fc|re|xox[a-z]|ghp|whsec)[-_][\w-]{8,}", MASK),
        (r"\bAIza[\w-]{8,}", MASK),
    )
)


def scrub(message: str, secrets: Iterable[str]) -> str:
    """The message on one line of at most 500 characters, without these secrets and without what looks like one.

    A secret is found as it is, as JSON, URL or base64 write it, and by its first 8 characters where it has 16 or more.
    """
    given = [secret for secret in secrets if len(secret) >= SHORTEST_SECRET]
    whole = {form for secret in given for form in _forms(secret)}
    for form in sorted(whole, key=len, reverse=True):
        message = re.sub(re.escape(form), MASK, message, flags=re.IGNORECASE)
    for secret in given:
        if len(secret) >= 2 * QUOTED_START:
            message = re.sub(re.escape(secret[:QUOTED_START]) + r"[^\s\"']*", MASK, message)
    for shape, replacement in _PATTERNS:
        message = shape.sub(replacement, message)
    return " ".join(_UNSTORABLE.sub(" ", message).split())[:LONGEST]


def _forms(secret: str) -> Iterable[str]:
    yield secret
    yield json.dumps(secret)[1:-1]
    yield quote(secret, safe="", errors="replace")
    yield quote_plus(secret, errors="replace")
    yield base64.b64encode(secret.encode(errors="replace")).decode().rstrip("=")

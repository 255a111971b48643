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

# What looks like a secret whosever it is
_PATTERNS = tuple(
    (re.compile(pattern, re.IGNORECASE), replacement)
    for pattern, replacement in (
        (r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", rf"\1 {MASK}"),
        (r"([\w-]*(?:key|token|secret|password|authorization)[\"']?\s*[:=]\s*[\"']?)[^\s\"'&,;}]+", rf"\1{MASK}"),
        (r"://[^\s/@]+@", f"://{MASK}@"),
        (r"\b(?:sk|rk|pk|fc|re|xox[a-z]|ghp|whsec)[-_][\w-]{8,}", MASK),
        (r"\bAIza[\w-]{8,}", MASK),
    )
)


def scrub(message: str, secrets: Iterable[str]) -> str:
    """The message on one line of at most 500 characters, without these secrets and without what looks like one.

    A secret is found as it is, as JSON, URL or base64 write it, and by its first 8 characters where it has 16 or more.
    """
    for pattern in sorted({form for secret in secrets for form in _forms(secret)}, key=len, reverse=True):
        message = re.sub(pattern, MASK, message)
    for shape, replacement in _PATTERNS:
        message = shape.sub(replacement, message)
    return " ".join(message.split())[:LONGEST]


def _forms(secret: str) -> Iterable[str]:
    if len(secret) < SHORTEST_SECRET:
        return
    for form in (secret, quote(secret, safe=""), quote_plus(secret), json.dumps(secret)[1:-1]):
        yield re.escape(form)
    yield re.escape(base64.b64encode(secret.encode()).decode().rstrip("=")) + "=*"
    if len(secret) >= 2 * QUOTED_START:
        yield re.escape(secret[:QUOTED_START]) + r"[^\s\"']*"

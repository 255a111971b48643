"""The form of an API key: `lg_`, 43 random characters, and 6 of a checksum.

The checksum lets a scanner of secrets tell a key from chance, and spares the database what cannot be one. It follows the form
of GitHub's tokens (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
"""

import hashlib
import hmac
import zlib
from typing import Literal

Scope = Literal["read", "write", "export"]

PREFIX = "lg_"
RANDOM_BYTES = 32
RANDOM_CHARACTERS = 43  # 62**43 > 2**256
CHECKSUM_CHARACTERS = 6  # 62**6 > 2**32
SHOWN_CHARACTERS = 11

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def api_key(randomness: bytes) -> str:
    """The key of 32 random bytes. Raises ValueError for any other number of them."""
    if len(randomness) != RANDOM_BYTES:
        raise ValueError(f"a key is made of {RANDOM_BYTES} bytes, not {len(randomness)}")
    body = PREFIX + _base62(int.from_bytes(randomness), RANDOM_CHARACTERS)
    return body + _checksum(body)


def is_api_key(text: str) -> bool:
    """Whether a text has the form of a key and its checksum is right."""
    body, checksum = text[:-CHECKSUM_CHARACTERS], text[-CHECKSUM_CHARACTERS:]
    random = body.removeprefix(PREFIX)
    return (
        body.startswith(PREFIX)
        and len(random) == RANDOM_CHARACTERS
        and set(random) <= set(_DIGITS)
        and checksum == _checksum(body)
    )


def shown_prefix(key: str) -> str:
    """The beginning by which people tell their keys apart: 8 of the 43 random characters, too few to guess the rest."""
    return key[:SHOWN_CHARACTERS]


def key_hash(key: str, secret: bytes) -> bytes:
    """What is stored of a key: HMAC-SHA256 under the installation's secret, which the database does not hold."""
    return hmac.new(secret, key.encode(), hashlib.sha256).digest()


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), CHECKSUM_CHARACTERS)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_DIGITS))
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))

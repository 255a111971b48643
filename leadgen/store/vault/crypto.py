"""How a value is sealed: AES-256-GCM under a key that PBKDF2 derives. Bytes in, bytes out; knows no database.

A sealed value is `version (1 byte) | nonce (12 bytes) | ciphertext with its 16-byte tag`. The version says which key sealed
it. Version and context (whose value it is, and what for) are authenticated: a sealed value that is moved, or changed in a
single bit, does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from leadgen.errors import PermanentError

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12  # the size GCM is made for; others are hashed first (NIST SP 800-38D, 8.2)
TAG_BYTES = 16
ITERATIONS = 600_000  # OWASP Password Storage Cheat Sheet, PBKDF2-HMAC-SHA256
HIGHEST_VERSION = 255


class SealBroken(PermanentError):
    """A sealed value was changed or moved, or this is not the key that sealed it. GCM does not tell which."""


def random_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def random_salt() -> bytes:
    """16 random bytes."""
    return os.urandom(SALT_BYTES)


def derive_key(secret: bytes, salt: bytes, *, iterations: int = ITERATIONS) -> bytes:
    """The 32-byte key that PBKDF2-HMAC-SHA256 (RFC 8018) makes of a secret: about 0.3 s of CPU, without the GIL."""
    return PBKDF2HMAC(SHA256(), KEY_BYTES, salt, iterations).derive(secret)


def seal(key: bytes, *, version: int, context: bytes, plaintext: bytes) -> bytes:
    """Seals a value of up to 2**39 bits under a 32-byte key, with a fresh random nonce.

    The version must be in 1..255. Random nonces are safe for 2**32 values a key (NIST SP 800-38D, 8.3).
    """
    if not 1 <= version <= HIGHEST_VERSION:
        raise ValueError(f"version {version} is not in 1..{HIGHEST_VERSION}")
    head = bytes([version])
    nonce = os.urandom(NONCE_BYTES)
    return head + nonce + _cipher(key).encrypt(nonce, plaintext, head + context)


def unseal(key: bytes, *, context: bytes, sealed: bytes) -> bytes:
    """The plaintext of a sealed value. Raises SealBroken unless key, context and every bit are those it was sealed with."""
    cipher = _cipher(key)
    if len(sealed) < 1 + NONCE_BYTES + TAG_BYTES:
        raise SealBroken("a sealed value is too short.")
    head, nonce, ciphertext = sealed[:1], sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, ciphertext, head + context)
    except InvalidTag:
        raise SealBroken("a sealed value does not open.") from None


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"the key has {len(key)} bytes, AES-256 needs {KEY_BYTES}")
    return AESGCM(key)

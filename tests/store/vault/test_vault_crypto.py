"""Sealed values open only as they were sealed: the published vectors pass, and no altered bit does."""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgen.settings import PROJECT
from leadgen.store.vault.crypto import (
    ITERATIONS,
    KEY_BYTES,
    NONCE_BYTES,
    SALT_BYTES,
    TAG_BYTES,
    SealBroken,
    derive_key,
    random_key,
    random_salt,
    seal,
    unseal,
)

WYCHEPROOF = PROJECT.parent / "shared" / "data" / "vectors" / "wycheproof"

keys = st.binary(min_size=KEY_BYTES, max_size=KEY_BYTES)
versions = st.integers(1, 255)
contexts = st.binary(max_size=40)
plaintexts = st.binary(max_size=200)


def vectors(file: str) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each test of a Wycheproof file with its group."""
    path: Path = WYCHEPROOF / file
    if not path.exists():
        pytest.skip("the Wycheproof vectors of ../shared/data are absent")
    for group in json.loads(path.read_text())["testGroups"]:
        for test in group["tests"]:
            yield group, test


def data(test: dict[str, Any], *names: str) -> list[bytes]:
    return [bytes.fromhex(test[name]) for name in names]


def test_wycheproof_aes_gcm_vectors_pass_through_seal_and_unseal() -> None:
    """Our associated data is the version byte and the context, so a vector's is split behind its first byte."""
    passed = 0
    for group, test in vectors("aes_gcm_test.json"):
        key, nonce, associated, plaintext, ciphertext, tag = data(test, "key", "iv", "aad", "msg", "ct", "tag")
        if (group["keySize"], group["ivSize"]) != (8 * KEY_BYTES, 8 * NONCE_BYTES) or not associated:
            continue
        sealed = associated[:1] + nonce + ciphertext + tag
        if test["result"] == "valid":
            assert unseal(key, context=associated[1:], sealed=sealed) == plaintext, test["tcId"]
        else:
            with pytest.raises(SealBroken):
                unseal(key, context=associated[1:], sealed=sealed)
        passed += 1
    assert passed > 10


def test_every_wycheproof_aes_gcm_vector_passes_in_the_library_we_stand_on() -> None:
    passed = 0
    for _, test in vectors("aes_gcm_test.json"):
        key, nonce, associated, plaintext, ciphertext, tag = data(test, "key", "iv", "aad", "msg", "ct", "tag")
        if test["result"] == "valid" and 8 <= len(nonce) <= 128:
            assert AESGCM(key).encrypt(nonce, plaintext, associated) == ciphertext + tag, test["tcId"]
            assert AESGCM(key).decrypt(nonce, ciphertext + tag, associated) == plaintext, test["tcId"]
        else:  # the library refuses nonces outside 64..1024 bits altogether
            with pytest.raises((InvalidTag, ValueError)):
                AESGCM(key).decrypt(nonce, ciphertext + tag, associated)
        passed += 1
    assert passed > 300


def test_every_wycheproof_hmac_sha256_vector_passes_the_core_of_pbkdf2() -> None:
    passed = 0
    for group, test in vectors("hmac_sha256_test.json"):
        key, message, tag = data(test, "key", "msg", "tag")
        if group["tagSize"] != 256:
            continue  # shortened tags, which PBKDF2 does not use
        mac = HMAC(key, SHA256())
        mac.update(message)
        if test["result"] == "valid":
            mac.verify(tag)
        else:
            with pytest.raises(InvalidSignature):
                mac.verify(tag)
        passed += 1
    assert passed > 80


@pytest.mark.parametrize(
    ("secret", "salt", "iterations", "expected"),
    [
        (b"passwd", b"salt", 1, "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc"),
        (b"Password", b"NaCl", 80_000, "4ddcd8f60b98be21830cee5ef22701f9641a4418d04c0414aeff08876b34ab56"),
    ],
)
def test_keys_are_derived_as_rfc_7914_section_11_says(
    secret: bytes, salt: bytes, iterations: int, expected: str
) -> None:
    assert derive_key(secret, salt, iterations=iterations).hex() == expected


def test_keys_are_derived_in_600_000_rounds_unless_told_otherwise() -> None:
    assert ITERATIONS == 600_000
    assert derive_key(b"secret", b"salt") == derive_key(b"secret", b"salt", iterations=600_000)


@given(keys, versions, contexts, plaintexts)
def test_a_sealed_value_opens_with_its_key_and_context(
    key: bytes, version: int, context: bytes, plaintext: bytes
) -> None:
    sealed = seal(key, version=version, context=context, plaintext=plaintext)
    assert sealed[0] == version
    assert len(sealed) == 1 + NONCE_BYTES + len(plaintext) + TAG_BYTES
    assert unseal(key, context=context, sealed=sealed) == plaintext


@given(keys, versions, contexts, st.binary(max_size=40), st.integers(1, 255))
def test_every_altered_byte_is_refused(
    key: bytes, version: int, context: bytes, plaintext: bytes, difference: int
) -> None:
    sealed = seal(key, version=version, context=context, plaintext=plaintext)
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= difference
        with pytest.raises(SealBroken):
            unseal(key, context=context, sealed=bytes(altered))


@given(keys, contexts, plaintexts)
def test_every_cut_or_longer_value_is_refused(key: bytes, context: bytes, plaintext: bytes) -> None:
    sealed = seal(key, version=1, context=context, plaintext=plaintext)
    for wrong in (*(sealed[:length] for length in range(len(sealed))), sealed + b"\0", b"\0" + sealed):
        with pytest.raises(SealBroken):
            unseal(key, context=context, sealed=wrong)


@given(keys, keys, contexts, contexts, plaintexts)
def test_another_key_or_context_is_refused(
    key: bytes, other_key: bytes, context: bytes, other_context: bytes, plaintext: bytes
) -> None:
    sealed = seal(key, version=1, context=context, plaintext=plaintext)
    for wrong_key, wrong_context in ((other_key, context), (key, other_context)):
        if (wrong_key, wrong_context) != (key, context):
            with pytest.raises(SealBroken):
                unseal(wrong_key, context=wrong_context, sealed=sealed)


@cache
def nonces_seen() -> set[bytes]:
    return set()


@settings(max_examples=500)
@given(keys, contexts, plaintexts)
def test_no_nonce_is_ever_used_twice(key: bytes, context: bytes, plaintext: bytes) -> None:
    """Over all examples: hypothesis repeats and shrinks its inputs, and seeds every generator it knows of."""
    for _ in range(2):
        nonce = seal(key, version=1, context=context, plaintext=plaintext)[1 : 1 + NONCE_BYTES]
        assert nonce not in nonces_seen()
        nonces_seen().add(nonce)


def test_no_key_and_no_salt_is_made_twice() -> None:
    assert len({random_key() for _ in range(1000)}) == 1000
    assert len({random_salt() for _ in range(1000)}) == 1000
    assert (len(random_key()), len(random_salt())) == (KEY_BYTES, SALT_BYTES)


@pytest.mark.parametrize("length", [0, 16, 24, 31, 33])
def test_only_keys_of_256_bits_are_taken(length: int) -> None:
    with pytest.raises(ValueError, match="AES-256"):
        seal(bytes(length), version=1, context=b"", plaintext=b"")
    with pytest.raises(ValueError, match="AES-256"):
        unseal(bytes(length), context=b"", sealed=bytes(100))


@pytest.mark.parametrize("version", [-1, 0, 256])
def test_a_version_is_one_byte_and_not_zero(version: int) -> None:
    with pytest.raises(ValueError, match="version"):
        seal(bytes(32), version=version, context=b"", plaintext=b"")

from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.access.api_keys import api_key, is_api_key, shown_prefix

RANDOMNESS = st.binary(min_size=32, max_size=32)


@given(RANDOMNESS)
def test_every_randomness_makes_a_key_of_one_length(randomness: bytes) -> None:
    key = api_key(randomness)

    assert is_api_key(key)
    assert len(key) == 52
    assert key.startswith(shown_prefix(key))


@given(RANDOMNESS, RANDOMNESS)
def test_two_keys_are_the_same_only_of_the_same_randomness(one: bytes, other: bytes) -> None:
    assert (api_key(one) == api_key(other)) is (one == other)


@given(RANDOMNESS, st.integers(min_value=3, max_value=51), st.characters())
def test_one_changed_character_is_noticed(randomness: bytes, position: int, character: str) -> None:
    key = api_key(randomness)
    changed = key[:position] + character + key[position + 1 :]

    assert is_api_key(changed) is (changed == key)


@given(st.text())
def test_text_is_no_key(text: str) -> None:
    assert not is_api_key(text)

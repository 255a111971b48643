"""The master key: read strictly, never shown, and made once where nobody has set one."""

import base64
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from leadgen.errors import ConfigurationError
from leadgen.settings import Settings
from leadgen.store.vault import MasterKeys, configured_master_keys, installation_master_key

ONE, TWO = bytes(range(32)), bytes(range(32, 64))


def encoded(key: bytes) -> str:
    return base64.b64encode(key).decode()


def test_a_single_key_is_the_current_one_and_named_by_its_hash() -> None:
    keys = MasterKeys.parse(encoded(ONE))
    assert keys.current_id == "630dcd2966c4"
    assert keys.key(keys.current_id) == ONE


def test_the_first_of_several_keys_is_the_current_one_and_the_others_still_open() -> None:
    keys = MasterKeys.parse(f"k2:{encoded(TWO)}, k1:{encoded(ONE)}")
    assert keys.current_id == "k2"
    assert (keys.key("k2"), keys.key("k1")) == (TWO, ONE)


def test_keys_without_a_name_rotate_without_one() -> None:
    before, after = MasterKeys.parse(encoded(ONE)), MasterKeys.parse(f"{encoded(TWO)},{encoded(ONE)}")
    assert after.current_id != before.current_id
    assert after.key(before.current_id) == ONE


@pytest.mark.parametrize(
    "text",
    [
        "canary-not-base64!",
        encoded(ONE[:16]),
        encoded(ONE + TWO),
        encoded(ONE)[:-1],
        f":{encoded(ONE)}",
        f"two words:{encoded(ONE)}",
        f"k1:{encoded(ONE)},k1:{encoded(TWO)}",
        f"k1:{encoded(ONE)},canary",
    ],
)
def test_what_is_no_key_is_refused_without_showing_it(text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        MasterKeys.parse(text)
    assert refused.value.remedy
    assert refused.value.__cause__ is None
    for shown in (str(refused.value), repr(refused.value)):
        assert "canary" not in shown
        assert encoded(ONE)[:20] not in shown


@pytest.mark.parametrize("text", ["", " ", ","])
def test_a_missing_key_is_a_matter_only_for_who_needs_it(text: str) -> None:
    keys = MasterKeys.parse(text)
    for ask in (keys.require, lambda: keys.current_id, lambda: keys.key("k1")):
        with pytest.raises(ConfigurationError, match="No master key") as refused:
            ask()
        assert "LEADGEN_MASTER_KEY" in refused.value.remedy


def test_a_key_that_is_not_configured_any_more_is_named_with_its_remedy() -> None:
    with pytest.raises(ConfigurationError, match="k1") as refused:
        MasterKeys.parse(f"k2:{encoded(TWO)}").key("k1")
    assert "`k1:base64`" in refused.value.remedy


def test_no_key_is_ever_printed(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, home=tmp_path, master_key=encoded(ONE))
    shown = repr(settings) + settings.model_dump_json() + repr(configured_master_keys(settings))
    assert encoded(ONE)[:20] not in shown
    assert repr(ONE)[2:20] not in shown


def test_the_environment_comes_before_the_installations_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = MasterKeys.parse(installation_master_key(tmp_path))
    monkeypatch.setenv("LEADGEN_MASTER_KEY", "")
    assert configured_master_keys(Settings(_env_file=None, home=tmp_path)).current_id == made.current_id
    monkeypatch.setenv("LEADGEN_MASTER_KEY", f"k1:{encoded(ONE)}")
    assert configured_master_keys(Settings(_env_file=None, home=tmp_path)).current_id == "k1"


def test_without_a_variable_and_without_a_file_there_is_no_key(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="No master key"):
        configured_master_keys(Settings(_env_file=None, home=tmp_path, master_key=None)).require()


def test_an_installation_makes_its_key_once_for_this_user_alone(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(installation_master_key, [tmp_path] * 32))
    assert len(made) == 1
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    MasterKeys.parse(made.pop()).require()


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    homes = [tmp_path / name for name in ("one", "two")]
    for home in homes:
        home.mkdir()
    assert len({installation_master_key(home) for home in homes}) == 2

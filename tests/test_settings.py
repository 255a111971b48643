"""What an operator may set, and how."""

from decimal import Decimal

import pytest

from leadgen.settings import Settings


def test_one_field_of_a_vendor_is_set_and_the_others_keep_their_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADGEN_HUNTER__CONCURRENCY", "3")
    hunter = Settings(_env_file=None).hunter
    assert hunter.concurrency == 3
    assert hunter.base_url == "https://api.hunter.io"
    assert hunter.prices["credit"] == Decimal(14_900)


def test_a_services_customary_variable_is_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_MAPS_API_KEY", "customary")
    settings = Settings(_env_file=None)
    for vendor in ("google_places", "google_geocoding", "pagespeed"):
        key = settings.vendor(vendor).key
        assert key is not None
        assert key.get_secret_value() == "customary"


def test_our_own_variable_comes_before_the_customary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUNTER_API_KEY", "customary")
    monkeypatch.setenv("LEADGEN_HUNTER__KEY", "own")
    key = Settings(_env_file=None).hunter.key
    assert key is not None
    assert key.get_secret_value() == "own"


def test_an_empty_variable_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUNTER_API_KEY", "")
    assert Settings(_env_file=None).hunter.key is None


def test_no_secret_is_ever_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LEADGEN_HUNTER__KEY", "canary-7f3a")
    monkeypatch.setenv("LEADGEN_DATABASE_URL", "postgresql://owner:canary-7f3a@host/db")
    settings = Settings(_env_file=None)
    assert "canary-7f3a" not in repr(settings)
    assert "canary-7f3a" not in settings.model_dump_json()

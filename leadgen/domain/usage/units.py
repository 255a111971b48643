"""The vendors' units in plain words. The ledger counts in the vendor's own, as `text_search_enterprise`."""

from collections.abc import Mapping
from decimal import Decimal

_UNITS: Mapping[str, str] = {
    "text_search_ids": "counting searches",
    "text_search_enterprise": "text searches",
    "details_enterprise": "place details",
    "geocode": "places on the map",
    "run": "speed tests",
    "search": "searches",
    "details": "business details",
    "credit": "credits",
    "page": "pages",
    "email": "emails",
    "segment": "message segments",
    "minute": "call minutes",
}

# A model's classes of tokens, as in `claude-haiku-5-5:batch_cache_read`; the beginnings say how they were asked.
_TOKENS: Mapping[str, str] = {
    "input": "tokens read",
    "output": "tokens written",
    "cache_read": "tokens read from the cache",
    "cached_input": "tokens read from the cache",
    "cache_write": "tokens kept in the cache",
    "cache_write_1h": "tokens kept in the cache for an hour",
}
_MANNERS: Mapping[str, str] = {"long_": "in long prompts", "batch_": "in batches"}


def plain_unit(unit: str) -> str:
    """A unit as a person says it, in the plural; an unknown one with its underscores as spaces."""
    model, colon, kind = unit.partition(":")
    if not colon:
        return _UNITS.get(unit, unit.replace("_", " "))
    manners = []
    for beginning, words in _MANNERS.items():
        if kind.startswith(beginning):
            kind = kind.removeprefix(beginning)
            manners.append(words)
    return " ".join([model, _TOKENS.get(kind, kind.replace("_", " ")), *reversed(manners)])


def plain_quantity(quantity: Decimal) -> int | float:
    """A quantity for people and JSON: whole where it is whole, else to two places."""
    return int(quantity) if quantity == quantity.to_integral_value() else round(float(quantity), 2)

"""Google's partial answers: the `fields` parameter, as `lighthouseResult(categories(seo(score)),audits)`."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

SYSTEM_PARAMETERS = frozenset({"key", "fields", "alt", "prettyPrint", "quotaUser"})  # every Google API takes them

Selection = dict[str, "Selection"]


class BadFields(ValueError):
    """The parameter cannot be read."""


@lru_cache(maxsize=256)
def selection(text: str) -> Selection:
    """What `fields` selects: names, each with what is selected within it (nothing: all of it). Raises BadFields."""
    tokens = re.findall(r"[\w*@.-]+|[(),/]", text)
    if "".join(tokens) != text.replace(" ", ""):
        raise BadFields(text)
    selected = _group(tokens)
    if tokens:
        raise BadFields(text)
    return selected


def _group(tokens: list[str]) -> Selection:
    """Takes names parted by commas off the front of the tokens, up to a closing bracket."""
    selected: Selection = {}
    while True:
        for name, inner in _path(tokens).items():
            selected.setdefault(name, {}).update(inner)
        if not tokens or tokens[0] != ",":
            return selected
        tokens.pop(0)


def _path(tokens: list[str]) -> Selection:
    """Takes one name with its `/path` or `(group)`."""
    if not tokens or tokens[0] in {"(", ")", ",", "/"}:
        raise BadFields("a name is missing")
    name = tokens.pop(0)
    if not tokens or tokens[0] not in {"(", "/"}:
        return {name: {}}
    if tokens.pop(0) == "/":
        return {name: _path(tokens)}
    inner = _group(tokens)
    if not tokens or tokens.pop(0) != ")":
        raise BadFields("a bracket is not closed")
    return {name: inner}


def selected_part(value: Any, wanted: Mapping[str, Any]) -> Any:
    """The selected part of a value; of lists, of each entry."""
    if not wanted or "*" in wanted:
        return value
    if isinstance(value, list):
        return [selected_part(entry, wanted) for entry in value]
    if not isinstance(value, dict):
        return value
    return {name: selected_part(value[name], inner) for name, inner in wanted.items() if name in value}

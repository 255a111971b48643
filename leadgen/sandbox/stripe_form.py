"""Stripe's forms: nested brackets as values, and what a parameter may be. VENDORS.md section 12.

A parameter that is not read here is refused as unknown, also where the true Stripe has it and the sandbox does not play it:
nothing is ignored in silence.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from leadgen.sandbox.stripe_answers import Refused

Kind = Callable[[Any, str], Any]  # the value of a parameter, read; its name is for the refusal
_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_MOST_METADATA, _LONGEST_KEY, _LONGEST_VALUE = 50, 40, 500


def decode(pairs: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """`items[0][price]=p` as `{"items": [{"price": "p"}]}`; also `items[]=p`. All leaves are strings.

    Raises:
        Refused: the brackets do not fit together.
    """
    tree: dict[str, Any] = {}
    for name, value in pairs:
        match = _NAME.fullmatch(name)
        if match is None:
            raise unknown(name)
        path = [match[1], *re.findall(r"\[([^\[\]]*)\]", match[2])]
        node = tree
        for part in path[:-1]:
            node = node.setdefault(part, {})
            if not isinstance(node, dict):
                raise Refused(f"Invalid object: {name}", param=name)
        node[path[-1] or str(len(node))] = value
    return {name: _as_lists(value) for name, value in tree.items()}


def _as_lists(node: Any) -> Any:
    if not isinstance(node, dict):
        return node
    values = {name: _as_lists(value) for name, value in node.items()}
    if values and all(name.isdigit() for name in values):
        return [values[name] for name in sorted(values, key=int)]
    return values


def unknown(param: str) -> Refused:
    """The refusal of a parameter that there is not."""
    return Refused(f"Received unknown parameter: {param}", param=param, code="parameter_unknown")


def missing(param: str) -> Refused:
    """The refusal of a request without a parameter that it needs."""
    return Refused(f"Missing required param: {param}.", param=param, code="parameter_missing")


def read(
    given: Mapping[str, Any], kinds: Mapping[str, Kind], required: str = "", *, within: str = ""
) -> dict[str, Any]:
    """The parameters that are given, read. `required` names those that must be, `within` the parameter that they are in.

    Raises:
        Refused: one is unknown, missing or not what it must be.
    """

    def full(name: str) -> str:
        return f"{within}[{name}]" if within else name

    for name in given:
        if name not in kinds:
            raise unknown(full(name))
    for name in required.split():
        if name not in given:
            raise missing(full(name))
    return {name: kinds[name](value, full(name)) for name, value in given.items()}


def text(value: Any, param: str) -> str:
    """A string that is not empty."""
    if not isinstance(value, str):
        raise Refused("Invalid string", param=param)
    if not value:
        message = (
            f"You passed an empty string for '{param}'. We assume empty values are an attempt to unset a parameter"
        )
        raise Refused(f"{message}; however '{param}' cannot be unset.", param=param, code="parameter_invalid_empty")
    return value


def integer(value: Any, param: str) -> int:
    """A whole number."""
    try:
        return int(text(value, param))
    except ValueError:
        raise Refused(f"Invalid integer: {value}", param=param, code="parameter_invalid_integer") from None


def natural(value: Any, param: str) -> int:
    """A whole number from 0 on."""
    number = integer(value, param)
    if number < 0:
        raise Refused("This value must be greater than or equal to 0.", param=param, code="parameter_invalid_integer")
    return number


def decimal(value: Any, param: str) -> str:
    """A decimal number from 0 on, as it was written."""
    try:
        number = Decimal(text(value, param))
    except InvalidOperation:
        raise Refused(f"Invalid decimal: {value}", param=param) from None
    if not number.is_finite() or number < 0:
        raise Refused(f"Invalid decimal: {value}", param=param)
    return str(value)


def boolean(value: Any, param: str) -> bool:
    """`true` or `false`."""
    if value not in {"true", "false"}:
        raise Refused(f"Invalid boolean: {value}", param=param)
    return bool(value == "true")


def address(value: Any, param: str) -> str:
    """A web address."""
    if not text(value, param).startswith(("http://", "https://")):
        raise Refused("Not a valid URL", param=param, code="url_invalid")
    return str(value)


def one_of(*allowed: str) -> Kind:
    """One of these words."""

    def one(value: Any, param: str) -> str:
        if value not in allowed:
            raise Refused(f"Invalid {param}: must be one of {', '.join(allowed)}", param=param)
        return str(value)

    return one


def clearable(kind: Kind) -> Kind:
    """The same, or nothing: an empty string takes the value away."""
    return lambda value, param: None if value == "" else kind(value, param)


def either(word: str, kind: Kind) -> Kind:
    """A certain word, or a value of a kind."""
    return lambda value, param: word if value == word else kind(value, param)


def several(kind: Kind) -> Kind:
    """An array."""

    def array(value: Any, param: str) -> list[Any]:
        if value == "":
            return []
        if not isinstance(value, list):
            raise Refused("Invalid array", param=param)
        return [kind(entry, f"{param}[{number}]") for number, entry in enumerate(value)]

    return array


def record(required: str = "", **kinds: Kind) -> Kind:
    """An object with these parameters, some of them required."""
    return fields(kinds, required)


def fields(kinds: Mapping[str, Kind], required: str = "") -> Kind:
    """The same, of a table."""

    def one(value: Any, param: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Refused("Invalid object", param=param)
        return read(value, kinds, required, within=param)

    return one


def metadata(value: Any, param: str) -> dict[str, str]:
    """Up to 50 pairs; an empty value takes its key away, an empty string all."""
    if value == "":
        return {}
    pairs = {str(number): entry for number, entry in enumerate(value)} if isinstance(value, list) else value
    if not isinstance(pairs, dict) or not all(isinstance(entry, str) for entry in pairs.values()):
        raise Refused("Invalid object", param=param)
    if len(pairs) > _MOST_METADATA:
        raise Refused("You can specify up to 50 metadata keys.", param=param)
    for key, entry in pairs.items():
        if len(key) > _LONGEST_KEY or len(entry) > _LONGEST_VALUE:
            raise Refused(
                "Metadata keys can be 40 characters long, values 500.",
                param=f"{param}[{key}]",
                code="parameter_too_long",
            )
    return pairs


def merged(before: Mapping[str, str], given: Mapping[str, str]) -> dict[str, str]:
    """Metadata after a change: what is given replaces its keys, an empty value removes one, nothing at all removes all."""
    return {key: value for key, value in {**before, **given}.items() if value} if given else {}


WINDOW: Kind = lambda value, param: (  # noqa: E731  a time, or its bounds
    record(gt=integer, gte=integer, lt=integer, lte=integer)(value, param)
    if isinstance(value, dict)
    else {"gte": integer(value, param), "lte": integer(value, param)}
)


def lies_in(moment: int, window: Mapping[str, int]) -> bool:
    """Whether a time keeps within its bounds."""
    return window.get("gt", moment - 1) < moment < window.get("lt", moment + 1) and window.get(
        "gte", moment
    ) <= moment <= window.get("lte", moment)

"""JSON schemas of structured output: what the Messages API accepts of them, and values that fit them."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Schema = Mapping[str, Any]

_UNSUPPORTED = {
    "integer": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "string": ("minLength", "maxLength"),
    "array": ("maxItems", "uniqueItems", "contains"),
    "object": ("minProperties", "maxProperties", "patternProperties"),
}
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
_EXAMPLES = {
    "date-time": "2026-11-22T10:00:00Z",
    "date": "2026-11-22",
    "time": "10:00:00Z",
    "duration": "P1D",
    "email": "nobody@example.com",
    "hostname": "example.com",
    "uri": "https://example.com/",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def fault_of(schema: Any) -> str | None:
    """Why the API refuses a schema, in its words; None if it takes it."""
    return next(_faults(schema, schema, ()), None)


def _faults(schema: Any, root: Any, within: tuple[str, ...]) -> Iterator[str]:
    """All faults. `within` are the references that led here: one that comes again makes the schema recursive."""
    if not isinstance(schema, dict):
        yield "schema must be an object"
        return
    if "$ref" in schema:
        yield from _faults_of_reference(schema["$ref"], root, within)
        return
    if "oneOf" in schema:
        yield "Schema type 'oneOf' is not supported"
    for branch in (*schema.get("anyOf", ()), *schema.get("allOf", ())):
        yield from _faults(branch, root, within)
    if not any(word in schema for word in ("type", "anyOf", "allOf", "enum", "const")):
        yield "Schema must have a 'type', 'anyOf', 'allOf', 'enum' or 'const'"
    for kind in _kinds(schema):
        yield from _faults_of_kind(kind, schema, root, within)


def _faults_of_reference(reference: object, root: Any, within: tuple[str, ...]) -> Iterator[str]:
    if not isinstance(reference, str) or not reference.startswith("#/"):
        yield f"External $ref '{reference}' is not supported"
    elif reference in within:
        yield "Recursive schemas are not supported"
    else:
        target = _resolve(reference, root)
        if target is None:
            yield f"$ref '{reference}' cannot be resolved"
        else:
            yield from _faults(target, root, (*within, reference))


def _faults_of_kind(kind: str, schema: Schema, root: Any, within: tuple[str, ...]) -> Iterator[str]:
    if kind not in _TYPES:
        yield f"Invalid schema type '{kind}'"
    unsupported = sorted(word for word in _UNSUPPORTED.get(kind, ()) if word in schema)
    if unsupported:
        yield f"For '{kind}' type, properties {', '.join(unsupported)} are not supported"
    if kind == "array":
        if schema.get("minItems", 0) > 1:
            yield "For 'array' type, 'minItems' values other than 0 or 1 are not supported"
        if "items" in schema:
            yield from _faults(schema["items"], root, within)
    if kind == "object":
        if schema.get("additionalProperties") is not False:
            yield "For 'object' type, 'additionalProperties' must be explicitly set to false"
        properties = schema.get("properties", {})
        yield from (
            f"Required property '{name}' is not defined"
            for name in schema.get("required", ())
            if name not in properties
        )
        for value in properties.values():
            yield from _faults(value, root, within)


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else kinds


def _resolve(reference: str, root: Schema) -> Schema | None:
    target: Any = root
    for part in reference.removeprefix("#/").split("/"):
        target = target.get(part) if isinstance(target, dict) else None
    return target if isinstance(target, dict) else None


def fit(draft: Any, schema: Schema, root: Schema | None = None) -> Any:
    """The draft in the shape of the schema: what fits is kept, what is missing gets a valid default, the rest goes."""
    root = schema if root is None else root
    if "$ref" in schema:
        target = _resolve(schema["$ref"], root)
        return fit(draft, target, root) if target is not None else draft
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return draft if draft in schema["enum"] else schema["enum"][0]
    branches = schema.get("anyOf") or schema.get("allOf")
    if branches:
        chosen = next((branch for value in (draft, None) for branch in branches if _accepts(value, branch, root)), None)
        return fit(draft, branches[0] if chosen is None else chosen, root)
    kinds = _kinds(schema) or ["string"]
    return _fit_kind(draft, next((kind for kind in kinds if _is(draft, kind)), kinds[0]), schema, root)


def _is(value: Any, kind: str) -> bool:
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, _TYPES[kind])


def _accepts(draft: Any, schema: Schema, root: Schema) -> bool:
    if "$ref" in schema:
        target = _resolve(schema["$ref"], root)
        return target is not None and _accepts(draft, target, root)
    if "const" in schema:
        return bool(draft == schema["const"])
    if "enum" in schema:
        return draft in schema["enum"]
    return any(_is(draft, kind) for kind in _kinds(schema))


def _fit_kind(draft: Any, kind: str, schema: Schema, root: Schema) -> Any:
    if kind == "object":
        known = draft if isinstance(draft, dict) else {}
        required = schema.get("required", ())
        return {
            name: fit(known.get(name), value, root)
            for name, value in schema.get("properties", {}).items()
            if name in known or name in required
        }
    if kind == "array":
        items = schema.get("items", {"type": "string"})
        values = [fit(value, items, root) for value in draft] if isinstance(draft, list) else []
        return values or [fit(None, items, root)] * schema.get("minItems", 0)
    if kind == "string":
        return draft if isinstance(draft, str) else _EXAMPLES.get(schema.get("format", ""), "")
    if kind == "null":
        return None
    if kind == "boolean":
        return draft if isinstance(draft, bool) else False
    return _fit_number(draft, kind, schema)


def _fit_number(draft: Any, kind: str, schema: Schema) -> int | float:
    """A number; a share becomes percent points where the description asks for those, and bounds told there are kept."""
    value = draft if isinstance(draft, int | float) and not isinstance(draft, bool) else 0
    bounds = dict(re.findall(r"(minimum|maximum):\s*(-?\d+(?:\.\d+)?)", schema.get("description", "")))
    if float(bounds.get("maximum", 1)) == 100 and 0 < value < 1:
        value *= 100
    value = max(value, float(bounds["minimum"])) if "minimum" in bounds else value
    value = min(value, float(bounds["maximum"])) if "maximum" in bounds else value
    return round(value) if kind == "integer" else value

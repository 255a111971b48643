"""A vendor's contract (../shared/contracts), as the judge of the sandbox's answers."""

import json
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from leadgen.settings import PROJECT

CONTRACTS = PROJECT.parent / "shared" / "contracts"


class WireContract:
    """One OpenAPI description. `nullable`: it was made from an example, so that any value may also be null."""

    def __init__(self, file: str, *, prefix: str = "", nullable: bool = False) -> None:
        path = CONTRACTS / file
        if not path.exists():
            pytest.skip(f"the contract {file} is not here")
        self._document: dict[str, Any] = _as_json_schema(json.loads(path.read_text()), everywhere=nullable)
        self._prefix = prefix

    def check(self, reply: httpx.Response, template: str) -> Any:
        """The answer's body, if the contract knows the operation, the status and the body's shape."""
        operation = self._document["paths"][template.removeprefix(self._prefix)][reply.request.method.lower()]
        described = operation["responses"][str(reply.status_code)]
        if "$ref" in described:
            described = self._document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        kind = reply.headers["content-type"].partition(";")[0]
        assert kind in described["content"]
        if kind != "application/json":
            return reply.text
        schema = described["content"][kind].get("schema", {})
        judge = Draft202012Validator({**schema, "components": self._document["components"]})
        assert [f"{error.json_path}: {error.message}" for error in judge.iter_errors(reply.json())] == []
        return reply.json()


def _as_json_schema(node: Any, *, everywhere: bool) -> Any:
    """OpenAPI 3.0's `nullable` as JSON Schema says it, and `oneOf` as it is meant there: one of several examples."""
    if isinstance(node, list):
        return [_as_json_schema(entry, everywhere=everywhere) for entry in node]
    if not isinstance(node, dict):
        return node
    converted = {name: _as_json_schema(value, everywhere=everywhere) for name, value in node.items()}
    if "oneOf" in converted:
        converted["anyOf"] = converted.pop("oneOf")
    kind = converted.get("type")
    if isinstance(kind, str) and (everywhere or converted.get("nullable") is True) and "name" not in converted:
        converted["type"] = [kind, "null"]
    return converted

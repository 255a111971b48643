"""The two sides of a vendor's file under test: the client it asks (recording) and the vendor's contract (../shared)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

import pytest
from jsonschema import Draft202012Validator

from leadgen.errors import CredentialsRejected, QuotaSpent, VendorError, VendorRefused, VendorUnavailable
from leadgen.providers.calls import Answer, Lookup, Operation, Receipt, Reply, Request, Sender, Verdict
from leadgen.settings import PROJECT

T = TypeVar("T")
CONTRACTS = PROJECT.parent / "shared" / "contracts"
ERRORS: Mapping[Verdict, type[VendorError]] = {
    Verdict.REFUSED: VendorRefused,
    Verdict.CREDENTIALS: CredentialsRejected,
    Verdict.QUOTA: QuotaSpent,
    Verdict.RETRY: VendorUnavailable,
}


def reply(body: Any, status: int = 200, **headers: str) -> Reply:
    """A reply with a JSON body; header names are given with underscores."""
    return Reply(status, json.dumps(body), {name.replace("_", "-"): value for name, value in headers.items()})


class RecordingAsks:
    """Stands in for the client: keeps each call and answers with the replies given, judged by the call's own rule."""

    def __init__(self, *replies: Reply, cached: bool = False) -> None:
        self.calls: list[tuple[Operation, Request]] = []
        self._replies = list(replies)
        self._cached = cached

    @property
    def requests(self) -> list[Request]:
        return [request for _, request in self.calls]

    @property
    def operation(self) -> Operation:
        return self.calls[-1][0]

    async def ask(
        self,
        operation: Operation,
        request: Request,
        read: Callable[[Any], T],
        *,
        send: Sender | None = None,
        find: Lookup | None = None,
    ) -> Answer[T]:
        self.calls.append((operation, request))
        given = self._replies.pop(0)
        judgement = operation.judge(given)
        receipt = Receipt(operation.vendor.name, operation.name, len(self.calls), datetime.now(UTC), self._cached)
        if judgement.verdict is Verdict.ANSWER:
            return Answer(read(given.json()), receipt)
        if judgement.verdict is Verdict.MISS:
            return Answer(None, receipt)
        raise ERRORS[judgement.verdict](
            operation.vendor.name, operation.name, judgement.message, http_status=given.status, remedy=judgement.remedy
        )


class Contract:
    """A vendor's OpenAPI description. `prefix` is the part of our paths that stands in its server's address."""

    def __init__(self, file: str, *, prefix: str = "", also_known: frozenset[str] = frozenset()) -> None:
        path = CONTRACTS / file
        if not path.exists():
            pytest.skip(f"the contract {file} is not here")
        self._document = json.loads(path.read_text())
        self._prefix = prefix
        self._also_known = also_known

    def check(self, request: Request, *, key_headers: Mapping[str, str] | None = None) -> None:
        """Fails unless the request is one the contract describes: path, query, headers and body."""
        operation = self._operation(request.method, request.path.removeprefix(self._prefix))
        parameters = {(p["in"], p["name"].lower()): p for p in operation.get("parameters", [])}
        headers = {name.lower(): value for name, value in {**request.headers, **(key_headers or {})}.items()}
        given = {("query", name.lower()) for name, _ in request.query} | {("header", name) for name in headers}
        missing = {at for at, p in parameters.items() if p.get("required") and at[0] != "path"} - given
        assert not missing
        for name, value in request.query:
            if name in self._also_known:
                continue
            assert ("query", name.lower()) in parameters, f"{name} is not in the contract"
            schema = parameters["query", name.lower()]["schema"]
            schema = schema["items"] if schema.get("type") == "array" else schema
            self._validate(_typed(value, schema.get("type")), schema)
        if "requestBody" in operation:
            self._validate(request.body, operation["requestBody"]["content"]["application/json"]["schema"])
        else:
            assert request.body is None

    def example(self, method: str, path: str, status: int = 200) -> Any:
        """The contract's example of a reply's body."""
        described = self._operation(method, path)["responses"][str(status)]
        if "$ref" in described:
            described = self._document["components"]["responses"][described["$ref"].rsplit("/", 1)[1]]
        [(kind, content)] = described["content"].items()
        value = content["example"] if "example" in content else next(iter(content["examples"].values()))["value"]
        return json.loads(value) if isinstance(value, str) and kind == "application/json" else value

    def property_names(self, schema: str) -> set[str]:
        """The properties that one of the contract's schemas names."""
        return set(self._document["components"]["schemas"][schema]["properties"])

    def _operation(self, method: str, path: str) -> dict[str, Any]:
        described: dict[str, Any] = self._document["paths"][path][method.lower()]
        return described

    def _validate(self, value: Any, schema: dict[str, Any]) -> None:
        Draft202012Validator({**schema, "components": self._document["components"]}).validate(value)


def _typed(value: str, kind: str | list[str] | None) -> Any:
    match kind:
        case "integer":
            return int(value)
        case "number":
            return float(value)
        case "boolean":
            return json.loads(value)
        case _:
            return value

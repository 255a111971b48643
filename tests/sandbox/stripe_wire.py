"""Stripe's own SDK against the sandbox, each request and each answer held against the contract."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest
import stripe
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from sandbox_server import Sandbox
from wire_contract import CONTRACTS

from leadgen.sandbox.stripe_form import decode

FILE = CONTRACTS / "stripe" / "stripe-2026-10-28.endive.derived.json"


def _is_number(_checker: Any, value: Any) -> bool:
    return isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdigit()


# A form has only strings: a number is one that reads as such. Of a string that may also be empty the contract tells no more
# than that it may be empty.
_FormJudge = extend(
    Draft202012Validator,
    {"enum": lambda _judge, allowed, value, _schema: _no_word(allowed, value)},
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine_many(
        {
            "integer": _is_number,
            "number": _is_number,
            "boolean": lambda _checker, value: value in {"true", "false"},
        }
    ),
)


def _no_word(allowed: list[Any], value: Any) -> Iterator[ValidationError]:
    if allowed != [""] and value not in allowed:
        yield ValidationError(f"{value!r} is none of {allowed}")


HOUR, DAY = 3_600, 86_400
MONTHLY = {"interval": "month"}


class StripeContract:
    """The derived description of Stripe's API."""

    def __init__(self) -> None:
        if not FILE.exists():
            pytest.skip(f"the contract {FILE.name} is not here")
        self._document: dict[str, Any] = json.loads(FILE.read_text())

    def check(self, method: str, path: str, form: str, status: int, answer: Any) -> bool:
        """Whether the contract knows the operation; then the request and the answer are as it says."""
        operation = self._operation(method.lower(), path)
        if operation is None:
            return False
        given = decode(parse_qsl(form, keep_blank_values=True))
        if status == 200:
            self._complain(_FormJudge(self._asked(operation)), given)
        components = self._document["components"]
        schema = operation["responses"][str(status)]
        if "$ref" in schema:
            schema = components["responses"][schema["$ref"].rsplit("/", 1)[1]]
        content = schema.get("content", {}).get("application/json", {}).get("schema", {})
        self._complain(Draft202012Validator({**content, "components": components}), answer)
        for thing in answer["data"] if answer.get("object") == "list" else [answer]:
            self._complain(Draft202012Validator({**(self._schema_of(thing) or {}), "components": components}), thing)
        return True

    def check_event(self, event: Any) -> None:
        """An event, and what is in it, is as the contract says."""
        for thing in (event, event["data"]["object"]):
            schema = self._schema_of(thing)
            if schema:
                self._complain(Draft202012Validator({**schema, "components": self._document["components"]}), thing)

    def _schema_of(self, thing: Any) -> Any:
        """The schema of an object of this name, closed: the sandbox shows nothing that the contract does not know."""
        for schema in self._document["components"]["schemas"].values():
            if schema.get("properties", {}).get("object", {}).get("enum") == [thing.get("object")]:
                return {**schema, "additionalProperties": False}
        return None

    def _operation(self, method: str, path: str) -> Any:
        for template, operations in self._document["paths"].items():
            parts, wanted = path.split("/"), template.split("/")
            if len(parts) == len(wanted) and all(
                two.startswith("{") or one == two for one, two in zip(parts, wanted, strict=True)
            ):
                return operations.get(method)
        return None

    def _asked(self, operation: Any) -> dict[str, Any]:
        """The schema of a form's or a query's parameters."""
        components = self._document["components"]
        if "requestBody" in operation:
            form = operation["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
            return {**form, "components": components}
        query = [one for one in operation["parameters"] if one["in"] == "query"]
        return {
            "type": "object",
            "properties": {one["name"]: one["schema"] for one in query},
            "required": [one["name"] for one in query if one["required"]],
            "additionalProperties": False,
            "components": components,
        }

    def _complain(self, judge: Any, value: Any) -> None:
        assert [f"{error.json_path}: {error.message}" for error in judge.iter_errors(value)] == []


class CheckedHttp(stripe.RequestsClient):
    """The SDK's own transport, with the contract as its witness."""

    def __init__(self, contract: StripeContract | None) -> None:
        super().__init__(timeout=30)
        self.contract = contract
        self.checked: set[str] = set()

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body, status, answered = super().request(method, url, headers, post_data)
        parts = urlsplit(url)
        path = parts.path.removeprefix("/stripe")
        form = post_data if method.lower() == "post" else parts.query
        if self.contract and self.contract.check(method, path, form or "", status, json.loads(body)):
            self.checked.add(f"{method.upper()} {path}")
        return body, status, answered


def sdk(url: str, key: str, contract: StripeContract | None = None) -> stripe.StripeClient:
    """The official client, unchanged but for its address."""
    return stripe.StripeClient(
        f"sk_test_{key}",
        base_addresses={"api": f"{url}/stripe"},
        max_network_retries=2,
        http_client=CheckedHttp(contract),
    )


def ask(sandbox: Sandbox, method: str, path: str, form: dict[str, Any] | None = None, **headers: str) -> httpx.Response:
    given = {"authorization": f"Bearer sk_test_{sandbox.key}", **{n.replace("_", "-"): v for n, v in headers.items()}}
    return sandbox.http.request(method, f"/stripe/v1{path}", data=form, headers=given)


def refused(contract: StripeContract, reply: httpx.Response) -> tuple[int, str | None, str | None]:
    """Status, code and param of an error, which is one by the contract."""
    path = reply.request.url.path.removeprefix("/stripe")
    contract.check(reply.request.method, path, "", reply.status_code, reply.json())
    error = reply.json()["error"]
    return reply.status_code, error.get("code"), error.get("param")


def sold(client: stripe.StripeClient, amount: int = 4_900) -> str:
    """A monthly price."""
    product: Any = {"name": "LeadGen"}
    price: Any = {"currency": "usd", "product_data": product, "unit_amount": amount, "recurring": MONTHLY}
    return client.v1.prices.create(price).id


def metered(client: stripe.StripeClient, formula: Any = "sum") -> str:
    """A meter of leads."""
    meter: Any = {"display_name": "Leads", "event_name": "leads", "default_aggregation": {"formula": formula}}
    return client.v1.billing.meters.create(meter).id


def session(client: stripe.StripeClient, **options: Any) -> stripe.checkout.Session:
    lines = [{"price": sold(client), "quantity": 1}]
    order: Any = {"mode": "subscription", "line_items": lines, "success_url": "https://leadgen.example/done", **options}
    return client.v1.checkout.sessions.create(order)


def now(sandbox: Sandbox) -> int:
    return int(datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"]).timestamp())

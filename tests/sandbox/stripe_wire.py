"""Stripe's own SDK against the sandbox, each request and each answer held against the contract."""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

import httpx
import pytest
import stripe
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from sandbox_server import Sandbox
from wire_contract import CONTRACTS

from leadgen.sandbox.stripe_form import decode

FILE = CONTRACTS / "stripe" / "stripe-2026-10-28.endive.derived.json"


def _is_number(_checker: Any, value: Any) -> bool:
    return isinstance(value, str) and value.removeprefix("-").replace(".", "", 1).isdigit()


# A form has only strings: a number is one that reads as such. Of a string that may also be empty the contract tells no more
# than that it may be empty.
_FormJudge: Any = extend(  # type: ignore[no-untyped-call]
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


CONTRACT = "urn:stripe"
HOUR, DAY = 3_600, 86_400
MONTHLY = {"interval": "month"}


class StripeContract:
    """The derived description of Stripe's API."""

    def __init__(self) -> None:
        if not FILE.exists():
            pytest.skip(f"the contract {FILE.name} is not here")
        self._document: dict[str, Any] = json.loads(FILE.read_text())
        resource = DRAFT202012.create_resource(self._document)
        self._registry = Registry().with_resource(CONTRACT, resource).crawl()
        self._names = {  # of whole objects, by their `object`
            schema["properties"]["object"]["enum"][0]: name
            for name, schema in self._document["components"]["schemas"].items()
            if "enum" in schema.get("properties", {}).get("object", {})
        }

    def check(self, method: str, path: str, form: str, status: int, answer: Any) -> bool:
        """Whether the contract knows the operation; then the request and the answer are as it says."""
        place = self._place(method.lower(), path)
        if place is None:
            return False
        if status == 200:
            given = decode(parse_qsl(form, keep_blank_values=True))
            self._complain(_FormJudge(self._asked(place), registry=self._registry), given)
        response = self._document["paths"][place[1]][place[2]]["responses"][str(status)]
        where = (
            response["$ref"].removeprefix("#/").split("/") if "$ref" in response else [*place, "responses", str(status)]
        )
        self._judge(_pointer(*where, "content", "application/json", "schema"), answer)
        for thing in answer["data"] if answer.get("object") == "list" else [answer]:
            self._check_thing(thing)
        return True

    def check_event(self, event: Any) -> None:
        """An event, and what is in it, is as the contract says."""
        self._check_thing(event)
        self._check_thing(event["data"]["object"])

    def _check_thing(self, thing: Any) -> None:
        """An object shows nothing that the contract does not know."""
        name = self._names.get(thing.get("object"))
        if name is None:
            return
        known = self._document["components"]["schemas"][name]["properties"]
        assert not thing.keys() - known.keys(), thing.keys() - known.keys()
        self._judge(_pointer("components", "schemas", name), thing)

    def _place(self, method: str, path: str) -> list[str] | None:
        """Where the operation stands in the document."""
        for template, operations in self._document["paths"].items():
            parts, wanted = path.split("/"), template.split("/")
            if len(parts) == len(wanted) and all(
                two.startswith("{") or one == two for one, two in zip(parts, wanted, strict=True)
            ):
                return ["paths", template, method] if method in operations else None
        return None

    def _asked(self, place: list[str]) -> dict[str, Any]:
        """The schema of a form's or a query's parameters."""
        operation = self._document["paths"][place[1]][place[2]]
        if "requestBody" in operation:
            return {"$ref": _pointer(*place, "requestBody", "content", "application/x-www-form-urlencoded", "schema")}
        query = {
            one["name"]: (number, one) for number, one in enumerate(operation["parameters"]) if one["in"] == "query"
        }
        return {
            "type": "object",
            "properties": {
                name: {"$ref": _pointer(*place, "parameters", str(number), "schema")}
                for name, (number, _) in query.items()
            },
            "required": [name for name, (_, one) in query.items() if one["required"]],
            "additionalProperties": False,
        }

    def _judge(self, pointer: str, value: Any) -> None:
        self._complain(Draft202012Validator({"$ref": pointer}, registry=self._registry), value)

    def _complain(self, judge: Any, value: Any) -> None:
        errors = [f"{error.json_path}: {error.message}" for error in judge.iter_errors(value)]
        assert errors == [], errors


def _pointer(*path: str) -> str:
    """The address of a part of the contract."""
    return f"{CONTRACT}#/" + "/".join(quote(part.replace("~", "~0").replace("/", "~1"), safe="~") for part in path)


class CheckedHttp(stripe.RequestsClient):
    """The SDK's own transport, with the contract as its witness."""

    def __init__(self, contract: StripeContract | None) -> None:
        super().__init__(timeout=30)
        self.contract = contract
        self.checked: set[str] = set()

    def request(  # type: ignore[override]  # as the class above does
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None
    ) -> tuple[bytes, int, Mapping[str, str]]:
        body, status, answered = super().request(method, url, headers, post_data)
        parts = urlsplit(url)
        path = parts.path.removeprefix("/stripe")
        form = post_data if method.lower() == "post" else parts.query
        if self.contract and self.contract.check(method, path, form or "", status, json.loads(body)):
            self.checked.add(f"{method.upper()} {path}")
        return body, status, answered


def sdk(url: str, key: str, contract: StripeContract | None = None) -> Any:
    """The official client, unchanged but for its address. Any: its parameters are typed for literals."""
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


def sold(client: Any, amount: int = 4_900) -> str:
    """A monthly price."""
    product: Any = {"name": "LeadGen"}
    price: Any = {"currency": "usd", "product_data": product, "unit_amount": amount, "recurring": MONTHLY}
    id_: str = client.v1.prices.create(price).id
    return id_


def metered(client: Any, formula: Any = "sum") -> str:
    """A meter of leads."""
    meter: Any = {"display_name": "Leads", "event_name": "leads", "default_aggregation": {"formula": formula}}
    id_: str = client.v1.billing.meters.create(meter).id
    return id_


def session(client: Any, **options: Any) -> Any:
    lines = [{"price": sold(client), "quantity": 1}]
    order: Any = {"mode": "subscription", "line_items": lines, "success_url": "https://leadgen.example/done", **options}
    return client.v1.checkout.sessions.create(order)


def now(sandbox: Sandbox) -> int:
    return int(datetime.fromisoformat(sandbox.admin("GET", "/clock")["now"]).timestamp())

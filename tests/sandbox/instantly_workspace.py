"""A tenant's side of Instantly in the sandbox: requests with a key of its own, a campaign in a few words, its webhooks."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from jsonschema import Draft202012Validator
from sandbox_server import Sandbox
from webhook_receiver import Receiver, receiving
from wire_contract import CONTRACTS, WireContract

ROOT = "/api/v2"
ACCOUNTS = ["sam@outreach.example", "alex@outreach.example"]
SECRET = {"x-leadgen-secret": "s" * 40}
ALWAYS = {
    "schedules": [
        {
            "name": "Always",
            "timing": {"from": "00:00", "to": "23:59"},
            "days": {str(day): True for day in range(7)},
            "timezone": "America/Chicago",
        }
    ]
}
DAY = 86_400


def campaign(*delays: float, **fields: Any) -> dict[str, Any]:
    """The body of a campaign whose emails are filled in from the leads' variables."""
    steps = [
        {
            "type": "email",
            "delay": delay,
            "variants": [{"subject": f"{{{{subject_{n}}}}}", "body": f"{{{{body_{n}}}}}"}],
        }
        for n, delay in enumerate(delays or (3, 4, 0), start=1)
    ]
    given = {"sequences": [{"steps": steps}], "email_list": ACCOUNTS, "stop_on_reply": True, **fields}
    return {"name": "Dentists", "campaign_schedule": ALWAYS, **given}


def lead(address: str, **fields: Any) -> dict[str, Any]:
    """A lead with three emails of its own."""
    emails = {f"{part}_{n}": f"{part} {n} for {address}" for part in ("subject", "body") for n in (1, 2, 3)}
    return {"email": address, "first_name": "Ana", "custom_variables": emails, **fields}


@dataclass
class Workspace:
    """What one key may do."""

    sandbox: Sandbox
    contract: WireContract

    def ask(self, method: str, path: str, body: Any = None, key: str | None = None, **query: Any) -> httpx.Response:
        return self.sandbox.http.request(
            method,
            f"/instantly{ROOT}{path}",
            json=body,
            params=query,
            headers={"authorization": f"Bearer {key or self.sandbox.key}"},
        )

    def checked(self, method: str, template: str, body: Any = None, id_: str = "", **query: Any) -> Any:
        """The answer's body, if it is one of the contract's."""
        reply = self.ask(method, template.replace("{id}", id_), body, **query)
        assert reply.status_code < 300, reply.text
        return self.contract.check(reply, ROOT + template)

    def running(self, *addresses: str, delays: tuple[float, ...] = (3, 4, 0), **fields: Any) -> str:
        """The id of a campaign that is active and has these leads."""
        id_: str = self.checked("POST", "/campaigns", campaign(*delays, **fields))["id"]
        self.checked("POST", "/leads/add", {"campaign_id": id_, "leads": [lead(one) for one in addresses]})
        self.checked("POST", "/campaigns/{id}/activate", id_=id_)
        return id_

    def after(self, *days: float) -> None:
        """Lets time pass, and has whatever was due happen."""
        for each in days:
            self.sandbox.admin("POST", "/clock", json={"seconds": each * DAY})
            self.checked("GET", "/accounts")

    def emails(self, **query: Any) -> list[dict[str, Any]]:
        """The emails, the oldest first."""
        found: list[dict[str, Any]] = self.checked("GET", "/emails", limit=100, sort_order="asc", **query)["items"]
        return found

    def lead(self, campaign_id: str, address: str) -> dict[str, Any]:
        [found] = self.checked("POST", "/leads/list", {"campaign": campaign_id, "contacts": [address]})["items"]
        shown: dict[str, Any] = found
        return shown

    @contextmanager
    def subscribed(self, **fields: Any) -> Iterator[Receiver]:
        """Somebody who is told what happens, until the end of the test."""
        with receiving() as receiver:
            body = {"target_hook_url": receiver.url, "event_type": "all_events", "headers": SECRET, **fields}
            hook = self.checked("POST", "/webhooks", body)
            try:
                yield receiver
            finally:
                self.sandbox.admin("GET", "/webhooks/settled")
                self.ask("DELETE", f"/webhooks/{hook['id']}")

    def told(self, receiver: Receiver) -> list[dict[str, Any]]:
        """The events that came, each with the secret and the shape of the contract, in the order in which they happened."""
        self.sandbox.admin("GET", "/webhooks/settled")
        schema = Draft202012Validator(
            json.loads((CONTRACTS / "instantly/instantly-webhook.authored.schema.json").read_text())
        )
        events = [json.loads(one.body) for one in receiver.received]
        for one, event in zip(receiver.received, events, strict=True):
            assert one.headers["x-leadgen-secret"] == SECRET["x-leadgen-secret"]
            schema.validate(event)
        return sorted(events, key=lambda event: (str(event["timestamp"]), event["event_type"] == "campaign_completed"))

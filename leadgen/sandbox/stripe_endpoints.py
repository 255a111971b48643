"""Whom an account tells: webhook endpoints, and the events that there were."""

import hashlib
from typing import Any

from leadgen.sandbox.stripe_answers import Thing
from leadgen.sandbox.stripe_asking import Ask
from leadgen.sandbox.stripe_catalog import changed
from leadgen.sandbox.stripe_form import WINDOW, address, boolean, clearable, lies_in, metadata, missing, several, text

_ENDPOINT = {"description": clearable(text), "enabled_events": several(text), "metadata": metadata, "url": address}


def create_endpoint(ask: Ask) -> Thing:
    """Registers an endpoint; only this answer tells the secret that its webhooks are signed with."""
    given = ask.read({**_ENDPOINT, "api_version": text, "connect": boolean}, "enabled_events url")
    if not given["enabled_events"]:
        raise missing("enabled_events")
    given.pop("connect", None)
    usual: Thing = {
        "api_version": None,
        "application": None,
        "description": None,
        "metadata": {},
        "status": "enabled",
    }
    endpoint = ask.account.made("webhook_endpoint", "we", **{**usual, **given})
    secret = "whsec_" + hashlib.sha256(endpoint["id"].encode()).hexdigest()[:32]
    ask.account.secrets[endpoint["id"]] = secret
    return {**endpoint, "secret": secret}


def update_endpoint(ask: Ask) -> Thing:
    """Changes an endpoint, or lets it rest."""
    endpoint = ask.named("webhook_endpoint")
    given = ask.read({**_ENDPOINT, "disabled": boolean})
    if "disabled" in given:
        given["status"] = "disabled" if given.pop("disabled") else "enabled"
    return changed(ask.account, endpoint, given, "webhook_endpoint.updated")


def delete_endpoint(ask: Ask) -> Thing:
    """Forgets an endpoint."""
    endpoint = ask.named("webhook_endpoint")
    del ask.account.kinds["webhook_endpoint"][endpoint["id"]]
    return {"id": endpoint["id"], "object": "webhook_endpoint", "deleted": True}


def endpoints(ask: Ask) -> Thing:
    """The endpoints."""
    return ask.listed("webhook_endpoint", {}, lambda _thing, _given: True)


def events(ask: Ask) -> Thing:
    """The events, the youngest first."""

    def keep(event: Thing, given: dict[str, Any]) -> bool:
        return (
            given.get("type", event["type"]) == event["type"]
            and event["type"] in given.get("types", [event["type"]])
            and ("created" not in given or lies_in(event["created"], given["created"]))
        )

    return ask.listed("event", {"created": WINDOW, "type": text, "types": several(text)}, keep)

"""Whether a key works, asked of its vendor for nothing: for the start-up check and for a tenant's "test" button.

Each vendor has one question that it answers without charging: its account, its balance, or a question so incomplete that it is
refused for what is missing, where a bad key is refused as such. Nothing is stored and nothing is repeated.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Literal

from leadgen.providers import (
    apollo,
    claude,
    firecrawl,
    google_geocoding,
    google_places,
    hunter,
    pagespeed,
    resend,
    twilio,
    yelp,
)
from leadgen.providers.calls import Judgement, NoAnswer, Reply, Request, Vendor, Verdict
from leadgen.providers.judging import judge_google, judge_status
from leadgen.providers.wire import Wire
from leadgen.settings import Settings, VendorSettings

State = Literal["ok", "refused", "limited", "unreachable", "unchecked"]

NEW_KEY = "Replace the key."
ANTHROPIC_VERSION = {"anthropic-version": "2023-06-01"}


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What a vendor says of a key.

    `limited`: it is accepted, but a scope, a model or credit is missing. `unchecked`: nobody was asked. `words` are for a
    person and hold no secret; `remedy` says what to do, and is empty where nothing is to be done.
    """

    vendor: str
    state: State
    words: str
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class _Probe:
    """A vendor's free question. `refusal_is_fine`: it is incomplete on purpose, and only a bad key is said to be bad."""

    vendor: Vendor
    request: Request
    judge: Callable[[Reply], Judgement] = judge_status
    refusal_is_fine: bool = False
    words: Callable[[Any], str] = lambda _body: "the key is accepted"
    is_empty: Callable[[Any], bool] = lambda _body: False
    lacks_scope: Callable[[Reply], bool] = lambda reply: reply.status == HTTPStatus.FORBIDDEN


def _bearer(name: str) -> Vendor:
    return Vendor(name, lambda key: ({"Authorization": f"Bearer {key}"}, ()))


def _hunter_words(body: Any) -> str:
    data = body.get("data", {})
    requests = data.get("requests", {})
    left = {kind: balance.get("available", 0) for kind, balance in requests.items() if isinstance(balance, dict)}
    return f"plan {data.get('plan_name')}, {', '.join(f'{kind} {count}' for kind, count in left.items())}"


def _apollo_left(body: Any) -> int:
    return int(body.get("credit_usage_stats", {}).get("lead_credit", {}).get("left_over", 0))


def _firecrawl_left(body: Any) -> int:
    return int(body.get("data", {}).get("remainingCredits", 0))


def _judge_geocoding(reply: Reply) -> Judgement:
    """HTTP is always 200 there; `REQUEST_DENIED` is a bad key (VENDORS.md section 2)."""
    body = reply.json()
    status = body.get("status") if isinstance(body, dict) else None
    if status == "REQUEST_DENIED":
        return Judgement(Verdict.CREDENTIALS, "REQUEST_DENIED")
    return Judgement(Verdict.REFUSED, str(status)) if status else judge_status(reply)


PROBES: Mapping[str, _Probe] = {
    "google_places": _Probe(
        google_places.VENDOR,
        Request(
            "POST",
            "/v1/places:searchText",
            body={"textQuery": "a", "pageSize": 1},
            headers={"X-Goog-FieldMask": "places.id"},
        ),
        judge_google,
    ),
    "google_geocoding": _Probe(
        google_geocoding.VENDOR, Request("GET", "/maps/api/geocode/json"), _judge_geocoding, refusal_is_fine=True
    ),
    "pagespeed": _Probe(
        pagespeed.VENDOR, Request("GET", "/pagespeedonline/v5/runPagespeed"), judge_google, refusal_is_fine=True
    ),
    "yelp": _Probe(yelp.VENDOR, Request("GET", "/v3/businesses/search"), refusal_is_fine=True),
    "apollo": _Probe(
        apollo.VENDOR,
        Request("POST", "/api/v1/usage_stats/credit_usage_stats"),
        words=lambda body: f"{_apollo_left(body):,} credits left",
        is_empty=lambda body: _apollo_left(body) <= 0,
    ),
    "hunter": _Probe(hunter.VENDOR, Request("GET", "/v2/account"), words=_hunter_words),
    "firecrawl": _Probe(
        firecrawl.VENDOR,
        Request("GET", "/v2/team/credit-usage"),
        words=lambda body: f"{_firecrawl_left(body):,} credits left",
        is_empty=lambda body: _firecrawl_left(body) <= 0,
    ),
    "openai": _Probe(_bearer("openai"), Request("GET", "/v1/models")),
    "instantly": _Probe(_bearer("instantly"), Request("GET", "/api/v2/accounts", (("limit", "1"),))),
    "resend": _Probe(
        resend.VENDOR,
        Request("GET", "/domains"),
        resend.DOMAINS.judge,
        lacks_scope=lambda reply: "restricted_api_key" in reply.body,
    ),
    "twilio": _Probe(
        twilio.VENDOR, Request("GET", f"/2010-04-01/Accounts/{twilio.ACCOUNT}/Messages.json", (("PageSize", "1"),))
    ),
    "stripe": _Probe(_bearer("stripe"), Request("GET", "/v1/products", (("limit", "1"),))),
}


async def check_key(vendor: str, key: str, settings: Settings) -> KeyReport:
    """What the vendor says of this key. Claude's also has to serve the models of the settings."""
    configured = settings.vendor(vendor)
    async with Wire() as wire:
        if vendor == claude.VENDOR.name:
            return await _check_models(wire, key, settings)
        probe = PROBES.get(vendor)
        if probe is None:
            return KeyReport(vendor, "unchecked", "it has no question that is free")
        try:
            reply = await wire.send(probe.vendor, probe.request, configured, key)
        except NoAnswer as error:
            return _unreachable(vendor, configured, str(error))
        return _report(vendor, probe, reply)


# What a verdict says of a key where it is no answer: state, how the words begin, what to do
_MEANINGS: Mapping[Verdict, tuple[State, str, str]] = {
    Verdict.CREDENTIALS: ("refused", "the key is refused", NEW_KEY),
    Verdict.QUOTA: ("limited", "the plan is used up", "Raise the plan, or wait for its next period."),
    Verdict.RETRY: ("unreachable", "it does not answer now", "Look again later."),
    Verdict.REFUSED: ("limited", "it does not take the question", "Look at the vendor's account."),
}


def _report(vendor: str, probe: _Probe, reply: Reply) -> KeyReport:
    judgement = probe.judge(reply)
    if judgement.verdict is Verdict.CREDENTIALS and probe.lacks_scope(reply):
        return KeyReport(vendor, "limited", f"a scope is missing: {judgement.message}", "Give the key this scope.")
    if judgement.verdict is Verdict.REFUSED and probe.refusal_is_fine:
        return KeyReport(vendor, "ok", "the key is accepted")
    if judgement.verdict in _MEANINGS:
        state, words, remedy = _MEANINGS[judgement.verdict]
        return KeyReport(vendor, state, f"{words}: {judgement.message}", remedy)
    body = reply.json()
    if probe.is_empty(body):
        return KeyReport(vendor, "limited", probe.words(body), "Buy credits, or wait for the plan's next period.")
    return KeyReport(vendor, "ok", probe.words(body))


async def _check_models(wire: Wire, key: str, settings: Settings) -> KeyReport:
    """The key, and each model of the settings: served, going, or gone."""
    name, configured = claude.VENDOR.name, settings.vendor(claude.VENDOR.name)
    served: list[str] = []
    for model in dict.fromkeys((settings.research_model, settings.writing_model)):
        try:
            reply = await wire.send(
                claude.VENDOR, Request("GET", f"/v1/models/{model}", headers=ANTHROPIC_VERSION), configured, key
            )
        except NoAnswer as error:
            return _unreachable(name, configured, str(error))
        if reply.status == HTTPStatus.NOT_FOUND:
            return KeyReport(name, "limited", f"{model} is not served", claude.OTHER_MODEL)
        judgement = judge_status(reply)
        if judgement.verdict is not Verdict.ANSWER:
            return _report(name, _Probe(claude.VENDOR, Request("GET", "")), reply)
        body = reply.json()
        if body.get("lifecycle") == "retired":
            return KeyReport(name, "limited", f"{model} is retired", claude.OTHER_MODEL)
        if retires := body.get("retires_at"):
            return KeyReport(name, "limited", f"{model} retires on {_day(retires)}", claude.OTHER_MODEL)
        served.append(model)
    return KeyReport(name, "ok", f"the key is accepted; {', '.join(served)} served")


def _unreachable(vendor: str, settings: VendorSettings, error: str) -> KeyReport:
    return KeyReport(
        vendor, "unreachable", f"{settings.base_url} does not answer ({error})", "Check the network and the address."
    )


def _day(moment: str) -> str:
    try:
        return date.fromisoformat(moment[:10]).isoformat()
    except ValueError:
        return "a date it does not say"

"""Whether a key works, asked of its vendor for nothing: for the start-up check and for a tenant's "test" button.

Each vendor has a question that it answers without charging: its account, its balance, or one so incomplete that it is
refused for what is missing, where a bad key is refused as such. Where a key has scopes, there is one for each that can be
asked for nothing. Nothing is stored and nothing is repeated.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from http import HTTPStatus
from typing import Any, Literal
from urllib.parse import quote

from pydantic import ValidationError

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
GIVE_SCOPE = "Give the key this scope."
ALLOW_API = "Turn this API on in the Google Cloud console, and allow the key to call it."
BUY_CREDITS = "Buy credits, or wait for the plan's next period."
ACCEPTED = "the key is accepted"
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
    """A vendor's free question.

    refusal_is_fine  it is incomplete on purpose, and only a bad key is said to be bad
    left             the credits that are left, None where the answer does not say
    lacks_scope      whether what looks like a bad key is a good one that may not ask this
    """

    vendor: Vendor
    request: Request
    judge: Callable[[Reply], Judgement] = judge_status
    refusal_is_fine: bool = False
    left: Callable[[Any], int | None] = lambda _body: None
    lacks_scope: Callable[[Reply], bool] = lambda reply: reply.status == HTTPStatus.FORBIDDEN
    scope_remedy: str = GIVE_SCOPE


def _bearer(name: str) -> Vendor:
    return Vendor(name, lambda key: ({"Authorization": f"Bearer {key}"}, ()))


def _number(body: Any, *path: str) -> float | None:
    """The number at the end of a path of names, None where there is none."""
    for name in path:
        body = body.get(name) if isinstance(body, dict) else None
    return body if isinstance(body, int | float) and not isinstance(body, bool) else None


def _whole(body: Any, *path: str) -> int | None:
    number = _number(body, *path)
    return None if number is None else int(number)


def _hunter_left(body: Any) -> int | None:
    """What is left of the kind that has most of it: a plan gives credits for all, or searches and verifications apart."""
    kinds = body["data"].get("requests") if isinstance(body.get("data"), dict) else None
    left = [
        available - (_number(kinds, kind, "used") or 0)
        for kind in (kinds if isinstance(kinds, dict) else ())
        if (available := _number(kinds, kind, "available")) is not None
    ]
    return int(max(left)) if left else None


def _judge_geocoding(reply: Reply) -> Judgement:
    """HTTP is always 200 there; `REQUEST_DENIED` is a bad key (VENDORS.md section 2)."""
    body = reply.json()
    status = body.get("status") if isinstance(body, dict) else None
    if status == "REQUEST_DENIED":
        return Judgement(Verdict.CREDENTIALS, "REQUEST_DENIED")
    return Judgement(Verdict.REFUSED, str(status)) if status else judge_status(reply)


PROBES: Mapping[str, tuple[_Probe, ...]] = {
    "google_places": (
        _Probe(
            google_places.VENDOR,
            Request(
                "POST",
                "/v1/places:searchText",
                body={"textQuery": "a", "pageSize": 1},
                headers={"X-Goog-FieldMask": google_places.IDS_MASK},
            ),
            judge_google,
            scope_remedy=ALLOW_API,
        ),
    ),
    "google_geocoding": (
        _Probe(
            google_geocoding.VENDOR,
            Request("GET", "/maps/api/geocode/json"),
            _judge_geocoding,
            refusal_is_fine=True,
            lacks_scope=lambda reply: "not authorized" in reply.body,
            scope_remedy=ALLOW_API,
        ),
    ),
    "pagespeed": (
        _Probe(
            pagespeed.VENDOR,
            Request("GET", "/pagespeedonline/v5/runPagespeed"),
            judge_google,
            refusal_is_fine=True,
            scope_remedy=ALLOW_API,
        ),
    ),
    "yelp": (_Probe(yelp.VENDOR, Request("GET", "/v3/businesses/search"), refusal_is_fine=True),),
    "apollo": (
        _Probe(
            apollo.VENDOR,
            Request("POST", "/api/v1/mixed_people/api_search", (("page", "1"), ("per_page", "1"))),
            apollo.SEARCH_PEOPLE.judge,
        ),
        _Probe(
            apollo.VENDOR,
            Request("POST", "/api/v1/usage_stats/credit_usage_stats"),
            apollo.judging("usage_stats/credit_usage_stats"),
            left=lambda body: _whole(body, "credit_usage_stats", "lead_credit", "left_over"),
        ),
    ),
    "hunter": (_Probe(hunter.VENDOR, Request("GET", "/v2/account"), hunter.judge_hunter, left=_hunter_left),),
    "firecrawl": (
        _Probe(
            firecrawl.VENDOR,
            Request("GET", "/v2/team/credit-usage"),
            left=lambda body: _whole(body, "data", "remainingCredits"),
        ),
    ),
    "openai": (_Probe(_bearer("openai"), Request("GET", "/v1/models")),),
    "instantly": (_Probe(_bearer("instantly"), Request("GET", "/api/v2/accounts", (("limit", "1"),))),),
    "resend": (
        _Probe(
            resend.VENDOR,
            Request("GET", "/domains"),
            resend.DOMAINS.judge,
            lacks_scope=lambda reply: "restricted_api_key" in reply.body,
        ),
    ),
    "twilio": (
        _Probe(
            twilio.VENDOR, Request("GET", f"/2010-04-01/Accounts/{twilio.ACCOUNT}/Messages.json", (("PageSize", "1"),))
        ),
    ),
    "stripe": (_Probe(_bearer("stripe"), Request("GET", "/v1/products", (("limit", "1"),))),),
}


async def check_key(vendor_name: str, key: str, settings: Settings) -> KeyReport:
    """What the vendor says of this key. Claude's also has to serve the models of the settings."""
    if not (key.strip() and key.isascii() and key.isprintable()):  # it could not even be sent
        return KeyReport(vendor_name, "refused", "the key is empty, or holds characters that no key has", NEW_KEY)
    async with Wire() as wire:
        ask = _Asking(wire, vendor_name, settings.vendor(vendor_name), key)
        try:
            if vendor_name == claude.VENDOR.name:
                return await _check_models(ask, (settings.research_model, settings.writing_model))
            return await _check(ask, PROBES.get(vendor_name, ()))
        except NoAnswer as error:
            words = f"{ask.settings.base_url} does not answer ({error})"
            return ask.report("unreachable", words, "Check the network and the address.")
        except ValidationError:
            return ask.report(
                "unreachable", f"{ask.settings.base_url} answers with something else", "Check the address."
            )


@dataclass(frozen=True, slots=True)
class _Asking:
    """One vendor, and the key that it is asked with."""

    wire: Wire
    vendor_name: str
    settings: VendorSettings
    key: str

    async def reply(self, vendor: Vendor, request: Request) -> Reply:
        """What the vendor answers. Raises NoAnswer."""
        return await self.wire.send(vendor, request, self.settings, self.key)

    def report(self, state: State, words: str, remedy: str = "") -> KeyReport:
        """The vendor's report."""
        return KeyReport(self.vendor_name, state, words, remedy)


async def _check(ask: _Asking, probes: Sequence[_Probe]) -> KeyReport:
    """All of the vendor's questions: the report of the first that is not well, else that of the last."""
    report = ask.report("unchecked", "it has no question that is free")
    for probe in probes:
        report = _report(ask, probe, await ask.reply(probe.vendor, probe.request))
        if report.state != "ok":
            break
    return report


# What a verdict says of a key where it is no answer: state, how the words begin, what to do
_MEANINGS: Mapping[Verdict, tuple[State, str, str]] = {
    Verdict.CREDENTIALS: ("refused", "the key is refused", NEW_KEY),
    Verdict.QUOTA: ("limited", "the plan is used up", "Raise the plan, or wait for its next period."),
    Verdict.RETRY: ("unreachable", "it does not answer now", "Look again later."),
    Verdict.REFUSED: ("limited", "it does not take the question", "Look at the vendor's account."),
}


def _report(ask: _Asking, probe: _Probe, reply: Reply) -> KeyReport:
    judgement = probe.judge(reply)
    if judgement.verdict is Verdict.CREDENTIALS and probe.lacks_scope(reply):
        words = f"the key is accepted, but may not do all: {judgement.message}"
        return ask.report("limited", words, judgement.remedy or probe.scope_remedy)
    if judgement.verdict is Verdict.REFUSED and probe.refusal_is_fine:
        return ask.report("ok", ACCEPTED)
    if judgement.verdict in _MEANINGS:
        state, words, remedy = _MEANINGS[judgement.verdict]
        return ask.report(state, f"{words}: {judgement.message}", remedy)
    left = probe.left(reply.json())
    if left is None:
        return ask.report("ok", ACCEPTED)
    words = f"{ACCEPTED}; {max(0, left):,} credits left"
    return ask.report("ok", words) if left > 0 else ask.report("limited", words, BUY_CREDITS)


async def _check_models(ask: _Asking, models: Sequence[str]) -> KeyReport:
    """The key, and each of the models: served, going, or gone."""
    served: list[str] = []
    for model in dict.fromkeys(models):
        request = Request("GET", f"/v1/models/{quote(model, safe='')}", headers=ANTHROPIC_VERSION)
        reply = await ask.reply(claude.VENDOR, request)
        if reply.status == HTTPStatus.NOT_FOUND:
            return ask.report("limited", f"{model} is not served", claude.OTHER_MODEL)
        if judge_status(reply).verdict is not Verdict.ANSWER:
            return _report(ask, _Probe(claude.VENDOR, request), reply)
        body = reply.json()
        if body.get("lifecycle") == "retired":
            return ask.report("limited", f"{model} is retired", claude.OTHER_MODEL)
        if retires := body.get("retires_at"):
            return ask.report("limited", f"{model} retires on {_day(str(retires))}", claude.OTHER_MODEL)
        served.append(model)
    return ask.report("ok", f"{ACCEPTED}; {', '.join(served)} served")


def _day(moment: str) -> str:
    try:
        return date.fromisoformat(moment[:10]).isoformat()
    except ValueError:
        return "a date it does not say"

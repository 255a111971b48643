"""Apollo: the people of a company, in two steps. Companies stand in `apollo_companies.py`, the account in `apollo_account.py`.

Facts (VENDORS.md section 5): the people search is free and gives neither addresses nor last names; a match by
id reveals one person for a credit, nothing for nothing found, and has no idempotency, so that it is not
repeated after an unclear end; filters are query parameters, `[]` in the names of lists; 401 is plain text;
403 means that the key lacks the endpoint's scope, or the team a paid plan. Limits hold per team and endpoint in minute, hour
and day; `retry-after` says when the spent one begins anew.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from pydantic import BaseModel, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Told, Usage, Vendor, Verdict
from leadgen.providers.judging import judge_status, pause_asked

MOST_CANDIDATES = 25

MOST_AT_ONCE = 10

# Header words of the three windows, and how long each is, in seconds
WINDOWS = {"minute": 60.0, "hourly": 3_600.0, "24-hour": 86_400.0}
LOOK_AGAIN_SECONDS = 60.0


def _told(reply: Reply) -> Sequence[Told]:
    """The endpoint's three windows. When one begins anew only a refusal says; after a minute it is worth asking for that."""
    resets = pause_asked(reply) or LOOK_AGAIN_SECONDS
    told = []
    for name, seconds in WINDOWS.items():
        limit = reply.headers.get(f"x-rate-limit-{name}", "")
        left = reply.headers.get(f"x-{name}-requests-left", "")
        if limit.isdecimal() and left.isdecimal():
            told.append(Told(seconds, int(limit), int(left), resets))
    return told


VENDOR = Vendor("apollo", lambda key: ({"x-api-key": key}, ()), service="apollo", told=_told)
ONE_CREDIT = Usage("credit", Decimal(1))
PAID_PLAN = "Upgrade the Apollo plan: this endpoint is for paying teams."


class _Error(BaseModel):
    error: str = ""
    error_code: str = ""
    message: str = ""
    error_message: str = ""  # of bulk matches


class _CandidateOrganization(BaseModel):
    name: str | None = None


class _Candidate(BaseModel):
    id: str
    first_name: str | None = None
    last_name_obfuscated: str | None = None
    title: str | None = None
    has_email: bool | None = None
    has_direct_phone: str | None = None
    organization: _CandidateOrganization | None = None


class _SearchBody(BaseModel):
    people: list[_Candidate] = []


class _Person(BaseModel):
    id: str | None = None
    first_name: str | None = None
    last_name: str | None = None
    title: str | None = None
    email: str | None = None
    email_status: str | None = None
    linkedin_url: str | None = None
    organization_id: str | None = None
    city: str | None = None
    state: str | None = None
    country: str | None = None


class _MatchBody(BaseModel):
    person: _Person | None = None


class _BulkBody(BaseModel):
    matches: list[_Person | None] = []
    credits_consumed: float = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone the search found: enough to choose, not enough to write to. `last_name_hint` is as `Ru***z`."""

    person_id: str
    first_name: str | None
    last_name_hint: str | None
    title: str | None
    organization: str | None
    has_email: bool
    has_direct_phone: bool


@dataclass(frozen=True, slots=True)
class Person:
    """A person revealed. `email_status` is Apollo's word (as `verified`), not a verdict of ours."""

    person_id: str
    first_name: str | None
    last_name: str | None
    title: str | None
    email: str | None
    email_status: str | None
    linkedin_url: str | None
    city: str | None
    state: str | None
    country: str | None


def judging(scope: str) -> Callable[[Reply], Judgement]:
    """The rule of one endpoint, which is named as Apollo names its scopes: by its path (as `people/match`)."""

    def judge(reply: Reply) -> Judgement:
        if reply.status < HTTPStatus.BAD_REQUEST:
            return judge_status(reply)
        try:
            said = _Error.model_validate(reply.json())
        except ValidationError:
            said = _Error()
        reason = said.error_code or said.error or said.message or said.error_message
        if reply.status == HTTPStatus.FORBIDDEN:
            lacks_scope = f"Give the Apollo key the scope api/v1/{scope}, or use a master key."
            remedy = PAID_PLAN if "paid plan" in said.message else lacks_scope
            return Judgement(Verdict.CREDENTIALS, reason or f"HTTP {reply.status}", remedy=remedy)
        if reply.status == HTTPStatus.UNPROCESSABLE_ENTITY and "insufficient credits" in said.error.lower():
            return Judgement(Verdict.QUOTA, said.error)
        return judge_status(reply, reason)

    return judge


_judge_people = judging("mixed_people/api_search")
_judge_one = judging("people/match")


def _judge_search(reply: Reply) -> Judgement:
    judgement = _judge_people(reply)
    if judgement.verdict is Verdict.ANSWER and not _SearchBody.model_validate(reply.json()).people:
        return Judgement(Verdict.MISS)
    return judgement


def _person(reply: Reply) -> _Person | None:
    person = _MatchBody.model_validate(reply.json()).person
    return person if person and person.id else None


def _judge_match(reply: Reply) -> Judgement:
    judgement = _judge_one(reply)
    if judgement.verdict is Verdict.ANSWER and _person(reply) is None:
        return Judgement(Verdict.MISS)
    return judgement


def _charge_match(reply: Reply) -> tuple[Usage, ...]:
    return (ONE_CREDIT,) if reply.status == HTTPStatus.OK and _person(reply) else ()


def _charge_bulk(reply: Reply) -> tuple[Usage, ...]:
    if reply.status != HTTPStatus.OK:
        return ()
    consumed = _BulkBody.model_validate(reply.json()).credits_consumed
    return (Usage("credit", Decimal(str(consumed))),) if consumed else ()


SEARCH_PEOPLE = Operation(
    vendor=VENDOR,
    name="search_people",
    limit_scope="search_people",  # limits are per endpoint (VENDORS.md section 5)
    judge=_judge_search,
    charge=lambda _reply: (),
    expected=(),
    time_to_live=timedelta(days=30),
    miss_time_to_live=timedelta(days=7),
)
MATCH = Operation(
    vendor=VENDOR,
    name="match",
    limit_scope="match",  # limits are per endpoint (VENDORS.md section 5)
    judge=_judge_match,
    charge=_charge_match,
    expected=(ONE_CREDIT,),
    time_to_live=timedelta(days=30),
    miss_time_to_live=timedelta(days=7),
)
BULK_MATCH = Operation(
    vendor=VENDOR,
    name="bulk_match",
    limit_scope="bulk_match",
    judge=judging("people/bulk_match"),
    charge=_charge_bulk,
    expected=(Usage("credit", Decimal(MOST_AT_ONCE)),),
    time_to_live=timedelta(days=30),
)


class Apollo:
    """People."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def search_people(self, domain: str, titles: Sequence[str]) -> Answer[tuple[Candidate, ...]]:
        """Who at the domain's company holds one of the titles or a similar one, 25 at most; a miss where nobody does.

        Free of charge.

        Raises:
            VendorError: as `Asks.ask`.
        """
        query = (
            ("q_organization_domains_list[]", domain),
            *(("person_titles[]", title) for title in titles),
            ("page", "1"),
            ("per_page", str(MOST_CANDIDATES)),
        )
        request = Request("POST", "/api/v1/mixed_people/api_search", query)
        return await self._asks.ask(SEARCH_PEOPLE, request, _read_candidates)

    async def match(self, person_id: str) -> Answer[Person]:
        """The person behind a candidate; a credit when found, a miss when not.

        Raises:
            VendorError: as `Asks.ask`.
        """
        request = Request("POST", "/api/v1/people/match", (("id", person_id),))
        return await self._asks.ask(MATCH, request, _read_person)

    async def bulk_match(self, person_ids: Sequence[str]) -> Answer[tuple[Person, ...]]:
        """The persons behind up to ten candidates in one call; a credit for each one found. Known as a whole: one of them
        asked for alone, or beside others, is another question.

        Raises:
            ValueError: none, or more than ten.
            VendorError: as `Asks.ask`.
        """
        if not 1 <= len(person_ids) <= MOST_AT_ONCE:
            raise ValueError(f"1 to {MOST_AT_ONCE} people at once, not {len(person_ids)}")
        body = {"details": [{"id": person_id} for person_id in sorted(person_ids)]}
        operation = replace(BULK_MATCH, expected=(Usage("credit", Decimal(len(person_ids))),))
        return await self._asks.ask(operation, Request("POST", "/api/v1/people/bulk_match", body=body), _read_people)


def _read_candidates(body: Any) -> tuple[Candidate, ...]:
    return tuple(
        Candidate(
            person_id=person.id,
            first_name=person.first_name,
            last_name_hint=person.last_name_obfuscated,
            title=person.title,
            organization=person.organization.name if person.organization else None,
            has_email=bool(person.has_email),
            has_direct_phone=person.has_direct_phone == "Yes",
        )
        for person in _SearchBody.model_validate(body).people
    )


def _read_people(body: Any) -> tuple[Person, ...]:
    return tuple(_revealed(person) for person in _BulkBody.model_validate(body).matches if person and person.id)


def _read_person(body: Any) -> Person:
    return _revealed(_MatchBody.model_validate(body).person or _Person())


def _revealed(person: _Person) -> Person:
    return Person(
        person.id or "",
        person.first_name,
        person.last_name,
        person.title,
        person.email,
        person.email_status,
        person.linkedin_url,
        person.city,
        person.state,
        person.country,
    )

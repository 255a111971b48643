"""Hunter v2: mailboxes of a domain, and whether one takes mail. The account stands in `hunter_account.py`.

Facts (VENDORS.md section 6): 403 is a rate limit (again later) and 429 a spent plan (stop), the other way
round than usual; 202 is a verification still running and 222 a mail server that misbehaved, both to be asked
again and billed once; 451 is a person who asked Hunter to be forgotten (`VendorRefused` with http_status 451:
suppress the address). A domain search costs a credit per 1-10 addresses, a verification half a credit,
nothing found nothing. Names and verification may be null.
"""

import math
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from http import HTTPStatus
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

from leadgen.providers.calls import Answer, Asks, Judgement, Operation, Reply, Request, Usage, Vendor, Verdict
from leadgen.providers.judging import judge_status, pause_asked

ADDRESSES_PER_CREDIT = 10
CREDITS_PER_VERIFICATION = Decimal("0.5")
ASK_AGAIN = {202: "the verification is still running", 222: "the mail server misbehaved"}
SUPPRESS = "Suppress this person: they have asked Hunter to be forgotten."
EmailKind = Literal["personal", "generic"]

VENDOR = Vendor("hunter", lambda key: ({"X-API-KEY": key}, ()), service="hunter")


class _Error(BaseModel):
    id: str = ""


class _ErrorBody(BaseModel):
    errors: list[_Error] = []


class _EmailVerification(BaseModel):
    date: str | None = None
    status: str | None = None


class _Email(BaseModel):
    value: str
    type: str | None = None
    confidence: int | None = None
    first_name: str | None = None
    last_name: str | None = None
    position: str | None = None
    seniority: str | None = None
    department: str | None = None
    linkedin: str | None = None
    phone_number: str | None = None
    verification: _EmailVerification | None = None


class _Domain(BaseModel):
    pattern: str | None = None
    organization: str | None = None
    accept_all: bool | None = None
    disposable: bool | None = None
    webmail: bool | None = None
    emails: list[_Email] = []


class _DomainMeta(BaseModel):
    results: int | None = None


class _DomainBody(BaseModel):
    data: _Domain
    meta: _DomainMeta = _DomainMeta()


class _Found(BaseModel):
    email: str | None = None
    score: int | None = None
    position: str | None = None
    linkedin_url: str | None = None
    verification: _EmailVerification | None = None


class _FoundBody(BaseModel):
    data: _Found


class _Verification(BaseModel):
    status: str
    score: int | None = None
    accept_all: bool | None = None
    disposable: bool | None = None
    webmail: bool | None = None
    gibberish: bool | None = None
    mx_records: bool | None = None
    smtp_server: bool | None = None
    smtp_check: bool | None = None
    block: bool | None = None


class _VerificationBody(BaseModel):
    data: _Verification


@dataclass(frozen=True, slots=True)
class HunterEmail:
    """One address of a domain. `kind` is `personal` or `generic`, `confidence` 0-100.

    `verification_status` is one of `Verification.status` or None on a fresh address.
    """

    address: str
    kind: str | None
    confidence: int | None
    first_name: str | None
    last_name: str | None
    position: str | None
    seniority: str | None
    department: str | None
    linkedin: str | None
    phone: str | None
    verification_status: str | None
    verified_on: date | None


@dataclass(frozen=True, slots=True)
class DomainSearch:
    """What Hunter knows of a domain's mail. `pattern` is how addresses are made, as `{first}.{last}`.

    `emails` are one page of all that were asked for, of which there are `results` (None where Hunter does not say).
    """

    pattern: str | None
    organization: str | None
    accept_all: bool | None
    disposable: bool | None
    webmail: bool | None
    emails: tuple[HunterEmail, ...]
    results: int | None = None


@dataclass(frozen=True, slots=True)
class FoundEmail:
    """A person's address as Hunter derives it. `score` 0-100; `verification_status` as `Verification.status`, or None."""

    address: str
    score: int | None
    position: str | None
    linkedin: str | None
    verification_status: str | None


@dataclass(frozen=True, slots=True)
class Verification:
    """What the mail server says of one address.

    `status` is valid, invalid, accept_all, webmail, disposable, unknown or blocked; `score` 0-100. The flags
    are None where the check did not run.
    """

    status: str
    score: int | None
    accept_all: bool | None
    disposable: bool | None
    webmail: bool | None
    gibberish: bool | None
    mx_records: bool | None
    smtp_server: bool | None
    smtp_check: bool | None
    block: bool | None


def judge_hunter(reply: Reply) -> Judgement:
    """What a reply of Hunter's means, whatever was asked."""
    status = reply.status
    if status in ASK_AGAIN:
        return Judgement(Verdict.RETRY, ASK_AGAIN[status], pause_asked(reply))
    if status < HTTPStatus.BAD_REQUEST:
        return judge_status(reply)
    try:
        errors = _ErrorBody.model_validate(reply.json()).errors
    except ValidationError:
        errors = []
    reason = ", ".join(error.id for error in errors) or f"HTTP {status}"
    if status == HTTPStatus.FORBIDDEN:
        return Judgement(Verdict.RETRY, reason, pause_asked(reply))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Judgement(Verdict.QUOTA, reason)
    if status == HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS:
        return Judgement(Verdict.REFUSED, reason, remedy=SUPPRESS)
    return judge_status(reply, reason)


def _domain_of(reply: Reply) -> _Domain | None:
    try:
        return _DomainBody.model_validate(reply.json()).data if reply.status == HTTPStatus.OK else None
    except ValidationError:
        return None


def _judge_domain_search(reply: Reply) -> Judgement:
    domain = _domain_of(reply)
    if domain is not None and not domain.emails and not domain.pattern:
        return Judgement(Verdict.MISS)
    return judge_hunter(reply)


def _charge_domain_search(reply: Reply) -> tuple[Usage, ...]:
    domain = _domain_of(reply)
    return _search_credits(len(domain.emails)) if domain and domain.emails else ()


def _search_credits(addresses: int) -> tuple[Usage, ...]:
    return (Usage("credit", Decimal(math.ceil(addresses / ADDRESSES_PER_CREDIT))),)


def _found(reply: Reply) -> bool:
    try:
        return reply.status == HTTPStatus.OK and bool(_FoundBody.model_validate(reply.json()).data.email)
    except ValidationError:
        return False


def _judge_finder(reply: Reply) -> Judgement:
    judgement = judge_hunter(reply)
    return Judgement(Verdict.MISS) if judgement.verdict is Verdict.ANSWER and not _found(reply) else judgement


_ONE_EMAIL = Usage("credit", Decimal(1))
_ONE_VERIFICATION = Usage("credit", CREDITS_PER_VERIFICATION)


def _charge_verification(reply: Reply) -> tuple[Usage, ...]:
    return (_ONE_VERIFICATION,) if reply.status == HTTPStatus.OK else ()


DOMAIN_SEARCH = Operation(
    vendor=VENDOR,
    name="domain_search",
    judge=_judge_domain_search,
    charge=_charge_domain_search,
    expected=_search_credits(ADDRESSES_PER_CREDIT),
    time_to_live=timedelta(days=30),
    miss_time_to_live=timedelta(days=7),
)
FIND = Operation(
    vendor=VENDOR,
    name="find",
    judge=_judge_finder,
    charge=lambda reply: (_ONE_EMAIL,) if _found(reply) else (),
    expected=(_ONE_EMAIL,),
    time_to_live=timedelta(days=30),
    miss_time_to_live=timedelta(days=7),
)
VERIFY = Operation(
    vendor=VENDOR,
    name="verify",
    judge=judge_hunter,
    charge=_charge_verification,
    expected=(_ONE_VERIFICATION,),
    time_to_live=timedelta(days=30),
    limit_scope="verifier",
)


class Hunter:
    """Addresses and their verdicts."""

    def __init__(self, asks: Asks) -> None:
        self._asks = asks

    async def domain_search(
        self,
        domain: str,
        *,
        limit: int = ADDRESSES_PER_CREDIT,
        offset: int = 0,
        kind: EmailKind | None = None,
    ) -> Answer[DomainSearch]:
        """The addresses known of a domain, `limit` (1-100) at most; a miss where neither address nor pattern
        is known.

        `offset` leaves out that many, for the pages after the first. `kind`: of persons, or of roles (as `info@`) alone.

        Raises:
            VendorError: as `Asks.ask`.
        """
        query = [("domain", domain), ("limit", str(limit))]
        if offset:
            query.append(("offset", str(offset)))
        if kind:
            query.append(("type", kind))
        request = Request("GET", "/v2/domain-search", query=tuple(query))
        operation = replace(DOMAIN_SEARCH, expected=_search_credits(limit))
        return await self._asks.ask(operation, request, _read_domain)

    async def find(self, domain: str, first_name: str, last_name: str) -> Answer[FoundEmail]:
        """A named person's address at a domain; a credit when found, a miss for nothing when not.

        Raises:
            VendorRefused: with http_status 451 where the person asked to be forgotten: suppress the person.
            VendorError: as `Asks.ask`.
        """
        query = (("domain", domain), ("first_name", first_name), ("last_name", last_name))
        return await self._asks.ask(FIND, Request("GET", "/v2/email-finder", query=query), _read_found)

    async def verify(self, email: str) -> Answer[Verification]:
        """Whether an address takes mail, by asking its server.

        Raises:
            VendorRefused: with http_status 451 where the person asked to be forgotten: suppress the address.
            VendorError: as `Asks.ask`.
        """
        request = Request("GET", "/v2/email-verifier", query=(("email", email),))
        return await self._asks.ask(VERIFY, request, _read_verification)


def _read_domain(body: Any) -> DomainSearch:
    found = _DomainBody.model_validate(body)
    data = found.data
    return DomainSearch(
        data.pattern,
        data.organization,
        data.accept_all,
        data.disposable,
        data.webmail,
        tuple(_email(email) for email in data.emails),
        found.meta.results,
    )


def _email(email: _Email) -> HunterEmail:
    verification = email.verification or _EmailVerification()
    return HunterEmail(
        address=email.value,
        kind=email.type,
        confidence=email.confidence,
        first_name=email.first_name,
        last_name=email.last_name,
        position=email.position,
        seniority=email.seniority,
        department=email.department,
        linkedin=email.linkedin,
        phone=email.phone_number,
        verification_status=verification.status,
        verified_on=date.fromisoformat(verification.date[:10]) if verification.date else None,
    )


def _read_found(body: Any) -> FoundEmail:
    data = _FoundBody.model_validate(body).data
    status = data.verification.status if data.verification else None
    return FoundEmail(data.email or "", data.score, data.position, data.linkedin_url, status)


def _read_verification(body: Any) -> Verification:
    return Verification(**_VerificationBody.model_validate(body).data.model_dump())

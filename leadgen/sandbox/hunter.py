"""Hunter v2: domain search, email finder, email verifier, account. VENDORS.md section 6.

403 is the rate limit (again later), 429 the plan's quota (stop); a verification may first say 202 (still running) or
222 (the mail server misbehaved): it is billed once, with its result.
"""

import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from leadgen.sandbox.calls import CallLog, number
from leadgen.sandbox.faults import share
from leadgen.sandbox.hunter_emails import accepts_all, confidence, emails_at, known_state, sources
from leadgen.sandbox.hunter_verdict import WEBMAIL, verdict
from leadgen.sandbox.lookup import Lookup, domain_of_address, host_of
from leadgen.sandbox.people import address_pattern
from leadgen.sandbox.wire import Limit, Operation, Reply, Request, Vendor, json_reply, names
from leadgen.sandbox.world import Business, Person

PRICES = {"credit": Decimal(14_900)}
_PLAN_CREDITS = 10_000
_CLAIMED = "claimed"  # a person or an address that begins so has asked to be forgotten
_PENDING_SHARE = 0.05  # of verifications are still running when first asked for
_SMTP_SHARE = 0.02  # of them meet a misbehaving mail server when first asked for
_DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]+")
_ADDRESS = re.compile(r"[^@\s]+@" + _DOMAIN.pattern)


class BadRequest(ValueError):
    """The request breaks a rule; carries Hunter's refusal."""

    def __init__(self, details: str) -> None:
        super().__init__(details)
        self.reply = _error(400, "wrong_params", details)


def hunter(lookup: Lookup, calls: CallLog) -> Vendor:
    """The service, knowing the world's people with `in_hunter` and its mailboxes."""
    service = _Hunter(lookup, calls)
    return Vendor(
        name="hunter",
        operations=(
            Operation("domain_search", "GET", "/v2/domain-search", _guarded(service.domain_search)),
            Operation("email_finder", "GET", "/v2/email-finder", _guarded(service.email_finder)),
            Operation("email_verifier", "GET", "/v2/email-verifier", _guarded(service.email_verifier)),
            Operation("account", "GET", "/v2/account", service.account, metered=False),
        ),
        limits=(
            Limit(15, 1, "domain_search"),
            Limit(500, 60, "domain_search"),
            Limit(15, 1, "email_finder"),
            Limit(500, 60, "email_finder"),
            Limit(10, 1, "email_verifier"),
            Limit(300, 60, "email_verifier"),
        ),
        prices=PRICES,
        key=lambda request: request.headers.get("x-api-key") or request.bearer() or request.one("api_key"),
        unauthorized=lambda key: _error(
            401,
            "authentication_failed",
            "No user found for the API key supplied" if key else "No API key supplied",
        ),
        unknown=lambda _request: _error(404, "not_found", "The requested resource does not exist"),
        throttled=lambda _operation, _window: _error(403, "too_many_requests", "You have reached the rate limit"),
        quota_spent=lambda _operation: _error(
            429,
            "too_many_requests",
            "You've reached the limit for the number of searches per billing period included in your plan.",
        ),
        failure=lambda status: _error(status or 500, "server_error", "Something went wrong"),
        key_names=frozenset({"api_key"}),
    )


def _guarded(answer: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def guarded(request: Request) -> Reply:
        try:
            return answer(request)
        except BadRequest as error:
            return error.reply

    return guarded


def _error(code: int, id_: str, details: str) -> Reply:
    return json_reply(code, {"errors": [{"id": id_, "code": code, "details": details}]})


class _Hunter:
    """The operations, and which verifications have been asked for."""

    def __init__(self, lookup: Lookup, calls: CallLog) -> None:
        self._lookup = lookup
        self._seed = lookup.world.seed
        self._calls = calls
        self._asked: set[str] = set()

    def domain_search(self, request: Request) -> Reply:
        """The addresses known at a domain; 1 credit per 10 or part of them, nothing for none."""
        _check(request, names("domain company limit offset type seniority department required_field"))
        limit, offset = _integer(request, "limit", 10, 1, 100), _integer(request, "offset", 0, 0, 10_000)
        kind = request.one("type")
        if kind not in {None, "personal", "generic"}:
            raise BadRequest("The type parameter is invalid, it must be personal or generic")
        domain, businesses = self._firm(request)
        emails = [entry for entry in emails_at(domain, businesses, self._lookup) if kind in {None, entry["type"]}]
        emails = _filtered(emails, request)
        page = emails[offset : offset + limit]
        people = [person for business in businesses for person in business.people if person.in_hunter]
        answer = {
            "data": {
                "domain": domain,
                "disposable": False,
                "webmail": domain in WEBMAIL,
                "accept_all": accepts_all(domain, self._lookup),
                "pattern": next(filter(None, map(address_pattern, people)), None),
                "organization": businesses[0].name if businesses and emails else None,
                "linked_domains": [],
                "emails": page,
            },
            "meta": {
                "results": len(emails),
                "limit": limit,
                "offset": offset,
                "params": {"domain": domain, "company": request.one("company"), "type": kind},
            },
        }
        credits_used = -(-len(page) // 10)
        return json_reply(200, answer, billed=(("credit", Decimal(credits_used)),) if page else ())

    def email_finder(self, request: Request) -> Reply:
        """One person's address; 1 credit if found."""
        _check(request, names("domain company first_name last_name full_name linkedin_handle max_duration"))
        _integer(request, "max_duration", 10, 3, 20)
        first, last = request.one("first_name"), request.one("last_name")
        full = request.one("full_name") or (f"{first} {last}" if first and last else None)
        if not full and not request.one("linkedin_handle"):
            raise BadRequest("You are missing the first_name and last_name or full_name parameter")
        domain, businesses = self._firm(request)
        if (full or "").lower().startswith(_CLAIMED):
            return _claimed()
        person = next(
            (
                person
                for business in businesses
                for person in business.people
                if person.in_hunter and person.email and _full_name(person).lower() == (full or "").lower()
            ),
            None,
        )
        found: dict[str, Any] = {
            "first_name": first or (full or "").partition(" ")[0] or None,
            "last_name": last or (full or "").partition(" ")[2] or None,
            "email": None,
            "score": None,
            "domain": domain,
            "accept_all": None,
            "position": None,
            "twitter": None,
            "linkedin_url": None,
            "phone_number": None,
            "company": businesses[0].name if businesses else None,
            "sources": [],
            "verification": {"date": None, "status": None},
        }
        if person and person.email:
            found |= {
                "first_name": person.first_name,
                "last_name": person.last_name,
                "email": person.email,
                "score": confidence(person.email, self._lookup),
                "accept_all": accepts_all(domain, self._lookup),
                "position": person.title,
                "linkedin_url": person.linkedin_url,
                "sources": sources(person, domain),
                "verification": known_state(person.email, self._lookup),
            }
        meta = {"params": {"full_name": full, "domain": domain}}
        return json_reply(200, {"data": found, "meta": meta}, billed=(("credit", Decimal(1)),) if person else ())

    def email_verifier(self, request: Request) -> Reply:
        """Whether an address takes mail; half a credit, when the result is there."""
        _check(request, names("email"))
        address = (request.one("email") or "").strip().lower()
        if not address:
            raise BadRequest("You are missing the email parameter")
        if not _ADDRESS.fullmatch(address):
            raise BadRequest("The email parameter is invalid")
        if address.startswith(_CLAIMED):
            return _claimed()
        if address not in self._asked:
            self._asked.add(address)
            draw = share(self._seed, "verification", address)
            if draw < _PENDING_SHARE:
                return json_reply(202, {})
            if draw < _PENDING_SHARE + _SMTP_SHARE:
                return _error(222, "smtp_error", "The remote SMTP server gave an unexpected answer")
        data = verdict(address, self._lookup, accepts_all=accepts_all(domain_of_address(address), self._lookup))
        answer = {"data": {**data, "sources": []}, "meta": {"params": {"email": address}}}
        return json_reply(200, answer, billed=(("credit", Decimal("0.5")),))

    def account(self, _request: Request) -> Reply:
        """The plan and what is left of it."""
        used = number(self._calls.spent("hunter"))
        return json_reply(
            200,
            {
                "data": {
                    "first_name": "Sandbox",
                    "last_name": "Account",
                    "email": "sandbox@leadgen.example",
                    "plan_name": "Growth",
                    "plan_level": 2,
                    "reset_date": "2026-12-22",
                    "team_id": 1,
                    "requests": {"credits": {"used": used, "available": _PLAN_CREDITS}},
                }
            },
        )

    def _firm(self, request: Request) -> tuple[str, list[Business]]:
        """The domain asked about and the businesses there; by name where only a company is given."""
        domain, company = request.one("domain"), request.one("company")
        if domain:
            host = host_of(domain)
            if not _DOMAIN.fullmatch(host):
                raise BadRequest("The domain parameter is invalid")
            return host, self._lookup.businesses_at(host)
        if not company:
            raise BadRequest("You are missing the domain or company parameter")
        named = [b for b in self._lookup.world.businesses.values() if b.name.lower() == company.lower() and b.site]
        return (named[0].site.domain if named and named[0].site else "", named[:1])


def _claimed() -> Reply:
    details = (
        "The person owning this email asked us directly or indirectly to stop the processing of their personal data."
    )
    return _error(451, "claimed_email", details)


def _check(request: Request, known: Collection[str]) -> None:
    unknown = {name for name, _ in request.query} - {*known, "api_key"}
    if unknown:
        raise BadRequest(f"Unknown parameter: {min(unknown)}")


def _integer(request: Request, name: str, default: int, least: int, most: int) -> int:
    text = request.one(name)
    if text is None:
        return default
    if not re.fullmatch(r"\d+", text) or not least <= int(text) <= most:
        raise BadRequest(f"The {name} parameter is invalid, it must be between {least} and {most}")
    return int(text)


def _filtered(emails: list[dict[str, Any]], request: Request) -> list[dict[str, Any]]:
    for name in ("seniority", "department"):
        wanted = request.one(name)
        if wanted:
            emails = [entry for entry in emails if entry[name] in wanted.split(",")]
    required = request.one("required_field")
    if required:
        field = {"full_name": "last_name"}.get(required, required)
        if field not in {"last_name", "position", "phone_number"}:
            raise BadRequest("The required_field parameter is invalid")
        emails = [entry for entry in emails if entry[field]]
    return emails


def _full_name(person: Person) -> str:
    return f"{person.first_name} {person.last_name}"

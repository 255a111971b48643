"""Whom to write to at a business: candidates from all sources, merged, ranked by what they decide, and when to stop
looking for more.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from leadgen.domain.enrichment.mailbox_names import PATTERNS, address_for, is_address_of, letters, split_name
from leadgen.domain.enrichment.page import PageFindings
from leadgen.domain.enrichment.verification import WEBMAIL_DOMAINS, Verdict, may_arrive
from leadgen.domain.identity.domains import registrable_domain
from leadgen.domain.identity.words import word_set

CandidateSource = Literal["manual", "import", "site", "hunter", "apollo", "pattern"]
SOURCES: tuple[CandidateSource, ...] = ("manual", "import", "site", "hunter", "apollo", "pattern")
"""From what the tenant and the business say themselves to what we guess: the order in which an address is trusted."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone, or a mailbox, at the business. `email` is lower case, `phone` E.164; `source` is where the address, or
    without one the person, was found. `is_role_mailbox`: the address belongs to a function, as in `info@`.
    """

    name: str | None
    title: str | None
    email: str | None
    source: CandidateSource
    phone: str | None = None
    linkedin_url: str | None = None
    is_role_mailbox: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """A candidate with the verdict on its address; None while nobody was asked."""

    candidate: Candidate
    verdict: Verdict | None


_ROLE_WORDS = word_set(
    """info information contact contactus contacts office hello hi hey mail email admin administrator
    administration reception receptionist frontdesk front desk support help helpdesk service services
    customerservice customercare care sales billing accounts accounting accountspayable ap ar finance
    bookkeeping booking bookings reservations reservation reserve reservas appointments appointment appt
    schedule scheduling scheduler orders order shop store team staff office hr jobs careers career recruiting
    marketing press media news newsletter pr webmaster web postmaster hostmaster abuse noreply privacy legal
    compliance security enquiries enquiry inquiries inquiry ask general business company management manager
    owner practice clinic dental dentist dentistry smile smiles patient patients patientcare feedback membership
    members events event catering kitchen bar restaurant hotel frontoffice mailbox dispatch estimates estimate
    quotes quote parts rentals leasing returns shipping warehouse kontakt empfang praxis buero büro rezeption
    bewerbung accueil secretariat contacto ventas administracion recepcion segreteria prenotazioni"""
)
_ROLE_ENDINGS = tuple(word for word in _ROLE_WORDS if len(word) >= 5)


def is_role_mailbox(email: str) -> bool:
    """Whether the address names a function instead of a person: `info@`, `front.desk@`, `appointments2@`, and at
    webmail providers also `joesgarageservice@`.
    """
    local, _, host = email.lower().partition("@")
    words = [word for word in re.split(r"[._\d-]+", local.partition("+")[0]) if word]
    joined = "".join(words)
    if joined in _ROLE_WORDS or "noreply" in joined or (words and len(words[0]) > 2 and words[0] in _ROLE_WORDS):
        return True
    return host in WEBMAIL_DOMAINS and joined.endswith(_ROLE_ENDINGS)


# Who decides at a local business, first to last; the first line that fits a title gives its rank
_BELOW_A_DECIDER = r"^(?:assistant|associate|deputy|junior)\b|\b(?:executive )?assistant\b|\bintern\b|\bapprentice\b"
_OWNER = r"\b(?:co-?)?owner\b|\bproprietor\b|\binhaber|\bpropri[eé]taire\b|\bdueñ[oa]\b|\bpropietari[oa]\b"
_FOUNDER = r"\b(?:co-?)?founder\b|\bgründer"
_VICE = r"\bvice[- ]president\b|\bvp\b|\bsvp\b"
_PRESIDENT = (
    r"\bpresident\b|\bceo\b|\bchief executive\b|\bmanaging (?:partner|director|member)\b|\bgeschäftsführer|\bgérant"
)
_PARTNER = r"\bpartner\b|\bprincipal\b|\bshareholder\b"
_HOUSE_MANAGER = (
    r"\b(?:practice|office|general|operations|business|clinic|store|restaurant|hotel|branch|location|site)"
    r"[ -](?:manager|administrator|director)\b|\bgm\b|\badministrator\b"
)
_HEAD = r"\bc[fmto]o\b|\bchief\b|\bdirector\b|\bhead\b|\bmarketing\b|\bleiter"
_MANAGER = r"\bmanager\b|\bsupervisor\b|\blead\b|\bforeman\b|\bgerente\b"
_PROFESSIONAL = r"\b(?:dentist|doctor|physician|attorney|lawyer|veterinarian|chiropractor|accountant|chef|broker)\b"
_RANKS = tuple(
    (rank, re.compile(pattern, re.IGNORECASE))
    for rank, pattern in (
        (8, _BELOW_A_DECIDER), (1, _OWNER), (2, _FOUNDER), (6, _VICE), (3, _PRESIDENT), (4, _PARTNER),
        (5, _HOUSE_MANAGER), (6, _HEAD), (7, _MANAGER), (8, _PROFESSIONAL),
    )
)  # fmt: skip
_NO_RANK = 9
_LAST_DECIDER = 6


def decision_rank(title: str | None) -> int:
    """What a job title lets its holder decide: 1 owner, 2 founder, 3 president or CEO, 4 partner, 5 practice or general
    manager, 6 director or head, 7 other manager, 8 professional or assistant, 9 anyone else and unknown.
    """
    return next((rank for rank, pattern in _RANKS if title and pattern.search(title)), _NO_RANK)


def is_decision_maker(title: str | None) -> bool:
    """Whether the holder can say yes: owner to director."""
    return decision_rank(title) <= _LAST_DECIDER


def learn_pattern(candidates: Iterable[Candidate], domain: str) -> str | None:
    """The pattern that most named addresses of the domain follow; None when none is known."""
    known = [(candidate.name, candidate.email) for candidate in candidates if candidate.name and candidate.email]
    counts = {
        pattern: sum(email == address_for(name, pattern, domain) for name, email in known) for pattern in PATTERNS
    }
    best = max(counts, key=counts.__getitem__)
    return best if counts[best] else None


def site_candidates(pages: Iterable[PageFindings], domain: str | None) -> tuple[Candidate, ...]:
    """People and mailboxes that the business's own pages name.

    Addresses count when they are of the business's `domain` or of a webmail provider; others (the web designer's) only
    when there are none of those.
    """
    pages = list(pages)
    emails = list(dict.fromkeys(email for page in pages for email in page.emails))
    own = [
        email
        for email in emails
        if (host := email.rpartition("@")[2]) in WEBMAIL_DOMAINS or (domain and registrable_domain(host) == domain)
    ]
    free = dict.fromkeys(own or emails)
    found = []
    for person in {person.name.casefold(): person for page in reversed(pages) for person in page.people}.values():
        email = person.email or next((email for email in free if is_address_of(email, person.name)), None)
        if email:
            free.pop(email, None)
        found.append(Candidate(person.name, person.title, email, "site", linkedin_url=person.linkedin_url))
    found += [Candidate(None, None, email, "site", is_role_mailbox=is_role_mailbox(email)) for email in free]
    return tuple(found)


def _same(a: Candidate, b: Candidate) -> bool:
    if a.email and b.email:
        return a.email == b.email
    return bool(a.name and b.name) and [*map(letters, split_name(a.name or ""))] == [
        *map(letters, split_name(b.name or ""))
    ]


def _joined(a: Candidate, b: Candidate) -> Candidate:
    """One candidate of two; where both say something, `a` holds."""
    return Candidate(
        name=a.name or b.name,
        title=a.title or b.title,
        email=a.email or b.email,
        source=b.source if b.email and not a.email else a.source,
        phone=a.phone or b.phone,
        linkedin_url=a.linkedin_url or b.linkedin_url,
        is_role_mailbox=(a.is_role_mailbox or b.is_role_mailbox) and not (a.name or b.name),
    )


def _spelled(candidate: Candidate) -> Candidate:
    """The candidate with its address in lower case; one without a name whose address names a function is a role mailbox."""
    email = candidate.email.lower() if candidate.email else None
    is_role = bool(email) and not candidate.name and (candidate.is_role_mailbox or is_role_mailbox(email or ""))
    return replace(candidate, email=email, is_role_mailbox=is_role)


def _merged_once(candidates: Iterable[Candidate]) -> list[Candidate]:
    merged: list[Candidate] = []
    for candidate in candidates:
        at = next((at for at, known in enumerate(merged) if _same(known, candidate)), None)
        if at is None:
            merged.append(candidate)
        else:
            merged[at] = _joined(merged[at], candidate)
    return merged


def merge_candidates(*groups: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Each person and mailbox once: the same address, or the same name where one side has no address. What one source
    lacks another fills in; where two speak, the more trusted holds (`SOURCES`).
    """
    known = (_spelled(one) for group in groups for one in group if one.name or one.email)
    every = sorted(known, key=lambda one: SOURCES.index(one.source))
    merged = _merged_once(every)
    while len(merged) < len(every):  # a name that an address has gained may be another candidate's
        every, merged = merged, _merged_once(merged)
    return tuple(merged)


def pattern_candidates(
    candidates: Sequence[Candidate], domain: str, pattern: str | None = None
) -> tuple[Candidate, ...]:
    """Guessed addresses for decision makers who have none, by the domain's pattern: the one given (a vendor's), else
    the one that known addresses follow. Without either nothing is guessed.
    """
    pattern = pattern or learn_pattern(candidates, domain)
    if pattern is None:
        return ()
    return tuple(
        replace(candidate, email=email, source="pattern", is_role_mailbox=False)
        for candidate in candidates
        if candidate.name and not candidate.email and is_decision_maker(candidate.title)
        and (email := address_for(candidate.name, pattern, domain))
    )  # fmt: skip


def _worth(candidate: Candidate) -> tuple[int, int, int]:
    """Sorts the most worthwhile address first: deciders by rank, then role mailboxes, then other people."""
    rank = decision_rank(candidate.title)
    standing = 1 if candidate.is_role_mailbox else 0 if rank <= _LAST_DECIDER else 2
    return standing, rank, SOURCES.index(candidate.source)


def by_worth(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Candidates with an address, the one to verify first in front."""
    return tuple(sorted((candidate for candidate in candidates if candidate.email), key=_worth))


def best_contact(judged: Iterable[Judged]) -> Candidate | None:
    """The candidate to write to: a valid address before a risky one, then by what the holder decides; a
    role mailbox before people who decide nothing. None when mail would reach nobody.
    """
    reachable = [one for one in judged if one.candidate.email and may_arrive(one.verdict)]
    best = min(
        reachable,
        key=lambda one: (one.verdict is not None and one.verdict.status != "valid", _worth(one.candidate)),
        default=None,
    )
    return best.candidate if best else None


def needs_more(judged: Iterable[Judged], *, accept_role_mailbox: bool = True) -> bool:
    """Whether the waterfall should ask its next source. A valid mailbox of a decision maker is sufficient; so is a
    valid role mailbox, unless the tenant wants a person.
    """
    return not any(
        one.verdict is not None
        and one.verdict.status == "valid"
        and (
            (accept_role_mailbox and one.candidate.is_role_mailbox)
            or (not one.candidate.is_role_mailbox and is_decision_maker(one.candidate.title))
        )
        for one in judged
    )

"""Businesses an organization does not want as leads: its customers, competitors, and domains that asked to be left alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.identity.domains import is_shared_host, page_key, site_domain
from leadgen.domain.identity.names import normal_name
from leadgen.domain.identity.phones import comparable
from leadgen.errors import InputError

ExclusionKind = Literal["domain", "phone", "name"]
ExclusionReason = Literal["customer", "competitor", "suppressed", "other"]
REASONS: tuple[ExclusionReason, ...] = get_args(ExclusionReason)


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One entry in comparable form. A page on a shared host (facebook.com/joes) stands for its owner, the host for nobody."""

    kind: ExclusionKind
    key: str
    reason: ExclusionReason = "other"


def exclusion_key(kind: ExclusionKind, value: str) -> str:
    """The comparable form under which an entry is kept: a domain (of a URL or address too), digits, a name's letters.

    Raises:
        InputError: the value is no domain, phone number or name, or would exclude the pages of strangers.
    """
    key: str | None
    match kind:
        case "domain":
            page = value.rpartition("@")[2].strip()
            key = site_domain(page) or page_key(page)
            if key is None and is_shared_host(page):
                raise InputError(
                    f"{value!r} is shared by many businesses.",
                    remedy="Exclude a page of it, as facebook.com/joes-bakery.",
                )
        case "phone":
            key = comparable(value)
        case "name":
            key = normal_name(value).joined
    if not key:
        raise InputError(f"{value!r} is no {kind}.", remedy="Give a domain, a phone number, or a company's name.")
    return key


class ExclusionList:
    """All entries of an organization."""

    def __init__(self, exclusions: Iterable[Exclusion] = ()) -> None:
        self._reasons = {(one.kind, one.key): one.reason for one in exclusions}

    def __len__(self) -> int:
        return len(self._reasons)

    def reason(self, listing: Listing, email: str | None = None) -> ExclusionReason | None:
        """Why this business is excluded: by its domain, its page, its phone, its name or a contact's own domain; else None."""
        if not self._reasons:
            return None
        keys: tuple[tuple[ExclusionKind, str | None], ...] = (
            ("domain", site_domain(listing.website)),
            ("domain", page_key(listing.website)),
            ("domain", site_domain(email.rpartition("@")[2]) if email else None),
            ("phone", comparable(listing.phone, listing.country)),
            ("name", normal_name(listing.name).joined),
        )
        for kind, key in keys:
            if key and (reason := self._reasons.get((kind, key))):
                return reason
        return None

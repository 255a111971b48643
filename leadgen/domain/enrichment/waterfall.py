"""In which order a business's contact is asked of the sources, what a question costs, and when to stop asking.

What sources measure up to and how the order follows from that stands in `tuning.py`.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, get_args

from leadgen.domain.enrichment.contacts import Judged, needs_more
from leadgen.domain.money import MICROS_PER_CENT
from leadgen.errors import InputError

AskedSource = Literal["site", "hunter", "apollo", "pattern"]
"""The sources that can be asked; what the tenant has brought is there without asking."""

DEFAULT_ORDER: tuple[AskedSource, ...] = ("site", "hunter", "pattern", "apollo")
"""By price: the site is read already, Hunter's search is a credit, a guess half a credit, Apollo's reveal a dearer one."""

VERIFICATIONS_PER_SOURCE = 2  # half a credit each: the best two candidates of a source are worth it


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of a source before it is measured.

    `price_micros` is one question's, `verification_micros` that of checking what it finds, which is paid on a hit
    alone. `charges_misses`: whether a question that finds nothing costs the same. `expected_hits` is the share of
    businesses of which it knows an address, `expected_valid` the share of those that suffice.
    """

    name: AskedSource
    price_micros: int
    verification_micros: int
    charges_misses: bool
    expected_hits: float
    expected_valid: float

    @property
    def expected_success(self) -> float:
        """The share of questions after which no further source is needed."""
        return self.expected_hits * self.expected_valid

    @property
    def expected_micros(self) -> float:
        """What a question costs on average, the misses counted."""
        asked = self.price_micros * (1.0 if self.charges_misses else self.expected_hits)
        return asked + self.verification_micros * self.expected_hits

    @property
    def most_micros(self) -> int:
        """What a question can cost at most, with the verifications after it."""
        return self.price_micros + VERIFICATIONS_PER_SOURCE * self.verification_micros


def known_sources(hunter_credit_micros: int, apollo_credit_micros: int) -> tuple[Source, ...]:
    """The four sources at these prices, in the default order.

    A verification is half a credit of Hunter's. Shares of hits: Hunter's 56-62 % for small businesses is from a
    practitioners' comparison; the others are cautious guesses that ten measured businesses outweigh.
    """
    check = hunter_credit_micros // 2
    return (
        Source("site", 0, check, False, expected_hits=0.5, expected_valid=0.6),
        Source("hunter", hunter_credit_micros, check, False, expected_hits=0.58, expected_valid=0.7),
        Source("pattern", 0, check, False, expected_hits=1.0, expected_valid=0.3),
        Source("apollo", apollo_credit_micros, check, False, expected_hits=0.3, expected_valid=0.8),
    )


@dataclass(frozen=True, slots=True)
class Policy:
    """What the tenant wants of the waterfall.

    `order` is the tenant's own (sources left out are never asked); None leaves it to the measured value.
    `most_micros` caps what the search for one business's contact may cost; None: no cap but the campaign's budget.
    """

    order: tuple[AskedSource, ...] | None = None
    accepts_role_mailbox: bool = True
    most_micros: int | None = None


def parse_policy(criteria: Mapping[str, Any] | None) -> Policy:
    """From a campaign's criteria: `{"contacts": {"order": ["site", "apollo"], "accept_role_mailbox": false,
    "most_cents": 10}}`, all optional.

    Raises:
        InputError: a source that is unknown or named twice, or a cap that is no amount.
    """
    given = (criteria or {}).get("contacts") or {}
    if not isinstance(given, Mapping):
        raise InputError("The criteria's `contacts` is not an object.", remedy='Give {"contacts": {"order": [...]}}.')
    return Policy(
        order=_order(given.get("order")),
        accepts_role_mailbox=given.get("accept_role_mailbox") is not False,
        most_micros=_cap(given.get("most_cents")),
    )


def _order(named: Any) -> tuple[AskedSource, ...] | None:
    if not named:
        return None
    known: tuple[AskedSource, ...] = get_args(AskedSource)
    names = list(named) if isinstance(named, Sequence) and not isinstance(named, str) else [named]
    order = tuple(source for name in names for source in known if source == name)
    if len(order) != len(names) or names == [named]:
        raise InputError(f"{named!r} is no order of sources.", remedy=f"Name some of {', '.join(known)}, in order.")
    if len(set(order)) != len(order):
        raise InputError(f"{named!r} names a source twice.", remedy="Name each source once.")
    return order


def _cap(cents: Any) -> int | None:
    if cents is None:
        return None
    if isinstance(cents, bool) or not isinstance(cents, int | float) or not 0 <= cents < 1e6:
        raise InputError(f"{cents!r} is no cap in cents.", remedy="Give `most_cents` as a number of cents, as 12.5.")
    return int(Decimal(str(cents)) * MICROS_PER_CENT)


def next_source(
    order: Sequence[AskedSource],
    asked: Collection[AskedSource],
    ready: Collection[AskedSource],
    judged: Sequence[Judged],
    policy: Policy,
    sources: Mapping[AskedSource, Source],
    spent_micros: int,
) -> AskedSource | None:
    """The source to ask now; None when what is known suffices, or nothing is left to ask or to spend.

    `ready` are the sources that can be asked at all: there is a domain to ask about, or a name to guess an address for.
    One that is not ready yet is passed over, and looked at again after the next answer. A
    question that could pass the policy's cap is not asked; a cheaper one after it may be.
    """
    if not needs_more(judged, accept_role_mailbox=policy.accepts_role_mailbox):
        return None
    left = None if policy.most_micros is None else policy.most_micros - spent_micros
    return next(
        (
            source
            for source in order
            if source not in asked and source in ready and (left is None or sources[source].most_micros <= left)
        ),
        None,
    )

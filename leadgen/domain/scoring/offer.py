"""What the tenant sells, and what a weak website is therefore worth to them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

OfferKind = Literal["website", "seo", "booking", "marketing", "software", "services", "other"]
Polarity = Literal["weak", "good", "neutral"]

KINDS: tuple[OfferKind, ...] = get_args(OfferKind)

# The kind whose word comes first in the text is what is sold: `booking software`, `websites with booking`.
_TELLING: dict[OfferKind, re.Pattern[str]] = {
    "website": re.compile(r"\b(?:web ?sites?|web (?:design|development)|landing pages?|home ?pages?|redesigns?)\b"),
    "seo": re.compile(r"\b(?:seo|search engine|search rankings?|google rankings?|local search)\b"),
    "booking": re.compile(r"\b(?:book(?:ing)?s?|appointments?|scheduling|reservations?)\b"),
    "marketing": re.compile(r"\b(?:marketing|ads?|advertising|social media|lead generation|reputation|branding)\b"),
    "software": re.compile(r"\b(?:software|saas|apps?|crm|platforms?|point of sale|pos|payments?|automation)\b"),
    "services": re.compile(r"\b(?:services?|consulting|insurance|cleaning|staffing|supplies|equipment|repairs?)\b"),
}
_POLARITY: dict[OfferKind, Polarity] = {
    "website": "weak",
    "seo": "weak",
    "booking": "weak",
    "marketing": "weak",
    "software": "good",
    "services": "neutral",
    "other": "neutral",
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What the tenant sells. `asked_polarity` is what they said themselves of the sites they look for."""

    kind: OfferKind = "other"
    sells: str = ""
    proof: tuple[str, ...] = ()
    voice: str = ""
    asked_polarity: Polarity | None = None

    @property
    def polarity(self) -> Polarity:
        """`weak`: a missing or weak site is the opportunity. `good`: buyers have a working one."""
        return self.asked_polarity or _POLARITY[self.kind]

    @property
    def wants_weak_sites(self) -> bool:
        """Whether a lead without a good site is worth more than one with it."""
        return self.polarity == "weak"


def parse_offer(offer: Mapping[str, Any] | None) -> Offer:
    """From a campaign's `offer`: `{"sells": "...", "proof": [...], "voice": "...", "kind": "seo"}`, all optional.

    `wants_weak_sites` (true or false) overrides what follows from the kind.
    """
    given = offer or {}
    sells = str(given.get("sells") or "").strip()
    proof = given.get("proof") or ()
    wanted = given.get("wants_weak_sites")
    asked: Polarity | None = None
    if isinstance(wanted, bool):
        asked = "weak" if wanted else "good"
    named = [kind for kind in KINDS if kind == given.get("kind")]
    return Offer(
        kind=named[0] if named else kind_of(sells),
        sells=sells,
        proof=(proof,) if isinstance(proof, str) else tuple(str(item) for item in proof),
        voice=str(given.get("voice") or "").strip(),
        asked_polarity=asked,
    )


def kind_of(sells: str) -> OfferKind:
    """The kind of an offer by the first telling word of its text; `other` when none tells."""
    text = sells.lower()
    found = [(match.start(), kind) for kind, pattern in _TELLING.items() if (match := pattern.search(text))]
    return min(found, key=lambda first: first[0])[1] if found else "other"

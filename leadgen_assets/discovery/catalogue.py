"""What a campaign has found so far: its listings, and the prospect each belongs to.

Says what to write and writes nothing itself: `assets.py` commits the batches.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from leadgen.domain.discovery.listing import Listing, lead_fields
from leadgen.domain.discovery.relevance import is_relevant, is_shown_relevant
from leadgen.domain.geo import Circle, Point, distance_meters
from leadgen.domain.identity.clusters import Cluster, resolve
from leadgen.domain.identity.records import Record
from leadgen.providers.calls import Receipt
from leadgen.store.imports.choices import BROUGHT
from leadgen.store.merges import ReviewPair
from leadgen_assets.checks import Counted
from leadgen_assets.discovery.recognition import Double, pairs_to_review

Key = tuple[str, str]  # source, id in that source

# How long a source's terms let its content be kept (VENDORS.md sections 1 and 4)
CONTENT_KEPT = {"google_maps": timedelta(days=30), "yelp": timedelta(hours=24), "apollo": timedelta(days=30)}


@dataclass(frozen=True, slots=True)
class Found:
    """A listing with its receipt."""

    listing: Listing
    receipt: Receipt


@dataclass(slots=True)
class Batch:
    """Rows to commit together."""

    prospects: list[dict[str, Any]] = field(default_factory=list)
    completed: list[dict[str, Any]] = field(default_factory=list)
    listings: list[dict[str, Any]] = field(default_factory=list)
    moved: list[dict[str, Any]] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)
    reviews: list[ReviewPair] = field(default_factory=list)


class Catalogue:
    """The listings of one campaign. `dropped` counts what was left out, by reason."""

    def __init__(
        self,
        circle: Circle,
        business_type: str,
        lead_cap: int | None,
        screen: Callable[[Listing], str | None] = lambda _: None,
    ) -> None:
        """`screen` says of a listing that fits why it is left out all the same; None: it is not."""
        self._screen = screen
        self._circle = circle
        self._business_type = business_type
        self._lead_cap = lead_cap
        self._listings: dict[Key, Listing] = {}
        self._prospects: dict[Key, UUID] = {}
        self._seen: set[Key] = set()
        self._apart: set[frozenset[UUID]] = set()
        self.dropped: Counter[str] = Counter()

    def remember(self, listing: Listing, prospect_id: UUID) -> None:
        """A listing that an earlier run has stored."""
        key = (listing.source, listing.source_id)
        self._listings[key] = listing
        self._prospects[key] = prospect_id

    def keep_apart(self, pairs: Iterable[frozenset[UUID]]) -> None:
        """Prospects that a person said are different, however alike they look."""
        self._apart.update(pairs)

    @property
    def is_full(self) -> bool:
        """Whether the campaign's cap on leads is reached."""
        return self._lead_cap is not None and len(set(self._prospects.values())) >= self._lead_cap

    def wanted(self, found: Iterable[Found]) -> list[Found]:
        """Those that are open, inside the circle, of the kind looked for, and not seen in this run yet."""
        kept = []
        for one in found:
            key = (one.listing.source, one.listing.source_id)
            if key in self._seen:
                continue
            self._seen.add(key)
            if reason := self._reason_to_drop(one.listing):
                self.dropped[reason] += 1
            else:
                kept.append(one)
        return kept

    def already_known(self, found: Iterable[Found]) -> set[Key]:
        """Those that are a business another source has listed."""
        new: dict[Key, Listing] = {(one.listing.source, one.listing.source_id): one.listing for one in found}
        everything: dict[Key, Listing] = {**self._listings, **new}
        clusters = resolve(map(Record.of, everything.values())).clusters
        clustered = ([_key(record_id) for record_id in cluster.record_ids] for cluster in clusters)
        return {key for keys in clustered if any(k in self._listings for k in keys) for key in keys if key in new}

    def relevance(self) -> Counted:
        """Of how many businesses no listing says that they are of the kind sought."""
        prospects = set(self._prospects.values())
        known = {
            self._prospects[key]
            for key, listing in self._listings.items()
            if listing.source in BROUGHT or is_shown_relevant(listing, self._business_type)
        }
        return Counted(len(prospects), len(prospects - known))

    def listed(self) -> Iterator[tuple[str, str]]:
        """The source of every listing that was found and kept, and the business it is of."""
        return ((source, str(owner)) for (source, _), owner in self._prospects.items() if source not in BROUGHT)

    @property
    def has_brought(self) -> bool:
        """Whether the tenant has brought leads, which the first source may have listed too."""
        return any(source in BROUGHT for source, _ in self._listings)

    def add_each(self, found: Iterable[Found]) -> Batch:
        """Every new listing becomes a prospect of its own: the first source, which seldom lists a business twice."""
        batch = Batch()
        for one in found:
            key = (one.listing.source, one.listing.source_id)
            if key not in self._prospects:
                if self.is_full:
                    self.dropped["over the cap"] += 1
                    continue
                self.remember(one.listing, uuid4())
                batch.prospects.append(self._prospect_row(key))
            batch.listings.append(self._listing_row(one, 1.0, "first listing of this business"))
        return batch

    def add_recognised(self, found: Iterable[Found]) -> Batch:
        """New listings join the prospect that is the same business, or become prospects; doubles are merged."""
        new: dict[Key, Found] = {(one.listing.source, one.listing.source_id): one for one in found}
        known: dict[Key, Listing] = {**self._listings, **{key: one.listing for key, one in new.items()}}
        batch = Batch()
        resolution = resolve(map(Record.of, known.values()))
        for cluster in resolution.clusters:
            prospect_id, others, keys = self._owner([_key(record_id) for record_id in cluster.record_ids])
            if prospect_id is None:
                if self.is_full:
                    self.dropped["over the cap"] += len(keys)
                    continue
                prospect_id = uuid4()
                self._listings[keys[0]] = known[keys[0]]
                self._prospects[keys[0]] = prospect_id
                batch.prospects.append(self._prospect_row(keys[0]))
            batch.doubles.extend(Double(prospect_id, gone, *_why(cluster, key)) for gone, key in others.items())
            for key in keys:
                before = self._prospects.get(key)
                self._listings[key] = known[key]
                self._prospects[key] = prospect_id
                if key in new:
                    batch.listings.append(self._listing_row(new[key], *_why(cluster, key)))
                if before not in {None, prospect_id}:
                    row = {"source": key[0], "source_id": key[1], "prospect_id": prospect_id, "before": before}
                    batch.moved.append(row)
            if len(keys) > 1:
                batch.completed.append(_merged_fields(prospect_id, [known[key] for key in keys]))
        self._settle(batch)
        batch.reviews = pairs_to_review(resolution.review, {_id(key): p for key, p in self._prospects.items()})
        return batch

    def _owner(self, keys: list[Key]) -> tuple[UUID | None, dict[UUID, Key], list[Key]]:
        """The prospect that keeps the cluster, those that are its doubles (with a key of each), and the keys it gets."""
        owners: dict[UUID, Key] = {}
        for key in keys:
            if key in self._prospects:
                owners.setdefault(self._prospects[key], key)
        if not owners:
            return None, {}, keys
        keeps = next(iter(owners))
        apart = {owner for owner in owners if frozenset({owner, keeps}) in self._apart}
        doubles = {owner: key for owner, key in owners.items() if owner != keeps and owner not in apart}
        return keeps, doubles, [key for key in keys if self._prospects.get(key) not in apart]

    def _settle(self, batch: Batch) -> None:
        """A prospect that has lost all its listings is merged with what it has; one that keeps some only gives up the rest."""
        left = set(self._prospects.values())
        keepers: dict[UUID, Double] = {}
        for double in batch.doubles:
            if double.gone not in left:
                keepers.setdefault(double.gone, double)
        batch.doubles = list(keepers.values())
        merged = {(double.gone, double.keep) for double in batch.doubles}
        batch.moved = [row for row in batch.moved if (row.pop("before"), row["prospect_id"]) not in merged]

    def _reason_to_drop(self, listing: Listing) -> str | None:
        if not listing.open:
            return "closed"
        if listing.location is None or not self._circle.contains(listing.location):
            return "outside the circle"
        if not is_relevant(listing, self._business_type).relevant:
            return "another kind of business"
        return self._screen(listing)

    def _prospect_row(self, key: Key) -> dict[str, Any]:
        listing = self._listings[key]
        location = listing.location or self._circle.center
        return {
            "id": self._prospects[key],
            "company_name": listing.name,
            "latitude": location.latitude,
            "longitude": location.longitude,
            "distance_meters": distance_meters(self._circle.center, location),
            "source": listing.source,
            "source_id": listing.source_id,
            "source_url": listing.source_url,
            **lead_fields(listing),
        }

    def _listing_row(self, one: Found, score: float, reason: str) -> dict[str, Any]:
        listing = one.listing
        return {
            "prospect_id": self._prospects[listing.source, listing.source_id],
            "source": listing.source,
            "source_id": listing.source_id,
            "fields": asdict(listing),
            "provider_call_id": one.receipt.call_id,
            "match_score": score,
            "match_reason": reason,
            "fetched_at": one.receipt.fetched_at,
            "expires_at": one.receipt.fetched_at + CONTENT_KEPT[listing.source],
        }


def listing_of(fields: dict[str, Any]) -> Listing:
    """A stored listing's fields, as they were."""
    location = fields.get("location")
    return Listing(
        **{
            **fields,
            "categories": tuple(fields.get("categories") or ()),
            "location": Point(**location) if location else None,
        }
    )


def _merged_fields(prospect_id: UUID, listings: list[Listing]) -> dict[str, Any]:
    """For each field the first listing that knows it."""
    merged: dict[str, Any] = {}
    for listing in listings:
        for name, value in lead_fields(listing).items():
            if merged.get(name) is None:
                merged[name] = value
    located = next((listing.location for listing in listings if listing.location), None)
    place = asdict(located) if located else {"latitude": None, "longitude": None}
    return {"id": prospect_id, **merged, **place}


def _why(cluster: Cluster, key: Key) -> tuple[float, str]:
    """The surest pair that joined this listing to the others, or that it stands alone."""
    pairs = [pair for pair in cluster.joined_by if _id(key) in {pair.left_id, pair.right_id}]
    if not pairs:
        return 1.0, "no other listing of this business"
    best = max(pairs, key=lambda pair: pair.match.score)
    return best.match.score, best.match.reason


def _id(key: Key) -> str:
    return ":".join(key)


def _key(record_id: str) -> Key:
    source, _, source_id = record_id.partition(":")
    return source, source_id

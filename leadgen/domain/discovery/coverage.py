"""The coverage certificate: what of a campaign's circle was searched, what hides, and how much of what there is was found.

Computed from the tiles, the listings and what was left out; stored as it was, so that it can be shown and compared later.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadgen.domain.discovery.coverage_recall import Recall, Unknown, recall_of
from leadgen.domain.discovery.tiling import TileState
from leadgen.domain.geo import Circle, Rectangle


@dataclass(frozen=True, slots=True)
class SearchedTile:
    """One tile of one source: how many results its search returned, and how many of them were kept.

    A tile that was split counts what was seen of it only to know that it is full.
    """

    source: str
    path: str
    box: Rectangle
    found: int
    inside: int
    state: TileState


@dataclass(frozen=True, slots=True)
class SourceCoverage:
    """What one source contributed. `hidden_share` is the share 0-1 of the searched area that still hides results."""

    source: str
    tiles: int  # searched to their end, or as far as the source lets anyone
    split: int
    saturated: int
    found: int
    kept: int
    only_here: int  # businesses that no other source listed
    hidden_share: float


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a discovery can say of itself. `duplicates` are listings recognised as a business another listing gave."""

    circle: Circle
    prospects: int
    listings: int
    duplicates: int
    sources: tuple[SourceCoverage, ...]
    overlaps: Mapping[str, int]  # businesses by the sources that list them, as "google_maps+yelp"
    dropped: Mapping[str, int]  # results left out, by reason
    recall: Recall | Unknown
    tiles: tuple[SearchedTile, ...]

    @property
    def saturated(self) -> int:
        """Tiles that still hide results behind a source's maximum."""
        return sum(source.saturated for source in self.sources)

    @property
    def is_complete(self) -> bool:
        """Whether every tile of every source was searched to its end."""
        return bool(self.sources) and not self.saturated


def certify(
    circle: Circle,
    tiles: Iterable[SearchedTile],
    listings: Iterable[tuple[str, str]],
    dropped: Mapping[str, int],
    lead_cap: int | None = None,
) -> Certificate:
    """The certificate of a finished discovery.

    `listings` are the kept ones: each its source and its business. A discovery that stopped at its `lead_cap` cannot say how
    much it found of what there is.
    """
    searched = tuple(sorted(tiles, key=lambda tile: (tile.source, len(tile.path), tile.path)))
    kept = list(listings)
    seen_by: dict[str, set[str]] = {}
    for source, business in kept:
        seen_by.setdefault(business, set()).add(source)
    groups = Counter(frozenset(sources) for sources in seen_by.values())
    listed = Counter(source for source, _ in kept)
    sources = sorted({tile.source for tile in searched} | set(listed))
    return Certificate(
        circle=circle,
        prospects=len(seen_by),
        listings=len(kept),
        duplicates=len(kept) - len(seen_by),
        sources=tuple(_source(name, searched, listed[name], groups[frozenset((name,))]) for name in sources),
        overlaps={"+".join(sorted(group)): businesses for group, businesses in sorted(groups.items(), key=_by_names)},
        dropped=dict(dropped),
        recall=_recall(groups, dropped, lead_cap),
        tiles=searched,
    )


def _recall(groups: Counter[frozenset[str]], dropped: Mapping[str, int], lead_cap: int | None) -> Recall | Unknown:
    if lead_cap is not None and (dropped.get("over the cap") or groups.total() >= lead_cap):
        return Unknown(f"The campaign keeps {lead_cap} leads at most: what it left out it did not count.")
    return recall_of(groups.elements())


def _source(name: str, tiles: Sequence[SearchedTile], kept: int, only_here: int) -> SourceCoverage:
    of_it = [tile for tile in tiles if tile.source == name]
    ends = [tile for tile in of_it if tile.state != "split"]
    full = [tile for tile in ends if tile.state == "saturated"]
    area = sum(_area(tile.box) for tile in ends)
    return SourceCoverage(
        source=name,
        tiles=len(ends),
        split=len(of_it) - len(ends),
        saturated=len(full),
        found=sum(tile.found for tile in ends),
        kept=kept,
        only_here=only_here,
        hidden_share=sum(_area(tile.box) for tile in full) / area if area else 0.0,
    )


def _area(box: Rectangle) -> float:
    """Of use to compare tiles of one circle: square degrees at the circle's own latitude."""
    return (box.north - box.south) * (box.east - box.west)


def _by_names(group: tuple[frozenset[str], int]) -> tuple[int, list[str]]:
    return len(group[0]), sorted(group[0])


def verdict(certificate: Certificate) -> str:
    """The certificate in two sentences for people."""
    recall = certificate.recall
    if certificate.is_complete:
        words = "Every part of the circle was searched to its end."
    elif certificate.saturated:
        words = f"{certificate.saturated} of the smallest tiles still hide results behind a source's maximum."
    else:
        words = "No source was searched."
    if isinstance(recall, Unknown):
        return f"{words} {recall.reason}"
    return (
        f"{words} About {recall.recall:.0%} of the businesses there are were found"
        f" ({recall.low:.0%} to {recall.high:.0%}), judged from how far the sources agree."
    )


def as_document(certificate: Certificate) -> dict[str, Any]:
    """The certificate ready for JSON; tiles as rows of source, path, south, west, north, east, found, inside, state."""
    recall, center = certificate.recall, certificate.circle.center
    return {
        "center": {"latitude": center.latitude, "longitude": center.longitude},
        "radius_meters": certificate.circle.radius_meters,
        "verdict": verdict(certificate),
        "sources": [
            {name: getattr(source, name) for name in SourceCoverage.__slots__} for source in certificate.sources
        ],
        "overlaps": dict(certificate.overlaps),
        "dropped": dict(certificate.dropped),
        "recall": {"unknown": recall.reason}
        if isinstance(recall, Unknown)
        else {name: getattr(recall, name) for name in Recall.__slots__},
        "tiles": [
            [tile.source, tile.path, box.south, box.west, box.north, box.east, tile.found, tile.inside, tile.state]
            for tile in certificate.tiles
            for box in [tile.box]
        ],
    }


def map_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A stored certificate's tiles as GeoJSON (RFC 7946): those that were searched to their end or still hide results."""
    return {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
                },
                "properties": {"source": source, "tile": path, "found": found, "inside": inside, "state": state},
            }
            for source, path, south, west, north, east, found, inside, state in document["tiles"]
            if state != "split"
        ],
    }

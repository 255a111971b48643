"""The coverage certificate: what it counts, what it estimates, and what it says it does not know."""

import random
from collections.abc import Sequence

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.discovery.coverage import Certificate, SearchedTile, as_document, certify, map_of, verdict
from leadgen.domain.discovery.coverage_recall import FEWEST_RECAPTURES, Recall, Unknown, recall_of
from leadgen.domain.discovery.tiling import TileState, first_tiles
from leadgen.domain.geo import Circle, Point

AUSTIN = Circle.of_miles(Point(30.2672, -97.7431), 10)
ROOT = first_tiles(AUSTIN)[0]

seen_by = st.lists(st.sets(st.sampled_from(["google_maps", "yelp", "apollo"])).map(frozenset), max_size=300)


def seen(both: int, google: int, yelp: int) -> list[frozenset[str]]:
    lists = {("google_maps", "yelp"): both, ("google_maps",): google, ("yelp",): yelp}
    return [frozenset(sources) for sources, count in lists.items() for _ in range(count)]


def drawn(businesses: int, chances: Sequence[float], seed: int) -> list[frozenset[str]]:
    """For each business that any source lists: which do, each by its own chance."""
    rng = random.Random(seed)
    sources = ["google_maps", "yelp", "apollo"]
    all_of_them = [
        frozenset(s for s, chance in zip(sources, chances, strict=False) if rng.random() < chance)
        for _ in range(businesses)
    ]
    return [group for group in all_of_them if group]


def tile(source: str, path: str, state: TileState, found: int = 10) -> SearchedTile:
    box = ROOT.box
    for letter in path:
        west_or_south, east_or_north = type(ROOT)("", box).halves()
        box = (east_or_north if letter in "ne" else west_or_south).box
    return SearchedTile(source, path, box, found, found, state)


def certificate(
    *tiles: SearchedTile, lead_cap: int | None = None, dropped: dict[str, int] | None = None
) -> Certificate:
    listings = [("google_maps", str(n)) for n in range(30)] + [("yelp", str(n)) for n in range(10, 35)]
    return certify(AUSTIN, tiles, listings, dropped or {}, lead_cap)


def test_two_sources_give_chapmans_estimate() -> None:
    recall = recall_of(seen(both=60, google=20, yelp=10))
    assert isinstance(recall, Recall)
    assert recall.method == "chapman"
    assert recall.businesses == pytest.approx(81 * 71 / 61 - 1)
    assert recall.recall == pytest.approx(90 / recall.businesses)


def test_three_sources_give_chaos_estimate() -> None:
    groups = [frozenset({"google_maps"})] * 20 + [frozenset({"yelp"})] * 5 + [frozenset({"apollo"})] * 2
    groups += [frozenset({"google_maps", "yelp"})] * 14 + [frozenset({"google_maps", "yelp", "apollo"})] * 40
    recall = recall_of(groups)
    assert isinstance(recall, Recall)
    assert recall.method == "chao"
    assert recall.businesses == pytest.approx(81 + (20 * 5 + 20 * 2 + 5 * 2) / (14 + 1))


@pytest.mark.parametrize("chances", [(0.9, 0.8), (0.7, 0.6), (0.9, 0.5, 0.3), (0.6, 0.6, 0.6)])
@pytest.mark.parametrize("seed", range(3))
def test_the_estimate_is_within_five_points_of_the_truth_where_sources_are_independent(
    chances: tuple[float, ...], seed: int
) -> None:
    groups = drawn(1_000, chances, seed)
    recall = recall_of(groups)
    assert isinstance(recall, Recall)
    assert recall.recall == pytest.approx(len(groups) / 1_000, abs=0.05)


def test_the_interval_holds_the_truth_in_nine_of_ten_draws() -> None:
    hits = 0
    for seed in range(100):
        groups = drawn(300, (0.8, 0.6), seed)
        recall = recall_of(groups)
        assert isinstance(recall, Recall)
        hits += recall.low <= len(groups) / 300 <= recall.high
    assert hits >= 90


@given(seen_by)
def test_an_estimate_is_a_share_within_its_interval(groups: list[frozenset[str]]) -> None:
    recall = recall_of(groups)
    if isinstance(recall, Recall):
        assert 0 < recall.low <= recall.recall <= recall.high <= 1
        assert recall.businesses >= recall.found == sum(bool(group) for group in groups)


@pytest.mark.parametrize(
    ("groups", "words"),
    [
        ([], "Only one source"),
        (seen(both=0, google=50, yelp=0), "Only one source"),
        (seen(both=FEWEST_RECAPTURES - 1, google=50, yelp=50), "share too few"),
        ([*seen(both=6, google=50, yelp=50), frozenset({"apollo"})], "share too few"),
    ],
)
def test_what_the_sources_cannot_tell_is_unknown(groups: list[frozenset[str]], words: str) -> None:
    recall = recall_of(groups)
    assert isinstance(recall, Unknown)
    assert words in recall.reason


def test_sources_that_agree_on_everything_have_found_everything() -> None:
    recall = recall_of(seen(both=50, google=0, yelp=0))
    assert isinstance(recall, Recall)
    assert (recall.recall, recall.low, recall.high) == (1.0, 1.0, 1.0)


def test_a_certificate_counts_by_source_and_names_duplicates_and_overlap() -> None:
    shown = certificate(tile("google_maps", "", "split", 60), tile("google_maps", "w", "done"),
                        tile("google_maps", "e", "done"), tile("yelp", "", "done", 25))  # fmt: skip
    google, yelp = shown.sources
    assert (google.tiles, google.split, google.found, google.kept, google.only_here) == (2, 1, 20, 30, 10)
    assert (yelp.tiles, yelp.split, yelp.found, yelp.kept, yelp.only_here) == (1, 0, 25, 25, 5)
    assert (shown.prospects, shown.listings, shown.duplicates) == (35, 55, 20)
    assert shown.overlaps == {"google_maps": 10, "yelp": 5, "google_maps+yelp": 20}
    assert shown.is_complete


def test_a_saturated_tile_makes_the_certificate_incomplete_and_tells_the_share_that_hides() -> None:
    shown = certificate(tile("google_maps", "w", "done"), tile("google_maps", "e", "saturated", 60))
    assert not shown.is_complete
    assert shown.sources[0].hidden_share == pytest.approx(0.5, abs=0.01)
    assert "hide results" in verdict(shown)


@pytest.mark.parametrize(("cap", "dropped"), [(35, {}), (100, {"over the cap": 3})])
def test_a_discovery_that_stopped_at_its_cap_states_no_recall(cap: int, dropped: dict[str, int]) -> None:
    shown = certificate(tile("google_maps", "", "done"), lead_cap=cap, dropped=dropped)
    assert isinstance(shown.recall, Unknown)
    assert f"{cap} leads at most" in verdict(shown)


def test_a_certificate_without_tiles_says_that_nothing_was_searched() -> None:
    assert "No source was searched" in verdict(certify(AUSTIN, [], [], {}))


def test_the_document_survives_json_and_gives_the_map() -> None:
    shown = certificate(tile("google_maps", "", "split", 60), tile("google_maps", "e", "done"), dropped={"closed": 2})
    document = orjson.loads(orjson.dumps(as_document(shown)))
    assert document["recall"]["found"] == 35
    assert document["dropped"] == {"closed": 2}
    features = map_of(document)["features"]
    assert [feature["properties"]["tile"] for feature in features] == ["e"]
    ring = features[0]["geometry"]["coordinates"][0]
    assert ring[0] == ring[-1]
    assert len(ring) == 5

"""Clusters: chains stay apart, social pages are not identity, and the order of the listings does not matter."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgen.domain.identity.blocking import candidate_pairs
from leadgen.domain.identity.clusters import resolve
from leadgen.domain.identity.records import Record, traits_of_all

FIRST = (
    "Lamar",
    "Barton",
    "Zilker",
    "Congress",
    "Travis",
    "Bouldin",
    "Mueller",
    "Cedar",
    "Pecan",
    "Bright",
    "Gentle",
    "Summit",
)
SECOND = (
    "Oak",
    "Hill",
    "River",
    "Point",
    "Lake",
    "Ridge",
    "Creek",
    "Park",
    "Valley",
    "Stone",
    "Field",
    "Grove",
    "Bay",
    "Bend",
)


def city(count: int, seed: int = 7) -> tuple[list[Record], set[frozenset[str]]]:
    """`count` dentists of one city, each listed by two sources in their own spelling; and who is who."""
    rng = random.Random(seed)
    listings: list[Record] = []
    for n in range(count):
        name = f"{rng.choice(FIRST)} {rng.choice(SECOND)} Dental"
        number, street = rng.randint(100, 9999), rng.choice(FIRST)
        phone = f"512{rng.randint(2_000_000, 9_999_999)}"
        latitude, longitude = 30.27 + rng.gauss(0, 0.1), -97.74 + rng.gauss(0, 0.1)
        listings += [
            Record(
                f"g{n}", "google_maps", name, f"{number} {street} St", "Austin", "TX", "78704", f"+1{phone}",
                f"https://dental{n}.com", latitude, longitude, "dentist",
            ),
            Record(
                f"y{n}", "yelp", f"{name}, LLC", f"{number} {street} Street", "Austin", "TX", None, phone,
                None, latitude + rng.gauss(0, 0.0003), longitude, "dentists",
            ),
        ]  # fmt: skip
    return listings, {frozenset({f"g{n}", f"y{n}"}) for n in range(count)}


def groups(records: list[Record], **options: bool) -> set[frozenset[str]]:
    return {frozenset(c.record_ids) for c in resolve(records, **options).clusters}


def test_a_city_of_dentists_in_two_sources_is_resolved() -> None:
    listings, truth = city(300)
    found = groups(listings)
    assert len(found & truth) >= 0.99 * len(truth)
    assert all(len(group) <= 2 for group in found)


def test_forty_shops_that_have_only_a_social_page_stay_forty() -> None:
    shops = [
        Record(f"{n}", "yelp", f"{FIRST[n % 12]} {SECOND[n // 3]} Florist", website=f"https://facebook.com/{n}")
        for n in range(40)
    ]
    assert len(groups(shops)) == 40


def test_twelve_branches_of_a_chain_stay_twelve_businesses() -> None:
    branches = [
        Record(
            f"{source}{n}",
            source,
            "Bright Smile Dental",
            f"{100 + 37 * n} {SECOND[n]} Rd",
            "Austin",
            "TX",
            f"787{n:02}",
            f"512555{1000 + 7 * n}",
            "https://brightsmile.com",
            30.2 + n / 50,
            -97.7,
            "dentist",
        )
        for n in range(12)
        for source in ("google_maps", "yelp")
    ]
    assert groups(branches) == {frozenset({f"google_maps{n}", f"yelp{n}"}) for n in range(12)}


def test_a_source_seldom_lists_a_business_twice() -> None:
    google = Record("g", "google_maps", "Barton Oak Dental", "12 Main St", "Austin", phone="5124780143")
    doubles = [
        Record("y1", "yelp", "Barton Oak Dental", "12 Main St", "Austin", phone="5124780143"),
        Record("y2", "yelp", "Barton Oak Kids", "12 Main St", "Austin", phone="5124789999"),
    ]
    resolution = resolve([google, *doubles])
    assert ("g", "y1") in {c.record_ids for c in resolution.clusters}


def test_a_single_list_is_cleaned_of_its_doubles() -> None:
    twice = [
        Record("1", "import", "Barton Oak Dental", "12 Main St", "Austin", phone="5124780143"),
        Record("2", "import", "Barton Oak Dental LLC", "12 Main Street", "Austin", phone="(512) 478-0143"),
        Record("3", "import", "Zilker Lake Dental", "90 Main St", "Austin", phone="5124781111"),
    ]
    assert groups(twice, one_source=True) == {frozenset({"1", "2"}), frozenset({"3"})}


def test_the_pairs_that_joined_a_cluster_are_its_receipt() -> None:
    listings, _ = city(20)
    for cluster in resolve(listings).clusters:
        assert len(cluster.joined_by) == len(cluster.record_ids) - 1
        assert all({p.left_id, p.right_id} <= set(cluster.record_ids) for p in cluster.joined_by)


def test_doubtful_pairs_are_for_review_and_never_within_a_cluster() -> None:
    listings, _ = city(300)
    resolution = resolve(listings)
    cluster_of = {i: c for c in resolution.clusters for i in c.record_ids}
    assert all(cluster_of[p.left_id] is not cluster_of[p.right_id] for p in resolution.review)


@settings(max_examples=20, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(0, 60))
def test_every_record_is_in_one_cluster_whatever_the_order(rng: random.Random, seed: int) -> None:
    listings, _ = city(40, seed)
    shuffled = list(listings)
    rng.shuffle(shuffled)
    assert groups(listings) == groups(shuffled)
    assert sorted(i for c in resolve(listings).clusters for i in c.record_ids) == sorted(r.id for r in listings)


@pytest.mark.parametrize("count", [250, 1_000, 2_000])
def test_blocking_keeps_the_true_pairs_at_a_bounded_cost_a_record(count: int) -> None:
    listings, truth = city(count)
    traits = traits_of_all(listings)
    pairs = {frozenset({traits[i].id, traits[j].id}) for i, j in candidate_pairs(traits)}
    assert truth <= pairs
    assert len(pairs) < 20 * len(listings)


def test_lists_of_names_alone_are_compared_by_their_telling_words() -> None:
    names = [
        Record("a", "left", "Hochheimer Plumbing"),
        Record("b", "right", "Plumbing Hochheimer, Inc."),
        Record("c", "right", "Sony DSC-W120"),
    ]
    assert frozenset({"a", "b"}) in groups(names)


def test_a_list_that_is_not_of_businesses_is_answered_too() -> None:
    papers = [Record(f"{n}", "left", f"A survey of {word} {'x' * n}") for n, word in enumerate(FIRST * 9)]
    assert sum(map(len, groups([*papers, Record("", "right")]))) == len(papers) + 1


def test_one_spot_is_compared_whatever_the_beginning_of_the_name() -> None:
    church = Record("a", "left", "Bethel African Methodist Episcopal Church", latitude=40.44, longitude=-79.98)
    misspelt = Record("b", "right", "Bethal Afican Methodist Church", latitude=40.4402, longitude=-79.98)
    assert groups([church, misspelt]) == {frozenset({"a", "b"})}

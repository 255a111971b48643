"""The sandbox's world is the same for the same seed, exact where it is measured against, and reaches nothing real."""

import csv
import json
import re
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz
from rapidfuzz.utils import default_process

from leadgen.domain.geo import METERS_PER_MILE, Circle, Point, Rectangle, distance_meters
from leadgen.sandbox import truth
from leadgen.sandbox.errors import WorldError
from leadgen.sandbox.fiction.cities import CITIES
from leadgen.sandbox.fiction.domains import fictional_domain
from leadgen.sandbox.fiction.staff import DISPOSABLE_DOMAIN
from leadgen.sandbox.fiction.trades import TRADES
from leadgen.sandbox.loaded import densest_place, load_world
from leadgen.sandbox.made import make_world
from leadgen.sandbox.world import Business, VendorListing, World

REAL_LISTINGS = Path(__file__).parents[3] / "shared/data/places/us_businesses.csv"
COLUMNS = (
    *("id", "source", "name", "address", "city", "state", "postal_code", "country", "phone", "website"),
    *("latitude", "longitude", "category", "open"),
)
SOCIAL_HOSTS = {"www.facebook.com", "www.instagram.com"}


@pytest.fixture(scope="module")
def world() -> World:
    return make_world(prospects=400)


@pytest.fixture(scope="module")
def large_world() -> World:
    return make_world(prospects=5000)


@pytest.fixture
def csv_world(tmp_path: Path) -> World:
    return load_world(_write(tmp_path, _hotels()))


@pytest.fixture(scope="module")
def real_world() -> World:
    if not REAL_LISTINGS.exists():
        pytest.skip("the real listings of ../shared/data are absent")
    return load_world(REAL_LISTINGS)


def test_the_same_seed_gives_the_same_world() -> None:
    assert make_world(seed=7) == make_world(seed=7)


def test_another_seed_gives_another_world() -> None:
    assert not make_world(seed=7).businesses.keys() & make_world(seed=8).businesses.keys()


@settings(max_examples=40, deadline=None)
@given(
    prospects=st.integers(1, 90),
    trade=st.sampled_from([trade.name for trade in TRADES]),
    city=st.sampled_from([city.full_name for city in CITIES]),
    radius=st.floats(0.2, 100),
)
def test_exactly_as_many_are_wanted_as_were_asked_for(prospects: int, trade: str, city: str, radius: float) -> None:
    world = make_world(prospects=prospects, category=trade, place=city, radius_miles=radius)
    assert truth.wanted_count(world) == prospects
    assert world.category == trade
    assert truth.place_name(world) == city


def test_around_the_wanted_stand_other_trades_the_same_trade_outside_and_closed_ones(world: World) -> None:
    inside = [b for b in world.businesses.values() if world.circle.contains(b.location)]
    outside = [b for b in world.businesses.values() if not world.circle.contains(b.location)]
    assert {b.category for b in inside} == {trade.name for trade in TRADES}
    assert len([b for b in outside if b.category == world.category]) >= 80
    assert len([b for b in inside if not b.is_open]) >= 20


def test_five_thousand_wanted_need_tiles_and_tiles_can_part_them(large_world: World) -> None:
    points = [b.location for b in large_world.wanted()]
    assert len(points) == 5000
    assert _depth(large_world.circle.bounding_box(), points) <= 9
    tiles = [large_world.circle.bounding_box()]
    for _ in range(4):
        tiles = [quarter for tile in tiles for quarter in tile.quarters()]
    counts = sorted(sum(tile.contains(point) for point in points) for tile in tiles)
    assert counts[-1] > 5 * counts[len(counts) // 2]  # crowded here, thin there


@pytest.mark.parametrize("category", ["dentist", "Dentists", "plumbing", "car_repair", "veterinary care", "hair"])
def test_a_category_may_be_called_as_people_and_sources_call_it(category: str) -> None:
    assert truth.wanted_count(make_world(prospects=3, category=category)) == 3


@pytest.mark.parametrize(
    ("wish", "named"),
    [
        ({"category": "alchemists"}, "dentists"),
        ({"place": "Atlantis"}, "Austin, TX"),
        ({"prospects": 0}, "at least 1"),
        ({"radius_miles": 200}, "100 miles"),
    ],
)
def test_a_wish_that_no_world_fulfils_says_what_to_wish_for(wish: dict[str, object], named: str) -> None:
    with pytest.raises(WorldError) as caught:
        make_world(**wish)  # type: ignore[arg-type]
    assert named in caught.value.remedy


@pytest.mark.parametrize("worlds", ["world", "csv_world", "real_world"])
def test_listings_of_one_business_agree_as_a_person_would_say(worlds: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(worlds)
    for first, second in _pairs_of_one_business(world):
        assert fuzz.token_set_ratio(_plain(first.name), _plain(second.name)) >= 75, (first.name, second.name)
        assert distance_meters(first.location, second.location) <= 80
        assert first.is_closed == second.is_closed
        if first.phone and second.phone:
            assert _digits(first.phone)[-10:] == _digits(second.phone)[-10:]
        if first.street and second.street:
            assert first.street.split()[0] == second.street.split()[0]


def test_sources_spell_most_businesses_differently(world: World) -> None:
    pairs = list(_pairs_of_one_business(world))
    assert sum(a.name != b.name or a.street != b.street or a.phone != b.phone for a, b in pairs) > 0.9 * len(pairs)
    assert sum(a.name != b.name for a, b in pairs) > 0.15 * len(pairs)
    assert 0.6 * len(world.businesses) < len(pairs) < 0.8 * len(world.businesses)


@pytest.mark.parametrize("worlds", ["world", "csv_world", "real_world"])
def test_every_business_is_listed_and_no_listing_lies_across_the_edge(
    worlds: str, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue(worlds)
    assert {entry.business_id for entry in world.listings} == world.businesses.keys()
    assert len(truth.business_ids(world)) == len(world.listings)
    for entry in world.listings:
        truly = world.businesses[entry.business_id].location
        assert world.circle.contains(entry.location) == world.circle.contains(truly)


def test_some_businesses_are_hard_to_tell_apart(world: World) -> None:
    at: dict[Point, list[Business]] = defaultdict(list)
    branches: dict[str, list[Business]] = defaultdict(list)
    for business in world.wanted():
        at[business.location].append(business)
        if business.site:
            branches[business.site.domain].append(business)
    same_building = [sharers for sharers in at.values() if len(sharers) > 1]
    chains = [sharers for sharers in branches.values() if len(sharers) > 1]
    names = {business.name for business in world.wanted()}
    assert len(same_building) >= 10
    assert len(chains) >= 5
    assert all(len({b.phone for b in sharers}) == len(sharers) for sharers in (*same_building, *chains))
    assert sum(any(other.startswith(f"{name} ") for other in names) for name in names) >= 10


@pytest.mark.parametrize("worlds", ["world", "csv_world", "real_world"])
def test_no_site_mailbox_or_link_is_real(worlds: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(worlds)
    social = SOCIAL_HOSTS if worlds == "world" else set()
    assert world.sites
    for domain, site in world.sites.items():
        assert domain == site.domain
        assert domain.endswith(".example")
        for page in site.pages.values():
            for link in re.findall(r'<a href="(https?://[^"]+)"', page):
                assert _host(link).endswith(".example") or _host(link) in SOCIAL_HOSTS
    assert all(address.endswith(".example") for address in world.mailboxes)
    websites = [*(b.website for b in world.businesses.values()), *(entry.website for entry in world.listings)]
    for website in filter(None, websites):
        assert _host(website).endswith(".example") or _host(website) in social


def test_telephone_numbers_are_fictional_and_unlike(world: World) -> None:
    phones = [b.phone for b in world.businesses.values()]
    assert len(set(phones)) == len(phones)
    assert all(phone and re.fullmatch(r"\+1\d{3}555\d{4}", phone) for phone in phones)


@pytest.mark.parametrize("worlds", ["world", "real_world"])
def test_sites_say_what_is_so(worlds: str, request: pytest.FixtureRequest) -> None:
    world: World = request.getfixturevalue(worlds)
    for business in world.businesses.values():
        site = business.site
        if site is None or site.kind not in {"good", "weak"}:
            continue
        text = "\n".join(site.pages.values())
        for mailbox in business.mailboxes:
            local, _, domain = mailbox.address.partition("@")
            spellings = (mailbox.address, f"{local} (at) {domain}", f"{local} [at] {domain}")
            assert mailbox.on_site == any(f">{spelling}<" in text for spelling in spellings)
        for person in business.people:
            assert not person.on_site or f"{person.first_name} {person.last_name}" in text


def test_good_sites_tell_facts_that_only_this_business_has(world: World) -> None:
    facts = 0
    for business in world.wanted():
        if business.site and business.site.kind == "good" and " - " not in business.name:
            assert business.site.pages.keys() >= {"/", "/about", "/contact"}
            home = business.site.pages["/"]
            assert all(service.capitalize() in home for service in business.services)
            assert all(fact in home for fact in business.facts)
            assert business.year_founded is None or str(business.year_founded) in home
            facts += len(business.facts)
    assert facts > 150


def test_sites_are_of_every_kind_and_some_businesses_have_none(world: World) -> None:
    wanted = world.wanted()
    assert {b.site.kind for b in wanted if b.site} == {"good", "weak", "parked", "social_only", "unreachable"}
    assert 0.09 < sum(b.website is None for b in wanted) / len(wanted) < 0.14
    pages_on_a_shared_host = [b for b in wanted if b.website and _host(b.website) in SOCIAL_HOSTS]
    assert 0.02 < len(pages_on_a_shared_host) / len(wanted) < 0.06
    assert all(site.pages.get("/") for site in world.sites.values() if site.kind != "unreachable")
    assert not any(site.pages for site in world.sites.values() if site.kind == "unreachable")
    assert len({page for site in world.sites.values() for page in site.pages.values()}) > len(world.sites)


def test_one_readable_site_in_twenty_five_hides_a_prompt_injection(world: World) -> None:
    readable = [site for site in world.sites.values() if site.kind in {"good", "weak"}]
    injected = [site for site in readable if site.injected]
    assert len(readable) // 25 <= len(injected) <= len(readable) // 25 + 1
    orders = re.compile("ignore all previous|disregard|reveal your system prompt|new instruction", re.IGNORECASE)
    assert all(site.injected == any(map(orders.search, site.pages.values())) for site in readable)


@pytest.mark.parametrize("seed", range(1, 6))
def test_two_thirds_to_three_quarters_of_the_wanted_can_be_written_to(seed: int) -> None:
    world = make_world(seed=seed)
    assert 0.65 <= len(truth.deliverable_businesses(world)) / truth.wanted_count(world) <= 0.75


def test_mailboxes_are_of_every_kind_and_domains_do_not_mix_regimes(large_world: World) -> None:
    assert {box.kind for box in large_world.mailboxes.values()} == {
        "valid",
        "invalid",
        "catch_all",
        "disposable",
        "unknown",
    }
    kinds: dict[str, set[str]] = defaultdict(set)
    for box in large_world.mailboxes.values():
        kinds[_host(f"//{box.address}")].add(box.kind)
    assert kinds.pop(DISPOSABLE_DOMAIN) == {"disposable"}
    assert all(found == {"catch_all"} for found in kinds.values() if "catch_all" in found)


def test_recall_counts_businesses_by_any_listing_and_names_what_lies_outside(world: World) -> None:
    every_id = set(truth.business_ids(world))
    inside = {id_ for id_, owner in truth.business_ids(world).items() if world.businesses[owner] in world.wanted()}
    google = {id_ for id_ in inside if id_[0] == "google_maps"}
    assert truth.recall(world, inside) == (1.0, 0)
    assert truth.recall(world, set()) == (0.0, 0)
    assert 0.85 < truth.recall(world, google).recall < 1
    assert truth.recall(world, every_id).outside > 0
    assert truth.recall(world, {("yelp", "nobody")}) == (0.0, 1)


def test_duplicates_are_businesses_split_over_groups_or_merged_in_one(world: World) -> None:
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for id_, owner in truth.business_ids(world).items():
        groups[owner].append(id_)
    perfect = list(groups.values())
    assert truth.duplicates(world, perfect) == (0, 0)
    singly = [[id_] for group in perfect for id_ in group]
    assert truth.duplicates(world, singly) == (len(world.listings) - len(world.businesses), 0)
    assert truth.duplicates(world, [perfect[0] + perfect[1], *perfect[2:]]) == (0, 1)


def test_the_description_is_json_and_lists_the_wanted_with_their_listings(world: World) -> None:
    told = json.loads(json.dumps(truth.describe(world)))
    assert told["place"] == "Austin, TX"
    assert told["wanted"].keys() == {b.id for b in world.wanted()}
    assert all(told["wanted"].values())
    assert set(told["deliverable"]) <= told["wanted"].keys()


def test_a_file_gives_its_commonest_category_around_its_densest_place(csv_world: World) -> None:
    assert csv_world.category == "extended stay hotel"
    assert {b.name for b in csv_world.wanted()} == {"Harbor Stay", "Dock Stay", "Müller Stay & Café", "Quiet Stay"}
    assert {place.name for place in csv_world.places} == {"Erie, PA", "Reno, NV"}


def test_a_file_s_names_phones_and_addresses_are_kept_as_listed(csv_world: World) -> None:
    google = {entry.name: entry for entry in csv_world.listings if entry.source == "google_maps"}
    harbor, quiet = google["Harbor Stay"], google["Quiet Stay"]
    assert (harbor.phone, harbor.street, harbor.category) == ("814-555-0101", "1 State St", "extended_stay_hotel")
    assert harbor.website == "http://harborstay.example"
    assert csv_world.businesses["h1"].phone == "+18145550101"
    assert (quiet.phone, quiet.street, quiet.website, quiet.city) == (None, None, None, None)
    assert csv_world.businesses["h4"].mailboxes == ()


def test_rows_without_name_or_coordinates_are_skipped(csv_world: World) -> None:
    assert csv_world.businesses.keys() == {"h1", "h2", "h3", "h4", "far", "shut", "cafe"}


def test_a_loaded_world_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    path = _write(tmp_path, _hotels())
    assert load_world(path, seed=3) == load_world(path, seed=3)


def test_only_the_nearest_prospects_stay_wanted(tmp_path: Path) -> None:
    world = load_world(_write(tmp_path, _hotels()), near=Point(42.13, -80.08), prospects=2)
    assert {b.id for b in world.wanted()} == {"h1", "h2"}
    assert "h3" not in world.businesses
    assert truth.place_name(world) == "42.13,-80.08"


def test_category_and_place_of_a_file_can_be_chosen(tmp_path: Path) -> None:
    path = _write(tmp_path, _hotels())
    world = load_world(path, category="Extended Stay Hotels", near=Point(39.53, -119.81))
    assert [b.id for b in world.wanted()] == ["far"]


@pytest.mark.parametrize(
    ("change", "line", "remedy"),
    [
        ({"latitude": "north"}, "line 2", "number of degrees"),
        ({"longitude": "181"}, "line 2", "number of degrees"),
        ({"open": "maybe"}, "line 2", "Write 1"),
        ({"id": "h2"}, "line 3", "id of its own"),
    ],
)
def test_a_bad_row_is_named_by_its_line(tmp_path: Path, change: dict[str, str], line: str, remedy: str) -> None:
    first, *others = _hotels()
    path = _write(tmp_path, [first | change, *others])
    with pytest.raises(WorldError, match=line) as caught:
        load_world(path)
    assert remedy in caught.value.remedy


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"id,name\n1,Inn\n", "no column latitude"),
        (b"name,latitude,longitude,category\n", "no row with a name"),
        (b"name,latitude,longitude,category\nInn,1,2,hotel,5\n", "line 2: more fields than columns"),
        (b"name,latitude,longitude,category\nInn,1,2,\n", "no category"),
        (b"name,latitude,longitude,category,open\nInn,1,2,hotel,0\n", "no open 'hotel'"),
        (b"name,latitude,longitude,category\n\xff\xfe,1,2,hotel\n", "UTF-8"),
        (b"", "no column"),
    ],
)
def test_a_file_that_is_no_list_of_listings_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "listings.csv"
    path.write_bytes(content)
    with pytest.raises(WorldError, match=says):
        load_world(path)


def test_a_missing_file_or_category_and_an_empty_place_say_what_to_do(tmp_path: Path) -> None:
    path = _write(tmp_path, _hotels())
    with pytest.raises(WorldError, match="cannot be read"):
        load_world(tmp_path / "none.csv")
    with pytest.raises(WorldError, match="extended_stay_hotel"):
        load_world(path, category="zeppelins")
    with pytest.raises(WorldError, match="larger radius"):
        load_world(path, near=Point(0, 0))


def test_the_real_listings_load(real_world: World) -> None:
    assert len(real_world.businesses) == 3425
    assert real_world.category == "hotel"
    assert real_world.wanted()
    assert truth.deliverable_businesses(real_world)


def test_the_densest_place_of_the_real_listings_is_found(real_world: World) -> None:
    hotels = [b.location for b in real_world.businesses.values() if b.category == "hotel" and b.is_open]
    radius = 15 * METERS_PER_MILE
    best = max(sum(Circle(hotel, radius).contains(other) for other in hotels) for hotel in hotels)
    circle = Circle(densest_place(hotels, radius), radius)
    assert sum(circle.contains(hotel) for hotel in hotels) == best


@pytest.mark.parametrize(
    ("website", "domain"),
    [
        ("http://www.sntbiotech.com/", "sntbiotech.example"),
        ("https://rooms.sub.Ritz-Club.co.uk/en?x=1", "ritz-club.example"),
        ("polocleaners.wixsite.com/polo", "polocleaners.example"),
        ("https://www.facebook.com/joes", None),
        ("http://192.168.0.1/", None),
        ("http://[broken", None),
        ("not a website", None),
    ],
)
def test_a_real_website_s_host_is_never_used(website: str, domain: str | None) -> None:
    assert fictional_domain(website) == domain


def _hotels() -> list[dict[str, str]]:
    hotel = {"source": "meta", "country": "US", "category": "extended_stay_hotel", "open": "1"}
    erie = hotel | {"city": "Erie", "state": "PA"}
    return [
        erie
        | {
            "id": "h1",
            "name": "Harbor Stay",
            "address": "1 State St",
            "phone": "814-555-0101",
            "website": "http://www.harborstay.com/rooms?x=1",
            "latitude": "42.13",
            "longitude": "-80.08",
        },
        erie
        | {
            "id": "h2",
            "name": "Dock Stay",
            "website": "https://chainhotels.com/dock",
            "latitude": "42.131",
            "longitude": "-80.081",
        },
        erie
        | {
            "id": "h3",
            "name": "Müller Stay & Café",
            "website": "https://chainhotels.com/muller",
            "latitude": "42.15",
            "longitude": "-80.1",
        },
        hotel | {"id": "h4", "name": "Quiet Stay", "latitude": "42.14", "longitude": "-80.09"},
        hotel
        | {
            "id": "far",
            "name": "Desert Stay",
            "city": "Reno",
            "state": "NV",
            "website": "http://www.facebook.com/desertstay",
            "latitude": "39.53",
            "longitude": "-119.81",
        },
        erie | {"id": "shut", "name": "Closed Stay", "open": "0", "latitude": "42.13", "longitude": "-80.07"},
        erie | {"id": "cafe", "name": "Corner Café", "category": "cafe", "latitude": "42.13", "longitude": "-80.07"},
        erie | {"id": "nameless", "latitude": "42.13", "longitude": "-80.07"},
        erie | {"id": "nowhere", "name": "Nowhere Stay"},
    ]


def _write(folder: Path, rows: list[dict[str, str]]) -> Path:
    path = folder / "listings.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        writer.writeheader()
        writer.writerows(rows)
    return path


def _pairs_of_one_business(world: World) -> list[tuple[VendorListing, VendorListing]]:
    listings: dict[str, list[VendorListing]] = defaultdict(list)
    for entry in world.listings:
        listings[entry.business_id].append(entry)
    return [pair for entries in listings.values() for pair in pairwise(entries)]


def _depth(box: Rectangle, points: list[Point]) -> int:
    """How often a quadtree must split the box until no tile holds more than 60."""
    if len(points) <= 60:
        return 0
    parts = ((quarter, [point for point in points if quarter.contains(point)]) for quarter in box.quarters())
    return 1 + max(_depth(quarter, inside) for quarter, inside in parts)


def _plain(name: str) -> str:
    return default_process(name.replace("&", " and ").replace("'", ""))


def _digits(text: str) -> str:
    return re.sub(r"\D", "", text)


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""

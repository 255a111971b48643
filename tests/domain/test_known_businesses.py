"""Records that come one after another are recognised as they would be beside all others."""

from hypothesis import given, settings
from hypothesis import strategies as st

from leadgen.domain.identity.known import KnownBusinesses
from leadgen.domain.identity.matching import SAME_FROM, compare_traits
from leadgen.domain.identity.records import Record

names = st.sampled_from(
    ["Oak Dental", "Oak Dental LLC", "Oak Dentistry", "Elm Plumbing", "Elm & Sons Plumbing", "Bellino"]
)
phones = st.sampled_from([None, "+15124710100", "+15124710200", "(512) 471-0300"])
addresses = st.sampled_from([None, "12 Oak Street", "14 Oak St", "900 Elm Ave, Suite 4"])
sites = st.sampled_from([None, "https://oak.com", "https://elm.com", "facebook.com/oak"])


@st.composite
def records(draw: st.DrawFn) -> Record:
    return Record(
        id=str(draw(st.integers(0, 10**9))), source="import", name=draw(names), address=draw(addresses), city="Austin",
        postal_code=draw(st.sampled_from([None, "78701", "78702"])), phone=draw(phones), website=draw(sites),
        latitude=None, longitude=None,
    )  # fmt: skip


@settings(max_examples=200)
@given(st.lists(records(), max_size=12), records())
def test_the_best_of_all_known_is_found_without_comparing_all(known: list[Record], new: Record) -> None:
    businesses = KnownBusinesses()
    for record in known:
        businesses.add(businesses.traits(record))
    traits = businesses.traits(new)
    scores = [compare_traits(traits, businesses.traits(record)).score for record in known]
    found = businesses.find(traits)

    best = max(scores, default=0.0)
    if best >= SAME_FROM:
        assert found is not None
        assert found.match.score == best
    else:
        assert found is None


def test_a_crowd_of_one_name_is_searched_around_the_address() -> None:
    businesses = KnownBusinesses()
    for number in range(300):
        branch = Record(
            id=f"branch {number}", source="x", name="Subway", address=f"{number + 100} Main St", city="Austin"
        )
        businesses.add(businesses.traits(branch))
    asked = Record(id="new", source="y", name="Subway", address="250 Main Street", city="Austin")
    found = businesses.find(businesses.traits(asked))

    assert len(businesses) == 300
    assert found is not None
    assert found.record_id == "branch 150"

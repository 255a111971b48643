"""Cost: what a record adds does not grow with how many there are, however alike they are."""

import pytest

from leadgen.domain.identity.blocking import CROWDED, NEIGHBOURS, candidate_pairs
from leadgen.domain.identity.clusters import WITNESSES, resolve
from leadgen.domain.identity.records import Record, traits_of_all


def chain(count: int) -> list[Record]:
    """Branches of one chain in one city: every block is crowded."""
    return [
        Record(f"{n}", f"{n % 2}", "Starbucks", f"{n} Main St", "Austin", "TX", "78704", f"512{2_000_000 + n}")
        for n in range(count)
    ]


@pytest.mark.parametrize("count", [200, 800])
def test_the_pairs_of_a_crowded_city_are_bounded_for_each_record(count: int) -> None:
    pairs = candidate_pairs(traits_of_all(chain(count)))
    assert len(pairs) <= count * max(CROWDED, 6 * NEIGHBOURS)


def test_hundreds_of_copies_of_one_listing_are_one_business() -> None:
    copies = [
        Record(f"{n}", "list", "Barton Oak Dental", "12 Main St", "Austin", phone="5124780143") for n in range(300)
    ]
    assert len(copies) > WITNESSES
    (cluster,) = resolve(copies, one_source=True).clusters
    assert len(cluster.record_ids) == 300

"""How identity's cost grows with the number of listings: pairs compared, CPU seconds and memory.

    python benchmarks/identity_growth.py [COUNT ...]

Made-up listings of two sources: cities of 2,000 businesses, a tenth of them branches of forty chains. Each count runs in a
process of its own, so that memory is its own. Near-linear means that the figures for one listing stay about the same.
"""

import multiprocessing
import random
import resource
import sys
import time

from leadgen.domain.identity.blocking import candidate_pairs
from leadgen.domain.identity.clusters import resolve_traits
from leadgen.domain.identity.records import Record, traits_of_all

COUNTS = (10_000, 50_000, 200_000)
BUSINESSES_IN_A_CITY = 2_000
SYLLABLES = [consonant + vowel for consonant in "bcdfghjklmnprst" for vowel in "aeio"]
TRADES = ["Dental", "Pizza", "Plumbing", "Clinic", "Salon", "Auto", "Cafe", "Grill", "Law"]


def listings(count: int) -> list[Record]:
    """Half of them of each source, in its spelling."""
    rng = random.Random(5)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 4))).title() for _ in range(8_000)]
    made: list[Record] = []
    for n in range(count // 2):
        branch = rng.random() < 0.1
        name = f"Chain{rng.randint(0, 40)}" if branch else f"{rng.choice(words)} {rng.choice(words)}"
        name = f"{name} {rng.choice(TRADES)}"
        city = rng.randint(0, count // 2 // BUSINESSES_IN_A_CITY)
        latitude, longitude = 30 + city * 0.1 + rng.gauss(0, 0.03), -97 + rng.gauss(0, 0.03)
        door = f"{rng.randint(1, 9_999)} {rng.choice(words)}"
        phone = f"512{rng.randint(2_000_000, 9_999_999)}"
        site = "https://chain.example" if branch else f"https://business{n}.example"
        place = (f"City{city}", "TX", f"{70_000 + city}")
        made += [
            Record(f"g{n}", "google_maps", name, f"{door} St", *place, phone, site, latitude, longitude),
            Record(
                f"y{n}", "yelp", f"{name} LLC", f"{door} Street", *place[:2], None, phone, None, latitude, longitude
            ),
        ]
    return made


def measure(count: int) -> str:
    """One line of the table."""
    records = listings(count)
    start = time.process_time()
    traits = traits_of_all(records)
    clusters = len(resolve_traits(traits).clusters)
    seconds = time.process_time() - start
    pairs = len(candidate_pairs(traits))
    mebibytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return (
        f"{count:>9,}{pairs:>11,}{pairs / count:>8.2f}{clusters:>10,}{seconds:>8.1f}{1e6 * seconds / count:>9.0f}"
        f"{mebibytes:>7.0f}"
    )


def main() -> int:
    """Print the table."""
    counts = [int(text) for text in sys.argv[1:]] or list(COUNTS)
    print(f"{'listings':>9}{'pairs':>11}{'each':>8}{'clusters':>10}{'CPU s':>8}{'us each':>9}{'MiB':>7}")
    context = multiprocessing.get_context("spawn")
    for count in counts:
        with context.Pool(1) as pool:
            print(pool.apply(measure, (count,)), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

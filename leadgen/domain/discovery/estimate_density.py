"""How many businesses of a trade people need, and how many people live around a place: what is assumed where nothing is known.

Establishments for every 100,000 inhabitants of the USA, rounded, after the Census Bureau's County Business Patterns (2022) and,
for trades of sole owners, its Nonemployer Statistics. Good to a factor of two, which is how it is used.
"""

import math
from itertools import pairwise

from leadgen.domain.discovery.relevance import understood

TYPICAL = 15.0  # of a trade that is not in the table

_PER_100_000 = {
    "dentist": 40, "orthodontist": 4, "oral surgeon": 5, "doctor": 66, "chiropractor": 12, "physical therapist": 12,
    "optometrist": 10, "veterinarian": 10, "pharmacy": 14, "hospital": 2, "medical spa": 6, "therapist": 25,
    "hair salon": 60, "barber": 15, "nail salon": 12, "spa": 20, "tattoo shop": 6, "tanning salon": 3, "gym": 12,
    "yoga studio": 4, "pilates studio": 3, "martial arts school": 6, "restaurant": 160, "pizzeria": 22, "fast food": 60,
    "steakhouse": 4, "diner": 10, "cafe": 22, "bakery": 8, "ice cream shop": 7, "bar": 15, "brewery": 3, "caterer": 5,
    "food truck": 8, "hotel": 17, "motel": 5, "bed and breakfast": 2, "campground": 2, "vacation rental": 10,
    "plumber": 20, "electrician": 23, "hvac": 18, "roofer": 9, "painter": 14, "landscaper": 35, "contractor": 55,
    "cleaning service": 22, "pest control": 5, "locksmith": 3, "mover": 5, "pool service": 5, "garage door service": 3,
    "tree service": 7, "flooring company": 8, "solar company": 3, "auto repair": 30, "car dealer": 14, "car wash": 7,
    "tire shop": 7, "body shop": 11, "gas station": 32, "car rental": 4, "lawyer": 48, "accountant": 38,
    "insurance agency": 40, "real estate agency": 40, "property manager": 15, "financial advisor": 18,
    "mortgage broker": 6, "bank": 23, "marketing agency": 14, "architect": 7, "it service": 20, "travel agency": 3,
    "employment agency": 10, "day care": 23, "nursing home": 20, "school": 39, "university": 2, "tutor": 10,
    "church": 90, "pet groomer": 9, "pet boarding": 5, "pet store": 4, "florist": 4, "jeweler": 6, "clothing store": 26,
    "furniture store": 8, "hardware store": 5, "book store": 2, "grocery store": 20, "liquor store": 10,
    "convenience store": 25, "cell phone store": 8, "dry cleaner": 10, "self storage": 8, "print shop": 8,
    "photographer": 10, "wedding venue": 5, "wedding planner": 4, "funeral home": 5, "movie theater": 1, "museum": 2,
}  # fmt: skip

# Inhabitants within so many miles of the center of an American city that people name: the middle of what is usual.
_PEOPLE: tuple[tuple[float, float], ...] = (
    (0.1, 100),
    (1, 10_000),
    (5, 180_000),
    (10, 500_000),
    (25, 1_400_000),
    (50, 2_700_000),
    (100, 6_000_000),
)


def per_100_000(business_type: str) -> float:
    """Businesses of the kind sought for every 100,000 inhabitants; of several trades together."""
    trades = understood(business_type).trades
    return sum(_PER_100_000.get(trade.name, TYPICAL) for trade in trades) if trades else TYPICAL


def people_within(radius_miles: float) -> float:
    """Inhabitants around the center of an American city, between the table's steps by their logarithms."""
    if radius_miles <= _PEOPLE[0][0]:
        return _PEOPLE[0][1] * (radius_miles / _PEOPLE[0][0]) ** 2
    for (near, fewer), (far, more) in pairwise(_PEOPLE):
        if radius_miles <= far:
            share = math.log(radius_miles / near) / math.log(far / near)
            return fewer * math.exp(share * math.log(more / fewer))
    return _PEOPLE[-1][1] * (radius_miles / _PEOPLE[-1][0]) ** 2

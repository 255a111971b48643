"""Is a listing the kind of business that is sought? Asked before any paid enrichment.

Sources answer a search for dentists with dental labs, supply stores and the pharmacy next door. The source's own
category decides first; the name counts where the category is vague. What is not known as a trade is compared word by
word.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from leadgen.domain.discovery.listing import Listing
from leadgen.domain.discovery.trades import BY_NAME, Trade, phrase, trade_ending
from leadgen.domain.identity.words import word_set

Phrase = tuple[str, ...]

_PLACE = re.compile(r"\s+(?:in|near|around|within|at)\s.*$|\s+nearby$", re.IGNORECASE)
_ALTERNATIVES = re.compile(r"\s*(?:,|/|;|\bor\b|\band\b|&)\s*", re.IGNORECASE)

# Words that say how good, how near or how soon, not what.
_MODIFIERS = word_set(
    """a an the best top good great local nearby cheap affordable small independent family owned licensed certified new
    old emergency 24 hour hr 7 mobile professional luxury boutique modern cosmetic residential commercial"""
)
# Last words that any trade may carry: roofing companies, dental offices.
_CARRIERS = word_set(
    """company business service shop store office practice firm clinic place owner provider professional specialist
    agency"""
)
_CUISINES = word_set(
    """afghani african american asian barbecue brazilian breakfast brunch caribbean chinese cuban ethiopian french
    german greek hawaiian indian indonesian italian japanese korean lebanese mediterranean mexican moroccan peruvian
    ramen seafood spanish sushi thai turkish vegan vegetarian vietnamese"""
)
_WITH_CUISINE = frozenset(["restaurant", "cafe", "diner", "fast food", "food truck"])
# Cuisines whose Google type is `<cuisine>_restaurant`
_GOOGLE_CUISINES = _CUISINES - word_set("cuban ethiopian german hawaiian moroccan peruvian caribbean")
_YELP_CUISINES = {"american": "newamerican", "barbecue": "bbq", "breakfast": "breakfast_brunch", "indian": "indpak"}

# Categories that say nothing of the trade.
_VAGUE = frozenset(
    phrase(category)
    for category in word_set(
        """establishment point_of_interest store food health finance service business company premise general_contractor
        local_services localservices professional_services professional professionalservices homeservices home_services
        health_and_medical healthcare medical shopping retail beautysvc beauty auto automotive eat_and_drink
        corporate_office consultant lodging accommodation education eventservices food_store place_of_worship"""
    )
)
# Words in a name that turn the trade into its supplier, school or lobby.
_NOT_THE_TRADE_ITSELF = word_set(
    """supply supplier lab laboratory school academy college institute university insurance association society board
    foundation museum software staffing recruiting equipment wholesale manufacturing distributor magazine parking
    atm"""
)


@dataclass(frozen=True, slots=True)
class Relevance:
    """Whether a listing is of the trade that is sought, and why, in words."""

    relevant: bool
    reason: str


NOTHING_TOLD = Relevance(True, "no category to judge by")  # kept, as nothing speaks against it


@dataclass(frozen=True, slots=True)
class Sought:
    """What a person typed, understood. Without `trades` it is known by its `words` alone."""

    typed: str  # in the singular, without spaces: as a source's category may spell it
    words: Phrase
    trades: tuple[Trade, ...]
    cuisine: str | None


def is_relevant(listing: Listing, business_type: str) -> Relevance:
    """Whether the listing is the business sought (`dentists`, `emergency plumbers`, `boutique hotels`)."""
    sought = understood(business_type)
    filed = [phrase(category) for category in dict.fromkeys((listing.category, *listing.categories)) if category]
    name = phrase(listing.name)
    exact = next((category for category in filed if "".join(category) == sought.typed), None)
    if exact:
        return Relevance(True, f"listed as {' '.join(exact)}")
    if not sought.trades:
        return _by_words(sought.words, filed, name)
    if sought.cuisine and not _has_cuisine(sought.cuisine, filed, name):
        return Relevance(False, f"nothing says {sought.cuisine}")
    return _by_trade(sought.trades, filed, name)


def is_shown_relevant(listing: Listing, business_type: str) -> bool:
    """Whether the listing itself says that it is the business sought, by its category or its name."""
    verdict = is_relevant(listing, business_type)
    return verdict.relevant and verdict != NOTHING_TOLD


def is_same_kind(one: str, other: str) -> bool:
    """Whether two business types mean the same, however they are typed (`dentists`, `best dental offices in Austin`)."""
    first, second = understood(one), understood(other)
    if first.trades or second.trades:
        return set(first.trades) == set(second.trades) and first.cuisine == second.cuisine
    return first.words == second.words


def google_type(business_type: str) -> str | None:
    """The one Google type to filter a search by; None where no type covers all that is sought."""
    sought = understood(business_type)
    if len(sought.trades) != 1:
        return None
    trade = sought.trades[0]
    if sought.cuisine:
        return f"{sought.cuisine}_restaurant" if sought.cuisine in _GOOGLE_CUISINES else "restaurant"
    exact = next((t for t in trade.google_types if phrase(t) == sought.words), None)
    return exact or next(iter(trade.google_types), None)


def yelp_category(business_type: str) -> str | None:
    """The Yelp aliases to filter a search by, joined by commas; None where nothing is known."""
    sought = understood(business_type)
    if sought.cuisine:
        return _YELP_CUISINES.get(sought.cuisine, sought.cuisine)
    return ",".join(alias for trade in sought.trades for alias in trade.yelp_aliases) or None


@lru_cache(maxsize=1_024)
def understood(business_type: str) -> Sought:
    """What is sought: place and praise left out, one trade or several (`plumbers and electricians`)."""
    text = _PLACE.sub("", business_type)
    typed = phrase(text)
    words = typed if typed in BY_NAME else _without_modifiers(typed)
    trades = _trades_of(text, words)
    food = len(trades) == 1 and trades[0].name in _WITH_CUISINE
    cuisine = next((word for word in words[:-1] if word in _CUISINES), None) if food else None
    return Sought("".join(typed), words, trades, cuisine)


def _trades_of(text: str, words: Phrase) -> tuple[Trade, ...]:
    parts = [_without_modifiers(phrase(part)) for part in _ALTERNATIVES.split(text) if part]
    if len(parts) > 1 and words not in BY_NAME:
        several = [_trade_of(part) for part in parts]
        if all(several):
            return tuple(dict.fromkeys(trade for trade in several if trade))
    trade = _trade_of(words)
    return (trade,) if trade else ()


def _without_modifiers(words: Phrase) -> Phrase:
    left = tuple(word for word in words if word not in _MODIFIERS)
    return words if _CARRIERS.issuperset(left) else left


def _trade_of(words: Phrase) -> Trade | None:
    """The trade a typed phrase means; `roofing company` by what stands before the carrier."""
    trade = trade_ending(words)
    while trade is None and len(words) > 1 and words[-1] in _CARRIERS:
        words = words[:-1]
        trade = trade_ending(words)
    return trade


def _by_trade(trades: tuple[Trade, ...], filed: list[Phrase], name: Phrase) -> Relevance:
    known = [trade_ending(category) for category in filed]
    matching = [category for category, trade in zip(filed, known, strict=True) if trade and _is_one_of(trade, trades)]
    told = [(category, trade) for category, trade in zip(filed, known, strict=True) if category not in _VAGUE]
    primary = told[0][1] if told else None
    akin = primary is None or any(primary.sector == wanted.sector for wanted in trades)
    if matching and (akin or matching[0] == told[0][0]):
        return Relevance(True, f"listed as {' '.join(matching[0])}")
    if (not told or (primary and akin)) and _names_trade(name, trades):
        return Relevance(True, f"named like a {trades[0].name}")
    if told:
        return Relevance(False, f"listed as {' '.join(told[0][0])}")
    other = trade_ending(name)
    if filed or other:
        return Relevance(False, f"named like a {other.name}" if other else "nothing names the trade")
    return NOTHING_TOLD


def _is_one_of(trade: Trade, trades: tuple[Trade, ...]) -> bool:
    return any(trade is wanted or trade.part_of == wanted.name for wanted in trades)


def _names_trade(name: Phrase, trades: tuple[Trade, ...]) -> bool:
    """Whether a name gives the trade away, and not that of its supplier or school."""
    if not _NOT_THE_TRADE_ITSELF.isdisjoint(name):
        return False
    return any(
        word == stem or (len(stem) > 3 and word.startswith(stem))
        for trade in trades
        for stem in trade.stems
        for word in name
    )


def _has_cuisine(cuisine: str, filed: list[Phrase], name: Phrase) -> bool:
    return cuisine in name or any(cuisine in category for category in filed)


def _by_words(sought: Phrase, filed: list[Phrase], name: Phrase) -> Relevance:
    """For trades we do not know: every word sought stands in one category, or the name says it all."""
    needed = {word for word in sought if word not in _CARRIERS} or set(sought)
    for category in filed:
        if needed <= set(category):
            return Relevance(True, f"listed as {' '.join(category)}")
    vague = all(category in _VAGUE or trade_ending(category) is None for category in filed)
    if vague and needed <= set(name) and _NOT_THE_TRADE_ITSELF.isdisjoint(set(name) - needed):
        return Relevance(True, "named like it")
    if not filed:
        return NOTHING_TOLD
    return Relevance(False, f"listed as {' '.join(filed[0])}")

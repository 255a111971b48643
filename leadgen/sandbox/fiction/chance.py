"""Chance that repeats: every draw of a world comes from its seed."""

import random
from collections.abc import Mapping
from typing import TypeVar

T = TypeVar("T")


def chance(seed: int, *names: str) -> random.Random:
    """A generator of its own for each name, so that one business's draws never shift another's."""
    return random.Random(":".join((str(seed), *names)))  # noqa: S311 - repeatable on purpose, guards nothing


def draw(rng: random.Random, weights: Mapping[T, float]) -> T:
    """One of the keys, as likely as its weight."""
    return rng.choices(tuple(weights), tuple(weights.values()))[0]


def deck(rng: random.Random, weights: Mapping[T, float], size: int) -> list[T]:
    """`size` cards in random order whose shares are the weights, exact to one card (largest remainder method)."""
    total = sum(weights.values())
    shares = {card: weight / total * size for card, weight in weights.items()}
    counts = {card: int(share) for card, share in shares.items()}
    by_remainder = sorted(shares, key=lambda card: counts[card] - shares[card])
    for card in by_remainder[: size - sum(counts.values())]:
        counts[card] += 1
    cards = [card for card, count in counts.items() for _ in range(count)]
    rng.shuffle(cards)
    return cards

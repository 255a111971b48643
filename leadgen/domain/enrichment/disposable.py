"""Throw-away mailboxes: which domains hand them out. The list and its origin stand in `disposable_domains.txt`."""

from functools import cache
from importlib.resources import files


@cache
def _domains() -> frozenset[str]:
    text = files(__package__).joinpath("disposable_domains.txt").read_text(encoding="ascii")
    return frozenset(
        domain for line in text.splitlines() if not line.startswith("#") for domain in line.split()
    )  # fmt: skip


def is_disposable(domain: str) -> bool:
    """Whether the domain, or one it belongs to, hands out mailboxes to be thrown away."""
    labels = domain.lower().rstrip(".").split(".")
    return any(".".join(labels[at:]) in _domains() for at in range(len(labels) - 1))

"""One request to one account at Stripe: its parameters, the objects that its address names, its lists."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from leadgen.sandbox.stripe_account import Account
from leadgen.sandbox.stripe_answers import Thing, page
from leadgen.sandbox.stripe_form import Kind, integer, read, text

PAGE: Mapping[str, Kind] = {"limit": integer, "starting_after": text, "ending_before": text}


@dataclass(frozen=True, slots=True)
class Ask:
    """`given` are the parameters of form or query, decoded and without `expand`; `values` what stands in the path."""

    account: Account
    path: str
    values: Mapping[str, str]
    given: Mapping[str, Any]

    def read(self, kinds: Mapping[str, Kind], required: str = "") -> dict[str, Any]:
        """The parameters, each as what it must be.

        Raises:
            Refused: one is unknown, missing or wrong.
        """
        return read(self.given, kinds, required)

    def named(self, kind: str) -> Thing:
        """The object that the address names.

        Raises:
            Refused: there is none.
        """
        return self.account.find(kind, self.values["id"])

    def listed(self, kind: str, kinds: Mapping[str, Kind], keep: Callable[[Thing, dict[str, Any]], bool]) -> Thing:
        """A page of the objects of a kind that a filter's parameters let through."""
        given = self.read({**PAGE, **kinds})
        things = [thing for thing in self.account.of(kind) if not thing.get("deleted") and keep(thing, given)]
        return page(self.path, things, given)


def equals(*names: str) -> Callable[[Thing, dict[str, Any]], bool]:
    """A filter by equality: each of these parameters, where it is given, is the object's value of that name."""
    return lambda thing, given: all(thing.get(name) == given[name] for name in names if name in given)

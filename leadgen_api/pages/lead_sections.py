"""What a lead's page shows together that is stored apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from leadgen_api.leads.schemas import LeadDetail, Receipt


@dataclass(frozen=True, slots=True)
class Component:
    """One of the score's four components (0-25 points) with the factors that make it."""

    name: str
    points: int
    factors: Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Call:
    """A call to a vendor, by its first receipt, and the fields that rest on it."""

    fields: Sequence[str]
    receipt: Receipt


def components_of(lead: LeadDetail) -> list[Component]:
    """The score's components, in the order of its factors."""
    by_component: dict[str, list[dict[str, Any]]] = {}
    for factor in lead.scoring_factors or []:
        by_component.setdefault(factor["component"], []).append(factor)
    return [
        Component(name, sum(factor["points"] for factor in factors), factors) for name, factors in by_component.items()
    ]


def calls_of(lead: LeadDetail) -> list[Call]:
    """The receipts by call, so that each call's price appears once."""
    by_call: dict[object, list[Receipt]] = {}
    for receipt in lead.receipts:
        by_call.setdefault(receipt.provider_call_id or receipt.provider, []).append(receipt)
    return [Call(sorted({r.field for r in receipts}), receipts[0]) for receipts in by_call.values()]

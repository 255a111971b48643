"""What is true in the sandbox's world, to measure a campaign against."""

from collections.abc import Iterable
from typing import Any

import httpx
from pydantic import BaseModel

from leadgen.cli.report import Coverage


class Truth(BaseModel):
    """What the sandbox says of its world. `wanted`: each sought business with the (source, id) of its listings."""

    category: str
    place: str
    radius_meters: float
    wanted: dict[str, list[tuple[str, str]]]

    def coverage(self, listings: Iterable[dict[str, Any]]) -> Coverage:
        """How much of what was wanted was found, from the listings of a campaign's prospects."""
        owners = {listing: business for business, of_it in self.wanted.items() for listing in of_it}
        found: dict[object, set[str]] = {}
        for row in listings:
            business = owners.get((row["source"], row["source_id"]))
            found.setdefault(row["prospect_id"], set()).update({business} if business else ())
        hits = {business for businesses in found.values() for business in businesses}
        unwanted = sum(1 for businesses in found.values() if not businesses)
        return Coverage(wanted=len(self.wanted), found=len(hits), outside=unwanted)


def read_truth(sandbox_url: str) -> Truth:
    """Asks the sandbox."""
    answer = httpx.get(f"{sandbox_url}/__sandbox/truth", timeout=30, trust_env=False)
    answer.raise_for_status()
    return Truth.model_validate_json(answer.content)

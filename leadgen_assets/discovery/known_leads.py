"""What a discovery leaves out although it fits: the organization's exclusions, and leads it has in other campaigns."""

from typing import Any
from uuid import UUID

from leadgen.domain.discovery.exclusions import ExclusionList
from leadgen.domain.discovery.listing import Listing, lead_fields
from leadgen.domain.identity.known import KnownBusinesses
from leadgen.domain.identity.records import Record
from leadgen.errors import InputError
from leadgen.store.imports import queries, read_exclusions, record_of
from leadgen.store.imports.choices import BROUGHT
from leadgen_assets.rows import as_json
from leadgen_assets.session import Session

CHOICES = ("keep", "exclude", "refresh")  # `known_leads` of a campaign's criteria
EXCLUDED = "on the exclusion list"
KNOWN = "a lead of another campaign"


class KnownLeads:
    """Says of each listing whether it is left out. Under `refresh` it gathers what the listings say of the leads elsewhere."""

    def __init__(self, exclusions: ExclusionList, elsewhere: list[dict[str, Any]], choice: str) -> None:
        self._exclusions = exclusions
        self._choice = choice
        self._businesses = KnownBusinesses()
        self._is_brought: dict[str, bool] = {}
        self._refreshed: dict[UUID, dict[str, Any]] = {}
        for row in elsewhere:
            self._businesses.add(self._businesses.traits(record_of(row)))
            self._is_brought[str(row["id"])] = row["source"] in BROUGHT

    def reason_to_drop(self, listing: Listing) -> str | None:
        """Why this listing becomes no prospect of the campaign; None where nothing speaks against it."""
        if self._exclusions.reason(listing):
            return EXCLUDED
        if not len(self._businesses):
            return None
        found = self._businesses.find(self._businesses.traits(Record.of(listing)))
        if found is None:
            return None
        if self._choice == "refresh":
            lead = UUID(found.record_id)
            self._refreshed.setdefault(lead, {"id": lead, **lead_fields(listing)})
        return KNOWN

    async def save(self, session: Session) -> None:
        """Corrects the leads elsewhere; what a tenant brought is completed and not overruled. Their websites are read again."""
        if not self._refreshed:
            return
        organization = session.campaign.organization_id
        brought = [row for lead, row in self._refreshed.items() if self._is_brought[str(lead)]]
        found = [row for lead, row in self._refreshed.items() if not self._is_brought[str(lead)]]
        async with session.database.tenant(organization) as transaction:
            for sql, rows in ((queries.FILL_FIELDS, brought), (queries.REPLACE_FIELDS, found)):
                if rows:
                    await transaction.execute(sql, {"organization": organization, "json": as_json(rows)})
            await transaction.execute(
                queries.DERIVE_AGAIN, {"organization": organization, "ids": [row["id"] for row in found]}
            )


async def known_leads(session: Session) -> KnownLeads:
    """Those of the campaign's organization.

    Raises:
        InputError: the campaign's `known_leads` is none of keep, exclude and refresh.
    """
    campaign = session.campaign
    choice = str(campaign.criteria.get("known_leads", "keep"))
    if choice not in CHOICES:
        raise InputError(
            f"known_leads is {choice!r}.", remedy=f"Set the campaign's known_leads to one of {', '.join(CHOICES)}."
        )
    named = {"organization": campaign.organization_id, "campaign": campaign.id}
    async with session.database.tenant(campaign.organization_id) as transaction:
        exclusions = await read_exclusions(transaction, campaign.organization_id)
        elsewhere = [] if choice == "keep" else await transaction.all(queries.KNOWN_ELSEWHERE, named)
    return KnownLeads(exclusions, elsewhere, choice)

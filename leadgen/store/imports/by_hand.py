"""A single lead that a member adds by hand: read, recognised and written as a row of a file is, in one transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from leadgen.domain.discovery.importing_columns import FIELDS, Field
from leadgen.domain.discovery.importing_rows import RowProblem, RowReader
from leadgen.domain.identity.domains import site_domain
from leadgen.errors import InputError
from leadgen.store.database import Transaction
from leadgen.store.imports import queries
from leadgen.store.imports.batches import Origin, batch_of, save
from leadgen.store.imports.choices import Choices
from leadgen.store.imports.exclusions import read_exclusions
from leadgen.store.imports.recognising import Outcome, Recogniser

SAID_BY = "added by hand"


@dataclass(frozen=True, slots=True)
class AddedLead:
    """What became of the lead: its outcome as of an imported row, the lead it is, why it was recognised, and what is wrong.

    Nothing is written where `problems` says anything, nor for `duplicates`, `known` and `excluded`.
    """

    outcome: Outcome
    prospect_id: UUID | None
    because: str | None
    problems: tuple[RowProblem, ...]


async def add_lead(
    transaction: Transaction,
    organization_id: UUID,
    campaign_id: UUID,
    fields: Mapping[Field, str],
    choices: Choices,
) -> AddedLead:
    """Adds one lead to a campaign, which goes on with it. `fields` are as a person typed them.

    Raises:
        InputError: there is no such campaign.
    """
    named = {"organization": organization_id, "campaign": campaign_id}
    if not await transaction.value(queries.CAMPAIGN, named):
        raise InputError(f"There is no campaign {campaign_id}.", remedy="Check its id.")
    headers = tuple(field for field in FIELDS if fields.get(field))
    columns = {field: str(field) for field in headers}
    cells = [fields[field] for field in headers]
    listing = RowReader(headers, columns, country=choices.country, source="manual").read(1, cells).listing
    near = []
    if listing is not None:
        sought = {"phone": listing.phone, "domain": site_domain(listing.website), "zip_code": listing.zip_code}
        near = await transaction.all(queries.KNOWN_NEAR, {**named, **sought, "name": listing.name})
    # a wanted double is told from the one before it by how many there are
    numbered = choices.duplicates == "duplicate"
    reader = RowReader(headers, columns, country=choices.country, numbered=numbered, source="manual")
    row = reader.read(len(near) + 1, cells)
    if row.problems:
        return AddedLead("bad", None, None, row.problems)
    recogniser = Recogniser(campaign_id, choices, await read_exclusions(transaction, organization_id))
    for known in near:
        recogniser.remember(known)
    decision = recogniser.decide(row)
    origin = Origin(organization_id, campaign_id, None, SAID_BY)
    await save(transaction, batch_of([decision], origin), origin)
    if decision.outcome in {"added", "updated"}:
        await transaction.execute(queries.RESUME_CAMPAIGN, named)
    return AddedLead(decision.outcome, decision.prospect_id, decision.because, ())

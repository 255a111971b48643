"""A campaign's prospects placed under the companies they are locations of."""

import json
from uuid import UUID

from leadgen.domain.identity.companies import group_companies
from leadgen.domain.identity.records import Record
from leadgen.store.database import Transaction
from leadgen.store.merges import queries


async def record_companies(transaction: Transaction, campaign_id: UUID) -> int:
    """Finds the companies with several locations in a campaign and notes them. Returns how many. Needs the pipeline's role.

    Again with the same prospects it changes nothing; companies of other campaigns with the same website are the same ones.
    """
    rows = await transaction.all(queries.LOCATIONS_OF_CAMPAIGN, {"campaign": campaign_id})
    companies = group_companies(
        Record(
            id=str(row["id"]),
            source=row["source"],
            name=row["company_name"],
            address=row["address"],
            city=row["city"],
            state=row["state"],
            postal_code=row["zip_code"],
            phone=row["phone"],
            website=row["website"],
            country=row["country"],
        )
        for row in rows
    )
    await transaction.execute(queries.CLEAR_LOCATIONS, {"campaign": campaign_id})
    if companies:
        found = [{"key": c.key, "name": c.name, "domain": c.domain} for c in companies]
        located = [{"prospect_id": i, "key": c.key, "reason": c.reason} for c in companies for i in c.record_ids]
        await transaction.execute(queries.SAVE_COMPANIES, {"json": json.dumps(found)})
        await transaction.execute(queries.SAVE_LOCATIONS, {"json": json.dumps(located)})
    return len(companies)

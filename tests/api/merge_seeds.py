"""Businesses that were found twice: a pair to decide, a merge that holds, two to merge, a company with its locations."""

from uuid import UUID

import psycopg
from api_seeds import Seeds
from databases import Tenant


def seed_doubles(seeds: Seeds, tenant: Tenant) -> dict[str, UUID]:
    """Ids by the name of the route's parameter; `into_id` is what `prospect_id` may be merged into."""
    found = [seeds.prospect(tenant, f"Double {n}") for n in range(6)]
    left, right = sorted(found[:2])
    company = "insert into companies (organization_id, key, name) values (%s, 'domain:a.example', 'A') returning id"
    review = """
        insert into match_reviews (organization_id, campaign_id, left_prospect_id, right_prospect_id, score, reason)
        values (%s, %s, %s, %s, 0.4, 'same name (+4.0)') returning id
    """
    merge = """
        insert into merges (organization_id, campaign_id, kept_prospect_id, merged_prospect_id, moved)
        values (%s, %s, %s, %s, '{"demoted": [], "filled": {}}') returning id
    """
    with psycopg.connect(seeds.owner_url) as connection:

        def one(sql: str, *parameters: object) -> UUID:
            row = connection.execute(sql, parameters).fetchone()
            assert row is not None
            return UUID(str(row[0]))

        ids = {
            "review_id": one(review, tenant.organization_id, tenant.campaign_id, left, right),
            "merge_id": one(merge, tenant.organization_id, tenant.campaign_id, found[2], found[3]),
            "company_id": one(company, tenant.organization_id),
        }
        connection.execute("update prospects set merged_into = %s where id = %s", (found[2], found[3]))
        connection.execute(
            "insert into prospect_companies select id, organization_id, %s, 'same website' from prospects where id = any (%s)",
            (ids["company_id"], found[:2]),
        )
    return {**ids, "prospect_id": found[4], "into_id": found[5]}


def seed_active_sequence(seeds: Seeds, tenant: Tenant, prospect: UUID) -> None:
    """Mails that are on their way to a prospect."""
    sql = """
        insert into outreach_sequences
          (organization_id, campaign_id, prospect_id, sequence_type, status, content_hash, approved_hash, code_version)
        values (%s, %s, %s, 'email', 'active', repeat('0', 64), repeat('0', 64), '1')
    """
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute(sql, (tenant.organization_id, tenant.campaign_id, prospect))

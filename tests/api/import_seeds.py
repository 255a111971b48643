"""What a member has brought: an import that ended, and an entry of the exclusion list."""

from uuid import UUID

from api_seeds import Seeds
from databases import Tenant

LEADS_FILE = {"file": ("leads.csv", b"Company\nFir Vet\n", "text/csv")}

_IMPORT = """
    insert into imports (organization_id, campaign_id, file_name, file_sha256, choices_sha256, choices, columns, state,
                         ended_at)
    values (%s, %s, 'leads.csv', sha256('file'), sha256('choices'), '{}', '{"company_name": "Company"}', 'done', now())
    returning id
"""
_EXCLUSION = """
    insert into exclusions (organization_id, kind, key, value) values (%s, 'domain', 'oak.com', 'oak.com') returning id
"""


def seed_import(seeds: Seeds, tenant: Tenant) -> dict[str, UUID]:
    """Their ids by the name of the routes' parameter."""
    return {
        "import_id": seeds.value(_IMPORT, (tenant.organization_id, tenant.campaign_id)),
        "exclusion_id": seeds.value(_EXCLUSION, (tenant.organization_id,)),
    }

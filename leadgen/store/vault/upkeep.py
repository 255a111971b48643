"""The vault's care across tenants: rotations and the check behind `leadgen vault`. Needs the owner's connection."""

from dataclasses import dataclass

from leadgen.store.database import Database
from leadgen.store.vault import queries
from leadgen.store.vault.vault import Vault, VaultReport


@dataclass(frozen=True, slots=True)
class VaultState:
    """`credentials`: those that open, and those that do not. `master_keys`: secrets wrapped by each, by the key's id."""

    credentials: VaultReport
    master_keys: dict[str, int]


async def rotate_master(database: Database, vault: Vault) -> VaultReport:
    """Wraps all secrets with the current master key, in one transaction. Counts secrets."""
    async with database.nobody() as transaction:
        return await vault.rotate_master(transaction)


async def rotate_organizations(database: Database, vault: Vault, older_than_days: int = 0) -> VaultReport:
    """Renews the secrets of at least this age, oldest first, each organization in its own transaction.

    Counts credentials. Where it is interrupted, every credential opens: under the new secret or under the former.
    """
    async with database.nobody() as transaction:
        due = await transaction.all(queries.ORGANIZATIONS_DUE, {"older_than_days": older_than_days})
    reports = []
    for row in due:
        async with database.tenant(row["organization_id"]) as transaction:
            reports.append(await vault.rotate_organization(transaction, row["organization_id"]))
    return _sum(reports)


async def check(database: Database, vault: Vault) -> VaultState:
    """Opens every credential of every organization, and counts the secrets of each master key. Changes nothing."""
    async with database.nobody() as transaction:
        rows = await transaction.all(queries.ORGANIZATIONS_WITH_CREDENTIALS)
        master_keys = await transaction.all(queries.SECRETS_BY_MASTER_KEY)
    reports = []
    for row in rows:
        async with database.tenant(row["organization_id"]) as transaction:
            reports.append(await vault.check(transaction, row["organization_id"]))
    return VaultState(_sum(reports), {row["master_key_id"]: row["secrets"] for row in master_keys})


def _sum(reports: list[VaultReport]) -> VaultReport:
    return VaultReport(
        sum(report.handled for report in reports),
        tuple(unreadable for report in reports for unreadable in report.unreadable),
    )

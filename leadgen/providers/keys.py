"""Whose key a call uses: the tenant's own where it has one, else the platform's, else the sandbox's.

Own keys come out of the vault at their first use in a run and stay in memory until its end. What the vendor says to a key is
noted beside it, so that its owner sees whether it works.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.rows import dict_row

from leadgen.errors import ConfigurationError
from leadgen.providers import queries
from leadgen.providers.calls import KeyOwner, Vendor
from leadgen.settings import Settings, VendorSettings
from leadgen.store.connections import connection_errors
from leadgen.store.database import Transaction
from leadgen.store.vault import Credentials, Vault, configured_master_keys

SANDBOX_KEY = "sandbox"


@dataclass(frozen=True, slots=True)
class Reach:
    """How to reach a vendor: its settings, the key, and whose it is."""

    settings: VendorSettings
    key: str = field(repr=False)
    owner: KeyOwner


@dataclass(slots=True)
class _OwnKey:
    credentials: Credentials
    reach: Reach
    is_noted: bool = False


class KeyRing:
    """The keys of one organization in one run. `organization_id` None: the platform itself, which has no own keys."""

    def __init__(self, settings: Settings, database_url: str, organization_id: UUID | None) -> None:
        self._settings = settings
        self._url = database_url
        self._organization_id = organization_id
        self._services: frozenset[str] | None = None
        self._own: dict[str, _OwnKey] = {}
        self._opening = asyncio.Lock()
        self._vault: Vault | None = None

    async def reach(self, vendor: Vendor) -> Reach:
        """How this organization reaches a vendor.

        Raises:
            ConfigurationError: nobody has a key and there is no sandbox, or the vault has no master key.
            CredentialsUnreadable: the tenant's own key does not open.
        """
        own = await self._own_key(vendor)
        return own.reach if own else self._platform(vendor.name)

    async def note_use(self, vendor: Vendor) -> None:
        """The vendor has accepted the key: said of a tenant's own, once a run."""
        own = self._own.get(vendor.name)
        if own and vendor.service and self._organization_id and not own.is_noted:
            own.is_noted = True
            async with self._transaction() as transaction:
                await self._open_vault().note_use(transaction, self._organization_id, vendor.service)

    async def note_error(self, vendor: Vendor, message: str) -> None:
        """The vendor has refused the key: said of a tenant's own."""
        own = self._own.get(vendor.name)
        if own and vendor.service and self._organization_id:
            async with self._transaction() as transaction:
                await self._open_vault().note_error(
                    transaction, self._organization_id, vendor.service, message, own.credentials
                )

    async def _own_key(self, vendor: Vendor) -> _OwnKey | None:
        if vendor.service is None or self._organization_id is None:
            return None
        if self._services is not None and vendor.service not in self._services:
            return None
        async with self._opening:
            if vendor.name in self._own:
                return self._own[vendor.name]
            async with self._transaction() as transaction:
                if self._services is None:
                    rows = await transaction.all(queries.OWN_SERVICES)
                    self._services = frozenset(row["service"] for row in rows)
                if vendor.service not in self._services:
                    return None
                credentials = await self._open_vault().open(transaction, self._organization_id, vendor.service)
            if credentials is None:  # switched off meanwhile
                return None
            reach = Reach(self._settings.vendor(vendor.name), vendor.key_of(credentials), "organization")
            own = self._own[vendor.name] = _OwnKey(credentials, self._in_sandbox(vendor.name, reach))
            return own

    def _in_sandbox(self, name: str, reach: Reach) -> Reach:
        """A key that the sandbox gave out works there only; it looks like no vendor's real one."""
        if self._settings.sandbox_url and reach.key.startswith(SANDBOX_KEY):
            return Reach(self._at_sandbox(name), reach.key, reach.owner)
        return reach

    def _platform(self, name: str) -> Reach:
        vendor = self._settings.vendor(name)
        if not vendor.needs_key:
            return Reach(vendor, "", "platform")
        if vendor.key is not None and not vendor.own_key_only:
            return Reach(vendor, vendor.key.get_secret_value(), "platform")
        if self._settings.sandbox_url:
            return Reach(self._at_sandbox(name), SANDBOX_KEY, "platform")
        if vendor.own_key_only:
            raise ConfigurationError(
                f"{name} is not connected.", remedy=f"Connect the organization's own {name} account."
            )
        raise ConfigurationError(
            f"{name} has no key.",
            remedy=f"Set LEADGEN_{name.upper()}__KEY, or run with the sandbox (`leadgen up`).",
        )

    def _at_sandbox(self, name: str) -> VendorSettings:
        return self._settings.vendor(name).model_copy(update={"base_url": f"{self._settings.sandbox_url}/{name}"})

    def _open_vault(self) -> Vault:
        if self._vault is None:
            self._vault = Vault(configured_master_keys(self._settings))
        return self._vault

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[Transaction]:
        """A short one on a connection of its own: keys are asked for once a run, not once a call."""
        with connection_errors():
            connection = await AsyncConnection.connect(
                self._url, row_factory=dict_row, application_name="leadgen keys", connect_timeout=10
            )
        async with connection:
            await connection.execute(queries.ENTER_TENANT, (str(self._organization_id),))
            yield Transaction(connection)

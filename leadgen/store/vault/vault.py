"""The vault: keeps each organization's credentials for outside services, sealed under a secret of its own.

Three layers: the master key (environment) wraps the organization's secret (`organization_secrets`, a random salt each);
the key derived from that secret seals the credentials (`api_credentials`). The database alone opens nothing.
"""

import asyncio
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID, uuid4

from leadgen.errors import ConfigurationError, PermanentError
from leadgen.store.database import Transaction
from leadgen.store.vault import queries
from leadgen.store.vault.credentials import Credentials
from leadgen.store.vault.crypto import (
    HIGHEST_VERSION,
    SealBroken,
    derive_key,
    random_key,
    random_salt,
    seal,
    unseal,
)
from leadgen.store.vault.master_keys import MasterKeys
from leadgen.store.vault.scrubbing import scrub

MOST_CACHED_KEYS = 10_000


class CredentialsUnreadable(PermanentError):
    """Stored credentials, or the secret they were sealed under, do not open: they were changed or moved, or it is gone."""


@dataclass(frozen=True, slots=True)
class VaultReport:
    """How many values were rewritten (or opened, by a check), and in words which did not open and are left as they are."""

    handled: int
    unreadable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Secret:
    """A row of `organization_secrets`."""

    id: UUID
    organization_id: UUID
    version: int
    wrapped_secret: bytes = field(repr=False)
    salt: bytes = field(repr=False)
    master_key_id: str

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        return cls(**{name: row[name] for name in cls.__slots__})


class Vault:
    """Seals and opens. Holds the master keys and the keys derived so far, in memory only; one a process is enough."""

    def __init__(self, master_keys: MasterKeys) -> None:
        self._master_keys = master_keys
        self._derived: dict[UUID, bytes] = {}  # by the secret's id
        self._deriving = threading.Lock()

    async def put(
        self, transaction: Transaction, organization_id: UUID, service: str, credentials: Mapping[str, str]
    ) -> None:
        """Stores credentials, or replaces them and what was noted of the former ones.

        The organization's first credentials make its secret. Errors as `open`, of the secret only.
        """
        await transaction.execute(queries.LOCK_ORGANIZATION, {"organization_id": organization_id})
        row = await transaction.one(queries.CURRENT_VERSION, {"organization_id": organization_id})
        secret = _Secret.of(row) if row else await self._make_secret(transaction, organization_id, version=1)
        sealed = await self._seal(secret, service, Credentials(credentials))
        await transaction.execute(
            queries.PUT_CREDENTIALS, {"organization_id": organization_id, "service": service, "sealed": sealed}
        )

    async def open(self, transaction: Transaction, organization_id: UUID, service: str) -> Credentials | None:
        """The credentials of an organization for a service; None where it has none, or has switched them off.

        Raises:
            CredentialsUnreadable: they or their secret were changed or moved.
            ConfigurationError: the master key of their secret is not configured.
        """
        row = await transaction.one(
            queries.CREDENTIALS_OF_SERVICE, {"organization_id": organization_id, "service": service}
        )
        return await self._open(row) if row else None

    async def note_use(self, transaction: Transaction, organization_id: UUID, service: str) -> None:
        """Notes, to the minute, that the service has accepted the credentials."""
        await transaction.execute(queries.NOTE_USE, {"organization_id": organization_id, "service": service})

    async def note_error(
        self, transaction: Transaction, organization_id: UUID, service: str, error: str, used: Credentials
    ) -> None:
        """Notes what the service said against the credentials `used`, without them and what else looks like a secret."""
        await transaction.execute(
            queries.NOTE_ERROR,
            {"organization_id": organization_id, "service": service, "error": scrub(error, used.values())},
        )

    async def rotate_organization(self, transaction: Transaction, organization_id: UUID) -> VaultReport:
        """Gives an organization a new secret and seals all its credentials under it. Needs the owner's connection.

        The former secret goes when nothing is sealed under it any more; it stays where something did not open.
        """
        whose = {"organization_id": organization_id}
        await transaction.execute(queries.LOCK_ORGANIZATION, whose)
        row = await transaction.one(queries.CURRENT_VERSION, whose)
        if row is None:
            return VaultReport(0)
        await transaction.execute(queries.RETIRE_VERSION, {"id": row["id"]})
        secret = await self._make_secret(transaction, organization_id, version=row["version"] % HIGHEST_VERSION + 1)
        opened, unreadable = await self._open_all(transaction, organization_id)
        resealed = [
            {**whose, "service": service, "sealed": await self._seal(secret, service, credentials)}
            for service, credentials in opened.items()
        ]
        await transaction.execute_many(queries.RESEAL, resealed)
        if not unreadable:
            await transaction.execute(queries.DELETE_RETIRED, whose)
        return VaultReport(len(resealed), unreadable)

    async def rotate_master(self, transaction: Transaction) -> VaultReport:
        """Wraps every organization's secrets with the current master key. Needs the owner's connection.

        Credentials stay as they are. A former master key may be forgotten when nothing is unreadable.
        """
        current_id = self._master_keys.current_id
        rewrapped, unreadable = [], []
        for row in await transaction.all(queries.SECRETS_OF_OTHER_MASTER_KEYS, {"master_key_id": current_id}):
            secret = _Secret.of(row)
            try:
                wrapped = self._wrap(secret.organization_id, secret.version, self._unwrap(secret))
            except (CredentialsUnreadable, ConfigurationError) as error:
                unreadable.append(error.message)
            else:
                rewrapped.append({"id": secret.id, "wrapped_secret": wrapped, "master_key_id": current_id})
        await transaction.execute_many(queries.REWRAP, rewrapped)
        return VaultReport(len(rewrapped), tuple(unreadable))

    async def check(self, transaction: Transaction, organization_id: UUID) -> VaultReport:
        """Opens all credentials of an organization, those switched off too."""
        opened, unreadable = await self._open_all(transaction, organization_id)
        return VaultReport(len(opened), unreadable)

    async def _open_all(
        self, transaction: Transaction, organization_id: UUID
    ) -> tuple[dict[str, Credentials], tuple[str, ...]]:
        """The credentials by service, and in words which do not open."""
        opened, unreadable = {}, []
        for row in await transaction.all(queries.CREDENTIALS_OF_ORGANIZATION, {"organization_id": organization_id}):
            try:
                opened[row["service"]] = await self._open(row)
            except (CredentialsUnreadable, ConfigurationError) as error:
                unreadable.append(error.message)
        return opened, tuple(unreadable)

    async def _make_secret(self, transaction: Transaction, organization_id: UUID, version: int) -> _Secret:
        wrapped = self._wrap(organization_id, version, random_key())
        secret = _Secret(uuid4(), organization_id, version, wrapped, random_salt(), self._master_keys.current_id)
        await transaction.execute(queries.INSERT_VERSION, {name: getattr(secret, name) for name in _Secret.__slots__})
        return secret

    async def _seal(self, secret: _Secret, service: str, credentials: Credentials) -> bytes:
        return seal(
            await self._key(secret),
            version=secret.version,
            context=_context(secret.organization_id, service),
            plaintext=credentials.to_bytes(),
        )

    async def _open(self, row: Mapping[str, Any]) -> Credentials:
        """Opens credentials that were read together with the secret they name."""
        organization_id, service = row["organization_id"], row["service"]
        unreadable = CredentialsUnreadable(
            f"the {service} credentials of organization {organization_id} do not open.",
            remedy="Enter them again, or restore them from a backup.",
        )
        if row["id"] is None:
            raise unreadable
        key = await self._key(_Secret.of(row))
        try:
            plaintext = unseal(key, context=_context(organization_id, service), sealed=row["credentials_encrypted"])
        except SealBroken as error:
            raise unreadable from error
        return Credentials.from_bytes(plaintext)

    async def _key(self, secret: _Secret) -> bytes:
        """The key derived from a secret; the first use of each takes a third of a second, in a thread."""
        cached = self._derived.get(secret.id)
        return await asyncio.to_thread(self._derive, secret) if cached is None else cached

    def _derive(self, secret: _Secret) -> bytes:
        with self._deriving:
            if secret.id not in self._derived:
                key = derive_key(self._unwrap(secret), secret.salt)
                if len(self._derived) >= MOST_CACHED_KEYS:
                    del self._derived[next(iter(self._derived))]
                self._derived[secret.id] = key
            return self._derived[secret.id]

    def _wrap(self, organization_id: UUID, version: int, plain: bytes) -> bytes:
        master_key = self._master_keys.key(self._master_keys.current_id)
        return seal(master_key, version=version, context=organization_id.bytes, plaintext=plain)

    def _unwrap(self, secret: _Secret) -> bytes:
        master_key = self._master_keys.key(secret.master_key_id)
        try:
            return unseal(master_key, context=secret.organization_id.bytes, sealed=secret.wrapped_secret)
        except SealBroken as error:
            raise CredentialsUnreadable(
                f"the secret of organization {secret.organization_id} does not open with the master key"
                f" {secret.master_key_id}.",
                remedy="Restore the one or the other. If it is lost, `leadgen vault rotate-organizations` makes new"
                " secrets, and credentials are entered again.",
            ) from error


def _context(organization_id: UUID, service: str) -> bytes:
    return organization_id.bytes + service.encode()

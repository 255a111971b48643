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
    """Stored credentials do not open: they were changed or moved in the database, or their secret is gone."""

    def __init__(self, organization_id: UUID, service: str) -> None:
        super().__init__(
            f"the {service} credentials of organization {organization_id} do not open.",
            remedy="Enter them again, or restore them from a backup.",
        )


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: how many values it rewrote, and in words which it could not open and left as they are."""

    rewritten: int
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

        The organization's first credentials make its secret. Raises ConfigurationError without a fitting master key.
        """
        await transaction.execute(queries.LOCK_ORGANIZATION, {"organization_id": organization_id})
        row = await transaction.one(queries.CURRENT_SECRET, {"organization_id": organization_id})
        secret = _Secret.of(row) if row else await self._make_secret(transaction, organization_id, version=1)
        sealed = await self._seal(secret, service, Credentials(credentials))
        await transaction.execute(
            queries.PUT_CREDENTIALS, {"organization_id": organization_id, "service": service, "sealed": sealed}
        )

    async def open(self, transaction: Transaction, organization_id: UUID, service: str) -> Credentials | None:
        """The credentials of an organization for a service; None where it has none, or has switched them off.

        Raises:
            CredentialsUnreadable: they were changed or moved.
            ConfigurationError: the master key of their secret is not configured.
        """
        row = await transaction.one(
            queries.CREDENTIALS_OF_SERVICE, {"organization_id": organization_id, "service": service}
        )
        return await self._open(row) if row else None

    async def note_use(self, transaction: Transaction, organization_id: UUID, service: str) -> None:
        """Notes, to the minute, that the service has accepted the credentials."""
        await transaction.execute(queries.NOTE_USE, {"organization_id": organization_id, "service": service})

    async def note_error(self, transaction: Transaction, organization_id: UUID, service: str, error: str) -> None:
        """Notes what the service said against the credentials: without them, and without what looks like a secret."""
        try:
            secrets = await self.open(transaction, organization_id, service) or Credentials({})
        except (CredentialsUnreadable, ConfigurationError):
            secrets = Credentials({})
        scrubbed = scrub(error, secrets.values())
        await transaction.execute(
            queries.NOTE_ERROR, {"organization_id": organization_id, "service": service, "error": scrubbed}
        )

    async def rotate_organization(self, transaction: Transaction, organization_id: UUID) -> Rotation:
        """Gives an organization a new secret and seals all its credentials under it. Needs the owner's connection.

        The former secret goes when nothing is sealed under it any more; it stays where something did not open.
        """
        whose = {"organization_id": organization_id}
        await transaction.execute(queries.LOCK_ORGANIZATION, whose)
        row = await transaction.one(queries.CURRENT_SECRET, whose)
        if row is None:
            return Rotation(0)
        await transaction.execute(queries.RETIRE_SECRET, {"id": row["id"]})
        secret = await self._make_secret(transaction, organization_id, version=row["version"] % HIGHEST_VERSION + 1)
        resealed, unreadable = [], []
        for sealed in await transaction.all(queries.CREDENTIALS_OF_ORGANIZATION, whose):
            service = sealed["service"]
            try:
                credentials = await self._open(sealed)
            except (CredentialsUnreadable, ConfigurationError) as error:
                unreadable.append(error.message)
            else:
                resealed.append(
                    {**whose, "service": service, "sealed": await self._seal(secret, service, credentials)}
                )
        await transaction.execute_many(queries.RESEAL, resealed)
        if not unreadable:
            await transaction.execute(queries.DELETE_RETIRED, whose)
        return Rotation(len(resealed), tuple(unreadable))

    async def rotate_master(self, transaction: Transaction) -> Rotation:
        """Wraps every organization's secrets with the current master key. Needs the owner's connection.

        Credentials stay as they are. A former master key may be forgotten when nothing is unreadable.
        """
        current_id = self._master_keys.current_id
        rewrapped, unreadable = [], []
        for row in await transaction.all(queries.SECRETS_OF_OTHER_MASTER_KEYS, {"master_key_id": current_id}):
            secret = _Secret.of(row)
            try:
                wrapped = self._wrap(secret.organization_id, secret.version, self._unwrap(secret))
            except (SealBroken, ConfigurationError) as error:
                unreadable.append(f"organization {secret.organization_id}, version {secret.version}: {error.message}")
            else:
                rewrapped.append({"id": secret.id, "wrapped_secret": wrapped, "master_key_id": current_id})
        await transaction.execute_many(queries.REWRAP, rewrapped)
        return Rotation(len(rewrapped), tuple(unreadable))

    async def unreadable(self, transaction: Transaction, organization_id: UUID) -> tuple[int, list[str]]:
        """Opens all credentials of an organization: how many there are, and in words which do not open."""
        rows = await transaction.all(queries.CREDENTIALS_OF_ORGANIZATION, {"organization_id": organization_id})
        failures = []
        for row in rows:
            try:
                await self._open(row)
            except (CredentialsUnreadable, ConfigurationError) as error:
                failures.append(error.message)
        return len(rows), failures

    async def _make_secret(self, transaction: Transaction, organization_id: UUID, version: int) -> _Secret:
        wrapped = self._wrap(organization_id, version, random_key())
        secret = _Secret(uuid4(), organization_id, version, wrapped, random_salt(), self._master_keys.current_id)
        await transaction.execute(
            queries.INSERT_SECRET, {name: getattr(secret, name) for name in _Secret.__slots__}
        )
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
        if row["id"] is None:
            raise CredentialsUnreadable(organization_id, service)
        try:
            key = await self._key(_Secret.of(row))
            plaintext = unseal(key, context=_context(organization_id, service), sealed=row["credentials_encrypted"])
        except SealBroken as error:
            raise CredentialsUnreadable(organization_id, service) from error
        return Credentials.from_bytes(plaintext)

    async def _key(self, secret: _Secret) -> bytes:
        """The key derived from a secret; the first use of each takes a third of a second, in a thread."""
        return self._derived.get(secret.id) or await asyncio.to_thread(self._derive, secret)

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
        return unseal(master_key, context=secret.organization_id.bytes, sealed=secret.wrapped_secret)


def _context(organization_id: UUID, service: str) -> bytes:
    return organization_id.bytes + service.encode()

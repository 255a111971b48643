"""Whose API key a program brings: looked up by its HMAC under the installation's secret."""

from collections.abc import Sequence
from typing import Any

from leadgen.domain.access.api_keys import is_api_key, key_hash
from leadgen.settings import Settings
from leadgen.store.database import Database
from leadgen_api.access import queries
from leadgen_api.problems import Problem


def secrets_of(given: str | None, settings: Settings) -> tuple[bytes, ...]:
    """The installation's secrets, the current one first: `given`, or LEADGEN_SECRET. While it changes, `new,old`."""
    text = given or (settings.secret.get_secret_value() if settings.secret else "")
    return tuple(part.strip().encode() for part in text.split(",") if part.strip())


def hashes_of(key: str, secrets: Sequence[bytes]) -> list[bytes]:
    """What may be stored of a key, under the current secret first.

    Raises:
        Problem: the installation has no secret.
    """
    if not secrets:
        raise Problem(
            503, "not-configured", "API keys need LEADGEN_SECRET: 48 random characters, the same for every process."
        )
    return [key_hash(key, secret) for secret in secrets]


async def holder_of(database: Database, secrets: Sequence[bytes], key: str) -> dict[str, Any]:
    """Member, organization and scopes of a key.

    Raises:
        Problem: it is unknown, expired or revoked, or its maker has left.
    """
    row = None
    if is_api_key(key):
        async with database.nobody() as transaction:
            row = await transaction.one(queries.API_KEY, {"hashes": hashes_of(key, secrets)})
    if row is None:
        detail = "This API key is unknown, expired or revoked."
        raise Problem(401, "invalid-key", detail, headers={"www-authenticate": 'Bearer error="invalid_token"'})
    return row

"""What owners and admins do with the keys of their programs."""

import secrets
from collections.abc import Sequence
from uuid import UUID

from leadgen.domain.access.api_keys import RANDOM_BYTES, api_key, shown_prefix
from leadgen.store.database import Transaction
from leadgen_api.access.audit import audit
from leadgen_api.access.key_holders import hashes_of
from leadgen_api.access.sessions import Member
from leadgen_api.api_keys import queries
from leadgen_api.api_keys.schemas import ApiKey, ApiKeyPage, ApiKeyPosition, MadeApiKey, NewApiKey
from leadgen_api.paging import page_of, position_of
from leadgen_api.problems import NotFound


async def list_api_keys(member: Member, limit: int, cursor: str | None) -> ApiKeyPage:
    """One page of the organization's keys, newest first, those that were revoked too."""
    after = position_of(ApiKeyPosition, cursor)
    named = {"organization": member.organization_id, "created_at": after.created_at, "id": after.id}
    async with member.tenant() as transaction:
        rows = await transaction.all(queries.KEYS, {**named, "limit": limit + 1})
    page, next_cursor = page_of(ApiKeyPosition, rows, limit)
    return ApiKeyPage(items=[ApiKey(**row) for row in page], next_cursor=next_cursor)


async def make_api_key(member: Member, new: NewApiKey, installation_secrets: Sequence[bytes]) -> MadeApiKey:
    """A new key, which is told this once. It acts for the member, as long as they are one.

    Raises:
        Problem: the installation has no secret.
    """
    key = api_key(secrets.token_bytes(RANDOM_BYTES))
    values = {
        "organization": member.organization_id,
        "user": member.user_id,
        "name": new.name,
        "prefix": shown_prefix(key),
        "hash": hashes_of(key, installation_secrets)[0],
        "scopes": sorted(new.scopes),
        "days": new.expires_in_days,
    }
    async with member.tenant() as transaction:
        made = await _read(transaction, member, await transaction.value(queries.INSERT, values))
        await audit(transaction, member, "api_key.make", made.id, after=made.model_dump(mode="json"))
    return MadeApiKey(**made.model_dump(), key=key)


async def revoke_api_key(member: Member, key_id: UUID) -> None:
    """The key is worthless at once. One that was revoked stays so.

    Raises:
        NotFound: there is none of this id in the member's organization.
    """
    async with member.tenant() as transaction:
        key = await _read(transaction, member, key_id)
        if await transaction.execute(queries.REVOKE, {"organization": member.organization_id, "key": key_id}):
            await audit(transaction, member, "api_key.revoke", key_id, before=key.model_dump(mode="json"))


async def _read(transaction: Transaction, member: Member, key_id: UUID) -> ApiKey:
    row = await transaction.one(queries.KEY, {"organization": member.organization_id, "key": key_id})
    if row is None:
        raise NotFound("API key")
    return ApiKey(**row)

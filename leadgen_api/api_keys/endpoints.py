"""/v1/api-keys"""

from uuid import UUID

from fastapi import APIRouter, Request

from leadgen_api.access.sessions import SignedIn
from leadgen_api.api_keys import service
from leadgen_api.api_keys.schemas import ApiKeyPage, MadeApiKey, NewApiKey
from leadgen_api.paging import Cursor, Limit
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1/api-keys", tags=["api keys"], responses=documented(401, 403, 422, 503))


@router.get("")
async def list_api_keys(member: SignedIn, limit: Limit = 50, cursor: Cursor = None) -> ApiKeyPage:
    """The organization's keys, newest first; never the keys themselves."""
    return await service.list_api_keys(member, limit, cursor)


@router.post("", status_code=201)
async def make_api_key(member: SignedIn, new: NewApiKey, request: Request) -> MadeApiKey:
    """Makes a key. This answer is the only one that holds it."""
    return await service.make_api_key(member, new, request.app.state.secrets)


@router.delete("/{key_id}", status_code=204, responses=documented(404))
async def revoke_api_key(member: SignedIn, key_id: UUID) -> None:
    """Revokes a key, at once."""
    await service.revoke_api_key(member, key_id)

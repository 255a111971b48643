"""/v1/integrations: the organization's own accounts at outside services. Owners and admins only, in person."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from leadgen.settings import settings
from leadgen.store.vault import Vault, configured_master_keys
from leadgen_api.access.sessions import Admin
from leadgen_api.integrations import service
from leadgen_api.integrations.schemas import Integration, IntegrationList, IntegrationTested, NewCredentials
from leadgen_api.problems import documented

router = APIRouter(prefix="/v1/integrations", tags=["integrations"], responses=documented(401, 403, 422, 503))

ServiceName = Annotated[str, Path(max_length=50, description="A service of the list, as `hunter`.")]


def vault_of(request: Request) -> Vault:
    """The application's vault, made at its first use; it keeps derived keys in memory."""
    state = request.app.state
    if not hasattr(state, "vault"):
        state.vault = Vault(configured_master_keys(settings()))
    vault: Vault = state.vault
    return vault


TheVault = Annotated[Vault, Depends(vault_of)]


@router.get("")
async def list_integrations(member: Admin) -> IntegrationList:
    """Every service: whose account is used, who connected it, when it was last used, and its last error. No secret."""
    return await service.list_integrations(member)


@router.put("/{name}", responses=documented(404, 422))
async def put_credentials(member: Admin, vault: TheVault, name: ServiceName, new: NewCredentials) -> IntegrationTested:
    """Keeps credentials, or replaces them; with `test` the service is asked first, and what it refuses is not kept."""
    return await service.put_credentials(member, vault, name, new)


@router.post("/{name}/test", responses=documented(404, 409))
async def test_credentials(member: Admin, vault: TheVault, name: ServiceName) -> IntegrationTested:
    """Asks the service whether it takes the credentials. Free; Slack shows a line in the channel."""
    return await service.test_credentials(member, vault, name)


@router.delete("/{name}", responses=documented(404))
async def delete_credentials(member: Admin, name: ServiceName) -> Integration:
    """Forgets the credentials."""
    return await service.delete_credentials(member, name)

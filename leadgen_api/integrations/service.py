"""What owners and admins do with integrations. Secrets are held for as long as they are sealed or tried, and never given."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from leadgen.errors import ConfigurationError
from leadgen.settings import Settings, settings
from leadgen.store import campaigns as store
from leadgen.store.database import Transaction
from leadgen.store.vault import Credentials, CredentialsUnreadable, Vault
from leadgen_api.access.audit import audit
from leadgen_api.access.sessions import Member
from leadgen_api.integrations import queries
from leadgen_api.integrations.schemas import (
    Connection,
    Integration,
    IntegrationList,
    IntegrationTested,
    NewCredentials,
    TrialReport,
)
from leadgen_api.integrations.services import SERVICES, Service, cleaned, complaints_of, secrets_of
from leadgen_api.integrations.trying import try_kept, try_values
from leadgen_api.problems import NotFound, Problem


async def list_integrations(member: Member) -> IntegrationList:
    """Every service, and whose account is used for it."""
    async with member.tenant() as transaction:
        return IntegrationList(items=await _integrations(transaction, member))


async def put_credentials(member: Member, vault: Vault, name: str, new: NewCredentials) -> IntegrationTested:
    """Keeps credentials in place of former ones; what the service refuses is not kept where it is asked first.

    Campaigns that stand still for want of them go on where the service has said that they work.

    Raises:
        NotFound: there is no such service.
        Problem: they have not the shape of this service's credentials, it refuses them, or the vault has no master key.
    """
    service = _service(name)
    values = cleaned(new.values())
    if complaints := complaints_of(service, values):
        raise Problem(422, "credentials-shape", f"These are no credentials of {service.title}.", errors=complaints)
    test = TrialReport.of(await try_values(service, values, settings())) if new.test else None
    if test is not None and test.state == "refused":
        detail = f"{service.title} refuses these credentials, and nothing was changed. {test.words}"
        raise Problem(422, "credentials-refused", detail)
    async with member.tenant() as transaction:
        with _vault_problems():
            await vault.put(transaction, member.organization_id, service.name, values)
        await transaction.execute(queries.NOTE_WHO, {**_named(member, service), "user": member.user_id})
        if test is not None:
            await _note(transaction, member, vault, service, test, values)
        await audit(transaction, member, "integration.put", service.name, after={"fields": sorted(values)})
        resumed = await _resume(transaction, member, service) if test is not None and test.state == "ok" else 0
        kept = await _integration(transaction, member, service)
        return IntegrationTested(integration=kept, test=test, campaigns_resumed=resumed)


async def test_credentials(member: Member, vault: Vault, name: str) -> IntegrationTested:
    """Asks the service about the credentials that are kept, and notes what it says.

    Raises:
        NotFound: there is no such service, or the organization has no credentials for it.
        Problem: they do not open.
    """
    service = _service(name)
    values = await _open(member, vault, service)
    test = TrialReport.of(await try_kept(member, service, values, settings()))
    async with member.tenant() as transaction:
        await _note(transaction, member, vault, service, test, values)
        return IntegrationTested(integration=await _integration(transaction, member, service), test=test)


async def delete_credentials(member: Member, name: str) -> Integration:
    """Forgets the organization's credentials; calls go on with the platform's account, where it has one.

    Raises:
        NotFound: there is no such service, or the organization has no credentials for it.
    """
    service = _service(name)
    async with member.tenant() as transaction:
        if not await transaction.execute(queries.DELETE, _named(member, service)):
            raise NotFound("integration")
        await audit(transaction, member, "integration.delete", service.name)
        return await _integration(transaction, member, service)


async def _open(member: Member, vault: Vault, service: Service) -> Credentials:
    """The credentials in the open. The transaction that reads them ends before the service is asked."""
    async with member.tenant() as transaction:
        with _vault_problems():
            credentials = await vault.open(transaction, member.organization_id, service.name)
    if credentials is None:
        raise NotFound("integration")
    return credentials


async def _resume(transaction: Transaction, member: Member, service: Service) -> int:
    waiting = await transaction.all(queries.WAITING, {**_named(member, service), "vendors": list(service.vendors)})
    for row in waiting:
        await store.resume(transaction, row["id"])
    return len(waiting)


async def _note(
    transaction: Transaction,
    member: Member,
    vault: Vault,
    service: Service,
    test: TrialReport,
    values: Mapping[str, str],
) -> None:
    """Notes what the service said of the credentials themselves; that nobody answered says nothing of them."""
    if test.state == "ok":
        await vault.note_use(transaction, member.organization_id, service.name)
    elif test.state in {"refused", "limited"}:
        used = Credentials(secrets_of(service, values))
        await vault.note_error(transaction, member.organization_id, service.name, test.words, used)


async def _integrations(transaction: Transaction, member: Member) -> list[Integration]:
    rows = await transaction.all(queries.INTEGRATIONS, {"organization": member.organization_id})
    by_service = {row["service"]: row for row in rows}
    configured = settings()
    return [
        Integration.of(service, by_service.get(name), _without(service, configured))
        for name, service in SERVICES.items()
    ]


async def _integration(transaction: Transaction, member: Member, service: Service) -> Integration:
    found = await _integrations(transaction, member)
    return next(integration for integration in found if integration.service == service.name)


def _without(service: Service, configured: Settings) -> Connection:
    """Whose account is used where the organization has none of its own."""
    vendor = configured.vendor(service.vendors[0])
    if vendor.key is not None and not vendor.own_key_only:
        return "platform"
    return "sandbox" if configured.sandbox_url else "missing"


def _service(name: str) -> Service:
    if name not in SERVICES:
        raise NotFound("service")
    return SERVICES[name]


def _named(member: Member, service: Service) -> dict[str, object]:
    return {"organization": member.organization_id, "service": service.name}


@contextmanager
def _vault_problems() -> Iterator[None]:
    """What keeps the vault from working, as a problem that says what to do."""
    try:
        yield
    except ConfigurationError as error:
        raise Problem(503, "vault", str(error)) from error
    except CredentialsUnreadable as error:
        raise Problem(409, "credentials-unreadable", str(error)) from error

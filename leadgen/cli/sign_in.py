"""`leadgen sign-in`: a link that signs a person in once, for whoever owns this machine."""

import re

from leadgen.cli import record
from leadgen.cli.folders import Folders
from leadgen.errors import ConfigurationError
from leadgen.settings import Settings
from leadgen.store.access import create_sign_in_link
from leadgen.store.campaigns import create_tenant
from leadgen.store.connections import resolve
from leadgen.store.database import Database


async def make_link(settings: Settings, email: str, organization: str | None = None) -> str:
    """The link's full address. `organization`: made first if it is missing, owned by the person.

    Raises:
        ConfigurationError: the pages do not run.
        InputError: nobody has this address.
    """
    running = record.read(Folders(settings.home).record)
    pages = running.addresses.get("API and pages") if running and running.is_supervised else None
    if pages is None:
        raise ConfigurationError("The pages do not run.", remedy="Start them with `leadgen up`.")
    async with (
        Database(resolve(settings).owner, connections=1, application="leadgen sign-in") as database,
        database.nobody() as transaction,
    ):
        if organization is not None:
            await create_tenant(transaction, slug=slug_of(organization), name=organization, owner_email=email)
        return pages + await create_sign_in_link(transaction, email)


def slug_of(name: str) -> str:
    """The part of an organization's name that its addresses can carry."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63] or "organization"

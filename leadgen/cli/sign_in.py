"""`leadgen sign-in`: a link that signs a person in once, made by whoever may use this machine's database."""

import re

from leadgen.cli import record
from leadgen.cli.folders import Folders
from leadgen.cli.parts import API_ADDRESS
from leadgen.cli.ports import LOOPBACK
from leadgen.errors import InputError
from leadgen.settings import Settings
from leadgen.store.access import create_sign_in_link
from leadgen.store.campaigns import create_tenant
from leadgen.store.connections import resolve
from leadgen.store.database import Database


async def make_link(settings: Settings, email: str, organization: str | None = None) -> str:
    """The address to open. With an organization's name, person and organization are made where they are missing.

    Raises InputError for a person nobody knows, DatabaseDown where the database does not run.
    """
    async with (
        Database(resolve(settings).owner, connections=1, application="leadgen sign-in") as database,
        database.nobody() as transaction,
    ):
        if organization:
            await create_tenant(transaction, slug=slug_of(organization), name=organization, owner_email=email)
        path = await create_sign_in_link(transaction, email)
    return f"{_pages(settings)}{path}"


def slug_of(name: str) -> str:
    """An organization's name as its address. Raises InputError for a name without a letter or digit."""
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:63]
    if not slug:
        raise InputError(f"{name!r} is no name for an organization.", remedy="Give one with letters or digits.")
    return slug


def _pages(settings: Settings) -> str:
    running = record.read(Folders.of(settings).record)
    recorded = running.addresses.get(API_ADDRESS) if running else None
    return recorded or f"http://{LOOPBACK}:{settings.api_port}"

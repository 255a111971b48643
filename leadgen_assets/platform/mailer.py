"""The mailer: sends the platform's own mail, sign-in links and invitations, as it is asked for.

    python -m leadgen_assets.platform.mailer

A process of its own and not a run: a link that lives for fifteen minutes does not wait for a place among campaigns. Mail is
taken for a minute; whoever is killed with it leaves it to the next, and the ledger and Resend's idempotency key see to it that
nothing is sent twice. Does not import Dagster.
"""

import asyncio
import contextlib
import signal
from collections.abc import Iterable, Mapping
from uuid import UUID

import psycopg
import structlog

from leadgen.domain.access.mails import MailText, invitation_mail, sign_in_mail
from leadgen.errors import ConfigurationError, DatabaseDown, InputError, LeadGenError, VendorRefused
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.providers.resend import Resend, SystemEmail
from leadgen.settings import Settings, settings
from leadgen.store.access.outgoing import DueMail, finish_mail, link_token, open_mail, take_mail
from leadgen.store.connections import resolve
from leadgen.store.database import Database
from leadgen.store.vault import configured_master_keys

POLL_SECONDS = 1.0
STAGE = "system_mail"

log = structlog.get_logger(__name__)


class Mailer:
    """Sends what is due. Raises ConfigurationError where the master key or the pages' address is not set."""

    def __init__(self, configured: Settings, database: Database) -> None:
        keys = configured_master_keys(configured)
        self._master_key = keys.key(keys.current_id)
        if configured.public_url is None:
            raise ConfigurationError(
                "mail cannot say where the pages are.", remedy="Set LEADGEN_PUBLIC_URL, as https://leads.example.com."
            )
        self._pages = configured.public_url.rstrip("/")
        self._sender = configured.mail_from
        # Mail about accounts is the platform's cost: no tenant pays for it, and no tenant's cap may lock its people out.
        free = configured.resend.model_copy(update={"prices": {"email": 0}})
        self._settings = configured.model_copy(update={"resend": free})
        self._database = database

    async def send_due(self) -> int:
        """Sends everything that is due; how many were sent."""
        async with self._database.nobody() as transaction:
            due = await take_mail(transaction)
        return sum([await self._send_all(home, mails) for home, mails in _by_organization(due).items()])

    async def _send_all(self, organization_id: UUID, mails: Iterable[DueMail]) -> int:
        work = Work(organization_id, None, STAGE)
        async with ProviderClient(self._settings, self._database.url, work) as client:
            client.stage = STAGE
            resend = Resend(client)
            return sum([await self._send(resend, mail) for mail in mails])

    async def _send(self, resend: Resend, mail: DueMail) -> bool:
        token = link_token(self._master_key, mail.id)
        async with self._database.nobody() as transaction:
            await open_mail(transaction, mail, token)  # before it can be followed
        text = self._text(mail, token)
        email = SystemEmail(self._sender, (mail.recipient,), text.subject, text=text.body, tags={"kind": mail.kind})
        try:
            await resend.send(email, purpose=f"mail {mail.id}")
        except (VendorRefused, InputError) as error:
            log.warning("mail is refused", mail_id=str(mail.id), error=str(error))
            async with self._database.nobody() as transaction:
                await finish_mail(transaction, mail, "failed")
            return False
        except DatabaseDown:
            raise
        except LeadGenError as error:
            log.warning("mail waits", mail_id=str(mail.id), attempts=mail.attempts, error=str(error))
            return False
        async with self._database.nobody() as transaction:
            await finish_mail(transaction, mail, "sent")
        return True

    def _text(self, mail: DueMail, token: str) -> MailText:
        if mail.kind == "sign_in":
            return sign_in_mail(f"{self._pages}/sign-in/{token}")
        return invitation_mail(mail.organization_name, f"{self._pages}/invitations/{token}")


def _by_organization(mails: Iterable[DueMail]) -> Mapping[UUID, list[DueMail]]:
    found: dict[UUID, list[DueMail]] = {}
    for mail in mails:
        found.setdefault(mail.organization_id, []).append(mail)
    return found


async def run(configured: Settings, stop: asyncio.Event) -> None:
    """Sends until `stop` is set. A database that is lost is looked for again. Raises ConfigurationError as `Mailer`."""
    url = resolve(configured).pipeline
    while not stop.is_set():
        try:
            async with Database(url, connections=1, application="leadgen mailer") as database:
                mailer = Mailer(configured, database)
                log.info("mailing")
                while not stop.is_set():
                    await mailer.send_due()
                    await _pause(stop)
        except (DatabaseDown, psycopg.OperationalError) as error:
            log.warning("the database does not answer", error=str(error))
            await _pause(stop)


async def _pause(stop: asyncio.Event) -> None:
    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), POLL_SECONDS)


async def _until_told() -> None:
    stop = asyncio.Event()
    for ending in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(ending, stop.set)
    await run(settings(), stop)


if __name__ == "__main__":
    asyncio.run(_until_told())

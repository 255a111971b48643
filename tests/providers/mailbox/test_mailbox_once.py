"""Through the whole client: a tenant's own mailbox sends an email once, whatever was lost and however often it is asked for."""

import psycopg
import pytest
from databases import MakeTenant, Tenant
from mail_asks import CREDENTIALS, OWNER, email

from leadgen.errors import OutcomeUnclear
from leadgen.providers.client import ProviderClient
from leadgen.providers.journal import Work
from leadgen.providers.mailbox.imap import Imap
from leadgen.providers.mailbox.message import message_id_of
from leadgen.providers.mailbox.smtp import Smtp
from leadgen.sandbox.mail_desk import Trouble
from leadgen.sandbox.mail_server import MailServer
from leadgen.settings import Settings
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.vault import MasterKeys, Vault

MASTER_KEY = "bWFzdGVyIGtleSBvZiB0aGUgdGVzdHMsIDMyIGJ5dGU="


@pytest.fixture
async def tenant(database_urls: Connections, make_tenant: MakeTenant) -> Tenant:
    """A tenant who has connected a mailbox."""
    tenant = make_tenant()
    async with Database(database_urls.api) as database, database.tenant(tenant.organization_id, tenant.user_id) as tx:
        for protocol in ("smtp", "imap"):
            await Vault(MasterKeys.parse(MASTER_KEY)).put(tx, tenant.organization_id, protocol, CREDENTIALS)
    return tenant


def client(mail: MailServer, urls: Connections, tenant: Tenant, run: str) -> ProviderClient:
    places = {name: {"base_url": f"{name}://127.0.0.1:{port}"} for name, port in mail.ports().items()}
    settings = Settings(_env_file=None, master_key=MASTER_KEY, **places)
    return ProviderClient(settings, urls.pipeline, Work(tenant.organization_id, tenant.campaign_id, run))


def sent_ids(mail: MailServer) -> list[str | None]:
    return [message.headers["Message-ID"] for message in mail.account(OWNER).sent.messages]


@pytest.mark.parametrize("is_done", [True, False])
async def test_an_email_whose_answer_was_lost_is_sent_once(
    mail: MailServer, database_urls: Connections, tenant: Tenant, is_done: bool
) -> None:
    mail.troubles.append(Trouble("data", is_done=is_done))
    told = []
    for run in ("run 1", "run 2"):
        async with client(mail, database_urls, tenant, run) as asks:
            smtp = Smtp(asks, imap=Imap(asks), server_files_sent=True, lookup_pauses_seconds=(0,))
            told.append((await smtp.send(email(), purpose="step 1")).value)

    assert sent_ids(mail) == [message_id_of(email(), "step 1")]
    assert told[0] == told[1]
    with psycopg.connect(database_urls.owner) as connection:
        settled = connection.execute(
            "select count(*) from provider_calls where vendor = 'smtp' and status = 'settled'"
        ).fetchone()
    assert settled == (1,)


async def test_an_email_that_nobody_can_look_up_waits_for_a_word(
    mail: MailServer, database_urls: Connections, tenant: Tenant
) -> None:
    mail.troubles.append(Trouble("data", is_done=True))
    for run in ("run 1", "run 2"):
        async with client(mail, database_urls, tenant, run) as asks:
            with pytest.raises(OutcomeUnclear):
                await Smtp(asks).send(email(), purpose="step 1")

    assert len(sent_ids(mail)) == 1

"""What an asset works with: its campaign, the database under that campaign's tenancy, and the vendors.

One session serves all assets of a run: one event loop, one pool, one ledger. Nothing of a tenant outlives it.
"""

import asyncio
from collections.abc import Callable, Coroutine, Generator, Mapping
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import dagster as dg
from pydantic import BaseModel, PrivateAttr

from leadgen.domain.geo import Circle, Point
from leadgen.domain.scoring.offer import Offer, parse_offer
from leadgen.errors import DatabaseDown, InputError, LeadGenError, PermanentError
from leadgen.providers.apollo import Apollo
from leadgen.providers.batching import BatchDesk
from leadgen.providers.calls import Answer
from leadgen.providers.claude import Claude, Question
from leadgen.providers.client import ProviderClient
from leadgen.providers.fetcher.fetcher import Fetcher
from leadgen.providers.firecrawl import Firecrawl
from leadgen.providers.google_geocoding import Geocoder
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.hunter import Hunter
from leadgen.providers.journal import Work
from leadgen.providers.openai_chat import OpenAIChat
from leadgen.providers.own_site import OwnSite
from leadgen.providers.pagespeed import PageSpeed
from leadgen.providers.site_reader import SiteReader
from leadgen.providers.yelp import Yelp
from leadgen.settings import Settings, settings
from leadgen.store.campaigns import Status, set_status
from leadgen.store.connections import resolve
from leadgen.store.database import Database, Transaction
from leadgen_assets import queries
from leadgen_assets.partitions import campaign_of
from leadgen_assets.platform.failures import as_dagster_failure
from leadgen_assets.platform.requests import EVENT_TAG

T = TypeVar("T")
M = TypeVar("M", bound=BaseModel)


class CampaignPaused(PermanentError):
    """The campaign was paused while it ran: the work stops within the calls in flight."""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign as its tenant described it."""

    id: UUID
    organization_id: UUID
    name: str
    business_type: str
    target_location: str
    radius_miles: float
    center: Point | None
    criteria: dict[str, Any]
    offer: Offer
    sender: dict[str, Any]
    lead_cap: int | None

    @property
    def openai_model(self) -> str | None:
        """The model that is asked with the tenant's own OpenAI key; None: Claude is asked."""
        return self.criteria.get("openai_model")

    @property
    def asks_in_batches(self) -> bool:
        """Whether its questions to Claude may wait: they go in batches at half price, within a day."""
        return not self.criteria.get("is_urgent", True) and self.openai_model is None

    @property
    def circle(self) -> Circle:
        """The area to search.

        Raises:
            InputError: the location has not been found on the map.
        """
        if self.center is None:
            raise InputError(f"{self.target_location!r} is not on the map.", remedy="Correct the campaign's location.")
        return Circle.of_miles(self.center, self.radius_miles)


class Vendors:
    """Every vendor, through one client. `fetcher` reads websites without one."""

    def __init__(self, client: ProviderClient, fetcher: Fetcher, prompt_cache_from_tokens: Mapping[str, int]) -> None:
        self.client = client
        self.places = GooglePlaces(client)
        self.geocoder = Geocoder(client)
        self.yelp = Yelp(client)
        self.pagespeed = PageSpeed(client)
        self.sites = SiteReader(OwnSite(client, fetcher), Firecrawl(client))
        self.hunter = Hunter(client)
        self.apollo = Apollo(client)
        self.claude = Claude(client, prompt_cache_from_tokens)
        self.openai = OpenAIChat(client)


@dataclass(slots=True)
class Session:
    """One campaign's work in one run."""

    settings: Settings
    database: Database
    vendors: Vendors
    campaign: Campaign
    run_id: str

    async def save(self, write: Callable[[Transaction], Coroutine[Any, Any, object]]) -> None:
        """Commits one batch under the campaign's tenancy, and stops if the campaign was paused meanwhile.

        Raises:
            CampaignPaused: after the batch is committed.
        """
        async with self.database.tenant(self.campaign.organization_id) as transaction:
            await write(transaction)
            status = await transaction.value(queries.CAMPAIGN_STATUS, {"campaign": self.campaign.id})
        if status == "paused":
            raise CampaignPaused("the campaign is paused.", remedy="Resume it to go on where it stopped.")

    async def read(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        """The rows of one query about this campaign; `campaign` is a parameter already."""
        async with self.database.tenant(self.campaign.organization_id) as transaction:
            return await transaction.all(sql, {"campaign": self.campaign.id, **parameters})

    async def enter_stage(self, stage: str, status: Status) -> None:
        """Says where the campaign stands, and whose calls the next ones are."""
        self.vendors.client.stage = stage
        async with self.database.tenant(self.campaign.organization_id) as transaction:
            if not await set_status(transaction, self.campaign.id, status):
                raise CampaignPaused("the campaign is paused.", remedy="Resume it to go on where it stopped.")

    async def ask_model(self, question: Question[M]) -> Answer[M]:
        """The answer of the campaign's language model: Claude, or the OpenAI model that the tenant has chosen and pays.

        Raises:
            VendorRefused: there is no usable answer. VendorError: as `Asks.ask`.
        """
        model = self.campaign.openai_model
        if model is None:
            return await self.vendors.claude.ask(question)
        return await self.vendors.openai.parse(
            model, question.system, question.prompt, question.schema, max_tokens=question.max_tokens, is_private=True
        )

    def batch_desk(self, stage: str) -> BatchDesk:
        """Where the campaign's questions to Claude are asked in batches, at the stage's cost."""
        work = Work(self.campaign.organization_id, self.campaign.id, self.run_id)
        return BatchDesk(self.vendors.client, self.settings, resolve(self.settings).pipeline, work, stage=stage)

    async def reload(self) -> None:
        """Reads the campaign again, after it was changed."""
        async with self.database.tenant(self.campaign.organization_id) as transaction:
            self.campaign = await _load(transaction, self.campaign.id)


class CampaignSessions(dg.ConfigurableResource):
    """Opens the session of the run's campaign when the first asset asks for it, and closes it with the run."""

    _runner: asyncio.Runner | None = PrivateAttr(default=None)
    _stack: AsyncExitStack | None = PrivateAttr(default=None)
    _session: Session | None = PrivateAttr(default=None)

    @contextmanager
    def yield_for_execution(
        self,
        context: dg.InitResourceContext,  # noqa: ARG002
    ) -> Generator["CampaignSessions", None, None]:
        """One event loop for the whole run: pools and ledger stay bound to it."""
        with asyncio.Runner() as runner:
            self._runner = runner
            try:
                yield self
            finally:
                runner.run(self._leave())
                self._runner = None

    def work(self, context: dg.AssetExecutionContext, body: Callable[[Session], Coroutine[Any, Any, T]]) -> T:
        """Runs an asset's body in the session of its campaign.

        Raises:
            dagster.Failure: in our vocabulary, permanent ones marked as not worth a retry.
        """
        if self._runner is None:
            raise RuntimeError("the resource is used outside a run")
        try:
            return self._runner.run(self._enter_and(context, body))
        except DatabaseDown as error:
            self._runner.run(self._leave())  # the retry connects anew
            raise as_dagster_failure(error) from error
        except LeadGenError as error:
            raise as_dagster_failure(error) from error
        except dg.DagsterExecutionInterruptedError as error:  # Dagster would try again what it was told to stop
            raise dg.Failure("the run was stopped; it goes on where it was.", allow_retries=False) from error

    async def _leave(self) -> None:
        if self._stack is not None:
            await self._stack.aclose()
        self._stack = self._session = None

    async def _enter_and(
        self, context: dg.AssetExecutionContext, body: Callable[[Session], Coroutine[Any, Any, T]]
    ) -> T:
        if self._session is None:
            self._session = await self._open(campaign_of(context.partition_key), context.run)
        return await body(self._session)

    async def _open(self, campaign_id: UUID, run: dg.DagsterRun) -> Session:
        stack = self._stack = AsyncExitStack()
        configured = settings()
        url = resolve(configured).pipeline
        database = await stack.enter_async_context(Database(url, connections=2, application="leadgen run"))
        async with database.nobody() as transaction:
            organization_id = await transaction.value(queries.CAMPAIGN_ORGANIZATION, {"campaign": campaign_id})
            if event := run.tags.get(EVENT_TAG):  # whoever launched it: the event is done waiting
                await transaction.execute(queries.EVENT_LAUNCHED, {"event": int(event), "run": run.run_id})
        if organization_id is None:
            raise InputError(f"there is no campaign {campaign_id}.", remedy="It may have been deleted.")
        async with database.tenant(organization_id) as transaction:
            campaign = await _load(transaction, campaign_id)
        client = await stack.enter_async_context(
            ProviderClient(configured, url, Work(organization_id, campaign_id, run.run_id))
        )
        fetcher = await stack.enter_async_context(Fetcher(sandbox_url=configured.fetcher_sandbox))
        vendors = Vendors(client, fetcher, configured.prompt_cache_from_tokens)
        stack.push_async_callback(vendors.claude.close)
        return Session(configured, database, vendors, campaign, run.run_id)


async def _load(transaction: Transaction, campaign_id: UUID) -> Campaign:
    row = await transaction.one(queries.CAMPAIGN, {"campaign": campaign_id})
    if row is None:
        raise InputError(f"there is no campaign {campaign_id}.", remedy="It may have been deleted.")
    latitude, longitude = row["center_latitude"], row["center_longitude"]
    return Campaign(
        id=row["id"],
        organization_id=row["organization_id"],
        name=row["name"],
        business_type=row["business_type"],
        target_location=row["target_location"],
        radius_miles=float(row["target_radius_miles"]),
        center=None if latitude is None else Point(latitude, longitude),
        criteria=row["target_criteria"],
        offer=parse_offer(row["offer"]),
        sender=row["offer"].get("sender", {}),
        lead_cap=row["lead_cap"],
    )

"""`prospects`: every business of the kind, inside the circle, once."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import dagster as dg

from leadgen.domain.discovery.coverage import Certificate, SearchedTile
from leadgen.errors import InputError
from leadgen.store.database import Transaction
from leadgen.store.merges import record_reviews
from leadgen_assets import checks
from leadgen_assets.discovery import queries
from leadgen_assets.discovery.catalogue import Batch, Catalogue, Found, listing_of
from leadgen_assets.discovery.companies import search_companies
from leadgen_assets.discovery.coverage import issue_certificate, known_tiles
from leadgen_assets.discovery.coverage import metadata as coverage_metadata
from leadgen_assets.discovery.known_leads import KnownLeads, known_leads
from leadgen_assets.discovery.recognition import decided_apart, merge_doubles, place_under_companies
from leadgen_assets.discovery.search import Source, TileFound, TilePath, cover, google, yelp
from leadgen_assets.partitions import campaigns
from leadgen_assets.retries import RETRY_TRANSIENT
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session

CODE_VERSION = "2"
SOURCES = ("google_maps", "yelp")  # of a campaign that names none; `sources` of its criteria adds "apollo"

CHECKS = (
    checks.Rule(
        "in_radius",
        "prospects",
        queries.CHECK_IN_RADIUS,
        0.0,
        "prospects lie outside the campaign's circle.",
        "Was its place or radius changed? Widen the circle, or accept them; then resume.",
    ),
    checks.Rule(
        "no_duplicates",
        "prospects",
        queries.CHECK_DUPLICATES,
        0.02,
        "prospects are one business listed more than once.",
    ),
    checks.Rule(
        "relevance",
        "prospects",
        None,
        0.05,
        "prospects are not known to be of the kind sought.",
        "Name the kind of business as its sources do, or accept those found; then resume.",
    ),
    checks.Rule("schema", "prospects", queries.CHECK_SCHEMA, 0.0, "prospects lack their place or their listing."),
)


@dg.asset(
    partitions_def=campaigns,
    group_name="discovery",
    code_version=CODE_VERSION,
    pool="discovery",
    retry_policy=RETRY_TRANSIENT,
    check_specs=checks.specs(CHECKS),
    kinds={"postgres"},
)
def prospects(context: dg.AssetExecutionContext, campaign_sessions: CampaignSessions) -> dg.MaterializeResult:
    """The businesses a campaign looks for, found in every source and recognised across them.

    Each tile of the circle is committed as it comes; a later run answers known tiles from the store.
    """
    return campaign_sessions.work(context, _discover)


async def _discover(session: Session) -> dg.MaterializeResult:
    await session.enter_stage("prospects", "discovering")
    if session.campaign.center is None:
        await _locate(session)
    left_out = await known_leads(session)
    discovery = _Discovery(session, await known_tiles(session), left_out)
    for row in await session.read(queries.KNOWN_LISTINGS):
        discovery.catalogue.remember(listing_of(row["fields"]), row["prospect_id"])
    discovery.catalogue.keep_apart(await decided_apart(session))
    await discovery.search(SOURCES if (asked := session.campaign.criteria.get("sources")) is None else tuple(asked))
    await left_out.save(session)
    await place_under_companies(session)
    certificate = await issue_certificate(session, discovery.catalogue, discovery.tiles)
    return await _result(session, certificate, discovery.catalogue.relevance())


class _Discovery:
    """One pass over the sources of a campaign. What is found is committed as it comes."""

    def __init__(self, session: Session, known: Mapping[TilePath, SearchedTile], left_out: KnownLeads) -> None:
        campaign = session.campaign
        self._session = session
        self._known = known
        self._one_at_a_time = asyncio.Lock()  # the catalogue decides in the order in which batches are committed
        self._later: list[Found] = []
        self.catalogue = Catalogue(campaign.circle, campaign.business_type, campaign.lead_cap, left_out.reason_to_drop)
        self.tiles: list[SearchedTile] = []

    async def search(self, sources: Sequence[str]) -> None:
        """Searches these sources; the first takes each listing for a business, the others are compared with it."""
        vendors, campaign = self._session.vendors, self._session.campaign
        if "google_maps" in sources:
            await self._cover(google(vendors.places, campaign.business_type, campaign.circle), self._save_each)
            if self.catalogue.has_brought:
                await self._add_later()
        if "yelp" in sources:
            await self._cover(yelp(vendors.yelp, campaign.business_type, campaign.circle), self._keep_for_later)
            await self._add_later()
        if "apollo" in sources:
            self._later = await search_companies(self._session, self.catalogue)
            await self._add_later()

    async def _cover(self, source: Source, found: TileFound) -> None:
        await cover(self._session.campaign.circle, source, self._known, found)

    async def _save_each(self, tile: SearchedTile, found: list[Found]) -> None:
        async with self._one_at_a_time:
            batch = self.catalogue.add_each(self.catalogue.wanted(found))
            await self._save(batch, replace(tile, inside=tile.inside or len(batch.listings)))

    async def _keep_for_later(self, tile: SearchedTile, found: list[Found]) -> None:
        wanted = self.catalogue.wanted(found)
        self._later.extend(wanted)
        await self._save(Batch(), replace(tile, inside=tile.inside or len(wanted)))

    async def _add_later(self) -> None:
        batch = self.catalogue.add_recognised(self._later)
        self._later = []
        await self._save(batch)

    async def _save(self, batch: Batch, *tiles: SearchedTile) -> None:
        self.tiles.extend(tiles)
        rows = [_tile_row(tile) for tile in tiles]
        await self._session.save(lambda tx: _save(tx, self._session, batch, rows))


async def _locate(session: Session) -> None:
    place = (await session.vendors.geocoder.locate(session.campaign.target_location)).value
    if place is None:
        raise InputError(
            f"{session.campaign.target_location!r} is not on the map.",
            remedy="Correct the campaign's location (a city and state, an address, or `latitude,longitude`) and resume it.",
        )
    await session.save(
        lambda tx: tx.execute(
            queries.SAVE_CENTER,
            {
                "campaign": session.campaign.id,
                "latitude": place.point.latitude,
                "longitude": place.point.longitude,
            },
        )
    )
    await session.reload()


def _tile_row(tile: SearchedTile) -> dict[str, Any]:
    box = tile.box
    return {
        "source": tile.source,
        "tile": tile.path,
        "south": box.south,
        "west": box.west,
        "north": box.north,
        "east": box.east,
        "found": tile.found,
        "inside": tile.inside,
        "state": tile.state,
    }


async def _save(transaction: Transaction, session: Session, batch: Batch, tiles: list[dict[str, Any]]) -> None:
    campaign = session.campaign.id
    if tiles:
        await transaction.execute(queries.SAVE_TILES, {"campaign": campaign, "json": as_json(tiles)})
    if batch.prospects:
        await transaction.execute(queries.SAVE_PROSPECTS, {"campaign": campaign, "json": as_json(batch.prospects)})
    if batch.doubles:
        await merge_doubles(transaction, campaign, batch.doubles)
    if batch.listings:
        await transaction.execute(queries.SAVE_LISTINGS, {"campaign": campaign, "json": as_json(batch.listings)})
    if batch.completed:
        await transaction.execute(queries.COMPLETE_PROSPECTS, {"json": as_json(batch.completed)})
        await transaction.execute(queries.PLACE_BROUGHT, {"json": as_json(batch.completed)})
    if batch.moved:
        await transaction.execute(queries.MOVE_LISTINGS, {"campaign": campaign, "json": as_json(batch.moved)})
    await record_reviews(transaction, campaign, batch.reviews)


async def _result(session: Session, certificate: Certificate, relevance: checks.Counted) -> dg.MaterializeResult:
    counts = (await session.read(queries.PROSPECTS))[0]
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": counts["prospects"],
            **coverage_metadata(certificate),
            **await checks.spend(session, "prospects"),
            "preview": checks.table(await session.read(queries.PREVIEW)),
        },
        check_results=await checks.results(session, CHECKS, {"relevance": relevance}),
    )

"""`prospects`: every business of the kind, inside the circle, once."""

import asyncio
from collections.abc import Sequence
from typing import Any

import dagster as dg

from leadgen.domain.discovery.tiling import Tile
from leadgen.errors import InputError
from leadgen.store.database import Transaction
from leadgen_assets import checks
from leadgen_assets.discovery import queries
from leadgen_assets.discovery.catalogue import Batch, Catalogue, Found, listing_of
from leadgen_assets.discovery.search import search_google, search_yelp
from leadgen_assets.partitions import campaigns
from leadgen_assets.retries import RETRY_TRANSIENT
from leadgen_assets.rows import as_json
from leadgen_assets.session import CampaignSessions, Session

CODE_VERSION = "1"

CHECKS = (
    checks.Rule("in_radius", "prospects", queries.CHECK_IN_RADIUS, 0.0, "Prospects outside the campaign's circle."),
    checks.Rule("no_duplicates", "prospects", queries.CHECK_DUPLICATES, 0.02, "One business listed more than once."),
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
    campaign = session.campaign
    catalogue = Catalogue(campaign.circle, campaign.business_type, campaign.lead_cap)
    for row in await session.read(queries.KNOWN_LISTINGS):
        catalogue.remember(listing_of(row["fields"]), row["prospect_id"])

    one_at_a_time = asyncio.Lock()  # the catalogue decides in the order in which batches are committed
    later: list[Found] = []

    async def save_google(source: str, tile: Tile, state: str, found: list[Found]) -> None:
        async with one_at_a_time:
            batch = catalogue.add_each(catalogue.wanted(found))
            await session.save(lambda tx: _save(tx, session, batch, [_tile_row(source, tile, state, found, batch)]))

    async def keep_yelp(source: str, tile: Tile, state: str, found: list[Found]) -> None:
        wanted = catalogue.wanted(found)
        later.extend(wanted)
        rows = [_tile_row(source, tile, state, found, wanted)]
        await session.save(lambda tx: _save(tx, session, Batch(), rows))

    await search_google(session, save_google)
    await search_yelp(session, keep_yelp)
    batch = catalogue.add_recognised(later)
    await session.save(lambda tx: _save(tx, session, batch, []))
    return await _result(session, catalogue)


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


def _tile_row(
    source: str, tile: Tile, state: str, found: Sequence[Found], inside: Batch | Sequence[Found]
) -> dict[str, Any]:
    box = tile.box
    return {
        "source": source,
        "tile": tile.path,
        "south": box.south,
        "west": box.west,
        "north": box.north,
        "east": box.east,
        "found": len(found),
        "inside": len(inside.listings if isinstance(inside, Batch) else inside),
        "state": state,
    }


async def _save(transaction: Transaction, session: Session, batch: Batch, tiles: list[dict[str, Any]]) -> None:
    campaign = session.campaign.id
    if tiles:
        await transaction.execute(queries.SAVE_TILES, {"campaign": campaign, "json": as_json(tiles)})
    if batch.prospects:
        await transaction.execute(queries.SAVE_PROSPECTS, {"campaign": campaign, "json": as_json(batch.prospects)})
    if batch.listings:
        await transaction.execute(queries.SAVE_LISTINGS, {"campaign": campaign, "json": as_json(batch.listings)})
    if batch.completed:
        await transaction.execute(queries.COMPLETE_PROSPECTS, {"json": as_json(batch.completed)})
    if batch.moved:
        await transaction.execute(queries.MOVE_LISTINGS, {"campaign": campaign, "json": as_json(batch.moved)})
    if batch.merged_away:
        await transaction.execute(queries.DELETE_MERGED, {"campaign": campaign, "ids": batch.merged_away})


async def _result(session: Session, catalogue: Catalogue) -> dg.MaterializeResult:
    counts = (await session.read(queries.COUNTS))[0]
    preview = await session.read(queries.PREVIEW)
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": counts["prospects"],
            "listings": dg.MetadataValue.json({"google_maps": counts["google_maps"], "yelp": counts["yelp"]}),
            "tiles": dg.MetadataValue.json({"searched": counts["tiles"], "saturated": counts["saturated"]}),
            "dropped": dg.MetadataValue.json(dict(catalogue.dropped)),
            **await checks.spend(session, "prospects"),
            "preview": checks.table(preview),
        },
        check_results=await checks.results(session, CHECKS),
    )

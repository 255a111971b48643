"""Covering a campaign's circle: every tile of every source until none hides results behind the vendor's cap."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from leadgen.domain.discovery.relevance import google_type
from leadgen.domain.discovery.tiling import GOOGLE_CAP, YELP_CAP, Tile, after_search, first_tiles
from leadgen.domain.geo import Circle
from leadgen.providers.listings import ListingSearch
from leadgen.providers.yelp import WIDEST_RADIUS_METERS
from leadgen_assets.discovery.catalogue import Found
from leadgen_assets.session import Session

FLOOR_METERS = 150.0  # a tile this small is not split again

TileFound = Callable[[str, Tile, str, list[Found]], Awaitable[None]]


async def search_google(session: Session, found: TileFound) -> None:
    """Text search over adaptive tiles; `found` gets each tile's state and results as they come."""
    campaign = session.campaign

    async def search(tile: Tile) -> ListingSearch:
        return await session.vendors.places.search_all(
            campaign.business_type, tile.box, included_type=google_type(campaign.business_type)
        )

    await _cover("google_maps", campaign.circle, first_tiles(campaign.circle), GOOGLE_CAP, search, found)


async def search_yelp(session: Session, found: TileFound) -> None:
    """Business search around each tile's center, within Yelp's radius and result limits."""
    campaign = session.campaign

    async def search(tile: Tile) -> ListingSearch:
        return await session.vendors.yelp.search_all(campaign.business_type, tile.circle_around())

    tiles = first_tiles(campaign.circle, widest_meters=2 * WIDEST_RADIUS_METERS)
    await _cover("yelp", campaign.circle, tiles, YELP_CAP, search, found)


async def _cover(
    source: str,
    circle: Circle,
    tiles: Iterable[Tile],
    cap: int,
    search: Callable[[Tile], Awaitable[ListingSearch]],
    found: TileFound,
) -> None:
    """Visits tiles side by side and splits the full ones. What is under way when a call fails is finished and saved."""

    async def visit(tile: Tile) -> tuple[Tile, ...]:
        results = await search(tile)
        seen = cap if results.saturated else min(len(results.listings), cap - 1)
        state, children = after_search(tile, seen, cap, circle, FLOOR_METERS)
        await found(source, tile, state, [Found(one, page.receipt) for page in results.pages for one in page.listings])
        return children

    under_way = {asyncio.ensure_future(visit(tile)) for tile in tiles}
    errors: list[BaseException] = []
    while under_way:
        done, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            if error := task.exception():
                errors.append(error)
            elif not errors:
                under_way |= {asyncio.ensure_future(visit(child)) for child in task.result()}
    if errors:
        raise errors[0]

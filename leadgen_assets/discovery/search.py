"""Covering a campaign's circle: every tile of every source until none hides results behind the vendor's cap.

A source is first asked what tells cheaply whether a tile is full (Google's search for ids is free, Yelp's first page names the
total); only what will not be split is read to its end. What is free is asked side by side, what is paid one tile after another:
a killed discovery has one tile of each source to repeat at most, and the rates of both leave little to gain.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass

from leadgen.domain.discovery.coverage import SearchedTile
from leadgen.domain.discovery.relevance import google_type
from leadgen.domain.discovery.tiling import GOOGLE_CAP, YELP_CAP, Tile, after_search, first_tiles, may_split
from leadgen.domain.geo import Circle
from leadgen.providers.google_places import GooglePlaces
from leadgen.providers.listings import FoundPage
from leadgen.providers.yelp import MOST_HITS, PAGE_SIZE, WIDEST_RADIUS_METERS, Yelp, YelpPage
from leadgen_assets.discovery.catalogue import Found

FLOOR_METERS = 150.0  # a tile this small is not split again

TilePath = tuple[str, str]  # source, path


@dataclass(frozen=True, slots=True)
class Look:
    """What a source shows of one tile. `count` is how many results there are as far as it says; `is_full`: some are hidden."""

    count: int
    is_full: bool
    pages: tuple[FoundPage, ...] = ()


# Looks at a tile: only whether it is full where `to_its_end` is False and it is, else to its end.
LookAt = Callable[[Tile, bool], Awaitable[Look]]
# Takes what was found of a tile as it comes, in no order.
TileFound = Callable[[SearchedTile, list[Found]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Source:
    """A source of listings that is searched by area: its name, the most results of one search, and the tiles to begin with."""

    name: str
    cap: int
    first: tuple[Tile, ...]
    look_at: LookAt


def google(places: GooglePlaces, business_type: str, circle: Circle) -> Source:
    """Text search over adaptive tiles; full ones are recognised by their ids, which cost nothing."""
    kind = google_type(business_type)
    one_at_a_time = asyncio.Lock()

    async def look_at(tile: Tile, to_its_end: bool) -> Look:
        if not to_its_end and await places.count(business_type, tile.box, included_type=kind) >= GOOGLE_CAP:
            return Look(GOOGLE_CAP, is_full=True)
        async with one_at_a_time:
            search = await places.search_all(business_type, tile.box, included_type=kind)
        return Look(len(search.listings), search.saturated, search.pages)

    return Source("google_maps", GOOGLE_CAP, first_tiles(circle), look_at)


def yelp(places: Yelp, business_type: str, circle: Circle) -> Source:
    """Business search around each tile's center, within Yelp's radius and result limits."""

    one_at_a_time = asyncio.Lock()

    async def look_at(tile: Tile, to_its_end: bool) -> Look:
        async with one_at_a_time:
            return await read(tile, to_its_end)

    async def read(tile: Tile, to_its_end: bool) -> Look:
        pages: list[FoundPage] = []
        total = 0
        for offset in range(0, MOST_HITS, PAGE_SIZE):
            answer = await places.search(business_type, tile.circle_around(), offset=offset, limit=PAGE_SIZE)
            page = answer.value or YelpPage()
            pages.append(FoundPage(page.listings, answer.receipt))
            total = page.total
            is_over = not page.listings or offset + PAGE_SIZE >= total
            if is_over or (total > MOST_HITS and not to_its_end):
                break
        return Look(total, total > MOST_HITS, tuple(pages))

    return Source("yelp", YELP_CAP, first_tiles(circle, widest_meters=2 * WIDEST_RADIUS_METERS), look_at)


async def cover(circle: Circle, source: Source, known: Mapping[TilePath, SearchedTile], found: TileFound) -> None:
    """Visits tiles side by side and splits the full ones. What is under way when a call fails is finished and saved.

    A tile that is `known` to have been split is not looked at again.
    """

    async def visit(tile: Tile) -> Iterable[Tile]:
        before = known.get((source.name, tile.path))
        if before and before.state == "split" and before.box == tile.box:
            await found(before, [])
            return after_search(tile, source.cap, source.cap, circle, FLOOR_METERS)[1]
        look = await source.look_at(tile, not may_split(tile, FLOOR_METERS))
        seen = source.cap if look.is_full else min(look.count, source.cap - 1)
        state, children = after_search(tile, seen, source.cap, circle, FLOOR_METERS)
        searched = SearchedTile(source.name, tile.path, tile.box, look.count, 0, state)
        await found(searched, [Found(one, page.receipt) for page in look.pages for one in page.listings])
        return children

    under_way = {asyncio.ensure_future(visit(tile)) for tile in source.first}
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

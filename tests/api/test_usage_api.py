"""Usage and cost: the ledger's sums in plain units, by vendor, campaign, stage and day, and the ledger itself."""

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from psycopg.types.json import Jsonb

DAY = datetime(2026, 11, 10, 12, tzinfo=UTC)
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-30"}
numbers = count(1)


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def client(tenant: Tenant, sign_in: SignIn) -> httpx.AsyncClient:
    return await sign_in(tenant)


def call(seeds: Seeds, tenant: Tenant, vendor: str = "hunter", cost: int = 14_900, **columns: Any) -> int:
    """A line of the ledger on 10 November."""
    values = {"fingerprint": next(numbers).to_bytes(32, "big"), "opened_at": DAY, "cost_micros": cost, **columns}
    return seeds.call(tenant, vendor, "search", **values)


def bought(**units: str) -> Jsonb:
    return Jsonb([{"unit": unit, "quantity": n, "unit_price_micros": "1"} for unit, n in units.items()])


async def usage(client: httpx.AsyncClient, **asked: str) -> dict[str, Any]:
    answer = await client.get("/v1/usage", params={**NOVEMBER, **asked})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def lines(client: httpx.AsyncClient, **asked: Any) -> dict[str, Any]:
    answer = await client.get("/v1/usage/lines", params={**NOVEMBER, **asked})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_each_vendor_has_its_calls_quantities_cost_and_what_known_answers_saved(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    call(seeds, tenant, usage=bought(credit="1.5"))
    call(seeds, tenant, usage=bought(credit="1"), key_owner="organization")
    call(seeds, tenant, cost=0, status="cached", saved_micros=14_900)
    call(seeds, tenant, "yelp", cost=8_000, usage=bought(search="1"))
    call(seeds, tenant, "yelp", cost=0, status="open", expected_micros=8_000)
    told = await usage(client)
    hunter, yelp = told["groups"]
    assert (hunter["key"], hunter["calls"], hunter["known"]) == ("hunter", 2, 1)
    assert (hunter["cost_cents"], hunter["own_key_cents"], hunter["saved_cents"]) == (2.98, 1.49, 1.49)
    assert hunter["quantities"] == [{"vendor": "hunter", "unit": "credits", "quantity": 2.5}]
    assert (yelp["cost_cents"], yelp["reserved_cents"]) == (0.8, 0.8)
    assert yelp["quantities"] == [{"vendor": "yelp", "unit": "searches", "quantity": 1}]
    assert told["total"]["cost_cents"] == 3.78
    assert told["total"]["calls"] == 4
    assert told["total"]["cents_per_lead"] is None


async def test_tokens_are_told_as_tokens_of_their_model(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    call(seeds, tenant, "anthropic", usage=bought(**{"claude-haiku-5-5:batch_cache_read": "1200"}))
    (claude,) = (await usage(client))["groups"]
    assert claude["quantities"] == [
        {"vendor": "anthropic", "unit": "claude-haiku-5-5 tokens read from the cache in batches", "quantity": 1200}
    ]


@pytest.mark.parametrize("by", ["vendor", "campaign", "stage", "day"])
async def test_every_grouping_adds_up_to_the_same_total(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, by: str
) -> None:
    for n in range(12):
        call(
            seeds,
            tenant,
            ("hunter", "yelp", "apollo")[n % 3],
            cost=1_000 + 137 * n,
            saved_micros=n,
            stage=("contacts", "research")[n % 2],
            opened_at=DAY + timedelta(hours=7 * n),
            campaign_id=tenant.campaign_id if n % 4 else None,
        )
    told = await usage(client, by=by)
    assert told["by"] == by
    assert len(told["groups"]) > 1
    for figure in ("calls", "known", "cost_cents", "saved_cents"):
        assert sum(group[figure] for group in told["groups"]) == pytest.approx(told["total"][figure])
    assert told["total"]["cost_cents"] == pytest.approx(sum(1_000 + 137 * n for n in range(12)) / 10_000)


async def test_a_lead_costs_its_campaigns_spend_and_counts_once_however_often_it_is_scored(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    for score in (20, 40, 60, 80):
        seeds.scored(tenant, score)
    now = datetime.now(UTC)
    call(seeds, tenant, cost=100_000, opened_at=now)
    call(seeds, tenant, cost=50_000, campaign_id=None, opened_at=now)
    today = {"from": now.date().isoformat(), "to": (now + timedelta(days=1)).date().isoformat()}
    told = await usage(client, by="campaign", **today)
    groups = {group["name"]: group for group in told["groups"]}
    assert (groups["Dentists in Austin"]["leads"], groups["Dentists in Austin"]["cents_per_lead"]) == (4, 2.5)
    assert groups["outside campaigns"]["cents_per_lead"] is None
    assert told["total"]["cents_per_lead"] == 3.75


async def test_days_are_of_utc_and_the_last_one_is_included(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    for moment in ("2026-11-09T23:59:59.999Z", "2026-11-10T00:00:00Z", "2026-11-10T23:59:59Z", "2026-11-11T00:00:00Z"):
        call(seeds, tenant, cost=10_000, opened_at=moment)
    told = await usage(client, **{"from": "2026-11-10", "to": "2026-11-10"}, by="day")
    assert [(group["key"], group["calls"]) for group in told["groups"]] == [("2026-11-10", 2)]


@pytest.mark.parametrize("asked", [{"from": "2026-11-02", "to": "2026-11-01"}, {"from": "2020-01-01"}, {"by": "moon"}])
async def test_a_span_that_is_none_or_endless_is_refused(client: httpx.AsyncClient, asked: dict[str, str]) -> None:
    assert (await client.get("/v1/usage", params=asked)).status_code == 422


async def test_the_month_so_far_is_told_where_no_days_are_named(client: httpx.AsyncClient) -> None:
    told = (await client.get("/v1/usage")).json()
    assert told["first_day"].endswith("-01")
    assert told["groups"] == []


async def test_the_ledger_is_read_page_by_page_newest_first_without_gap_or_repetition(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    ids = [call(seeds, tenant, opened_at=DAY + timedelta(seconds=n // 3)) for n in range(11)]
    seen: list[int] = []
    cursor = None
    for _ in range(4):
        page = await lines(client, limit=4, **({"cursor": cursor} if cursor else {}))
        seen += [line["id"] for line in page["items"]]
        if (cursor := page["next_cursor"]) is None:
            break
    assert seen == ids[::-1]


async def test_lines_are_found_by_vendor_stage_campaign_and_end(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    failed = call(seeds, tenant, cost=0, status="failed", failure="credentials: no such key", http_status=401)
    yelp = call(seeds, tenant, "yelp", stage="prospects", campaign_id=None)
    (line,) = (await lines(client, status="failed"))["items"]
    assert (line["id"], line["failure"], line["http_status"]) == (failed, "credentials: no such key", 401)
    assert line["campaign"] == "Dentists in Austin"
    for asked in ({"vendor": "yelp"}, {"stage": "prospects"}):
        assert [line["id"] for line in (await lines(client, **asked))["items"]] == [yelp]
    assert [line["id"] for line in (await lines(client, campaign_id=str(tenant.campaign_id)))["items"]] == [failed]


async def test_no_tenant_sees_what_another_has_used(
    client: httpx.AsyncClient, seeds: Seeds, make_tenant: MakeTenant
) -> None:
    other = make_tenant()
    call(seeds, other)
    seeds.scored(other, 70)
    assert (await usage(client))["groups"] == []
    assert (await lines(client))["items"] == []
    assert (await lines(client, campaign_id=str(other.campaign_id)))["items"] == []

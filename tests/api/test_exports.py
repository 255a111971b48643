"""A campaign's leads as a file, and as they were at an instant."""

import csv
import io
import json
from typing import Any

import httpx
import psycopg
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant

from leadgen.domain.spreadsheet import harmless

SCORES = (91, 77, 60, 49, 12)
CHANGES = (
    "update prospects set company_name = company_name || ' & Co', status = 'scored'",
    "update prospects set phone = '+1 512 555 0199' where company_name like 'Lead 1%'",
    "update contacts set email_verdict = 'invalid', full_name = 'Somebody Else'",
    "update lead_scores set superseded_at = now() where score = 77",
    "update enrichment_data set superseded_at = now()",
    "update contacts set is_primary = false",
)


@pytest.fixture
def tenant(make_tenant: MakeTenant, seeds: Seeds) -> Tenant:
    tenant = make_tenant()
    for number, score in enumerate(SCORES):
        lead = seeds.scored(tenant, score, f"Lead {number}")
        seeds.contact(tenant, lead, email=f"ana{number}@oak.example")
        seeds.website(tenant, lead)
    return tenant


@pytest.fixture
async def client(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


async def export(client: httpx.AsyncClient, tenant: Tenant, **parameters: Any) -> httpx.Response:
    answer = await client.get(f"/v1/campaigns/{tenant.campaign_id}/export", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer


def rows_of(answer: httpx.Response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def change(seeds: Seeds, sql: str) -> None:
    with psycopg.connect(seeds.owner_url) as connection:
        connection.execute(sql)


@pytest.mark.parametrize("format_", ["csv", "json"])
async def test_an_export_as_of_an_instant_is_the_one_taken_then_whatever_changed_since(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, format_: str
) -> None:
    taken = [await export(client, tenant, format=format_)]
    for sql in CHANGES:
        change(seeds, sql)
        taken.append(await export(client, tenant, format=format_))
    seeds.scored(tenant, 80, "New")

    assert len({one.content for one in taken}) > 4
    for one in taken:
        again = await export(client, tenant, format=format_, as_of=one.headers["LeadGen-As-Of"])
        assert again.content == one.content


async def test_a_merge_and_its_undoing_leave_earlier_exports_as_they_were(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    bare = seeds.scored(tenant, 30, "Without contact or site")
    taken = [await export(client, tenant)]
    best = rows_of(taken[0])[0]["id"]
    merge = (await client.post(f"/v1/prospects/{best}/merge", json={"into": str(bare)})).json()
    taken.append(await export(client, tenant))
    await client.post(f"/v1/merges/{merge['id']}/undo")
    taken.append(await export(client, tenant))

    assert [len(rows_of(one)) for one in taken] == [6, 5, 6]
    for one in taken:
        again = await export(client, tenant, as_of=one.headers["LeadGen-As-Of"])
        assert again.content == one.content


async def test_the_list_as_of_an_instant_is_the_export_made_then(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    taken = await export(client, tenant)
    for sql in CHANGES:
        change(seeds, sql)
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        asked = {"limit": 2, "as_of": taken.headers["LeadGen-As-Of"], **cursor}
        page = (await client.get(f"/v1/campaigns/{tenant.campaign_id}/leads", params=asked)).json()
        found += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}

    shown = ("id", "company_name", "status", "score", "tier", "contact_name", "email_verdict", "website_status")
    assert [[str(lead[name]) for name in shown] for lead in found] == [
        [row[name] for name in shown] for row in rows_of(taken)
    ]


async def test_a_file_has_all_leads_of_the_tiers_asked_for_best_first(
    client: httpx.AsyncClient, tenant: Tenant
) -> None:
    answer = await export(client, tenant, tier=["A", "C"])

    assert answer.headers["content-disposition"].startswith('attachment; filename="leads-')
    assert [row["score"] for row in rows_of(answer)] == ["91", "77", "49"]
    assert [lead["score"] for lead in json.loads((await export(client, tenant, format="json")).text)] == list(SCORES)
    assert json.loads((await export(client, tenant, format="json", as_of="2020-01-01T00:00:00Z")).text) == []


async def test_nothing_in_a_file_is_a_formula(client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds) -> None:
    lead = seeds.scored(tenant, 99, '=HYPERLINK("https://evil.example")', phone="+1 512 555 0100")
    seeds.contact(tenant, lead, full_name="@SUM(1+1)*cmd|' /C calc'!A0", email="x@oak.example")
    first = rows_of(await export(client, tenant))[0]

    assert first["company_name"] == '\'=HYPERLINK("https://evil.example")'
    assert first["contact_name"].startswith("'@SUM")
    assert first["phone"] == "+1 512 555 0100"


@pytest.mark.parametrize("as_of", ["2099-01-01T00:00:00Z", "yesterday", "2026-11-27T12:00:00"])
async def test_an_instant_that_is_none_or_has_not_come_is_refused(
    client: httpx.AsyncClient, tenant: Tenant, as_of: str
) -> None:
    for path in ("export", "leads"):
        answer = await client.get(f"/v1/campaigns/{tenant.campaign_id}/{path}", params={"as_of": as_of})
        assert answer.status_code == 422


async def test_another_tenants_leads_are_not_exported(
    client: httpx.AsyncClient, make_tenant: MakeTenant, seeds: Seeds
) -> None:
    other = make_tenant()
    seeds.scored(other, 90)
    change(seeds, "update prospects set company_name = 'Changed'")
    assert (await client.get(f"/v1/campaigns/{other.campaign_id}/export")).status_code == 404


async def test_what_is_written_while_an_export_is_taken_is_in_a_later_one_alone(
    client: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    """A transaction that began before the export and ends after it."""
    with psycopg.connect(seeds.owner_url) as writing:
        writing.execute("update prospects set company_name = 'Late'")
        taken = await export(client, tenant)
    again = await export(client, tenant, as_of=taken.headers["LeadGen-As-Of"])

    assert again.content == taken.content
    assert "Late" in (await export(client, tenant)).text


@pytest.mark.parametrize("payload", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", " =1", "＝1+1", "%0A=1"])
def test_what_begins_a_formula_is_written_as_text(payload: str) -> None:
    assert harmless(payload) == f"'{payload}"


@pytest.mark.parametrize("text", ["Oak Dental", "-12.5", "+1 (512) 555-0100", "", "a=b", "100%"])
def test_what_is_no_formula_is_left_alone(text: str) -> None:
    assert harmless(text) == text

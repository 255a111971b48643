"""Members bring files and single leads, look at what became of them, and keep a list of whom they do not want."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx
import pytest
from api_clients import SignIn
from api_seeds import Seeds
from databases import MakeTenant, Tenant
from fastapi import FastAPI

from leadgen_api import body_limit

LEADS = (
    "Company,Phone,Website,First Name,Email\n"
    "Oak Dental,(512) 471-0100,oakdental.com,Ana,ana@oakdental.com\n"
    ",,,,\n"
    ",512-471-0300,,,\n"
    "=Elm(1),12,elm.com,,\n"
)


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def member(sign_in: SignIn, tenant: Tenant) -> httpx.AsyncClient:
    return await sign_in(tenant)


@pytest.fixture(autouse=True)
async def settled(app: FastAPI) -> AsyncIterator[None]:
    """No import outlives its test's database."""
    yield
    await app.state.imports.settled()


async def send(client: httpx.AsyncClient, path: str, text: str = LEADS, **options: Any) -> httpx.Response:
    files = {"file": ("leads.csv", text.encode(), "text/csv")}
    return await client.post(path, files=files, data={"options": json.dumps(options)})


async def test_a_file_is_imported_behind_the_answer_and_its_errors_can_be_downloaded(
    app: FastAPI, member: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    path = f"/v1/campaigns/{tenant.campaign_id}/imports"
    begun = await send(member, path)
    assert begun.status_code == 202, begun.text
    await app.state.imports.settled()

    ended = (await member.get(f"/v1/imports/{begun.json()['id']}")).json()
    assert (ended["state"], ended["file_name"], ended["columns"]["company_name"]) == ("done", "leads.csv", "Company")
    expected = {"rows": 3, "added": 2, "bad": 1, "contacts": 1, "cells_left_out": 1}
    assert ended["counts"].items() >= expected.items()
    errors = await member.get(f"/v1/imports/{ended['id']}/errors.csv")
    assert errors.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(errors.text)))
    assert [(row["line"], row["kind"], row["column_name"]) for row in rows] == [
        ("4", "bad_row", "Company"),
        ("5", "cell", "Phone"),
    ]
    again = await send(member, path)
    assert (again.json()["id"], again.json()["state"]) == (ended["id"], "done")
    assert seeds.value("select count(*) from prospects") == 2
    listed = (await member.get(path)).json()["items"]
    assert [one["id"] for one in listed] == [ended["id"]]


async def test_what_a_spreadsheet_would_compute_is_written_as_text(
    app: FastAPI, member: httpx.AsyncClient, tenant: Tenant
) -> None:
    text = "Company,Phone\nOak,=HYPERLINK(1)\n"
    begun = await send(member, f"/v1/campaigns/{tenant.campaign_id}/imports", text)
    await app.state.imports.settled()
    errors = await member.get(f"/v1/imports/{begun.json()['id']}/errors.csv")
    assert "'=HYPERLINK(1)" in errors.text


async def test_a_preview_shows_what_would_happen_and_writes_nothing(
    member: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    path = f"/v1/campaigns/{tenant.campaign_id}/imports/preview"
    told = (await send(member, path, columns={"Phone": "ignore"})).json()

    assert (told["format"], told["encoding"], told["ignored"]) == ("csv", "utf-8", ["Phone"])
    assert told["counts"]["added"] == 2
    assert told["rows"][0]["company"] == {"name": "Oak Dental", "website": "https://oakdental.com"}
    assert told["problems"][0]["line"] == 4
    assert seeds.value("select count(*) from imports") == 0


@pytest.mark.parametrize(
    ("text", "options", "said"),
    [
        ("", {}, "no rows"),
        ("A,B\n1,2\n", {}, "what a company is called"),
        (LEADS, {"columns": {"Nobody": "phone"}}, "no column 'Nobody'"),
        (LEADS, {"duplicates": "maybe"}, "options.duplicates"),
        (LEADS, {"anything": 1}, "options.anything"),
    ],
)
async def test_what_cannot_be_imported_is_refused_with_words(
    member: httpx.AsyncClient, tenant: Tenant, seeds: Seeds, text: str, options: dict[str, Any], said: str
) -> None:
    refused = await send(member, f"/v1/campaigns/{tenant.campaign_id}/imports", text, **options)
    assert refused.status_code == 422
    assert said in refused.text
    assert seeds.value("select count(*) from imports") == 0


async def test_only_imports_take_bodies_of_more_than_a_megabyte(
    app: FastAPI, member: httpx.AsyncClient, tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = f"/v1/campaigns/{tenant.campaign_id}/imports/preview"
    large = LEADS + "Ash," + "9" * 1_200_000 + ",,,\n"
    assert (await send(member, path, large)).status_code == 200
    assert (await member.post("/v1/exclusions", content=b"x" * 1_200_000)).status_code == 413
    monkeypatch.setattr(body_limit, "LARGEST_FILE_BYTES", 1_100_000)
    assert (await send(member, path, large)).status_code == 413


async def test_who_may_not_edit_or_is_a_stranger_brings_nothing(
    sign_in: SignIn, make_tenant: MakeTenant, tenant: Tenant, stranger: httpx.AsyncClient, seeds: Seeds
) -> None:
    path = f"/v1/campaigns/{tenant.campaign_id}/imports"
    viewer, other = await sign_in(make_tenant(role="viewer")), await sign_in(make_tenant())
    assert (await send(stranger, path)).status_code == 401
    assert (await send(viewer, path)).status_code == 403
    assert (await send(other, path)).status_code == 404
    assert (await other.get(f"/v1/imports/{uuid4()}")).status_code == 404
    assert (
        await other.post(f"/v1/campaigns/{tenant.campaign_id}/prospects", json={"company_name": "X"})
    ).status_code == 404
    assert seeds.value("select count(*) from prospects") == 0


async def test_a_lead_by_hand_is_added_once_and_refused_where_it_is_known_or_excluded(
    member: httpx.AsyncClient, tenant: Tenant
) -> None:
    path = f"/v1/campaigns/{tenant.campaign_id}/prospects"
    oak = {
        "company_name": "Oak Dental",
        "phone": "(512) 471-0100",
        "website": "oakdental.com",
        "contact_name": "Ana Oak",
    }
    added = await member.post(path, json=oak)
    assert (added.status_code, added.json()["outcome"]) == (201, "added")
    known = await member.post(path, json=oak)
    assert known.status_code == 409
    assert added.json()["id"] in known.json()["detail"]
    updated = await member.post(path, json={**oak, "duplicates": "update"})
    assert updated.json() == {"id": added.json()["id"], "outcome": "updated"}
    bad = await member.post(path, json={"company_name": "Elm", "phone": "12"})
    assert (bad.status_code, bad.json()["errors"][0]["field"]) == (422, "phone")
    await member.post("/v1/exclusions", json={"kind": "name", "value": "Pine Roofing, Inc."})
    refused = await member.post(path, json={"company_name": "Pine Roofing"})
    assert (refused.status_code, "exclusion list" in refused.json()["detail"]) == (409, True)


async def test_the_exclusion_list_is_paged_and_an_entry_can_be_taken_off(member: httpx.AsyncClient) -> None:
    for value in ("oak.com", "elm.com", "https://www.oak.com/again"):
        added = await member.post("/v1/exclusions", json={"kind": "domain", "value": value, "reason": "customer"})
        assert added.status_code == 201, added.text
    first = (await member.get("/v1/exclusions", params={"limit": 1})).json()
    second = (await member.get("/v1/exclusions", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    entries = [*first["items"], *second["items"]]
    assert [entry["value"] for entry in entries] == ["elm.com", "https://www.oak.com/again"]
    assert second["next_cursor"] is None
    path = f"/v1/exclusions/{entries[0]['id']}"
    assert [(await member.delete(path)).status_code for _ in range(2)] == [204, 404]
    assert (await member.post("/v1/exclusions", json={"kind": "domain", "value": "facebook.com"})).status_code == 422


async def test_an_import_can_be_stopped_and_one_whose_process_ended_is_told_as_interrupted(
    member: httpx.AsyncClient, tenant: Tenant, seeds: Seeds
) -> None:
    common = (tenant.organization_id, tenant.campaign_id)
    making = (
        "insert into imports (organization_id, campaign_id, file_name, file_sha256, choices_sha256, choices, columns, moved_at)"
        " values (%s, %s, 'a.csv', decode(repeat('00', 32), 'hex'), decode(repeat(%s, 32), 'hex'), '{}', '{}',"
        " now() - make_interval(mins => %s)) returning id"
    )
    running, dead = seeds.value(making, (*common, "01", 0)), seeds.value(making, (*common, "02", 5))
    assert (await member.post(f"/v1/imports/{running}/stop")).json()["state"] == "stopped"
    assert (await member.get(f"/v1/imports/{dead}")).json()["state"] == "interrupted"

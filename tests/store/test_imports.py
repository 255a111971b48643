"""An import writes each business once, says of every other row why not, and goes on where it was killed."""

from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
from databases import MakeTenant, Tenant
from psycopg.rows import dict_row

from leadgen.errors import InputError, TransientError
from leadgen.store.connections import Connections
from leadgen.store.database import Database
from leadgen.store.imports import (
    AddedLead,
    Choices,
    Import,
    Importer,
    add_exclusion,
    add_lead,
    open_file,
    read_exclusions,
    remove_exclusion,
    running,
)

HEADER = "Company,Street,City,State,Zip,Phone,Website,First Name,Last Name,Title,Email"
OAK = "Oak Dental,12 Oak Street,Austin,TX,78701,(512) 471-0100,oakdental.com,Ana,Smith,Owner,ana@oakdental.com"
ELM = "Elm Plumbing,900 Elm Ave,Austin,TX,78702,512-471-0200,https://elmplumbing.com,,,,"
PINE = "Pine Roofing,31 Pine Rd,Austin,TX,78703,512.471.0300,pineroofing.com,Joe,Pine,Manager,joe@pineroofing.com"


@pytest.fixture
def tenant(make_tenant: MakeTenant) -> Tenant:
    return make_tenant()


@pytest.fixture
async def database(database_urls: Connections) -> AsyncIterator[Database]:
    async with Database(database_urls.api) as database:
        yield database


@pytest.fixture
def rows(database_urls: Connections) -> Callable[..., list[dict[str, Any]]]:
    """Rows as the owner sees them."""

    def read(sql: str, *parameters: Any) -> list[dict[str, Any]]:
        with psycopg.connect(database_urls.owner, row_factory=dict_row) as connection:
            cursor = connection.execute(sql, parameters)
            return cursor.fetchall() if cursor.description else []

    return read


Rows = Callable[..., list[dict[str, Any]]]


def write(folder: Path, *lines: str, name: str = "leads.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def importer(database: Database, tenant: Tenant, **choices: Any) -> Importer:
    opened = partial(database.tenant, tenant.organization_id, tenant.user_id)
    return Importer(opened, tenant.organization_id, tenant.campaign_id, Choices(**choices), tenant.user_id)


async def bring(database: Database, tenant: Tenant, path: Path, **choices: Any) -> Import:
    importing = importer(database, tenant, **choices)
    file = open_file(path)
    return await importing.run(file, await importing.begin(file))


async def test_a_row_becomes_a_lead_with_listing_receipts_and_contact(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    ended = await bring(database, tenant, write(tmp_path, OAK))

    assert (ended.state, ended.counts.added, ended.counts.contacts, ended.position) == ("done", 1, 1, 2)
    (prospect,) = rows("select * from prospects")
    assert (prospect["company_name"], prospect["phone"]) == ("Oak Dental", "+15124710100")
    assert (prospect["website"], prospect["domain"]) == ("https://oakdental.com", "oakdental.com")
    assert (prospect["source"], prospect["distance_meters"], prospect["status"]) == ("import", None, "new")
    (listing,) = rows("select * from listings")
    assert (listing["prospect_id"], listing["source"], listing["expires_at"]) == (prospect["id"], "import", None)
    assert listing["source_id"] == prospect["source_id"]
    receipts = rows("select field, provider, quote from field_provenance order by field")
    assert [receipt["field"] for receipt in receipts] == ["address", "company_name", "phone", "website"]
    assert {(receipt["provider"], receipt["quote"]) for receipt in receipts} == {("import", "leads.csv, line 2")}
    (contact,) = rows("select * from contacts")
    assert (contact["full_name"], contact["email"], contact["source"]) == ("Ana Smith", "ana@oakdental.com", "import")
    assert contact["email_verdict"] is None
    assert contact["is_decision_maker"]


async def test_good_rows_are_not_lost_because_of_bad_ones(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    bad = ",1 Main St,Austin,TX,78701,512-471-0400,,,,,"
    ragged = "Ash Law,5 Ash St,Austin"
    half = "Fir Vet,7 Fir St,Austin,TX,78704,12,firvet.com,,,,not-an-address"
    ended = await bring(database, tenant, write(tmp_path, OAK, bad, ragged, half, PINE))

    assert (ended.counts.added, ended.counts.bad, ended.counts.cells_left_out) == (3, 2, 2)
    remarks = rows("select line, kind, column_name from import_remarks order by id")
    assert [tuple(remark.values()) for remark in remarks] == [
        (3, "bad_row", "Company"),
        (4, "bad_row", None),
        (5, "cell", "Phone"),
        (5, "cell", "Email"),
    ]


async def test_the_same_file_again_adds_nothing(database: Database, tenant: Tenant, rows: Rows, tmp_path: Path) -> None:
    path = write(tmp_path, OAK, ELM)
    first = await bring(database, tenant, path)
    again = await bring(database, tenant, path)
    otherwise = await bring(database, tenant, path, duplicates="duplicate")
    once_more = await bring(database, tenant, path, duplicates="duplicate")

    assert again.id == first.id
    assert again.was_done
    assert otherwise.counts.added == 2
    assert once_more.was_done
    assert rows("select count(*) as n from prospects")[0]["n"] == 4


@pytest.mark.parametrize(
    ("duplicates", "leads", "phone"),
    [("skip", 1, "+15124710100"), ("update", 1, "+15124719999"), ("duplicate", 2, None)],
)
async def test_a_lead_of_the_campaign_is_skipped_updated_or_made_again(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path, duplicates: str, leads: int, phone: str | None
) -> None:
    await bring(database, tenant, write(tmp_path, OAK))
    moved = OAK.replace("471-0100", "471-9999").replace("Ana,Smith", "Bea,Jones").replace("ana@", "bea@")
    ended = await bring(database, tenant, write(tmp_path, moved, name="newer.csv"), duplicates=duplicates)

    found = rows("select phone from prospects")
    assert len(found) == leads
    if phone:
        assert found[0]["phone"] == phone
    receipts = rows("select quote, superseded_at from field_provenance where field = 'phone' order by id")
    match duplicates:
        case "skip":
            assert ended.counts.duplicates == 1
            assert rows("select kind from import_remarks") == [{"kind": "duplicate"}]
        case "update":
            assert (ended.counts.updated, ended.counts.contacts) == (1, 1)
            assert [receipt["superseded_at"] is None for receipt in receipts] == [False, True]
            assert receipts[1]["quote"] == "newer.csv, line 2"
        case _:
            assert ended.counts.added == 1


async def test_a_business_with_a_row_for_each_person_is_one_lead(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    second = OAK.replace("Ana,Smith,Owner,ana@", "Bea,Jones,Manager,bea@").replace("Oak Dental,", "OAK DENTAL LLC,")
    ended = await bring(database, tenant, write(tmp_path, OAK, ELM, second))

    assert (ended.counts.added, ended.counts.joined, ended.counts.contacts) == (2, 1, 2)
    assert len(rows("select 1 from contacts")) == 2


async def test_leads_of_other_campaigns_are_excluded_refreshed_or_kept(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    await bring(database, tenant, write(tmp_path, OAK))
    (there,) = rows("select id from prospects")
    rows(
        "insert into campaigns (organization_id, name, business_type, target_location) values (%s, 'B', 'dentist', 'Austin')",
        tenant.organization_id,
    )
    other = rows("select id from campaigns where name = 'B'")[0]["id"]
    here = Tenant(tenant.organization_id, tenant.user_id, other)
    newer = write(tmp_path, OAK.replace("471-0100", "471-9999"), PINE, name="b.csv")

    excluded = await bring(database, here, newer)
    assert (excluded.counts.known, excluded.counts.added) == (1, 1)
    refreshed = await bring(database, here, newer, known_leads="refresh")
    assert (refreshed.counts.refreshed, refreshed.counts.duplicates) == (1, 1)
    assert rows("select phone from prospects where id = %s", there["id"]) == [{"phone": "+15124719999"}]
    kept = await bring(database, here, newer, known_leads="keep")
    assert (kept.counts.added, kept.counts.duplicates) == (1, 1)


async def test_excluded_businesses_are_left_out_unless_kept(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    for kind, key in (("domain", "oakdental.com"), ("phone", "15124710200"), ("name", "pineroofing")):
        rows(
            "insert into exclusions (organization_id, kind, key, value, reason) values (%s, %s, %s, %s, 'customer')",
            tenant.organization_id, kind, key, key,
        )  # fmt: skip
    path = write(tmp_path, OAK, ELM, PINE)
    assert (await bring(database, tenant, path)).counts.excluded == 3
    assert (await bring(database, tenant, path, excluded="keep")).counts.added == 3


async def test_a_preview_tells_what_would_happen_and_writes_nothing(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    path = write(tmp_path, OAK, OAK, ELM, ",,,,,,,,,,x@y.com")
    told = await importer(database, tenant).preview(open_file(path))

    assert (told.counts.added, told.counts.joined, told.counts.bad) == (2, 1, 1)
    assert told.columns["company_name"] == "Company"
    assert [row.line for row in told.rows] == [2, 3, 4, 5]
    assert told.problems[0].line == 5
    assert not rows("select 1 from imports")
    assert not rows("select 1 from prospects")
    told.counts.contacts = 1  # of which only the database knows which are new
    assert (await bring(database, tenant, path)).counts == told.counts


async def test_an_import_that_died_goes_on_behind_its_last_batch(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 1)
    path = write(tmp_path, OAK, ELM, OAK.replace("Ana,Smith,Owner,ana@", "Bea,Jones,Owner,bea@"), PINE)

    class Died(BaseException):
        pass

    def die(now: Import) -> None:
        if now.position == 3:
            raise Died

    importing, file = importer(database, tenant), open_file(path)
    with pytest.raises(Died):
        await importing.run(file, await importing.begin(file), die)
    assert rows("select state, position, added from imports") == [{"state": "running", "position": 3, "added": 2}]
    ended = await bring(database, tenant, path)

    assert (ended.counts.added, ended.counts.joined, ended.counts.contacts, ended.state) == (3, 1, 3, "done")
    assert len(rows("select 1 from prospects")) == 3


async def test_a_stopped_import_ends_behind_a_batch_and_goes_on_when_it_is_given_again(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "BATCH_ROWS", 1)
    path = write(tmp_path, OAK, ELM, PINE)
    importing, file = importer(database, tenant), open_file(path)

    def stop(now: Import) -> None:
        rows("update imports set state = 'stopped', ended_at = now() where id = %s", now.id)

    stopped = await importing.run(file, await importing.begin(file), stop)
    assert (stopped.state, stopped.counts.added) == ("stopped", 1)
    assert (await bring(database, tenant, path)).counts.added == 3


async def test_of_two_processes_with_one_file_the_second_finds_the_place_taken(
    database: Database, tenant: Tenant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path, OAK, ELM)
    importing, file = importer(database, tenant), open_file(path)
    begun = await importing.begin(file)
    monkeypatch.setattr(running, "BATCH_ROWS", 1)
    steps = importing._batches(file, begun)
    await anext(steps)
    with pytest.raises(TransientError, match="Another process"):
        await importing.run(file, begun)
    assert (await anext(steps)).counts.added == 2


async def test_a_campaign_goes_on_with_what_was_brought(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    await bring(database, tenant, write(tmp_path, OAK))
    assert not rows("select 1 from outbox")  # a draft waits for its creation
    rows("update campaigns set status = 'ready'")
    await bring(database, tenant, write(tmp_path, ELM, name="more.csv"))
    assert rows("select kind from outbox") == [{"kind": "campaign.resumed"}]


async def test_nobody_imports_into_a_strangers_campaign(
    database: Database, make_tenant: MakeTenant, tenant: Tenant, tmp_path: Path
) -> None:
    theirs = make_tenant()
    foreign = Tenant(tenant.organization_id, tenant.user_id, theirs.campaign_id)
    with pytest.raises(InputError, match="There is no campaign"):
        await bring(database, foreign, write(tmp_path, OAK))


async def test_a_lead_by_hand_is_read_recognised_and_written_as_a_row_is(
    database: Database, tenant: Tenant, rows: Rows, tmp_path: Path
) -> None:
    await bring(database, tenant, write(tmp_path, OAK))
    same = {"company_name": "Oak Dental LLC", "phone": "512 471 0100", "address": "12 Oak St", "zip_code": "78701"}
    new = {
        "company_name": "Ash Law",
        "website": "ashlaw.com",
        "contact_name": "Ida Ash",
        "contact_email": "Ida@AshLaw.com",
    }

    async def add(fields: dict[Any, str], **choices: Any) -> AddedLead:
        async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
            return await add_lead(transaction, tenant.organization_id, tenant.campaign_id, fields, Choices(**choices))

    (known,) = rows("select id from prospects")
    found = await add(same)
    assert (found.outcome, found.prospect_id) == ("duplicates", known["id"])
    added = await add(new)
    assert added.outcome == "added"
    assert (await add(new)).prospect_id == added.prospect_id
    doubles = {(await add(same, duplicates="duplicate")).prospect_id for _ in range(3)}
    assert len(doubles) == 3
    bad = await add({"company_name": "Fir", "phone": "12"})
    assert (bad.outcome, bad.problems[0].column) == ("bad", "phone")
    manual = rows("select source from prospects where source = 'manual'")
    assert len(manual) == 4
    assert rows("select email, source from contacts where source = 'manual'") == [
        {"email": "ida@ashlaw.com", "source": "manual"}
    ]
    quotes = rows("select distinct quote from field_provenance where provider = 'manual'")
    assert quotes == [{"quote": "added by hand"}]


async def test_exclusions_are_one_however_they_are_spelt(database: Database, tenant: Tenant, rows: Rows) -> None:
    async with database.tenant(tenant.organization_id, tenant.user_id) as transaction:
        first = await add_exclusion(transaction, tenant.organization_id, "domain", "https://www.oakdental.com/x")
        again = await add_exclusion(transaction, tenant.organization_id, "domain", "oakdental.com", "customer")
        assert (first["id"], again["reason"]) == (again["id"], "customer")
        assert len(await read_exclusions(transaction, tenant.organization_id)) == 1
        assert await remove_exclusion(transaction, tenant.organization_id, first["id"])
        assert not await remove_exclusion(transaction, tenant.organization_id, first["id"])

"""Leads that a tenant brought go the way of all others, once; what it does not want is not found again."""

import asyncio
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import dagster as dg
import pytest
from in_process import PROSPECTS, Pipeline
from psycopg.types.json import Jsonb

from leadgen.store.database import Database
from leadgen.store.imports import Choices, Import, Importer, open_file
from leadgen_assets.discovery.assets import prospects
from leadgen_assets.session import CampaignSessions


def bring(pipeline: Pipeline, path: Path, **choices: Any) -> Import:
    async def run() -> Import:
        organization = pipeline.campaign()["organization_id"]
        async with Database(pipeline.urls.pipeline) as database:
            tenant = partial(database.tenant, organization)
            importing = Importer(tenant, organization, pipeline.campaign_id, Choices(**choices))
            file = open_file(path)
            return await importing.run(file, await importing.begin(file))

    return asyncio.run(run())


def discover(pipeline: Pipeline) -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        instance.add_dynamic_partitions("campaigns", [str(pipeline.campaign_id)])
        dg.materialize(
            [prospects],
            instance=instance,
            partition_key=str(pipeline.campaign_id),
            resources={"campaign_sessions": CampaignSessions()},
        )


@pytest.fixture
def found_once(pipeline: Pipeline) -> list[dict[str, Any]]:
    """What the campaign finds by itself, and is then rid of."""
    discover(pipeline)
    found = pipeline.rows("select * from prospects order by company_name")
    assert len(found) == PROSPECTS
    return found


def leads_file(folder: Path, *leads: dict[str, Any]) -> Path:
    columns = ("company_name", "address", "city", "state", "zip_code", "phone", "website")
    lines = [",".join(columns)] + [",".join(f'"{lead[c] or ""}"' for c in columns) for lead in leads]
    path = folder / "leads.csv"
    path.write_text("\n".join(lines))
    return path


def forget(pipeline: Pipeline) -> None:
    pipeline.change("delete from prospects")


def another_campaign(pipeline: Pipeline, lead: dict[str, Any], **changed: Any) -> UUID:
    """A lead of another campaign of the same organization; its id."""
    pipeline.change(
        "insert into campaigns (organization_id, name, business_type, target_location)"
        " select organization_id, 'Other', 'dentist', 'Austin' from campaigns where id = %s",
        pipeline.campaign_id,
    )
    row = {**lead, **changed, "raw_data": None}
    pipeline.change(
        "insert into prospects (organization_id, campaign_id, company_name, address, city, state, zip_code, phone, website,"
        " latitude, longitude, source, source_id) select c.organization_id, c.id, %s, %s, %s, %s, %s, %s, %s, %s, %s,"
        " 'google_maps', 'elsewhere' from campaigns c where c.name = 'Other'",
        *(
            row[c]
            for c in (
                "company_name",
                "address",
                "city",
                "state",
                "zip_code",
                "phone",
                "website",
                "latitude",
                "longitude",
            )
        ),
    )
    return pipeline.rows("select id from prospects where source_id = 'elsewhere'")[0]["id"]


def here(pipeline: Pipeline) -> list[dict[str, Any]]:
    return pipeline.rows(
        "select * from prospects where campaign_id = %s and merged_into is null order by company_name",
        pipeline.campaign_id,
    )


def test_brought_leads_are_recognised_among_those_found_and_stay_the_same_leads(
    pipeline: Pipeline, found_once: list[dict[str, Any]], tmp_path: Path
) -> None:
    forget(pipeline)
    unknown = {**found_once[0], "company_name": "Zebra Kite Makers", "phone": "+15125559999", "website": None,
               "address": "77 Nowhere Road", "zip_code": "99501", "city": "Anchorage", "state": "AK"}  # fmt: skip
    assert bring(pipeline, leads_file(tmp_path, found_once[0], found_once[1], unknown)).counts.added == 3
    brought = {row["company_name"]: row["id"] for row in here(pipeline)}
    discover(pipeline)

    now = here(pipeline)
    assert len(now) == PROSPECTS + 1
    assert brought.items() <= {row["company_name"]: row["id"] for row in now}.items()
    recognised = next(row for row in now if row["id"] == brought[found_once[0]["company_name"]])
    assert recognised["distance_meters"] == pytest.approx(found_once[0]["distance_meters"], abs=1)
    sources = pipeline.rows("select source from listings where prospect_id = %s order by source", recognised["id"])
    assert {row["source"] for row in sources} > {"import"}


def test_a_double_that_a_tenant_wants_is_not_put_together_with_the_other(
    pipeline: Pipeline, found_once: list[dict[str, Any]], tmp_path: Path
) -> None:
    bring(pipeline, leads_file(tmp_path, found_once[0]), duplicates="duplicate")
    discover(pipeline)
    assert len(here(pipeline)) == PROSPECTS + 1


def test_excluded_businesses_are_not_found(pipeline: Pipeline, found_once: list[dict[str, Any]]) -> None:
    forget(pipeline)
    pipeline.change(
        "insert into exclusions (organization_id, kind, key, value)"
        " select organization_id, 'phone', %s, %s from campaigns where id = %s",
        found_once[0]["phone"].lstrip("+"), found_once[0]["phone"], pipeline.campaign_id,
    )  # fmt: skip
    discover(pipeline)
    assert [row["company_name"] for row in here(pipeline)] == [row["company_name"] for row in found_once[1:]]


@pytest.mark.parametrize(
    ("choice", "leads"), [("keep", PROSPECTS), ("exclude", PROSPECTS - 1), ("refresh", PROSPECTS - 1)]
)
def test_leads_of_other_campaigns_are_kept_excluded_or_refreshed_as_the_campaign_says(
    pipeline: Pipeline, found_once: list[dict[str, Any]], choice: str, leads: int
) -> None:
    forget(pipeline)
    lead = another_campaign(pipeline, found_once[0], phone=None)
    pipeline.change(
        "update campaigns set target_criteria = %s where id = %s", Jsonb({"known_leads": choice}), pipeline.campaign_id
    )
    discover(pipeline)
    assert len(here(pipeline)) == leads
    phone = pipeline.rows("select phone from prospects where id = %s", lead)[0]["phone"]
    assert phone == (found_once[0]["phone"] if choice == "refresh" else None)

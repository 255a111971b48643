"""The coverage certificate of a discovery: kept with the campaign, and shown in Dagster."""

from collections.abc import Iterable
from typing import Any

import dagster as dg
from psycopg.types.json import Jsonb

from leadgen.domain.discovery.coverage import Certificate, SearchedTile, as_document, certify, verdict
from leadgen.domain.discovery.coverage_recall import Recall
from leadgen.domain.geo import Rectangle
from leadgen_assets import checks
from leadgen_assets.discovery import queries
from leadgen_assets.discovery.catalogue import Catalogue
from leadgen_assets.discovery.search import TilePath
from leadgen_assets.session import Session


async def known_tiles(session: Session) -> dict[TilePath, SearchedTile]:
    """The tiles that earlier runs have split."""
    return {(row["source"], row["tile"]): _tile(row) for row in await session.read(queries.KNOWN_TILES)}


async def issue_certificate(session: Session, catalogue: Catalogue, tiles: Iterable[SearchedTile]) -> Certificate:
    """Computes the certificate of this run and keeps it."""
    campaign = session.campaign
    certificate = certify(campaign.circle, tiles, catalogue.listed(), catalogue.dropped, campaign.lead_cap)
    recall = certificate.recall if isinstance(certificate.recall, Recall) else None
    row = {
        "campaign": campaign.id,
        "run": session.run_id,
        "prospects": certificate.prospects,
        "duplicates": certificate.duplicates,
        "tiles": sum(source.tiles for source in certificate.sources),
        "saturated_tiles": certificate.saturated,
        "recall": recall and recall.recall,
        "recall_low": recall and recall.low,
        "recall_high": recall and recall.high,
        "document": Jsonb(as_document(certificate)),
    }
    await session.save(lambda transaction: transaction.execute(queries.SAVE_CERTIFICATE, row))
    return certificate


def metadata(certificate: Certificate) -> dict[str, Any]:
    """The certificate as Dagster shows it: numbers to plot, and a table of the sources."""
    recall = certificate.recall
    return {
        "coverage": verdict(certificate),
        **(_told(recall) if isinstance(recall, Recall) else {}),
        "duplicates": certificate.duplicates,
        "tiles": sum(source.tiles for source in certificate.sources),
        "saturated_tiles": certificate.saturated,
        "dropped": dg.MetadataValue.json(dict(certificate.dropped)),
        "sources": checks.table(as_document(certificate)["sources"]),
        "overlaps": dg.MetadataValue.json(dict(certificate.overlaps)),
    }


def _told(recall: Recall) -> dict[str, float]:
    return {
        "recall": round(recall.recall, 4),
        "recall_low": round(recall.low, 4),
        "recall_high": round(recall.high, 4),
        "businesses": round(recall.businesses, 1),
    }


def _tile(row: dict[str, Any]) -> SearchedTile:
    box = Rectangle(row["south"], row["west"], row["north"], row["east"])
    return SearchedTile(row["source"], row["tile"], box, row["found"], row["inside"], row["state"])

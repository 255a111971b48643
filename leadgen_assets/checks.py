"""Quality gates: rules over what an asset has written, read back from the tables. A failed one stops what depends on it.

Also the metadata every asset returns. No personal data goes into Dagster: counts, ids, money, places.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import dagster as dg

from leadgen.domain.money import cents
from leadgen_assets import queries
from leadgen_assets.session import Session


@dataclass(frozen=True, slots=True)
class Rule:
    """A query that returns `total` and `failing`, and the share of failures it bears."""

    name: str
    asset: str
    sql: LiteralString
    bearable_share: float
    meaning: str  # of a failure, in words for the tenant


def specs(rules: Iterable[Rule]) -> list[dg.AssetCheckSpec]:
    """Blocking: a failed rule stops the money and the mail behind it."""
    return [dg.AssetCheckSpec(r.name, asset=r.asset, blocking=True, description=r.meaning) for r in rules]


async def results(session: Session, rules: Iterable[Rule]) -> list[dg.AssetCheckResult]:
    """Each rule's result for the session's campaign."""
    found = []
    for rule in rules:
        row = (await session.read(rule.sql))[0]
        share = row["failing"] / row["total"] if row["total"] else 0.0
        found.append(
            dg.AssetCheckResult(
                check_name=rule.name,
                passed=share <= rule.bearable_share,
                metadata={"total": row["total"], "failing": row["failing"], "bearable_share": rule.bearable_share},
                description=f"{row['failing']} of {row['total']}: {rule.meaning}" if row["failing"] else None,
            )
        )
    return found


async def spend(session: Session, stage: str) -> dict[str, Any]:
    """What this campaign's stage cost and saved so far, in cents, and its calls by vendor."""
    rows = await session.read(queries.STAGE_SPEND, stage=stage)
    return {
        "cost_cents": cents(sum(row["cost_micros"] for row in rows)),
        "saved_cents": cents(sum(row["saved_micros"] for row in rows)),
        "calls": dg.MetadataValue.json({row["vendor"]: {"made": row["made"], "known": row["known"]} for row in rows}),
    }


def table(rows: Sequence[dict[str, Any]]) -> dg.TableMetadataValue:
    """Rows as Dagster shows them."""
    records = [
        dg.TableRecord({name: v if isinstance(v, int | float | bool) else str(v) for name, v in row.items()})
        for row in rows
    ]
    schema = dg.TableSchema(columns=[dg.TableColumn(name) for name in (rows[0] if rows else {"none": None})])
    return dg.MetadataValue.table(records=records, schema=schema)

"""Quality gates: rules over what an asset has written, read back from the tables. A failed one stops what depends on it.

Also the metadata every asset returns. No personal data goes into Dagster: counts, ids, money, places.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, LiteralString

import dagster as dg

from leadgen.domain.money import cents
from leadgen_assets import queries
from leadgen_assets.session import Session


@dataclass(frozen=True, slots=True)
class Rule:
    """A query that returns `total` and `failing`, and the share of failures it bears.

    A campaign whose criteria name it in `accepted_checks` goes on in spite of it.
    """

    name: str
    asset: str
    sql: LiteralString | None  # None: the asset counts by itself
    bearable_share: float
    meaning: str  # of a failure, in words for the tenant
    remedy: str = "Correct the campaign, or accept the check as it is; then resume."


def specs(rules: Iterable[Rule]) -> list[dg.AssetCheckSpec]:
    """Blocking: a failed rule stops the money and the mail behind it."""
    return [dg.AssetCheckSpec(r.name, asset=r.asset, blocking=True, description=r.meaning) for r in rules]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many rows a rule looked at, and how many of them break it."""

    total: int
    failing: int


async def results(
    session: Session, rules: Iterable[Rule], counted: Mapping[str, Counted] | None = None
) -> list[dg.AssetCheckResult]:
    """Each rule's result for the session's campaign; `counted` holds those without a query, by name."""
    found = []
    for rule in rules:
        if rule.sql is None:
            count = (counted or {})[rule.name]
        else:
            row = (await session.read(rule.sql))[0]
            count = Counted(row["total"], row["failing"])
        found.append(_result(rule, count, session.campaign.criteria.get("accepted_checks", ())))
    return found


def _result(rule: Rule, count: Counted, accepted: Collection[str]) -> dg.AssetCheckResult:
    share = count.failing / count.total if count.total else 0.0
    is_accepted = rule.name in accepted
    return dg.AssetCheckResult(
        check_name=rule.name,
        passed=is_accepted or share <= rule.bearable_share,
        metadata={
            "total": count.total,
            "failing": count.failing,
            "bearable_share": rule.bearable_share,
            "accepted": is_accepted,
            "remedy": rule.remedy,
        },
        description=f"{count.failing} of {count.total}: {rule.meaning}" if count.failing else None,
    )


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

"""A stage over the prospects of one campaign: which are due, how far each came, what the asset returns.

A prospect is due for a stage while it has no result of this code version that is newer than its upstream's. So a resumed
run does the rest, a rerun with `refresh_before` derives everything again (from stored answers), and nothing is done twice.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, LiteralString
from uuid import UUID

import dagster as dg

from leadgen.errors import VendorRefused
from leadgen.store.campaigns import Status
from leadgen.store.database import Transaction
from leadgen_assets import checks, queries
from leadgen_assets.lanes import in_lanes
from leadgen_assets.partitions import campaigns
from leadgen_assets.retries import RETRY_TRANSIENT
from leadgen_assets.rows import as_json
from leadgen_assets.session import Session

Row = dict[str, Any]


class StageConfig(dg.Config):
    """What a run may be asked beside its campaign.

    `refresh_before`: results older than this instant (ISO 8601) are derived again; empty derives only what is due.
    """

    refresh_before: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its name, its code version, the upstream stage it follows, and the query of what it needs to know.

    `due` selects one row a prospect with at least `id`; parameters: campaign, stage, upstream, version, refresh_before, slice.
    Empty where a stage works on whole sets.
    """

    name: str
    version: str
    status: Status
    due: LiteralString = ""
    upstream: str | None = None


@dataclass(slots=True)
class Outcome:
    """What became of one prospect: its state, and rows to save by kind.

    `reason` is of a kind that can be counted and shown to operators; what names the business goes into `detail`.
    """

    prospect_id: UUID
    state: Literal["done", "skipped", "failed"] = "done"
    reason: str | None = None
    detail: str | None = None
    rows: dict[str, list[Row]] = field(default_factory=dict)

    def add(self, kind: str, row: Row) -> None:
        """Adds a row of this prospect to what is saved."""
        self.rows.setdefault(kind, []).append({"prospect_id": self.prospect_id, **row})


async def due_prospects(session: Session, stage: Stage, config: StageConfig, **more: Any) -> list[Row]:
    """Enters the stage and returns what is due, at most a slice of it. `more` are the `due` query's own parameters."""
    await session.enter_stage(stage.name, stage.status)
    return await session.read(
        stage.due,
        stage=stage.name,
        upstream=stage.upstream,
        version=stage.version,
        refresh_before=config.refresh_before or None,
        slice=session.settings.slice_size,
        **more,
    )


async def run_stage(
    session: Session,
    stage: Stage,
    config: StageConfig,
    handle: Callable[[Row], Awaitable[Outcome]],
    save: Callable[[Transaction, Session, dict[str, list[Row]], list[UUID]], Awaitable[None]],
    **more: Any,
) -> int:
    """Handles what is due, at most a slice of it, side by side. Returns how many prospects were handled.

    `more` are the stage's own parameters of its `due` query. A refusal that concerns one prospect is that prospect's
    outcome; any other failure is the stage's.
    """
    due = await due_prospects(session, stage, config, **more)

    async def one(row: Row) -> Outcome:
        try:
            return await handle(row)
        except VendorRefused as refusal:
            return Outcome(row["id"], "failed", f"{refusal.vendor} refused", refusal.message)

    async def save_batch(outcomes: Sequence[Outcome]) -> None:
        rows: dict[str, list[Row]] = {}
        for outcome in outcomes:
            for kind, of_kind in outcome.rows.items():
                rows.setdefault(kind, []).extend(of_kind)
        states = [
            {
                "prospect_id": o.prospect_id, "stage": stage.name, "state": o.state, "reason": o.reason,
                "detail": o.detail, "version": stage.version,
            }
            for o in outcomes
        ]  # fmt: skip

        async def write(transaction: Transaction) -> None:
            await transaction.execute(queries.SAVE_STAGES, {"campaign": session.campaign.id, "json": as_json(states)})
            await save(transaction, session, rows, [o.prospect_id for o in outcomes])
            if rows.get("provenance"):
                await transaction.execute(queries.SAVE_PROVENANCE, {"json": as_json(rows["provenance"])})

        await session.save(write)

    return await in_lanes(due, one, save_batch, lanes=session.settings.lanes)


def stage_asset(
    stage: Stage,
    rules: Sequence[checks.Rule],
    *,
    group: str,
    after: str,
    pool: str | None = None,
    calls: str = "postgres",
) -> Callable[[Callable[..., dg.MaterializeResult]], dg.AssetsDefinition]:
    """What the asset of every stage has in common: a partition a campaign, blocking checks, retries of what may pass.

    `after` names the asset upstream, `calls` the service that Dagster's graph shows beside Postgres.
    """
    return dg.asset(
        partitions_def=campaigns,
        deps=[after],
        group_name=group,
        code_version=stage.version,
        pool=pool,
        retry_policy=RETRY_TRANSIENT,
        check_specs=checks.specs(rules),
        kinds={"postgres", calls},
    )


async def materialization(
    session: Session, stage: Stage, rules: Sequence[checks.Rule], handled: int, **more: Any
) -> dg.MaterializeResult:
    """What the asset of every stage returns: how far its prospects are over all slices, the money, the checks; and `more`."""
    states = {row["state"]: row["prospects"] for row in await session.read(queries.STAGE_STATES, stage=stage.name)}
    reasons = {row["reason"]: row["prospects"] for row in await session.read(queries.STAGE_REASONS, stage=stage.name)}
    return dg.MaterializeResult(
        metadata={
            "dagster/row_count": states.get("done", 0),
            "handled_now": handled,
            **more,
            "states": dg.MetadataValue.json(states),
            "reasons": dg.MetadataValue.json(reasons),
            **await checks.spend(session, stage.name),
        },
        check_results=await checks.results(session, rules),
    )

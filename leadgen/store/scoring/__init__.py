"""Scores of whole campaigns: which prospects are due, and the statement that scores them in sets.

What belongs here: the pass over a campaign, as the pipeline runs it and as a member asks for it. What does not: how a fact
becomes points (`leadgen/domain/scoring`), and what the pass is reported as.
"""

import asyncio
import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from dataclasses import asdict, dataclass
from typing import Any, Protocol
from uuid import UUID

from leadgen.domain.geo import Circle, Point
from leadgen.domain.scoring.document import document_of, profile_of
from leadgen.domain.scoring.offer import parse_offer
from leadgen.domain.scoring.profile import DEFAULT_PROFILE, PROFILE_VERSION, Profile
from leadgen.errors import InputError
from leadgen.store.database import Transaction
from leadgen.store.scoring import queries
from leadgen.store.scoring.parameters import Parameters, scorer_parameters

STAGE = "lead_scores"
SET_SIZE = 5_000  # prospects a statement
SETS_AT_ONCE = 2


class Tenancy(Protocol):
    """Opens transactions of one organization."""

    def __call__(self) -> AbstractAsyncContextManager[Transaction]: ...


@dataclass(frozen=True, slots=True)
class Scoring:
    """How one campaign is scored. `scored_by` names everything but the facts: another one makes every prospect due."""

    campaign_id: UUID
    organization_id: UUID
    profile: Profile
    parameters: Parameters
    scored_by: str
    is_new: bool


@dataclass(frozen=True, slots=True)
class Pass:
    """What a pass did: prospects looked at, scores that are new or others than before."""

    looked_at: int = 0
    changed: int = 0


async def current_profile(transaction: Transaction, organization_id: UUID) -> Profile:
    """The profile the organization applied last; the built-in one where there is none."""
    row = await transaction.one(queries.CURRENT_PROFILE, {"organization": organization_id})
    return DEFAULT_PROFILE if row is None else profile_of(row["document"], row["version"])


async def scoring_of(
    transaction: Transaction, organization_id: UUID, campaign_id: UUID, profile: Profile | None = None
) -> Scoring:
    """How the campaign is scored today, by this profile or by the organization's.

    Raises:
        InputError: the organization has no such campaign.
    """
    row = await transaction.one(queries.CAMPAIGN, {"organization": organization_id, "campaign": campaign_id})
    if row is None:
        raise InputError(f"there is no campaign {campaign_id}.", remedy="It may have been deleted.")
    profile = profile or await current_profile(transaction, organization_id)
    offer = parse_offer(row["offer"])
    radius = Circle.of_miles(Point(0, 0), float(row["target_radius_miles"])).radius_meters
    told = [document_of(profile), asdict(offer), row["target_criteria"], radius, row["year"]]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]
    scored_by = f"{PROFILE_VERSION} {digest}"
    return Scoring(
        campaign_id,
        organization_id,
        profile,
        scorer_parameters(profile, offer, row["target_criteria"], radius, row["year"]),
        scored_by,
        is_new=scored_by != row["scored_by"],
    )


async def score_campaign(tenancy: Tenancy, scoring: Scoring, *, all_of_it: bool = False) -> Pass:
    """Scores what is due: prospects whose facts have changed, or all where the scoring is new (or `all_of_it` is asked).

    No vendor is asked anything. Cut off, it leaves whole sets scored, and the rest due.
    """
    if not (scoring.is_new or all_of_it):
        return await _score_due(tenancy, scoring)
    async with tenancy() as transaction:
        sets = [row["ids"] for row in await transaction.all(queries.SETS, {**_named(scoring), "set_size": SET_SIZE})]
    done = await _score_sets(tenancy, scoring, sets)
    async with tenancy() as transaction:
        scored = {"campaign": scoring.campaign_id, "scored_by": scoring.scored_by}
        await transaction.execute(queries.CAMPAIGN_SCORED, scored)
    return done


async def score_prospects(
    transaction: Transaction, scoring: Scoring, ids: Iterable[UUID], *, with_new_facts: Iterable[UUID] = ()
) -> int:
    """Scores these prospects of the campaign in one statement; returns how many scores are new or others than before.

    Those `with_new_facts` among them have done the stage anew, so that what follows it is due.
    """
    asked: dict[str, Any] = {
        "ids": list(ids),
        "with_new_facts": list(with_new_facts),
        "stage_version": PROFILE_VERSION,
    }
    await transaction.execute(queries.FAST_SETTINGS)
    changed = await transaction.value(queries.RESCORE, {**scoring.parameters, **asked}, is_prepared=False)
    await transaction.execute(queries.MARK_SCORED, asked)
    return int(changed)


async def _score_due(tenancy: Tenancy, scoring: Scoring) -> Pass:
    """Taken out and scored in one transaction, in two statements: the second one sees what the first has waited for."""

    async def lane() -> Pass:
        done = Pass()
        while True:
            async with tenancy() as transaction:
                due = await transaction.all(queries.TAKE_DUE, {**_named(scoring), "at_most": SET_SIZE})
                ids = [row["prospect_id"] for row in due]
                if not ids:
                    return done
                changed = await score_prospects(transaction, scoring, ids, with_new_facts=ids)
                done = Pass(done.looked_at + len(ids), done.changed + changed)

    return _sum(await asyncio.gather(*(lane() for _ in range(SETS_AT_ONCE))))


async def _score_sets(tenancy: Tenancy, scoring: Scoring, sets: list[list[UUID]]) -> Pass:
    waiting: Iterator[list[UUID]] = iter(sets)

    async def lane() -> Pass:
        done = Pass()
        for ids in waiting:
            async with tenancy() as transaction:
                taken = await transaction.all(queries.TAKE_OUT, {**_named(scoring), "ids": ids})
                due = [row["prospect_id"] for row in taken]
                changed = await score_prospects(transaction, scoring, ids, with_new_facts=due)
            done = Pass(done.looked_at + len(ids), done.changed + changed)
        return done

    return _sum(await asyncio.gather(*(lane() for _ in range(SETS_AT_ONCE))))


def _sum(passes: Iterable[Pass]) -> Pass:
    counted = list(passes)
    return Pass(sum(p.looked_at for p in counted), sum(p.changed for p in counted))


def _named(scoring: Scoring) -> Parameters:
    return {"organization": scoring.organization_id, "campaign": scoring.campaign_id}

"""A stage's questions that can wait: ordered in batches at half price before the stage asks them, and then known to it.

A campaign that is not urgent orders its stage's questions and stands still; it goes on by itself, lands what has ended, and
the stage finds the answers where any answer is kept. What the vendor did not answer in a batch, or would not take as one, is
asked at once.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

import structlog

from leadgen.errors import TransientError, VendorRefused
from leadgen.providers.batching import MOST_ITEMS, BatchDesk
from leadgen.providers.claude import Question
from leadgen_assets.session import Session

log = structlog.get_logger(__name__)


class AnswersPending(TransientError):
    """Questions wait in a batch at the vendor."""

    resume_after_seconds = 60.0

    def __init__(self, questions: int) -> None:
        super().__init__(
            f"{questions} questions wait for their answers in a batch at half price.",
            remedy="The campaign goes on by itself when they have come, within a day at most.",
        )


async def answered_in_batches(session: Session, stage: str, questions: Sequence[Question[Any]]) -> None:
    """Passes when none of the campaign's questions waits at the vendor any more.

    Raises:
        AnswersPending: some do; those that had not been ordered are ordered.
        VendorError, ConfigurationError: as `BatchDesk.submit`.
    """
    async with session.batch_desk(stage) as desk:
        try:
            if not await _land_what_has_ended(desk):
                await _order(desk, questions)
        except VendorRefused as refusal:
            log.warning("a batch is refused as a whole", reason=refusal.message)
        waiting = sum([batch.waiting for batch in await desk.under_way()])
    if waiting:
        raise AnswersPending(waiting)


async def _land_what_has_ended(desk: BatchDesk) -> bool:
    """Whether a batch has landed now: what it leaves unanswered is then not ordered a second time, but asked at once."""
    has_landed = False
    for batch in await desk.under_way():
        await desk.resume(batch.id)
        if await desk.poll(batch.id):
            await desk.land(batch.id)
            has_landed = True
    return has_landed


async def _order(desk: BatchDesk, questions: Sequence[Question[Any]]) -> None:
    of_model = attrgetter("model")
    for _, group in groupby(sorted(questions, key=of_model), key=of_model):
        same_model = list(group)
        for start in range(0, len(same_model), MOST_ITEMS):
            await desk.submit(same_model[start : start + MOST_ITEMS])

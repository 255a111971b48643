"""Answers of a language model in a given shape: what is the same whoever's model gives them.

An answer that does not fit its shape is shown to the model once, with what is wrong, as a call of its own: paid, stored and
receipted like any other, so that a rerun gives the same result for nothing. A second misfit is refused.
"""

import math
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

import orjson
from pydantic import BaseModel, ValidationError

from leadgen.errors import VendorRefused
from leadgen.providers.calls import Answer

M = TypeVar("M", bound=BaseModel)

BYTES_PER_TOKEN = 3  # fewer than English has, so that what is reserved covers the bill
ATTEMPTS = 2

Turn = dict[str, str]  # one message of a conversation: `role` and `content`


class LanguageModel(Protocol):
    """Claude, or another vendor's model that answers in the same way."""

    async def parse(
        self, model: str, system: str, prompt: str, schema: type[M], *, max_tokens: int, is_private: bool = False
    ) -> Answer[M]:
        """The model's answer to `prompt` as an instance of `schema`, its bounds checked.

        Raises:
            VendorRefused: there is no usable answer. VendorError: as `Asks.ask`.
        """
        ...


@dataclass(frozen=True, slots=True)
class Fitting(Generic[M]):
    """An answer that fits."""

    value: M


@dataclass(frozen=True, slots=True)
class Misfit:
    """An answer that does not, with what is wrong with it."""

    text: str
    problems: tuple[str, ...]


Outcome = Fitting[M] | Misfit


def read_shape(text: str, schema: type[M]) -> Outcome[M]:
    """What the model said, held against its shape."""
    try:
        return Fitting(schema.model_validate_json(text))
    except ValidationError as error:
        problems = error.errors(include_url=False, include_context=False, include_input=False)
        return Misfit(text, tuple(f"{'.'.join(map(str, p['loc'])) or 'answer'}: {p['msg']}" for p in problems))


async def in_shape(
    vendor: str,
    operation: str,
    schema: type[BaseModel],
    turns: Sequence[Turn],
    ask: Callable[[Sequence[Turn]], Awaitable[Answer[Outcome[M]]]],
) -> Answer[M]:
    """The answer to a conversation that fits `schema`, corrected once where it has to be. `ask` makes one call.

    Raises:
        VendorRefused: it missed the shape twice. VendorError: as `ask`.
    """
    for _ in range(ATTEMPTS):
        answer = await ask(turns)
        outcome = answer.value
        if isinstance(outcome, Fitting):
            return Answer(outcome.value, answer.receipt)
        if outcome is not None:
            turns = [*turns, *_correction(outcome)]
    raise VendorRefused(
        vendor,
        operation,
        f"the answer does not fit {schema.__name__} after a correction",
        remedy="Loosen the bounds of this task's answer or say them in its prompt.",
    )


def most_tokens(body: Any) -> int:
    """At least the tokens that a model reads in this request."""
    return math.ceil(len(orjson.dumps(body)) / BYTES_PER_TOKEN)


def _correction(misfit: Misfit) -> list[Turn]:
    problems = "\n".join(f"- {problem}" for problem in misfit.problems)
    return [
        {"role": "assistant", "content": misfit.text},
        {
            "role": "user",
            "content": f"That answer breaks these rules:\n{problems}\nGive the whole answer again, corrected.",
        },
    ]

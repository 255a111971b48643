"""What Claude's tokens are billed as: by class, by the prompt's length, in a batch or not.

A unit is `MODEL:CLASS`; its price stands in the settings. Facts (VENDORS.md section 8): `input_tokens` counts only what was
neither read from the prompt cache nor written to it; thinking is part of `output_tokens`; Haiku costs more once a prompt
passes 100,000 tokens, all of it; a batch is half price in every class.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel

from leadgen.providers.calls import Usage

CacheTime = Literal["5m", "1h"]

LONG_PROMPTS: Mapping[str, int] = {"claude-haiku-5-5": 100_000}  # tokens above which all of a prompt costs more
CACHE_WRITES: Mapping[CacheTime, str] = {"5m": "cache_write", "1h": "cache_write_1h"}


class CacheCreation(BaseModel):
    """The tokens written to the cache, by how long they stay."""

    ephemeral_5m_input_tokens: int = 0
    ephemeral_1h_input_tokens: int = 0


class TokenUsage(BaseModel):
    """`usage` of a message."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int | None = None
    cache_creation_input_tokens: int | None = None
    cache_creation: CacheCreation | None = None

    def billed(self, model: str, *, in_batch: bool = False) -> Sequence[Usage]:
        """What this costs, in units of the settings' prices."""
        written = self.cache_creation_input_tokens or 0
        an_hour = min(written, self.cache_creation.ephemeral_1h_input_tokens) if self.cache_creation else 0
        classes = {
            "input": self.input_tokens,
            "output": self.output_tokens,
            "cache_read": self.cache_read_input_tokens or 0,
            CACHE_WRITES["5m"]: written - an_hour,
            CACHE_WRITES["1h"]: an_hour,
        }
        prompt = self.input_tokens + written + (self.cache_read_input_tokens or 0)
        return _priced(model, classes, prompt, in_batch=in_batch)


def most_billed(
    model: str, prompt_tokens: int, output_tokens: int, *, cached: Mapping[CacheTime, int], in_batch: bool = False
) -> Sequence[Usage]:
    """The most that a message can cost; `cached` are the tokens of its prompt that may have to be written to the cache."""
    classes = {"input": prompt_tokens - sum(cached.values()), "output": output_tokens}
    for time, tokens in cached.items():
        classes[CACHE_WRITES[time]] = tokens
    return _priced(model, classes, prompt_tokens, in_batch=in_batch)


def _priced(model: str, classes: Mapping[str, int], prompt_tokens: int, *, in_batch: bool) -> Sequence[Usage]:
    batch = "batch_" if in_batch else ""
    long = "long_" if prompt_tokens > LONG_PROMPTS.get(model, prompt_tokens) else ""
    return [Usage(f"{model}:{batch}{long}{name}", Decimal(tokens)) for name, tokens in classes.items() if tokens]

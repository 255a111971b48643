"""The tokens of a Messages request: how many there are, and which of them the prompt cache holds. VENDORS.md section 8."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson

from leadgen.sandbox.anthropic_models import Model
from leadgen.sandbox.anthropic_rules import texts
from leadgen.sandbox.clock import Clock

CHARACTERS_PER_TOKEN = 4
_KEPT = {"5m": timedelta(minutes=5), "1h": timedelta(hours=1)}


def count(*parts: str) -> int:
    """Four characters a token, roughly what English takes."""
    return sum(-(-len(part) // CHARACTERS_PER_TOKEN) for part in parts)


@dataclass(frozen=True, slots=True)
class PromptTokens:
    """What a model reads: `plain`, or read from the cache, or written to it for 5 minutes or an hour."""

    plain: int
    cache_read: int = 0
    cache_write: int = 0
    cache_write_1h: int = 0

    @property
    def total(self) -> int:
        """All of the prompt."""
        return self.plain + self.cache_read + self.cache_write + self.cache_write_1h


@dataclass(frozen=True, slots=True)
class _Prefix:
    mark: bytes
    tokens: int
    time: str


class PromptCache:
    """Which beginnings of prompts each key has had kept, and until when."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._kept: dict[tuple[str, str, bytes], datetime] = {}

    def tokens(self, key: str, model: Model, body: dict[str, Any]) -> PromptTokens:
        """The tokens of a request by class; what it marks is kept from now on, or longer.

        What is shorter than the model's minimum is not kept, and nothing is said.
        """
        total = count(*texts(body))
        prefixes = [prefix for prefix in _prefixes(body, model) if prefix.tokens >= model.cached_from]
        if not prefixes:
            return PromptTokens(total)
        now = self._clock.now()
        known = [p for p in prefixes if self._kept.get((key, model.id, p.mark), now) > now]
        for prefix in prefixes:
            self._kept[key, model.id, prefix.mark] = now + _KEPT[prefix.time]
        read = max((p.tokens for p in known), default=0)
        last = prefixes[-1]
        written = max(0, last.tokens - read)
        an_hour = written if last.time == "1h" else 0
        return PromptTokens(total - read - written, read, written - an_hour, an_hour)


def _prefixes(body: dict[str, Any], model: Model) -> Iterator[_Prefix]:
    """The beginnings of the prompt that end at a mark."""
    parts = list(_parts(body))
    if (automatic := body.get("cache_control")) and parts:
        parts[-1] = (*parts[-1][:2], automatic)
    digest, tokens = hashlib.sha256(model.id.encode()), 0
    for place, text, mark in parts:
        digest.update(f"{place}\n{text}\n".encode())
        tokens += count(text)
        if mark:
            yield _Prefix(digest.digest(), tokens, mark.get("ttl", "5m"))


def _parts(body: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    """The prompt in the order of its prefix: tools, system, messages; each part with its mark."""
    for tool in body.get("tools", ()):
        yield "tool", orjson.dumps(tool).decode(), tool.get("cache_control")
    yield from _blocks("system", body.get("system", ""))
    for message in body["messages"]:
        yield from _blocks(message["role"], message["content"])


def _blocks(place: str, content: Any) -> Iterator[tuple[str, str, dict[str, Any] | None]]:
    if isinstance(content, str):
        yield place, content, None
        return
    for block in content:
        yield place, str(block.get("text") or block.get("content") or ""), block.get("cache_control")

"""One message of the sandbox's Claude: the answer, how it ended, its tokens and their bill."""

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from leadgen.sandbox.anthropic_models import Model
from leadgen.sandbox.anthropic_rules import check_message
from leadgen.sandbox.anthropic_tokens import CHARACTERS_PER_TOKEN, PromptCache, PromptTokens, count
from leadgen.sandbox.claude import answer_to
from leadgen.sandbox.faults import share
from leadgen.sandbox.wire import Billed, Request

_THINKING_SHARE = 0.7  # of answers that a thinking model thinks about first


@dataclass(frozen=True, slots=True)
class Message:
    """A message as the API gives it, and what it costs."""

    body: dict[str, Any]
    billed: Billed


class MessageWriter:
    """Answers Messages requests. The same seed and prompt give the same answer."""

    def __init__(self, seed: int, cache: PromptCache) -> None:
        self._seed = seed
        self._cache = cache

    def write(self, request: Request, key: str, *, in_batch: bool = False) -> Message:
        """The answer to a request, whose payload are the message's parameters.

        Raises:
            Refused: it breaks a rule.
        """
        body, model = check_message(request)
        mark = hashlib.sha256(orjson.dumps([self._seed, body], option=orjson.OPT_SORT_KEYS)).hexdigest()
        thinking = _thinking(body, model, mark)
        text, stop_reason, stop_sequence = _cut(answer_to(body, self._seed), body, count(thinking))
        content: list[dict[str, Any]] = []
        if thinking:
            content.append({"type": "thinking", "thinking": thinking, "signature": f"sandbox{mark}"})
        if text:
            content.append({"type": "text", "text": text, "citations": None})
        read, written = self._cache.tokens(key, model, body), count(thinking) + count(text)
        message = {
            "id": f"msg_{mark[:24]}",
            "type": "message",
            "role": "assistant",
            "model": model.id,
            "content": content,
            "stop_reason": stop_reason,
            "stop_sequence": stop_sequence,
            "stop_details": None,
            "container": None,
            "usage": {
                "input_tokens": read.plain,
                "output_tokens": written,
                "output_tokens_details": {"thinking_tokens": count(thinking)},
                "cache_creation_input_tokens": read.cache_write + read.cache_write_1h,
                "cache_read_input_tokens": read.cache_read,
                "cache_creation": {
                    "ephemeral_5m_input_tokens": read.cache_write,
                    "ephemeral_1h_input_tokens": read.cache_write_1h,
                },
                "service_tier": "batch" if in_batch else "standard",
            },
        }
        return Message(message, _bill(model, read, written, in_batch=in_batch))


def _bill(model: Model, read: PromptTokens, written: int, *, in_batch: bool) -> Billed:
    classes = {
        "input": read.plain,
        "output": written,
        "cache_read": read.cache_read,
        "cache_write": read.cache_write,
        "cache_write_1h": read.cache_write_1h,
    }
    batch = "batch_" if in_batch else ""
    long = "long_" if model.long_from is not None and read.total > model.long_from else ""
    return tuple((f"{model.id}:{batch}{long}{name}", Decimal(tokens)) for name, tokens in classes.items() if tokens)


def _thinking(body: dict[str, Any], model: Model, mark: str) -> str:
    """What a thinking model thinks up front; adaptive: sometimes nothing."""
    off = (body.get("thinking") or {}).get("type") in {"between_tools", "disabled"}
    if off or not model.thinks or share(mark) >= _THINKING_SHARE:
        return ""
    return "The request asks for an answer in a given shape. I keep to what the material says and cite it."


def _cut(text: str, body: dict[str, Any], spent: int) -> tuple[str, str, str | None]:
    """The text as far as stop sequences and `max_tokens` let it come, with the reason why it ended."""
    for sequence in body.get("stop_sequences", ()):
        if sequence in text:
            return text.partition(sequence)[0], "stop_sequence", sequence
    room = max(0, body["max_tokens"] - spent) * CHARACTERS_PER_TOKEN
    if len(text) > room:
        return text[:room], "max_tokens", None
    return text, "end_turn", None

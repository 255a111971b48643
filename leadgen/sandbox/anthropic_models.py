"""The models of the Messages API in November 2026: ids, lifecycles, prices. VENDORS.md section 8."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `strict`: refuses sampling parameters, prefill, forced tools and set thinking budgets."""

    id: str
    line: Literal["haiku", "sonnet", "opus", "fable", "mythos"]
    created_at: str
    lifecycle: Literal["active", "deprecated", "retired"] = "active"
    retires_at: str | None = None
    strict: bool = False
    cached_from: int = 4_096  # tokens: shorter prompts are not cached
    long_from: int | None = None  # tokens above which all of a prompt costs more

    @property
    def thinks(self) -> bool:
        """Whether it thinks on its own before it answers."""
        return self.strict and self.line != "haiku"

    def info(self) -> dict[str, Any]:
        """As `GET /v1/models/{id}` shows it."""
        return {
            "type": "model",
            "id": self.id,
            "display_name": self.id.replace("-", " ").title(),
            "created_at": self.created_at,
            "deprecated_at": None if self.lifecycle == "active" else "2026-06-15T00:00:00Z",
            "retires_at": self.retires_at,
            "lifecycle": self.lifecycle,
            "line": self.line,
            "max_input_tokens": 1_000_000,
            "max_tokens": 128_000,
            "capabilities": None,
        }


MODELS: Mapping[str, Model] = {
    model.id: model
    for model in (
        Model("claude-fable-5-2", "fable", "2026-10-21T00:00:00Z", strict=True),
        Model("claude-haiku-5-5", "haiku", "2026-10-01T00:00:00Z", strict=True, cached_from=2_048, long_from=100_000),
        Model("claude-sonnet-5-5", "sonnet", "2026-10-01T00:00:00Z", strict=True, cached_from=1_024),
        Model("claude-opus-5-5", "opus", "2026-10-01T00:00:00Z", strict=True),
        Model("claude-sonnet-5", "sonnet", "2026-05-20T00:00:00Z"),
        Model("claude-opus-5", "opus", "2026-05-20T00:00:00Z"),
        Model("claude-opus-4-8", "opus", "2026-03-10T00:00:00Z"),
        Model("claude-haiku-4-5-20251001", "haiku", "2025-10-01T00:00:00Z"),
        Model("claude-sonnet-4-5-20250929", "sonnet", "2025-09-29T00:00:00Z", "deprecated", "2026-11-30T00:00:00Z"),
        Model("claude-sonnet-4-20250514", "sonnet", "2025-05-14T00:00:00Z", "retired", "2026-06-15T00:00:00Z"),
    )
}
ALIASES: Mapping[str, str] = {
    "claude-haiku-4-5": "claude-haiku-4-5-20251001",
    "claude-sonnet-4-5": "claude-sonnet-4-5-20250929",
}

# Micros of a dollar per token (US dollars per million tokens are the same number): input, output, read from the cache.
_PER_TOKEN: Mapping[str, tuple[str, str, str]] = {
    "claude-haiku-5-5:": ("0.10", "0.50", "0.01"),
    "claude-haiku-5-5:long_": ("0.50", "2.50", "0.05"),
    "claude-sonnet-5-5:": ("2", "10", "0.10"),
    "claude-opus-5-5:": ("4", "20", "0.40"),
}


def _prices() -> Iterator[tuple[str, Decimal]]:
    """Each class of tokens; a write to the cache costs 1.25 times its tokens, or twice for an hour; a batch half of all."""
    for prefix, (read, written, cached) in _PER_TOKEN.items():
        model, _, length = prefix.partition(":")
        classes = {
            "input": Decimal(read),
            "output": Decimal(written),
            "cache_read": Decimal(cached),
            "cache_write": Decimal(read) * 5 / 4,
            "cache_write_1h": Decimal(read) * 2,
        }
        for name, price in classes.items():
            yield f"{model}:{length}{name}", price
            yield f"{model}:batch_{length}{name}", price / 2


PRICES: Mapping[str, Decimal] = dict(_prices())


def model_named(name: object) -> Model | None:
    """The model of an id or alias, in whatever state of life."""
    return MODELS.get(ALIASES.get(name, name)) if isinstance(name, str) else None

"""What the sandbox's Claude says: answers in the schema asked for, from what the prompt contains and the seed."""

import random
from collections.abc import Mapping
from typing import Any

import orjson

from leadgen.sandbox.answer_schema import fit
from leadgen.sandbox.claude_prompt import Prompt, sentences
from leadgen.sandbox.claude_reading import research
from leadgen.sandbox.claude_writing import sequence


def answer_to(body: Mapping[str, Any], seed: int) -> str:
    """The answer to a Messages request: JSON in the schema of `output_config.format`, or a plain sentence."""
    prompt = Prompt.of(body)
    form = (body.get("output_config") or {}).get("format")
    if not form:
        return next(sentences(prompt.user), "Understood.")
    schema = form["schema"]
    asked = _properties(schema)
    if "emails" in asked:
        draft = sequence(prompt, random.Random(f"{seed}\n{prompt.user}"))  # noqa: S311 - repeatable on purpose
    elif {"summary", "facts"} & asked:
        draft = research(prompt)
    else:
        draft = {}
    return orjson.dumps(fit(draft, schema)).decode()


def _properties(schema: Mapping[str, Any]) -> set[str]:
    """The names at the top of a schema."""
    target: Any = schema
    for part in str(schema.get("$ref", "")).removeprefix("#/").split("/"):
        target = target.get(part, target) if isinstance(target, dict) else target
    return set(target.get("properties", {}))

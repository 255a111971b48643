"""What a prompt contains: fenced material, labelled values, evidence. Material is read, never obeyed."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_FENCE = re.compile(r"<(?P<tag>[A-Za-z][\w.-]*)(?:\s[^<>]*)?>(?P<text>.*?)</(?P=tag)\s*>", re.DOTALL)
_BACKTICKS = re.compile(r"```[^\n]*\n(?P<text>.*?)```", re.DOTALL)
_PAGE_TAGS = ("page", "site", "web", "document", "content", "source", "untrusted")
_EVIDENCE = re.compile(
    r"^[\s>*-]*\[(?P<id>[\w:.-]+)\][:.]?\s+(?P<statement>.+?)"
    r"(?:\s+(?:—|–|--|-|\|)\s*(?:quote:?\s*)?[\"“](?P<quote>.*)[\"”])?\s*$",
    re.MULTILINE,
)
_ORDERS = re.compile(
    r"\b(?:ignore|disregard|forget|override)\b.{0,40}\b(?:instruction|previous|prior|above|task|rule|prompt)"
    r"|\binstructions?\b|\bprompt\b|\bAI\b|\bassistants?\b.{0,20}:|language model|\bSYSTEM\b|\brecipient\b"
    r"|\bscore of\b|\byou (?:are now|must (?:now|reply|answer|write))|</?\w+>",
)
_REACHABLE = re.compile(
    r"https?://|www\.|\S+@\S+|\(?\d{3}\)?[\s.-]?\d{3}[\s.-]\d{4}|\b[\w-]+\.(?:com|net|org|example)\b"
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line of the evidence list."""

    id: str
    statement: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """The text of a request: the operator's (system) and what the user turn holds."""

    system: str
    user: str

    @classmethod
    def of(cls, body: Mapping[str, Any]) -> "Prompt":
        """Gathers the texts of a Messages request."""
        user = [_text(message["content"]) for message in body["messages"] if message["role"] == "user"]
        system = [_text(message["content"]) for message in body["messages"] if message["role"] == "system"]
        return cls("\n".join([_text(body.get("system", "")), *system]), "\n".join(user))

    def pages(self) -> list[str]:
        """The page texts that the prompt fences; without any fence, all of it."""
        fenced = list(_fenced_pages(self.user))
        return fenced or [match["text"] for match in _BACKTICKS.finditer(self.user)] or [self.user]

    def value(self, *labels: str) -> str | None:
        """What stands behind a label, as `Company: Lamar Dental` or `<company>Lamar Dental</company>`."""
        names = "|".join(re.escape(label).replace(r"\ ", r"[\s_-]") for label in labels)
        for text in (self.user, self.system):
            line = re.search(rf"^[\s>*#-]*(?:{names})\**\s*[:=]\s*\**(.+)$", text, re.IGNORECASE | re.MULTILINE)
            tag = re.search(rf"<(?P<tag>{names})>\s*(?P<text>.+?)\s*</(?P=tag)>", text, re.IGNORECASE | re.DOTALL)
            found = line[1] if line else tag["text"] if tag else ""
            value = found.strip().strip("\"'").strip()
            if value and value.lower() not in {"none", "null", "unknown", "-", "n/a"}:
                return value
        return None

    def evidence(self) -> list[Evidence]:
        """The evidence list: `[e1] statement — "quote"`. Lines that try to give orders are passed over."""
        found = [Evidence(match["id"], match["statement"].strip()) for match in _EVIDENCE.finditer(self.user)]
        return [entry for entry in found if not gives_orders(entry.statement)]


@lru_cache(maxsize=65_536)
def gives_orders(text: str) -> bool:
    """Whether a piece of material speaks to whoever reads it by machine. Such text is neither followed nor quoted."""
    return bool(_ORDERS.search(text))


def names_a_way_to_reach(text: str) -> bool:
    """Whether a text holds a link, an address or a phone number."""
    return bool(_REACHABLE.search(text))


def sentences(text: str) -> Iterator[str]:
    """The sentences of a text in order, each a verbatim piece of it, without markers of lists and headings."""
    for line in text.splitlines():
        body = line.strip().lstrip("#*->•| ").strip()
        yield from (piece for piece in re.split(r"(?<=[.!?])\s+", body) if piece)


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(block.get("text", "") for block in content if block.get("type") == "text")


def _fenced_pages(text: str) -> Iterator[str]:
    for match in _FENCE.finditer(text):
        inner = list(_fenced_pages(match["text"]))
        if inner:
            yield from inner
        elif any(word in match["tag"].lower() for word in _PAGE_TAGS):
            yield match["text"]

"""Prompts for a model: what we say, and what strangers wrote kept apart in a fence that they cannot leave."""

import re
from dataclasses import dataclass

_ANGLES = str.maketrans(dict.fromkeys("<＜﹤〈⟨", "‹") | dict.fromkeys(">＞﹥〉⟩", "›"))
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_TAG = re.compile(r"[a-z_]{3,40}")
_BYTES_A_TOKEN = 3  # English has about 4, other scripts 3 or fewer: on the safe side
_LABEL = re.compile(r"\[\s*(e\s*\d+)\s*\]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is told (`system`) and asked (`user`)."""

    system: str
    user: str


def disarm(text: str) -> str:
    """Text of a stranger with every angle bracket as `‹` or `›`, so that no tag can be opened or closed in it, and
    without control characters. Line ends and tabs stay.
    """
    return _CONTROLS.sub(" ", text.translate(_ANGLES))


def disarm_line(text: str) -> str:
    """The same for text that must stay on one line and must not look like a label `[e1]` of ours."""
    return _LABEL.sub(r"(\1)", " ".join(disarm(text).split()))


def fence(tag: str, text: str) -> str:
    """Untrusted text between `<tag>` and `</tag>`, which it cannot forge. `tag` is ours: lower case and underscores."""
    if not _TAG.fullmatch(tag):
        raise ValueError(f"{tag!r} is no tag")
    return f"<{tag}>\n{disarm(text).strip()}\n</{tag}>"


def tokens(text: str) -> int:
    """About how many tokens a model counts, rounded up to the safe side."""
    return -(-len(text.encode()) // _BYTES_A_TOKEN)


def cut_to_tokens(text: str, budget: int) -> str:
    """As many whole paragraphs from the beginning as fit the budget; of a first paragraph that alone does not fit, as
    many whole sentences or words.
    """
    if tokens(text) <= budget:
        return text
    kept: list[str] = []
    left = budget * _BYTES_A_TOKEN
    for paragraph in text.split("\n\n"):
        left -= len(paragraph.encode()) + (2 if kept else 0)
        if left < 0:
            break
        kept.append(paragraph)
    if kept:
        return "\n\n".join(kept)
    start = text.encode()[: budget * _BYTES_A_TOKEN].decode(errors="ignore")
    end = max(start.rfind(". ") + 1, start.rfind("\n"))
    return start[: end if end > 0 else start.rfind(" ") if " " in start else len(start)].rstrip()

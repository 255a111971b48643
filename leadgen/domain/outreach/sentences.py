"""Sentences, words and numbers of an email, as the checks of drafts count them."""

import re

_ABBREVIATION = re.compile(
    r"(?:\b(?:Dr|Mr|Mrs|Ms|Prof|St|Ste|Mt|Ft|Inc|Co|Ltd|Jr|Sr|No|vs|etc|approx|e\.g|i\.e|a\.m|p\.m)|\b[A-Z])\.$"
)
_BORDER = re.compile(r"(?<=[.!?])[\"”’)]*\s+(?=[\"“‘(]?[A-ZÀ-ÖØ-Þ0-9])")
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")

_UNITS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "one": 1, "ten": 10,
    "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17,
    "eighteen": 18, "nineteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90,
}  # fmt: skip
_SCALES = {"hundred": 100, "thousand": 1_000, "million": 1_000_000, "dozen": 12}
_SPELLED = re.compile(
    rf"\b(?:(?:{'|'.join([*_TENS])})(?:[- ](?:{'|'.join([*_UNITS][:9])}))?|{'|'.join(_UNITS)}|a)"
    rf"(?:[- ](?:{'|'.join(_SCALES)}))?\b|\b(?:{'|'.join(_SCALES)})s?\b",
    re.IGNORECASE,
)
_ORDINALS = {
    "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "eleventh": 11, "twelfth": 12,
}  # fmt: skip
_ORDINAL = re.compile(rf"\b(?:{'|'.join(_ORDINALS)}|(\d+)(?:st|nd|rd|th))\b", re.IGNORECASE)
_DIGITS = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|(?<![\w.])\d+(?:\.\d+)?(?!st\b|nd\b|rd\b|th\b|\d)")


def split_sentences(text: str) -> list[str]:
    """The sentences in order. A line end ends one; the point of an abbreviation or initial does not."""
    found: list[str] = []
    for line in text.splitlines():
        pieces = _BORDER.split(line.strip())
        whole: list[str] = []
        for piece in pieces:
            if whole and _ABBREVIATION.search(whole[-1]):
                whole[-1] = f"{whole[-1]} {piece}"
            else:
                whole.append(piece)
        found += [sentence for sentence in whole if sentence]
    return found


def words(text: str) -> list[str]:
    """The words, contractions and hyphenated ones as one."""
    return _WORD.findall(text)


def _spelled_value(text: str) -> int | None:
    total = 0
    for part in re.split(r"[- ]", text.lower()):
        if part in _SCALES or part.rstrip("s") in _SCALES:
            total = max(total, 1) * _SCALES.get(part, _SCALES.get(part.rstrip("s"), 1))
        else:
            total += _UNITS.get(part, _TENS.get(part, 0))
    return total or None


def numbers(text: str) -> set[str]:
    """The numbers said, digits and words alike, in one spelling: `1,200` and `twelve hundred` are `1200`; `4.80` is
    `4.8`.

    Ordinals from the second on are marked: `third` and `3rd` are `3.`. "One", "a" and "first" are no numbers: they
    are articles and pleasantries more often.
    """
    found = {f"{match[1] or _ORDINALS[match[0].lower()]}." for match in _ORDINAL.finditer(text)} - {"1."}
    for match in _DIGITS.finditer(text):
        plain = match[0].replace(",", "")
        found.add(plain.rstrip("0").rstrip(".") if "." in plain else plain.lstrip("0") or "0")
    for match in _SPELLED.finditer(text):
        if match[0].lower() not in {"one", "a"}:
            value = _spelled_value(match[0])
            if value:
                found.add(str(value))
    return found

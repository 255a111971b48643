"""Cells that a spreadsheet shows and never computes (OWASP: CSV injection)."""

import re

# A cell that begins with one of these is a formula, or is after the program has dropped what stands before it
_BEGINS_FORMULA = re.compile(r"[\s\x00-\x1f\u200b\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d[\d\s().,-]*")
_EXCHANGES_DATA = re.compile(r"\s*DDE\b", re.IGNORECASE)


def harmless(text: str) -> str:
    """The text as a cell: what a spreadsheet might compute gets an apostrophe in front. Numbers and phones stay as they are."""
    is_formula = _BEGINS_FORMULA.match(text) or _EXCHANGES_DATA.match(text)
    return f"'{text}" if is_formula and not _PLAIN_NUMBER.fullmatch(text) else text

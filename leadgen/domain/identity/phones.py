"""Phone numbers as identity evidence: E.164 where the number can be parsed, comparable digits where it cannot."""

import re

import phonenumbers

_NANP = re.compile(r"1?([2-9]\d{2}[2-9]\d{6})")
_TOLL_FREE = re.compile(r"\+1(?:800|833|844|855|866|877|888)|\+44(?:800|808|84[345]|870|871)|\+\d{2}800")
_NOT_DIGIT = re.compile(r"\D")
_WRITTEN_AS_A_FLOAT = re.compile(r"\.0$")  # a spreadsheet's export
_FURTHER_NUMBER = re.compile(r"\s*(?:[;|,&]|\bor\b|/(?=\s*[+(]?\d{3}\D+\d{3}\D))", re.IGNORECASE)
_LEAST_DIGITS = 7  # a local number without its area code
_NATIONAL_DIGITS = 10


def e164(raw: str | None, region: str = "US") -> str | None:
    """The number in E.164 (`+15125550143`), or None when it is not a valid number of `region` (ISO 3166 alpha-2).

    A leading `+` overrides the region. Extensions are dropped.
    """
    if not raw:
        return None
    try:
        number = phonenumbers.parse(raw, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def comparable(raw: str | None, region: str | None = None) -> str | None:
    """Digits that `same_number` can compare: E.164 without the plus where the region is known or plain, else as given.

    Of several numbers the first counts. None when fewer than 7 digits are left, and for what fills a field that must
    not be empty (000-000-0000, 123-456-7890).
    """
    if not raw:
        return None
    raw = _first_number(raw)
    digits = _NOT_DIGIT.sub("", raw)
    if _is_placeholder(digits):
        return None
    if raw.startswith("+1") or (region in {None, "US", "CA"} and not raw.startswith("+")):
        north_american = _NANP.fullmatch(digits)
        if north_american:  # nearly all numbers here, at a tenth of the cost of parsing
            return f"1{north_american[1]}"
    number = e164(raw, region or "US")
    digits = number[1:] if number else digits.lstrip("0")
    return digits if len(digits) >= _LEAST_DIGITS else None


def _first_number(raw: str) -> str:
    """The first of several numbers in one field; a sign within a number (310/246-1501) does not part it."""
    raw = _WRITTEN_AS_A_FLOAT.sub("", raw.strip())
    parted = _FURTHER_NUMBER.search(raw)
    first = raw[: parted.start()] if parted else raw
    return first if len(_NOT_DIGIT.sub("", first)) >= _LEAST_DIGITS else raw


def _is_placeholder(digits: str) -> bool:
    """Whether the local number is one digit repeated or the digits in their order."""
    local = digits[-_NATIONAL_DIGITS:]
    return len(set(local)) <= 1 or local in {"1234567890", "0123456789", "1234567"}


def same_number(a: str, b: str) -> bool:
    """Whether two comparable numbers are one: equal, or one is the other without country or area code."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    return long.endswith(short)


def is_shared_line(digits: str) -> bool:
    """Whether a comparable number is toll-free or a national service line, which branches of a chain share."""
    return _TOLL_FREE.match(f"+{digits}") is not None

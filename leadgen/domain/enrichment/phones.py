"""Phone numbers on a page, in E.164."""

import re
from collections.abc import Iterable
from urllib.parse import unquote, urlsplit

import phonenumbers

from leadgen.domain.enrichment.markup import Link
from leadgen.domain.identity.phones import e164

_SEVEN_DIGITS = re.compile(r"(?:\d[^\dA-Za-z]{0,4}){6,}\d|\d{3}[-. )]{1,2}[A-Z\d-]{7,9}\b")
_GLUED_WORD = re.compile(r"(\d{4})(?=[A-Z][a-z]{2})")  # "555-3800Customer Service": two cells of a table
_FAX = re.compile(r"\b(?:tele)?fax\b|\bfacsimile\b|(?:^|\s)f\s*[:.]\s*$", re.IGNORECASE)
_LABEL_REACH = 24  # characters before a number in which its label stands


def _in_link(url: str, region: str) -> str | None:
    lowered = url[:4].lower()
    if lowered == "tel:":
        return e164(unquote(url[4:]).strip(), region)
    parts = urlsplit(url)
    if parts.hostname == "wa.me":
        return e164("+" + parts.path.strip("/").lstrip("+"), region)
    if parts.hostname == "api.whatsapp.com":
        number = re.search(r"phone=\+?(\d+)", parts.query)
        return e164(f"+{number[1]}", region) if number else None
    return None


def _in_line(line: str, before: str, region: str) -> Iterable[tuple[str, bool]]:
    """Numbers of a line, each with whether its label says fax. The label may be the line `before`."""
    if not _SEVEN_DIGITS.search(line):  # the matcher proper is a hundred times slower
        return
    end_of_last = 0
    for match in phonenumbers.PhoneNumberMatcher(line, region):
        label = line[max(end_of_last, match.start - _LABEL_REACH) : match.start]
        if not label.strip():
            label = before[-_LABEL_REACH:]
        end_of_last = match.end
        number = phonenumbers.format_number(match.number, phonenumbers.PhoneNumberFormat.E164)
        yield number, _FAX.search(label) is not None


def find_phones(
    links: Iterable[Link], lines: Iterable[str], declared: Iterable[str], region: str
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Every valid number of the page once, in E.164, and those of them that are only ever called fax.

    Numbers to call come first, in the order in which the page links, declares (schema.org) and says them; faxes stand
    last. `region` (ISO 3166 alpha-2) reads numbers without a country code. Extensions are dropped.
    """
    voice = dict.fromkeys(number for link in links if (number := _in_link(link.url, region)))
    voice |= dict.fromkeys(number for raw in declared if (number := e164(raw, region)))
    fax: dict[str, None] = {}
    before = ""
    for line in lines:
        for number, is_fax in _in_line(_GLUED_WORD.sub(r"\1 ", line), before, region):
            (fax if is_fax else voice)[number] = None
        before = line
    faxes = tuple(number for number in fax if number not in voice)
    return (*voice, *faxes), faxes

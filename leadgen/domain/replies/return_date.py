"""Until when somebody is away, by what the absence note says, and when a parked step goes on."""

import re
from datetime import date, timedelta

from leadgen.domain.replies.dates import Dated, dates_in

_BACK = re.compile(
    r"(back|return\w*|resum\w+|available again|available (from|on|as of)|in the office( again)? on|again on|reachable"
    r"|wieder|zurück|ab (dem|montag)?|retour|disponible|à partir d|regres\w+|vuelt\w+|reincorpor\w+|vuelvo|volta\w*"
    r"|retorn\w+|regress\w+"
    r"|rientr\w+|ritorn\w+|torn\w+|di nuovo|terug|weer|vanaf|tillbaka|tilbake|tilbage|wracam|powr\w+|вернусь"
    r"|возвращ\w+)\b[^.!?\n]{0,40}$"
    r"|(復帰|出社|戻り)[^。\n]{0,10}$",
    re.IGNORECASE,
)
_BACK_AFTER = re.compile(
    r"^[^.!?\n。]{0,25}(wieder|zurück|terug|weer|de retour|tillbaka|tilbage|returning|より(出社|通常)|に(出社|復帰"
    r"|戻)|から(出社|通常"
    r"|業務)|回(来|到)|返回|복귀|부터 업무)",
    re.IGNORECASE,
)
_UNTIL = re.compile(
    r"(until|till|'til|through|thru|to|and|up to|end(ing|s)?|–|—|-|bis( zum| einschließlich| inkl\.?| und mit)?"
    r"|jusqu['’]?(au|à|en)?|au|hasta( el)?|al"
    r"|até( o| a| ao| dia)?|a|ao|fino (al|a)|sino al|al|tot( en met)?|t/m|t\.?e\.?m\.?|till|til|do|по"
    r"|до)\s*(and including|einschließlich|inklusive|including"
    r"|incl\.?|le|el|o dia|dia|the|den|dem|il|\w+day,?|\w+tag,?( den)?|\w+di|\w+feira,?)?\s*,?\s*(le|den|dem|the"
    r"|el)?\s*$|[~〜～至到]\s*$",
    re.IGNORECASE,
)
_UNTIL_AFTER = re.compile(r"^\s*(\([^)]{1,3}\))?\s*(まで|迄|까지|为止|(?=.{0,6}期间))")
_LONGEST = timedelta(days=400)

_SHIFTED_WEEKENDS = dict.fromkeys(("SA", "EG", "IL", "KW", "QA", "BH", "OM", "JO", "DZ", "BD"), (4, 5))
_EVERYWHERE = frozenset({(1, 1), (12, 25)})
_FIXED: dict[str, frozenset[tuple[int, int]]] = {
    "US": frozenset({(6, 19), (7, 4), (11, 11)}),
    "GB": frozenset({(12, 26)}),
    "CA": frozenset({(7, 1), (12, 26)}),
    "DE": frozenset({(5, 1), (10, 3), (12, 26)}),
    "AT": frozenset({(1, 6), (5, 1), (8, 15), (10, 26), (11, 1), (12, 8), (12, 26)}),
    "CH": frozenset({(8, 1), (12, 26)}),
    "FR": frozenset({(5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11)}),
    "ES": frozenset({(1, 6), (5, 1), (8, 15), (10, 12), (11, 1), (12, 6), (12, 8)}),
    "IT": frozenset({(1, 6), (4, 25), (5, 1), (6, 2), (8, 15), (11, 1), (12, 8), (12, 26)}),
    "NL": frozenset({(4, 27), (12, 26)}),
    "PT": frozenset({(4, 25), (5, 1), (6, 10), (8, 15), (10, 5), (11, 1), (12, 1), (12, 8)}),
}


def return_date(text: str, today: date) -> date | None:
    """The day an absence note gives for the return, else its last day of absence; None where it gives none to come.

    `today` is the day the note was sent.
    """
    found = [each for each in dates_in(text, today) if today <= each.day <= today + _LONGEST]
    back = [each for each in found if _says(each, text, _BACK, _BACK_AFTER)]
    until = [each for each in found if _says(each, text, _UNTIL, _UNTIL_AFTER)]
    for chosen in (back, until):
        named = [each for each in chosen if each.is_named] or chosen
        if named:
            return max(each.day for each in named)
    named = [each for each in found if each.is_named]
    return max((each.day for each in named), default=None) or (found[0].day if found else None)


def next_business_day(day: date, country: str) -> date:
    """The first working day after `day` in a country (ISO 3166 alpha-2).

    Knows weekends and the larger countries' holidays of fixed date; movable feasts count as working days.
    """
    weekend = _SHIFTED_WEEKENDS.get(country.upper(), (5, 6))
    closed = _EVERYWHERE | _FIXED.get(country.upper(), frozenset())
    following = day + timedelta(days=1)
    while following.weekday() in weekend or (following.month, following.day) in closed:
        following += timedelta(days=1)
    return following


def _says(each: Dated, text: str, before: re.Pattern[str], after: re.Pattern[str]) -> bool:
    line = re.sub(r"\s+", " ", text[max(0, each.start - 80) : each.start])
    rest = re.sub(r"\s+", " ", text[each.end : each.end + 60])
    return bool(before.search(line)) or bool(after.match(rest))

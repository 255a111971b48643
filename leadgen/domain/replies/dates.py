"""Dates that people write in mails: numbers, month names and weekdays of the larger languages, and simple distances."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = (
    "jan january januar jänner janvier enero ene janeiro gennaio gen januari tammikuu styczeń stycznia января januára",
    "feb february februar février fevrier febrero fevereiro fev febbraio februari helmikuu luty lutego февраля",
    "mar march märz maerz mrz mars marzo março marco maart mrt maaliskuu marzec marca марта",
    "apr april avril avr abril abr aprile huhtikuu kwiecień kwietnia апреля",
    "may mai mayo maio maggio mag mei maj toukokuu maja мая",
    "jun june juni juin junio junho giugno giu kesäkuu czerwiec czerwca июня",
    "jul july juli juillet julio julho luglio lug heinäkuu lipiec lipca июля",
    "aug august août aout agosto ago augustus augusti elokuu sierpień sierpnia августа",
    "sep sept september septembre septiembre setembro set settembre syyskuu wrzesień września сентября",
    "oct okt october oktober octobre octubre outubro out ottobre ott lokakuu październik października октября",
    "nov november novembre noviembre novembro marraskuu listopad listopada ноября",
    "dec dez december dezember décembre decembre diciembre dic dezembro dicembre joulukuu grudzień grudnia декабря",
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, start=1) for name in names.split()}
_WEEKDAYS = (
    "monday montag lundi lunes segunda lunedì lunedi maandag måndag mandag poniedziałek понедельник 月曜 星期一 周一",
    "tuesday dienstag mardi martes terça martedì martedi dinsdag tisdag tirsdag wtorek вторник 火曜 星期二 周二",
    "wednesday mittwoch mercredi miércoles miercoles quarta mercoledì woensdag onsdag środa среда 水曜 星期三 周三",
    "thursday donnerstag jeudi jueves quinta quinta-feira giovedì giovedi donderdag torsdag czwartek четверг 木曜 星期四 周四",
    "friday freitag vendredi viernes sexta sexta-feira venerdì venerdi vrijdag fredag piątek пятница пятницу 金曜 星期五 周五",
    "saturday samstag sonnabend samedi sábado sabado sabato zaterdag lördag lørdag sobota суббота 土曜",
    "sunday sonntag dimanche domingo domenica zondag söndag søndag niedziela воскресенье 日曜",
)
_WEEKDAY = {name: number for number, names in enumerate(_WEEKDAYS) for name in names.split()}
_NUMBERS = {
    word: number
    for number, words in enumerate(
        (
            "a an one ein einer einem eine un une uno una um uma een en",
            "two zwei deux dos dois duas due twee två couple",
            "three drei trois tres três tre drie",
            "four vier quatre cuatro quatro quattro",
            "five fünf cinq cinco cinque vijf",
            "six sechs seis sei zes",
        ),
        start=1,
    )
    for word in words.split()
}
_NAME = "|".join(sorted(map(re.escape, _MONTH), key=len, reverse=True))
_DAY_NAME = "|".join(sorted(map(re.escape, _WEEKDAY), key=len, reverse=True))
_COUNT = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_YEAR = r"(?P<year>(?:19|20)\d{2})"
_ISO = re.compile(rf"(?<!\d){_YEAR}[-/.](?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})(?!\d)")
_ASIAN = re.compile(rf"(?:{_YEAR}\s*[年년]\s*)?(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日号號일]?")
_DAY_MONTH = re.compile(
    rf"(?<![\d.:/])(?P<day>\d{{1,2}})(?:st|nd|rd|th|er|º|°|\.|ª|:e|e)?[\s-]*(?:of |de |del |di "
    rf"|d')?(?P<name>{_NAME})\b\.?"
    rf"(?:,?[\s-]*(?:de |del |van )?{_YEAR})?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(
    rf"\b(?P<name>{_NAME})\b\.?,?\s*(?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?![\d:]"
    rf"|\s*(?:{_NAME})\b)(?:,?\s*{_YEAR})?",
    re.IGNORECASE,
)
_NUMERIC = re.compile(
    r"(?<![\d./-])(?P<first>\d{1,2})(?P<mark>[./-])(?P<second>\d{1,2})(?:(?P=mark)(?P<year>\d{4}"
    r"|\d{2}))?(?P<end>\.?)(?![\d/-])"
)
_DISTANCE = re.compile(
    rf"\b(?:in|within|for|dans|en|em|daqui a|tra|fra|over|om|dentro de|через|après|nach|for the next|für"
    rf"|die nächsten)\s+(?:about |the next |etwa "
    rf"|ca\.? |around )?(?P<count>\d{{1,2}}|{_COUNT})\s*(?:of )?(?P<unit>days?|tage?n?|jours?|d[ií]as?|dias?|giorni"
    rf"|dagen|dagar|weeks?|wochen?"
    r"|semaines?|semanas?|settiman[ae]|weken|week|veckor|months?|monate?n?|mois|meses|m[eê]s|mes[ie]|maand(?:en)?)\b",
    re.IGNORECASE,
)
_NEXT = re.compile(
    rf"\b(?P<tomorrow>tomorrow|morgen(?! früh)|demain|mañana|amanhã|domani|imorgon)\b"
    r"|(?P<week>next week|nächste[rn]? woche|kommende[rn]? woche|la semaine prochaine|semaine prochaine"
    r"|la próxima semana|(?:la )?semana que viene"
    r"|próxima semana|na próxima semana|prossima settimana|settimana prossima|volgende week|来週|下周|下星期"
    r"|nästa vecka)"
    rf"|\b(?P<weekday>{_DAY_NAME})\b",
    re.IGNORECASE,
)
_ASIAN_WEEKDAY = re.compile("(?P<weekday>[月火水木金土日]曜|(?:星期|周)[一二三四五])")


@dataclass(frozen=True, slots=True)
class Dated:
    """A date and where in the text it stands. `is_named`: a day of a calendar, not a weekday or a distance."""

    start: int
    end: int
    day: date
    is_named: bool = True


def dates_in(text: str, today: date) -> tuple[Dated, ...]:
    """All dates of a text in its order. Those without a year are the next to come, seen from `today`.

    `3/4` is the fourth of March unless the text writes its days first (a first number over 12, dots, or no English words).
    """
    found = [*_named(text, today), *_numeric(text, today), *_relative(text, today)]
    found.sort(key=lambda each: (each.start, -each.end))
    kept: list[Dated] = []
    for each in found:
        if not kept or each.start >= kept[-1].end:
            kept.append(each)
    return tuple(kept)


def _named(text: str, today: date) -> Iterator[Dated]:
    for pattern in (_ISO, _ASIAN):
        for match in pattern.finditer(text):
            yield from _dated(match, int(match["day"]), int(match["month"]), match["year"], today)
    for pattern in (_DAY_MONTH, _MONTH_DAY):
        for match in pattern.finditer(text):
            yield from _dated(match, int(match["day"]), _MONTH[match["name"].lower()], match["year"], today)


def _numeric(text: str, today: date) -> Iterator[Dated]:
    matches = list(_NUMERIC.finditer(text))
    days_first = not _is_english(text) or any(int(match["first"]) > 12 for match in matches if match["mark"] != ".")
    for match in matches:
        mark, first, second = match["mark"], int(match["first"]), int(match["second"])
        if mark == "." and not (match["year"] or match["end"]):
            continue  # 2.5 is a number
        if mark == "-" and not match["year"]:
            continue  # 9-5 are hours
        is_day_first = mark == "." or first > 12 or (days_first and second <= 12)
        day, month = (first, second) if is_day_first else (second, first)
        yield from _dated(match, day, month, match["year"], today)


def _relative(text: str, today: date) -> Iterator[Dated]:
    for match in _DISTANCE.finditer(text):
        word = match["count"].lower()
        count = int(word) if word.isdigit() else _NUMBERS[word]
        days = count * _days(match["unit"].lower())
        yield Dated(match.start(), match.end(), today + timedelta(days=days), is_named=False)
    for pattern in (_NEXT, _ASIAN_WEEKDAY):
        for match in pattern.finditer(text):
            found = match.groupdict()
            if found.get("tomorrow"):
                day = today + timedelta(days=1)
            elif found.get("week"):
                day = today + timedelta(days=7 - today.weekday())
            else:
                day = today + timedelta(days=(_WEEKDAY[found["weekday"].lower()] - today.weekday() - 1) % 7 + 1)
            yield Dated(match.start(), match.end(), day, is_named=False)


def _days(unit: str) -> int:
    if unit.startswith(("da", "ta", "jo", "dí", "di", "gi")):
        return 1
    return 7 if unit.startswith(("we", "wo", "sem", "set", "ve")) else 30


def _dated(match: re.Match[str], day: int, month: int, year: str | None, today: date) -> Iterator[Dated]:
    try:
        if year:
            found = date(int(year) + (2000 if len(year) == 2 else 0), month, day)
        else:
            found = date(today.year, month, day)
            if found < today - timedelta(days=60):
                found = date(today.year + 1, month, day)
            elif found > today + timedelta(days=300):
                found = date(today.year - 1, month, day)
    except ValueError:
        return
    yield Dated(match.start(), match.end(), found)


def _is_english(text: str) -> bool:
    return (
        len(re.findall(r"\b(the|and|will|from|until|back|office|return|out|with|my|i'm|please)\b", text, re.IGNORECASE))
        >= 2
    )

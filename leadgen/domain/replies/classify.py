"""What a reply wants, by rules: its class, how sure that is, the words that say so, and what follows from them.

Opt-out wording wins over all else. What the rules are not sure of (`Classified.is_sure`) is for a model or a person.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from leadgen.domain.replies.automatic import ABSENCE, is_automatic
from leadgen.domain.replies.message import Message
from leadgen.domain.replies.opt_out import opt_out_words
from leadgen.domain.replies.phrases_accepting import COMPLAINT, INTERESTED, MEETING, QUESTION, SARCASM
from leadgen.domain.replies.phrases_refusing import LIMITED_IN_TIME, NOT_INTERESTED, NOT_NOW, WRONG_PERSON
from leadgen.domain.replies.referral import Referral, find_referral
from leadgen.domain.replies.return_date import return_date
from leadgen.domain.replies.strip import strip_reply, unquoted_lines

_READ = 6_000  # characters of a reply that the rules look at: who wants something says it before that
SURE = 0.7
"""From this confidence on a class stands without a model's or a person's look."""


class ReplyClass(StrEnum):
    """What a reply wants. `UNSURE` only where nothing at all was recognised."""

    INTERESTED = "interested"
    MEETING = "meeting"
    QUESTION = "question"
    NOT_NOW = "not now"
    NOT_INTERESTED = "not interested"
    WRONG_PERSON = "wrong person"
    UNSUBSCRIBE = "unsubscribe"
    COMPLAINT = "complaint"
    OUT_OF_OFFICE = "out of office"
    BOUNCE = "bounce"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Classified:
    """A reply's class. `confidence` is 0-1, `quote` stands verbatim in the mail; `return_date` is when an absence ends,
    `referral` whom a wrong person names instead.
    """

    reply_class: ReplyClass
    confidence: float
    quote: str = ""
    return_date: date | None = None
    referral: Referral | None = None

    @property
    def is_sure(self) -> bool:
        """Whether the rules alone may act."""
        return self.confidence >= SURE


def classify(text: str, headers: Mapping[str, str], today: date) -> Classified:
    """The class of a mail's text (quotes and all) with its headers by lower-case name. `today` is the day it was sent."""
    found = _classified(text, headers, today)
    return found if found.quote in text else replace(found, quote=_as_written(found.quote, text))


def _as_written(quote: str, text: str) -> str:
    """The quote with the spaces it has in the mail; a mail may hold spaces that are none in the stripped reply."""
    match = re.search(r"[\s\u200b\xa0]+".join(map(re.escape, quote.split())), text)
    return match[0] if match else ""


def _classified(text: str, headers: Mapping[str, str], today: date) -> Classified:
    message = Message(tuple(headers.items()), text, is_mail=bool(headers))
    reply = strip_reply(text).reply[:_READ]
    own = "\n".join(dict.fromkeys(part for part in (reply, unquoted_lines(text)[:_READ]) if part.strip()))
    opted = opt_out_words(own) or _subject_opt_out(message)
    if opted:
        return Classified(ReplyClass.UNSUBSCRIBE, 0.97, _sentence(opted))
    if is_automatic(message, reply):
        return _automatic(message, reply, today)
    absent = _absence_in_passing(reply, today)
    return absent or _of_person(reply, message, today)


def _absence_in_passing(reply: str, today: date) -> Classified | None:
    """An absence without an automatic answer's marks: it is named with a return, and nothing is asked or offered."""
    absence = ABSENCE.search(reply[:400])
    until = return_date(reply, today)
    if (
        absence is None
        or until is None
        or re.search(r"[?？]", reply)
        or MEETING.search(reply)
        or INTERESTED.search(reply)
    ):
        return None
    return Classified(ReplyClass.OUT_OF_OFFICE, 0.8, _sentence(absence), until)


def _subject_opt_out(message: Message) -> re.Match[str] | None:
    subject = message.subject.strip()
    return opt_out_words(subject) if len(subject.split()) <= 3 else None


def _automatic(message: Message, reply: str, today: date) -> Classified:
    until = return_date(f"{reply}\n{message.subject}", today)
    absence = ABSENCE.search(reply)
    left = re.search(
        r"no longer (with|work|employ|at\b|part)|has left|left the company|nicht mehr (im unternehmen|für|bei"
        r"|tätig)|ausgeschieden|ne travaille plus|a quitté|ya no trabaja|não trabalha mais|non lavora più"
        r"|werkt niet (meer|langer)|退職|离职|퇴사",
        reply,
        re.IGNORECASE,
    )
    if left and until is None:
        return Classified(ReplyClass.WRONG_PERSON, 0.9, _sentence(left), referral=_referral(reply, message))
    found = absence or re.search(r"\S[^\n]*", reply)
    confidence = 0.97 if absence or until else 0.75
    return Classified(ReplyClass.OUT_OF_OFFICE, confidence, _sentence(found) if found else "", until)


def _of_person(reply: str, message: Message, today: date) -> Classified:
    body = _without_signature(reply)
    rest = body
    spans: dict[ReplyClass, list[re.Match[str]]] = {}
    for kind, pattern in _ORDER:
        spans[kind] = list(pattern.finditer(rest))
        if kind in _REFUSING:
            rest = pattern.sub(lambda match: " " * len(match[0]), rest)
    for match in spans[ReplyClass.NOT_INTERESTED]:
        if (
            LIMITED_IN_TIME.search(body[max(0, match.start() - 30) : match.end() + 40])
            and not spans[ReplyClass.NOT_NOW]
        ):
            spans[ReplyClass.NOT_NOW] = [match]
    if for_good := _FOR_GOOD.search(body):
        spans[ReplyClass.NOT_INTERESTED].append(for_good)
    chosen, confidence = _decide(spans, body)
    if chosen is ReplyClass.UNSURE:
        return _by_hint(body, message)
    if SARCASM.search(body) and chosen in _WELCOME:
        return Classified(ReplyClass.NOT_INTERESTED, 0.35, _sentence(SARCASM.search(body)))
    quote = _sentence(spans[chosen][0], body)
    referral = _referral(reply, message) if chosen is ReplyClass.WRONG_PERSON else None
    until = return_date(body, today) if chosen is ReplyClass.NOT_NOW else None
    return Classified(chosen, confidence, quote, until, referral)


_ORDER: tuple[tuple[ReplyClass, re.Pattern[str]], ...] = (
    (ReplyClass.COMPLAINT, COMPLAINT),
    (ReplyClass.WRONG_PERSON, WRONG_PERSON),
    (ReplyClass.NOT_INTERESTED, NOT_INTERESTED),
    (ReplyClass.NOT_NOW, NOT_NOW),
    (ReplyClass.MEETING, MEETING),
    (ReplyClass.INTERESTED, INTERESTED),
    (ReplyClass.QUESTION, QUESTION),
)
_REFUSING = frozenset({ReplyClass.COMPLAINT, ReplyClass.NOT_INTERESTED, ReplyClass.NOT_NOW})
_WELCOME = frozenset({ReplyClass.INTERESTED, ReplyClass.MEETING, ReplyClass.QUESTION})


def _by_hint(body: str, message: Message) -> Classified:
    """A guess for a person to confirm: whoever answers with nothing but another address points to it."""
    referral = _referral(body, message)
    if referral and referral.email:
        where = re.search(re.escape(referral.email), body)
        return Classified(ReplyClass.WRONG_PERSON, 0.5, _sentence(where), referral=referral)
    return Classified(ReplyClass.UNSURE, 0.0)


def _decide(spans: Mapping[ReplyClass, list[re.Match[str]]], body: str) -> tuple[ReplyClass, float]:
    """The class that its words and what speaks against them leave, with the confidence."""

    said = frozenset(kind for kind, matches in spans.items() if matches)
    welcome = bool(said & {ReplyClass.INTERESTED, ReplyClass.MEETING})
    asks = bool(re.search(r"[?？]", body))
    if ReplyClass.COMPLAINT in said and not (asks and _asks_of_law(spans[ReplyClass.COMPLAINT])):
        return ReplyClass.COMPLAINT, 0.55 if welcome else 0.88
    if ReplyClass.WRONG_PERSON in said:
        return ReplyClass.WRONG_PERSON, 0.6 if ReplyClass.MEETING in said and asks else 0.88
    if said & {ReplyClass.NOT_NOW, ReplyClass.NOT_INTERESTED}:
        return _decide_refusal(said, body, is_mixed=welcome or asks)
    return _decide_welcome(said, body, asks=asks)


def _asks_of_law(matches: list[re.Match[str]]) -> bool:
    """`Is it GDPR compliant?` names a law and accuses nobody."""
    return all(
        re.fullmatch(r"gdpr|dsgvo|rgpd|lgpd|can-?spam|data protection", match[0], re.IGNORECASE) for match in matches
    )


def _decide_refusal(said: frozenset[ReplyClass], body: str, *, is_mixed: bool) -> tuple[ReplyClass, float]:
    if ReplyClass.NOT_NOW not in said or _FOR_GOOD.search(body):
        return ReplyClass.NOT_INTERESTED, 0.5 if is_mixed else 0.92
    if ReplyClass.MEETING in said and ReplyClass.NOT_INTERESTED not in said and _NEAR.search(body):
        return ReplyClass.MEETING, 0.6
    return ReplyClass.NOT_NOW, 0.85


def _decide_welcome(said: frozenset[ReplyClass], body: str, *, asks: bool) -> tuple[ReplyClass, float]:
    if ReplyClass.MEETING in said:
        return ReplyClass.MEETING, 0.9
    if ReplyClass.INTERESTED in said:
        if asks and _asks_facts(body):
            return ReplyClass.QUESTION, 0.72
        return ReplyClass.INTERESTED, 0.6 if len(body.split()) < 2 else 0.8 if asks else 0.9
    if ReplyClass.QUESTION in said:
        return ReplyClass.QUESTION, 0.85 if asks else 0.6
    return ReplyClass.UNSURE, 0.0


_FOR_GOOD = re.compile(
    r"clos(ed|ing|es) (down|up|(the|my|our) (business|shop|practice|doors|store|company|restaurant))|out of business"
    r"|\bso,? no([.!,]|$)|retir(ed|ing)",
    re.IGNORECASE,
)
_NEAR = re.compile(  # a day or a week off puts off a call, not the matter
    r"(next|this) week|\w+day\b|\w+tag\b|nächste woche|semaine prochaine|semana|settimana|volgende week"
    r"|来週",
    re.IGNORECASE,
)


def _asks_facts(body: str) -> bool:
    questions = re.findall(r"[^.!?？\n]*[?？]", body)
    return any(QUESTION.search(each.rstrip("?？")) and not _REQUEST.search(each) for each in questions)


_REQUEST = re.compile(
    r"\b(send|share|forward|need from (me|us)|dire plus|tell (me|us) more|more (info|details)|next steps?"
    r"|get started|schick|senden|zusenden"
    r"|envoy|enviar|env[ií]|mandar|invi(a|o)|stur)"
    r"|送|发",
    re.IGNORECASE,
)


def _without_signature(reply: str) -> str:
    """The reply up to its closing line, so that a job title or a slogan under it is not taken for an answer."""
    match = _CLOSING.search(reply)
    return reply[: match.start()] if match and reply[: match.start()].strip() else reply


_CLOSING = re.compile(
    r"^[ \t]*(best|kind|warm|many|with)?[ \t]*(best regards|regards|best wishes|cheers|sincerely|yours (sincerely"
    r"|truly|faithfully)|cordially|respectfully|mit (freundlichen|besten|herzlichen) grüßen|mit freundlichem gruß"
    r"|(viele|beste|liebe|freundliche|schöne|herzliche) grüße|mfg|lg|vg|cordialement|bien (à vous|cordialement)"
    r"|salutations|saludos( cordiales)?|atentamente|un saludo|(com os melhores )?cumprimentos|atenciosamente"
    r"|abraços?|cordiali saluti|distinti saluti|saluti|met vriendelijke groet(en)?|groet(en|jes)?"
    r"|med vänliga hälsningar|mvh|med venlig hilsen|pozdrawiam|с уважением|よろしくお願い(いたします|します"
    r"|致します)|敬具"
    r"|此致)[ \t]*[,.!。]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def _referral(reply: str, message: Message) -> Referral | None:
    known = frozenset((*message.addresses("from"), *message.addresses("to"), *message.addresses("reply-to")))
    return find_referral(reply, known)


def _sentence(match: re.Match[str] | None, text: str | None = None) -> str:
    """The sentence around a match, verbatim; of `text` where the match was found in a copy of it with words blanked out."""
    if match is None:
        return ""
    text = match.string if text is None else text
    start = match.start()
    while start > 0 and text[start - 1] not in "\n!?。？！" and not (text[start - 1] == "." and text[start].isspace()):
        start -= 1
    end = match.end()
    while (
        end < len(text)
        and text[end] != "\n"
        and text[end - 1] not in "!?。？！"
        and not (text[end - 1] == "." and text[end].isspace())
    ):
        end += 1
    return text[start:end].strip()

"""What is wrong with an email as an email, whatever it says: length, asks, spam, gaps, foreign links, reading level."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import phonenumbers

from leadgen.domain.identity.domains import registrable_domain
from leadgen.domain.outreach.brief import DraftBrief
from leadgen.domain.outreach.email import DraftEmail
from leadgen.domain.outreach.sentences import split_sentences, words
from leadgen.domain.outreach.writing import MOST_WORDS


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. An `error` keeps the email from being approved, a `warning` is shown."""

    code: str
    severity: Literal["error", "warning"]
    message: str


_LONGEST_EMAIL = 10_000  # characters: beyond it nothing else matters
_LONGEST_SUBJECT = 78  # RFC 5322, 2.1.1: a header line that needs no folding
_ASK = re.compile(
    r"\b(?:would|could|can|will|are|do|shall|should|may|might|is|how about|what about|when|who|worth|interested"
    r"|open to|up for)\b",
    re.IGNORECASE,
)
_IMPERATIVE_ASK = re.compile(
    r"\b(?:click|book|schedule|grab|pick|choose|call|sign up|register|download|visit|fill (?:in|out)|buy|order)\b"
    r" (?:here|now|a (?:time|slot|call|demo|meeting)|me|us|today|on|at|our|the|for|this)\b",
    re.IGNORECASE,
)
_SPAM = re.compile(
    r"\b(?:act now|act fast|limited[- ]time|don't miss|last chance|once in a lifetime|100 ?% (?:free"
    r"|guaranteed)|money[- ]back"
    r"|guaranteed?|risk[- ]free|no obligation|no strings attached|click here|click below|buy now|order now"
    r"|sign up free|free trial"
    r"|free gift|for free|special promotion|exclusive deal|best price|lowest price|cheap|cash bonus"
    r"|extra income|make money"
    r"|earn \$|double your|triple your|skyrocket|explode your|miracle|congratulations|you(?:'ve"
    r"| have) been selected|winner"
    r"|urgent|amazing|incredible|unbelievable|game[- ]chang\w+|revolutionary|this is not spam|dear (?:friend"
    r"|sir)|to whom it may"
    r"|as seen on|increase sales|boost your (?:sales|revenue)|10x)\b|\${2,}|!{2,}|\bfree!",
    re.IGNORECASE,
)
_SHOUTED = re.compile(r"\b[A-Z]{4,}\b(?:\s+[A-Z]{2,}\b)+|!\s*$")
_GAP = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\$\{.*?\}|\{[A-Za-z_ ]{2,40}\}|\[[A-Za-z_' ]{2,40}\]|<[a-z_]+(?: [a-z_]+)?>"
    r"|%[A-Z_]{3,}%|\b(?:TBD|TODO|XXX+)\b"
    r"|\blorem ipsum\b|\[e\d+\]|\b(?:undefined|null|None|NaN)\b(?= |,|\.|$)"
)
_NO_NAME = re.compile(r"^(?:hi|hello|hey|dear)\s*,", re.IGNORECASE)
_FAKE_THREAD = re.compile(r"^\s*(?:re|fwd?|aw|wg|antw)\s*:", re.IGNORECASE)
_MARKUP = re.compile(r"</?[a-z][\w-]*(?:\s[^<>]*)?>|\*\*\S|^#{1,6}\s|\]\(", re.IGNORECASE | re.MULTILINE)

_EMAIL = re.compile(r"[\w.+%-]+@([\w-]+(?:\.[\w-]+)+)")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{1,12}:)?//([^\s/<>\"')\]?#]+)|\bwww\.([\w-]+(?:\.[\w-]+)+)", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"\b(?:mailto|tel|sms|javascript|data|file|ftp):\S", re.IGNORECASE)
_BARE_HOST = re.compile(
    r"(?<![\w@.-])((?:[a-z0-9-]+\.)+(?:com|net|org|io|co|us|biz|info|dev|app|ai|me|site|online|shop|store|xyz"
    r"|link|ly|to|gg|tv|cc"
    r"|uk|ca|de|fr|es|it|nl|eu|au|ru|cn|example|test))\b(?!\.\w|@)",
    re.IGNORECASE,
)
_SPELLED_HOST = re.compile(
    r"\b[\w-]{2,}\s*(?:\(dot\)|\[dot\]|\{dot\}|\sdot\s)\s*(?:com|net|org|io|co|example)\b", re.IGNORECASE
)
_SPELLED_AT = re.compile(r"\b[\w.-]+\s*(?:\(at\)|\[at\]|\{at\})\s*[\w.-]+", re.IGNORECASE)

_DIALABLE_DIGITS = 10
_HARD_GRADE = 11.0
_VOWELS = re.compile(r"[aeiouy]+")


def _syllables(word: str) -> int:
    base = word.lower()
    count = len(_VOWELS.findall(base))
    return max(1, count - (base.endswith("e") and not base.endswith("le")))


def reading_grade(text: str) -> float | None:
    """US school grade by Flesch and Kincaid (1975), English only; None for texts under 30 words, where it tells
    nothing.
    """
    said = words(text)
    sentences = split_sentences(text)
    if len(said) < 30 or not sentences:
        return None
    return 0.39 * len(said) / len(sentences) + 11.8 * sum(map(_syllables, said)) / len(said) - 15.59


def asks(body: str) -> list[str]:
    """The sentences that ask the reader for something."""
    return [
        sentence
        for sentence in split_sentences(body)
        if (sentence.rstrip('"”’) ').endswith("?") and _ASK.search(sentence)) or _IMPERATIVE_ASK.search(sentence)
    ]


def _without_names(text: str, brief: DraftBrief) -> str:
    """The text without the companies' names, some of which look like addresses or numbers (`Pets.com`)."""
    names = [re.escape(name) for name in (brief.prospect.name, brief.sender.company) if name.strip()]
    return re.sub(rf"(?<![\w@./-])(?:{'|'.join(names)})(?![\w@/-])", " ", text) if names else text


def _dialable(text: str, region: str) -> Iterable[phonenumbers.PhoneNumberMatch]:
    """What a reader could dial: valid numbers, and of merely possible ones those too long for a year or a count."""
    for found in phonenumbers.PhoneNumberMatcher(text, region, phonenumbers.Leniency.POSSIBLE):
        digits = sum(character.isdigit() for character in found.raw_string)
        if digits >= _DIALABLE_DIGITS or phonenumbers.is_valid_number(found.number):
            yield found


def _foreign(text: str, brief: DraftBrief, region: str) -> Iterable[str]:
    """Links, addresses and numbers that are neither the tenant's nor the prospect's."""
    text = _without_names(text, brief)
    own = {registrable_domain(domain) for domain in (*brief.sender.domains, *brief.prospect.domains)} - {None}
    for match in _EMAIL.finditer(text):
        if registrable_domain(match[1]) not in own:
            yield f"the address {match[0]}"
    rest = _EMAIL.sub(" ", text)
    for pattern in (_LINK, _BARE_HOST):
        for match in pattern.finditer(rest):
            host = next(filter(None, match.groups()))
            # a name before an @ in a link hides where it leads
            if "@" in host or registrable_domain(host.partition(":")[0]) not in own:
                yield f"the link {match[0]}"
    for pattern in (_OTHER_SCHEME, _SPELLED_HOST, _SPELLED_AT):
        for match in pattern.finditer(text):
            yield f"the address {match[0]}"
    phones = {*brief.sender.phones, *brief.prospect.phones}
    for found in _dialable(text, region):
        if phonenumbers.format_number(found.number, phonenumbers.PhoneNumberFormat.E164) not in phones:
            yield f"the number {found.raw_string}"


def _subject_findings(subject: str) -> Iterable[Finding]:
    if not subject.strip():
        yield Finding("empty_subject", "error", "The subject is empty.")
    if re.search(r"[\r\n\x00-\x08\x0b\x0c\x0e-\x1f\u2028\u2029\x85]", subject):
        yield Finding("subject_line_break", "error", "The subject has a line break or control character.")
    if _FAKE_THREAD.match(subject):
        yield Finding("fake_reply", "error", "The subject pretends to be a reply or a forward.")
    if len(subject) > _LONGEST_SUBJECT:
        yield Finding("long_subject", "warning", f"The subject has more than {_LONGEST_SUBJECT} characters.")


def _body_findings(email: DraftEmail, brief: DraftBrief) -> Iterable[Finding]:
    body = email.body_text
    if not body.strip():
        yield Finding("empty_body", "error", "The email is empty.")
        return
    count = len(body.split())
    if count > MOST_WORDS:
        yield Finding("too_long", "error", f"It has {count} words; {MOST_WORDS} are the most.")
    asking = asks(body)
    if len(asking) > 1:
        yield Finding("many_asks", "error", f"It asks {len(asking)} things; one is the most.")
    elif not asking and body.count("?") == 0:
        yield Finding("no_ask", "warning", "It asks nothing.")
    first_line = body.strip().splitlines()[0]
    if _NO_NAME.match(first_line):
        yield Finding("no_name", "error", "The greeting has no name.")
    if _MARKUP.search(body):
        yield Finding("markup", "error", "It has markup; emails are written as plain text.")
    grade = reading_grade(body) if brief.language == "en" else None
    if grade is not None and grade > _HARD_GRADE:
        yield Finding(
            "hard_to_read", "warning", f"It reads at school grade {grade:.0f}; {_HARD_GRADE:.0f} is the most."
        )


def lint(email: DraftEmail, brief: DraftBrief, *, region: str = "US") -> tuple[Finding, ...]:
    """Everything wrong with an email. `region` (ISO 3166 alpha-2) tells phone numbers without a country code."""
    if len(email.body_text) + len(email.subject) > _LONGEST_EMAIL:
        return (Finding("too_long", "error", f"It has more than {_LONGEST_EMAIL} characters."),)
    text = f"{email.subject}\n{email.body_text}"
    found = [*_subject_findings(email.subject), *_body_findings(email, brief)]
    found += [Finding("gap", "error", f"A placeholder was left: {match[0]}") for match in _GAP.finditer(text)]
    found += [
        Finding("foreign_contact", "error", f"Neither ours nor theirs: {what}")
        for what in dict.fromkeys(_foreign(text, brief, region))
    ]
    phrases = dict.fromkeys(match[0].lower() for match in _SPAM.finditer(text))
    found += [Finding("spam_phrase", "warning", f'Reads like spam: "{phrase}"') for phrase in phrases]
    if len(phrases) > 2:
        found.append(Finding("spam", "error", f"{len(phrases)} phrases read like spam."))
    if _SHOUTED.search(email.subject):
        found.append(Finding("shouting", "warning", "The subject shouts."))
    return tuple(found)

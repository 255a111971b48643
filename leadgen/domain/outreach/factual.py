"""Which sentences of an email state a fact about the prospect, told by marks: in English; numbers in any language."""

import re
from dataclasses import dataclass

from leadgen.domain.outreach.brief import DraftBrief
from leadgen.domain.outreach.sentences import numbers
from leadgen.domain.outreach.stems import stems

_YOUR_VERBS = (
    r"\w+ed|are|were|have|had|do|did|don['’]t|didn['’]t|haven['’]t|aren['’]t|weren['’]t|offer|provide|serve|run"
    r"|own|operate|use|sell"
    r"|treat|lack|rely|speciali[sz]e|accept|take|close|host|sponsor|employ|answer|list|show|mention|say|lose"
    r"|miss|struggle"
    r"|need|rank|rate|won|began|built|grew|spent|got|made|went|focus|handle|charge|advertise|publish|post|still|already"
    r"|also|just|recently|only|currently"
)
_ITS_VERBS = (
    r"\w+ed|is|are|was|were|has|have|had|does|doesn['’]t|isn['’]t|aren['’]t|shows?|says?|lists?|mentions?"
    r"|loads?|runs?|lacks?|looks?"
    r"|offers?|takes?|ranks?|needs?|gets?|closes?|opens?|serves?|goes|comes?|provides?|owns?|operates?|uses?"
    r"|sells?|treats?"
    r"|accepts?|won|began|grew"
)
_PROMISE = r"would|could|can|may|might|will|should|get|gets|receive|receives|keep|keeps"
_ABOUT_PROSPECT = (
    re.compile(
        rf"^\W*(?:you\s+(?!(?:{_PROMISE}|pay|decide|choose|see|know)\b)"
        rf"|your\s+(?!(?:[\w'’&-]+\s+){{0,6}}?(?:{_PROMISE})\b))",
        re.IGNORECASE,
    ),
    re.compile(rf"\byou(?:['’](?:ve|re|d)|\s+(?:all\s+|both\s+|guys\s+)?(?:{_YOUR_VERBS}))\b", re.IGNORECASE),
    re.compile(rf"\byour\s+(?:[\w'’&-]+\s+){{1,4}}?(?:{_ITS_VERBS})\b", re.IGNORECASE),
    re.compile(
        r"\b(?:the|this)\s+(?:practice|clinic|office|shop|store|business|company|restaurant|salon|firm|studio"
        r"|website|site|team"
        rf"|owner)\s+(?:{_ITS_VERBS})\b",
        re.IGNORECASE,
    ),
)
_NOT_STATED = re.compile(
    r"\b(?:if|whether|would|could|might|may|can|should|unless|when|whenever|so that|in case|hope|imagine"
    r"|suppose|wish|let)\b[^.;:]*$",
    re.IGNORECASE,
)
_SUPERLATIVE = re.compile(
    r"\b(?:best|top|leading|largest|biggest|oldest|newest|fastest|finest|greatest|highest|lowest|busiest"
    r"|most \w+|number one"
    r"|first-class|award\w*|winner|winning|favou?rite|renowned|famous|leader|only \w+ in|unrivall?ed|premier)\b"
    r"|#\s?1\b|\bno\. ?1\b",
    re.IGNORECASE,
)
# Times, small talk and closings, whose numbers and superlatives state nothing
_PLEASANTRY = re.compile(
    r"\b(?:best|kind|warm(?:est)?) (?:regards|wishes)\b|\ball the best\b|\bbest,?$|\bat best\b|\bbest (?:way"
    r"|time)\b|\btop of"
    r"|\b\w+(?:[- ](?:or|to)[- ]\w+)?[- ]?(?:minutes?|mins?|seconds?|hours?)\b(?! (?:a|per|every)\b)"
    r"|\b(?:two|three|four|2|3)\s+(?:or|to)\s+(?:three|four|five|3|4|5)\b|\b\d\s?-\s?\d\s+(?:minutes?|ideas?|days?)\b"
    r"|\b(?:last|next|this) (?:week|month|few days)\b|\b\d{1,2}(?::\d\d)?\s?(?:am|pm)\b"
    r"|\b(?:two|three|few|couple of) (?:days|weeks|lines|sentences|ideas|questions)\b|\b(?:an?|one)"
    r" \w+ or (?:two|three)\b"
    r"|\bsecond (?:point|thing|thought|idea|note|email|look|question)\b",
    re.IGNORECASE,
)
# Within a sentence; after an honorific; at its beginning only when another capitalised word follows
_NAME = re.compile(
    r"(?:(?<=[\w,’'&)] )|(?<=Dr\. )|(?<=Mr\. )|(?<=Ms\. )|(?<=Mrs\. ))[A-ZÀ-ÖØ-Þ][\w'’-]*"
    r"|^[A-ZÀ-ÖØ-Þ][\w'’-]+(?=\s[A-ZÀ-ÖØ-Þ][a-zà-ÿ])"
)
_COMMON_NAMES = stems("""
    I Google Facebook Instagram Yelp LinkedIn TikTok YouTube AI SEO CRM SMS Monday Tuesday Wednesday Thursday Friday
    Saturday Sunday January February March April May June July August September October November December English
    Spanish German French Hi Hello Hey Dear Thanks Thank Best Kind Regards Cheers Sincerely PS Christmas Easter
    Thanksgiving
    """)


@dataclass(frozen=True, slots=True)
class Known:
    """What needs no evidence: the names of those who write and are written to, and what the tenant says of itself."""

    names: frozenset[str]  # stems
    said_by_us: frozenset[str]  # stems of offer and proof
    our_numbers: frozenset[str]
    companies: re.Pattern[str] | None
    about_company: re.Pattern[str] | None
    capitals_tell_names: bool

    @classmethod
    def of(cls, brief: DraftBrief) -> "Known":
        """What the brief lets an email say freely."""
        sender, prospect = brief.sender, brief.prospect
        ours = " ".join([sender.offer, *sender.proof])
        names = [sender.name, sender.company, prospect.name, prospect.city, prospect.category, brief.contact_first_name]
        companies = [re.escape(name) for name in (prospect.name, sender.company) if name.strip()]
        company = re.escape(prospect.name)
        return cls(
            names=stems(" ".join(filter(None, names))),
            said_by_us=stems(ours),
            our_numbers=frozenset(numbers(ours)),
            companies=re.compile("|".join(companies), re.IGNORECASE) if companies else None,
            about_company=re.compile(rf"{company}\s+(?:{_ITS_VERBS})\b", re.IGNORECASE) if company else None,
            capitals_tell_names=brief.language != "de",  # German writes every noun so
        )

    def without_companies(self, sentence: str) -> str:
        """The sentence without the companies' names: what they are called states nothing."""
        return self.companies.sub("they", sentence) if self.companies else sentence


def said_numbers(sentence: str) -> set[str]:
    """The numbers that state something."""
    return numbers(_PLEASANTRY.sub(" ", sentence))


def said_superlative(sentence: str) -> str | None:
    """The first superlative or award."""
    found = _SUPERLATIVE.search(_PLEASANTRY.sub(" ", sentence))
    return found[0] if found else None


def said_names(sentence: str, known: Known) -> set[str]:
    """Capitalised words that are nobody's we know."""
    if not known.capitals_tell_names:
        return set()
    free = known.names | known.said_by_us | _COMMON_NAMES
    return {match[0] for match in _NAME.finditer(sentence) if not stems(match[0]) <= free}


def _is_about_prospect(sentence: str, known: Known) -> bool:
    """Whether the sentence says in so many words what the prospect is, has or does; conditions and wishes do not."""
    patterns = [*_ABOUT_PROSPECT, *([known.about_company] if known.about_company else [])]
    return any(
        not _NOT_STATED.search(sentence[: match.end()]) for pattern in patterns for match in pattern.finditer(sentence)
    )


def stated_fact(sentence: str, known: Known, *, is_subject: bool = False) -> str | None:
    """What in the sentence must rest on evidence, in words; None when it states nothing about the prospect.

    A question states only its numbers, names and superlatives; a subject line also no names.
    """
    asks = sentence.rstrip('"”’) ').endswith("?")
    if not asks and not is_subject and _is_about_prospect(sentence, known):
        return "what they are, have or do"
    bare = known.without_companies(sentence)
    foreign = said_numbers(bare) - known.our_numbers
    if foreign:
        return f"the number {', '.join(sorted(foreign))}"
    superlative = said_superlative(bare)
    if superlative and not stems(superlative) <= known.said_by_us:
        return f'"{superlative}"'
    names = set() if is_subject else said_names(bare, known)
    return f"the name {', '.join(sorted(names))}" if names else None

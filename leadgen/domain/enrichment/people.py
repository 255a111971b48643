"""People named on a page, with what they do there: schema.org persons, team cards, `Name, Title` lines.

Precision before recall: a name counts when a job title or a credential stands beside it.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from leadgen.domain.enrichment.mailbox_names import is_address_of, letters, split_name
from leadgen.domain.enrichment.markup import squeeze
from leadgen.domain.enrichment.structured import Item, strings, types_of
from leadgen.domain.identity.words import word_set


@dataclass(frozen=True, slots=True)
class Person:
    """Someone named on the page. `name` has no honorific and no credentials; `title` is the job as the page says it."""

    name: str
    title: str | None = None
    email: str | None = None
    linkedin_url: str | None = None


_HONORIFIC = re.compile(r"(?:Dr|Mr|Mrs|Ms|Prof|Professor|Doctor|Chef|Pastor|Rev)\.?\s+(?=[A-Z])")
_CREDENTIALS = {
    "DDS": "Dentist", "DMD": "Dentist", "MD": "Physician", "DO": "Physician", "DVM": "Veterinarian",
    "VMD": "Veterinarian", "DC": "Chiropractor", "OD": "Optometrist", "DPM": "Podiatrist", "JD": "Attorney",
    "ESQ": "Attorney", "CPA": "Accountant", "RDH": "Dental Hygienist", "DPT": "Physical Therapist",
    "PHARMD": "Pharmacist", "RN": "Nurse", "NP": "Nurse Practitioner", "PHD": None, "MS": None, "MBA": None,
    "FAGD": None, "PA": None, "PC": None, "JR": None, "SR": None, "II": None, "III": None,
}  # fmt: skip
_CREDENTIAL_TAIL = re.compile(
    r"(?:,?\s+(?:"
    + "|".join(sorted(map(re.escape, _CREDENTIALS), key=len, reverse=True)).replace("PHD", "PHD|Ph")
    + r"|[A-Z]\.(?:[A-Za-z]{1,2}\.)+)\.?)+$",
    re.IGNORECASE,
)
_LEADING_CREDENTIALS = re.compile(r"^(?:(?:[A-Z]{2,5}|(?:[A-Z]\.)+)\s*,\s*)+(?=[A-Z])")
_NAME_WORD = r"(?:[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+(?:['’-]?[A-ZÀ-ÖØ-Þ][a-zà-öø-ÿ]+)*|[A-ZÀ-Þ]['’][A-ZÀ-Þ][a-zà-ÿ]+)"
_PARTICLE = r"de|del|de la|van|von|der|den|di|da|dos|la|le|bin|al|el"
# An initial before two names; "A" and "I" without a dot are words
_INITIAL = rf"(?:[B-HJ-Z]\.?|[AI]\.)\s+(?={_NAME_WORD}\s+{_NAME_WORD})"
_NAME = rf"(?:{_INITIAL})?{_NAME_WORD}(?:\s+(?:[A-Z]\.?|{_NAME_WORD}|{_PARTICLE})){{0,3}}\s+{_NAME_WORD}"
_WHOLE_NAME = re.compile(_NAME)
_NICKNAME = re.compile(r"\s*[\"“(][A-Z][\w'’-]+[\"”)](?=\s)")

_NOT_NAMES = word_set(
    """about above all and any architectural assistance appointment appointments areas asked associates auto
    avenue awards bar before best blog boulevard business california call care careers center centre chicago
    choose city class clean clinic commercial community company conditioner contact copyright cosmetic county
    customer customers day days dental department dentist dentistry dentists design directions discover doctor doctors
    drive emergency events expert explore facebook family faq find florida follow forms free frequently friday
    gallery general get google grill group hair have health heating hello help home hours house how inc
    insurance info instagram join kitchen latest law learn legal library llc local location locations lunch map market
    massage meet menu message monday more morning new news newsletter north office online open opening or order
    our page parking patient patients payment phone photo plan plumbing policy public portfolio practice pricing
    privacy products professional project quality questions quick quote read real relations repair request reservations
    residential restaurant reviews road roofing root sale salon san saturday schedule school section send
    service services shop site sitemap smile social solutions south spa special staff state states street studio
    style subscribe suite sunday team terms testimonials texas thank the this thursday today tour training
    treatment tuesday united us use video view visit warranty we web website wednesday welcome what where who
    why with work york you your"""
)

_TITLE_WORD = re.compile(
    r"\b(?:co-?owner|owner|co-?founder|founder|president|chair(?:man|woman|person)?|ceo|coo|cfo|cto|cmo|chief|director"
    r"|manager|partner|principal|proprietor|head|lead|supervisor|foreman|superintendent|administrator|coordinator"
    r"|assistant|associate|receptionist|secretary|treasurer|dentist|orthodontist|endodontist|periodontist|hygienist"
    r"|physician|surgeon|doctor|nurse|practitioner|therapist|chiropractor|optometrist|veterinarian|pharmacist"
    r"|attorney|lawyer|paralegal|counsel|accountant|bookkeeper|broker|agent|realtor|advisor|adviser|consultant"
    r"|specialist|stylist|barber|colou?rist|esthetician|instructor|trainer|coach|teacher|chef|sommelier|bartender"
    r"|technician|mechanic|plumber|electrician|roofer|carpenter|contractor|estimator|installer|designer|architect"
    r"|engineer|developer|representative|executive|officer|operator|dispatcher|inspector|apprentice|host(?:ess)?|server"
    r"|concierge|barista|baker|cook|groomer|decorator|photographer|driver|clerk|cashier|counsell?or|tutor"
    r"|analyst|planner|mgr|asst|supt"
    r"|nutritionist|dietitian|midwife|\w+ologist|inhaber(?:in)?|geschäftsführer(?:in)?|leiter(?:in)?"
    r"|propriétaire|gérante?|directeur|directrice|propietari[oa]|dueñ[oa]|gerente|directora?)\b",
    re.IGNORECASE,
)
_LONGEST_TITLE = 70  # characters
_LONGEST_CARD_LINE = 120
_SHOWS_PROFESSION = re.compile(r"\bDr\b|\bDoctor\b|,\s*[A-Z][A-Za-z.]{1,6}\s*$|\b[A-Z]{2,4}$")
_SEPARATOR = re.compile(r"\s*(?:[–—|•·:]|,|\s-\s|\s/\s)\s*")
_BEFORE_CONTACTS = re.compile(r"\s*(?:[,:;|(–—]|\s-\s|\S+@)")
_IN_SENTENCE = re.compile(
    rf"(?P<role>[Oo]wned (?:and|&) operated by|[Ff]ounded by|[Ss]tarted by|[Oo]wned by|[Oo]wners?,?|[Ff]ounders?,?"
    rf"|[Pp]resident|CEO|[Pp]roprietor|[Ll]ed by)\s+(?P<name>(?:Dr\.?\s+)?{_NAME})"
)
_ROLE_OF_PHRASE = {"owned": "Owner", "owner": "Owner", "owners": "Owner", "founded": "Founder", "started": "Founder",
                   "founder": "Founder", "founders": "Founder", "president": "President", "ceo": "CEO",
                   "proprietor": "Proprietor"}  # fmt: skip


def _as_name(text: str) -> tuple[str, str | None] | None:
    """A name without honorific and credentials, and the profession that those tell; None when it is no name."""
    bare = _NICKNAME.sub("", text.strip())
    honorific = _HONORIFIC.match(bare)
    bare = bare[honorific.end() :] if honorific else bare
    tail = _CREDENTIAL_TAIL.search(bare)
    profession = None
    if tail:
        marks = [mark.replace(".", "").upper() for mark in re.split(r"[,\s]+", tail[0]) if mark]
        profession = next((_CREDENTIALS[mark] for mark in marks if _CREDENTIALS.get(mark)), None)
        bare = bare[: tail.start()].rstrip(", ")
    if bare.isupper():
        bare = bare.title()
    if len(bare) > 50 or not _WHOLE_NAME.fullmatch(bare):
        return None
    if any(word.lower().strip(".") in _NOT_NAMES for word in bare.split()) or _TITLE_WORD.search(bare):
        return None
    if profession is None and honorific and honorific[0].startswith(("Dr", "Doctor")):
        profession = "Doctor"
    return bare, profession


def _as_title(text: str) -> str | None:
    """A job title as written; None when the text is none."""
    bare = _LEADING_CREDENTIALS.sub("", text.strip(" ()–—-|,.:•*"))
    if (
        not bare
        or len(bare) > _LONGEST_TITLE
        or len(bare.split()) > 8
        or "@" in bare
        or re.search(r"\d{3}|[.!?]\s", bare)
    ):
        return None
    return bare if _TITLE_WORD.search(bare) else None


def _in_one_line(line: str) -> Person | None:
    """`Jane Doe, Owner`, `Jane Doe (Owner)`, `Owner: Jane Doe`, `Dr. Jane Doe, DDS`."""
    named = _as_name(line)
    if named:
        name, profession = named
        return Person(name, profession) if profession else None
    parenthesis = re.fullmatch(r"([^()]+)\(([^()]+)\)", line)
    cuts = [parenthesis.groups()] if parenthesis else []
    cuts += [(line[: cut.start()], line[cut.end() :]) for cut in _SEPARATOR.finditer(line)]
    for left, right in cuts:
        for name_text, title_text in ((left, right), (right, left)):
            named, title = _as_name(name_text), _as_title(title_text)
            if named and title:
                return Person(named[0], title)
    return None


def _in_lines(lines: Sequence[str]) -> Iterable[Person]:
    """Names whose title stands in the same line or in the line before or after, as team cards have it."""
    named_at: set[int] = set()  # lines whose name has its title already
    for at, line in enumerate(lines):
        if len(line) > _LONGEST_CARD_LINE:
            yield from _in_sentences(line)
        elif _TITLE_WORD.search(line):
            person = _in_one_line(line)
            title = _as_title(line)
            if person:
                yield person
            elif title and (beside := _name_beside(lines, at, named_at)):
                yield Person(beside, title)
            else:
                yield from _in_sentences(line)
        elif _SHOWS_PROFESSION.search(line) and at not in named_at and (person := _in_one_line(line)):
            yield person
        else:
            yield from _in_sentences(line)


def _name_beside(lines: Sequence[str], at: int, named_at: set[int]) -> str | None:
    """The name in the line before the title, else in the line after it, that no other title has taken."""
    for beside in (at - 1, at + 1):
        if 0 <= beside < len(lines) and beside not in named_at and (named := _as_name(lines[beside])):
            named_at.add(beside)
            return named[0]
    return None


def _in_sentences(line: str) -> Iterable[Person]:
    for match in _IN_SENTENCE.finditer(line):
        yield from _from_sentence(match)


def _from_sentence(match: re.Match[str]) -> Iterable[Person]:
    named = _as_name(match["name"])
    if named:
        yield Person(named[0], _ROLE_OF_PHRASE.get(match["role"].split()[0].lower().rstrip(","), "Lead"))


def _declared(items: Iterable[Item]) -> Iterable[Person]:
    for item in items:
        if "Person" in types_of(item):
            name = " ".join(strings(item, "givenName")[:1] + strings(item, "familyName")[:1]) or next(
                iter(strings(item, "name")), ""
            )
            named = _as_name(name)
            if named:
                email = next((text.removeprefix("mailto:").lower() for text in strings(item, "email")), None)
                linkedin = next((url for url in strings(item, "sameAs", "url") if "linkedin.com/in/" in url), None)
                yield Person(named[0], next(iter(strings(item, "jobTitle", "roleName")), named[1]), email, linkedin)
        for role in ("founder", "founders"):
            for name in strings(item, role):
                named = _as_name(name)
                if named:
                    yield Person(named[0], "Founder")


def _named_by_address(lines: Iterable[str], emails: Sequence[str]) -> Iterable[Person]:
    """Names whose mailbox stands on the page too, made of both their parts: `Jane Doe` with `jdoe@` or `jane.doe@`."""
    for line in lines if emails else ():
        begin = _BEFORE_CONTACTS.split(line, maxsplit=1)[0]
        named = _as_name(begin) if len(begin) <= _LONGEST_CARD_LINE else None
        last = letters(split_name(named[0])[1]) if named else ""
        if named is None or not last:
            continue
        for email in emails:
            local = letters(email.partition("@")[0])
            if last in local and local != last and is_address_of(email, named[0]):
                yield Person(named[0], None, email)
                break


def find_people(lines: Sequence[str], items: Iterable[Item], emails: Sequence[str] = ()) -> tuple[Person, ...]:
    """People of the page once each, in the order found, schema.org first. What one mention lacks another fills in.

    `lines` is the page's text, `items` its schema.org data, `emails` its addresses. Reviews' authors (schema.org
    `Review.author` and the like) are customers, not staff, so items without a job title must also appear beside a title
    in the text.
    """
    people: dict[str, Person] = {}
    for person in [*_declared(items), *_in_lines(lines), *_named_by_address(lines, emails)]:
        key = squeeze(person.name).casefold()
        known = people.get(key)
        people[key] = (
            Person(
                known.name,
                known.title or person.title,
                known.email or person.email,
                known.linkedin_url or person.linkedin_url,
            )
            if known
            else person
        )
    return tuple(person for person in people.values() if person.title or person.email)

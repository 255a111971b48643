"""Whom somebody points us to instead: an address, a name, both or neither, as they wrote it."""

import re
from dataclasses import dataclass

from leadgen.domain.replies.delivery_status import ADDRESS

_NAME = (
    r"(?:(?:Dr|Mr|Mrs|Ms|Mme|M|Herr(?:n)?|Frau|Sr|Sra|Dott|Ing)\.? )?[A-ZÀ-ÖØ-Þ][\w'’-]+"
    r"(?: (?:(?:van|von|de|der|di|da|du|la) )*[A-ZÀ-ÖØ-Þ][\w'’.-]*)*"
)
_POINTING = re.compile(
    r"(?i:contact|reach(?:ing)? out to|speak(?:ing)? (?:to|with)|talk(?:ing)? (?:to|with)|e-?mail|write(?: to)?"
    r"|get in touch with|ask|try|forward(?:ed|ing)? (?:this|it|your \w+)"
    r"(?: on)? to|pass(?:ed|ing)? (?:this|it|your \w+)(?: on| along)? to|sen[dt] (?:this|it|your \w+) to"
    r"|direct (?:this|it|your \w+) to|loop(?:ing|ed)? in|cc'?(?:ing|ed|d)?|copy(?:ing)?|"
    r"copied|add(?:ing|ed)|colleague,?|manager,?|partner,?|boss,?|successor,?|owner,?|replacement,?"
    r"|wenden sie sich (?:bitte )?(?:direkt )?an|kollege?i?n?n?|ansprechpartner(?:in)?(?: ist)?|zuständig(?: "
    r"ist)?|weitergeleitet an|an|contacte[rz]|adresse[rz]-vous à|collègue|contacte a|contactar (?:a|con)|diríjase a"
    r"|escriba a|compañer[oa]|hable con|fale com|contate|contacte|colega|escreva para|"
    r"contatt(?:are|i|ate)|rivolg\w+ a|scriv\w+ a|neem contact op met|contact op met|collega"
    r"|担当(?:者)?は)\s+(?i:(?:our|my|the|mit|bitte|mon|ma|mi|il|la|meinen?|meiner?|unsere[nr]?|mijn)\s+"
    r"(?:[\w-]+\s+){0,3}?)?(?:,\s*)?(?P<name>" + _NAME + r")"
)
_ROLE = re.compile(
    rf"(?P<name>{_NAME})(?:,? [\w ]{{0,30}},)? (?:is (?:the|our|in charge|responsible)|handles|runs|manages"
    rf"|takes care"
    r"|deals with|makes|would be|ist (?:zuständig|der|die|unser)|s'occupe|se encarga|si occupa)"
)
_NO_NAMES = frozenset(
    """
    i we you he she they it the this that our my your please thanks thank hello hi dear best kind
    regards monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december me him her them us sie ihn uns mich bitte
    danke re fw from to google linkedin email mail sales marketing info support no yes if for in on at
    as not
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True, slots=True)
class Referral:
    """Another contact that a reply names. A field is empty where the reply does not give it."""

    email: str
    name: str


def find_referral(text: str, known: frozenset[str]) -> Referral | None:
    """The contact a reply points to. `known` are addresses that are none: the writer's own and ours, in lower case."""
    emails = [match[0].strip(".'`") for match in ADDRESS.finditer(text) if "." in match[0].rpartition("@")[2]]
    email = next((each for each in emails if each.lower() not in known), "")
    name = _name(text)
    if email and not name:
        near = re.search(rf"({_NAME})[\s,(<:\[-]*(?:at |unter |à |en |em |via |mailto:)?{re.escape(email)}", text)
        name = near[1] if near and not _is_no_name(near[1]) else ""
    return Referral(email, name) if email or name else None


def _name(text: str) -> str:
    for pattern in (_POINTING, _ROLE):
        for match in pattern.finditer(text):
            name = match["name"].strip(" .'’")
            if not _is_no_name(name) and "@" not in text[match.end() : match.end() + 1]:
                return name
    return ""


def _is_no_name(name: str) -> bool:
    return name.split(maxsplit=1)[0].lower().strip(".") in _NO_NAMES or len(name) < 2

"""Bounces in a server's own words: which recipients they name, and what they say of each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from leadgen.domain.replies.delivery_status import ADDRESS

_COPY = re.compile(
    r"^[\s>*=#~_.-]*("
    r"(the )?(original|returned|unsent|undelivered|rejected|bounced|source) (message|mail|e-?mail|headers?)\b"
    r"|(this|here|below|following|included|attached|what follows)\b.{0,40}\b(copy|header|first part|returned"
    r"|original)\b"
    r"|(a )?copy of (the|your)|start of returned|(message|mail|e-?mail)? ?headers? (follow|of)|header of the"
    r"|the header of"
    r"|your (original )?(message|mail|email) (text )?(follows|was:|reads)|unsent message|message (text|body"
    r"|contents?|header)s?\b.{0,20}:?$"
    r"|the body of|below this line|text of (the )?(original|message)|(the )?first \d+ (lines|bytes)|forwarded message"
    r"|urspr.ngliche nachricht|(eine )?kopie (der|ihrer)|message d'origine|mensaje original|messaggio originale"
    r"|原文|元のメッセージ"
    r")|^\s*>?(received: (from|by)|return-path: ?<|x-[a-z-]+: .*)",
    re.IGNORECASE,
)
_ENVELOPE = re.compile(r"^(message-id|from|date|subject|mime-version|content-type)\s*:", re.IGNORECASE)
_OWN_LINE = re.compile(
    rf"^[\s>*-]*(?:[\w ]{{0,20}}:\s*)?(?:\"[^\"]*\"\s*)?[<(\['\"]?(?:mailto:)?({ADDRESS.pattern})[>)\]'\"]?"
    r"\s*(?:$|[:;,(|]|\.\.\.|-|\.? ?$|\n|is |was |does |\(|couldn|could|user |unknown|failed|not |[45]\d\d|\.$)",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?:recipients?|address(?:es|ed to)?|rcpt to|user|mailbox|account|deliver(?:y|ed)? (?:to|for|failed to)"
    r"|(?:sent|mail|message|"
    r"mailed) to|send to|to|for|reach|unknown|failed|empfänger|destinataire|destinatario|not|addressee|an|à|para"
    r"|person|dear)"
    rf"\b[^@\n]{{0,30}}?[<(\['\":\s]({ADDRESS.pattern})",
    re.IGNORECASE,
)
_FOREIGN = re.compile(
    r"\b(contact|assist|question|help|please|mailto|sent by|sender|(?<!generated )(?<!expanded )from|message-?id"
    r"|reporting|abuse|support|kontakt|\bby|"
    r"https?:|reply-to|accept\w* (e-?)?mail from|\(reason|id)\b[^@]{0,40}$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"^(mailer-?daemon|postmaster|abuse|hostmaster|no-?reply|double-bounce|mail-?daemon)\b", re.IGNORECASE
)
_RECEIVED_FOR = re.compile(rf"\bfor <?({ADDRESS.pattern})>?\s*;?", re.IGNORECASE)
_INTRODUCTION = re.compile(
    r"((following|these|this|one or more)( of the)?( e-?mail)? (recipient|address|destinat|user)|not reach"
    r"|following:$|could not be delivered to"
    r"|not delivered to|failed recipients|fatal errors|(address|recipient|user)\S{0,4} failed"
    r"|folgende[nr]? (empfänger|adresse)|destinataires? suivant"
    r"|siguientes? destinatari|seguintes? destinatári|seguenti destinatari|volgende (geadresseerde|ontvanger|adres))",
    re.IGNORECASE,
)
_FOLLOWS = 25  # lines after an address that may speak of it


@dataclass(frozen=True, slots=True)
class NamedRecipient:
    """An address a bounce names, and the lines that speak of it."""

    address: str
    words: str


def server_part(text: str) -> str:
    """What the server wrote, before the copy of the mail that it returns."""
    lines = text.split("\n")
    for place, line in enumerate(lines):
        begins = bool(_COPY.match(line)) and any(before.strip() for before in lines[:place])
        if begins or (place > 2 and _is_header_block(lines[place : place + 6])):
            return "\n".join(lines[:place])
    return text


def named_recipients(text: str, returned: str, *, ours: Iterable[str]) -> tuple[NamedRecipient, ...]:
    """The recipients that the server's words name, as they are written, each once.

    `returned` is what is known of the mail sent back: whom it was written to decides where several addresses stand. `ours`
    are addresses of the sender, who gets the bounce and is never its subject.
    """
    excluded = {address.lower() for address in ours}
    lines = text.split("\n")
    introduced = next((place for place, line in enumerate(lines) if _INTRODUCTION.search(line)), 0)
    own, named, other = _candidates(lines, excluded, introduced)
    if not (own or named or other):
        own, named, other = _candidates(lines, excluded, 0)
    written_to = {address.lower() for address in _written_to(returned)} - excluded
    everything = {**other, **named, **own}
    matching = {key: line for key, line in everything.items() if key.lower() in written_to}
    chosen = own or matching or named or dict(list(other.items())[:1])
    if not chosen:
        return ()
    starts = [*sorted(set(chosen.values())), len(lines)]
    found: list[NamedRecipient] = []
    for address, line in chosen.items():
        end = min(next(start for start in starts if start > line), line + _FOLLOWS)
        found.append(NamedRecipient(address, "\n".join(lines[line:end])))
    return tuple(found)


def written_to(returned: str, *, ours: Iterable[str]) -> tuple[str, ...]:
    """Whom the returned mail was written to, by its own headers: the last way to know who bounced."""
    excluded = {address.lower() for address in ours}
    return tuple(address for address in _written_to(returned) if address.lower() not in excluded)


def cleaned(address: str) -> str:
    """An address without the marks that stand around it, and without the name of its kind (`SMTP=`)."""
    return re.sub(r"^(smtp|rfc-?822|mailto)[=:]", "", address.strip(".'`"), flags=re.IGNORECASE)


def _candidates(
    lines: list[str], excluded: set[str], begin: int
) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    own: dict[str, int] = {}
    named: dict[str, int] = {}
    other: dict[str, int] = {}
    seen: set[str] = set()
    for place, line in enumerate(lines):
        if place < begin or _ENVELOPE.match(line.lstrip(" >")):
            continue
        for match in ADDRESS.finditer(line):
            address = cleaned(match[0])
            key = address.lower()
            if key in seen or key in excluded or _ROLE.match(address) or "." not in key.rpartition("@")[2]:
                continue
            own_line = _OWN_LINE.match(line)
            if own_line and own_line[1] == match[0]:
                own[address] = place
            elif _FOREIGN.search(line[: match.start()]):
                continue
            elif any(each[1] == match[0] for each in _NAMED.finditer(line)):
                named[address] = place
            else:
                other[address] = place
            seen.add(key)
    return own, named, other


def _written_to(returned: str) -> list[str]:
    found: list[str] = []
    for name in ("x-envelope-to", "x-original-to", "delivered-to", "to", "x-receiver", "cc"):
        for line in re.findall(rf"^>?{name}:[ \t]*(.*(?:\n[ \t]+.*)*)", returned, re.IGNORECASE | re.MULTILINE):
            found.extend(cleaned(match[0]) for match in ADDRESS.finditer(line))
        if found:
            break
    found.extend(cleaned(address) for address in _RECEIVED_FOR.findall(returned))
    return list(dict.fromkeys(found))


def _is_header_block(lines: list[str]) -> bool:
    return sum(bool(_ENVELOPE.match(line.lstrip(" >"))) for line in lines) >= 3 and bool(_ENVELOPE.match(lines[0]))

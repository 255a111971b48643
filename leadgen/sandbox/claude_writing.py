"""How the sandbox's Claude writes a sequence of emails: from the contact, the offer and the evidence in the prompt.

Nothing is said of the recipient that the evidence does not say, and every such sentence is cited. There are no links,
addresses or phone numbers.
"""

import random
import re
from dataclasses import dataclass
from typing import Any

from leadgen.sandbox.claude_prompt import Evidence, Prompt, names_a_way_to_reach

_LEAST_WORDS, _MOST_WORDS = 62, 112
_DELAYS = (0, 3, 7, 12, 18)
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5}

_SUBJECTS = (
    ("A thought for {company}", "Quick idea for {company}", "{company}: one idea", "A question for {company}"),
    ("Following up: {company}", "One more thought for {company}", "The idea for {company}"),
    ("Closing the loop with {company}", "Last note for {company}", "Shall I close this, {first}?"),
)
_LEADS = (
    (
        "One thing stood out when I looked at {company}:",
        "I read up on {company} before writing and noted this:",
        "This caught my eye about {company}:",
        "While learning about {company} I came across this:",
    ),
    (
        "There is a second point I had noted about {company}:",
        "Here is what else I noted about {company}:",
        "One more thing about {company}:",
    ),
    ("What made me write to {company} in the first place:", "The point I keep coming back to:"),
)
_OPENINGS = (
    ("I hope the week is going well.", "I will keep this short.", "Thank you for taking a moment to read this."),
    ("I wrote a few days ago and wanted to add one thing.", "A short follow-up to my last note."),
    ("This is my last note on this, so I will be brief.", "I do not want to fill your inbox, so this is my last note."),
)
_BRIDGES = (
    "It made me think there may be room to get more out of it without adding work for your team.",
    "If that is something you would like to build on, it may be worth a short conversation.",
    "That is exactly the kind of starting point where a small change can go a long way.",
    "I would be curious to hear how you look at it yourself and whether it is on your list.",
)
_OFFERS = ("In short, what we do: {offer}.", "What we offer is simple: {offer}.", "The idea in one line: {offer}.")
_ASKS = (
    "Would a short call next week be useful?",
    "Is that worth ten minutes of your time next week?",
    "Shall I send over two or three concrete suggestions?",
    "Who on your team would be the right person to talk to?",
)
_CLOSINGS = (
    "If it is not the right time, a one-line reply is enough and I will leave it there.",
    "If this is not for you, just tell me and I will not write again.",
    "Either way, I wish you and the whole team a good rest of the week.",
    "A short answer in either direction helps me to respect your time.",
)
_FILLERS = (
    "There is nothing to install and nothing to decide now; a first look is all I would suggest.",
    "I would come prepared, so that you get something useful out of it in any case.",
    "If you prefer, I can put the main points into a short written summary first.",
)
_SIGN_OFFS = ("Best regards,", "Kind regards,", "All the best,")


@dataclass(frozen=True, slots=True)
class _Letter:
    """What every email of a sequence shares."""

    first: str | None
    company: str
    offer: str
    sender: str | None


def sequence(prompt: Prompt, rng: random.Random) -> dict[str, Any]:
    """Subjects, bodies of 60 to 120 words, delays in days from the start, and the claims with the evidence of each."""
    letter = _Letter(
        first=_first_name(prompt),
        company=prompt.value("company", "company name", "business", "business name") or "your business",
        offer=_offer(prompt),
        sender=prompt.value("sender", "sender name", "from", "signature", "sign as"),
    )
    usable = [entry for entry in prompt.evidence() if _statement(entry)]
    rng.shuffle(usable)
    count = _count(prompt)
    delays = _delays(prompt, count)
    return {
        "emails": [
            _email(letter, usable[index::count] or usable[:1], index, delays[index], rng) for index in range(count)
        ]
    }


def _email(letter: _Letter, evidence: list[Evidence], index: int, delay: int, rng: random.Random) -> dict[str, Any]:
    stage = min(index, len(_LEADS) - 1)
    words = {"company": letter.company, "first": letter.first or "there", "offer": letter.offer}
    greeting = f"{rng.choice(('Hi', 'Hello'))} {letter.first}," if letter.first else f"Hello {letter.company} team,"
    claims = []
    if evidence:
        lead = rng.choice(_LEADS[stage]).format(**words)
        claims.append({"sentence": f"{lead} {_statement(evidence[0])}.", "evidence_id": evidence[0].id})
    opening = rng.choice(_OPENINGS[stage])
    said = [claim["sentence"] for claim in claims]
    ask = [rng.choice(_OFFERS).format(**words), rng.choice(_ASKS)]
    bridge, closing = rng.choice(_BRIDGES), rng.choice(_CLOSINGS)
    sign_off = rng.choice(_SIGN_OFFS) + (f"\n{letter.sender}" if letter.sender else "")
    paragraphs = [greeting, " ".join([opening, *said, bridge]), " ".join(ask), closing, sign_off]
    for filler in rng.sample(_FILLERS, len(_FILLERS)):
        if _length(paragraphs) < _LEAST_WORDS:
            paragraphs[2] = f"{paragraphs[2]} {filler}"
    if _length(paragraphs) > _MOST_WORDS:
        paragraphs[1] = " ".join(said) or opening
    if _length(paragraphs) > _MOST_WORDS:
        del paragraphs[3]
    subject = rng.choice([text for text in _SUBJECTS[stage] if letter.first or "{first}" not in text])
    return {
        "subject": subject.format(**words)[:78],
        "body": "\n\n".join(paragraphs),
        "delay_days": delay,
        "claims": claims,
    }


def _length(paragraphs: list[str]) -> int:
    return sum(len(paragraph.split()) for paragraph in paragraphs)


def _first_name(prompt: Prompt) -> str | None:
    name = prompt.value("contact first name", "recipient first name", "first name", "first_name") or prompt.value(
        "contact name", "recipient name", "contact", "recipient", "to", "name"
    )
    words = re.findall(
        r"[^\W\d_][\w'’-]*", re.sub(r"^(?:dr|mr|mrs|ms|prof)\.?\s+", "", name or "", flags=re.IGNORECASE)
    )
    return words[0] if words and "@" not in (name or "") else None


def _offer(prompt: Prompt) -> str:
    text = prompt.value("offer", "what we offer", "what we sell", "we sell", "product", "service", "value proposition")
    sentence = re.split(r"(?<=[.!?])\s+", text or "a simple way to win more customers online")[0]
    return " ".join(sentence.split()[:24]).rstrip(".!?;,: ")


def _statement(entry: Evidence) -> str:
    """The statement as a part of a sentence; empty where it cannot be said in an email."""
    sentence = re.split(r"(?<=[.!?])\s+", entry.statement)[0].strip().strip('"“”').rstrip(".!?;: ")
    words = sentence.split()
    return "" if names_a_way_to_reach(sentence) or not 2 <= len(words) <= 40 else sentence


def _count(prompt: Prompt) -> int:
    """How many emails are asked for; three where nothing is said."""
    match = re.search(
        rf"\b(\d|{'|'.join(_NUMBERS)})(?:[\s-]\w+){{0,2}}[\s-](?:emails|messages|mails)\b",
        f"{prompt.user}\n{prompt.system}",
        re.IGNORECASE,
    )
    asked = 3 if not match else int(match[1]) if match[1].isdigit() else _NUMBERS[match[1].lower()]
    return min(max(asked, 1), len(_DELAYS))


def _delays(prompt: Prompt, count: int) -> tuple[int, ...]:
    """The delays that the prompt names, as `delays: 0, 3 and 7 days`; else our own."""
    match = re.search(
        r"\bdelay\w*\b[^\d\n]{0,60}((?:\d+\D{1,6}){1,4}\d+)", f"{prompt.system}\n{prompt.user}", re.IGNORECASE
    )
    named = tuple(int(number) for number in re.findall(r"\d+", match[1])) if match else ()
    return named[:count] if len(named) >= count else _DELAYS[:count]

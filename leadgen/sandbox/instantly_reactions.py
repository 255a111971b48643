"""How those written to through Instantly react: decided by the world's seed and the address alone, whatever is written.

Mail to a mailbox that the world calls invalid bounces. An address with one of the reactions behind a plus sign reacts so to the
first email: `ana+interested@...`, `ana+out_of_office@...`, `ana+bounced@...`, `ana+silent@...`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from leadgen.sandbox.faults import share
from leadgen.sandbox.world import MailboxKind

# How likely each reaction is; the rest is silent. More react than in life, so that small campaigns show all of it.
_SHARES: Mapping[str, float] = {
    "interested": 0.08,
    "question": 0.06,
    "not_now": 0.05,
    "not_interested": 0.06,
    "unsubscribe": 0.03,  # asks for it in a reply
    "out_of_office": 0.06,
    "wrong_person": 0.03,
    "unsubscribed": 0.03,  # uses the link
}
_KINDS = frozenset({*_SHARES, "bounced", "silent"})
_AT_ONCE = timedelta(minutes=1)
_LONGEST_HOURS = 20
OPENING_SHARE = 0.5

# How Instantly itself marks who answers so; it makes nothing of questions and of those who put it off.
MARKS: Mapping[str, int] = {
    "interested": 1,
    "not_interested": -1,
    "unsubscribe": -1,
    "out_of_office": 0,
    "wrong_person": -2,
}
MARK_EVENTS: Mapping[int, str] = {
    0: "lead_out_of_office",
    1: "lead_interested",
    2: "lead_meeting_booked",
    3: "lead_meeting_completed",
    4: "lead_closed",
    -1: "lead_not_interested",
    -2: "lead_wrong_person",
    -4: "lead_no_show",
}

_TEXTS: Mapping[str, tuple[str, ...]] = {
    "interested": (
        "Sounds good, call me tomorrow morning.",
        "This comes at the right time. Can we talk on Thursday? Please send me a few slots.",
        "Yes, I would like to hear more. What would the next step be?",
    ),
    "question": (
        "What does this cost, and is there a contract?",
        "Do you have references from practices of our size?",
        "How is this different from what our current agency does?",
    ),
    "not_now": (
        "Not this quarter, we are in the middle of a move. Ask me again in March.",
        "Bad timing, budget is settled for this year. Feel free to follow up in the new one.",
    ),
    "not_interested": (
        "Thanks, but we are not interested.",
        "We have someone who does this for us and are happy. No, thank you.",
    ),
    "unsubscribe": (
        "Please take me off your list.",
        "Stop emailing me. Unsubscribe.",
    ),
    "out_of_office": (
        "I am out of the office until Monday with no access to email. In urgent cases please call the front desk.",
        "Automatic reply: thank you for your message. We are closed for the holidays and will answer when we are back.",
    ),
    "wrong_person": (
        "I do not handle this. You would have to ask our office manager.",
        "You have the wrong person, I left the practice's management last year.",
    ),
}


@dataclass(frozen=True, slots=True)
class Reaction:
    """What one lead does: to which email (counted from 0), and how long after it came. `text` is what a reply says."""

    kind: str
    step: int
    after: timedelta
    text: str | None

    @property
    def is_auto_reply(self) -> bool:
        """Whether a machine answers."""
        return self.kind == "out_of_office"


def reaction_of(seed: int, address: str, mailbox: MailboxKind | None, steps: int) -> Reaction:
    """The reaction of an address to a sequence of so many emails."""
    wanted = address.partition("@")[0].partition("+")[2].lower()
    if wanted in _KINDS:
        return _reaction(seed, address, wanted, 0)
    if mailbox == "invalid":
        return _reaction(seed, address, "bounced", 0)
    kind = _drawn(share(seed, "reaction", address))
    at_first = kind in {"out_of_office", "silent"}
    return _reaction(seed, address, kind, 0 if at_first else int(share(seed, "step", address) * steps))


def opens(seed: int, address: str, step: int) -> bool:
    """Whether an email is seen to be opened, where that is tracked."""
    return share(seed, "open", address, step) < OPENING_SHARE


def _drawn(draw: float) -> str:
    for kind, likely in _SHARES.items():
        if draw < likely:
            return kind
        draw -= likely
    return "silent"


def _reaction(seed: int, address: str, kind: str, step: int) -> Reaction:
    hours = 1 + int(share(seed, "delay", address) * _LONGEST_HOURS)
    texts = _TEXTS.get(kind)
    text = texts[int(share(seed, "text", address) * len(texts))] if texts else None
    return Reaction(kind, step, _AT_ONCE if kind in {"bounced", "out_of_office"} else timedelta(hours=hours), text)

"""What a tenant may have Twilio do: text messages and calls, each with the recorded consent of the one it goes to.

Facts (VENDORS.md section 11): numbers are E.164; a text of up to 1,600 characters; consent per channel (TCPA).
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from leadgen.errors import InputError

LONGEST_BODY = 1_600  # characters
LONGEST_TWIML = 4_000
E164 = re.compile(r"\+[1-9]\d{6,14}")

Channel = Literal["sms", "voice"]
Form = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Consent:
    """A recorded consent: its id in our records, for which channel, and when it was given."""

    id: str
    channel: Channel
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message. It comes from a number (`sender`, E.164) or from a messaging service (its SID), one of the two."""

    to: str = field(repr=False)
    body: str = field(repr=False)
    sender: str | None = None
    messaging_service: str | None = None
    status_callback: str | None = None


@dataclass(frozen=True, slots=True)
class OutgoingCall:
    """A call that speaks `twiml`. Twilio ends it after `most_minutes`, and stops ringing after `ring_seconds`."""

    to: str = field(repr=False)
    sender: str
    twiml: str = field(repr=False)
    most_minutes: int = 1
    ring_seconds: int = 30
    detects_machine: bool = False
    status_callback: str | None = None


def most_segments(body: str) -> int:
    """How many segments a text takes at most: 160 (or 153) letters of GSM-7 each, else 70 (or 67) of UTF-16.

    Letters outside ASCII count as UTF-16 here though some are in GSM-7: the bound is meant to hold, not to be exact.
    """
    if body.isascii() and "`" not in body:
        length, alone, joined = len(body) + sum(body.count(letter) for letter in "^{}\\[~]|"), 160, 153
    else:
        length, alone, joined = len(body.encode("utf-16-be", errors="surrogatepass")) // 2, 70, 67
    return 1 if length <= alone else -(-length // joined)


def check_consent(consent: Consent, channel: Channel, decided_at: datetime) -> None:
    """Passes a consent that was given for this channel before the message or call was decided on.

    Raises:
        InputError: it was not.
    """
    if consent.channel != channel:
        raise InputError(f"Consent {consent.id} is for {consent.channel}, not for {channel}.")
    if consent.recorded_at > decided_at:
        raise InputError(f"Consent {consent.id} is younger than the decision that rests on it.")


def _check_number(number: str, whose: str) -> None:
    if not E164.fullmatch(number):
        raise InputError(f"The {whose}'s number is not one.", remedy="Write it as +15125550143 (E.164).")


def message_form(message: TextMessage) -> Form:
    """A message as Twilio's form.

    Raises:
        InputError: the number, the text or the sender is not one.
    """
    _check_number(message.to, "recipient")
    if not message.body.strip() or len(message.body) > LONGEST_BODY:
        raise InputError(f"A text message has 1 to {LONGEST_BODY} characters.")
    if bool(message.sender) == bool(message.messaging_service):
        raise InputError("A text message comes either from a number or from a messaging service.")
    source = ("From", message.sender) if message.sender else ("MessagingServiceSid", message.messaging_service or "")
    callback = (("StatusCallback", message.status_callback),) if message.status_callback else ()
    return (("To", message.to), source, ("Body", message.body), *callback)


def call_form(call: OutgoingCall) -> Form:
    """A call as Twilio's form.

    Raises:
        InputError: a number, the length or what is said is not one.
    """
    _check_number(call.to, "recipient")
    _check_number(call.sender, "sender")
    if not call.twiml.strip() or len(call.twiml) > LONGEST_TWIML or call.most_minutes < 1:
        raise InputError(f"A call lasts a minute at least and speaks 1 to {LONGEST_TWIML} characters of TwiML.")
    machine = (("MachineDetection", "Enable"),) if call.detects_machine else ()
    callback = (("StatusCallback", call.status_callback),) if call.status_callback else ()
    limits = (("Timeout", str(call.ring_seconds)), ("TimeLimit", str(call.most_minutes * 60)))
    return (("To", call.to), ("From", call.sender), ("Twiml", call.twiml), *limits, *machine, *callback)

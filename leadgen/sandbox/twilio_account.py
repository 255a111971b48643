"""One account at Twilio: its messages and calls, who has opted out, who is told. VENDORS.md section 11.

Twilio's own magic numbers behave as they do there: to +15005550001 (no number), +15005550004 (opted out), +15005550009 (not
mobile); from +15005550001 (no number), +15005550007 (not the account's). What is sent from +15005550034 is not delivered: that
sender is not registered (30034). All else arrives at once; the answer to sending says `queued`, as it does in truth.
"""

import re
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from leadgen.sandbox.clock import Clock
from leadgen.sandbox.twilio_answers import Refused, Resource, moment, segments, signature
from leadgen.sandbox.webhooks import Webhooks
from leadgen.sandbox.wire import names

_VERSION = "2010-04-01"
_LONGEST_BODY, _LONGEST_TWIML = 1_600, 4_000
_E164 = re.compile(r"\+[1-9]\d{6,14}")
_NO_NUMBER, _NOT_OURS, _OPTED_OUT, _NOT_MOBILE = "+15005550001", "+15005550007", "+15005550004", "+15005550009"
_UNREGISTERED = "+15005550034"
_NUMBER_OF_SERVICE = "+15005550006"  # what a messaging service sends from
_CALL_SECONDS = 20
_STOP = names("STOP STOPALL UNSUBSCRIBE CANCEL END QUIT OPTOUT REVOKE")
_START = names("START UNSTOP YES")
_HELP = names("HELP INFO")
_CALL_EVENTS = {"initiated": "initiated", "ringing": "ringing", "answered": "in-progress", "completed": "completed"}


@dataclass(slots=True)
class Message:
    """One message, in or out. `service` is the messaging service that it was given to."""

    sid: str
    account: str
    direction: str
    to: str
    sender: str | None
    body: str
    status: str
    created_at: datetime
    service: str | None = None
    sent_at: datetime | None = None
    error_code: int | None = None

    def json(self) -> dict[str, Any]:
        """It as the API shows it: numbers are strings, and a service counts segments when it sends."""
        counted = segments(self.body) if self.sent_at or not self.service else 0
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "messaging_service_sid": self.service,
            "api_version": _VERSION,
            "status": self.status,
            "direction": self.direction,
            "to": self.to,
            "from": self.sender,
            "body": self.body,
            "num_segments": str(counted),
            "num_media": "0",
            "price": None,
            "price_unit": "USD",
            "error_code": self.error_code,
            "error_message": "Message from an unregistered number" if self.error_code else None,
            "date_created": moment(self.created_at),
            "date_updated": moment(self.sent_at or self.created_at),
            "date_sent": moment(self.sent_at),
            "uri": f"/{_VERSION}/Accounts/{self.account}/Messages/{self.sid}.json",
        }


@dataclass(slots=True)
class Call:
    """One call out."""

    sid: str
    account: str
    to: str
    sender: str
    status: str
    created_at: datetime
    seconds: int | None = None
    answered_by: str | None = None

    def json(self) -> dict[str, Any]:
        """It as the API shows it."""
        has_ended = self.seconds is not None
        return {
            "sid": self.sid,
            "account_sid": self.account,
            "api_version": _VERSION,
            "status": self.status,
            "direction": "outbound-api",
            "to": self.to,
            "from": self.sender,
            "duration": str(self.seconds) if has_ended else None,
            "answered_by": self.answered_by,
            "price": None,
            "price_unit": "USD",
            "date_created": moment(self.created_at),
            "date_updated": moment(self.created_at),
            "start_time": moment(self.created_at) if has_ended else None,
            "end_time": moment(self.created_at) if has_ended else None,
            "uri": f"/{_VERSION}/Accounts/{self.account}/Calls/{self.sid}.json",
        }


class Account:
    """The state behind one SID. `auth_token` signs its webhooks."""

    def __init__(self, sid: str, clock: Clock, webhooks: Webhooks) -> None:
        self.sid = sid
        self.auth_token = ""
        self.messages: dict[str, Message] = {}
        self.calls: dict[str, Call] = {}
        self._opted_out: set[tuple[str, str]] = set()  # (our number, theirs)
        self._clock = clock
        self._webhooks = webhooks

    def send_message(self, form: Mapping[str, str]) -> Resource:
        """Takes in a message, delivers it and tells its callback.

        Raises:
            Refused: it is not well formed, or its recipient gets none.
        """
        to, body, service = form.get("To", ""), form.get("Body", ""), form.get("MessagingServiceSid")
        sender = form.get("From")
        _check_message(to, sender, service, body)
        if to == _OPTED_OUT or self._has_opted_out(to, sender):
            raise Refused(21610, "Attempt to send to unsubscribed recipient")
        sid = f"SM{uuid.uuid4().hex}"
        status = "accepted" if service else "queued"
        message = Message(sid, self.sid, "outbound-api", to, sender, body, status, self._now(), service)
        self.messages[sid] = message
        answer = Resource(201, "Message", message.json(), (("segment", Decimal(segments(body))),))
        self._deliver(message, form.get("StatusCallback"))
        return answer

    def call(self, pairs: Sequence[tuple[str, str]]) -> Resource:
        """Takes in a call, lets it be answered and tells its callback.

        Raises:
            Refused: it is not well formed.
        """
        form = dict(pairs)
        to, sender = form.get("To", ""), form.get("From", "")
        if not to:
            raise Refused(21201, "No 'To' number is specified")
        if not _E164.fullmatch(to) or to == _NO_NUMBER:
            raise Refused(21211, f"The phone number you are attempting to call, {to}, is not valid.")
        if not _E164.fullmatch(sender):
            raise Refused(21213, "No 'From' number is specified")
        if sum(bool(form.get(name)) for name in ("Url", "Twiml", "ApplicationSid")) != 1:
            raise Refused(21205, "Url parameter is required.")
        if len(form.get("Twiml", "")) > _LONGEST_TWIML:
            raise Refused(21629, "Twiml must be 4000 characters or less.")
        call = Call(f"CA{uuid.uuid4().hex}", self.sid, to, sender, "queued", self._now())
        self.calls[call.sid] = call
        answer = Resource(201, "Call", call.json(), (("minute", Decimal(1)),))
        wanted = {value for name, value in pairs if name == "StatusCallbackEvent"} or {"completed"}
        self._connect(call, form, wanted)
        return answer

    def receive(self, form: Mapping[str, str]) -> Resource:
        """Takes in a message from outside, heeds STOP and START, and tells `Url` of it.

        Raises:
            Refused: From or To is missing.
        """
        sender, to, body = form.get("From", ""), form.get("To", ""), form.get("Body", "")
        if not (_E164.fullmatch(sender) and _E164.fullmatch(to)):
            raise Refused(21211, "Invalid 'From' or 'To' Phone Number")
        sid = f"SM{uuid.uuid4().hex}"
        message = Message(sid, self.sid, "inbound", to, sender, body, "received", self._now(), sent_at=self._now())
        self.messages[sid] = message
        word = body.strip().upper()
        opt_out = "STOP" if word in _STOP else "START" if word in _START else "HELP" if word in _HELP else None
        if opt_out == "STOP":
            self._opted_out.add((to, sender))
        elif opt_out == "START":
            self._opted_out.discard((to, sender))
        told = {
            "MessageSid": sid,
            "SmsSid": sid,
            "AccountSid": self.sid,
            "From": sender,
            "To": to,
            "Body": body,
            "NumMedia": "0",
            "NumSegments": str(segments(body)),
            "ApiVersion": _VERSION,
            **({"OptOutType": opt_out} if opt_out else {}),
        }
        self._tell(form.get("Url"), told)
        return Resource(201, "Message", message.json())

    def _has_opted_out(self, to: str, sender: str | None) -> bool:
        """A number of its own is stopped for itself, a messaging service by a STOP to any number."""
        return any(theirs == to and sender in {None, ours} for ours, theirs in self._opted_out)

    def _deliver(self, message: Message, callback: str | None) -> None:
        message.sender = message.sender or _NUMBER_OF_SERVICE
        message.sent_at = self._now()
        is_registered = message.sender != _UNREGISTERED
        message.error_code = None if is_registered else 30034
        for status in ("sent", "delivered" if is_registered else "undelivered"):
            message.status = status
            told = {
                "MessageSid": message.sid,
                "MessageStatus": status,
                "SmsSid": message.sid,
                "SmsStatus": status,
                "AccountSid": self.sid,
                "From": message.sender,
                "To": message.to,
                "ApiVersion": _VERSION,
            }
            if status == "undelivered":
                told["ErrorCode"] = str(message.error_code)
            self._tell(callback, told)

    def _connect(self, call: Call, form: Mapping[str, str], wanted: set[str]) -> None:
        for number, (event, status) in enumerate(_CALL_EVENTS.items()):
            call.status = status
            told = {
                "CallSid": call.sid,
                "CallStatus": status,
                "AccountSid": self.sid,
                "From": call.sender,
                "To": call.to,
                "Direction": "outbound-api",
                "ApiVersion": _VERSION,
                "SequenceNumber": str(number),
                "CallbackSource": "call-progress-events",
                "Timestamp": moment(self._now()) or "",
            }
            if event == "completed":
                call.seconds = _CALL_SECONDS
                call.answered_by = "human" if form.get("MachineDetection") else None
                told |= {"CallDuration": str(_CALL_SECONDS), "Duration": "1"}
                told |= {"AnsweredBy": call.answered_by} if call.answered_by else {}
            if event in wanted:
                self._tell(form.get("StatusCallback"), told)

    def _tell(self, url: str | None, fields: Mapping[str, str]) -> None:
        if url:
            headers = {
                "content-type": "application/x-www-form-urlencoded; charset=UTF-8",
                "x-twilio-signature": signature(self.auth_token, url, fields),
            }
            self._webhooks.post("twilio", url, urlencode(fields).encode(), headers)

    def _now(self) -> datetime:
        return self._clock.now().replace(microsecond=0)


def _check_message(to: str, sender: str | None, service: str | None, body: str) -> None:
    if not to:
        raise Refused(21604, "A 'To' phone number is required.")
    if not _E164.fullmatch(to) or to == _NO_NUMBER:
        raise Refused(21211, f"Invalid 'To' Phone Number: {to}")
    if to == _NOT_MOBILE:
        raise Refused(21614, f"'To' number: {to}, is not a valid mobile number")
    if not sender and not service:
        raise Refused(21603, "A 'From' phone number is required.")
    if sender in {_NO_NUMBER, _NOT_OURS}:
        code = 21212 if sender == _NO_NUMBER else 21606
        raise Refused(code, f"The 'From' phone number {sender} is not a valid, message-capable number of your account.")
    if not body:
        raise Refused(21602, "Message body is required.")
    if len(body) > _LONGEST_BODY:
        raise Refused(21617, "The concatenated message body exceeds the 1600 character limit.")

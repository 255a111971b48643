"""A whole mail understood: bounces and complaints by their form, everything else by what was written."""

from datetime import date

from leadgen.domain.replies.bounce import Kind, parse_bounce
from leadgen.domain.replies.classify import Classified, ReplyClass, classify
from leadgen.domain.replies.message import Message


def understand(message: Message, today: date) -> Classified:
    """The class of a mail that came in. `today` is the day it was sent, from which its dates are counted."""
    report = parse_bounce(message)
    if report.kind is Kind.BOUNCE:
        return Classified(ReplyClass.BOUNCE, 0.98, _verbatim(message, report.recipients[0].diagnostic))
    if report.kind is Kind.COMPLAINT:
        return Classified(ReplyClass.COMPLAINT, 0.98)
    headers: dict[str, str] = {}
    for name, value in message.headers:
        headers.setdefault(name, value)
    return classify(message.text, headers, today)


def _verbatim(message: Message, diagnostic: str) -> str:
    """The server's words as they stand in the mail: the line that holds most of them."""
    lines = [line.strip() for line in f"{message.text}\n{message.report}".split("\n") if len(line.strip()) > 8]
    said = set(diagnostic.split())
    return max(lines, key=lambda line: len(said & set(line.split())), default="")

"""From the model's answer to a draft that can be shown, approved and sent: its final form, its hash, and what speaks
against it.
"""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from html import escape

from leadgen.domain.outreach.brief import DraftBrief, Evidence
from leadgen.domain.outreach.claims import check_claims
from leadgen.domain.outreach.email import Claim, Draft, DraftEmail
from leadgen.domain.outreach.lint import lint
from leadgen.domain.outreach.writing import EmailAnswer, SequenceAnswer

__all__ = ["Claim", "Draft", "DraftEmail", "acceptable", "as_html", "content_hash", "finish"]

_EMPTY_LINES = re.compile(r"\n[ \t]*\n\s*")
_TRAILING = re.compile(r"[ \t]+$", re.MULTILINE)


def as_html(text: str) -> str:
    """Plain text as HTML: paragraphs at empty lines, breaks at line ends, every special character escaped."""
    paragraphs = [escape(paragraph.strip()) for paragraph in _EMPTY_LINES.split(text) if paragraph.strip()]
    return "\n".join("<p>" + paragraph.replace("\n", "<br>\n") + "</p>" for paragraph in paragraphs)


def _plain(text: str) -> str:
    """One kind of line end, no blanks at ends, at most one empty line between paragraphs."""
    return _EMPTY_LINES.sub("\n\n", _TRAILING.sub("", "\n".join(text.splitlines()))).strip()


def _finish_email(answer: EmailAnswer, step_number: int, delay_days: int) -> DraftEmail:
    body = _plain(answer.body)
    return DraftEmail(
        step_number=step_number,
        delay_days=delay_days,
        subject=" ".join(answer.subject.split()),
        body_text=body,
        body_html=as_html(body),
        word_count=len(body.split()),
        claims=tuple(Claim(claim.sentence.strip(), claim.evidence_id.strip(" []")) for claim in answer.claims),
    )


def finish(answer: SequenceAnswer, brief: DraftBrief) -> Draft:
    """The answer in its final form. Delays are the brief's; emails beyond it are left out. The legal footer is added
    when an email is sent.
    """
    return Draft(
        tuple(
            _finish_email(email, step, delay)
            for step, (email, delay) in enumerate(zip(answer.emails, brief.delays, strict=False), 1)
        )
    )


def content_hash(draft: Draft, contact_email: str, evidence: Iterable[Evidence]) -> str:
    """What an approval is bound to: SHA-256, 64 hex digits, over one spelling of content, contact and evidence. It
    changes when any field of any of them does, or their order.
    """
    spelled = json.dumps(
        {
            "version": 1,
            "contact": contact_email.strip().lower(),
            "emails": [asdict(email) for email in draft.emails],
            "evidence": [asdict(one) for one in evidence],
        },
        ensure_ascii=True,
        sort_keys=True,
        separators=(",", ":"),
    )
    return hashlib.sha256(spelled.encode()).hexdigest()


def acceptable(draft: Draft, brief: DraftBrief, *, region: str = "US") -> tuple[str, ...]:
    """Reasons against the draft, each naming its email; empty when it may go to approval. Lint's warnings are none."""
    reasons = []
    if len(draft.emails) != len(brief.delays):
        reasons.append(f"{len(draft.emails)} emails instead of {len(brief.delays)}")
    for email in draft.emails:
        where = f"Email {email.step_number}"
        reasons += [
            f"{where}: {found.message}" for found in lint(email, brief, region=region) if found.severity == "error"
        ]
        reasons += [f'{where}: "{one.sentence}": {one.reason}' for one in check_claims(email, brief).unsupported]
    return tuple(reasons)

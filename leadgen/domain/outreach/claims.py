"""Whether what an email says of the prospect is so: every factual sentence names its evidence, and the evidence says
it.

Own code, no model. It errs on the side of refusing: a refused draft is written again, or read by a person.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from leadgen.domain.outreach.brief import DraftBrief, Evidence
from leadgen.domain.outreach.email import Claim, DraftEmail
from leadgen.domain.outreach.factual import Known, stated_fact
from leadgen.domain.outreach.sentences import split_sentences, words
from leadgen.domain.outreach.support import unsupported_because


@dataclass(frozen=True, slots=True)
class Unsupported:
    """A sentence that must not be sent as it is, and why."""

    sentence: str
    reason: str


@dataclass(frozen=True, slots=True)
class ClaimReport:
    """`supported` are the factual sentences that hold, `unsupported` those that do not."""

    supported: tuple[str, ...]
    unsupported: tuple[Unsupported, ...]

    @property
    def holds(self) -> bool:
        """Whether nothing unsupported is said."""
        return not self.unsupported


def _letters(text: str) -> str:
    """A sentence as sentences are compared: its words alone."""
    return " ".join(words(text.lower()))


def _claims_on(sentence: str, claims: Iterable[Claim]) -> list[Claim]:
    """The claims whose sentence is this one, or holds it, or is held by it."""
    said = f" {_letters(sentence)} "
    return [
        claim
        for claim in claims
        if (text := f" {_letters(claim.sentence)} ").strip() and (text in said or said in text)
    ]


def _judge(sentence: str, claims: Iterable[Claim], evidence: Mapping[str, Evidence], known: Known) -> str | None:
    """Why none of the claims on the sentence carries it; None when one does."""
    reasons = []
    for claim in claims:
        cited = evidence.get(claim.evidence_id)
        reason = unsupported_because(sentence, cited, known) if cited else f"there is no evidence {claim.evidence_id}"
        if reason is None:
            return None
        reasons.append(reason)
    return "; ".join(reasons)


def _sentences(email: DraftEmail) -> Iterable[tuple[str, bool]]:
    """Every sentence, each with whether it is the subject line."""
    yield email.subject, True
    for sentence in split_sentences(email.body_text):
        yield sentence, False


def check_claims(email: DraftEmail, brief: DraftBrief) -> ClaimReport:
    """Judge every sentence of an email, its subject included.

    A sentence with a fact about the prospect (`factual.stated_fact`) must be claimed with a piece of the brief's
    evidence that carries it (`support.unsupported_because`). Sentences about the sender may use the brief's offer and
    proof. A claim on a sentence without a recognised fact is judged too.
    """
    known = Known.of(brief)
    evidence = {one.id: one for one in brief.evidence}
    supported: list[str] = []
    unsupported: list[Unsupported] = []
    for sentence, is_subject in _sentences(email):
        fact = stated_fact(sentence, known, is_subject=is_subject)
        claims = _claims_on(sentence, email.claims)
        is_claimed = any(_letters(claim.sentence) == _letters(sentence) for claim in claims) and not is_subject
        if fact is None and not is_claimed:
            continue
        reason = _judge(sentence, claims, evidence, known) if claims else f"no evidence is named for {fact}"
        if reason is None:
            supported.append(sentence)
        else:
            unsupported.append(Unsupported(sentence, reason))
    return ClaimReport(tuple(supported), tuple(unsupported))

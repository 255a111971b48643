"""Mail of the platform's own that waits to be sent, as its sender sees it. Needs the pipeline's connection.

The token of a link is made when the mail is sent, of the master key and the mail's id: what waits holds nothing that signs
anybody in, and a mail that is tried again says the same, so that its idempotency key holds.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from leadgen.store.access import queries
from leadgen.store.database import Transaction

TAKEN_AT_ONCE = 20
LEASE_SECONDS = 60.0

Kind = Literal["sign_in", "invitation"]
Outcome = Literal["sent", "failed"]


@dataclass(frozen=True, slots=True)
class DueMail:
    """A mail to send now. `organization_id`: the one that invites, or the first one of who signs in."""

    id: UUID
    kind: Kind
    recipient: str = field(repr=False)
    organization_id: UUID
    organization_name: str
    attempts: int


async def take_mail(transaction: Transaction) -> list[DueMail]:
    """What is due, the oldest first. It is due again after a minute, later with each attempt, until it is finished."""
    rows = await transaction.all(queries.TAKE_MAIL, {"most": TAKEN_AT_ONCE, "seconds": LEASE_SECONDS})
    return [DueMail(**row) for row in rows]


async def open_mail(transaction: Transaction, mail: DueMail, token: str) -> None:
    """The token that is about to be mailed begins to work; only its hash is stored."""
    token_hash = hashlib.sha256(token.encode()).digest()
    await transaction.execute(queries.OPEN_MAIL, {"mail": mail.id, "hash": token_hash})


async def finish_mail(transaction: Transaction, mail: DueMail, outcome: Outcome) -> None:
    """It is not tried again."""
    await transaction.execute(queries.FINISH_MAIL, {"mail": mail.id, "outcome": outcome})


def link_token(master_key: bytes, mail_id: UUID) -> str:
    """The token of a mail's link: 256 bits that only a holder of the master key can make (HMAC-SHA256, twice: the first
    derives a key for this use alone).
    """
    key = hmac.new(master_key, b"leadgen mailed links", hashlib.sha256).digest()
    return base64.urlsafe_b64encode(hmac.new(key, mail_id.bytes, hashlib.sha256).digest()).decode().rstrip("=")

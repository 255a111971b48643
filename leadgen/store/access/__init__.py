"""Sign-in links made by hand, for the machine's owner: one use, fifteen minutes, only the hash is stored."""

import hashlib
import secrets

from leadgen.errors import InputError
from leadgen.store.access import queries
from leadgen.store.database import Transaction

LINK_MINUTES = 15


async def create_sign_in_link(transaction: Transaction, email: str) -> str:
    """The path of a link that signs this person in once. Needs the owner's connection.

    Raises:
        InputError: nobody has this address.
    """
    token = secrets.token_urlsafe(32)
    token_hash = hashlib.sha256(token.encode()).digest()
    parameters = {"token_hash": token_hash, "email": email.lower(), "minutes": LINK_MINUTES}
    if not await transaction.execute(queries.INSERT_LINK, parameters):
        raise InputError(
            f"nobody has the address {email}.",
            remedy="Add `--organization NAME` to make one; the demo's is demo@leadgen.example.",
        )
    return f"/sign-in/{token}"

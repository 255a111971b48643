"""What requests may bring: instants, addresses, and text without the control characters that break lines and databases."""

from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime, StringConstraints

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"),
]
_ADDRESS_PART = r"[^\s\x00-\x1f\x7f@,;:<>()\[\]\"\\]+"
EmailAddress = Annotated[
    str,
    StringConstraints(
        strip_whitespace=True,
        to_lower=True,
        max_length=254,  # RFC 5321, 4.5.3.1.3
        pattern=rf"^{_ADDRESS_PART}@{_ADDRESS_PART}\.{_ADDRESS_PART}$",
    ),
]
AsOf = Annotated[
    AwareDatetime | None, Query(description="The instant to show, as 2026-11-27T12:00:00Z; without it, now.")
]

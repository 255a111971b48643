"""Text as requests may bring it: trimmed, not empty, without the control characters that break lines and databases."""

from typing import Annotated

from pydantic import StringConstraints

Line = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$"),
]

"""A mail in a file, for the commands that try out the rules on replies: raw as it travels (.eml), or its bare text."""

from pathlib import Path

from leadgen.domain.replies.message import Message, read_message
from leadgen.errors import InputError


def read(path: Path) -> Message:
    """The mail in a file.

    Raises:
        InputError: it cannot be read.
    """
    try:
        return read_message(path.read_bytes())
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}.", remedy="Give the path of a mail, raw (.eml) or as plain text."
        ) from error

"""How people's names become the names of their mailboxes, and back."""

import re
import unicodedata


def split_name(name: str) -> tuple[str, str]:
    """First and last name; the last is empty for a single word."""
    first, _, rest = name.strip().partition(" ")
    return first, rest.rpartition(" ")[2]


def letters(name: str) -> str:
    """Letters of a name as mailboxes spell them: `José` -> `jose`."""
    folded = unicodedata.normalize("NFKD", name.replace("ß", "ss").replace("ø", "o")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", folded.lower())


PATTERNS = (
    "{first}.{last}", "{first}", "{f}{last}", "{first}{last}", "{first}{l}", "{last}", "{first}_{last}",
    "{first}-{last}", "{f}.{last}", "{last}.{first}", "{last}{f}", "{f}{l}",
)  # fmt: skip


def address_for(name: str, pattern: str, domain: str) -> str | None:
    """The address of a person where mailboxes follow `pattern` (Hunter's spelling: `{first}`, `{last}`, `{f}`,
    `{l}`).
    """
    first, last = map(letters, split_name(name))
    if not first or (not last and re.search(r"\{(?:last|l)\}", pattern)):
        return None
    local = pattern.replace("{first}", first).replace("{last}", last).replace("{f}", first[:1]).replace("{l}", last[:1])
    return f"{local}@{domain}" if "{" not in local else None


def is_address_of(email: str, name: str) -> bool:
    """Whether the address is made of the person's name."""
    return any(email == address_for(name, pattern, email.rpartition("@")[2]) for pattern in PATTERNS)

"""How the contact vendors see people: seniority and department by title, hidden names, address patterns."""

import re

from leadgen.sandbox.world import Person

# In Apollo's words, highest first
_SENIORITIES = (
    ("owner", r"owner|proprietor|dds|dmd|principal"),
    ("founder", r"founder"),
    ("c_suite", r"chief|c[efto]o|president"),
    ("partner", r"partner"),
    ("vp", r"vice president|\bvp\b"),
    ("director", r"director|head"),
    ("manager", r"manager|supervisor"),
    ("senior", r"senior|lead"),
)
_EXECUTIVE = {"owner", "founder", "c_suite", "partner", "vp", "director"}
_DEPARTMENTS = (
    ("marketing", r"marketing|brand"),
    ("sales", r"sales|account"),
    ("finance", r"financ|book|billing"),
    ("hr", r"human|recruit|people"),
    ("it", r"\bit\b|technolog|web"),
    ("support", r"reception|front desk|coordinator|support|assistant"),
    ("operations", r"operation|office|practice|manager"),
)


def seniority(title: str) -> str:
    """Apollo's seniority for a title."""
    return next((name for name, words in _SENIORITIES if re.search(words, title, re.IGNORECASE)), "entry")


def hunter_seniority(title: str) -> str:
    """Hunter's: executive, senior or junior."""
    own = seniority(title)
    if own in _EXECUTIVE:
        return "executive"
    return "senior" if own in {"manager", "senior"} else "junior"


def department(title: str) -> str:
    """Hunter's department for a title."""
    if seniority(title) in _EXECUTIVE:
        return "executive"
    return next((name for name, words in _DEPARTMENTS if re.search(words, title, re.IGNORECASE)), "operations")


def obfuscated(last_name: str) -> str:
    """`Hu***n`: as much of a last name as Apollo's search shows."""
    return f"{last_name[:2]}***{last_name[-1:]}"


def address_pattern(person: Person) -> str | None:
    """`{first}.{last}` and the like: how this person's address is made of the name, where it is."""
    local = (person.email or "").partition("@")[0].lower()
    first, last = person.first_name.lower(), person.last_name.lower()
    patterns = {
        first: "{first}",
        last: "{last}",
        f"{first}.{last}": "{first}.{last}",
        f"{first}{last}": "{first}{last}",
        f"{first[:1]}{last}": "{f}{last}",
        f"{first[:1]}.{last}": "{f}.{last}",
        f"{first}{last[:1]}": "{first}{l}",
    }
    return patterns.get(local)

"""The roles of an organization's members, and which of them may put whom into which."""

from typing import Literal, get_args

Role = Literal["owner", "admin", "member", "reviewer", "viewer"]

ROLES: tuple[Role, ...] = get_args(Role)

EVERYONE = frozenset(ROLES)
"""Whoever is a member may look."""
EDITORS = frozenset({"owner", "admin", "member"})
"""Who creates and steers campaigns."""
ADMINISTRATORS = frozenset({"owner", "admin"})
"""Who administers people and keys."""


def may_manage(manager: str, *roles: str) -> bool:
    """Whether a member of role `manager` may take people out of these roles or put them in.

    Owners may do so with all, admins with all but owners: nobody lifts anyone above themselves.
    """
    if manager == "owner":
        return True
    return manager == "admin" and "owner" not in roles

from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.access.roles import ADMINISTRATORS, EDITORS, EVERYONE, ROLES, may_manage

ROLE = st.sampled_from(ROLES)


def test_who_administers_edits_and_who_edits_looks() -> None:
    assert ADMINISTRATORS < EDITORS < EVERYONE == set(ROLES)


@given(ROLE, ROLE, ROLE)
def test_nobody_manages_owners_but_owners(manager: str, was: str, becomes: str) -> None:
    if "owner" in {was, becomes}:
        assert may_manage(manager, was, becomes) is (manager == "owner")


@given(ROLE, ROLE)
def test_only_who_administers_manages(manager: str, role: str) -> None:
    if may_manage(manager, role):
        assert manager in ADMINISTRATORS

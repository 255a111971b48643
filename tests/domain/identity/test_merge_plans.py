"""What a merge moves: nothing twice, nothing lost, nothing sent doubled."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadgen.domain.identity.merging import Held, HeldContact, HeldSequence, plan_merge
from leadgen.errors import InputError

words = st.sampled_from(("a", "b", "c", None))


def helds(prefix: str, *, engaged: bool) -> st.SearchStrategy[Held]:
    """Prospects with rows of their own; `engaged`: perhaps with a sequence under way."""
    statuses = ("draft", "pending_approval", "active", "approved") if engaged else ("draft", "pending_approval")
    contacts = st.lists(st.tuples(words, words), unique=True, max_size=3).map(
        lambda pairs: tuple(HeldContact(f"{prefix}c{n}", e, name, n == 0) for n, (e, name) in enumerate(pairs))
    )
    sequences = st.lists(st.sampled_from(statuses), max_size=1).map(
        lambda found: tuple(HeldSequence(f"{prefix}s{n}", "email", s, True, False) for n, s in enumerate(found))
    )
    return st.builds(
        Held,
        fields=st.dictionaries(st.sampled_from(("phone", "website", "city")), words),
        listings=st.just((f"{prefix}l",)),
        contacts=contacts,
        enrichment=st.sets(st.sampled_from(("website_profiles", "research"))).map(
            lambda stages: {stage: f"{prefix} {stage}" for stage in stages}
        ),
        evidence=st.just((f"{prefix}v",)),
        receipts=st.dictionaries(st.just(f"{prefix}r"), st.sampled_from(("phone", "website"))),
        score=st.sampled_from((None, f"{prefix}score")),
        sequences=sequences,
    )


@settings(max_examples=60, deadline=None)
@given(helds("k", engaged=False), helds("m", engaged=True))
def test_what_is_unique_stays_unique_and_a_sequence_under_way_arrives(kept: Held, merged: Held) -> None:
    plan = plan_merge(kept, merged)
    moved = {i for ids in plan.moved.values() for i in ids}
    superseded = {i for ids in plan.superseded.values() for i in ids}

    contacts = [*kept.contacts, *(c for c in merged.contacts if c.id in moved)]
    assert len({(c.email, c.full_name) for c in contacts}) == len(contacts)
    assert sum(c.is_primary and c.id not in plan.demoted for c in contacts) <= 1
    current = [s for s in kept.sequences if s.id not in superseded] + [s for s in merged.sequences if s.id in moved]
    assert len(current) <= 1
    assert all(s.id in moved and s.id not in superseded for s in merged.sequences if s.engaged)
    assert all(s.id in superseded for s in merged.sequences if not s.engaged)
    assert all(row in moved or row in superseded for row in merged.enrichment.values())
    assert not moved & superseded


@settings(max_examples=60, deadline=None)
@given(helds("k", engaged=True), helds("m", engaged=True))
def test_only_what_is_missing_is_filled_in(kept: Held, merged: Held) -> None:
    if any(s.engaged for s in kept.sequences) and any(s.engaged for s in merged.sequences):
        return
    filled = plan_merge(kept, merged).filled
    assert all(kept.fields.get(name) is None and merged.fields[name] == value for name, value in filled.items())


@pytest.mark.parametrize("status", ["approved", "active", "paused", "completed"])
def test_two_sequences_under_way_are_never_put_together(status: str) -> None:
    one = Held(sequences=(HeldSequence("1", "email", status, True, False),))
    other = Held(sequences=(HeldSequence("2", "linkedin", "rejected", False, True),))
    with pytest.raises(InputError, match="both prospects have a sequence"):
        plan_merge(one, other)

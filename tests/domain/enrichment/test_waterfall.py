"""Whom to ask next: the tenant's wishes, the stop, the cap, and that nothing is asked twice."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.enrichment.contacts import Candidate, Judged
from leadgen.domain.enrichment.verification import Verdict
from leadgen.domain.enrichment.waterfall import (
    DEFAULT_ORDER,
    AskedSource,
    Policy,
    known_sources,
    next_source,
    parse_policy,
)
from leadgen.errors import InputError

CREDITS = (14_900, 20_000)
FACTS = {source.name: source for source in known_sources(*CREDITS)}
EVERY = frozenset(DEFAULT_ORDER)
OWNER = Candidate("Ana Ruiz", "Owner", "ana@lamar.example", "hunter")
OFFICE = Candidate(None, None, "office@lamar.example", "site", is_role_mailbox=True)
CLERK = Candidate("Ben Cole", "Clerk", "ben@lamar.example", "site")

statuses = st.sampled_from(["valid", "risky", "invalid", "unknown"])
judgements = st.builds(
    Judged, st.sampled_from([OWNER, OFFICE, CLERK]), st.none() | st.builds(Verdict, statuses, st.just("said"))
)
orders = st.permutations(DEFAULT_ORDER).map(tuple)
policies = st.builds(
    Policy, st.none(), st.booleans(), st.none() | st.integers(min_value=0, max_value=100_000)
)  # fmt: skip


def judged(candidate: Candidate, status: str) -> Judged:
    return Judged(candidate, Verdict(status, "said"))  # type: ignore[arg-type]


def ask(
    known: Sequence[Judged] = (), asked: Sequence[AskedSource] = (), policy: Policy | None = None, spent: int = 0
) -> AskedSource | None:
    return next_source(DEFAULT_ORDER, asked, EVERY, known, policy or Policy(), FACTS, spent)


class TestWhatSuffices:
    def test_a_valid_mailbox_of_a_decision_maker(self) -> None:
        assert ask([judged(OWNER, "valid")]) is None

    @pytest.mark.parametrize("status", ["risky", "invalid", "unknown"])
    def test_no_lesser_verdict(self, status: str) -> None:
        assert ask([judged(OWNER, status)]) == "site"

    def test_no_valid_mailbox_of_someone_who_decides_nothing(self) -> None:
        assert ask([judged(CLERK, "valid")]) == "site"

    def test_a_role_mailbox_only_for_a_tenant_who_accepts_it(self) -> None:
        assert ask([judged(OFFICE, "valid")]) is None
        assert ask([judged(OFFICE, "valid")], policy=Policy(accepts_role_mailbox=False)) == "site"


class TestTheCap:
    def test_a_question_that_could_pass_it_is_not_asked_but_a_cheaper_one_is(self) -> None:
        policy = Policy(most_micros=FACTS["pattern"].most_micros)
        assert ask(asked=["site"], policy=policy) == "pattern"

    def test_what_was_spent_counts(self) -> None:
        cap = FACTS["hunter"].most_micros
        assert ask(asked=["site"], policy=Policy(most_micros=cap)) == "hunter"
        assert ask(asked=["site", "pattern"], policy=Policy(most_micros=cap), spent=1) is None


class TestTheTenantsWishes:
    def test_nothing_said_leaves_the_order_to_the_measurements(self) -> None:
        assert parse_policy({}) == parse_policy(None) == parse_policy({"contacts": {}}) == Policy()

    def test_all_of_them(self) -> None:
        said = {"contacts": {"order": ["apollo", "site"], "accept_role_mailbox": False, "most_cents": 12.5}}
        assert parse_policy(said) == Policy(("apollo", "site"), False, 125_000)

    @pytest.mark.parametrize(
        "contacts",
        [{"order": ["site", "zoominfo"]}, {"order": ["site", "site"]}, {"order": "site"}, {"order": [["site"]]},
         {"order": 3}, {"most_cents": "ten"}, {"most_cents": -1}, {"most_cents": True},
         {"most_cents": float("nan")}, "site"],
    )  # fmt: skip
    def test_what_means_nothing_is_refused_with_words(self, contacts: object) -> None:
        with pytest.raises(InputError):
            parse_policy({"contacts": contacts})


@given(orders, st.lists(judgements, max_size=4), policies)
def test_no_source_is_asked_twice_and_the_search_ends(
    order: tuple[AskedSource, ...], known: list[Judged], policy: Policy
) -> None:
    asked: list[AskedSource] = []
    spent = 0
    while source := next_source(order, asked, EVERY, known, policy, FACTS, spent):
        asked.append(source)
        spent += FACTS[source].most_micros
    assert len(asked) == len(set(asked)) <= len(order)
    assert policy.most_micros is None or spent <= policy.most_micros
    assert asked == [source for source in order if source in asked]


@given(orders, st.sets(st.sampled_from(DEFAULT_ORDER)), st.lists(judgements, max_size=4), policies)
def test_after_a_sufficient_answer_nothing_is_asked(
    order: tuple[AskedSource, ...], asked: set[AskedSource], known: list[Judged], policy: Policy
) -> None:
    enough = [*known, judged(OWNER, "valid")]
    assert next_source(order, asked, EVERY, enough, policy, FACTS, 0) is None


@given(orders, st.sets(st.sampled_from(DEFAULT_ORDER)), st.lists(judgements, max_size=4), policies)
def test_the_same_knowledge_asks_the_same_and_only_what_is_ready(
    order: tuple[AskedSource, ...], ready: set[AskedSource], known: list[Judged], policy: Policy
) -> None:
    first = next_source(order, (), ready, known, policy, FACTS, 0)
    assert first == next_source(order, frozenset(), tuple(ready), list(known), policy, FACTS, 0)
    assert first is None or first in ready


def test_a_source_that_is_not_ready_is_passed_over_and_gets_its_turn_later() -> None:
    without = EVERY - {"pattern"}
    assert next_source(DEFAULT_ORDER, ["site", "hunter"], without, [], Policy(), FACTS, 0) == "apollo"
    assert next_source(DEFAULT_ORDER, ["site", "hunter", "apollo"], EVERY, [], Policy(), FACTS, 0) == "pattern"

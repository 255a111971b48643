"""Scores by hand, the moves a profile would make, and how far a rate can be trusted."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadgen.domain.scoring.by_hand import score_by_hand
from leadgen.domain.scoring.calibration import rate
from leadgen.domain.scoring.moves import EXAMPLES, Move, Moves
from leadgen.domain.scoring.profile import COMPONENTS


@given(st.integers(0, 100))
def test_a_score_by_hand_is_spread_over_the_components(points: int) -> None:
    result = score_by_hand(points, "they called")
    parts = [getattr(result, component) for component in COMPONENTS]
    assert sum(parts) == result.score == points == sum(f.points for f in result.factors)
    assert all(0 <= part <= 25 for part in parts)
    assert max(parts) - min(parts) <= 1


@given(st.integers(1, 10_000).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))))
def test_a_rate_lies_within_its_interval_and_the_interval_within_0_and_1(case: tuple[int, int]) -> None:
    found = rate(*case)
    assert found.share is not None
    assert 0 <= found.low <= found.share <= found.high <= 1


def test_wilsons_interval_is_the_published_one() -> None:
    found = rate(8, 10)  # Newcombe 1998, Statistics in Medicine 17, 857-872, gives intervals of this method
    assert (found.low, found.high) == (pytest.approx(0.4902, abs=1e-4), pytest.approx(0.9433, abs=1e-4))
    assert rate(0, 0) == rate(0, 0)
    assert rate(0, 0).share is None


def test_more_cases_narrow_the_interval() -> None:
    widths = [rate(n // 5, n).high - rate(n // 5, n).low for n in (5, 50, 500)]
    assert widths == sorted(widths, reverse=True)


def test_moves_are_counted_and_the_farthest_are_the_examples() -> None:
    moves = Moves()
    moves.add(Move(UUID(int=n), f"B{n}", "D", 10, "C", 26 + n) for n in range(8))
    moves.add([Move(UUID(int=99), "Stays", "A", 80, "A", 99), Move(UUID(int=98), "New", None, None, "B", 60)])
    assert moves.between == {("D", "C"): 8, ("A", "A"): 1, (None, "B"): 1}
    assert moves.moved == 9
    assert [move.company_name for move in moves.examples] == ["New", "B7", "B6", "B5", "B4"]
    assert len(moves.examples) == EXAMPLES

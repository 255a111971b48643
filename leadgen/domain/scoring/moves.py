"""What another profile would do to leads: how many move between tiers, and which move farthest."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from heapq import nlargest
from uuid import UUID

from leadgen.domain.scoring.score import Tier

EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Move:
    """One lead before and after. `before` is None where it has no score yet; one set by hand does not move."""

    prospect_id: UUID
    company_name: str
    before: Tier | None
    score_before: int | None
    after: Tier
    score_after: int
    by_hand: bool = False

    @property
    def distance(self) -> int:
        """Points gained or lost."""
        return abs(self.score_after - (self.score_before or 0))


@dataclass(slots=True)
class Moves:
    """Those of one campaign: `between` counts by tier before and after, `examples` are the farthest moves first."""

    between: Counter[tuple[Tier | None, Tier]] = field(default_factory=Counter)
    examples: list[Move] = field(default_factory=list)
    by_hand: int = 0

    def add(self, moves: Iterable[Move]) -> None:
        """Counts further leads."""
        found = list(moves)
        self.between.update((move.before, move.after) for move in found)
        self.by_hand += sum(move.by_hand for move in found)
        movers = [move for move in found if move.before != move.after]
        farthest = nlargest(EXAMPLES, [*self.examples, *movers], key=lambda m: (m.distance, m.prospect_id.int))
        self.examples = farthest

    @property
    def moved(self) -> int:
        """Leads whose tier changes."""
        return sum(count for (before, after), count in self.between.items() if before != after)

"""Caps on the shifts of a family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from ..problem.horizon import WEEK_DAYS
from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

MAX_SHIFTS = RuleSpec[Mapping[str, int]](
    key="max_shifts",
    default={},
    loosest={},
    low=0,
    high=WEEK_DAYS,
    counted="shifts",
    mend="ease",
    meaning="Shift family → most shifts of it that a person works in the week.",
    label="shifts of one kind",
    row="Shifts of a family in the week, at most",
    families=lambda caps: [("", caps)],
)


@dataclass(frozen=True)
class MaxShifts:
    """Ensures that no more shifts of a family are worked in the week than its cap.

    Parameters
    ----------
    caps
        (family, most shifts), by name.
    """

    caps: tuple[tuple[str, int], ...]

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (MAX_SHIFTS,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> MaxShifts | None:
        """Read `max_shifts`."""
        caps = tuple(sorted(MAX_SHIFTS.of(problem, agent).items()))
        return cls(caps) if caps else None

    @property
    def named(self) -> frozenset[str]:
        """The capped families."""
        return frozenset(family for family, _ in self.caps)

    def begin(self) -> Any:
        """Return no shift of any capped family."""
        return (0,) * len(self.caps)

    def step(self, state: Any, day: int, family: str) -> Any:
        """Count a shift."""
        counts = tuple(n + (family == name) for n, (name, _) in zip(state, self.caps, strict=True))
        return counts if all(n <= most for n, (_, most) in zip(counts, self.caps, strict=True)) else None

    def broken(self, word: Word) -> list[str]:
        """Return ``max_shifts`` where a family is worked too often."""
        return ["max_shifts"] * any(list(word).count(family) > most for family, most in self.caps)

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures the cap of each family.

        Σ_{c of family f} take[a, c] ≤ max_shifts[f]
        """
        for number, (family, most) in enumerate(self.caps):
            pairs = [p for d in range(rows.days) for p in rows.of_family(agent, d, frozenset({family}))]
            rows.add(f"max_shifts_{agent}_{number}", pairs, "<=", most)

"""Shift families that may not follow each other."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from .rows import Rows
from .rule import Word
from .spec import RuleSpec
from .views import AgentView, ProblemView

Barred = Mapping[str, tuple[str, ...]]
"""Shift family → families that may not follow on the next day."""


def _families(barred: Barred) -> Iterator[tuple[str, Iterable[str]]]:
    for family, after in barred.items():
        yield "", [family]
        yield f".{family}", after


NOT_NEXT_DAY = RuleSpec[Barred](
    key="not_next_day",
    default={},
    loosest={},
    mend="ease",
    meaning="Shift family → families that may not follow on the next day.",
    label="shifts that may not follow",
    row="Not on the next day",
    families=_families,
)


@dataclass(frozen=True)
class NotNextDay:
    """Ensures that on the day after a family none of its barred families is worked.

    Parameters
    ----------
    barred
        (family, families that may not follow it), by name.
    before
        Families that the shift of the day before the first may be; () = none or unknown. They bar what each of them
        bars.
    """

    barred: tuple[tuple[str, frozenset[str]], ...]
    before: tuple[str, ...] = ()

    keys: ClassVar[tuple[RuleSpec[Any], ...]] = (NOT_NEXT_DAY,)

    @classmethod
    def of(cls, problem: ProblemView, agent: AgentView) -> NotNextDay | None:
        """Read `not_next_day`."""
        table = NOT_NEXT_DAY.of(problem, agent)
        barred = tuple((family, frozenset(after)) for family, after in sorted(table.items()))
        return cls(barred, tuple(agent.families_before)) if barred else None

    def after(self, family: str) -> frozenset[str]:
        """Return the families that may not follow `family`."""
        return next((after for first, after in self.barred if first == family), frozenset())

    @property
    def named(self) -> frozenset[str]:
        """The families that bar others or are barred."""
        return frozenset[str]().union(*({family} | after for family, after in self.barred))

    def begin(self) -> Any:
        """Return the families barred on the first day."""
        barred = [self.after(family) for family in self.before]
        return barred[0].intersection(*barred[1:]) if barred else frozenset[str]()

    def step(self, state: Any, day: int, family: str) -> Any:
        """Return the families barred on the next day."""
        return None if family in state else self.after(family)

    def broken(self, word: Word) -> list[str]:
        """Return ``not_next_day`` if a barred family follows."""
        later = any(b in self.after(a) for a, b in itertools.pairwise(word))
        return ["not_next_day"] * (later or (len(word) > 0 and word[0] in self.begin()))

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that of a family and what may not follow it at most one is worked on two days in a row.

        Σ_{c of d, family f} take[a, c] + Σ_{c of d + 1, family barred after f} take[a, c] ≤ 1
        """
        rows.add(f"not_next_day_{agent}", rows.of_family(agent, 0, self.begin()), "<=", 0.0)
        for number, (family, after) in enumerate(self.barred):
            for d in range(rows.days - 1):
                first, then = rows.of_family(agent, d, frozenset({family})), rows.of_family(agent, d + 1, after)
                if first and then:
                    rows.add(f"not_next_day_{agent}_{d}_{number}", [*first, *then], "<=", 1.0)

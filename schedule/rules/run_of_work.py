"""Days worked in a row."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

from ..problem.problem import ScheduleProblem
from ..problem.staff import Agent
from .may_work import days_open_to
from .rows import Rows
from .rule import Word


@dataclass(frozen=True)
class RunOfWork:
    """Ensures least ≤ days worked in a row ≤ most; a run that goes on past the last day is never too short.

    Parameters
    ----------
    before
        Days in a row worked up to the day before the first.
    open_start
        Whether a run from the first day on is never too short: the days before are unknown, or cannot be followed.
    """

    most: int
    least: int = 1
    before: int = 0
    open_start: bool = False

    @classmethod
    def of(cls, problem: ScheduleProblem, agent: Agent) -> RunOfWork:
        """Read `max_run_days` and `min_run_days`; last week's run must go on only where the person can work at all."""
        contract = problem.contracts[agent.contract]
        most, least = (int(contract.rule(key, problem.rules)) for key in ("max_run_days", "min_run_days"))
        rule = cls(most, least, agent.run_before, agent.run_before == 0 and agent.off_before is None)
        cut = rule.owed and not set(range(min(rule.owed, problem.grid.days))) <= days_open_to(problem, agent)
        return cls(most, least, agent.run_before, True) if cut else rule

    @property
    def owed(self) -> int:
        """Days from the first on that must be worked, because last week's run is too short yet."""
        return 0 if self.open_start or not self.before else max(0, self.least - self.before)

    def begin(self) -> Any:
        """Return the run so far, and whether it is long enough."""
        return (min(self.before, self.most), self.open_start or self.before >= self.least)

    def step(self, state: Any, day: int, works: bool) -> Any:
        """Count a day worked, or end the run."""
        run, enough = state
        if works:
            return (run + 1, enough or run + 1 >= self.least) if run < self.most else None
        return None if run and not enough else (0, self.least <= 1)

    def accepts(self, state: Any) -> bool:
        """Whether the last run may stand: it may go on."""
        return True

    def broken(self, word: Word) -> list[str]:
        """Return the keys that a run breaks; what last week's run is owed is missing, not broken."""
        out, at = [], 0
        for works, days in itertools.groupby(map(bool, word)):
            first, length = at, sum(1 for _ in days)
            at += length
            if works and length + (0 if first else self.before) > self.most:
                out.append("max_run_days")
            known = first > 0 or not (self.open_start or self.before)
            if works and known and length < self.least and at < len(word):
                out.append("min_run_days")
        return sorted(set(out))

    def constrain(self, rows: Rows, agent: int) -> None:
        """Ensures that no run is too long, in each window of one day more, nor too short from its first day on.

        Σ_{d in window} work[a, d] ≤ max_run_days − days of the window worked last week;
        work[a, d] − work[a, d − 1] ≤ work[a, e] for the days e after d that a run must reach
        """
        before = min(self.before, self.most)
        for begin in range(-before, rows.days - self.most):
            window = range(max(begin, 0), begin + self.most + 1)
            if all(rows.day(agent, d) for d in window):
                pairs = [p for d in window for p in rows.work(agent, d)]
                rows.add(f"max_run_{agent}_{begin}", pairs, "<=", self.most + min(begin, 0))
        for d in range(1 if self.before or self.open_start else 0, rows.days):
            for e in range(d + 1, min(d + self.least, rows.days)):
                change = [*rows.work(agent, d), *(rows.work(agent, d - 1, -1.0) if d else ())]
                rows.add(f"min_run_{agent}_{d}_{e}", [*change, *rows.work(agent, e, -1.0)], "<=", 0.0)

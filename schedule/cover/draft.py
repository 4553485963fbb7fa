"""The cover of a week while the search builds it: day after day in whole heads, then days again against the rest."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from ..optimise.solver import relative_gap
from .counts import Counts, true_cost
from .decide import decide
from .effort import STAGE, Effort
from .frame import CoverFrame
from .part import blocks, shifts_of
from .pauses import TINY
from .result import Block
from .rounding import rounded


@dataclass
class CoverDraft:
    """The cover of the week so far.

    Parameters
    ----------
    broken
        The LP's answer for the whole week.
    bound
        Proven for the whole week.

    Attributes
    ----------
    done
        What is decided in whole heads; after `decide`, everything.
    blocks
        Figures of each run of days.
    """

    frame: CoverFrame
    broken: Counts
    bound: float | None
    effort: Effort
    done: Counts = field(default_factory=Counts)
    blocks: dict[tuple[int, ...], Block] = field(default_factory=dict)
    history: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def __post_init__(self) -> None:
        self.runs = blocks(self.frame)
        days = self.frame.problem.day_of_slot
        spans = any(len(np.unique(days[at])) > 1 for d in self.frame.problem.demands for at in d.periods)
        self.tied = spans and len(self.runs) > 1

    @property
    def linked(self) -> bool:
        """Whether days hang together: by shifts over midnight or by goals over several days."""
        return self.tied or any(len(run) > 1 for run in self.runs)

    @property
    def cost(self) -> float:
        """True cost of what is decided."""
        return true_cost(self.frame, self.done).cost

    def decide(self) -> None:
        """Decide every day in turn: the days before are fixed, the days after are as in the LP."""
        units = [(run, day) for run in self.runs for day in run]
        for number, (run, day) in enumerate(units):
            began = time.monotonic()
            ahead = self.broken.on_days(self.frame, [d for _, d in units[number + 1 :]])
            own = self.broken.on_days(self.frame, [day])
            left = len(units) - number
            name = self.frame.problem.grid.dates[day].isoformat()
            part = shifts_of(self.frame, name, self._on(day), self.done + ahead, own, days=[day])
            share = self.effort.left_s / (left + (len(units) * self.frame.params.improve_share if self.linked else 0))
            made = decide(self.frame, part, self.effort.within(share), thorough=len(run) == 1)
            self.done = self.done + (made.counts or rounded(self.frame, own))
            if len(run) == 1:
                self._block(run, made.cost, made.bound, time.monotonic() - began)
        if not self.tied and len(self.blocks) == len(self.runs):
            proven = [b.bound for b in self.blocks.values()]
            if self.bound is not None and all(b is not None for b in proven):
                self.bound = max(self.bound, sum(b for b in proven if b is not None))
        self._tell()

    def improve(self) -> None:
        """Decide days, and halves of two days, again against the rest of the plan, as long as the cost falls."""
        patience = self.frame.params.patience
        idle = 0 if self.linked else patience
        while idle < patience and not self._finished():
            idle += 1
            far = [w for w in self._windows() if w[2] not in self.blocks or not self._near(self.blocks[w[2]])]
            windows = far or self._windows()
            for number, (name, shifts, run) in enumerate(windows):
                if self._finished():
                    break
                began = time.monotonic()
                own = self.done.only(shifts)
                rest = self.done.only(set(range(len(self.frame.shifts))) - shifts)
                part = shifts_of(self.frame, name, shifts, rest, own)
                effort = self.effort.share(1 / (len(windows) - number))
                made = decide(self.frame, part, effort, present=own, thorough=run in self.blocks)
                if made.counts is not None and true_cost(self.frame, rest + made.counts).cost < self.cost - TINY:
                    self.done, idle = rest + made.counts, 0
                    self._tell()
                if run in self.blocks:
                    self._block(run, made.cost, made.bound, self.blocks[run].seconds + time.monotonic() - began)

    def _finished(self) -> bool:
        return self.effort.over or (self._near() and all(map(self._near, self.blocks.values())))

    def _near(self, block: Block | None = None) -> bool:
        """Whether the week, or one `block`, is proven to be within the gap."""
        gap = block.gap if block is not None else relative_gap(self.cost, self.bound)
        return gap is not None and gap <= self.effort.gap

    def _on(self, day: int) -> set[int]:
        """Return the shifts that start on `day`."""
        return {j for j, s in enumerate(self.frame.shifts) if s.day == day}

    def _windows(self) -> list[tuple[str, set[int], tuple[int, ...]]]:
        """Return (name, shifts, run): in linked runs each noon to noon (its run is empty), then each day."""
        dates, noon, shifts = self.frame.problem.grid.dates, self.frame.problem.noon, self.frame.shifts
        out: list[tuple[str, set[int], tuple[int, ...]]] = []
        pairs = [pair for run in self.runs for pair in pairwise(run)]
        if self.frame.problem.cyclic and len(self.runs[0]) == len(dates) > 1:
            pairs.append((self.runs[0][-1], self.runs[0][0]))
        for first, second in pairs:
            late = {j for j in self._on(first) if shifts[j].start >= noon[first]}
            early = {j for j in self._on(second) if shifts[j].start < noon[second]}
            out.append((f"{dates[first].isoformat()} to {dates[second].isoformat()}", late | early, ()))
        return out + [(dates[day].isoformat(), self._on(day), run) for run in self.runs for day in run]

    def _block(self, run: tuple[int, ...], cost: float | None, bound: float | None, seconds: float) -> None:
        dates = tuple(self.frame.problem.grid.dates[d] for d in run)
        self.blocks[run] = Block(dates, cost, bound, relative_gap(cost, bound), seconds)

    def _tell(self) -> None:
        """Tell how good the whole plan is."""
        self.history.append((time.monotonic() - self.began, self.cost, self.bound))
        self.effort.watch.tell(STAGE, "week", best=self.cost, bound=self.bound, gap=relative_gap(self.cost, self.bound))

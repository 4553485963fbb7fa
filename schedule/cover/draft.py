"""The cover of a week while the search builds it: day after day in whole heads, then days again against the rest."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from ..optimise.solver import relative_gap
from .counts import Counts, true_cost
from .decide import decide
from .effort import STAGE, Effort
from .frame import CoverFrame
from .part import blocks, cost_of, shifts_of
from .pauses import TINY
from .result import Block
from .rounding import rounded
from .whole import WholeAnswer


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
    decided
        Whether every day is.
    """

    frame: CoverFrame
    broken: Counts
    bound: float | None
    effort: Effort
    done: Counts = field(default_factory=Counts)
    blocks: dict[tuple[int, ...], Block] = field(default_factory=dict)
    history: list[tuple[float, float | None, float | None]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    decided: bool = False

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
        self.decided = True
        self._tell()

    def improve(self) -> None:
        """Decide days, halves of two days, then ever longer runs of days again against the rest of the plan.

        A pass without gain is tried again where time has ended a part of it; then runs of one day more follow.
        """
        longest = sum(map(len, self.runs)) if self.tied else max(map(len, self.runs), default=0)
        for length in range(1, max(2, longest)):
            idle = 0
            while idle < self.frame.params.patience and not self.finished:
                cut, gained = len(self.effort.cut), self._pass(length)
                idle = 0 if gained else idle + 1
                if idle and len(self.effort.cut) == cut:
                    break

    def _pass(self, length: int) -> bool:
        """Decide each run of `length` days again; return whether one became cheaper."""
        far = [w for w in self._windows(length) if w[2] not in self.blocks or not self._near(self.blocks[w[2]])]
        windows, gained = far or self._windows(length), False
        for number, (name, shifts, run) in enumerate(windows):
            if self.finished:
                break
            began = time.monotonic()
            own = self.done.only(shifts)
            rest = self.done.only(set(range(len(self.frame.shifts))) - shifts)
            part = shifts_of(self.frame, name, shifts, rest, own)
            effort = self.effort.share(1 / (len(windows) - number))
            made = decide(self.frame, part, effort, present=own, thorough=run in self.blocks)
            if made.counts is not None and true_cost(self.frame, rest + made.counts).cost < self.cost - TINY:
                self.done, gained = rest + made.counts, True
                self._tell()
            if run in self.blocks:
                self._block(run, made.cost, made.bound, self.blocks[run].seconds + time.monotonic() - began)
        return gained

    def take(self, found: WholeAnswer) -> None:
        """Keep a plan of the whole week that is cheaper, and a bound that is higher."""
        if found.bound is not None:
            self.bound = found.bound if self.bound is None else max(self.bound, found.bound)
        if found.counts is not None and found.cost is not None and found.cost < self.cost - TINY:
            self.done = found.counts
            self.blocks = {run: self._of_plan(run, block) for run, block in self.blocks.items()}
        self._tell()

    def meets_gap(self, found: WholeAnswer) -> bool:
        """Whether the best of this plan and another, and of the two bounds, are within the gap of each other."""
        bounds = [b for b in (self.bound, found.bound) if b is not None]
        costs = [c for c in (self.cost if self.decided else None, found.cost) if c is not None]
        off = relative_gap(min(costs, default=None), max(bounds, default=None))
        return off is not None and off <= self.effort.gap

    @property
    def finished(self) -> bool:
        """Whether time is up, or the week and each of its blocks is proven to be within the gap."""
        return self.effort.over or (self.decided and self._near() and all(map(self._near, self.blocks.values())))

    def _near(self, block: Block | None = None) -> bool:
        """Whether the week, or one `block`, is proven to be within the gap."""
        gap = block.gap if block is not None else relative_gap(self.cost, self.bound)
        return gap is not None and gap <= self.effort.gap

    def _on(self, day: int) -> set[int]:
        """Return the shifts that start on `day`."""
        return {j for j, s in enumerate(self.frame.shifts) if s.day == day}

    def _windows(self, length: int) -> list[tuple[str, set[int], tuple[int, ...]]]:
        """Return (name, shifts, run) of each run of `length` days.

        The run is empty where the window is none of the week's own. A single day comes after each noon to noon.
        """
        if length > 1:
            return self._runs_of(length)
        dates, noon, shifts = self.frame.problem.grid.dates, self.frame.problem.noon, self.frame.shifts
        out: list[tuple[str, set[int], tuple[int, ...]]] = []
        pairs = [pair for run in self.runs for pair in pairwise(run)]
        if self._round(self.runs[0]):
            pairs.append((self.runs[0][-1], self.runs[0][0]))
        for first, second in pairs:
            late = {j for j in self._on(first) if shifts[j].start >= noon[first]}
            early = {j for j in self._on(second) if shifts[j].start < noon[second]}
            out.append((f"{dates[first].isoformat()} to {dates[second].isoformat()}", late | early, ()))
        return out + [(dates[day].isoformat(), self._on(day), run) for run in self.runs for day in run]

    def _runs_of(self, length: int) -> list[tuple[str, set[int], tuple[int, ...]]]:
        """Return the windows of `length` days in a row that are linked; a cyclic week goes on with its first day."""
        dates, out = self.frame.problem.grid.dates, list[tuple[str, set[int], tuple[int, ...]]]()
        days = [run + run[: length - 1] if self._round(run) else run for run in self.runs]
        if self.tied:
            days = [tuple(day for run in self.runs for day in run)]
        for run in days:
            for at in range(len(run) - length + 1):
                chosen = run[at : at + length]
                name = f"{dates[chosen[0]].isoformat()} to {dates[chosen[-1]].isoformat()}"
                out.append((name, set().union(*map(self._on, chosen)), ()))
        return out

    def _round(self, run: tuple[int, ...]) -> bool:
        """Whether the days of `run` form a ring: all days of a cyclic week."""
        return self.frame.problem.cyclic and len(run) == len(self.frame.problem.grid.dates) > 1

    def _block(self, run: tuple[int, ...], cost: float | None, bound: float | None, seconds: float) -> None:
        """Note what is known of a block, and what the blocks together prove of the week."""
        dates, known = tuple(self.frame.problem.grid.dates[d] for d in run), self.blocks.get(run)
        if known is not None and known.bound is not None:
            bound = known.bound if bound is None else max(bound, known.bound)
        self.blocks[run] = Block(dates, cost, bound, relative_gap(cost, bound), seconds)
        proven = [b.bound for b in self.blocks.values() if b.bound is not None]
        if not self.tied and len(proven) == len(self.runs) and self.bound is not None:
            self.bound = max(self.bound, sum(proven))

    def _of_plan(self, run: tuple[int, ...], block: Block) -> Block:
        """Return `block` with its cost in the present plan."""
        own, shifts = self.done.on_days(self.frame, run), {j for day in run for j in self._on(day)}
        rest = self.done.only(set(range(len(self.frame.shifts))) - shifts)
        cost = cost_of(self.frame, shifts_of(self.frame, "", shifts, rest, own, days=run), own)
        return replace(block, cost=cost, gap=relative_gap(cost, block.bound))

    def _tell(self) -> None:
        """Tell how good the whole plan is."""
        self.history.append((time.monotonic() - self.began, self.cost, self.bound))
        self.effort.watch.tell(STAGE, "week", best=self.cost, bound=self.bound, gap=relative_gap(self.cost, self.bound))

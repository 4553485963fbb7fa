"""How the week's limits and goals are split over blocks that are decided one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .counts import Counts, gains
from .frame import Frame
from .part import Budget, Part, open_slots


@dataclass(frozen=True)
class Share:
    """What the week's LP spends in one block: per group shifts and hours, per slot heads on the phone and calls gained."""

    shifts: np.ndarray
    hours: np.ndarray


@dataclass
class Ledger:
    """Deals out the week block by block.

    A block may use what the LP uses in it plus an even part of what is left over by then, so that the blocks after
    it always keep what the LP needs there; rounding of earlier blocks is made good by later ones.

    Parameters
    ----------
    phone
        Heads on the phone in the LP's answer, shape (queues, S).
    gained
        Calls gained per slot in the LP's answer, shape (queues, S).
    use
        Heads per column in the LP's answer.
    """

    frame: Frame
    days: Sequence[tuple[int, ...]]
    phone: np.ndarray
    gained: np.ndarray
    use: dict[tuple[int, int, int], float]
    done: Counts = field(default_factory=Counts)

    def part(self, number: int) -> Part:
        """Return block `number` with its columns, slots and share; blocks before it stand in `done`."""
        frame, days = self.frame, set(self.days[number])
        slots = open_slots(frame) & np.isin(frame.problem.day_of_slot, list(days))
        columns = tuple(c for c in frame.columns if frame.shifts[c[2]].day in days)
        name = frame.problem.grid.dates[min(days)].isoformat() if days else ""
        budgets = {g: self._budget(g, number) for g in frame.week_limits}
        return Part(name, columns, slots, Counts(), self._margins(slots, number), budgets, np.rint(self.phone))

    def _planned(self, group: int, number: int) -> tuple[float, float]:
        """Return the LP's shifts and hours of `group` in block `number`."""
        days = set(self.days[number])
        mine = [(n, self.frame.shifts[j]) for (g, _, j), n in self.use.items() if g == group and self.frame.shifts[j].day in days]
        return sum(n for n, _ in mine), sum(n * s.paid_min for n, s in mine) / 60.0

    def _budget(self, group: int, number: int) -> Budget:
        limit, left = self.frame.week_limits[group], len(self.days) - number
        shifts, hours = self.done.used(self.frame, group)
        plans = [self._planned(group, i) for i in range(number, len(self.days))]
        ahead_shifts, ahead_hours = sum(p[0] for p in plans), sum(p[1] for p in plans)
        return Budget(
            shifts=max(0.0, plans[0][0] + (limit.shifts - shifts - ahead_shifts) / left),
            hours_max=max(0.0, plans[0][1] + (limit.hours_max - hours - ahead_hours) / left),
            hours_min=max(0.0, plans[0][1] + min(0.0, limit.hours_min - hours - ahead_hours) / left),
        )

    def _margins(self, slots: np.ndarray, number: int) -> dict[tuple[int, int], float]:
        """Return the calls that block `number` must gain for each period that touches it.

        A period that lies wholly inside keeps its margin; one that spans blocks gives the block what the LP
        gains in it, corrected by what the blocks before it gained more or less than the LP.
        """
        later = open_slots(self.frame) & np.isin(self.frame.problem.day_of_slot, [d for b in self.days[number + 1 :] for d in b])
        before = gains(self.frame, self.done.phone(self.frame))
        out = {}
        for q, d in enumerate(self.frame.problem.demands):
            if d.by_interval:
                continue
            for p, (at, margin) in enumerate(zip(d.periods, d.margin, strict=True)):
                here = at[slots[q, at]]
                if not len(here):
                    continue
                past = at[~slots[q, at] & ~later[q, at]]
                ahead = at[later[q, at]]
                goal = min(margin, float(self.gained[q, at].sum())) if len(here) < len(at) else margin
                out[q, p] = goal - float(before[q, past].sum()) - float(self.gained[q, ahead].sum())
        return out

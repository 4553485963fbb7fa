"""Where a plan is short, and which shifts could be there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .break_moves import QueueBreaks
from .what_holds_back import RULES, Barriers, Rostered


@dataclass(frozen=True)
class ShortStretch:
    """Slots [start, end) of a queue in which too few are on the phone; `under` is the worst slot's shortage."""

    queue: str
    start: int
    end: int
    under: float
    under_slots: float


@dataclass(frozen=True)
class ShortPlan:
    """A named (or anonymous) plan with its coverage, as arrays."""

    problem: ScheduleProblem
    assigned: Mapping[str, Sequence[PlannedShift]]
    coverage: pd.DataFrame
    _known: dict[tuple[int, str], Barriers] = field(default_factory=dict, repr=False)
    _held: dict[int, Barriers] = field(default_factory=dict, repr=False)

    @cached_property
    def rostered(self) -> Rostered:
        """What everybody works already."""
        return Rostered(self.problem, self.assigned)

    @cached_property
    def slack(self) -> Mapping[str, np.ndarray]:
        """Queue → on the phone − required per slot; 0 where the queue has no row."""
        return self._by_slot(self.coverage["on_phone"] - self.coverage["required"])

    @cached_property
    def heads(self) -> Mapping[str, np.ndarray]:
        """Queue → on the phone per slot."""
        return self._by_slot(self.coverage["on_phone"])

    def _by_slot(self, values: pd.Series) -> dict[str, np.ndarray]:
        grid = self.problem.grid
        out = {str(queue): np.zeros(len(grid)) for queue in self.coverage["queue"].unique()}
        for queue, rows in self.coverage.groupby("queue", sort=False):
            slots = ((rows["start"] - grid.first) // pd.Timedelta(minutes=grid.minutes)).to_numpy()
            out[str(queue)][slots] = values.loc[rows.index].to_numpy(dtype=float)
        return out

    def pooled(self, stretch: ShortStretch) -> str:
        """Say whether the plan meets the goal of the period around `stretch`; "" where the goal is per interval."""
        demand = next(d for d in self.problem.demands if d.queue == stretch.queue)
        gain = demand.gain
        around = [
            (slots, margin)
            for slots, margin in zip(demand.periods, demand.margin, strict=True)
            if stretch.start in slots
        ]
        if gain is None or not around:
            return ""
        slots, margin = around[0]
        if demand.beyond:
            level, calls = demand.goal.level, float(demand.calls[slots].sum())
            at = [stretch.start in other for other in demand.periods].index(True)
            margin = demand.beyond[at].margin(level, calls)
        heads = np.minimum(self.heads[stretch.queue][slots].astype(np.int64), gain.shape[1] - 1)
        total = float(gain[slots, heads].sum()) - margin
        held = "holds as it is" if total >= 0 else f"lacks {-total:.1f} calls"
        return f"By the service curve the {demand.goal.basis}'s goal {held}."

    def floor(self, stretch: ShortStretch) -> str:
        """Tell where `stretch` lies below the floor of a pooled goal; "" where it does not."""
        demand = next(d for d in self.problem.demands if d.queue == stretch.queue)
        if demand.by_interval:
            return ""
        slots = np.arange(stretch.start, stretch.end)
        lack = demand.lower[slots] - self.heads[stretch.queue][slots]
        if not (lack > 0).any():
            return ""
        worst = int(slots[lack.argmax()])
        hours = float(lack[lack > 0].sum()) * self.problem.grid.hours
        return (
            f"Below the heads of the floor by {hours:.2g} agent-hours: at {self.problem.grid.time(worst):%H:%M} "
            f"{self.heads[stretch.queue][worst]:.0f} are there, the floor asks for {demand.lower[worst]}."
        )

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Agent → name in texts."""
        return {a.id: f"{a.name} ({a.id})" if a.name and a.name != a.id else a.id for a in self.problem.staff}

    @cached_property
    def weights(self) -> np.ndarray:
        """Paid hours with premiums of each of the problem's shifts."""
        return np.array([self.problem.paid_weight(s) for s in self.problem.shifts])

    @cached_property
    def hire_wages(self) -> np.ndarray:
        """Per shift the least wage of a contract that allows it, infinite where none does."""
        costs, contracts = self.problem.costs, self.problem.contracts.values()
        least: dict[str, float] = {} if contracts else dict.fromkeys(self.problem.families, costs.cost_h)
        for contract in contracts:
            wage = costs.cost_h if contract.cost_h is None else contract.cost_h
            for family in contract.shifts:
                least[family] = min(wage, least.get(family, np.inf))
        return np.array([least.get(s.family, np.inf) for s in self.problem.shifts])

    @cached_property
    def presence(self) -> tuple[np.ndarray, ...]:
        """Per shift: start, end, day, and a row of breaks (earliest start, latest start, slots), all in slots."""
        shifts = self.problem.shifts
        most = max((len(s.breaks) for s in shifts), default=0)
        breaks = np.zeros((len(shifts), most, 3), dtype=np.int64)
        for i, s in enumerate(shifts):
            for k, (low, high, length, _) in enumerate(s.breaks):
                breaks[i, k] = (s.start + low, s.start + high, length)
        return (
            np.array([s.start for s in shifts]),
            np.array([s.end for s in shifts]),
            np.array([s.day for s in shifts]),
            breaks,
        )

    def there(self, start: int, end: int) -> np.ndarray:
        """Return the slots of [start, end) that each shift can spend on the phone if its breaks lie elsewhere."""
        first, last, _, breaks = self.presence
        low, high, length = breaks[..., 0], breaks[..., 1], breaks[..., 2]
        # The overlap of a sliding break rises and falls once, so it is least at an end of its window.
        lost = np.minimum(_shared(low, low + length, start, end), _shared(high, high + length, start, end)).sum(axis=1)
        return np.asarray(_shared(first, last, start, end) - lost)

    @cached_property
    def on_one_queue(self) -> Mapping[str, tuple[list[tuple[str, PlannedShift]], np.ndarray, np.ndarray]]:
        """Queue → (agent, shift) of the shifts that are worked on this queue alone, and their starts and ends."""
        found: dict[str, list[tuple[str, PlannedShift]]] = {}
        for agent, shifts in self.assigned.items():
            for p in shifts:
                if not p.moves:
                    found.setdefault(p.queue, []).append((agent, p))
        return {
            queue: (mine, np.array([p.shift.start for _, p in mine]), np.array([p.shift.end for _, p in mine]))
            for queue, mine in found.items()
        }

    def breaks(self, queue: str) -> QueueBreaks:
        """Return what moves of breaks on `queue` gain and cost."""
        demand = next(d for d in self.problem.demands if d.queue == queue)
        return QueueBreaks(demand, self.slack[queue].tolist(), self.heads[queue].tolist())

    def barriers(self, queue: str, chosen: np.ndarray) -> Barriers:
        """Return what holds everybody back from the shifts at positions `chosen`, worked on `queue`."""
        out = {rule: np.empty((len(self.problem.staff), len(chosen)), dtype=bool) for rule in RULES}
        for known, mine, columns in self._by_day(queue, chosen):
            for rule, held in known.by_rule.items():
                out[rule][:, mine] = held[:, columns]
        return Barriers(out)

    def free(self, queue: str, chosen: np.ndarray) -> np.ndarray:
        """Return whom no rule bars from the shifts at positions `chosen`, worked on `queue`: shape (agents, C)."""
        out = np.empty((len(self.problem.staff), len(chosen)), dtype=bool)
        for known, mine, columns in self._by_day(queue, chosen):
            out[:, mine] = known.free[:, columns]
        return out

    def _by_day(self, queue: str, chosen: np.ndarray) -> Iterator[tuple[Barriers, np.ndarray, np.ndarray]]:
        """Yield per day what holds people back from all its shifts, which of `chosen` are its own, and their places."""
        days = self.presence[2]
        for day in np.unique(days[chosen]).tolist():
            of_day, mine = np.flatnonzero(days == day), days[chosen] == day
            if (day, queue) not in self._known:
                if day not in self._held:
                    self._held[day] = self.rostered.held(day, [self.problem.shifts[i] for i in of_day])
                self._known[day, queue] = self.rostered.with_skills(self._held[day], queue)
            yield self._known[day, queue], mine, np.searchsorted(of_day, chosen[mine])


def _shared(start: np.ndarray, end: np.ndarray, low: int, high: int) -> np.ndarray:
    return np.asarray(np.maximum(np.minimum(end, high) - np.maximum(start, low), 0))


def stretches(plan: ShortPlan, slack_of: Mapping[str, np.ndarray] | None = None) -> list[ShortStretch]:
    """Return the runs of short slots within one day, the largest shortage first.

    Parameters
    ----------
    slack_of
        Queue → on the phone − required per slot; None = as the plan stands.
    """
    out = []
    for queue, slack in (plan.slack if slack_of is None else slack_of).items():
        short = np.maximum(-slack, 0.0)
        for part in plan.problem.grid.day_slices:
            flags = np.concatenate([[False], short[part] > 1e-9, [False]]).astype(np.int8)
            edges = part.start + np.flatnonzero(np.diff(flags))
            for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                out.append(ShortStretch(queue, a, b, float(short[a:b].max()), float(short[a:b].sum())))
    return sorted(out, key=lambda s: (-s.under_slots, s.queue, s.start))

"""Why a stretch is short and why a shift stays open: the rule that binds, and what one more agent there costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from .barriers import RULES, Barriers, Rostered
from .problem import ScheduleProblem
from .shifts import PlannedShift, Shift

ENOUGH_MIN = 120
COLUMNS = ["queue", "start", "end", "under", "under_agent_hours", "binding_rule", "detail", "cost_one_more", "who"]


@dataclass(frozen=True)
class Stretch:
    """Slots [start, end) of a queue in which too few are on the phone; `under` is the worst slot's shortage."""

    queue: str
    start: int
    end: int
    under: float
    under_slots: float


@dataclass(frozen=True)
class Answer:
    """What one more agent would take: the rule that binds, told, its cost (None = cannot be bought), and who."""

    rule: str
    detail: str
    cost: float | None = None
    who: str = ""


@dataclass(frozen=True)
class Case:
    """A named (or anonymous) plan with its coverage, as arrays."""

    problem: ScheduleProblem
    assigned: Mapping[str, Sequence[PlannedShift]]
    coverage: pd.DataFrame
    _known: dict[tuple[int, str], Barriers] = field(default_factory=dict, repr=False)

    @cached_property
    def rostered(self) -> Rostered:
        """What everybody works already."""
        return Rostered(self.problem, self.assigned)

    @cached_property
    def slack(self) -> Mapping[str, np.ndarray]:
        """Queue → on the phone − required per slot; 0 where the queue has no row."""
        grid, out = self.problem.grid, {}
        for queue, rows in self.coverage.groupby("queue", sort=False):
            slots = ((rows["start"] - grid.first) // pd.Timedelta(minutes=grid.minutes)).to_numpy()
            out[str(queue)] = np.zeros(len(grid))
            out[str(queue)][slots] = (rows["on_phone"] - rows["required"]).to_numpy(dtype=float)
        return out

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Agent → the name they are told by."""
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
        """Return how many slots of [start, end) each shift can be on the phone, its breaks placed out of the way."""
        first, last, _, breaks = self.presence
        low, high, length = breaks[..., 0], breaks[..., 1], breaks[..., 2]
        # The overlap of a sliding break rises and falls once, so it is least at an end of its window.
        lost = np.minimum(_shared(low, low + length, start, end), _shared(high, high + length, start, end)).sum(axis=1)
        return np.asarray(_shared(first, last, start, end) - lost)

    def barriers(self, day: int, queue: str) -> Barriers:
        """Return what holds everybody back from the shifts of `day` on `queue`."""
        if (day, queue) not in self._known:
            shifts = [s for s in self.problem.shifts if s.day == day]
            self._known[day, queue] = self.rostered.barriers(day, shifts, queue)
        return self._known[day, queue]


def _shared(start: np.ndarray, end: np.ndarray, low: int, high: int) -> np.ndarray:
    return np.asarray(np.maximum(np.minimum(end, high) - np.maximum(start, low), 0))


def explain(
    problem: ScheduleProblem, assigned: Mapping[str, Sequence[PlannedShift]], coverage: pd.DataFrame, *, most: int = 40
) -> pd.DataFrame:
    """Tell for each short stretch what one more agent there would take, tried on the plan itself.

    In order of cheapness: moving somebody's break; a shift for somebody who is free; else the rule that, left out
    alone, would free most people, and the price of a new hire.

    Parameters
    ----------
    assigned
        Agent (or shift id of an anonymous plan) → shifts.
    coverage
        The table of coverage.csv with typed times.
    most
        How many stretches to explain, the largest shortages first.

    Returns
    -------
    pandas.DataFrame
        ``queue, start, end, under`` (agents at worst), ``under_agent_hours, binding_rule, detail, cost_one_more``
        (money; NaN where nobody can be there), ``who``; ordered by agent-hours short.
    """
    case = Case(problem, assigned, coverage)
    rows = []
    for s in stretches(case)[:most]:
        answer = _by_break(case, s) or _by_person(case, s) or _by_rule(case, s)
        hours = s.under_slots * problem.grid.hours
        times = problem.grid.time(s.start), problem.grid.time(s.end)
        rows.append((s.queue, *times, s.under, hours, answer.rule, answer.detail, answer.cost, answer.who))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"cost_one_more": "float64"})


def stretches(case: Case) -> list[Stretch]:
    """Return the runs of short slots within one day, the largest shortage first."""
    out = []
    for queue, slack in case.slack.items():
        short = np.maximum(-slack, 0.0)
        for part in case.problem.grid.day_slices:
            flags = np.concatenate([[False], short[part] > 1e-9, [False]]).astype(np.int8)
            edges = part.start + np.flatnonzero(np.diff(flags))
            for a, b in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
                out.append(Stretch(queue, a, b, float(short[a:b].max()), float(short[a:b].sum())))
    return sorted(out, key=lambda s: (-s.under_slots, s.queue, s.start))


def _by_break(case: Case, stretch: Stretch) -> Answer | None:
    """Try every other place of every break that lies in the stretch; take the one that lowers the shortage most."""
    slack, best, found = case.slack[stretch.queue], 1e-9, None
    for agent, shifts in case.assigned.items():
        for p in shifts:
            if p.queue != stretch.queue or p.shift.end <= stretch.start or stretch.end <= p.shift.start:
                continue
            for at, (low, high, length, kind) in zip(p.breaks, p.shift.breaks, strict=True):
                now = p.shift.start + at
                if now >= stretch.end or now + length <= stretch.start or p.shift.start + high + length > len(slack):
                    continue
                for to in range(p.shift.start + low, p.shift.start + high + 1):
                    gain = _gain(slack, now, to, length)
                    if gain > best:
                        best, found = gain, (agent, kind, now, to)
    if found is None:
        return None
    agent, kind, now, to = found
    who, hours = case.names.get(agent, agent), best * case.problem.grid.hours
    clock = [f"{case.problem.grid.time(s):%H:%M}" for s in (now, to)]
    detail = (
        f"{who} could take the {kind} of {clock[0]} at {clock[1]}: {hours:.2g} agent-hours less short, for nothing."
    )
    return Answer("break_window", detail, 0.0, agent)


def _gain(slack: np.ndarray, now: int, to: int, length: int) -> float:
    """Return by how much the shortage falls when a break of `length` slots moves from `now` to `to`."""
    change = np.zeros(len(slack))
    change[now : now + length] += 1
    change[to : to + length] -= 1
    touched = np.flatnonzero(change)
    before, after = slack[touched], slack[touched] + change[touched]
    return float(np.maximum(-before, 0).sum() - np.maximum(-after, 0).sum())


def _candidates(case: Case, stretch: Stretch) -> tuple[np.ndarray, np.ndarray]:
    """Return the shifts that can be on the phone for two hours of the stretch (or as long as any), and how long."""
    there = case.there(stretch.start, stretch.end)
    enough = min(int(there.max(initial=0)), max(1, ENOUGH_MIN // case.problem.grid.minutes))
    chosen = np.flatnonzero((there >= enough) & (there > 0))
    return chosen, there[chosen]


def _by_person(case: Case, stretch: Stretch) -> Answer | None:
    """Look for somebody whom no rule holds back from a shift there; take the least money per slot on the phone."""
    best, found = np.inf, None
    chosen, there = _candidates(case, stretch)
    for day in np.unique(case.presence[2][chosen]) if case.problem.staff else ():
        mine, columns = _of_day(case, chosen, int(day))
        free = case.barriers(int(day), stretch.queue).count[:, columns] == 0
        cost = case.rostered.wages[:, None] * case.weights[chosen[mine]]
        price = np.where(free, cost / there[mine], np.inf)
        a, c = np.unravel_index(int(price.argmin()), price.shape)
        if price[a, c] < best:
            best, found = (
                float(price[a, c]),
                (int(a), int(chosen[mine][c]), float(cost[a, c]), int(free.any(axis=1).sum())),
            )
    if found is None:
        return None
    agent, shift = case.problem.staff[found[0]], case.problem.shifts[found[1]]
    others = f"; {found[3] - 1} others could come too" if found[3] > 1 else ""
    told = _told(case, shift, stretch)
    detail = f"No rule forbids it: {case.names[agent.id]} is free for {told} at {found[2]:.2f}{others}."
    return Answer("cost", detail, found[2], agent.id)


def _of_day(case: Case, chosen: np.ndarray, day: int) -> tuple[np.ndarray, np.ndarray]:
    """Return which of `chosen` lie on `day`, and their columns in that day's barriers."""
    days = case.presence[2]
    mine = np.flatnonzero(days[chosen] == day)
    return mine, np.searchsorted(np.flatnonzero(days == day), chosen[mine])


def _told(case: Case, shift: Shift, stretch: Stretch) -> str:
    grid = case.problem.grid
    hours = float(case.there(stretch.start, stretch.end)[case.problem.shifts.index(shift)]) * grid.hours
    return f"{shift.pattern} on {shift.date} ({hours:g} of {(stretch.end - stretch.start) * grid.hours:g} h there)"


def _by_rule(case: Case, stretch: Stretch) -> Answer:
    """Name the rule that holds back most people alone, and the cheapest hire."""
    chosen, there = _candidates(case, stretch)
    hire = case.hire_wages[chosen] * case.weights[chosen] if len(chosen) else np.empty(0)
    if not np.isfinite(hire).any():
        return Answer("shifts", "No shift of any contract can be on the phone then.")
    best = int(np.argmin(hire / there))
    cost, shift = float(hire[best]), case.problem.shifts[int(chosen[best])]
    new = f"One more person on {_told(case, shift, stretch)} costs {cost:.2f}"
    if not case.problem.staff:
        return Answer("cost", f"{new}.", cost, "one more shift")
    days = np.unique(case.presence[2][chosen])
    pairs = [(case.barriers(int(d), stretch.queue), _of_day(case, chosen, int(d))[1]) for d in days]
    rule, told = _binding([(b, c) for b, c in pairs])
    return Answer(rule, f"{told} {new}.", cost, "new hire")


def _binding(pairs: Sequence[tuple[Barriers, np.ndarray]]) -> tuple[str, str]:
    """Return the rule that alone holds back most people from all of the shifts, and the count per rule, told."""
    held = {r: np.logical_and.reduce([b.by_rule[r][:, c].all(axis=1) for b, c in pairs]) for r in RULES}
    freed = {
        r: np.logical_or.reduce([(b.by_rule[r][:, c] & (b.count[:, c] == 1)).any(axis=1) for b, c in pairs])
        for r in RULES
    }
    busy = held["one_shift_a_day"]
    rest = {r: int((h & ~busy).sum()) for r, h in held.items() if r != "one_shift_a_day"}
    alone = {r: int((f & ~busy).sum()) for r, f in freed.items() if r != "one_shift_a_day"}
    counts = ", ".join(f"{RULES[r]} {n}" for r, n in sorted(rest.items(), key=lambda x: -x[1]) if n)
    idle = len(busy) - int(busy.sum())
    told = f"Nobody is free: {int(busy.sum())} of {len(busy)} work that day"
    told += (
        f"; of the other {idle}, held back by {counts}."
        if counts
        else f"; the other {idle} are held back by several rules."
        if idle
        else "."
    )
    rule = max(alone, key=lambda r: alone[r])
    if alone[rule]:
        return rule, f"{told} Without {RULES[rule]}, {alone[rule]} could come."
    return ("several" if idle else "one_shift_a_day"), f"{told} No single rule would free anybody." if idle else told


def explain_open(
    problem: ScheduleProblem, assigned: Mapping[str, Sequence[PlannedShift]], open_shifts: Sequence[PlannedShift]
) -> pd.DataFrame:
    """Tell for each open shift why nobody takes it.

    Returns
    -------
    pandas.DataFrame
        ``date, pattern, queue, start, binding_rule, reason, cost_one_more`` (wage of the cheapest contract that allows
        the shift), in the order of `open_shifts`.
    """
    case = Case(problem, assigned, pd.DataFrame(columns=["queue", "start", "on_phone", "required"]))
    index = {s.key: i for i, s in enumerate(problem.shifts)}
    rows = []
    for p in open_shifts:
        i = index[p.shift.key]
        columns = _of_day(case, np.array([i]), p.shift.day)[1]
        barriers = case.barriers(p.shift.day, p.queue)
        free = np.flatnonzero(barriers.count[:, columns[0]] == 0)
        if len(free):
            first = case.names[problem.staff[free[0]].id]
            rule, reason = (
                "cost",
                f"No rule forbids it: {len(free)} could take it ({first} first); the plan costs less with it open.",
            )
        else:
            rule, reason = _binding([(barriers, columns)])
        cost = float(case.hire_wages[i] * case.weights[i])
        rows.append((p.shift.date, p.shift.pattern, p.queue, problem.grid.time(p.shift.start), rule, reason, cost))
    return pd.DataFrame(rows, columns=["date", "pattern", "queue", "start", "binding_rule", "reason", "cost_one_more"])

"""Why a stretch is short and why a shift stays open: the rule that binds, and what one more agent there costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from ...forecast.progress import Watch
from ..problem.problem import ScheduleProblem
from ..problem.shifts import PlannedShift
from .short_stretches import ShortPlan, ShortStretch, stretches
from .what_holds_back import RULES, Barriers

ENOUGH_MIN = 120
"""Minutes of a stretch that a shift must cover to count as help: a full stretch may be longer than any shift."""

MOST_BY_BREAK = 0.5
"""Share of a stretch's missing agent-hours that a moved break must mend to be the answer, 0 to 1: most of it."""

COLUMNS = [
    "queue", "start", "end", "under", "under_agent_hours", "binding_rule", "detail", "cost_one_more", "who", "gain_h",
]  # fmt: skip
OPEN_COLUMNS = ["date", "pattern", "queue", "start", "binding_rule", "reason", "cost_one_more"]


@dataclass(frozen=True)
class OneMoreAgent:
    """A way to get one more agent: the binding rule, its text, the cost (None = cannot be bought), the person, and the
    agent-hours on the phone that the stretch gains."""

    rule: str
    detail: str
    cost: float | None = None
    who: str = ""
    hours: float = 0.0


def explain(
    problem: ScheduleProblem, assigned: Mapping[str, Sequence[PlannedShift]], coverage: pd.DataFrame, *,
    most: int = 400, watch: Watch | None = None,
) -> pd.DataFrame:  # fmt: skip
    """Find for each short stretch a way to get one more agent there, tried on the plan itself.

    First choice: a moved break that mends most of the stretch and takes no service elsewhere; a finished plan has none
    left. Second: a shift for somebody who is free. Last: the rule whose removal frees most people, and the price of a
    new hire.

    Parameters
    ----------
    assigned
        Agent (or shift id of an anonymous plan) → shifts.
    coverage
        The table of coverage.csv with typed times.
    most
        How many stretches to explain, the largest shortages first.
    watch
        A stop ends the work with the stretches explained so far.

    Returns
    -------
    pandas.DataFrame
        ``queue, start, end, under`` (agents at worst), ``under_agent_hours, binding_rule, detail, cost_one_more``
        (money; NaN where nobody can be there), ``who``, ``gain_h`` (agent-hours on the phone there; 0 where nobody can
        be); ordered by agent-hours short.
    """
    plan = ShortPlan(problem, assigned, coverage)
    rows = []
    for s in stretches(plan)[:most]:
        if watch is not None and watch.stopped:
            break
        reach, moved = Reach.of(plan, s), _by_break(plan, s)
        hours = s.under_slots * problem.grid.hours
        if moved is not None and moved.hours >= MOST_BY_BREAK * hours:
            answer = moved
        else:
            answer = _by_person(reach) or _by_rule(reach)
            if moved is not None:
                answer = replace(answer, detail=f"{answer.detail} A moved break helps a little: {moved.detail}")
        times = problem.grid.time(s.start), problem.grid.time(s.end)
        detail = " ".join(filter(None, (answer.detail, plan.floor(s), plan.pooled(s))))
        rows.append((s.queue, *times, s.under, hours, answer.rule, detail, answer.cost, answer.who, answer.hours))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"cost_one_more": "float64"})


def _by_break(plan: ShortPlan, stretch: ShortStretch) -> OneMoreAgent | None:
    """Take the move of a break in the stretch that lowers the shortage most, for no money and no service elsewhere."""
    mine, starts, ends = plan.on_one_queue.get(stretch.queue, ([], np.zeros(0), np.zeros(0)))
    near = np.flatnonzero((starts < stretch.end) & (ends > stretch.start)).tolist()
    move = plan.breaks(stretch.queue).best((mine[i] for i in near), stretch.start, stretch.end)
    if move is None:
        return None
    who, hours = plan.names.get(move.agent, move.agent), move.gain * plan.problem.grid.hours
    clock = [f"{plan.problem.grid.time(s):%H:%M}" for s in (move.now, move.to)]
    kind = move.planned.shift.breaks[move.number][3]
    detail = (
        f"{who} could take the {kind} of {clock[0]} at {clock[1]}: {hours:.2g} agent-hours less short, for no money."
    )
    return OneMoreAgent("break_window", detail, 0.0, move.agent, hours)


@dataclass(frozen=True)
class Reach:
    """The shifts that can be on the phone for two hours of a stretch (or for as long as any can), C of them.

    Attributes
    ----------
    chosen
        Their positions in the problem's shifts, shape (C,).
    there
        Slots of the stretch each can be on the phone, shape (C,).
    """

    plan: ShortPlan
    stretch: ShortStretch
    chosen: np.ndarray
    there: np.ndarray

    @classmethod
    def of(cls, plan: ShortPlan, stretch: ShortStretch) -> Reach:
        """Choose the shifts."""
        there = plan.there(stretch.start, stretch.end)
        enough = min(int(there.max(initial=0)), max(1, ENOUGH_MIN // plan.problem.grid.minutes))
        chosen = np.flatnonzero((there >= enough) & (there > 0))
        return cls(plan, stretch, chosen, there[chosen])

    @cached_property
    def barriers(self) -> Barriers:
        """The rules that bar each person from each shift, shape (agents, C)."""
        return self.plan.barriers(self.stretch.queue, self.chosen)

    @cached_property
    def costs(self) -> np.ndarray:
        """The cost of each shift with each agent, shape (agents, C)."""
        return np.asarray(self.plan.rostered.wages[:, None] * self.plan.weights[self.chosen])

    def told(self, at: int) -> str:
        """Return the `at`-th shift in words."""
        hour, shift = self.plan.problem.grid.hours, self.plan.problem.shifts[int(self.chosen[at])]
        there, whole = self.there[at] * hour, (self.stretch.end - self.stretch.start) * hour
        return f"{shift.pattern} on {shift.date} ({there:g} of {whole:g} h there)"

    def hours(self, at: int) -> float:
        """Return the hours of the stretch that the `at`-th shift can be on the phone."""
        return float(self.there[at] * self.plan.problem.grid.hours)


def _by_person(reach: Reach) -> OneMoreAgent | None:
    """Find a person whom no rule bars from a shift there, at the least money per slot on the phone."""
    if not reach.plan.problem.staff or not len(reach.chosen):
        return None
    free = reach.plan.free(reach.stretch.queue, reach.chosen)
    if not free.any():
        return None
    # Of each shift the cheapest free person, the first of several; then the cheapest of these pairs, the first again.
    wages, weights = reach.plan.rostered.wages, reach.plan.weights[reach.chosen]
    order = np.argsort(wages, kind="stable")
    person = order[free[order].argmax(axis=0)]
    price = np.where(free.any(axis=0), wages[person] * weights / reach.there, np.inf)
    at = min(np.flatnonzero(price == price.min()).tolist(), key=lambda i: (person[i], i))
    agent, cost = reach.plan.problem.staff[int(person[at])], float(wages[person[at]] * weights[at])
    others = int(free.any(axis=1).sum()) - 1
    more = f"; {others} more could come" if others else ""
    who, shift = reach.plan.names[agent.id], reach.told(int(at))
    told = f"No rule forbids it: {who} is free for {shift} at {cost:.2f}{more}."
    return OneMoreAgent("cost", told, cost, agent.id, reach.hours(int(at)))


def _by_rule(reach: Reach) -> OneMoreAgent:
    """Name the rule that holds back most people alone, and the cheapest hire."""
    plan = reach.plan
    hire = plan.hire_wages[reach.chosen] * plan.weights[reach.chosen]
    if not np.isfinite(hire).any():
        return OneMoreAgent("shifts", "No shift of any contract can be on the phone then.")
    best = int(np.argmin(hire / reach.there))
    new = f"One more person on {reach.told(best)} costs {hire[best]:.2f}."
    if not plan.problem.staff:
        return OneMoreAgent("cost", new, float(hire[best]), "one more shift", reach.hours(best))
    rule, told = binding(reach.barriers, reach.costs)
    return OneMoreAgent(rule, f"{told} {new}", float(hire[best]), "new hire", reach.hours(best))


def binding(barriers: Barriers, costs: np.ndarray) -> tuple[str, str]:
    """Return the rule without which most people could take one of the shifts, and the counts, as text.

    A tie goes to the rule that frees the cheapest person. People who work that day count as working, not as held back.
    ``several``: no single rule would free anybody.
    """
    busy = np.asarray(barriers.by_rule["one_shift_a_day"].all(axis=1))
    others = [r for r in RULES if r != "one_shift_a_day"]
    alone = {r: barriers.by_rule[r] & (barriers.count == 1) & ~busy[:, None] for r in others}
    freed = {r: int(pairs.any(axis=1).sum()) for r, pairs in alone.items()}
    held = {r: int((barriers.by_rule[r].all(axis=1) & ~busy).sum()) for r in others}
    idle = int((~busy).sum())
    told = f"Nobody is free: {len(busy) - idle} of {len(busy)} work that day"
    if not idle:
        return "one_shift_a_day", f"{told}."
    counts = ", ".join(f"{RULES[r]} {n}" for r, n in sorted(held.items(), key=lambda x: -x[1]) if n)
    told += f"; of the other {idle}, held back by {counts or 'one rule or another'}."
    rule = max(others, key=lambda r: (freed[r], -float(np.min(costs, where=alone[r], initial=np.inf))))
    if not freed[rule]:
        return "several", f"{told} No single rule would free anybody."
    return rule, f"{told} Without {RULES[rule]}, {freed[rule]} could come."


def explain_open(
    problem: ScheduleProblem, assigned: Mapping[str, Sequence[PlannedShift]], open_shifts: Sequence[PlannedShift]
) -> pd.DataFrame:
    """Return for each open shift the reason why nobody takes it.

    Returns
    -------
    pandas.DataFrame
        ``date, pattern, queue, start, binding_rule, reason, cost_one_more`` (wage of the cheapest contract that allows
        the shift), in the order of `open_shifts`.
    """
    plan = ShortPlan(problem, assigned, pd.DataFrame(columns=["queue", "start", "on_phone", "required"]))
    index = {s.key: i for i, s in enumerate(problem.shifts)}
    rows = []
    for p in open_shifts:
        i = index[p.shift.key]
        barriers = plan.barriers(p.queue, np.array([i]))
        free = np.flatnonzero(barriers.count[:, 0] == 0)
        if len(free):
            first = plan.names[problem.staff[free[0]].id]
            told = f"No rule forbids it: {len(free)} could take it ({first} first); no plan was found that gains by it."
            rule = "cost"
        else:
            rule, told = binding(barriers, plan.rostered.wages[:, None] * plan.weights[i])
        cost = float(plan.hire_wages[i] * plan.weights[i]) if np.isfinite(plan.hire_wages[i]) else np.nan
        rows.append((p.shift.date, p.shift.pattern, p.queue, problem.grid.time(p.shift.start), rule, told, cost))
    return pd.DataFrame(rows, columns=OPEN_COLUMNS)

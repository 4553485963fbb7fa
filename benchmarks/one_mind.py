"""Planner and judge of one mind: a random desk planned, judged, counted again, compared with neighbours."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.neighbours import Counted, Weeks, neighbours
from benchmarks.random_desks import Desk
from busyhour.app.inputs import Inputs
from busyhour.app.run import plan
from busyhour.forecast.errors import InputError
from busyhour.schedule.judge.check import check
from busyhour.schedule.judge.shifts import Worked
from busyhour.schedule.optimise.status import Infeasible, NothingFound
from busyhour.schedule.problem.problem import ScheduleProblem
from busyhour.schedule.rules.may_work import may_work
from busyhour.schedule.rules.number_of_days import NumberOfDays
from busyhour.schedule.rules.registry import rules_of

CENT = 0.01
"""Money by which two costs may differ: sums of floats, prices with two decimals."""


@dataclass
class Tried:
    """What became of a desk.

    Attributes
    ----------
    end
        ``planned``, ``input`` (refused before planning), ``conflict`` (code 4) or ``nothing`` (code 6).
    faults
        What must not be: a plan refused, a cost that is not the counted one, a legal neighbour that the planner forbids
        though it is cheaper, a conflict told where the judge passes an empty plan.
    cheaper
        Kinds of moves to cheaper neighbours that the planner knows too: the search ended before them.
    """

    end: str
    told: str = ""
    faults: list[str] = field(default_factory=list)
    cheaper: Counter[str] = field(default_factory=Counter)
    saving: float = 0.0


def tried(desk: Desk, moves: int) -> Tried:
    """Plan and judge a desk, and look at `moves` neighbours of the plan."""
    with tempfile.TemporaryDirectory() as name:
        try:
            inputs = desk.inputs(Path(name))
            outcome = plan(inputs)
        except InputError as error:
            return Tried("input", f"{error.file}: {error.what}")
        except Infeasible as error:
            return _conflict(desk, Path(name), error)
        except NothingFound:
            return Tried("nothing")
    found = Tried("planned")
    found.faults += [f"refused: {violation}" for violation in outcome.verdict.violations]
    judged = raw_inputs(inputs)
    counted = Counted.of(outcome.decision.activity, judged, desk.tables, outcome.roster)
    cost = outcome.decision.cost_wages + outcome.decision.cost_prices
    if abs(counted.cost() - cost) > CENT:
        found.faults.append(f"cost {cost:.2f}, counted {counted.cost():.2f}")
    if found.faults:
        return found
    best = 0.0
    for kind, weeks in neighbours(counted, np.random.default_rng(desk.number), moves):
        change = counted.change(weeks)
        if change < -CENT and counted.legal(weeks):
            why = objections(outcome.decision.problem, weeks)
            if why and not counted.doubtful(weeks):
                found.faults.append(f"{kind} of {', '.join(weeks)} saves {-change:.2f}, forbidden by {', '.join(why)}")
            elif not why:
                found.cheaper[kind] += 1
                best = min(best, change)
    found.saving = -best / max(cost, 1.0)
    found.faults = found.faults[:3]
    return found


def raw_inputs(inputs: Inputs) -> dict[str, object]:
    """Return what the judge reads."""
    return {"plan": inputs.plan, "week": inputs.week, **inputs.texts}


def _conflict(desk: Desk, folder: Path, error: Infeasible) -> Tried:
    """Return a conflict, with a fault where an empty plan would break no rule."""
    inputs = desk.inputs(folder)
    empty = pd.DataFrame(columns=["agent", "start", "end", "activity", "queue"])
    faults = [f"conflict told, yet nobody has to work: {error}"] if check(empty, raw_inputs(inputs)).passed else []
    return Tried("conflict", str(error), faults)


@dataclass(frozen=True)
class _Made:
    """A worked shift as the planner's rules read it."""

    shift: object
    day: int
    minute: int
    paid_h: float


def objections(problem: ScheduleProblem, weeks: Weeks) -> list[str]:
    """Return by which rules the planner forbids the weeks; [] = the planner could have made them."""
    agents, why = {a.id: a for a in problem.staff}, list[str]()
    for name, shifts in weeks.items():
        agent = agents[name]
        known = {(s.date, s.family, s.start): s for s in problem.shifts}
        made = []
        for worked in shifts:
            start = _slot(problem, worked)
            shift = known.get((worked.date, worked.family.name if worked.family else "", start))
            if shift is None:
                why.append(f"no shift {worked.family and worked.family.name} in slot {start} of {worked.date}")
                continue
            if not may_work(problem, agent, shift):
                why.append(f"may_work {shift.pattern} on {shift.date}")
            minute = int(shift.pattern[-4:-2]) * 60 + int(shift.pattern[-2:])
            made.append(_Made(shift, shift.day, minute, shift.paid_min / 60))
        if len(made) < len(shifts):
            continue
        word = [""] * problem.grid.days
        for m in made:
            word[m.day] = m.shift.family
        rules = rules_of(problem, agent)
        why += rules.broken_by_word(word) + [k for k in rules.broken_by_shifts(made) if k != "max_start_spread_min"]
        if rules.fixed.missing(made):
            why.append("fixed missing")
        if sum(map(bool, word)) < NumberOfDays.of(problem, agent).least:
            why.append("min_days")
    return why


def _slot(problem: ScheduleProblem, worked: Worked) -> int:
    """Return the planner's slot of a start in real minutes."""
    first = problem.grid.first
    moment = pd.Timestamp(worked.start * 60, unit="s", tz=None if first.tz is None else "UTC")
    return int((moment - first) / pd.Timedelta(minutes=problem.grid.minutes))


def summed(ends: Sequence[Tried]) -> Mapping[str, int]:
    """Return how often each end and each fault came."""
    out = Counter(t.end for t in ends)
    out.update("with faults" for t in ends if t.faults)
    out.update("with cheaper neighbours" for t in ends if t.cheaper)
    return out

"""The cheapest staffing of one week at several goals, and what a point of service costs between them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Stopped, Watch
from ...forecast.queueing.goal.targets import BEYOND, ServiceGoal
from ...schedule.optimise.status import Refused
from ...schedule.plan.decide import decide
from ...schedule.plan.decision import Decision
from ...schedule.plan.goal_price import point_prices
from ..gap import is_reached
from ..inputs.inputs import Inputs
from ..judging import judged
from ..run import decisive, predict, problem_of, requirement_of, service_data, settings_of

DAYS = ("special_days",)
"""Tables that the judge of a plan without names reads."""


@dataclass(frozen=True, eq=False)
class GoalCurve:
    """The cheapest staffing at each of several goals.

    Attributes
    ----------
    inputs
        The week.
    named
        Whether the folder's own people work the shifts.
    table
        A row per goal, as `goals.csv` holds them (`app/goals/tables.csv`).
    notes
        What the reader should know, a sentence each.
    stopped
        Whether the user stopped the work: goals that come after are left out.
    """

    inputs: Inputs
    named: bool
    table: pd.DataFrame
    notes: tuple[str, ...] = ()
    stopped: bool = False


@dataclass(frozen=True, eq=False)
class _Point:
    """One goal and its plan."""

    text: str
    goals: Mapping[str, ServiceGoal] = field(repr=False)
    found: Decision = field(repr=False)
    point: Mapping[str, float] = field(repr=False)


def goal_curve(inputs: Inputs, texts: Sequence[str], watch: Watch, *, people: bool = False) -> GoalCurve:
    """Plan the week of `inputs` at each of several goals and compare what it costs.

    Each goal is planned by itself with the time limit of ``[solve]``, from one forecast: shifts without names (wages of
    `costs.cost_h`), or with `people` the weeks of the folder's own. A goal over a month or a contract is planned over
    the week, with nothing banked and no ladder: the curve is of the goal, not of the month so far.

    Parameters
    ----------
    texts
        Goals like ``80/20`` (all queues) or ``NAME=80/20`` (that queue alone, the others keep their own).

    Raises
    ------
    InputError
        On fewer than two goals, a goal named twice, or inputs that contradict each other.
    Refused
        If the judge objects to a plan.
    Stopped
        If the user stopped before any goal had its plan.
    """
    asked = [(text, _goals(inputs, text)) for text in texts]
    if len(asked) < 2 or len({text for text, _ in asked}) < len(asked):
        raise InputError("a curve needs two different goals at least", column="--goal", value=" ".join(texts),
                         mend="Name --goal several times: --goal 70/20 --goal 80/20 --goal 90/20")  # fmt: skip
    if people and not inputs.people:
        raise InputError("nobody is on staff", column="--people", mend="Add staff.csv, or leave --people out")
    volume, points = predict(inputs, watch).volume, []
    for text, goals in asked:
        if watch.stopped:
            break
        watch.tell("goal", text)
        try:
            points.append(_planned(_with_goals(inputs, goals), volume, text, watch, people=people))
        except Stopped:
            break
    if not points:
        raise Stopped
    told = "planned without names, at cost_h an hour: --people plans the weeks of those on staff"
    notes = () if people or not inputs.people else (told,)
    return GoalCurve(inputs, people, _table(inputs, points), notes, watch.stopped)


def _goals(inputs: Inputs, text: str) -> dict[str, ServiceGoal]:
    """Return the goal of every queue: level and time as asked, all else as in plan.toml."""
    own = {name: queue.goal for name, queue in inputs.config.queue.items()}
    alone, _, goal = text.rpartition("=")
    if alone and alone not in own:
        raise InputError("unknown queue", column="--goal", value=alone, mend=f"One of {', '.join(own)}")
    asked = ServiceGoal.parse(goal)
    other = {
        name: replace(g, level=asked.level, within_s=asked.within_s, floor=min(g.floor, asked.level))
        for name, g in own.items()
        if name == (alone or name)
    }
    return own | other


def _with_goals(inputs: Inputs, goals: Mapping[str, ServiceGoal]) -> Inputs:
    """Return inputs with other goals, none of them reaching beyond the week."""
    inside = {n: replace(g, basis="week") if g.basis in BEYOND else g for n, g in goals.items()}
    queues = {
        name: queue.model_copy(update={"goal": inside[name], "period": None})
        for name, queue in inputs.config.queue.items()
    }
    return replace(inputs, config=inputs.config.model_copy(update={"queue": queues}))


def _planned(inputs: Inputs, volume: pd.DataFrame, text: str, watch: Watch, *, people: bool) -> _Point:
    """Plan the week at its goals."""
    needed = requirement_of(inputs, volume, watch)
    problem = problem_of(inputs, needed.requirement, decisive(inputs.config, needed.curves))
    problem = problem if people else replace(problem, staff=())
    found = decide(problem, service_data(inputs, needed.curves, volume), settings_of(inputs.config), watch)
    texts = inputs.texts if people else {k: v for k, v in inputs.texts.items() if k in DAYS}
    verdict = judged(
        found.activity, inputs.plan, texts, inputs.week, coverage=found.coverage,
        wages=found.cost_wages if people else None,
    )  # fmt: skip
    if not verdict.passed:
        raise Refused([str(v) for v in verdict.violations])
    goals = {name: queue.goal for name, queue in inputs.config.queue.items()}
    return _Point(text, goals, found, point_prices(found.problem, watch))


def _table(inputs: Inputs, points: Sequence[_Point]) -> pd.DataFrame:
    """Return a row per goal, in the order of level and time; prices of a point between neighbours of equal time."""
    rows = [_row(inputs, p) for p in points]
    rows.sort(key=lambda r: (r["within_s"], r["level"], r["goal"]))
    for low, high in pairwise(rows):
        more = 100.0 * (high["level"] - low["level"])
        if low["within_s"] == high["within_s"] and more > 0.0 and low["queue"] == high["queue"]:
            high["point_from"] = (high["cost"] - low["cost"]) / more
            if high["bound"] is not None and low["bound"] is not None:
                high["point_least"] = max(0.0, (high["bound"] - low["cost"]) / more)
                high["point_most"] = (high["cost"] - low["bound"]) / more
    return pd.DataFrame(rows)


def _row(inputs: Inputs, p: _Point) -> dict[str, Any]:
    """Return the figures of one goal."""
    alone, _, _ = p.text.rpartition("=")
    goal = p.goals[alone or next(iter(p.goals))]
    found, service = p.found, p.found.expected
    weeks = service[(service["period"] == "week") & (service["calls"] > 0)]
    simulated = None if found.simulation is None else _pooled(found)
    cost, bound = found.cost_wages + found.cost_prices, found.solved.bound
    misses, calls = found.missed, float(weeks["calls"].sum())
    points = [price for name, price in p.point.items() if name == (alone or name)]
    return {
        "goal": p.text, "queue": alone, "level": goal.level, "within_s": goal.within_s,
        "basis": goal.basis, "cost": cost, "wages": found.cost_wages, "bound": bound, "gap": found.solved.gap,
        "reached": int(is_reached(found.solved.status, found.solved.gap, inputs.config.solve.gap)),
        "paid_hours": found.paid_hours,
        "expected": float((weeks["expected"] * weeks["calls"]).sum()) / calls if calls > 0.0 else math.nan,
        "simulated": math.nan if simulated is None else simulated,
        "goals_missed": sum(not m.is_floor for m in misses), "floors_missed": sum(m.is_floor for m in misses),
        "point_price": sum(points) if points else math.nan,
        "point_from": math.nan, "point_least": math.nan, "point_most": math.nan,
    }  # fmt: skip


def _pooled(found: Decision) -> float | None:
    """Return the simulated service of the week, queues weighted by calls."""
    if found.simulation is None:
        return None
    rows = found.simulation.service
    rows = rows[(rows["period"] == "week") & rows["simulated"].notna()]
    calls = float(rows["offered"].sum())
    return float((rows["simulated"] * rows["offered"]).sum()) / calls if calls > 0 else None

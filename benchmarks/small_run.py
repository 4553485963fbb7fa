"""One run of one small desk, in a process of its own, so that the desk can be planned by another checkout too."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from benchmarks.schedule_people import week_of
from benchmarks.small_desks import DESKS, inputs_of
from busyhour import schedule
from busyhour.app.inputs import Inputs
from busyhour.app.run import problem_of, service_data
from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import Solved
from busyhour.schedule.people.solve import compile_kernels, solve_named
from busyhour.schedule.plan.decide import decide
from busyhour.schedule.plan.settings import SolveSettings
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.problem import ScheduleProblem
from busyhour.schedule.problem.shifts import PlannedShift

SHOWN = {"named_0722_60": "0722_60", "named_24x7_60": "24x7_60"}
"""Weeks of named people in ``weeks/``, whose people also have prices of their own."""


@dataclass(frozen=True)
class Task:
    """What to plan.

    Parameters
    ----------
    name
        A made desk, a shown week, or the folder of a case.
    seconds, gap, seed, threads
        As in `SolveSettings`.
    """

    name: str
    seconds: float
    seed: int
    threads: int
    gap: float = 1e-6


@dataclass(frozen=True)
class Answer:
    """What came of it.

    Attributes
    ----------
    cost, bound, status, stopped
        Of the plan.
    missing
        Quarter-hours of an agent that are missing below the need or the floor.
    money
        What the gap is worth; NaN without a bound.
    quarters
        The gap in missing quarter-hours: `money` over the price of one.
    wall_s, busy_s
        Seconds, and processor seconds, of the decision.
    where
        Where the planner's code lies.
    """

    cost: float
    bound: float | None
    status: str
    stopped: str | None
    missing: float
    money: float
    quarters: float
    wall_s: float
    busy_s: float
    where: str

    @property
    def gap(self) -> float:
        """(cost - bound) / bound; infinite where that is unknown."""
        return self.money / self.bound if self.bound else float("inf")


def run(task: Task) -> Answer:
    """Plan it here."""
    compile_kernels()
    problem, plan = _shown(task) if task.name in SHOWN else _decision(task)
    began, busy = time.monotonic(), time.process_time()
    solved, planned = plan()
    wall, busy = time.monotonic() - began, time.process_time() - busy
    if solved.cost is None:
        raise SystemExit(f"{task.name}: no plan in {task.seconds:g} s")
    heads, hours = heads_planned(problem, planned), problem.grid.hours
    before = {d.queue: problem.before.get(d.queue, np.zeros(len(problem.grid))) for d in problem.demands}
    short = sum(float(np.maximum(d.least - heads[d.queue] - before[d.queue], 0.0).sum()) for d in problem.demands)
    money = float("nan") if solved.bound is None else solved.cost - solved.bound
    price = problem.costs.under_h / 4.0
    return Answer(
        solved.cost, solved.bound, str(solved.status), None if solved.stopped is None else str(solved.stopped),
        short * hours * 4.0, money, money / price if price else float("nan"), wall, busy,
        str(next(iter(schedule.__path__))),
    )  # fmt: skip


Plan = Callable[[], tuple[Solved, list[PlannedShift]]]


def _shown(task: Task) -> tuple[ScheduleProblem, Plan]:
    """Return a shown week and how it is planned: without names in its files that a decision could take."""
    week = week_of(SHOWN[task.name])

    def plan() -> tuple[Solved, list[PlannedShift]]:
        found = solve_named(
            week.problem, watch=Watch(), time_limit_s=task.seconds, gap=task.gap, seed=task.seed,
            threads=task.threads, own_prices=week.own_prices,
        )  # fmt: skip
        return found.solved, [p for shifts in found.assigned.values() for p in shifts]

    return week.problem, plan


def _decision(task: Task) -> tuple[ScheduleProblem, Plan]:
    """Return a desk or a case and how it is decided."""
    if task.name in DESKS:
        desk = inputs_of(DESKS[task.name])
        inputs = Inputs.from_tables(desk.plan, **desk.tables)
    else:
        inputs = Inputs.from_requirement(Path(task.name) / "requirement.csv", Path(task.name) / "plan.toml")
    if inputs.requirement is None:
        raise ValueError(f"{task.name} has no requirement")
    problem = problem_of(inputs, inputs.requirement, inputs.curves)
    data = service_data(inputs, inputs.curves, None)
    settings = SolveSettings(time_limit_s=task.seconds, gap=task.gap, seed=task.seed, threads=task.threads)

    def plan() -> tuple[Solved, list[PlannedShift]]:
        found = decide(problem, data, settings, Watch())
        return found.solved, list(found.planned)

    return problem, plan


@dataclass(frozen=True)
class Planner:
    """Which code plans.

    Parameters
    ----------
    python
        Interpreter that has the product.
    checkout
        Another checkout of the product, whose code is taken instead of the interpreter's own; None = its own.
    """

    python: str = sys.executable
    checkout: Path | None = None

    def answer(self, task: Task) -> Answer:
        """Plan in a process of its own.

        Raises
        ------
        SystemExit
            With the last lines of the process if it failed, or if the code it ran is not that of the checkout.
        """
        env = dict(os.environ)
        if self.checkout is not None:
            env["PYTHONPATH"] = str(self.checkout / "typings")
        done = subprocess.run(
            [self.python, "-m", "benchmarks.small_run", json.dumps(asdict(task))], env=env, capture_output=True,
            text=True, encoding="utf-8", check=False,
        )  # fmt: skip
        if done.returncode:
            sys.exit("\n".join([f"{task.name} failed:", *done.stderr.splitlines()[-12:]]))
        found = Answer(**json.loads(done.stdout.splitlines()[-1]))
        if self.checkout is not None and self.checkout.resolve() not in Path(found.where).resolve().parents:
            sys.exit(f"{self.checkout} was to plan, but the code of {found.where} did")
        return found


if __name__ == "__main__":
    print(json.dumps(asdict(run(Task(**json.loads(sys.argv[1]))))))

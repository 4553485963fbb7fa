"""Sections ``named``, ``skills`` and ``large`` of ``python -m benchmarks.schedule``: made weeks of named people."""

from __future__ import annotations

import argparse
import dataclasses
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.weeks import WEEKS, NamedWeek, read_week
from busyhour.app.files import write_csv
from busyhour.forecast.progress import Watch
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.problem import Demand, ScheduleProblem

if TYPE_CHECKING:  # an older checkout, planned with for comparison, has no such file
    from busyhour.schedule.people.named_plan import NamedPlan


@dataclass(frozen=True)
class Line:
    """A named week: how near to the best proven bound it must come, in how long, and the bound and plan known."""

    week: str
    gap: float
    seconds: float
    bound: float
    plan: float


LINES = (
    Line("0722_60", 0.04, 30.0, 2968.3, 3073.7),
    Line("0722_250", 0.006, 30.0, 11703.0, 11751.0),
    Line("0722_1000", 0.005, 60.0, 47321.8, 47497.2),
    Line("24x7_60", 0.06, 30.0, 2524.8, 2652.0),
    Line("24x7_250", 0.015, 30.0, 10090.9, 10192.0),
    Line("24x7_1000", 0.012, 60.0, 41419.2, 41810.6),
)


def week_of(week: str) -> NamedWeek:
    """Return a named week."""
    kind = week.split("_")[0]
    return read_week(WEEKS / f"named_{week}.csv", WEEKS / f"staff_{week}.csv", WEEKS / f"named_{kind}.toml")


def search(week: NamedWeek, seconds: float, asked: argparse.Namespace) -> tuple[NamedPlan, str]:
    """Plan a week; also return what is told of the run."""
    run = partial(solve_named, week.problem, watch=Watch(), seed=asked.seed, own_prices=week.own_prices)
    run(time_limit_s=1.0)  # loads and compiles
    began, busy = time.monotonic(), time.process_time()
    plan = run(time_limit_s=seconds, gap=asked.gap, threads=2)
    took, busy = time.monotonic() - began, time.process_time() - busy
    solved = plan.solved
    return plan, f"cost {solved.cost:,.1f}  own bound {solved.bound:,.1f}  {took:.1f} s, processor {busy:.1f} s"


def judged(week: str, plan: NamedPlan, problem: ScheduleProblem, judges: Path | None) -> str:
    """Return what the judge of named weeks outside the project says."""
    tool = None if judges is None else judges / "check_named.py"
    if tool is None or not tool.exists():
        return "skipped"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "activity.csv"
        write_csv(path, activity(plan.assigned, problem.grid))
        files = [WEEKS / f"named_{week}.csv", WEEKS / f"staff_{week}.csv", WEEKS / "shift_families.csv", path]
        extra = ["--cyclic"] if problem.cyclic else []
        done = subprocess.run([sys.executable, tool, *files, *extra], capture_output=True, text=True,
                              encoding="utf-8", check=False)  # fmt: skip
    return (done.stdout.splitlines() or done.stderr.splitlines() or ["no answer"])[-1]


def named(asked: argparse.Namespace) -> None:
    """Plan and judge the named weeks."""
    for line in LINES:
        if asked.week and line.week not in asked.week:
            continue
        week = week_of(line.week)
        plan, told = search(week, asked.seconds or line.seconds, asked)
        bound = max(plan.solved.bound or 0.0, line.bound)
        gap = ((plan.solved.cost or np.inf) - bound) / bound
        sound = "" if (plan.solved.bound or 0.0) <= line.plan else "  OWN BOUND ABOVE A KNOWN PLAN"
        print(f"named {line.week:<10} {told}  gap {100 * gap:.2f} %  goal {100 * line.gap:g} % "
              f"{'reached' if gap <= line.gap else 'missed'}{sound}\n{'':<16} outside: "
              f"{judged(line.week, plan, week.problem, asked.judges)}", flush=True)  # fmt: skip


def skills(asked: argparse.Namespace) -> None:
    """Plan 250 people round the clock of whom 118 work queue a, 55 queue b and 77 both, who is drawn by the seed."""
    week = week_of("24x7_250")
    problem = week.problem
    rng = np.random.default_rng(asked.seed)
    kinds = rng.permutation(["a"] * 118 + ["b"] * 55 + ["ab"] * 77)
    staff = tuple(
        dataclasses.replace(agent, skills=dict.fromkeys(kind, 1.0))
        for agent, kind in zip(problem.staff, kinds.tolist(), strict=True)
    )
    whole = problem.demands[0]
    share = (118 + 77 / 2) / 250
    needs = {"a": np.round(share * whole.need)}
    needs["b"] = whole.need - needs["a"]
    demands = tuple(Demand(q, whole.goal, whole.open, n, whole.lower, whole.calls) for q, n in needs.items())
    problem = dataclasses.replace(problem, staff=staff, demands=demands)
    plan, told = search(NamedWeek(problem, week.own_prices), asked.seconds or 90.0, asked)
    gap = plan.solved.gap or np.inf
    shifts = [p for mine in plan.assigned.values() for p in mine]
    heads = heads_planned(problem, shifts)
    short = sum(float(np.maximum(n - heads[q], 0).sum()) for q, n in needs.items())
    wrong = sum(not set(p.queues) <= set(a.skills) for a in staff for p in plan.assigned[a.id])
    print(f"two skills, 250  {told}  gap {100 * gap:.2f} %  goal 1.5 % {'reached' if gap <= 0.015 else 'missed'}")
    print(f"{'':<16} {short:g} agent-quarters short, {sum(len(p.moves) for p in shifts)} moves between queues in "
          f"{len(shifts)} shifts, {wrong} shifts without the skill; rules outside (both queues as one): "
          f"{judged('24x7_250', plan, problem, asked.judges)}", flush=True)  # fmt: skip


def large(asked: argparse.Namespace) -> None:
    """Plan 3,000 people round the clock: the 1,000 three times, their need times three."""
    week = week_of("24x7_1000")
    problem = week.problem
    staff = tuple(dataclasses.replace(a, id=f"{a.id}-{copy}") for copy in range(3) for a in problem.staff)
    demand = problem.demands[0]
    problem = dataclasses.replace(problem, staff=staff, demands=(dataclasses.replace(demand, need=3.0 * demand.need),))
    prices = {f"{agent}-{copy}": price for copy in range(3) for agent, price in week.own_prices.items()}
    plan, told = search(NamedWeek(problem, prices), asked.seconds or 120.0, asked)
    gap = plan.solved.gap or np.inf
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"3,000 people     {told}  gap {100 * gap:.2f} %  aim 1 % {'reached' if gap <= 0.01 else 'missed'}; "
          f"memory {memory:.2f} GiB", flush=True)  # fmt: skip

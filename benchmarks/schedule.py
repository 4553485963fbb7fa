"""Shifts, breaks and lunches of made test weeks: ``python -m benchmarks.schedule [SECTION ...]``.

Sections: ``cover`` plans the weeks of ``weeks/`` with the goal held in each quarter of an hour, ``day`` one of them
with the goal held over each day, ``build`` times the model of the week round the clock; nobody is named in these.
``named``, ``skills`` and ``large`` plan named people. Plans without names are judged from their activity by the
product's judge and recounted slot by slot; ``--judges DIR`` has tools outside the project judge, skipped where absent.
"""

from __future__ import annotations

import argparse
import dataclasses
import subprocess
import sys
import tempfile
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from benchmarks.schedule_people import large, named, skills
from benchmarks.weeks import WEEKS, Rows, read_demand
from busyhour.app.config.plan_toml import read_plan
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing import performance, service_curve
from busyhour.schedule.cover.frame import CoverFrame
from busyhour.schedule.cover.model import build
from busyhour.schedule.cover.part import whole_week
from busyhour.schedule.cover.result import Cover
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.judge.check import check
from busyhour.schedule.plan.activity import activity, anonymous
from busyhour.schedule.problem.demand import demand
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import ScheduleProblem

AHT_S, WITHIN_S, LEVEL = 300.0, 20.0, 0.8
DAY_WEEK, BUILD_WEEK = "week_0722_50", "week_24x7_1000"


@dataclass(frozen=True)
class Line:
    """A week of the cover section: how near to its bound it must come, and in how long."""

    week: str
    gap: float
    seconds: float


LINES = (
    Line("week_0722_50", 0.0005, 30.0),
    Line("week_0722_200", 0.0005, 30.0),
    Line("week_0722_1000", 0.0005, 30.0),
    Line("week_24x7_1000", 0.001, 60.0),
    Line("week_24x7_200", 0.002, 60.0),
    Line("week_24x7_50", 0.005, 60.0),
)


def rules_of(week: str) -> Path:
    """Return the file of rules of a week."""
    return WEEKS / f"cover_{week.split('_')[1]}.toml"


def read_problem(week: str, *, by_day: bool = False) -> ScheduleProblem:
    """Return the problem of a week; `by_day` the goal holds over each day, every slot on its floor, by Erlang C."""
    config, _ = read_plan(rules_of(week))
    path = WEEKS / f"{week}.csv"
    grid, asked = read_demand(path, config)
    if by_day:
        rows = Rows.of(path)
        load = np.array(rows.read("load_erl", float, "a load in erlang"))
        table = pd.DataFrame({"queue": asked.queue, "start": grid.starts, "agents_phone": asked.need,
                              "open": asked.open.astype(int), "calls": load * grid.minutes * 60.0 / AHT_S,
                              "handle_s": AHT_S})  # fmt: skip
        table = table[asked.open]
        goal = dataclasses.replace(asked.goal, basis="day", floor=0.5)
        curve = service_curve(table, interval_min=grid.minutes, model="erlang_c", within_s=WITHIN_S)
        asked = demand(table, curve, goal, Horizon(grid), grid.minutes, 0.0)
    return ScheduleProblem(Horizon(grid), (asked,), config.shift, {}, (), config.rules, config.costs, config.cyclic)


def heads_of(rows: pd.DataFrame, problem: ScheduleProblem) -> np.ndarray:
    """Return the heads on the phone per slot, recounted from the activity."""
    heads = np.zeros(len(problem.grid), dtype=np.int64)
    first = problem.grid.starts[0]
    for row in rows[rows["activity"] == "phone"].itertuples():
        a, b = (int((t - first) / pd.Timedelta(minutes=problem.grid.minutes)) for t in (row.start, row.end))
        slots = np.arange(a, b)
        np.add.at(heads, slots % len(heads) if problem.cyclic else slots, 1)
    return heads


def judged(week: str, problem: ScheduleProblem, rows: pd.DataFrame) -> str:
    """Return what the product's judge and a recount say."""
    plan = tomllib.loads(rules_of(week).read_text(encoding="utf-8"))
    verdict = check(rows, {"plan": plan, "week": problem.grid.dates[0].isoformat(), "days": 7})
    asked = problem.demands[0]
    short = float(np.maximum(asked.least - heads_of(rows, problem), 0.0).sum()) * problem.grid.hours
    told = f"{len(verdict.violations)} rules broken" if verdict.violations else "legal"
    return f"{told}, {verdict.paid_hours:,.1f} h paid, {short:g} h short"


def outside(week: str, rows: pd.DataFrame, judges: Path | None, *, cyclic: bool) -> str:
    """Return what a judge outside the project says."""
    tool = None if judges is None else judges / "check_week.py"
    if tool is None or not tool.exists():
        return "skipped"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "activity.csv"
        rows.to_csv(path, index=False, lineterminator="\n", date_format="%Y-%m-%dT%H:%M")
        files = [WEEKS / f"{week}.csv", WEEKS / "shift_families.csv", path]
        extra = ["--cyclic"] if cyclic else []
        done = subprocess.run([sys.executable, tool, *files, *extra], capture_output=True, text=True,
                              encoding="utf-8", check=False)  # fmt: skip
    lines = done.stdout.splitlines() or done.stderr.splitlines() or ["no answer"]
    return lines[-1]


def plan(problem: ScheduleProblem, seconds: float, asked: argparse.Namespace) -> tuple[Cover, str]:
    """Plan a week; also return seconds, processor seconds and what else is told of the run."""
    busy, began = time.process_time(), time.monotonic()
    cover = solve_cover(problem, watch=Watch(), time_limit_s=seconds, gap=asked.gap, seed=asked.seed)
    took, busy = time.monotonic() - began, time.process_time() - busy
    solved = cover.solved
    bound = "no bound" if solved.bound is None else f"bound {solved.bound:,.2f}"
    gap = "" if solved.gap is None else f"  gap {100 * solved.gap:.4f} %"
    stopped = f", stopped by {solved.stopped}" if solved.stopped else ""
    cost = "no plan" if solved.cost is None else f"cost {solved.cost:,.1f}"
    return cover, f"{cost}  {bound}{gap}  {took:.1f} s, processor {busy:.1f} s  {solved.status}{stopped}"


def cover_line(line: Line, asked: argparse.Namespace) -> None:
    """Plan and judge one week."""
    problem = read_problem(line.week)
    cover, told = plan(problem, asked.seconds or line.seconds, asked)
    gap = cover.solved.gap
    verdict = "reached" if gap is not None and gap <= line.gap else "missed"
    print(f"{line.week:<15} {told}  goal {100 * line.gap:g} % {verdict}")
    rows = activity(anonymous(cover.planned), problem.grid)
    print(f"{'':<15} judge: {judged(line.week, problem, rows)}; outside: "
          f"{outside(line.week, rows, asked.judges, cyclic=problem.cyclic)}", flush=True)  # fmt: skip


def cover_weeks(asked: argparse.Namespace) -> None:
    """Plan and judge the weeks of the section."""
    for line in LINES:
        if not asked.week or line.week in asked.week:
            cover_line(line, asked)


def day_goal(asked: argparse.Namespace) -> None:
    """Plan a week with the goal held over each day, and recount the days by Erlang C."""
    problem = read_problem(DAY_WEEK, by_day=True)
    cover, told = plan(problem, asked.seconds or 30.0, asked)
    rows = activity(anonymous(cover.planned), problem.grid)
    heads, load = heads_of(rows, problem), pd.read_csv(WEEKS / f"{DAY_WEEK}.csv")["load_erl"].to_numpy(float)
    levels = []
    for part in problem.grid.day_slices:
        at = np.flatnonzero(load[part] > 0) + part.start
        service = [performance("erlang_c", int(heads[s]), load_erl=load[s], aht_s=AHT_S, within_s=WITHIN_S) for s in at]
        level = np.array([s.service_level() for s in service])
        levels.append(float(load[at] @ level / load[at].sum()))
    print(f"{DAY_WEEK}, goal over the day: {told}")
    print(f"{'':<15} judge: {judged(DAY_WEEK, problem, rows)}; days by Erlang C: "
          f"{', '.join(f'{100 * x:.2f} %' for x in levels)}", flush=True)  # fmt: skip


def build_time(asked: argparse.Namespace) -> None:
    """Time the model of the week round the clock."""
    frame = CoverFrame(read_problem(BUILD_WEEK))
    part = whole_week(frame)
    began, busy = time.monotonic(), time.process_time()
    model = build(frame, part)
    took, busy = time.monotonic() - began, time.process_time() - busy
    print(f"{BUILD_WEEK}: model of {len(model.program.variables()):,} columns and {len(model.program.constraints()):,}"
          f" rows built in {took:.2f} s, processor {busy:.2f} s", flush=True)  # fmt: skip


SECTIONS = {
    "cover": cover_weeks,
    "day": day_goal,
    "build": build_time,
    "named": named,
    "skills": skills,
    "large": large,
}


def main() -> None:
    """Run the sections asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sections", nargs="*", choices=[*SECTIONS, []], default=[])
    parser.add_argument("--week", action="append", help="only this week of its section (may be repeated)")
    parser.add_argument("--seconds", type=float, help="time limit of each week instead of its own")
    parser.add_argument("--gap", type=float, default=1e-6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--judges", type=Path, help="folder of judges outside the project: check_week.py, check_named.py"
    )
    asked = parser.parse_args()
    for section in asked.sections or SECTIONS:
        SECTIONS[section](asked)


if __name__ == "__main__":
    main()

"""What goals and ladders cost on a folder: the curve of goals, and what a ladder saves against a price per call.

Run: ``python -m benchmarks.goals [FOLDER] [--limit SECONDS] [--goal 70/20 …]``. FOLDER is a planner's folder; without
one the sample bank. The ladder is taken from the cost of the curve itself: a step at each goal, worth half of what the
goal above costs more, so that the steps just below the first goal do not pay.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path

import pandas as pd

from busyhour.app.goals.curve import goal_curve
from busyhour.app.inputs import Inputs, RunOptions
from busyhour.app.run import decisive, predict, problem_of, requirement_of
from busyhour.forecast.progress import Watch
from busyhour.schedule.cover.solve import solve_cover
from busyhour.schedule.price.shortfall import shortfall
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.period_price import PeriodPrice
from busyhour.schedule.problem.problem import ScheduleProblem

GOALS = ("70/20", "75/20", "80/20", "85/20", "90/20", "90/10")


def main() -> None:
    """Print the curve, then the costs of one week under a ladder, planned by the ladder and by a price per call."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=Path(__file__).parents[1] / "data" / "bank")
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for each goal")
    parser.add_argument("--goal", action="append", help="goals of the curve")
    asked = parser.parse_args()
    inputs = Inputs.from_folder(asked.folder, RunOptions(time_limit_s=asked.limit))
    began, used = time.monotonic(), time.process_time()
    curve = goal_curve(inputs, asked.goal or GOALS, Watch())
    spent = f"{time.monotonic() - began:.0f} s, {time.process_time() - used:.0f} s of processor"
    columns = ["goal", "cost", "bound", "gap", "paid_hours", "simulated", "point_price", "point_from", "point_least",
               "point_most"]  # fmt: skip
    print(curve.table[columns].to_string(index=False, float_format=lambda x: f"{x:,.4g}"))
    print(f"{len(curve.table)} goals in {spent}")
    by_ladder(inputs, curve.table, asked.limit)


def by_ladder(inputs: Inputs, table: pd.DataFrame, limit_s: float) -> None:
    """Print what a week costs whose goal has a ladder, planned by it, and planned for the goal at any price."""
    needed = requirement_of(inputs, predict(inputs, Watch()).volume)
    week = {n: q.model_copy(update={"goal": replace(q.goal, basis="week")}) for n, q in inputs.config.queue.items()}
    there = replace(inputs, config=inputs.config.model_copy(update={"queue": week}))
    problem = replace(problem_of(there, needed.requirement, decisive(there.config, needed.curves)), staff=())
    steps = table[table["within_s"] == table["within_s"].mode()[0]].sort_values("level", ascending=False)
    levels, costs = steps["level"].tolist(), steps["cost"].tolist()
    worth = [0.5 * max(0.0, a - b) for a, b in zip(costs, [*costs[1:], costs[-1]], strict=True)]
    paid = with_ladder(problem, levels, worth)
    for name, priced in (("price per call", problem), ("ladder", paid)):
        began = time.monotonic()
        found = solve_cover(priced, watch=Watch(), time_limit_s=limit_s, gap=0.01)
        short = shortfall(heads_planned(paid, found.planned), paid)
        print(f"{name}: wages {found.cost_wages:,.0f}, not paid {short['ladder']:,.0f}, under {short['under']:,.0f}, "
              f"bound {found.solved.bound or 0:,.0f}, {time.monotonic() - began:.0f} s")  # fmt: skip


def with_ladder(problem: ScheduleProblem, levels: list[float], money: list[float]) -> ScheduleProblem:
    """Return `problem` with steps at `levels`, from the highest down, each worth its `money`, in every queue."""
    demands = []
    for d in problem.demands:
        if d.by_interval:
            demands.append(d)
            continue
        calls = float(d.calls[d.periods[0]].sum())
        start = tuple((levels[0] - level) * calls for level in levels)
        ladder = PeriodPrice(start, tuple(money), (0.0,) * len(levels))
        demands.append(replace(d, margin=((levels[0] - d.goal.level) * calls,), ladders=(ladder,)))
    return replace(problem, demands=tuple(demands))


if __name__ == "__main__":
    main()

"""A named test week: ``python -m benchmarks.weeks NAMED.csv STAFF.csv RULES.toml --time-limit S --out DIR``.

Reads a requirement and people as ``data/weeks`` gives them, plans with the rules of the TOML file and writes
activity.csv, roster.csv, coverage.csv and summary.json into DIR.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from busyhour.app.config import Config, read_plan
from busyhour.app.summary import versions
from busyhour.forecast.grid import Grid
from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.activity import activity, roster_table
from busyhour.schedule.coverage import heads_planned
from busyhour.schedule.named.solve import NamedPlan, solve_named
from busyhour.schedule.problem import Demand, ScheduleProblem
from busyhour.schedule.staff import Agent

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BAND_MIN, LATE_FROM, LATE_PRICE = 120, 7, 0.75
"""Bands of the day in the staff files; first late band (14:00) and the price of a late start per unit of history."""


def read_week(named: Path, staff: Path, rules: Path) -> ScheduleProblem:
    """Return the problem of a named test week."""
    config, _ = read_plan(rules)
    rows = pd.read_csv(named)
    grid = Grid(pd.Timestamp(rows["start"].iloc[0]).date(), 7, config.site.grid_min, config.site.zone)
    name, queue = next(iter(config.queue.items()))
    is_open = rows["open"].to_numpy() == 1
    need = np.where(is_open, rows["agents_phone"].to_numpy(dtype=float), 0.0)
    demand = Demand(name, queue.goal, is_open, need, np.zeros(len(need), dtype=np.int64), np.zeros(len(need)))
    persons = pd.read_csv(staff, dtype=dict.fromkeys(DAYS, str)).itertuples()
    people = tuple(_agent(row, grid, name, config) for row in persons)
    return ScheduleProblem(
        grid, (demand,), config.shift, config.contract, people, config.rules, config.costs, config.cyclic
    )


def _agent(row: Any, grid: Grid, queue: str, config: Config) -> Agent:
    """Return the person of one row of a staff file."""
    step, day = BAND_MIN // grid.minutes, 1440 // grid.minutes
    bands = [
        (d * day + b * step, d * day + (b + 1) * step)
        for d, name in enumerate(DAYS)
        for b, may in enumerate(getattr(row, name))
        if may == "1"
    ]
    prices = [float(x) for x in row.wish_cost.split()]
    late = [LATE_PRICE * row.late_history * (b >= LATE_FROM) for b in range(len(prices))]
    return Agent(
        row.agent, row.contract, {queue: 1.0}, config.costs.cost_h, run_before=int(row.run_before),
        earliest=-(-int(row.earliest_monday_min) // grid.minutes), start_in=tuple(bands),
        start_prices=tuple(p + q for p, q in zip(prices, late, strict=True)),
    )  # fmt: skip


def write(
    out: Path, problem: ScheduleProblem, plan: NamedPlan, inputs: dict[str, Path], seed: int
) -> dict[str, object]:
    """Write the run folder and return the summary."""
    out.mkdir(parents=True, exist_ok=True)
    activity(plan.assigned, problem.grid).to_csv(out / "activity.csv", index=False)
    roster_table(plan.assigned, problem.grid).to_csv(out / "roster.csv", index=False)
    demand = problem.demands[0]
    heads = heads_planned(problem, [p for shifts in plan.assigned.values() for p in shifts])[demand.queue]
    over, under = np.maximum(heads - demand.need, 0), np.maximum(demand.need - heads, 0)
    table = {"queue": demand.queue, "start": problem.grid.starts, "required": demand.need, "on_phone": heads}
    pd.DataFrame(table | {"over": over, "under": under}).to_csv(out / "coverage.csv", index=False)
    solved = plan.solved
    hashes = {k: hashlib.sha256(p.read_bytes()).hexdigest() for k, p in inputs.items()}
    summary = {
        "status": solved.status, "stopped": solved.stopped, "cost": solved.cost, "bound": solved.bound,
        "gap": solved.gap, "paid_hours": sum(p.shift.paid_min for s in plan.assigned.values() for p in s) / 60.0,
        "over_agent_hours": float(over.sum() * problem.grid.hours),
        "under_agent_hours": float(under.sum() * problem.grid.hours), "goal_basis": "interval",
        "seconds": solved.seconds, "stages": dict(plan.stages), "gap_history": [list(h) for h in solved.history],
        "seed": seed, "versions": versions(), "input_hashes": hashes,
    }  # fmt: skip
    (out / "summary.json").write_text(json.dumps(summary, indent=2) + "\n", encoding="utf-8")
    return summary


def _show(event: Event) -> None:
    found = (("best", event.best), ("bound", event.bound))
    parts = [f"{name} {value:,.1f}" for name, value in found if value is not None]
    gap = [] if event.gap is None else [f"gap {event.gap:.2%}"]
    print("  ".join([event.stage, event.text, *parts, *gap]), flush=True)


def main() -> None:
    """Plan one named week."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("named", "staff", "rules"):
        parser.add_argument(name, type=Path)
    parser.add_argument("--time-limit", type=float, default=60.0)
    parser.add_argument("--gap", type=float, default=1e-4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--quiet", action="store_true")
    asked = parser.parse_args()
    problem = read_week(asked.named, asked.staff, asked.rules)
    watch = Watch() if asked.quiet else Watch(show=_show)
    plan = solve_named(problem, watch=watch, time_limit_s=asked.time_limit, gap=asked.gap, seed=asked.seed)
    inputs = {"named": asked.named, "staff": asked.staff, "rules": asked.rules}
    write(asked.out, problem, plan, inputs, asked.seed)
    solved = plan.solved
    told = "no bound" if solved.gap is None else f"bound {solved.bound:,.1f}  gap {solved.gap:.2%}"
    print(f"cost {solved.cost:,.1f}  {told}  {solved.seconds:.1f} s")


if __name__ == "__main__":
    main()

"""A named test week: ``python -m benchmarks.weeks NAMED.csv STAFF.csv RULES.toml --time-limit S --out DIR``.

Reads a requirement and people as ``data/weeks`` gives them, plans with the rules of the TOML file and writes
activity.csv, roster.csv, coverage.csv and summary.json into DIR.
"""

from __future__ import annotations

import argparse
import json
import math
import signal
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from busyhour.app.config.plan_toml import read_plan
from busyhour.app.config.schema import Config
from busyhour.app.files import write_atomic, write_csv
from busyhour.app.folders.swap import put, work_folder
from busyhour.app.folders.targets import folder_to_write
from busyhour.app.inputs.snapshot import InputFile
from busyhour.app.versions import versions
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Event, Watch
from busyhour.forecast.tables import read_text_csv
from busyhour.schedule.optimise.status import Infeasible
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.activity import activity, roster_table
from busyhour.schedule.problem.heads import heads_planned
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.staff import Agent

if TYPE_CHECKING:  # an older checkout, planned with for comparison, has no such file
    from busyhour.schedule.people.named_plan import NamedPlan

T = TypeVar("T")

WEEKS = Path(__file__).parent / "weeks"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BAND_MIN, LATE_FROM, LATE_PRICE = 120, 7, 0.75
"""Bands of the day in the staff files; first late band (14:00) and the price of a late start per unit of history."""


@dataclass(frozen=True)
class Rows:
    """A CSV as text, whose cells are read one by one: an error names file, row and column."""

    path: Path
    cells: pd.DataFrame

    @classmethod
    def of(cls, path: Path) -> Rows:
        """Read the file."""
        return cls(path, read_text_csv(path))

    def read(self, column: str, parse: Callable[[str], T], expected: str) -> list[T]:
        """Return a column, each cell by `parse`."""
        if column not in self.cells:
            raise InputError(f"column {column!r} is missing", file=self.path, mend=f"Add it: {expected}")
        out = []
        for i, cell in enumerate(self.cells[column]):
            try:
                out.append(parse(cell))
            except ValueError:
                raise InputError(f"Expected {expected}", file=self.path, row=i + 2, column=column, value=cell) from None
        return out


def _bands(cell: str) -> str:
    if len(cell) != 1440 // BAND_MIN or set(cell) - {"0", "1"}:
        raise ValueError
    return cell


def _heads(cell: str) -> float:
    heads = float(cell)
    if not 0.0 <= heads < math.inf:
        raise ValueError
    return heads


def read_demand(path: Path, config: Config) -> tuple[Grid, Demand]:
    """Return the week of a requirement and what it asks for in each slot."""
    rows = Rows.of(path)
    starts = rows.read("start", pd.Timestamp, "a time like 2026-11-30T07:15")
    grid = Grid(starts[0].date(), 7, config.site.grid_min, config.site.zone)
    if len(starts) != len(grid):
        raise InputError(f"Expected a week of {len(grid)} slots", file=path, value=len(starts))
    name, queue = next(iter(config.queue.items()))
    is_open = np.array(rows.read("open", int, "0 or 1")) == 1
    need = np.where(is_open, rows.read("agents_phone", _heads, "agents, at least 0"), 0.0)
    return grid, Demand(name, queue.goal, is_open, need, np.zeros(len(need), dtype=np.int64), np.zeros(len(need)))


@dataclass(frozen=True)
class NamedWeek:
    """A named test week.

    Attributes
    ----------
    own_prices
        Agent → price of each shift of the problem: what the agent loses by its start, infinite where the agent may not
        start then.
    """

    problem: ScheduleProblem
    own_prices: Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Starts:
    """When a person may start, in each two hours of each day, and the wish weight lost by a start in each of them."""

    allowed: tuple[str, ...]
    weight: np.ndarray

    def prices(self, problem: ScheduleProblem) -> np.ndarray:
        """Return the price of each shift, infinite where it may not be started, shape (shifts,)."""
        band = BAND_MIN // problem.grid.minutes
        places = [(s.start // (len(self.weight) * band), s.start // band % len(self.weight)) for s in problem.shifts]
        minutes = np.array([problem.wall_minute(s) for s in problem.shifts], dtype=np.int64)
        prices = problem.costs.wish * self.weight[minutes // BAND_MIN % len(self.weight)]
        return np.where([self.allowed[day][b] == "1" for day, b in places], prices, np.inf)


def read_week(named: Path, staff: Path, rules: Path) -> NamedWeek:
    """Return a named test week."""
    config, _ = read_plan(rules)
    grid, demand = read_demand(named, config)
    people = tuple(_people(Rows.of(staff), grid, demand.queue, config))
    problem = ScheduleProblem(
        Horizon(grid), (demand,), config.shift, config.contract, tuple(agent for agent, _ in people), config.rules,
        config.costs, config.cyclic,
    )  # fmt: skip
    return NamedWeek(problem, {agent.id: starts.prices(problem) for agent, starts in people})


def _people(rows: Rows, grid: Grid, queue: str, config: Config) -> Iterator[tuple[Agent, Starts]]:
    """Yield the people of a staff file and when they may start."""

    def contract(cell: str) -> str:
        if cell not in config.contract:
            raise ValueError
        return cell

    may = [rows.read(name, _bands, "twelve characters 0 or 1, one for each two hours") for name in DAYS]
    columns = (
        rows.read("agent", str, "a name"),
        rows.read("contract", contract, f"one of {', '.join(config.contract)}"),
        rows.read("run_before", int, "days"),
        rows.read("earliest_monday_min", int, "minutes"),
        rows.read("late_history", float, "a number"),
        rows.read("wish_cost", lambda cell: [float(x) for x in cell.split()], "a price for each two hours"),
    )
    for i, (agent, kind, before, earliest, late, prices) in enumerate(zip(*columns, strict=True)):
        weight = np.array([p + LATE_PRICE * late * (b >= LATE_FROM) for b, p in enumerate(prices)])
        yield (
            Agent(agent, kind, {queue: 1.0}, config.costs.cost_h, run_before=before,
                  earliest=-(-earliest // grid.minutes)),
            Starts(tuple(day[i] for day in may), weight),
        )  # fmt: skip


def write(out: Path, problem: ScheduleProblem, plan: NamedPlan, inputs: dict[str, Path], seed: int) -> None:
    """Write the run folder."""
    demand, grid = problem.demands[0], problem.grid
    heads = heads_planned(problem, [p for shifts in plan.assigned.values() for p in shifts])[demand.queue]
    over, under = np.maximum(heads - demand.need, 0), np.maximum(demand.need - heads, 0)
    table = {"queue": demand.queue, "start": grid.starts, "required": demand.need, "on_phone": heads}
    solved = plan.solved
    summary = {
        "status": solved.status, "stopped": solved.stopped, "cost": solved.cost, "bound": solved.bound,
        "gap": solved.gap, "paid_hours": sum(p.shift.paid_min for s in plan.assigned.values() for p in s) / 60.0,
        "over_agent_hours": float(over.sum() * grid.hours), "under_agent_hours": float(under.sum() * grid.hours),
        "goal_basis": "interval", "seconds": solved.seconds, "stages": dict(plan.stages),
        "gap_history": [list(h) for h in solved.history], "seed": seed, "versions": versions(),
        "input_hashes": {name: InputFile.read(path).sha256 for name, path in inputs.items()},
    }  # fmt: skip
    with work_folder(out) as folder:
        write_csv(folder / "activity.csv", activity(plan.assigned, grid))
        write_csv(folder / "roster.csv", roster_table(plan.assigned, grid))
        write_csv(folder / "coverage.csv", pd.DataFrame(table | {"over": over, "under": under}))
        write_atomic(folder / "summary.json", json.dumps(summary, indent=2) + "\n")
        print(f"run folder {put(folder, out)}")


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
    watch = Watch() if asked.quiet else Watch(show=_show)
    signal.signal(signal.SIGINT, lambda *_: watch.stop.set())
    inputs = {"named": asked.named, "staff": asked.staff, "rules": asked.rules}
    try:
        out = folder_to_write(asked.out, inputs.values())
        week = read_week(**inputs)
        plan = solve_named(
            week.problem, watch=watch, time_limit_s=asked.time_limit, gap=asked.gap, seed=asked.seed,
            own_prices=week.own_prices,
        )  # fmt: skip
    except InputError as error:
        parser.exit(3, f"{error}\n")
    except Infeasible as error:
        parser.exit(4, f"{error}\n")
    write(out, week.problem, plan, inputs, asked.seed)
    solved = plan.solved
    told = "no bound" if solved.gap is None else f"bound {solved.bound:,.1f}  gap {solved.gap:.2%}"
    print(f"cost {solved.cost:,.1f}  {told}  {solved.seconds:.1f} s")
    parser.exit(130 if watch.stopped else 0)


if __name__ == "__main__":
    main()

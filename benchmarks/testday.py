"""One day of a test week: need, shift families, schedule problem, and a recount that shares no code with the model."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.judge.check import check
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.rules.rules import Rules

WEEKS = Path(__file__).parent / "weeks"
SLOT_MIN = 15
STEP_MIN = 30
QUEUE = "calls"


@dataclass(frozen=True)
class TestDay:
    """Need per quarter of an hour of one day, and whether the centre is open, both of shape (96,)."""

    date: dt.date
    need: np.ndarray
    open: np.ndarray

    @classmethod
    def read(cls, name: str, day: int = 0) -> TestDay:
        """Read day number `day` (0 = Monday) of ``weeks/NAME.csv``."""
        week = pd.read_csv(WEEKS / f"{name}.csv", parse_dates=["start"])
        first = week["start"].iloc[0].date() + dt.timedelta(days=day)
        rows = week[week["start"].dt.date == first]
        return cls(first, rows["agents_phone"].to_numpy(np.int64), rows["open"].to_numpy() == 1)

    @property
    def span_min(self) -> tuple[int, int]:
        """First and last open minute of the day, half-open."""
        slots = np.flatnonzero(self.open)
        return int(slots[0]) * SLOT_MIN, (int(slots[-1]) + 1) * SLOT_MIN


def clock(minute: int) -> str:
    """Return minutes after midnight as ``HH:MM``."""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def read_families() -> dict[int, list[dict[str, Any]]]:
    """Read ``weeks/shift_families.csv``: length in minutes → its breaks in order, all numbers whole."""
    out: dict[int, list[dict[str, Any]]] = {}
    with (WEEKS / "shift_families.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            typed = {k: v if k == "kind" else int(v) for k, v in row.items()}
            out.setdefault(typed["length_min"], []).append(typed)
    return out


def tables(day: TestDay, lengths: Iterable[int]) -> dict[str, dict[str, Any]]:
    """Return the families of `lengths` as the tables ``[shift.NAME]`` of a plan.toml for that day."""
    first, last = day.span_min
    found = read_families()
    return {
        f"m{length}": {
            "paid_min": found[length][0]["paid_min"],
            "start_from": clock(first),
            "start_to": clock(last - length),
            "step_min": STEP_MIN,
            "break": [
                {
                    "kind": b["kind"],
                    "paid": b["paid"] == 1,
                    "duration_min": b["duration_min"],
                    "earliest_min": b["earliest_start_min"],
                    "latest_min": b["latest_start_min"],
                }
                for b in found[length]
            ],
        }
        for length in lengths
    }


def problem(day: TestDay, lengths: Iterable[int]) -> ScheduleProblem:
    """Return the day as a schedule problem: nobody named, the need held in each slot, cost = paid hours."""
    families = {}
    for name, table in tables(day, lengths).items():
        breaks = tuple(Break(**b) for b in table.pop("break"))
        families[name] = ShiftFamily(name, breaks=breaks, **table)
    demand = Demand(
        QUEUE,
        ServiceGoal(0.8, 20, basis="interval"),
        day.open,
        day.need.astype(float),
        day.need,
        np.zeros(len(day.need)),
    )
    costs = Costs(cost_h=1.0, under_h=1000.0)
    return ScheduleProblem(Horizon(Grid(day.date, 1, SLOT_MIN)), (demand,), families, {}, (), Rules(), costs)


@dataclass(frozen=True)
class Recount:
    """What a plan's activity says by itself: paid hours, agent-hours short and over, and broken rules."""

    paid_h: float
    short_h: float
    over_h: float
    violations: tuple[str, ...]

    @property
    def covers(self) -> bool:
        """Whether nobody is missing anywhere."""
        return self.short_h == 0.0


def recount(activity: pd.DataFrame, day: TestDay, lengths: Iterable[int]) -> Recount:
    """Count a plan's heads on the phone slot by slot, and have its shifts judged by the product's judge."""
    first = pd.Timestamp(day.date)
    heads = np.zeros(len(day.need), dtype=np.int64)
    for row in activity[activity["activity"] == "phone"].itertuples():
        a, b = ((t - first) // pd.Timedelta(minutes=SLOT_MIN) for t in (row.start, row.end))
        heads[a:b] += 1
    begin, end = day.span_min
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    plan: Mapping[str, Any] = {
        "site": {"grid_min": SLOT_MIN, "interval_min": SLOT_MIN},
        "opening": dict.fromkeys(names, f"{clock(begin)}-{clock(end)}"),
        "queue": {QUEUE: {}},
        "shift": tables(day, lengths),
    }
    verdict = check(activity, {"plan": plan, "week": day.date.isoformat(), "days": 1})
    over = heads - day.need
    hours = SLOT_MIN / 60
    return Recount(
        verdict.paid_hours,
        float(np.maximum(-over, 0).sum()) * hours,
        float(np.maximum(over, 0).sum()) * hours,
        tuple(map(str, verdict.violations)),
    )

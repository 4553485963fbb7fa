"""People of a week, read from files written for a test."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from busyhour.app.inputs.people import read_people
from busyhour.app.inputs.week_before import last_week
from busyhour.forecast.calendar.grid import Grid
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.shift_families import ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

MONDAY = dt.date(2026, 10, 19)  # the week's Sunday has 25 hours in Berlin
GRID = Grid(MONDAY, 7, 15, "Europe/Berlin")
DAY = 96
WORKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
FAMILIES = {
    "full8": ShiftFamily("full8", 480, "08:00", "12:00", days=WORKDAYS),
    "night8": ShiftFamily("night8", 480, "22:00", "22:00"),
}
CONTRACTS = {
    "full": Contract("full", ("full8",), max_h_week=40, min_h_week=38, max_days=5, cost_h=22.0),
    "night": Contract("night", ("night8",), max_h_week=40, max_days=5),
}
OPEN = np.zeros(len(GRID), dtype=bool)
for _day in range(5):
    OPEN[_day * DAY + 32 : _day * DAY + 80] = True  # 08:00-20:00, Monday to Friday
STAFF = "agent,contract\na,full\nb,full\n"


def people(
    folder: Path, *, previous: Path | None = None, open_slots: np.ndarray | None = OPEN, **files: str
) -> dict[str, Agent]:
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    agents = read_people(
        folder,
        grid=GRID,
        zone="Europe/Berlin",
        contracts=CONTRACTS,
        queues=("calls", "chat"),
        costs=Costs(cost_h=20.0),
        families=FAMILIES,
        before=None if previous is None else last_week(previous, GRID, "Europe/Berlin", Rules(), ("calls",)),
        open_slots=open_slots,
    )
    return {a.id: a for a in agents}


def run_folder(folder: Path, rows: str) -> Path:
    folder.mkdir()
    (folder / "activity.csv").write_text(f"agent,start,end,activity,queue\n{rows}", encoding="utf-8")
    return folder

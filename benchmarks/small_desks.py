"""Made desks of 5 to 60 people: what each one is, and how its tables come from a seed. Everything is made up."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.require import require

MONDAY = dt.date(2026, 11, 30)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STEP_MIN, HANDLE_S = 15, 300.0
HOURS, MIXED = (40, 30, 20), (0.5, 0.3, 0.2)
"""Contract hours a week, and the shares of the people who have them."""
GOAL = {"level": 0.8, "within_s": 20}


@dataclass(frozen=True)
class SmallDesk:
    """A made desk.

    Parameters
    ----------
    people, seed
        How many, and the seed of all that is drawn.
    load
        Agent-hours needed as a share of the contract hours that leave spares.
    spread_min
        Most minutes between a person's earliest and latest start of the week; None = only priced.
    by_day
        Whether the goal holds over each day, by a service curve; else each quarter of an hour has its need.
    alike
        Whether everybody has the same contract, and nobody leave or other limits.
    bare
        Whether the desk has one family of shifts of eight hours without breaks, on the hour, for everybody alike.
    """

    people: int
    seed: int = 1
    load: float = 0.75
    spread_min: int | None = None
    by_day: bool = False
    alike: bool = False
    bare: bool = False


def _short(desk: SmallDesk) -> SmallDesk:
    return replace(desk, load=0.88)


DESKS: Mapping[str, SmallDesk] = {
    "tiny_8": SmallDesk(8, load=0.55, alike=True, bare=True),
    "tiny_15": SmallDesk(15, load=0.55, alike=True, bare=True),
    "bare_10_spread_0": SmallDesk(10, load=0.55, spread_min=0, alike=True, bare=True),
    "bare_8_spread_60": SmallDesk(8, seed=3, load=0.55, spread_min=60, alike=True, bare=True),
    "desk_8_2": SmallDesk(8, seed=2),
    "desk_8_1": SmallDesk(8),
    "desk_12": SmallDesk(12),
    "desk_12_spread_60": SmallDesk(12, spread_min=60),
    "desk_12_days": SmallDesk(12, by_day=True),
    "desk_15": SmallDesk(15),
    "desk_15_spread_0": SmallDesk(15, spread_min=0),
    "desk_25": SmallDesk(25),
    "desk_25_days": SmallDesk(25, by_day=True),
    "desk_25_spread_120": SmallDesk(25, spread_min=120),
    "desk_25_alike": SmallDesk(25, alike=True),
    "desk_40": SmallDesk(40),
    "desk_40_alike": SmallDesk(40, alike=True),
    "desk_60": SmallDesk(60),
    "short_8_1": _short(SmallDesk(8)),
    "short_8_2": _short(SmallDesk(8, seed=2)),
    "short_12": _short(SmallDesk(12)),
    "short_15": _short(SmallDesk(15)),
    "short_25": _short(SmallDesk(25)),
    "short_40": _short(SmallDesk(40)),
}
"""The desks by name."""


@dataclass(frozen=True)
class DeskInputs:
    """A desk as `Inputs.from_tables` takes it: its plan, and its tables by name."""

    plan: dict[str, Any]
    tables: dict[str, pd.DataFrame]


def inputs_of(desk: SmallDesk) -> DeskInputs:
    """Draw the tables of a desk: same desk, same tables."""
    rng = np.random.default_rng([desk.seed, desk.people])
    days = 5 if desk.bare else int(rng.integers(5, 8))
    opens, closes = (8, 18) if desk.bare else ((8, 20), (7, 22))[int(rng.integers(2))]
    staff = _staff(desk, rng)
    leave, away = _absences(desk, staff, days, opens, closes, rng)
    hours = staff["contract"].str.removeprefix("h").astype(float).sum()
    hours -= sum(float(c.removeprefix("h")) / 5 for c in staff.set_index("agent").loc[leave["agent"], "contract"])
    need = _need(days, opens, closes, desk.load * hours, rng)
    tables = {"staff": staff, "leave": leave, "availability": away} | _asked(desk, need, days, opens, closes)
    return DeskInputs(_plan(desk, days, opens, closes), {k: t for k, t in tables.items() if len(t)})


def _staff(desk: SmallDesk, rng: np.random.Generator) -> pd.DataFrame:
    ids = [f"a{i:02d}" for i in range(desk.people)]
    drawn = rng.choice(HOURS, desk.people, p=MIXED)
    hours = np.full(desk.people, HOURS[0]) if desk.alike else drawn
    return pd.DataFrame({"agent": ids, "name": ids, "contract": [f"h{h}" for h in hours.tolist()]})


def _absences(
    desk: SmallDesk, staff: pd.DataFrame, days: int, opens: int, closes: int, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return leave (a day for one in ten) and times that people cannot work (a morning or evening each week)."""
    leave, away = [], []
    for agent in staff["agent"] if not desk.alike else ():
        day, other = (MONDAY + dt.timedelta(days=int(d)) for d in rng.integers(0, days, 2))
        kind, middle = rng.random(2), (opens + closes) // 2
        if kind[0] < 0.1:
            leave.append((agent, f"{day}T00:00", f"{day + dt.timedelta(days=1)}T00:00", "vacation"))
        elif kind[0] < 0.5:
            first, last = ((opens, middle), (middle, closes))[int(kind[1] < 0.5)]
            away.append((agent, f"{other}T{first:02d}:00", f"{other}T{last:02d}:00", "unavailable"))
    columns = ["agent", "start", "end", "kind"]
    return pd.DataFrame(leave, columns=columns), pd.DataFrame(away, columns=columns)


def _need(days: int, opens: int, closes: int, hours: float, rng: np.random.Generator) -> np.ndarray:
    """Return the heads needed in each quarter of each day, shape (days, quarters), `hours` agent-hours in all."""
    hour = np.arange(opens, closes, STEP_MIN / 60)
    humps = np.exp(-(((hour - 10.5) / 2.2) ** 2)) + 0.8 * np.exp(-(((hour - 15.5) / 2.5) ** 2)) + 0.25
    by_day = np.array([1.15, 1.05, 1.0, 1.0, 1.05, 0.75, 0.65])[:days]
    noise = rng.uniform(0.92, 1.08, (days, closes - opens))
    shape = by_day[:, None] * humps * np.repeat(noise, 60 // STEP_MIN, axis=1)
    low, high = 0.0, 10.0 * hours
    for _ in range(60):  # the factor whose rounded need has the hours asked for
        factor = (low + high) / 2
        total = np.maximum(1, np.round(factor * shape)).sum() * STEP_MIN / 60
        low, high = (factor, high) if total < hours else (low, factor)
    return np.maximum(1, np.round(high * shape))


def _asked(desk: SmallDesk, need: np.ndarray, days: int, opens: int, closes: int) -> dict[str, pd.DataFrame]:
    """Return the requirement; with a goal over the day also the service curve."""
    first = pd.Timestamp(MONDAY)
    starts = [
        first + pd.Timedelta(days=d, minutes=m) for d in range(days) for m in range(60 * opens, 60 * closes, STEP_MIN)
    ]
    if not desk.by_day:
        return {"requirement": pd.DataFrame({"queue": "calls", "start": starts, "agents_phone": need.ravel()})}
    load = np.maximum(0.3, need.ravel() - 1.1 * np.sqrt(need.ravel()))
    volume = pd.DataFrame({"queue": "calls", "start": starts, "calls": load * STEP_MIN * 60 / HANDLE_S,
                           "handle_s": HANDLE_S})  # fmt: skip
    goal = ServiceGoal(**GOAL, basis="day", min_agents=1)
    found = require(volume, {"calls": goal}, Grid(MONDAY, 7, STEP_MIN), models={"calls": "erlang_c"})
    return {"requirement": found.requirement, "curve": found.curve}


def _plan(desk: SmallDesk, days: int, opens: int, closes: int) -> dict[str, Any]:
    lengths = {40: (480,), 30: (360, 390), 20: (240, 300)}
    shifts = {
        f"f{minutes}": _family(minutes, opens, closes, bare=desk.bare)
        for hours in HOURS
        for minutes in lengths[hours]
        if not desk.alike or hours == HOURS[0]
    }
    contracts = {
        f"h{hours}": {"shifts": [f"f{m}" for m in lengths[hours]], "min_h_week": 0.9 * hours, "max_h_week": hours,
                      "max_days": 5}
        for hours in (HOURS[:1] if desk.alike else HOURS)
    }  # fmt: skip
    goal = GOAL | ({"basis": "day", "min_agents": 1} if desk.by_day else {"basis": "interval"})
    rules: dict[str, Any] = {"rest_min": 660, "max_run_days": 5, "days_off_together": 2}
    if desk.spread_min is not None:
        rules["max_start_spread_min"] = desk.spread_min
    if desk.bare:
        contracts[f"h{HOURS[0]}"]["min_h_week"] = 0
    return {
        "site": {"name": "Made desk", "week": MONDAY, "interval_min": STEP_MIN, "grid_min": STEP_MIN},
        "opening": dict.fromkeys(WEEKDAYS[:days], f"{opens:02d}:00-{closes:02d}:00"),
        "queue": {"calls": {"handle_s": HANDLE_S, "goal": goal}},
        "shift": shifts, "contract": contracts, "rules": rules, "costs": {"cost_h": 20.0, "lost_call": 200.0},
    }  # fmt: skip


def _family(minutes: int, opens: int, closes: int, *, bare: bool) -> dict[str, Any]:
    """Return a family of shifts of so many paid minutes; a lunch of half an hour is unpaid."""
    lunch = not bare and minutes > 300
    last = 60 * closes - minutes - (30 if lunch else 0)
    breaks: list[dict[str, Any]] = []
    if not bare:
        breaks.append({"duration_min": 15, "earliest_min": 60, "latest_min": 150})
    if lunch:
        breaks.append({"kind": "lunch", "paid": False, "duration_min": 30, "earliest_min": 180, "latest_min": 270})
    if lunch and minutes > 400:
        breaks.append({"duration_min": 15, "earliest_min": 345, "latest_min": 420})
    step = 60 if bare else 30
    return {"paid_min": minutes, "start_from": f"{opens:02d}:00", "start_to": f"{last // 60:02d}:{last % 60:02d}",
            "step_min": step, "break": breaks}  # fmt: skip

"""service.csv: goals and expectations counted again, and the calls simulated again."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np
import pandas as pd
from scipy.stats import t as student

from ....forecast.calendar.grid import midnight
from ....forecast.queueing.formulas.time_laws import law_of_cv
from ....forecast.queueing.simulation.simulation import Simulation, simulate
from ..counts import running_on
from ..inputs import DAYS
from .beyond import BASES, parts_of
from .expected import Expected, Need
from .missed import goal_basis
from .requirement import share
from .rows import compare_values
from .run import Fault, Found, Published, keys, minutes

BATCH = 32
"""Runs of a batch of the simulation; its intervals come from the spread between batches."""

MOST_CALLS = 4e6
"""Calls up to which a run's simulation is repeated to the end: about two seconds; larger ones are repeated in part."""

MIN_RUNS = 256
"""Fewest runs of a published simulation; with several queues nobody tells how many each had."""

LEAST_RUNS = 64
"""Fewest runs of a repetition in part: two batches."""

FALSE_ALARM = 1e-6
"""Chance that a right run is told wrong by the whole simulation."""

SAME = {"interval": 4e-3, "day": 1e-3, "week": 1e-3}
"""Most that a share may differ when the very calls are simulated again: files round the volume to six decimals, which
decides a call in ten thousand otherwise."""

HALF_WIDTH = 0.005
"""Half width at which the simulation of a day or week stops."""

FAR, SLACK = 4.0, 0.03
"""Half-widths, and a share, by which an expected service may differ from the simulated one: intervals in which hardly a
call is lost have half-widths near 0."""

EDGE = 2e-5
"""Distance from it at which rounding may decide whether one batch more is simulated."""


def service(run: Published, expected: Expected) -> Found:
    """Ensures every interval, day and week of service.csv, its goal, floor, calls and the service by the curves."""
    want = pd.concat([_periods(run, name, n) for name, n in expected.needs.items()], ignore_index=True)
    yield from compare_values(
        run, "service", want, ("goal", "floor", "calls", "expected"), ("queue", "period", "start")
    )
    table = run.tables["service"]
    low, mean, high = (table[c].to_numpy(dtype=float) for c in ("ci_lo", "simulated", "ci_hi"))
    known = [np.isfinite(x) for x in (low, mean, high)]
    wrong = (known[0] & known[1] & known[2] & ~((low <= mean + 1e-6) & (mean <= high + 1e-6))) | (
        (known[0] != known[1]) | (known[1] != known[2])
    )
    for i in np.flatnonzero(wrong):
        start = minutes(table["start"])[i]
        yield Fault(
            start, f"simulated {mean[i]:g} of the {table['period'].iloc[i]} lies outside {low[i]:g} to {high[i]:g}"
        )


def promised(run: Published) -> Found:
    """Ensures that a service expected by corrected curves is near the simulated one, interval by interval.

    Curves are corrected by more runs than the published simulation has; `FAR` half-widths of its 95 % interval and
    `SLACK` are beyond any chance.
    """
    table, curve = run.tables["service"], run.tables.get("curve")
    if curve is None or "as_agents" not in curve:
        return
    rows = table[(table["period"] == "interval") & table["simulated"].notna() & table["expected"].notna()]
    expected, simulated, low, high = (
        rows[c].to_numpy(dtype=float) for c in ("expected", "simulated", "ci_lo", "ci_hi")
    )
    starts = minutes(rows["start"])
    for i in np.flatnonzero(np.abs(expected - simulated) > FAR * (high - low) / 2 + SLACK):
        yield Fault(
            starts[i], f"expected {expected[i]:.4f} of {rows['queue'].iloc[i]} is simulated as {simulated[i]:.4f}"
        )


def _periods(run: Published, name: str, n: Need) -> pd.DataFrame:
    """Return the expected service of a queue by interval, day and week, calls pooled."""
    grid = run.grid
    above, below = n.counted(run.heads[name])
    calls = n.calls()
    midnights = pd.DatetimeIndex([midnight(date, grid.zone) for date in grid.dates])
    days = np.searchsorted(minutes(midnights), run.slots[n.open], "right") - 1
    periods = [] if n.curve is None or not n.open.any() else [("interval", n.row[n.open], n.starts)]
    beyond = parts_of(run, name, n)
    first = {date: grid.dates.index(part.dates[0]) for part in beyond for date in part.dates}
    parted = [(n.goal.basis, np.array([first.get(grid.dates[d], 0) for d in days]), midnights)] * bool(beyond)
    parts = []
    for period, group, starts in (*periods, ("day", days, midnights), ("week", 0 * days, midnights[:1]), *parted):
        listed = np.unique(group)
        sums = [np.bincount(group, v, len(starts))[listed] for v in (above, below, calls)]
        floor = n.goal.floor if period == "interval" and goal_basis(run, name) != "interval" else np.nan
        goal = [p.needed for p in beyond] if period in BASES else n.goal.level
        told = {"queue": name, "period": period, "start": starts[listed], "goal": goal, "floor": floor}
        parts.append(pd.DataFrame({**told, "calls": sums[2], "expected": share(sums[0], sums[1])}))
    return pd.concat(parts, ignore_index=True)


def simulated_again(run: Published, *, runs: int, seed: int) -> Simulation:
    """Simulate the calls of volume.csv with the people of activity.csv."""
    columns = ["queue", "start", "end", "agent", "agents"]
    earlier, rows = running(run), run.tables["activity"]
    rows = pd.concat([earlier, rows]) if len(earlier) else rows
    phone = rows[rows["activity"] == "phone"].assign(agents=1)[columns]
    phone = phone.sort_values(["queue", "start", "agent"], kind="stable", ignore_index=True)
    return simulate(
        phone,
        run.tables["volume"],
        run.goals,
        interval_min=run.interval_min,
        week_start=str(run.raw.get("site", {}).get("week_start", DAYS[0])),
        absent=run.raw.get("shrinkage", {}).get("unplanned", 0.0),
        handle={name: law_of_cv(float(table.get("handle_cv", 1.0))) for name, table in run.raw["queue"].items()},
        seed=seed,
        min_runs=min(runs, MIN_RUNS),
        max_runs=runs,
        parts=_part_dates(run),
    )


def _part_dates(run: Published) -> dict[str, list[dt.date]]:
    """Return queue → days on which a period of its goal begins within the planned days, as service.csv tells."""
    rows = run.tables["service"]
    rows = rows[rows["period"].isin(BASES)]
    out: dict[str, list[dt.date]] = {}
    for queue, start in zip(rows["queue"], minutes(rows["start"]), strict=True):
        out.setdefault(str(queue), []).append(run.day(start))
    return {queue: sorted(dates) for queue, dates in out.items()}


def running(run: Published) -> pd.DataFrame:
    """Return the rows on the phone of last week's shifts that run on into the planned days."""
    first = run.asked.week[0]
    found = [
        (w.agent, r.start, r.end, r.what, r.queue)
        for w in running_on(run.plan)
        for r in w.rows
        if r.what == "phone" and r.end > first and r.queue in run.queues
    ]
    table = pd.DataFrame(found, columns=["agent", "start", "end", "activity", "queue"])
    for name in ("start", "end"):
        stamps = pd.to_datetime(table[name].astype("float64") * 60e9, utc=True)
        zone = run.asked.clock.zone
        table[name] = stamps.dt.tz_localize(None) if zone is None else stamps.dt.tz_convert(zone)
    return table


def simulation(run: Published) -> Found:
    """Ensures that service.csv tells what its calls give when they are simulated again."""
    table, told = run.tables["service"], run.summary.get("simulation")
    known = table["simulated"].notna().to_numpy()
    if "volume" not in run.tables or not isinstance(told, dict):
        for i in np.flatnonzero(known)[:1]:
            yield Fault(minutes(table["start"])[i], "service.csv tells a simulation, and the run has none")
        return
    asked = run.raw.get("solve", {}).get("seed", 1)
    most = int(told.get("runs", 0))
    whole = (
        run.same_versions
        and run.summary.get("stopped") != "user"
        and most * run.tables["volume"]["calls"].sum() <= MOST_CALLS
    )
    calls = float(run.tables["volume"]["calls"].sum())
    part = max(LEAST_RUNS, BATCH * round(MOST_CALLS / BATCH / max(calls, 1.0)))
    again = simulated_again(run, runs=4000 if whole else min(part, max(most, LEAST_RUNS)), seed=int(asked))
    # A width that hardly suffices may end a simulation a batch sooner or later; the same width comes of the same runs.
    width = told.get("half_width")
    other_width = not isinstance(width, float) or abs(width - again.half_width) > EDGE
    on_edge = again.runs != most and other_width and abs(again.half_width - HALF_WIDTH) < EDGE
    if whole and not on_edge:
        yield from _same(run, again, most)
    else:
        yield from _near(run, again, most)


def _pairs(run: Published, again: Simulation) -> pd.DataFrame:
    """Return what is published beside what was simulated again, by queue, period and start."""
    names = ("queue", "period", "start")
    columns = ["simulated", "ci_lo", "ci_hi"]
    table = run.tables["service"]
    have = table[columns].assign(key=pd.Series(keys(table, names)))
    return have.merge(
        again.service[columns].assign(key=pd.Series(keys(again.service, names))), on="key", suffixes=("", "_again")
    )


def _same(run: Published, again: Simulation, most: int) -> Found:
    """Compare figures of the same calls."""
    if again.runs != most:
        yield Fault(None, f"summary.json tells {most} runs of the simulation, {again.runs} are needed")
        return
    pairs = _pairs(run, again)
    for column in ("simulated", "ci_lo", "ci_hi"):
        limit = np.array([SAME.get(key[1], SAME["day"]) for key in pairs["key"]])
        a, b = (pairs[c].to_numpy(dtype=float) for c in (column, f"{column}_again"))
        wrong = ~((np.abs(a - b) <= limit) | (np.isnan(a) & np.isnan(b)))
        for i in np.flatnonzero(wrong):
            queue, period, start = pairs["key"].iloc[i]
            yield Fault(start, f"{column} of {queue} for the {period} is {a[i]:.4f}, simulated again {b[i]:.4f}")
    told = run.summary["simulation"].get("half_width")
    if not isinstance(told, float) or abs(told - again.half_width) > 1e-3:
        yield Fault(None, f"summary.json tells a half width of {told}, simulated again {again.half_width:.4f}")
    yield from _occupancy(run, again, 2e-3)


def _occupancy(run: Published, again: Simulation, slack: float) -> Found:
    """Compare the week's occupancy, queues weighted by calls."""
    weeks = again.service[(again.service["period"] == "week") & again.service["occupancy"].notna()]
    told = run.summary.get("occupancy")
    if weeks["offered"].sum() > 0:
        want = float(np.average(weeks["occupancy"], weights=weeks["offered"]))
        if told is None or abs(told - want) > slack:
            yield Fault(None, f"summary.json tells an occupancy of {told}, simulated again {want:.4f}")


def _near(run: Published, again: Simulation, most: int) -> Found:
    """Compare days and weeks with a part of the runs: by Student's t at `FALSE_ALARM` over all of them.

    The spread of a run follows from the published interval, which is known to be no wider than the simulation goes on
    for; the part's own error and that of the published figure add up.
    """
    pairs = _pairs(run, again)
    pairs = pairs[[key[1] != "interval" for key in pairs["key"]]].reset_index(drop=True)
    batches = max(2, math.ceil((most if len(run.queues) == 1 else min(most, MIN_RUNS)) / BATCH))
    reach = float(student.ppf(1.0 - FALSE_ALARM / 2 / max(len(pairs), 1), batches - 1))
    usual = float(student.ppf(0.975, batches - 1))
    ended = run.summary.get("stopped") != "user" and most < 4000
    for (queue, period, start), a, low, high, b in zip(
        pairs["key"], pairs["simulated"], pairs["ci_lo"], pairs["ci_hi"], pairs["simulated_again"], strict=True
    ):
        half = (high - low) / 2
        if math.isnan(a) != math.isnan(b):
            yield Fault(start, f"simulated of {queue} for the {period} is {a:g}, simulated again {b:g}")
        elif ended and half > HALF_WIDTH + 1e-5:
            yield Fault(
                start, f"the interval of {queue} for the {period} is {half:.4f} to each side, asked {HALF_WIDTH}"
            )
        elif abs(a - b) > reach * half / usual * math.sqrt(1.0 + most / max(again.runs, 1)) + 1e-3:
            yield Fault(start, f"simulated of {queue} for the {period} is {a:.4f}, simulated again {b:.4f}")
    yield from _occupancy(run, again, 10 * HALF_WIDTH)

"""Days of a period that no plan covers: calls as a forecast expects them, served as on past days of the weekday."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...forecast.calls.history_options import HistoryOptions
from ...forecast.errors import InputError
from ...forecast.on_data_frames import forecast_by_options
from ...forecast.options import ForecastOptions
from ...forecast.progress import Watch
from ...schedule.contracts.attainment import Counts
from ...schedule.contracts.outcomes import SUMS, outcomes
from ...schedule.contracts.projection import Rest

LEAST_DAYS = 3
"""Past days of a weekday from which a coming one may be drawn, at least."""
SPREAD = 28
"""Past days that are drawn from, at most the newest so many of a weekday's."""


def with_days_without_plan(
    counts: Counts, rests: Mapping[str, Rest], days: tuple[dt.date, ...], runs: int, seed: int, watch: Watch
) -> tuple[dict[str, Rest], tuple[dt.date, ...], list[str]]:
    """Return the rest of the period with days that no plan covers.

    In each run such a day is a past day of its weekday, the same for all goals, with all its sums multiplied by the
    calls that are forecast for the day over the mean calls of those past days.

    Returns
    -------
    rests, assumed, notes
        The rest by goal; the days that were added; what they rest on.

    Raises
    ------
    InputError
        If the calls do not reach for a forecast.
    """
    contract = counts.contract
    expected = _forecast(counts, days, watch)
    runs = next(iter(rests.values())).runs if rests else -(-runs // 32) * 32
    rng = np.random.default_rng((seed, 19))
    first = next(g for g in contract.goals if g.counted)
    history = outcomes(counts.calls, first, contract.interval_min)
    dates = pd.Series(history["start"].dt.date)
    offered = history.groupby(dates)["offered"].sum()
    drawn: dict[dt.date, tuple[np.ndarray, list[dt.date]]] = {}
    for day in days:
        pool = [d for d in offered.index if d.weekday() == day.weekday()][-SPREAD:]
        if len(pool) >= LEAST_DAYS and expected.get(day, 0.0) > 0:
            drawn[day] = rng.integers(0, len(pool), runs), pool
    of_day = dict(zip(offered.index, offered.to_numpy(float), strict=True))
    scale = {day: expected[day] / float(np.mean([of_day[d] for d in pool])) for day, (_, pool) in drawn.items()}
    out = {}
    for goal in (g for g in contract.goals if g.counted):
        own = counts.calls[counts.calls["queue"].isin(contract.queues_of(goal))]
        table = outcomes(own, goal, contract.interval_min)
        table = table[table["unknown"] == ""]
        parts = [_day(table, day, *drawn[day], scale[day]) for day in drawn]
        parts += [rests[goal.name]] if goal.name in rests else []
        if parts:
            out[goal.name] = _joined(parts)
    lost = [d for d in days if d not in drawn and expected.get(d, 0.0) > 0]
    notes = (
        [f"{len(drawn)} days without a plan are assumed: calls as forecast, served as on past days of the weekday"]
        if drawn
        else []
    )
    notes += [f"{', '.join(map(str, lost))}: too few past days of the weekday to draw from"] if lost else []
    closed = tuple(d for d in days if expected.get(d, 0.0) <= 0)
    return out, (*drawn, *closed), notes


def _forecast(counts: Counts, days: tuple[dt.date, ...], watch: Watch) -> dict[dt.date, float]:
    """Return the calls that are expected of each day, all queues under the contract together."""
    contract = counts.contract
    first = next(g for g in contract.goals if g.counted)
    table = outcomes(counts.calls, first, contract.interval_min)
    calls = table[["queue", "start", "offered"]]
    last = max(calls["start"].dt.date)
    options = ForecastOptions(
        HistoryOptions(interval_min=contract.interval_min, zone=contract.zone), (max(days) - last).days, "factor"
    )
    found = forecast_by_options(calls, options, watch=watch)
    if found.failed:
        name, error = next(iter(found.failed.items()))
        mend = "Bring more past weeks, or leave --forecast-rest out"
        raise InputError(f"the rest of the period cannot be forecast: {error}", column="queue", value=name, mend=mend)
    sums = found.volume.groupby(found.volume["start"].dt.date)["calls"].sum()
    return {day: float(sums.get(day, 0.0)) for day in days}


def _day(table: pd.DataFrame, day: dt.date, choice: np.ndarray, pool: list[dt.date], scale: float) -> Rest:
    """Return a coming day drawn from past ones: one column a queue and time of day of any of them."""
    dates = table["start"].dt.date
    rows = table[dates.isin(pool)]
    clock = rows["start"].dt.hour * 60 + rows["start"].dt.minute
    slots = pd.MultiIndex.from_arrays([rows["queue"], clock])
    names = slots.unique().sort_values()
    at, which = names.get_indexer(slots), pd.Index(pool).get_indexer(rows["start"].dt.date)
    sums = {}
    for name in (n for n in SUMS if n in rows):
        cells = np.zeros((len(pool), len(names)))
        np.add.at(cells, (which, at), rows[name].fillna(0.0).to_numpy(float))
        sums[name] = cells[choice] * scale
    zone = table["start"].dt.tz
    midnight = pd.Timestamp(day)
    wall = pd.Series([midnight + pd.Timedelta(minutes=int(m)) for m in names.get_level_values(1)])
    if zone is not None:
        wall = wall.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    start = wall.astype(table["start"].dtype)
    return Rest(names.get_level_values(0).to_numpy(object), start, sums)


def _joined(parts: list[Rest]) -> Rest:
    """Return several parts of the rest as one; a sum that one of them lacks is left out."""
    names = set.intersection(*(set(part.sums) for part in parts))
    return Rest(
        np.concatenate([part.queue for part in parts]),
        pd.concat([part.start for part in parts], ignore_index=True),
        {name: np.concatenate([part.sums[name] for part in parts], axis=1) for name in sorted(names)},
    )

"""A published plan against what came: what volume, handle time, and everything else did to the service.

The planned staffing is simulated under the calls that came, then with the handle times that came too. Each step's
change of service is the part of that cause; what is left to the service that was measured is staffing, adherence and
all else. The calls of an interval are drawn around the number that came, as those of a plan are around the forecast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..forecast.progress import Watch
from ..forecast.queueing.formulas.time_laws import law_of_cv
from ..forecast.queueing.goal.targets import ServiceGoal
from ..forecast.queueing.simulation.simulation import simulate
from ..forecast.tables import QUANTILE_COLUMNS, TABLES, check, read_csv
from ..schedule.plan.activity import staffing
from ..schedule.tables import TABLES as SCHEDULE
from .config.schema import Config
from .finished import summary_of
from .folders.one_run import one_run
from .inputs.arguments import ARGUMENTS, read_arguments
from .inputs.folder import Folder
from .inputs.week_before import known_rows
from .own_runs import identity_of
from .store.times import seconds_of


@dataclass(frozen=True, eq=False)
class PublishedRun:
    """What a run folder tells of the plan that people worked.

    Attributes
    ----------
    config
        The checked plan.toml of the run.
    volume
        The forecast that it was planned for.
    staffing
        Stretches on the phone, those of the weeks before that run on among them.
    service
        Simulated service by queue and day, as it was published.
    """

    config: Config
    volume: pd.DataFrame
    staffing: pd.DataFrame
    service: pd.Series

    @property
    def goals(self) -> Mapping[str, ServiceGoal]:
        """The goal of each queue."""
        return {name: queue.goal for name, queue in self.config.queue.items()}

    def slots(self, ids: Mapping[str, int], days: set[dt.date]) -> pd.DataFrame:
        """Return the open intervals of `days` as the store counts them: ``queue, start_s, step_s``."""
        rows = self.volume[self.volume["queue"].isin(ids) & self.volume["start"].dt.date.isin(days)]
        columns = {"queue": rows["queue"].map(ids).to_numpy(), "start_s": seconds_of(rows["start"])}
        return pd.DataFrame({**columns, "step_s": self.config.site.interval_min * 60})


def published_run(folder: Path, input_hash: str) -> PublishedRun | None:
    """Read the run that stood in `folder`; None where it is gone, or another took its place, or has no calls.

    Raises
    ------
    InputError
        If a file of the run cannot be read.
    """
    if not (folder / "summary.json").is_file():
        return None
    with one_run(folder) as place:
        summary = summary_of(place)
        if input_hash not in (identity_of(place, summary), summary.get("input_hash")):
            return None
        if not (place / "volume.csv").is_file():
            return None
        asked = read_arguments(place / "inputs" / ARGUMENTS)
        config = Folder.read(place / "inputs", asked.scenario, asked.overrides).config
        zone = config.site.zone
        volume = read_csv(place / "volume.csv", TABLES["volume"], zone=zone)
        rows = check(known_rows(place), SCHEDULE["activity"], zone=zone, file=place / "activity.csv")
        steps = staffing(rows)
        steps = steps[steps["queue"].isin(config.queue) & (steps["end"] > volume["start"].min())]
        told = read_csv(place / "service.csv", TABLES["service"], zone=zone)
    told = told[told["period"] == "day"]
    by_day = pd.Series(told["simulated"].to_numpy(), index=[told["queue"], told["start"].dt.date])
    return PublishedRun(config, volume, steps.reset_index(drop=True), by_day)


def parts_of_gap(
    run: PublishedRun, came: pd.DataFrame, days: pd.DataFrame, ids: Mapping[str, int], watch: Watch
) -> pd.DataFrame:
    """Return the outcome of days: planned, actual, and the parts of the gap, which sum to it.

    Parameters
    ----------
    came, days
        What came by interval, and by day (see `store.outcomes.came`).
    ids
        The store's number of each queue.

    Returns
    -------
    pandas.DataFrame
        ``queue, day`` and the numbers of the table ``outcome``. NaN = unknown: without calls for every open interval
        of a day no part is known, without handle times only that of the volume.
    """
    seen, volume = _with_what_came(run, came, ids), run.volume
    with_calls, with_both = (
        _simulated(run, volume.assign(calls=seen["calls"], handle_s=handle), days, watch)
        for handle in (volume["handle_s"], seen["handle_s"])
    )
    names = {number: name for name, number in ids.items()}
    planned = _planned(volume)
    rows = []
    for actual in days.to_dict("records"):
        key = names[actual["queue"]], actual["day"]
        service, measured = run.service.get(key, np.nan), actual["service_actual"]
        after_calls = with_calls.get(key, np.nan) if actual["calls_actual"] > 0 else np.nan
        after_both = with_both.get(key, np.nan) if actual["handle_actual_s"] > 0 else np.nan
        calls, handle = planned.loc[key]
        rows.append(
            {
                "queue": actual["queue"], "day": key[1].isoformat(), "calls_planned": calls,
                "calls_actual": actual["calls_actual"], "handle_planned_s": handle,
                "handle_actual_s": actual["handle_actual_s"], "service_planned": service, "service_actual": measured,
                "gap_volume": after_calls - service, "gap_handle": after_both - after_calls,
                "gap_other": (measured - service) - ((after_calls - service) + (after_both - after_calls)),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _with_what_came(run: PublishedRun, came: pd.DataFrame, ids: Mapping[str, int]) -> pd.DataFrame:
    """Return calls and handle time of each row of the volume: what came where it is known, else what was planned."""
    keys = pd.MultiIndex.from_arrays([run.volume["queue"].map(ids), seconds_of(run.volume["start"])])
    rows = came.set_index(["queue", "start_s"]).reindex(keys)
    with np.errstate(invalid="ignore", divide="ignore"):
        handle = rows["handle_work"].to_numpy() / rows["handle_n"].where(rows["handle_n"] > 0).to_numpy()
    handle = np.where(handle > 0, handle, np.nan)
    index = run.volume.index
    return pd.DataFrame(
        {
            "calls": pd.Series(rows["offered"].to_numpy(), index).fillna(run.volume["calls"]),
            "handle_s": pd.Series(handle, index).fillna(run.volume["handle_s"]),
        }
    )


def _planned(volume: pd.DataFrame) -> pd.DataFrame:
    """Return the calls and the mean handle time that were planned, by queue and day."""
    work = volume.assign(day=volume["start"].dt.date, work=volume["calls"] * volume["handle_s"])
    sums = work.groupby(["queue", "day"])[["calls", "work"]].sum(min_count=1)
    return pd.DataFrame({"calls": sums["calls"], "handle": sums["work"] / sums["calls"].where(sums["calls"] > 0)})


def _simulated(
    run: PublishedRun, volume: pd.DataFrame, days: pd.DataFrame, watch: Watch
) -> Mapping[tuple[str, dt.date], float]:
    """Return the service that the planned staffing gives under `volume`, by queue and day.

    A day is simulated with the day before it, whose callers and shifts may run on into it.
    """
    wanted = set(days["day"])
    near = wanted | {day - dt.timedelta(days=1) for day in wanted}
    rows = volume[volume["start"].dt.date.isin(near)]
    rows = rows.drop(columns=list(QUANTILE_COLUMNS), errors="ignore")  # what came is sure
    if rows.empty:
        return {}
    config, steps = run.config, run.staffing
    end = rows["start"].max() + pd.Timedelta(hours=12)
    steps = steps[(steps["end"] > rows["start"].min()) & (steps["start"] < end) & steps["queue"].isin(rows["queue"])]
    found = simulate(
        steps,
        rows,
        {name: goal for name, goal in run.goals.items() if name in set(rows["queue"])},
        interval_min=config.site.interval_min,
        week_start=config.site.week_start,
        absent=config.shrinkage.unplanned,
        handle={name: law_of_cv(queue.handle_cv) for name, queue in config.queue.items()},
        seed=config.solve.seed,
        watch=watch,
    ).service
    found = found[found["period"] == "day"]
    return {
        (str(q), start.date()): float(level)
        for q, start, level in zip(found["queue"], found["start"], found["simulated"], strict=True)
    }

"""A published plan against what came: what volume, handle time, and everything else did to the service.

Calls and handle times as they came are laid under the planned staffing; each cause has the mean of what it changes over
both orders (`attribution.day`), as in the replay of a day. What is left to the service that was measured is staffing,
adherence and all else. Of the counts of a day the chance in them is taken off first (`attribution.smoothing`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..forecast.progress import Watch
from ..forecast.queueing.attribution.day import HANDLE, VOLUME, parts
from ..forecast.queueing.attribution.laid_out import laid_out
from ..forecast.queueing.goal.targets import ServiceGoal
from ..forecast.queueing.simulation.attendance import absence_on
from ..forecast.tables import TABLES, check, read_csv
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
    seen = _what_came(run, came, ids)
    names = {number: name for name, number in ids.items()}
    planned = _planned(run.volume)
    rows = []
    for actual in days.to_dict("records"):
        watch.raise_if_stopped()
        key = names[actual["queue"]], actual["day"]
        service, measured = run.service.get(key, np.nan), actual["service_actual"]
        by_volume, by_handle = _parts(run, *key, seen, actual) if np.isfinite(service) else (np.nan, np.nan)
        calls, handle = planned.loc[key]
        rows.append(
            {
                "queue": actual["queue"], "day": key[1].isoformat(), "calls_planned": calls,
                "calls_actual": actual["calls_actual"], "handle_planned_s": handle,
                "handle_actual_s": actual["handle_actual_s"], "service_planned": service, "service_actual": measured,
                "gap_volume": by_volume, "gap_handle": by_handle,
                "gap_other": (measured - service) - (by_volume + by_handle),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def _what_came(run: PublishedRun, came: pd.DataFrame, ids: Mapping[str, int]) -> pd.DataFrame:
    """Return what came in each row of the volume: calls, and number and mean of the handle times; NaN = unknown."""
    keys = pd.MultiIndex.from_arrays([run.volume["queue"].map(ids), seconds_of(run.volume["start"])])
    rows = came.set_index(["queue", "start_s"]).reindex(keys)
    known = rows["handle_n"].where(rows["handle_n"] > 0)
    columns = {"offered": rows["offered"], "handle_n": known, "handle_s": rows["handle_work"] / known}
    return pd.DataFrame({name: values.to_numpy() for name, values in columns.items()}, index=run.volume.index)


def _planned(volume: pd.DataFrame) -> pd.DataFrame:
    """Return the calls and the mean handle time that were planned, by queue and day."""
    work = volume.assign(day=volume["start"].dt.date, work=volume["calls"] * volume["handle_s"])
    sums = work.groupby(["queue", "day"])[["calls", "work"]].sum(min_count=1)
    return pd.DataFrame({"calls": sums["calls"], "handle": sums["work"] / sums["calls"].where(sums["calls"] > 0)})


def _parts(
    run: PublishedRun, queue: str, day: dt.date, seen: pd.DataFrame, actual: Mapping[Hashable, Any]
) -> tuple[float, float]:
    """Return what calls and handle times of a day changed; NaN where they are not known of all its intervals."""
    if not actual["calls_actual"] > 0:
        return np.nan, np.nan
    if not actual["handle_actual_s"] > 0:
        seen = seen.assign(handle_s=np.nan)
    config = run.config
    found = laid_out(
        run.volume[run.volume["queue"] == queue],
        run.staffing[run.staffing["queue"] == queue],
        day,
        interval_min=config.site.interval_min,
        absent=absence_on(config.shrinkage.unplanned, day),
        handle_cv=config.queue[queue].handle_cv,
        came=seen,
    )
    shares = parts(found, run.goals[queue]).shares
    return shares.get(VOLUME, np.nan), shares.get(HANDLE, np.nan)

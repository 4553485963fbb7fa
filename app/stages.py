"""One stage alone, on bare files: a team can adopt busyhour a stage at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from ..forecast.backtesting.race import ORIGINS
from ..forecast.backtesting.value_added import overrides_backtest
from ..forecast.calendar.grid import known_zone
from ..forecast.calls.tidy import calendar_of, tidy
from ..forecast.errors import InputError
from ..forecast.frames import answered, backtest
from ..forecast.predict import Forecast
from ..forecast.progress import Watch
from ..forecast.queueing.formulas.laws import law_of_cv
from ..forecast.queueing.simulation.simulation import Simulation, simulate
from ..forecast.require import Requirement, require
from ..forecast.tables import TABLES, read_csv, read_text_csv, refuse_duplicates
from .inputs.day_grid import day_grid
from .inputs.folder import read_overrides
from .inputs.read_staffing import goals_of, read_staffing, read_times
from .intake.mapping import Intake
from .intake.read import read_calls


def _history(path: Path, zone: str | None, interval_min: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the calls of a file, and what reading found."""
    if zone is not None:
        known_zone(zone)
    return read_calls(path.parent, Intake(files=(path.name,)), zone=zone, interval_min=interval_min, queues=())


def _closed(path: Path | None) -> list[str]:
    """Return the dates of a file of closed days."""
    if path is None:
        return []
    rows = read_text_csv(path)
    if "date" not in rows:
        raise InputError("column 'date' is missing", file=path)
    bad = pd.to_datetime(rows["date"], errors="coerce").isna()
    if bad.any():
        i = int(bad.to_numpy().argmax())
        raise InputError(
            "not a date", file=path, row=i + 2, column="date", value=rows["date"].iloc[i],
            mend="Write it like 2026-12-25",
        )  # fmt: skip
    return list(rows["date"])


def _of_file(error: InputError, path: Path) -> InputError:
    """Return an error that names the file it is about, unless it is about an option."""
    if error.file is not None or (error.column is not None and error.row is None and "." in error.column):
        return error
    return InputError(error.what, file=path, row=error.row, column=error.column, value=error.value, mend=error.mend)


def forecast_file(
    path: Path,
    *,
    days: int,
    interval_min: int,
    opening: str | None,
    closed: Path | None,
    country: str | None,
    min_intervals: int,
    zone: str | None,
    queue: str | None,
    model: str,
    handle_s: float | None,
    patience_s: float | None,
    overrides: Path | None,
    now: str | None,
    watch: Watch,
) -> Forecast:
    """Forecast `days` days after the last day of a file of calls (see `frames.forecast`)."""
    calls, found = _history(path, zone, interval_min)
    shut = _closed(closed)
    given = None if overrides is None else read_overrides(overrides, zone=zone, interval_min=interval_min)
    try:
        result = answered(
            calls, days, interval_min, queue=queue, zone=zone, min_intervals=min_intervals, now=now, hours=opening,
            closed=shut, country=country, subdivision=None, model=model, handle_s=handle_s, patience_s=patience_s,
            overrides=given, processes=None, origins=ORIGINS, watch=watch,
        )  # fmt: skip
    except InputError as error:
        raise _of_file(error, path) from None
    if queue is not None:
        found = found[found["queue"].isin(["", queue])]
    return replace(result, quality=pd.concat([found, result.quality], ignore_index=True)) if len(found) else result


def details_of(result: Forecast) -> dict[str, pd.DataFrame]:
    """Return by file name what a forecast rests on."""
    return {
        "quality": result.quality,
        "days": result.days,
        "volume_parts": result.parts,
        "past_weeks": result.past,
        "backtest": result.backtest,
        "handle_backtest": result.handle_backtest,
    }


def backtest_file(
    path: Path,
    origins: Path,
    *,
    interval_min: int,
    opening: str | None,
    closed: Path | None,
    country: str | None,
    min_intervals: int,
    zone: str | None,
    queue: str | None,
    model: str,
    daytype: str,
    watch: Watch,
) -> pd.DataFrame:
    """Forecast from each origin of a file (see `frames.backtest`)."""
    calls, _ = _history(path, zone, interval_min)
    rows, shut = read_text_csv(origins), _closed(closed)
    try:
        return backtest(
            calls, rows, model=model, daytype=daytype, interval=interval_min, open=opening, closed=shut,
            country=country, min_intervals=min_intervals, queue=queue, zone=zone, watch=watch,
        )  # fmt: skip
    except InputError as error:
        raise _of_file(error, origins if error.column in ("origin", "horizon_days") else path) from None


def overrides_file(
    path: Path,
    overrides: Path,
    *,
    interval_min: int,
    opening: str | None,
    closed: Path | None,
    country: str | None,
    min_intervals: int,
    zone: str | None,
    queue: str | None,
    model: str,
    watch: Watch,
) -> pd.DataFrame:
    """Return whether past overrides came nearer than the model (see `value_added.overrides_backtest`)."""
    calls, _ = _history(path, zone, interval_min)
    own, shut = read_overrides(overrides, zone=zone, interval_min=interval_min), _closed(closed)
    try:
        calls = tidy(calls, interval_min, queue=queue, zone=zone, min_intervals=min_intervals)
        calendar = calendar_of(calls, interval_min, opening, shut, country, None, zone)
        return overrides_backtest(calls, calendar, own, interval_min=interval_min, model=model, watch=watch)[1]
    except InputError as error:
        raise _of_file(error, overrides if error.column is None else path) from None


def require_file(
    path: Path,
    goals: Sequence[str],
    *,
    caps: Mapping[str, object],
    model: str | None,
    unplanned: float,
    planned: float,
    zone: str | None,
    moving: bool = False,
) -> Requirement:
    """Return requirement and curves of a volume file, on its own interval.

    `goals` are texts of the command line, `caps` the other fields of every goal.
    """
    volume = read_csv(path, TABLES["volume"], zone=zone)
    refuse_duplicates(volume, ["queue", "start"], file=path, what="duplicate interval")
    grid = day_grid(volume, zone, path)
    names = list(volume["queue"].unique())
    models = {
        n: model
        or (
            "erlang_a"
            if volume.loc[volume["queue"] == n].get("patience_s", pd.Series([None])).notna().all()
            else "erlang_c"
        )
        for n in names
    }
    return require(
        volume,
        goals_of(goals, names, basis="interval", **caps),
        grid,
        models=models,
        unplanned=unplanned,
        planned=planned,
        moving=names if moving else (),
    )


def simulate_file(
    staffing: Path,
    volume: Path,
    goals: Sequence[str],
    *,
    definition: str,
    unplanned: float,
    handle_cv: float,
    handle: Path | None,
    patience: Path | None,
    report_min: int | None,
    zone: str | None,
    seed: int,
    watch: Watch,
) -> Simulation:
    """Simulate a staffing file (steps, activity or coverage) against a volume file."""
    table = read_csv(volume, TABLES["volume"], zone=zone)
    names, minutes = sorted(table["queue"].unique()), day_grid(table, zone, volume).minutes
    return simulate(
        read_staffing(staffing, names, minutes, zone),
        table,
        goals_of(goals, names, definition=definition),
        interval_min=minutes,
        report_min=report_min,
        absent=unplanned,
        handle=law_of_cv(handle_cv) if handle is None else read_times(handle, names),
        patience=None if patience is None else read_times(patience, names),
        seed=seed,
        watch=watch,
    )

"""One stage alone, on bare files: a team can adopt busyhour a stage at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..forecast.backtest import backtest
from ..forecast.calendars import Calendar, SpecialDay, opening_of_history, parse_opening
from ..forecast.errors import InputError
from ..forecast.grid import WEEKDAYS, Grid
from ..forecast.predict import Forecast, forecast
from ..forecast.progress import Watch
from ..forecast.queueing.curve import Curve
from ..forecast.queueing.simulate import simulate
from ..forecast.queueing.targets import ServiceGoal
from ..forecast.require import Requirement, require
from ..forecast.tables import TABLES, check, read_csv, read_text_csv, refuse_duplicates
from ..schedule.activity import staffing
from ..schedule.tables import TABLES as SCHEDULE_TABLES
from .inputs import Folder
from .intake.mapping import Intake
from .intake.read import read_calls
from .plan import Ask, schedule


def _history(path: Path, zone: str | None, interval_min: int, queue: str | None) -> pd.DataFrame:
    calls, _ = read_calls(path.parent, Intake(files=(path.name,)), zone=zone, interval_min=interval_min, queues=())
    if queue is not None:
        calls = calls[calls["queue"] == queue].reset_index(drop=True)
        if calls.empty:
            raise InputError("no such queue in the file", file=path, column="queue", value=queue)
    return calls


def _calendar(
    calls: pd.DataFrame,
    opening: str | None,
    closed: Path | None,
    country: str | None,
    zone: str | None,
    interval_min: int,
) -> Calendar:
    special: tuple[SpecialDay, ...] = ()
    if closed is not None:
        rows = read_text_csv(closed)
        if "date" not in rows:
            raise InputError("column 'date' is missing", file=closed)
        dates = pd.to_datetime(rows["date"], errors="coerce")
        if dates.isna().any():
            i = int(dates.isna().to_numpy().argmax())
            raise InputError(
                "not a date",
                file=closed,
                row=i + 2,
                column="date",
                value=rows["date"].iloc[i],
                mend="Write it like 2026-12-25",
            )
        special = tuple(SpecialDay(d.date(), "closed", "closed", closed=True) for d in dates)
    hours = opening_of_history(calls, interval_min)
    if opening is not None:
        asked = parse_opening(dict.fromkeys(WEEKDAYS, opening), key="--open")
        hours = {day: asked[day] if spans else () for day, spans in hours.items()}  # days without calls stay closed
    return Calendar(opening=hours, zone=zone, country=country, special=special)


def forecast_file(
    path: Path,
    *,
    days: int,
    interval_min: int,
    opening: str | None,
    closed: Path | None,
    country: str | None,
    zone: str | None,
    queue: str | None,
    model: str,
    handle_s: float | None,
    patience_s: float | None,
    seed: int,
    watch: Watch,
) -> Forecast:
    """Forecast `days` days after the last day of a file of calls."""
    calls = _history(path, zone, interval_min, queue)
    names = list(calls["queue"].unique())
    calendar = _calendar(calls, opening, closed, country, zone, interval_min)
    grid = Grid(calls["start"].max().date() + dt.timedelta(days=1), days, interval_min, zone)
    return forecast(
        calls,
        grid,
        calendar,
        models=model,
        handle_s=dict.fromkeys(names, handle_s),
        patience_s=dict.fromkeys(names, patience_s),
        seed=seed,
        watch=watch,
    )


def backtest_file(
    path: Path,
    origins: Path,
    *,
    interval_min: int,
    opening: str | None,
    closed: Path | None,
    country: str | None,
    zone: str | None,
    queue: str | None,
    model: str,
    daytype: str,
    watch: Watch,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forecast from each origin of a file and score it."""
    calls = _history(path, zone, interval_min, queue)
    calendar = _calendar(calls, opening, closed, country, zone, interval_min)
    rows = read_text_csv(origins)
    for column in ("origin", "horizon_days"):
        if column not in rows:
            raise InputError(f"column {column!r} is missing", file=origins)
    table = pd.DataFrame(
        {
            "origin": pd.to_datetime(rows["origin"], errors="coerce"),
            "horizon_days": pd.to_numeric(rows["horizon_days"], errors="coerce"),
        }
    )
    for column in ("origin", "horizon_days"):
        if table[column].isna().any():
            i = int(table[column].isna().to_numpy().argmax())
            raise InputError("unreadable", file=origins, row=i + 2, column=column, value=rows[column].iloc[i])
    return backtest(
        calls, calendar, interval_min=interval_min, origins=table, model=model, daytype=daytype, watch=watch
    )


def require_file(
    path: Path,
    goal: ServiceGoal,
    *,
    model: str | None,
    unplanned: float,
    planned: float,
    zone: str | None,
    moving: bool = False,
) -> Requirement:
    """Return requirement and curves of a volume file, on its own interval."""
    volume = read_csv(path, TABLES["volume"], zone=zone)
    refuse_duplicates(volume, ["queue", "start"], file=path, what="duplicate interval")
    grid = _grid(volume, zone, path)
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
        dict.fromkeys(names, goal),
        grid,
        models=models,
        unplanned=unplanned,
        planned=planned,
        moving=names if moving else (),
    )


def _grid(table: pd.DataFrame, zone: str | None, path: Path) -> Grid:
    """Return the day grid that holds the starts of `table`; its step is the smallest distance between two."""
    starts = table["start"].drop_duplicates().sort_values()
    if starts.empty:
        raise InputError("file has no rows", file=path)
    step = 30 if len(starts) < 2 else int(starts.diff().dropna().min() / pd.Timedelta(minutes=1))
    first, last = starts.iloc[0].date(), starts.iloc[-1].date()
    return Grid(first, (last - first).days + 1, step, zone)


def simulate_file(
    staffing_path: Path,
    volume_path: Path,
    goal: ServiceGoal,
    *,
    unplanned: float,
    handle_cv: float,
    zone: str | None,
    seed: int,
    watch: Watch,
) -> pd.DataFrame:
    """Simulate a staffing file (steps, or an activity table) against a volume file."""
    volume = read_csv(volume_path, TABLES["volume"], zone=zone)
    names = list(volume["queue"].unique())
    raw = read_text_csv(staffing_path)
    if "activity" in raw.columns:
        steps = staffing(check(raw, SCHEDULE_TABLES["activity"], zone=zone, file=staffing_path))
    else:
        if "queue" not in raw.columns:
            if len(names) != 1:
                raise InputError(
                    "column 'queue' is missing",
                    file=staffing_path,
                    mend="The volume has several queues: say which one each step works",
                )
            raw = raw.assign(queue=names[0])
        steps = check(raw, TABLES["staffing"], zone=zone, file=staffing_path)
    bad = steps["end"] <= steps["start"]
    if bad.any():
        i = int(bad.to_numpy().argmax())
        raise InputError(
            "step ends before it starts", file=staffing_path, row=i + 2, column="end", value=str(steps["end"].iloc[i])
        )
    grid = _grid(volume, zone, volume_path)
    return simulate(
        steps,
        volume,
        dict.fromkeys(names, goal),
        interval_min=grid.minutes,
        absent=unplanned,
        handle_cv=handle_cv,
        seed=seed,
        watch=watch,
    ).service


def schedule_file(
    requirement: Path,
    curve: Path | None,
    rules: Path,
    staff: Path | None,
    ask: Ask,
    watch: Watch,
    log: Callable[[], list[str]],
) -> tuple[Path, dict[str, Any], float]:
    """Schedule requirement.csv (and curve.csv) under a plan.toml; returns run folder, summary and the gap asked for."""
    folder = Folder.read(rules, ask.scenario)
    if staff is not None:
        folder = replace(folder, staff=staff)
    config = ask.apply(folder.config)
    zone, names = config.site.zone, list(config.queue)
    table = read_csv(requirement, TABLES["requirement"], zone=zone)
    if "queue" not in table.columns:
        if len(names) != 1:
            raise InputError("column 'queue' is missing", file=requirement, mend="plan.toml has several queues")
        table = table.assign(queue=names[0])
    _known(table, names, requirement)
    refuse_duplicates(table, ["queue", "start"], file=requirement, what="duplicate interval")
    curves: dict[str, Curve] | None = None
    files = {**folder.files(), "requirement.csv": requirement}
    if curve is not None:
        rows = read_csv(curve, TABLES["curve"], zone=zone)
        rows = rows if "queue" in rows.columns else rows.assign(queue=names[0])
        _known(rows, names, curve)
        curves = {str(n): Curve.from_frame(part, str(n)) for n, part in rows.groupby("queue")}
        files["curve.csv"] = curve
    step = _grid(table, zone, requirement).minutes
    if step != config.site.interval_min:
        config = config.model_copy(
            update={
                "site": config.site.model_copy(
                    update={"interval_min": step, "grid_min": min(step, config.site.grid_min)}
                )
            }
        )
    out, summary = schedule(table, curves, folder, config, ask, files, watch, log)
    return out, summary, config.solve.gap


def _known(table: pd.DataFrame, names: list[str], path: Path) -> None:
    strange = ~table["queue"].isin(names)
    if strange.any():
        i = int(strange.to_numpy().argmax())
        raise InputError(
            "unknown queue",
            file=path,
            row=i + 2,
            column="queue",
            value=table["queue"].iloc[i],
            mend=f"plan.toml has {', '.join(names)}",
        )

"""One stage alone, on bare files: a team can adopt busyhour a stage at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import pandas as pd

from ..forecast.calendar.changed_hours import hours_of_history, hours_told
from ..forecast.calendar.grid import known_zone
from ..forecast.calendar.opening_hours import hours_text
from ..forecast.calls.history_options import HistoryOptions, dates_of
from ..forecast.calls.tidy import calendar_of, tidy
from ..forecast.errors import InputError
from ..forecast.on_data_frames import backtest_by_options, forecast_by_options
from ..forecast.options import ForecastOptions
from ..forecast.overrides_value_added import overrides_backtest
from ..forecast.predict import Forecast
from ..forecast.progress import Watch
from ..forecast.queueing.formulas.time_laws import law_of_cv
from ..forecast.queueing.simulation.simulation import Simulation, simulate
from ..forecast.require import Requirement, require
from ..forecast.tables import read_text_csv
from .config.plan_toml import PLAN, read_plan
from .inputs.bare_volume import BareVolume
from .inputs.folder import read_overrides
from .inputs.read_staffing import goals_of, read_staffing, read_times
from .intake.mapping import Intake
from .intake.merge import QUALITY
from .intake.read import read_calls
from .intake.units import refuse_goals_of_hours, refuse_odd_handle_time
from .report.summary import read_summary


def closed_days(path: Path | None) -> tuple[dt.date, ...]:
    """Return the dates of a file of closed days.

    Raises
    ------
    InputError
        If the file has no column ``date``, or a date cannot be read.
    """
    if path is None:
        return ()
    try:
        return dates_of(read_text_csv(path))
    except InputError as error:
        raise _of_file(error, path) from None


@dataclass(frozen=True)
class BareCalls:
    """A bare file of calls.

    Attributes
    ----------
    path, calls
        The file, and its rows as the table ``calls``.
    found
        What reading found, as rows of the quality table.
    trust
        Columns whose odd figures are right.
    """

    path: Path
    calls: pd.DataFrame
    found: pd.DataFrame
    trust: tuple[str, ...] = ()


def bare_calls(path: Path, options: HistoryOptions, trust: Sequence[str] = ()) -> BareCalls:
    """Read a bare file of calls; `trust` as for `Intake`."""
    if options.zone is not None:
        known_zone(options.zone)
    intake = Intake(files=(path.name,), trust=tuple(trust), outside=True)  # who names a file means that file
    calls, found = read_calls(path.parent, intake, zone=options.zone, interval_min=options.interval_min, queues=())
    return BareCalls(path, calls, found, intake.trust)


def _of_file(error: InputError, path: Path) -> InputError:
    """Return an error that names the file it is about, unless it is about an option."""
    if error.file is not None or (error.column is not None and error.row is None and "." in error.column):
        return error
    return InputError(error.what, file=path, row=error.row, column=error.column, value=error.value, mend=error.mend)


def forecast_file(history: BareCalls, options: ForecastOptions, overrides: Path | None, watch: Watch) -> Forecast:
    """Forecast the days after the last day of a file of calls (see `on_data_frames.forecast`)."""
    refuse_odd_handle_time(options.handle_s, column="--handle-s", trust=history.trust)
    reading, found, own = options.history, history.found, None
    if overrides is not None:
        own = read_overrides(overrides, zone=reading.zone, interval_min=reading.interval_min)
    try:
        result = forecast_by_options(history.calls, options, overrides=own, watch=watch)
    except InputError as error:
        raise _of_file(error, history.path) from None
    if reading.queue is not None:
        found = found[found["queue"].isin(["", reading.queue])]
    if reading.open_hours is None:
        breaks = _breaks_found(history.calls, reading)
        found = pd.concat([t for t in (found, breaks) if len(t)] or [found], ignore_index=True)
    return replace(result, quality=pd.concat([found, result.quality], ignore_index=True)) if len(found) else result


def _breaks_found(calls: pd.DataFrame, options: HistoryOptions) -> pd.DataFrame:
    """Return a row of the quality table for each queue whose days are closed in between, or may be, as calls show."""
    frame, rows = tidy(calls, options), []
    for queue, part in frame.groupby("queue", sort=False):
        shown = hours_of_history(part, options.interval_min)
        shut = {(a, b) for spans in shown.opening.values() for (_, a), (b, _) in pairwise(spans)}
        if shut:
            what = f"no calls ever at {hours_text(sorted(shut))}"
            rows.append((queue, pd.NaT, pd.NaT, "opening", what, "taken as closed; --open says otherwise"))
        if shown.silent.any():
            what = f"no calls ever {hours_told(shown.silent)}, yet so few come that this may be chance"
            rows.append((queue, pd.NaT, pd.NaT, "opening", what, "taken as open; --open says otherwise"))
    return pd.DataFrame(rows, columns=list(QUALITY))


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
    history: BareCalls, origins: Path, options: HistoryOptions, *, model: str, daytype: str, watch: Watch
) -> pd.DataFrame:
    """Forecast from each origin of a file (see `on_data_frames.backtest`)."""
    rows = read_text_csv(origins)
    try:
        return backtest_by_options(history.calls, rows, options, model=model, daytype=daytype, watch=watch)
    except InputError as error:
        raise _of_file(error, origins if error.column in ("origin", "horizon_days") else history.path) from None


def overrides_file(
    history: BareCalls, overrides: Path, options: HistoryOptions, *, model: str, watch: Watch
) -> pd.DataFrame:
    """Return whether past overrides came nearer than the model (see `overrides_value_added.overrides_backtest`)."""
    minutes = options.interval_min
    own = read_overrides(overrides, zone=options.zone, interval_min=minutes)
    try:
        calls = tidy(history.calls, options)
        calendar = calendar_of(calls, options)
        return overrides_backtest(calls, calendar, own, interval_min=minutes, model=model, watch=watch)[1]
    except InputError as error:
        raise _of_file(error, overrides if error.column is None else history.path) from None


@dataclass(frozen=True)
class RequireOptions:
    """What a requirement follows beside volume and goals.

    Parameters
    ----------
    definition
        Which calls the service level counts (see `ServiceGoal`).
    max_abandon, max_occupancy
        Caps on the share that hangs up and on the occupancy, shares from 0 to 1; None = no cap.
    max_asa_s
        Cap on the mean wait of answered calls, seconds, at least 0; None = no cap.
    min_agents
        Least agents while open, at least 0.
    model
        ``erlang_a`` or ``erlang_c``; None = ``erlang_a`` for queues whose patience is known throughout.
    unplanned, planned
        Unplanned and planned shrinkage, shares of at least 0 and below 1.
    moving
        Whether each queue is followed from interval to interval.
    """

    definition: str = "offered"
    max_abandon: float | None = None
    max_occupancy: float | None = None
    max_asa_s: float | None = None
    min_agents: int = 0
    model: str | None = None
    unplanned: float = 0.0
    planned: float = 0.0
    moving: bool = False

    @property
    def goal_fields(self) -> dict[str, object]:
        """The fields of every goal that its text does not give."""
        names = ("definition", "max_abandon", "max_occupancy", "max_asa_s", "min_agents")
        return {name: getattr(self, name) for name in names}


def require_volume(
    volume: BareVolume, goals: Sequence[str], options: RequireOptions, watch: Watch | None = None
) -> Requirement:
    """Return requirement and curves of a volume, on its own interval; `goals` are texts of the command line."""
    names = list(volume.table["queue"].unique())
    models = {n: options.model or _model_of(volume.table[volume.table["queue"] == n]) for n in names}
    asked = goals_of(goals, names, basis="interval", **options.goal_fields)
    refuse_goals_of_hours(asked, volume.trust)
    try:
        return require(
            volume.table,
            asked,
            volume.grid,
            models=models,
            unplanned=options.unplanned,
            planned=options.planned,
            moving=names if options.moving else (),
            watch=watch,
        )
    except InputError as error:
        raise _of_file(error, volume.path) from None


def _model_of(volume: pd.DataFrame) -> str:
    """Return the queueing model of a queue: with abandonment where its patience is known throughout."""
    return "erlang_a" if volume.get("patience_s", pd.Series([None])).notna().all() else "erlang_c"


OF_RUNS = ("activity.csv", "coverage.csv")
"""Files of a run that are staffings."""


@dataclass(frozen=True)
class SimulateOptions:
    """What a simulation follows beside staffing, volume and goals.

    Parameters
    ----------
    definition
        Which calls the service level counts (see `ServiceGoal`).
    unplanned
        Share of the staff absent on the day, at least 0 and below 1; None = that of the run whose staffing is given,
        0 for other files.
    handle_cv
        Coefficient of variation of handle times, at least 0; used without `handle`.
    handle, patience
        Files of handle times and of patience, seconds; None = by `handle_cv`, and exponential around the volume's mean.
    report_min
        Minutes of the intervals reported, 1 to 1440; None = those of the volume.
    seed
        Of the random draws.
    """

    definition: str = "offered"
    unplanned: float | None = None
    handle_cv: float = 1.0
    handle: Path | None = None
    patience: Path | None = None
    report_min: int | None = None
    seed: int = 0


def absence_of_run(path: Path) -> float | Mapping[str, float]:
    """Return the unplanned absence of the run of which a file of staffing is a part; 0 for other files.

    Absence is a share, or one per weekday, as `[shrinkage] unplanned` of the run's own plan says.
    """
    summary, inputs = path.parent / "summary.json", path.parent / "inputs"
    if path.name not in OF_RUNS or not summary.exists() or not (inputs / PLAN).exists():
        return 0.0
    plan = read_plan(inputs, read_summary(summary).get("scenario"))[1]
    absent: float | Mapping[str, float] = plan.get("shrinkage", {}).get("unplanned", 0.0)
    return absent


def absent_told(absent: float | Mapping[str, float]) -> str:
    """Return absence in words."""
    if not isinstance(absent, Mapping):
        return f"{absent:.3g}"
    return ", ".join(f"{share:.3g} ({day})" for day, share in absent.items())


def simulate_volume(
    staffing: Path, volume: BareVolume, goals: Sequence[str], options: SimulateOptions, watch: Watch
) -> Simulation:
    """Simulate a staffing file (steps, activity or coverage) against a volume."""
    names, minutes = sorted(volume.table["queue"].unique()), volume.grid.minutes
    steps = read_staffing(staffing, names, minutes, volume.grid.zone)
    handle = law_of_cv(options.handle_cv) if options.handle is None else read_times(options.handle, names)
    patience = None if options.patience is None else read_times(options.patience, names)
    watch.keeps.set()
    return simulate(
        steps,
        volume.table,
        goals_of(goals, names, definition=options.definition),
        interval_min=minutes,
        report_min=options.report_min,
        absent=absence_of_run(staffing) if options.unplanned is None else options.unplanned,
        handle=handle,
        patience=patience,
        seed=options.seed,
        watch=watch,
    )

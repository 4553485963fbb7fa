"""The main job: a folder of history, rules and people becomes next week's judged roster."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd

from ..forecast.errors import InputError
from ..forecast.grid import WEEKDAYS, Grid
from ..forecast.predict import Forecast, forecast
from ..forecast.progress import Watch
from ..forecast.queueing.curve import Curve
from ..forecast.require import Requirement, require
from .config import Config
from .inputs import Folder
from .publish import publish
from .week import build_problem, decide

T = TypeVar("T")


@dataclass(frozen=True)
class Ask:
    """What the caller of a run may set beside the folder: overrides of `[solve]` and where the result goes."""

    out: Path | None = None
    week: dt.date | None = None
    scenario: str | None = None
    seed: int | None = None
    time_limit_s: float | None = None
    gap: float | None = None
    previous: Path | None = None
    wages: bool = True
    arguments: Mapping[str, Any] = field(default_factory=dict)

    def apply(self, config: Config) -> Config:
        """Return the config with the overrides in its `[solve]`."""
        given = {
            k: v
            for k, v in (("seed", self.seed), ("time_limit_s", self.time_limit_s), ("gap", self.gap))
            if v is not None
        }
        return config.model_copy(update={"solve": config.solve.model_copy(update=given)})


def predict(
    folder: Folder, config: Config, grid: Grid, calls: pd.DataFrame, found: pd.DataFrame, watch: Watch
) -> Forecast:
    """Forecast the queues of `folder` on the interval grid of the planned week."""
    queues = config.queue
    result = forecast(
        calls,
        grid,
        folder.calendar(),
        models={n: q.model for n, q in queues.items()},
        handle_s={n: q.handle_s for n, q in queues.items()},
        patience_s={n: q.patience_s for n, q in queues.items()},
        seed=config.solve.seed,
        watch=watch,
    )
    return Forecast(
        result.volume,
        result.backtest,
        result.history,
        pd.concat([found, result.quality], ignore_index=True) if len(found) else result.quality,
    )


def requirement_of(config: Config, volume: pd.DataFrame, grid: Grid) -> Requirement:
    """Return requirement and curves of every queue on the interval grid."""
    return require(
        volume,
        {n: q.goal for n, q in config.queue.items()},
        grid,
        models={n: q.erlang for n, q in config.queue.items()},
        unplanned={n: config.shrinkage.absent(grid) for n in config.queue},
        planned=config.shrinkage.planned,
        moving=[n for n, q in config.queue.items() if q.requirement == "moving"],
    )


def decisive(config: Config, curves: Mapping[str, Curve]) -> dict[str, Curve]:
    """Return the curves that the schedule decides by: an interval goal on the moving queue is decided by its need."""
    queues = config.queue
    return {
        name: curve
        for name, curve in curves.items()
        if not (queues[name].requirement == "moving" and queues[name].goal.basis == "interval")
    }


def plan(path: Path, ask: Ask, watch: Watch, log: Callable[[], list[str]]) -> tuple[Path, dict[str, Any]]:
    """Plan one week of the folder `path`; returns the run folder and the summary.

    Raises
    ------
    InputError, Infeasible, Refused, Stopped
        See the exit codes in the reference.
    """
    began = time.monotonic()
    stages: dict[str, float] = {}
    folder = Folder.read(path, ask.scenario)
    config = ask.apply(folder.config)
    watch.tell("read", str(path))
    calls, found = folder.calls()
    first = folder.week(ask.week, calls)
    slots = config.week_grid(first)
    people = folder.people(slots, ask.previous)
    if not config.shift:
        raise InputError("no shift family", file="plan.toml", column="shift.", mend="Add a [shift.NAME]")
    stages["read"] = time.monotonic() - began
    watch.raise_if_stopped()
    grid = Grid(first, 7, config.site.interval_min, config.site.zone)
    predicted, stages["forecast"] = _timed(lambda: predict(folder, config, grid, calls, found, watch))
    needed, stages["require"] = _timed(lambda: requirement_of(config, predicted.volume, grid))
    watch.tell("require", f"{needed.requirement['load_erl'].sum() * grid.hours:,.0f} erlang-hours")
    watch.raise_if_stopped()
    problem = build_problem(config, slots, needed.requirement, decisive(config, needed.curves), people)
    week = decide(config, problem, needed.curves, predicted.volume, watch)
    stages |= week.stages
    out = ask.out or folder.path / "runs" / "-".join([first.isoformat(), *([ask.scenario] if ask.scenario else [])])
    watch.tell("publish", str(out))
    summary = publish(
        out,
        config,
        folder.plan,
        week,
        {**folder.files(), **folder.calls_files()},
        {"week": first.isoformat(), "scenario": ask.scenario, **ask.arguments},
        requirement=needed.requirement,
        curve=needed.curve,
        predicted=predicted,
        volume=predicted.volume,
        previous=ask.previous,
        stages=stages,
        label={"week": first.isoformat(), "scenario": ask.scenario},
        log=log,
        wages=ask.wages,
        stopped=watch.stopped,
    )
    watch.tell("publish", f"{out}  {time.monotonic() - began:.0f} s in all")
    return out, summary


def schedule(
    requirement: pd.DataFrame,
    curves: Mapping[str, Curve] | None,
    folder: Folder,
    config: Config,
    ask: Ask,
    files: Mapping[str, Path],
    watch: Watch,
    log: Callable[[], list[str]],
) -> tuple[Path, dict[str, Any]]:
    """Schedule a requirement made elsewhere (and its curves where known); returns the run folder and the summary."""
    first = ask.week or _first_week(requirement, config)
    slots = config.week_grid(first)
    people = folder.people(slots, ask.previous)
    problem = build_problem(config, slots, requirement, curves, people)
    week = decide(config, problem, curves, None, watch)
    out = ask.out or folder.path / "runs" / first.isoformat()
    curve = pd.concat([c.to_frame() for c in curves.values()], ignore_index=True) if curves else None
    summary = publish(
        out,
        config,
        folder.plan,
        week,
        files,
        {"week": first.isoformat(), "scenario": ask.scenario, **ask.arguments},
        requirement=requirement,
        curve=curve,
        predicted=None,
        volume=None,
        previous=ask.previous,
        stages=dict(week.stages),
        label={"week": first.isoformat(), "scenario": ask.scenario},
        log=log,
        wages=ask.wages,
        stopped=watch.stopped,
    )
    return out, summary


def _first_week(requirement: pd.DataFrame, config: Config) -> dt.date:
    """Return the first day of the first whole week of a requirement, or of the week it begins in if there is none."""
    begin: dt.date = requirement["start"].min().date()
    end: dt.date = requirement["start"].max().date()
    first = begin + dt.timedelta(days=(WEEKDAYS.index(config.site.week_start) - begin.weekday()) % 7)
    return first if first <= end else first - dt.timedelta(days=7)


def _timed(work: Callable[[], T]) -> tuple[T, float]:
    began = time.monotonic()
    return work(), time.monotonic() - began

"""The main job: inputs become a judged plan; nothing is read from files or written here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ..forecast.calendar.grid import Grid
from ..forecast.errors import InputError
from ..forecast.predict import Forecast, forecast
from ..forecast.progress import Watch
from ..forecast.queueing.curve.service_curve import ServiceCurve
from ..forecast.queueing.formulas.time_laws import law_of_cv
from ..forecast.require import Requirement, require
from ..schedule.judge.check import Verdict
from ..schedule.plan.cheap_misses import cheap_misses
from ..schedule.plan.decide import decide
from ..schedule.plan.decision import Decision
from ..schedule.plan.measure import ServiceData
from ..schedule.plan.settings import SolveSettings
from ..schedule.plan.stages import timed
from ..schedule.problem.demand import demands_of
from ..schedule.problem.goal_period import GoalPeriod
from ..schedule.problem.heads import on_phone
from ..schedule.problem.problem import ScheduleProblem
from ..schedule.problem.shift_families import DAY_MIN
from ..schedule.problem.shifts import skipped_starts
from .config.plan_toml import PLAN
from .config.schema import Config
from .findings import loud_findings
from .goal_periods import goal_periods, told_periods
from .inputs.inputs import Inputs
from .inputs.open_after import open_after
from .judging import judged
from .outcome import Outcome

LEAST_DAYS, FAR_DAYS = 28, 42
"""Days of history below which, and days between history and plan above which, the reader is told."""


def plan(inputs: Inputs, watch: Watch | None = None, ready: Forecast | None = None) -> Outcome:
    """Plan the week of `inputs`: forecast and requirement where there are calls, then the decision and the verdict.

    Nothing is written; see `publish`. The plan of an outcome whose verdict has violations must not be used.

    Parameters
    ----------
    watch
        Told of progress; a stop ends the work with the best plan so far.
    ready
        A forecast of the planned days that is made already; None = the calls are forecast here.

    Raises
    ------
    InputError
        On inputs that contradict each other.
    Infeasible
        If the rules of some people contradict each other.
    Stopped, NothingFound
        If stopped, or time was up, before there was any plan.
    """
    eye = watch or Watch()
    return _from_requirement(inputs, eye) if inputs.requirement is not None else _from_calls(inputs, eye, ready)


def _from_calls(inputs: Inputs, watch: Watch, ready: Forecast | None) -> Outcome:
    """Plan from a history of calls, or from their forecast where that is `ready`."""
    stages = {"read": inputs.seconds}
    watch.raise_if_stopped()
    with timed(stages, "forecast"):
        predicted = predict(inputs, watch) if ready is None else ready
    with timed(stages, "require"):
        needed = requirement_of(inputs, predicted.volume, watch)
    watch.tell("require", f"{needed.requirement['load_erl'].sum() * inputs.grid.hours:,.0f} erlang-hours")
    watch.raise_if_stopped()
    curves = decisive(inputs.config, needed.curves)
    problem = problem_of(inputs, needed.requirement, curves, goal_periods(inputs, curves))
    found, verdict, stopped = _decided(inputs, problem, service_data(inputs, needed.curves, predicted.volume), watch)
    notes = [*inputs.notes, *_far(inputs), *_lost_families(problem), *_skipped(problem)]
    notes += _first_night(inputs, problem)
    notes += [*told_periods(found), *cheap_misses(found)]
    notes += loud_findings(predicted.quality, predicted.history, inputs.grid.first)
    if len(predicted.quality):
        notes.append(f"{len(predicted.quality)} findings in the input data: see the report, Data quality")
    return Outcome(
        inputs,
        found,
        verdict,
        requirement=needed.requirement,
        curve=_rows(found.curves),
        forecast=predicted,
        stages={**stages, **found.stages},
        notes=tuple(notes),
        stopped=stopped,
    )


def _from_requirement(inputs: Inputs, watch: Watch) -> Outcome:
    """Plan for a requirement made elsewhere, with its curves where they are known."""
    table, curves, slots = inputs.requirement, inputs.curves, inputs.horizon.grid
    if table is None:
        raise InputError("no requirement is given")
    problem = problem_of(inputs, table, curves, goal_periods(inputs, curves))
    found, verdict, stopped = _decided(inputs, problem, service_data(inputs, curves, None), watch)
    curve, told = _rows(curves), told_periods(found)
    return Outcome(
        inputs,
        found,
        verdict,
        requirement=_inside(table, slots),
        curve=None if curve is None else _inside(curve, slots),
        notes=(
            *inputs.notes,
            *_outside(table, slots),
            *_lost_families(problem),
            *_skipped(problem),
            *_first_night(inputs, problem),
            *told,
        ),
        stages=found.stages,
        stopped=stopped,
    )


def _decided(
    inputs: Inputs, problem: ScheduleProblem, data: ServiceData, watch: Watch
) -> tuple[Decision, Verdict, bool]:
    """Return the decision, the judge's verdict on it, and whether the user stopped the run before the judge's turn."""
    found = decide(problem, data, settings_of(inputs.config), watch)
    stopped = watch.stopped
    verdict = judged(
        found.activity,
        inputs.plan,
        inputs.texts,
        inputs.week,
        coverage=found.coverage,
        wages=found.cost_wages if found.named else None,
    )
    return found, verdict, stopped


def settings_of(config: Config) -> SolveSettings:
    """Return how long and how hard plan.toml asks to look for a plan."""
    asked = config.solve
    return SolveSettings(time_limit_s=asked.time_limit_s, gap=asked.gap, seed=asked.seed, threads=asked.threads)


def predict(inputs: Inputs, watch: Watch, days: int | None = None) -> Forecast:
    """Forecast every queue over the planned days, or over so many `days` from the first of them on.

    Raises
    ------
    InputError
        If a queue cannot be forecast or its handle times are unknown.
    """
    queues = inputs.config.queue
    if inputs.calls is None:
        raise InputError("no calls are given")
    grid = inputs.grid if days is None else replace(inputs.grid, days=days)
    result = forecast(
        inputs.calls,
        grid,
        inputs.calendar,
        models={n: q.model for n, q in queues.items()},
        handle_s={n: q.handle_s for n, q in queues.items()},
        patience_s={n: q.patience_s for n, q in queues.items()},
        overrides=inputs.overrides,
        watch=watch,
    )
    for error in result.failed.values():
        raise error
    _refuse_unknown_handle_times(result.volume)
    if inputs.findings is None or not len(inputs.findings):
        return result
    return replace(result, quality=pd.concat([inputs.findings, result.quality], ignore_index=True))


def _refuse_unknown_handle_times(volume: pd.DataFrame) -> None:
    """Raise `InputError` where neither the calls nor plan.toml tell how long a call of a queue lasts."""
    for name in volume.loc[volume["handle_s"].isna(), "queue"].unique():
        mend = "Set it, in seconds, or bring handle_s in the calls"
        raise InputError("the handle time is unknown", file=PLAN, column=f"queue.{name}.handle_s", mend=mend)


def requirement_of(inputs: Inputs, volume: pd.DataFrame, watch: Watch | None = None) -> Requirement:
    """Return requirement and curves of every queue on the interval grid; a patience in the volume means Erlang A."""
    impatient = volume["patience_s"].notna().groupby(volume["queue"]).all()
    config, grid = inputs.config, inputs.grid
    return require(
        volume,
        {n: q.goal for n, q in config.queue.items()},
        grid,
        models={n: q.erlang(hang_up=bool(impatient.get(n, False))) for n, q in config.queue.items()},
        unplanned={n: config.shrinkage.absent(grid) for n in config.queue},
        planned=config.shrinkage.planned,
        moving=[n for n, q in config.queue.items() if q.requirement == "moving"],
        watch=watch,
    )


def decisive(config: Config, curves: Mapping[str, ServiceCurve]) -> dict[str, ServiceCurve]:
    """Return the curves that the schedule decides by: an interval goal on the moving queue is decided by its need."""
    queues = config.queue
    return {
        name: curve
        for name, curve in curves.items()
        if not (queues[name].requirement == "moving" and queues[name].goal.basis == "interval")
    }


def problem_of(
    inputs: Inputs,
    requirement: pd.DataFrame,
    curves: Mapping[str, ServiceCurve] | None,
    periods: Mapping[str, tuple[GoalPeriod, ...]] | None = None,
) -> ScheduleProblem:
    """Join requirement, curves, people and rules into a schedule problem.

    Parameters
    ----------
    periods
        Queue → the periods of its goal, where that reaches beyond the week (`goal_periods`); a goal of which nothing is
        known outside the week is pooled over the week.
    """
    config, horizon, running = inputs.config, inputs.horizon, inputs.before.running
    goals = {name: queue.goal for name, queue in config.queue.items()}
    absent = config.shrinkage.absent(horizon.grid)
    return ScheduleProblem(
        horizon,
        demands_of(requirement, curves, goals, horizon, config.site.interval_min, absent, periods),
        config.shift,
        config.contract,
        inputs.people,
        config.rules,
        config.costs,
        config.cyclic,
        on_phone(running, horizon.grid) if len(running) else {},
        open_after(config, inputs.calendar, horizon.grid),
        inputs.weekend,
    )


def service_data(inputs: Inputs, curves: Mapping[str, ServiceCurve] | None, volume: pd.DataFrame | None) -> ServiceData:
    """Return what the service of a plan is measured with."""
    config = inputs.config
    return ServiceData(
        curves=curves,
        absent=config.shrinkage.absent(inputs.horizon.grid),
        volume=volume,
        interval_min=config.site.interval_min,
        week_start=config.site.week_start,
        absent_days=config.shrinkage.unplanned,
        handle={name: law_of_cv(q.handle_cv) for name, q in config.queue.items()},
        running=inputs.before.running,
    )


def _rows(curves: Mapping[str, ServiceCurve] | None) -> pd.DataFrame | None:
    """Return the rows of every queue's curve."""
    return pd.concat([c.to_frame() for c in curves.values()], ignore_index=True) if curves else None


def _inside(rows: pd.DataFrame, grid: Grid) -> pd.DataFrame:
    """Return the rows that start in the planned week."""
    return rows[(rows["start"] >= grid.first) & (rows["start"] < grid.end)].reset_index(drop=True)


def _outside(requirement: pd.DataFrame, grid: Grid) -> list[str]:
    """Tell how many rows of a requirement lie outside the planned week."""
    beyond = len(requirement) - len(_inside(requirement, grid))
    week = f"{grid.dates[0]} to {grid.dates[-1]}"
    return [f"{beyond} rows of the requirement lie outside the planned week ({week}) and are left aside"] * (beyond > 0)


def _far(inputs: Inputs) -> list[str]:
    """Tell a history that is short, or that ends long before the planned week."""
    calls, grid = inputs.calls, inputs.grid
    if calls is None:
        return []
    past = calls.loc[calls["start"] < grid.first, "start"]
    days, gap = (past.max().date() - past.min().date()).days + 1, (grid.first_date - past.max().date()).days - 1
    short = f"the history holds {days} days only: four weeks are the least for a forecast to rely on"
    far = f"the history ends {gap} days before the planned week"
    return [short] * (days < LEAST_DAYS) + [far] * (gap > FAR_DAYS)


def _lost_families(problem: ScheduleProblem) -> list[str]:
    """Tell the shift families of which no shift fits into the opening hours."""
    fitting = {s.family for s in problem.shifts}
    skipped = skipped_starts(problem.families, problem.grid, problem.open).values()
    fitting |= {name for starts in skipped for _, name in starts}  # told by their clock
    return [
        f"no shift of family {name} fits into the opening hours" for name in problem.families if name not in fitting
    ]


def _first_night(inputs: Inputs, problem: ScheduleProblem) -> list[str]:
    """Tell that nobody of the night before is counted, where the desk is open as the week begins."""
    runs_on = any(f.starts_min[-1] + f.length_min > DAY_MIN for f in problem.families.values())
    opened = any(d.open[0] and d.need[0] > 0 for d in problem.demands)
    if inputs.before.grid is not None or problem.cyclic or not runs_on or not opened:
        return []
    return [
        "the desk is open as the week begins, and no run of the week before is named: nobody of the night before is "
        "counted, and its rest is not known; name that run with --previous"
    ]


def _skipped(problem: ScheduleProblem) -> list[str]:
    """Tell the starts of shifts that a clock change skips."""
    out = []
    for date, starts in skipped_starts(problem.families, problem.grid, problem.open).items():
        times = sorted({f"{minute // 60:02d}:{minute % 60:02d}" for minute, _ in starts})
        names = ", ".join(dict.fromkeys(name for _, name in starts))
        told = f"{times[0]} does not exist" if len(times) == 1 else f"{times[0]} to {times[-1]} do not exist"
        out.append(f"{told} on {date}, the clock skips that time: no shift of {names} starts then")
    return out

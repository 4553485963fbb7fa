"""Attainment of a contract: files in, figures out; nothing is written here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.progress import Stopped, Watch
from ...schedule.contracts.attainment import Attainment, Counts, attained_periods, period_unit
from ...schedule.contracts.contract import Contract
from ...schedule.contracts.locked import compared
from ...schedule.contracts.outcomes import outcomes
from ...schedule.contracts.projection import Projection, projected
from ...schedule.contracts.rest import PlannedWeek, simulated_rest
from ...schedule.contracts.units import Period
from ..config.contract_toml import FILE, ContractFile
from ..inputs.snapshot import InputFile
from .calls import read_contract_calls
from .locked import read_locked
from .measured import told_elsewhere
from .planned import planned_week

CALLS_TO_SIMULATE = 5_000_000
"""Calls that the simulated runs of the rest hold together, about: enough for a steady chance, and some seconds."""
LEAST_RUNS, MOST_RUNS = 256, 4000
SHUT_WEEKS = 3
"""Weeks without any call on a weekday after which the weekday is taken as closed."""


@dataclass(frozen=True)
class AttainOptions:
    """What is asked beside contract and calls.

    Parameters
    ----------
    plans
        Run folders of the weeks that are to come.
    quality
        File of scores, ``vendor, date, item, score, weight, scorer``.
    measured
        File of figures measured elsewhere, ``date, goal, numerator, denominator``.
    as_of
        First day that is not over; None = the day after the last call.
    forecast_rest
        Whether days that no plan covers are projected from a forecast and from how calls were served on past days.
    seed
        Of the simulation; None = that of each plan.
    """

    plans: tuple[Path, ...] = ()
    quality: Path | None = None
    measured: Path | None = None
    as_of: dt.date | None = None
    forecast_rest: bool = False
    seed: int | None = None


@dataclass(frozen=True, eq=False)
class Attained:
    """What a contract attained, period by period.

    Attributes
    ----------
    contract
        The contract.
    history
        Every period from the first known day on, the one that is told last.
    counts
        Every goal counted.
    lock
        Calls that came beside those locked, a row a span; None without a lock.
    projection
        The last period at its end; None where it is over, or nothing covers the rest.
    files
        Content and hash of every input.
    notes
        What the reader should know, a sentence each without its point.
    single
        Whether the calls were counted one by one.
    stopped
        Whether the user stopped the projection.
    """

    contract: Contract
    history: tuple[Attainment, ...]
    counts: Counts = field(repr=False)
    lock: pd.DataFrame | None = field(repr=False)
    projection: Projection | None
    files: Mapping[str, InputFile] = field(repr=False)
    notes: tuple[str, ...]
    single: bool
    stopped: bool = False

    @property
    def now(self) -> Attainment:
        """The last period."""
        return self.history[-1]


def attain(file: ContractFile, calls: Sequence[Path], options: AttainOptions, watch: Watch) -> Attained:
    """Count a contract's goals from calls, settle them, and project the period that runs.

    Raises
    ------
    InputError
        If a file cannot be read, or the calls do not tell what a goal counts.
    """
    contract = file.contract
    watch.tell("read", "calls")
    given = read_contract_calls(file, calls)
    locked, lock_files, lock_notes = read_locked(file)
    files = {FILE: InputFile.read(file.path)} | _named([*given.files, *lock_files])
    tables, notes = _elsewhere(contract, options, files)
    watch.tell("count", f"{len(given.calls)} {'calls' if given.single else 'intervals'}")
    counts = Counts.of(contract, given.calls, scores=tables, locked=locked, until=options.as_of)
    history = tuple(attained_periods(counts))
    notes = [*given.notes, *lock_notes, *notes, *_short_notes(contract, given.single), *_gaps(counts, history[-1])]
    projection, stopped = None, False
    if not history[-1].over and (options.plans or options.forecast_rest):
        watch.keeps.set()  # what is counted stands, whatever becomes of the projection
        try:
            projection, more = _projection(counts, history, options, watch)
            notes += more
        except Stopped:
            stopped = True
            notes.append("stopped before the projection was done: it is left out")
    elif options.plans:
        notes.append(f"{history[-1].period} is over: the plans are not simulated")
    lock = None
    if contract.lock is not None:
        lock = _lock_table(counts)
    return Attained(contract, history, counts, lock, projection, files, tuple(notes), given.single, stopped)


def _named(files: Sequence[InputFile]) -> dict[str, InputFile]:
    """Return files by their names; a second one of a name gets a number."""
    out: dict[str, InputFile] = {}
    for one in files:
        name, n = one.path.name, 2
        while name in out:
            name, n = f"{one.path.stem}-{n}{one.path.suffix}", n + 1
        out[name] = one
    return out


def _elsewhere(
    contract: Contract, options: AttainOptions, files: dict[str, InputFile]
) -> tuple[pd.DataFrame | None, list[str]]:
    """Return what was scored and measured elsewhere, and notes; the files read are added to `files`."""
    for path in (options.quality, options.measured):
        if path is not None:
            files[path.name] = InputFile.read(path)
    return told_elsewhere(contract, options.quality, options.measured)


def _short_notes(contract: Contract, single: bool) -> list[str]:
    """Return what is taken on trust of counts per interval, which do not tell their own threshold of short calls."""
    goals = [g for g in contract.goals if g.counted and g.short_s is not None]
    if single or not goals:
        return []
    seconds = sorted({g.short_s for g in goals if g.short_s is not None})
    if len(seconds) > 1:
        told = " and ".join(f"{s:g} s" for s in seconds)
        what = f"goals count short abandons by {told}, and short_abandoned is one column"
        mend = "Bring single calls, or use one short_s"
        raise InputError(what, column="goal.short_s", value=seconds, mend=mend)
    return [f"short_abandoned is taken as counted with {seconds[0]:g} s: the file does not say"]


def _gaps(counts: Counts, now: Attainment) -> list[str]:
    """Return which days of the period have no calls though their weekday usually has."""
    days = set(counts.calls["start"].dt.date)
    out = [*_late_start(counts), *_unfinished(counts)]
    weekdays = pd.Series([day.weekday() for day in days]).value_counts()
    most = max(2.0, 0.5 * float(weekdays.max()))
    usual = set(weekdays.index[weekdays >= most])
    first = max(now.period.start, counts.first)
    lost = [d for d in now.period.dates if first <= d < now.until and d not in days and d.weekday() in usual]
    if not lost:
        return out
    shown = ", ".join(map(str, lost[:6])) + (" …" if len(lost) > 6 else "")
    word = "1 day has" if len(lost) == 1 else f"{len(lost)} days have"
    return [*out, f"{word} no calls though the weekday usually does ({shown}): closed, or missing in the files"]


def _late_start(counts: Counts) -> list[str]:
    """Return a note where the first period that is told is not known from its first day on."""
    first, period = counts.first, Period.of(counts.first, period_unit(counts.contract))
    begins = counts.contract.begins
    if first == period.start or first == begins:
        return []
    return [f"calls are known from {first} on: {period} is counted from there"]


def _unfinished(counts: Counts) -> list[str]:
    """Return a note where the last day ends earlier than days do: it may still run."""
    starts = counts.calls["start"]
    minute = starts.dt.hour * 60 + starts.dt.minute
    ends = minute.groupby(starts.dt.date).max()
    usual, last = float(ends.median()), float(ends.iloc[-1])
    if usual - last < 2 * counts.contract.interval_min or counts.until <= ends.index[-1]:
        return []
    day = ends.index[-1]
    return [
        f"{day} has calls until {_clock(last)} only, days usually until {_clock(usual)}: if the day still runs, write "
        f"--as-of {day}, so that none of it counts yet"
    ]


def _clock(minute: float) -> str:
    return f"{int(minute) // 60:02d}:{int(minute) % 60:02d}"


def _projection(
    counts: Counts, history: Sequence[Attainment], options: AttainOptions, watch: Watch
) -> tuple[Projection | None, list[str]]:
    """Return the last period at its end, and what the projection rests on."""
    contract, now = counts.contract, history[-1]
    weeks = [planned_week(run, options.seed) for run in options.plans]
    rest_days = [d for d in now.period.dates if d >= now.until]
    covered = {day for week in weeks for day in week.dates}
    planned = tuple(d for d in rest_days if d in covered)
    shut = _shut_weekdays(counts)
    unplanned = tuple(d for d in rest_days if d not in covered and d.weekday() not in shut)
    beside = [week.name for week in weeks if not set(week.dates) & set(rest_days)]
    notes = [f"{name} covers no day of the rest of {now.period}" for name in beside]
    runs = _runs(contract, weeks, now)
    rests = simulated_rest(contract, weeks, now.until, now.period.end, runs, watch)
    assumed: tuple[dt.date, ...] = ()
    if options.forecast_rest and unplanned:
        from .unplanned import with_days_without_plan

        rests, assumed, told = with_days_without_plan(counts, rests, unplanned, runs, options.seed or 0, watch)
        notes += told
    if not rests:
        return None, [*notes, "no open interval of the rest is covered: nothing is projected"]
    left = tuple(d for d in unplanned if d not in assumed)
    return projected(counts, history, rests, planned=planned, unplanned=left, assumed=assumed), notes


def _shut_weekdays(counts: Counts) -> set[int]:
    """Return the weekdays that came at least three times since the first known day, and never had a call."""
    seen = {day.weekday() for day in counts.calls["start"].dt.date.unique()}
    days = (counts.until - counts.first).days
    return {w for w in range(7) if w not in seen and days >= SHUT_WEEKS * 7}


def _runs(contract: Contract, weeks: Sequence[PlannedWeek], now: Attainment) -> int:
    """Return how often the rest is simulated: the more, the fewer calls it has."""
    calls = 0.0
    for week in weeks:
        own = week.volume[week.volume["queue"].isin(contract.queues)]
        calls += float(own.loc[own["start"].dt.date >= now.until, "calls"].sum())
    return int(np.clip(CALLS_TO_SIMULATE / max(calls, 1.0), LEAST_RUNS, MOST_RUNS))


def _lock_table(counts: Counts) -> pd.DataFrame:
    """Return calls that came beside those locked of all queues under the contract, per span of the lock."""
    contract, parts, seen = counts.contract, [], set[str]()
    if contract.lock is None:
        return pd.DataFrame()
    for goal in (g for g in contract.goals if g.counted):
        if fresh := set(contract.queues_of(goal)) - seen:
            parts.append(outcomes(counts.calls[counts.calls["queue"].isin(fresh)], goal, contract.interval_min))
            seen |= fresh
    if not parts:
        return pd.DataFrame()
    return compared(contract.lock, pd.concat(parts, ignore_index=True), counts.locked).reset_index(names="span")

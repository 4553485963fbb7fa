"""Attainment: every goal of a contract in a period, the money, and how far termination is away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import pandas as pd

from ...forecast.errors import InputError
from .contract import Contract
from .counting import COLUMNS, counted, measured
from .figures import Figure, figure_of
from .goal import UNITS, Goal, Unit
from .locked import compared, level_of
from .money import Settlement, fee_of, settled, with_earn_back
from .termination import Distance, distance, is_missed
from .units import Period, labels, periods_between


@dataclass(frozen=True, eq=False)
class Attainment:
    """What a contract attained in one period.

    Attributes
    ----------
    period
        The period, of the contract's own length (see `period_unit`).
    until
        First day that is not over: later rows do not count.
    figures
        One a goal and unit: units that end in the period, or that run when the period ends or `until` comes.
    excluded
        Intervals that a clause excludes: ``goal, queue, start, numerator, denominator, offered, clause``.
    unknown
        Intervals without a figure, the same with ``unknown`` in place of ``clause``.
    money
        None where the contract has no money.
    termination
        None where the contract has no such rule.
    missed
        Whether the period is missed by the rule of termination, as far as it has gone; None without rule or figure.
    """

    period: Period
    until: dt.date
    figures: tuple[Figure, ...]
    excluded: pd.DataFrame = field(repr=False)
    unknown: pd.DataFrame = field(repr=False)
    money: Settlement | None
    termination: Distance | None
    missed: bool | None

    @property
    def over(self) -> bool:
        """Whether every day of the period is over."""
        return self.until >= self.period.end

    def of(self, goal: str) -> tuple[Figure, ...]:
        """Return the figures of one goal, by unit."""
        return tuple(f for f in self.figures if f.goal == goal)

    def result(self, goal: str) -> Figure | None:
        """Return the figure of a goal that is measured on the period; None where there are several units, or none."""
        found = self.of(goal)
        return found[0] if len(found) == 1 else None


@dataclass(frozen=True, eq=False)
class Counts:
    """Every goal of a contract counted, from the first day that is known to `until`.

    Attributes
    ----------
    contract, calls
        What was counted; `calls` without the days from `until` on.
    until
        First day that is not over.
    goals
        Name → rows as `counting.counted` gives them.
    locked
        The locked forecast; None without.
    """

    contract: Contract
    calls: pd.DataFrame = field(repr=False)
    until: dt.date
    goals: Mapping[str, pd.DataFrame] = field(repr=False)
    locked: pd.DataFrame | None = field(default=None, repr=False)

    @classmethod
    def of(
        cls,
        contract: Contract,
        calls: pd.DataFrame,
        *,
        scores: pd.DataFrame | None = None,
        locked: pd.DataFrame | None = None,
        until: dt.date | None = None,
    ) -> Counts:
        """Count every goal.

        Parameters
        ----------
        calls
            Counts per interval or single calls; times in the contract's zone. Queues that the contract does not know
            are refused, those of `other_queues` left aside.
        scores
            ``date, goal, numerator, denominator, items`` of goals that are scored or measured elsewhere (see
            `counting.measured`); None = none is known.
        locked
            The locked forecast on the contract's intervals: ``queue, start, calls`` (``handle_s`` with a band).
        until
            First day that is not over; None = the day after the last row.

        Raises
        ------
        InputError
            If a queue is unknown or has no row, or the calls do not tell what a goal counts.
        """
        _check_queues(contract, calls)
        calls = calls[calls["queue"].isin(contract.queues)]
        last = calls["start"].max().date()
        end = last + dt.timedelta(days=1) if until is None else until
        calls = calls[calls["start"].dt.tz_localize(None) < pd.Timestamp(end)]
        if calls.empty:
            mend = "Name a later day, or bring the calls before it"
            raise InputError("no calls before this day", column="--as-of", value=str(end), mend=mend)
        goals = {}
        for goal in contract.goals:
            if goal.counted:
                goals[goal.name] = counted(calls, goal, contract, locked)
            else:
                table = _none() if scores is None else measured(scores, goal, contract)
                goals[goal.name] = _between(table, dt.date(1900, 1, 1), end)
        return cls(contract, calls, end, goals, locked)

    @property
    def first(self) -> dt.date:
        """First day with calls, at least the first day of the contract."""
        day: dt.date = self.calls["start"].min().date()
        return day if self.contract.begins is None else max(day, self.contract.begins)

    def figures(self, goal: Goal, period: Period) -> list[Figure]:
        """Return the figures of a goal by unit, for a period: longer units are counted as far as the period goes."""
        table, unit = self.goals[goal.name], goal.unit
        if _longer(unit, period.unit):
            whole = Period.of(period.start, unit)
            rows = _between(table, whole.start, min(period.end, whole.end))
            return [self._figure(goal, str(whole), rows)]
        rows = _between(table, period.start, period.end)
        if unit == "week" and period.unit != "week":
            rows = self._weeks(table, period)
        if unit == period.unit or rows.empty:
            return [self._figure(goal, str(period), rows)]
        return [self._figure(goal, str(u), part) for u, part in rows.groupby(labels(rows["start"], unit))]

    def _weeks(self, table: pd.DataFrame, period: Period) -> pd.DataFrame:
        """Return the rows of the weeks that end in a month, quarter or year, and of the week that still runs in it."""
        first = Period.of(period.start, "week").start
        last = Period.of(period.end, "week").start
        if period.holds(self.until - dt.timedelta(days=1)) and self.until < period.end:
            last = Period.of(self.until - dt.timedelta(days=1), "week").end
        return _between(table, first, last)

    def _figure(self, goal: Goal, unit: str, rows: pd.DataFrame) -> Figure:
        lock = self.contract.lock
        wanted = None
        if lock is not None and lock.consequence == "relaxed" and goal.counted and len(rows):
            found = compared(lock, rows, self.locked)
            if len(found) == 1:
                wanted = level_of(lock, goal, float(found["over"].iloc[0]))
        return figure_of(goal, unit, rows, wanted)


def period_unit(contract: Contract) -> Unit:
    """Return the span by which a contract is told: that of its money, else of its termination, else the month."""
    if contract.money is not None:
        return contract.money.period
    return contract.termination.period if contract.termination is not None else "month"


def attained_periods(counts: Counts) -> list[Attainment]:
    """Return the attainment of every period from the first known day on, in order; money and termination build up."""
    contract = counts.contract
    last = counts.until - dt.timedelta(days=1)
    periods = periods_between(min(counts.first, last), last, period_unit(contract))
    found = [_plain(counts, period) for period in periods]
    if contract.money is not None:
        settlements = with_earn_back(
            contract,
            [(a.period, {f.goal: f for f in a.figures}, a.money, a.over) for a in found if a.money is not None],
        )
        found = [replace(a, money=s) for a, s in zip(found, settlements, strict=True)]
    rule = contract.termination
    if rule is None:
        return found
    missed = [is_missed(contract, rule, a.figures) for a in found]
    out = []
    for i, one in enumerate(found):
        over = [state for state, a in zip(missed[: i + 1], found[: i + 1], strict=True) if a.over]
        out.append(replace(one, missed=missed[i], termination=distance(rule, over, running=not one.over)))
    return out


def attained(
    contract: Contract,
    calls: pd.DataFrame,
    period: Period | None = None,
    *,
    scores: pd.DataFrame | None = None,
    locked: pd.DataFrame | None = None,
    until: dt.date | None = None,
) -> Attainment:
    """Return what a contract attained in `period`, or in the last one; arguments as for `Counts.of`.

    Periods before it are counted too, where the calls tell them: malus may be earned back, and missed periods add up to
    a right to terminate.

    Raises
    ------
    InputError
        If the calls do not tell what a goal counts, or hold no day of `period`.
    """
    found = attained_periods(Counts.of(contract, calls, scores=scores, locked=locked, until=until))
    if period is None:
        return found[-1]
    for one in found:
        if one.period == period:
            return one
    mend = f"Calls are known for {found[0].period} to {found[-1].period}"
    raise InputError("no calls in this period", column="period", value=str(period), mend=mend)


def _plain(counts: Counts, period: Period) -> Attainment:
    """Return a period without what hangs on the periods before it."""
    contract = counts.contract
    figures = [f for goal in contract.goals for f in counts.figures(goal, period)]
    money = None
    if contract.money is not None:
        calls = _between(counts.calls, max(period.start, counts.first), period.end)
        commitment, locked = 0.0, 0.0
        if contract.lock is not None and counts.locked is not None:
            commitment = contract.lock.commitment
            begin = max(period.start, counts.first)
            locked = float(_between(counts.locked, begin, min(period.end, counts.until))["calls"].sum())
        fee, quantity = fee_of(contract.money, period, calls, commitment, locked)
        money = settled(contract, {f.goal: f for f in figures}, fee, quantity)
    rows = [_between(t, period.start, period.end).assign(goal=name) for name, t in counts.goals.items()]
    every = pd.concat([r for r in rows if len(r)] or [_none().assign(goal="")], ignore_index=True)
    columns = ["goal", "queue", "start", "numerator", "denominator", "offered"]
    excluded = every[every["clause"] != ""][[*columns, "clause"]].reset_index(drop=True)
    unknown = every[(every["clause"] == "") & (every["unknown"] != "")][[*columns, "unknown"]].reset_index(drop=True)
    return Attainment(period, min(counts.until, period.end), tuple(figures), excluded, unknown, money, None, None)


def _between(table: pd.DataFrame, start: dt.date, end: dt.date) -> pd.DataFrame:
    """Return the rows whose start lies in the days from `start` to before `end`."""
    if table.empty:
        return table
    wall = table["start"].dt.tz_localize(None)
    found: pd.DataFrame = table[(wall >= pd.Timestamp(start)) & (wall < pd.Timestamp(end))]
    return found


def _none() -> pd.DataFrame:
    """Return a counted goal without any row."""
    out = pd.DataFrame({name: pd.Series([], dtype=object) for name in COLUMNS})
    return out.assign(start=pd.to_datetime(out["start"]))


def _longer(unit: Unit, than: Unit) -> bool:
    return UNITS.index(unit) > UNITS.index(than)


def _check_queues(contract: Contract, calls: pd.DataFrame) -> None:
    """Refuse calls of a queue that the contract does not know, and a queue of the contract without any row."""
    there: Sequence[str] = sorted(map(str, calls["queue"].unique()))
    for name in there:
        if name not in contract.queues and name not in contract.other_queues:
            mend = "Add it to queues, or to other_queues if it is not under the contract"
            raise InputError("the contract does not know this queue", column="queue", value=name, mend=mend)
    for name in contract.queues:
        if name not in there:
            mend = f"The calls have: {', '.join(there)}. Bring its calls, or give [intake.queue_names] theirs = ours"
            raise InputError("no calls of a queue under the contract", column="queues", value=name, mend=mend)

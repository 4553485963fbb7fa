"""The rest of a period, simulated: the chance of each goal, and the money to expect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .attainment import Attainment, Counts
from .contract import Contract
from .counting import clauses
from .figures import Figure, rounded
from .goal import UNITS, Goal
from .ladder import holds
from .money import settled, with_earn_back
from .termination import is_missed
from .units import Period, labels

Z = 1.959964
"""The normal law's quantile of a 95 % interval."""


@dataclass(frozen=True, eq=False)
class Rest:
    """Simulated runs of the days of a period that are not over, for the thresholds of one goal.

    Attributes
    ----------
    queue, start
        One entry an interval of the contract, shape (I,).
    sums
        ``offered, answered, answered_in, abandoned, abandoned_in, short_abandoned`` (calls), and ``wait_answered_s,
        work_s`` (seconds), per run and interval, shape (runs, I).
    """

    queue: np.ndarray
    start: pd.Series
    sums: Mapping[str, np.ndarray] = field(repr=False)

    @property
    def runs(self) -> int:
        """Number of runs."""
        return int(self.sums["offered"].shape[0])


@dataclass(frozen=True)
class Chance:
    """A goal at the end of the period.

    Attributes
    ----------
    goal, unit
        Name of the goal, and the unit that ends the period.
    probability, low, high
        Share of the runs in which it is met, with its 95 % interval.
    figure_low, figure, figure_high
        Quantiles 10, 50 and 90 % of the figure; NaN without.
    held
        Whether the figure is only held at what is known so far: it is scored, so nothing simulates it.
    """

    goal: str
    unit: str
    probability: float
    low: float
    high: float
    figure_low: float
    figure: float
    figure_high: float
    held: bool


@dataclass(frozen=True)
class Expected:
    """Expected money of a period; `low` and `high` are the quantiles 10 and 90 % of the net amount."""

    malus: float
    bonus: float
    earned_back: float
    net: float
    low: float
    high: float


@dataclass(frozen=True)
class Projection:
    """A period at its end, as far as plans tell.

    Attributes
    ----------
    period, runs
        What was simulated, and how often.
    chances
        One a goal measured on the period or on a longer unit.
    missed
        Chance that the period is missed by the rule of termination; None without the rule.
    money
        None where the contract has no money.
    planned, unplanned
        Days of the rest that plans cover, and that none does: those are not in the projection.
    assumed
        Days of the rest that no plan covers and that were assumed to go as past days went.
    """

    period: Period
    runs: int
    chances: tuple[Chance, ...]
    missed: float | None
    money: Expected | None
    planned: tuple[dt.date, ...]
    unplanned: tuple[dt.date, ...]
    assumed: tuple[dt.date, ...] = ()


def projected(
    counts: Counts,
    history: Sequence[Attainment],
    rests: Mapping[str, Rest],
    *,
    planned: tuple[dt.date, ...],
    unplanned: tuple[dt.date, ...],
    assumed: tuple[dt.date, ...] = (),
) -> Projection:
    """Return what the period that runs will have come to at its end.

    Parameters
    ----------
    counts
        What is known so far.
    history
        The periods in order, the one that runs last.
    rests
        Goal → the rest of the period; of all goals that are counted from calls, with the same calls in the same run.
    planned, unplanned, assumed
        Days of the rest, as in `Projection`.

    Notes
    -----
    Relief by a locked forecast in the days to come is not simulated: it could only help the vendor. Goals measured on
    shorter units than the period are told by what is known only.
    """
    contract, now = counts.contract, history[-1]
    runs = next(iter(rests.values())).runs
    lasting = [g for g in contract.goals if UNITS.index(g.unit) >= UNITS.index(now.period.unit)]
    paths: dict[str, list[Figure]] = {}
    for goal in lasting:
        known = now.of(goal.name)[0]
        paths[goal.name] = (
            _paths(counts, goal, known, rests[goal.name], now.period) if goal.name in rests else [known] * runs
        )
    chances = tuple(_chance(goal, paths[goal.name], held=goal.name not in rests) for goal in lasting)
    missed = None
    if contract.termination is not None:
        short = [f for f in now.figures if f.goal not in paths]
        rule, ends = contract.termination, paths.values()
        states = [is_missed(contract, rule, [*short, *(path[r] for path in ends)]) for r in range(runs)]
        missed = float(np.mean([bool(state) for state in states]))
    money = _money(contract, history, paths, next(iter(rests.values())))
    return Projection(now.period, runs, chances, missed, money, planned, unplanned, assumed)


def _paths(counts: Counts, goal: Goal, known: Figure, rest: Rest, period: Period) -> list[Figure]:
    """Return the figure of a goal in each run: what is known so far and the simulated rest together."""
    unit = Period.of(period.start, goal.unit)
    rows = counts.goals[goal.name]
    wall = rows["start"].dt.tz_localize(None)
    rows = rows[(wall >= pd.Timestamp(unit.start)) & (wall < pd.Timestamp(period.end))]
    rows = rows[(rows["clause"] == "") & (rows["unknown"] == "")]
    used = _counts(rest, goal, counts.contract)
    numerator, denominator = _fraction(rest, goal)
    numerator, denominator = numerator[:, used], denominator[:, used]
    if goal.aggregation == "volume":
        tops = float(rows["numerator"].sum()) + numerator.sum(axis=1)
        bottoms = float(rows["denominator"].sum()) + denominator.sum(axis=1)
        pooled = bottoms
    else:
        tops, bottoms = _by_parts(goal, rows, rest.start[used], numerator, denominator, known.wanted)
        pooled = np.full(len(tops), np.inf)
    out = []
    for top, bottom, volume in zip(tops, bottoms, pooled, strict=True):
        figure = rounded(float(top / bottom), goal.round_to) if bottom > 0 else None
        counts_ = figure is not None and volume >= goal.min_volume
        met = holds(figure, known.wanted, goal.way) if figure is not None and counts_ else None
        out.append(
            Figure(goal.name, known.unit, float(top), float(bottom), figure, known.wanted, met,
                   "" if counts_ else "too few calls", None, known.excluded, known.unknown)
        )  # fmt: skip
    return out


def _counts(rest: Rest, goal: Goal, contract: Contract) -> np.ndarray:
    """Return which intervals of the rest count: those of the goal's queues that no clause excludes."""
    table = pd.DataFrame({"queue": rest.queue, "start": rest.start})
    clause = clauses(table, goal, contract.exclusions, contract.interval_min, contract.begins)
    return np.asarray((clause == "").to_numpy() & np.isin(rest.queue, contract.queues_of(goal)))


def _fraction(rest: Rest, goal: Goal) -> tuple[np.ndarray, np.ndarray]:
    """Return numerator and denominator per run and interval; nobody is blocked in a simulation."""
    s = rest.sums
    if goal.metric == "asa":
        return s["wait_answered_s"], s["answered"]
    offered = s["offered"]
    short = 0.0 if goal.short_s is None else s["short_abandoned"]
    if goal.metric == "abandonment":
        return s["abandoned"] - short, offered if goal.definition in ("offered", "late") else offered - short
    if goal.definition == "answered":
        return s["answered_in"], s["answered"]
    if goal.definition == "total":
        return s["answered_in"] + s["abandoned_in"], offered
    return s["answered_in"], offered - short


def _by_parts(
    goal: Goal, rows: pd.DataFrame, start: pd.Series, numerator: np.ndarray, denominator: np.ndarray, wanted: float
) -> tuple[np.ndarray, np.ndarray]:
    """Return sum and number of the parts' figures, or of the parts that reach the level and of all, per run."""
    part = goal.part or "day"
    known = rows.groupby(labels(rows["start"], part))[["numerator", "denominator"]].sum() if len(rows) else rows
    names, at = np.unique(np.concatenate([known.index.to_numpy(object), labels(start, part).to_numpy(object)]),
                          return_inverse=True)  # fmt: skip
    runs = numerator.shape[0]
    tops, bottoms = np.zeros((runs, len(names))), np.zeros((runs, len(names)))
    if len(known):
        tops[:, at[: len(known)]] = known["numerator"].to_numpy(float)
        bottoms[:, at[: len(known)]] = known["denominator"].to_numpy(float)
    for i, place in enumerate(at[len(known) :]):
        tops[:, place] += numerator[:, i]
        bottoms[:, place] += denominator[:, i]
    counts = (bottoms > 0) & (bottoms >= goal.min_volume)
    figures = np.where(counts, tops / np.where(bottoms > 0, bottoms, 1.0), 0.0)
    if goal.aggregation == "mean":
        return figures.sum(axis=1), counts.sum(axis=1).astype(float)
    if goal.round_to is not None:
        figures = np.floor(figures / goal.round_to + 0.5 + 1e-9) * goal.round_to
    reach = figures >= goal.level - 1e-9 if goal.part_way == "at_least" else figures <= goal.level + 1e-9
    return (reach & counts).sum(axis=1).astype(float), counts.sum(axis=1).astype(float)


def _chance(goal: Goal, paths: Sequence[Figure], *, held: bool) -> Chance:
    runs = len(paths)
    share = float(np.mean([bool(f.met) for f in paths]))
    middle, half = share + Z**2 / runs / 2, Z * np.sqrt(share * (1 - share) / runs + (Z / runs) ** 2 / 4)
    low, high = ((middle - half) / (1 + Z**2 / runs), (middle + half) / (1 + Z**2 / runs))
    if held:
        low = high = share
    figures = [f.figure for f in paths if f.figure is not None]
    quantiles = np.quantile(figures, (0.1, 0.5, 0.9)) if figures else (np.nan,) * 3
    least, usual, most = (float(q) for q in quantiles)
    ends = float(max(low, 0.0)), float(min(high, 1.0))
    return Chance(goal.name, paths[0].unit, share, *ends, least, usual, most, held)


def _money(
    contract: Contract, history: Sequence[Attainment], paths: Mapping[str, list[Figure]], rest: Rest
) -> Expected | None:
    """Return the expected money of the last period; None without money."""
    now = history[-1]
    if contract.money is None or now.money is None:
        return None
    fees = now.money.fee + _fees_of_rest(contract, rest)
    before = [(a.period, {f.goal: f for f in a.figures}, a.money, a.over) for a in history[:-1] if a.money is not None]
    found = []
    for r in range(rest.runs):
        figures = {name: path[r] for name, path in paths.items()}
        settlement = settled(contract, figures, float(fees[r]), "")
        found.append(with_earn_back(contract, [*before, (now.period, figures, settlement, True)])[-1])
    net = np.array([s.net for s in found])
    back = np.array([sum(b.amount for b in s.earned_back) for s in found])
    malus, bonus = (float(np.mean([getattr(s, name) for s in found])) for name in ("malus", "bonus"))
    low, high = (float(q) for q in np.quantile(net, (0.1, 0.9)))
    return Expected(malus, bonus, float(back.mean()), float(net.mean()), low, high)


def _fees_of_rest(contract: Contract, rest: Rest) -> np.ndarray:
    """Return what the fee grows by in each run; a fixed fee, and one by a told quantity, are whole already."""
    money = contract.money
    names = {"per_offered": "offered", "per_answered": "answered", "per_minute": "work_s"}
    if money is None or money.fee_per not in names:
        return np.zeros(rest.runs)
    name = names[money.fee_per]
    if name not in rest.sums:
        mend = "Bring calls that tell it, or project planned days only"
        raise InputError(f"the fee of the days to come cannot be counted: nothing tells {name}", column="money.fee_per",
                         value=money.fee_per, mend=mend)  # fmt: skip
    own = np.isin(rest.queue, contract.queues)
    total = rest.sums[name][:, own].sum(axis=1)
    return np.asarray(total * money.fee / (60.0 if name == "work_s" else 1.0))

"""What the months ahead need: hours of work by group, and what an hour of work takes by mix of contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.months.far import QUANTILES, FarForecast, far_forecast
from ...forecast.months.growth import Growth
from ...forecast.months.typical_week import typical_weeks
from ...forecast.progress import Watch
from ...schedule.hiring.loss import ANY, Effort, LossPoint, Mix, measured
from ...schedule.hiring.problem import Months, Recipe
from ..inputs.inputs import Inputs
from .sample_weeks import NORMAL, kinds_of_weeks, samples_of
from .work_curve import WeeksAhead, WorkCurve, work_curve

OCCUPANCY = 0.85
"""Occupancy of the spreadsheet formula FTE = workload / occupancy / (1 - shrinkage): the figure most often used."""
FULL_WEEK_H = 40.0
"""Hours of a full-time week where plan.toml has no contract."""
PART_SHARES = (0.25, 0.5)
"""Part-time shares measured between full time alone and the cheapest mix."""


@dataclass(frozen=True, eq=False)
class GroupNeed:
    """What a group needs, by scenario and month, and the mixes of contracts to choose from (S scenarios, T months).

    Attributes
    ----------
    queues
        Its queues.
    demand
        Hours of work, shape (S, T).
    recipes
        Mixes of contracts, at least one.
    load_h
        Hours of calls at the mean of the forecast, shape (T,).
    loss
        What the sample weeks told.
    kinds
        Kind of week → its share of the work of each month, shape (T,).
    weeks
        Weeks ahead: ``week`` (first day), ``days``, ``kind``, and means of ``calls`` and ``work_h``. The first week may
        be cut by its month's start, the last one runs on beyond the last month.
    curves
        Queue → hours of work by weekday and calls.
    usual
        Name of the recipe that `presence_h` and `fte` are told for: today's mix, else the cheapest.
    absent, planned
        Unplanned and planned shrinkage, 0 to 1.
    breaks
        Paid breaks as a share of paid time: the formula counts them as shrinkage.
    fte_h
        Paid hours of a full-time head in each month, shape (T,).
    """

    queues: tuple[str, ...]
    demand: np.ndarray
    recipes: tuple[Recipe, ...]
    load_h: np.ndarray
    loss: tuple[LossPoint, ...]
    kinds: Mapping[str, np.ndarray]
    weeks: pd.DataFrame
    curves: Mapping[str, WorkCurve]
    usual: str
    absent: float
    planned: float
    breaks: float
    fte_h: np.ndarray

    @property
    def ratio(self) -> np.ndarray:
        """Hours of presence for one hour of work with the usual recipe, shape (T,)."""
        return next(r.ratio for r in self.recipes if r.name == self.usual)

    @property
    def presence_h(self) -> np.ndarray:
        """Hours of presence needed at the mean, shape (T,)."""
        return np.asarray(self.demand.mean(axis=0) * self.ratio)

    @property
    def paid_h(self) -> np.ndarray:
        """Paid hours needed at the mean, absence and planned time off the phone included, vacation not, shape (T,)."""
        return np.asarray(self.presence_h / (1.0 - self.absent) / (1.0 - self.planned))

    @property
    def fte(self) -> np.ndarray:
        """Full-time heads that `paid_h` pays, shape (T,)."""
        return np.asarray(self.paid_h / self.fte_h)

    @property
    def formula_fte(self) -> np.ndarray:
        """FTE by the spreadsheet formula: workload / occupancy / (1 - shrinkage), shape (T,)."""
        kept = (1.0 - self.absent) * (1.0 - self.planned) * (1.0 - self.breaks)
        return np.asarray(self.load_h / OCCUPANCY / kept / self.fte_h)

    @property
    def formula_error(self) -> np.ndarray:
        """Error of the formula as a share of `fte`; below 0 = too few people, shape (T,)."""
        return np.asarray(self.formula_fte / self.fte - 1.0)

    def quantiles(self) -> dict[float, np.ndarray]:
        """Return quantiles of the hours of work, each of shape (T,)."""
        return {q: np.quantile(self.demand, q, axis=0) for q in QUANTILES}


@dataclass(frozen=True, eq=False)
class Need:
    """What the months ahead need.

    Attributes
    ----------
    months
        The months.
    groups
        By name.
    far
        Calls behind it.
    notes
        What the reader should know, a sentence each.
    """

    months: Months
    groups: Mapping[str, GroupNeed]
    far: FarForecast
    notes: tuple[str, ...] = ()

    @property
    def load_h(self) -> dict[str, np.ndarray]:
        """Group → hours of calls in each month, at the mean of the forecast, shape (T,)."""
        return {name: need.load_h for name, need in self.groups.items()}

    @cached_property
    def loss(self) -> pd.DataFrame:
        """Schedule loss as measured: a row a group, kind of week and mix of contracts."""
        rows = [
            {
                "group": name,
                "week": p.kind,
                "mix": p.mix,
                "share": ", ".join(f"{c} {s:.0%}" for c, s in p.share.items() if s > 0.0005),
                "work_h": p.work_h,
                "presence_h": p.presence_h,
                "ratio": p.ratio,
                "how": p.how,
                "missed": p.missed,
            }
            for name, need in self.groups.items()
            for p in need.loss
        ]
        columns = ["group", "week", "mix", "share", "work_h", "presence_h", "ratio", "how", "missed"]
        return pd.DataFrame(rows, columns=columns)

    @cached_property
    def table(self) -> pd.DataFrame:
        """Need by group and month: hours with quantiles, FTE, and the spreadsheet formula with its error."""
        starts = self.months.starts()[:-1]
        rows = []
        for name, need in self.groups.items():
            quantiles = need.quantiles()
            for t, start in enumerate(starts):
                row = {"group": name, "month": start, "load_h": need.load_h[t], "work_h": need.demand[:, t].mean()}
                row |= {f"work_h_q{q:g}": v[t] for q, v in quantiles.items()}
                row |= {"ratio": need.ratio[t], "paid_h": need.paid_h[t], "required_fte": need.fte[t]}
                row |= {"formula_fte": need.formula_fte[t], "formula_error": need.formula_error[t]}
                rows.append(row)
        return pd.DataFrame(rows)


def measured_need(
    inputs: Inputs,
    months: Months,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    growth: Growth | None = None,
    volume: float = 1.0,
    handle_time: float = 1.0,
    scenarios: int = 200,
    seed: int = 1,
    watch: Watch | None = None,
    time_limit_s: float = 30.0,
) -> Need:
    """Measure what the months ahead need, on the basis of each queue's own goal.

    Each option is a parameter of its own, since most callers give few of them.

    Parameters
    ----------
    inputs
        A folder with a history of calls; its week plays no part.
    groups
        Name → queues; None = queues that somebody works together are one group.
    growth
        The planner's; None = none.
    volume, handle_time
        Factors on calls and on handle times, above 0.
    scenarios
        Paths of the calls, at least 1.
    time_limit_s
        Seconds for scheduling sample weeks, above 0, shared by the groups; without time the loss is that of linear
        relaxations.

    Raises
    ------
    InputError
        If there are no calls to forecast from, a group has no work in some month, no mix of contracts can hold its
        goals, or an option is out of range.
    Stopped
        If the user stopped the run.
    """
    eye = watch or Watch()
    if inputs.calls is None:
        raise InputError(
            "hiring needs a history of calls", file="calls.csv", mend="Give calls instead of a requirement"
        )
    for name, factor in {"volume": volume, "handle_time": handle_time}.items():
        if not 0.0 < factor <= 100.0:
            raise InputError("Expected a factor above 0 and at most 100", column=name, value=factor)
    site, queues = inputs.config.site, inputs.config.queue
    end = months.starts()[-1]
    start = WEEKDAYS.index(site.week_start)
    last = end + dt.timedelta(days=(start - end.weekday()) % 7 - 1)  # the last week is whole
    far = far_forecast(
        inputs.calls, inputs.calendar, months.first, last, minutes=site.interval_min, week_start=start, growth=growth,
        scenarios=scenarios, seed=seed, watch=eye,
    )  # fmt: skip
    far = far.times(volume)
    own = {name: tuple(of) for name, of in (groups or _groups(inputs, far.queues)).items()}
    _refuse_unknown(own, far)
    typical = typical_weeks(
        inputs.calls, inputs.calendar, far.models, minutes=site.interval_min,
        handle_s={n: q.handle_s for n, q in queues.items()}, patience_s={n: q.patience_s for n, q in queues.items()},
        watch=eye,
    )  # fmt: skip
    ahead = WeeksAhead(inputs, far, typical, handle_time)
    notes = list(far.notes)
    found = {}
    for name, of in own.items():
        effort = Effort(time_limit_s=time_limit_s / len(own), seed=seed)
        found[name], told = _group(ahead, months, name, of, eye, effort)
        notes += told
    return Need(months, found, far, tuple(notes))


def _group(
    ahead: WeeksAhead, months: Months, name: str, queues: tuple[str, ...], watch: Watch, effort: Effort
) -> tuple[GroupNeed, list[str]]:
    """Return the need of one group."""
    far, config = ahead.far, ahead.inputs.config
    starts = months.starts()
    inside = np.array([d < starts[-1] for d in far.dates])
    month = np.array([(d.year - months.first.year) * 12 + d.month - months.first.month for d in far.dates])[inside]
    work, load = np.zeros((len(far.paths), len(far.dates))), np.zeros(len(far.dates))
    curves = {queue: work_curve(ahead, queue, watch) for queue in queues}
    for queue in queues:
        q, model = far.queues.index(queue), far.models[queue]
        kinds = model.history.features(far.dates)["weekday"].to_numpy()
        work += curves[queue].work(kinds, far.scenarios[:, q])
        typical = ahead.typical[queue]
        handle = (typical.share * typical.handle_s).sum(axis=1) * ahead.handle_time
        load += far.calls[q] * handle[kinds] / 3600.0
    demand = np.array([np.bincount(month, w[inside], minlength=months.count) for w in work])
    empty = np.flatnonzero(demand.mean(axis=0) <= 0.0)
    if len(empty):
        raise InputError(
            f"group {name} has no work in a planned month", value=f"{starts[empty[0]]:%Y-%m}",
            mend="Is it shut all month? Plan fewer months, or open it in [opening] and special_days.csv",
        )  # fmt: skip
    kind = kinds_of_weeks(ahead, queues)
    mixes = _mixes(ahead.inputs, queues)
    points = measured(samples_of(ahead, queues, kind, watch), mixes, effort, watch)
    known = {p.mix for p in points if p.kind == NORMAL}
    if not known:
        raise InputError(
            f"no mix of contracts holds the goals of group {name}", file="plan.toml", column="shift.",
            mend="Give shifts that cover its opening hours, or lower queue.goal",
        )  # fmt: skip
    of_day = np.array([kind[w] for w in far.week])[inside]
    total = np.bincount(month, work.mean(axis=0)[inside], minlength=months.count)
    shares = {
        k: np.bincount(month, work.mean(axis=0)[inside] * (of_day == k), minlength=months.count) / total
        for k in dict.fromkeys(kind)
    }
    days = np.diff([d.toordinal() for d in starts])
    week_h = max((c.max_h_week for c in config.contract.values()), default=FULL_WEEK_H)
    absent = config.shrinkage.absent(ahead.inputs.horizon.grid)
    need = GroupNeed(
        queues=queues,
        demand=demand,
        recipes=_recipes(points, [m.name for m in mixes if m.name in known], shares),
        load_h=np.bincount(month, load[inside], minlength=months.count),
        loss=tuple(points),
        kinds=shares,
        weeks=_weeks(far, queues, kind, work.mean(axis=0)),
        curves=curves,
        usual=next(m.name for m in mixes if m.name in known),
        absent=float(absent.mean()),
        planned=config.shrinkage.planned,
        breaks=_paid_breaks(ahead.inputs),
        fte_h=week_h / 7.0 * days,
    )
    return need, _told(name, need, mixes)


def _weeks(far: FarForecast, queues: Sequence[str], kind: Sequence[str], work: np.ndarray) -> pd.DataFrame:
    """Return the weeks ahead, one row each."""
    first = [far.dates[int(np.argmax(far.week == w))] for w in range(len(kind))]
    calls = far.calls[[far.queues.index(q) for q in queues]].sum(axis=0)
    sums = {"calls": np.bincount(far.week, calls), "work_h": np.bincount(far.week, work)}
    return pd.DataFrame({"week": first, "days": np.bincount(far.week), "kind": kind, **sums})


def _recipes(points: Sequence[LossPoint], names: Sequence[str], shares: Mapping[str, np.ndarray]) -> tuple[Recipe, ...]:
    """Return a recipe for each mix: its ratio is that of each kind of week, weighed by the month's work in it.

    Where a mix was not measured in a kind of week, the ratio of its normal week changes as that of the first mix does;
    a kind without any measured week is as the normal one.
    """
    out = []
    first = {p.kind: p.ratio for p in points if p.mix == names[0]}
    for name in names:
        mine = {p.kind: p for p in points if p.mix == name}
        normal = mine[NORMAL]
        known = {k: normal.ratio * first.get(k, first[NORMAL]) / first[NORMAL] for k in shares}
        known |= {k: p.ratio for k, p in mine.items()}
        ratio = np.array([known[k] for k in shares]) @ np.array(list(shares.values()))
        out.append(Recipe(name, dict(normal.share), ratio))
    return tuple(out)


def _told(name: str, need: GroupNeed, mixes: Sequence[Mix]) -> list[str]:
    """Tell what was not measured, and how far the formula is off."""
    out = []
    relaxed = [p.mix for p in need.loss if p.kind == NORMAL and p.how == "relaxed"]
    asked = {m.name for m in mixes if m.share is None}
    if bad := [m for m in relaxed if m in asked]:
        out.append(
            f"group {name}: no whole shifts were found in time for {', '.join(bad)}; their loss is a relaxation's, "
            f"which whole shifts exceed"
        )
    known = {p.mix for p in need.loss}
    if lost := [m.name for m in mixes if m.name not in known]:
        out.append(f"group {name}: the goals cannot be held with {', '.join(lost)}")
    error = need.formula_error
    out.append(
        f"group {name}: FTE = workload / {OCCUPANCY:g} / (1 - shrinkage) is off by {error.min():+.0%} to "
        f"{error.max():+.0%} of the measured FTE"
    )
    return out


def _paid_breaks(inputs: Inputs) -> float:
    """Return the paid breaks of all shift families as a share of their paid time."""
    families = inputs.config.shift.values()
    paid = sum(f.paid_min for f in families)
    return sum(b.duration_min for f in families for b in f.breaks if b.paid) / paid if paid else 0.0


def _groups(inputs: Inputs, queues: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the sets of queues that people join, by the names of their queues."""
    sets = [{q} for q in queues]
    for mine in {frozenset(a.skills) & frozenset(queues) for a in inputs.people}:
        touched = [s for s in sets if s & mine]
        if touched:
            sets = [s for s in sets if not s & mine] + [set().union(*touched)]
    ordered = sorted((tuple(q for q in queues if q in s) for s in sets), key=lambda own: queues.index(own[0]))
    return {"+".join(own): own for own in ordered}


def _refuse_unknown(groups: Mapping[str, tuple[str, ...]], far: FarForecast) -> None:
    for name, of in groups.items():
        for queue in of:
            if queue not in far.queues:
                raise InputError(
                    f"group {name} has a queue without calls",
                    value=queue,
                    mend=f"The calls hold {', '.join(far.queues)}",
                )


def _mixes(inputs: Inputs, queues: Sequence[str]) -> list[Mix]:
    """Return the mixes to measure, the usual one first: today's where people are named, else the cheapest."""
    config = inputs.config
    people = [a for a in inputs.people if set(a.skills) & set(queues)]
    hours: dict[str, float] = {}
    for agent in people:
        hours[agent.contract] = hours.get(agent.contract, 0.0) + config.contract[agent.contract].max_h_week
    names = tuple(c for c in config.contract if not hours or c in hours) or (ANY,)
    if len(names) == 1:
        return [Mix(f"{names[0]} only", names)]
    total = sum(hours.values())
    mixes = [Mix("today's people", names, {c: hours[c] / total for c in names})] if hours else []
    mixes += [Mix("cheapest", names), *(Mix(f"{c} only", (c,)) for c in names)]
    longest = max(names, key=lambda c: config.contract[c].max_h_week)
    rest = [c for c in names if c != longest]
    weight = {c: hours.get(c, 0.0) if hours else 1.0 for c in rest}
    for share in PART_SHARES:
        part = {c: share * weight[c] / sum(weight.values()) for c in rest}
        mixes.append(Mix(f"{share:.0%} without {longest}", names, {longest: 1.0 - share, **part}))
    return mixes

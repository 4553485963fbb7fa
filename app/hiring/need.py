"""What the months ahead need: hours of work by group, and what an hour of work takes by mix of contracts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import WEEKDAYS
from ...forecast.errors import InputError
from ...forecast.months.far import FarForecast, far_forecast
from ...forecast.months.growth import Growth
from ...forecast.months.typical_week import typical_weeks
from ...forecast.progress import Watch
from ...schedule.hiring.loss import Effort, LossPoint, Mix, measured
from ...schedule.hiring.problem import Months, Recipe
from ..inputs.inputs import Inputs
from .group_need import GroupNeed, Need
from .groups import joined
from .mixes import mixes_of
from .sample_weeks import NORMAL, kinds_of_weeks, samples_of
from .work_curve import FEWEST, LEVELS, WeeksAhead, WorkCurve, work_curve


def measured_need(
    inputs: Inputs,
    months: Months,
    *,
    groups: Mapping[str, Sequence[str]] | None = None,
    hired: Collection[str] | None = None,
    growth: Growth | None = None,
    volume: float = 1.0,
    handle_time: float = 1.0,
    scenarios: int = 200,
    seed: int = 1,
    watch: Watch | None = None,
    time_limit_s: float = 30.0,
    hurry: Watch | None = None,
    paid_week: Mapping[str, float] | None = None,
) -> Need:
    """Measure what the months ahead need, on the basis of each queue's own goal.

    Each option is a parameter of its own, since most callers give few of them.

    Parameters
    ----------
    inputs
        A folder with a history of calls; its week plays no part.
    groups
        Name → queues; None = queues that somebody works together are one group.
    hired
        Contracts of plan.toml on which people may be hired, whose mixes are measured beside those of today's people;
        None = all.
    growth
        The planner's; None = none.
    volume, handle_time
        Factors on calls and on handle times, above 0.
    scenarios
        Paths of the calls, at least 1.
    time_limit_s
        Seconds for scheduling the sample weeks of each group, above 0; without time the loss is that of linear
        relaxations.
    hurry
        Once its time is up the need is measured as coarsely as it may be told: fewer volumes, one sample week, no
        whole shifts. Notes tell what is left out. None = never.

    paid_week
        Contract → paid hours of a head in a week, where they are not `max_h_week`.

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
    skills = [frozenset(a.skills) & frozenset(far.queues) for a in inputs.people]
    own = {name: tuple(of) for name, of in (groups or joined(far.queues, skills)).items()}
    _refuse_unknown(own, list(queues), far)
    typical = typical_weeks(
        inputs.calls, inputs.calendar, far.models, minutes=site.interval_min,
        named={n: q.model for n, q in queues.items()},
        handle_s={n: q.handle_s for n, q in queues.items()}, patience_s={n: q.patience_s for n, q in queues.items()},
        watch=eye,
    )  # fmt: skip
    ahead = WeeksAhead(inputs, far, typical, handle_time, paid_week or {})
    notes = list(far.notes)
    found = {}
    for name, of in own.items():
        mixes, effort = mixes_of(inputs, of, hired), Effort(time_limit_s=time_limit_s, seed=seed)
        found[name], told = _group(ahead, months, name, of, mixes, effort, (eye, hurry or Watch()))
        notes += told
    closed = far.closed([queue for of in own.values() for queue in of])
    return Need(months, found, far, tuple(notes), tuple(d for d in closed if d < end))


def _group(
    ahead: WeeksAhead,
    months: Months,
    name: str,
    queues: tuple[str, ...],
    mixes: Sequence[Mix],
    effort: Effort,
    clocks: tuple[Watch, Watch],
) -> tuple[GroupNeed, list[str]]:
    """Return the need of one group.

    Parameters
    ----------
    clocks
        The watch of the run, and that after whose time only the least is measured.
    """
    watch, hurry = clocks
    far, starts = ahead.far, months.starts()
    inside = np.array([d < starts[-1] for d in far.dates])
    month = np.array([(d.year - months.first.year) * 12 + d.month - months.first.month for d in far.dates])[inside]
    curves = {queue: work_curve(ahead, queue, watch, hurry) for queue in queues}
    work, load = _hours(ahead, curves)
    demand = np.array([np.bincount(month, w[inside], minlength=months.count) for w in work])
    empty = np.flatnonzero(demand.mean(axis=0) <= 0.0)
    if len(empty):
        raise InputError(
            f"group {name} has no work in a planned month", value=f"{starts[empty[0]]:%Y-%m}",
            mend="Is it shut all month? Plan fewer months, or open it in [opening] and special_days.csv",
        )  # fmt: skip
    kind = kinds_of_weeks(ahead, queues)
    samples = samples_of(ahead, queues, kind, watch, hurry)
    points = measured(samples, mixes, effort, watch, hurry)
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
        absent=samples[0].absent_share,
        breaks=_paid_breaks(ahead.inputs),
    )
    return need, _told(name, need, mixes)


def _hours(ahead: WeeksAhead, curves: Mapping[str, WorkCurve]) -> tuple[np.ndarray, np.ndarray]:
    """Return hours of work of each scenario and day, and hours of calls of each day at the mean."""
    far = ahead.far
    work, load = np.zeros((len(far.paths), len(far.dates))), np.zeros(len(far.dates))
    for queue, curve in curves.items():
        q, typical = far.queues.index(queue), ahead.typical[queue]
        features = far.models[queue].history.features(far.dates)
        work += curve.work(features, far.scenarios[:, q])
        handle = (typical.share * typical.handle_s).sum(axis=1) * ahead.handle_time
        load += far.calls[q] * handle[features["weekday"].to_numpy()] / 3600.0
    return work, load


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
    """Tell what was not measured."""
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
    if far := [kind for kind in need.kinds if kind not in {p.kind for p in need.loss}]:
        out.append(f"group {name}: no {' and no '.join(far)} week was measured; taken as lossy as a normal one")
    if coarse := [queue for queue, curve in need.curves.items() if len(curve.levels) < LEVELS]:
        out.append(f"group {name}: for lack of time hours of work of {', '.join(coarse)} are known at {FEWEST} volumes "
                   f"instead of {LEVELS}")  # fmt: skip
    return out


def _paid_breaks(inputs: Inputs) -> float:
    """Return the paid breaks of all shift families as a share of their paid time."""
    families = inputs.config.shift.values()
    paid = sum(f.paid_min for f in families)
    return sum(b.duration_min for f in families for b in f.breaks if b.paid) / paid if paid else 0.0


def _refuse_unknown(groups: Mapping[str, tuple[str, ...]], queues: Sequence[str], far: FarForecast) -> None:
    """Raise `InputError` where a queue of a group or of plan.toml has no calls: its months have no forecast."""
    asked = [(queue, f"group {name}") for name, of in groups.items() for queue in of]
    for queue, where in [*asked, *((queue, "plan.toml") for queue in queues)]:
        if queue not in far.queues:
            raise InputError(
                f"{where} has a queue without calls before the planned months",
                value=queue,
                mend=f"The calls hold {', '.join(far.queues)}",
            )

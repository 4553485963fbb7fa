"""Plans against what came: which run stood on a day, what came then, and what is kept of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sqlalchemy import Connection, delete, func, select

from ...forecast.queueing.goal.targets import ServiceGoal
from .actuals import DAY_S, actuals
from .bulk import put_rows
from .schema import forecast, outcome, publication, queue, run
from .schema import score as scored
from .schema import site as sites
from .snapshots import AS_PUBLISHED
from .times import days_of, midnight_s, moment_s

ACTUAL = ("calls_actual", "handle_actual_s", "service_actual")
COLUMNS = (
    "run", "queue", "day", "calls_planned", "calls_actual", "handle_planned_s", "handle_actual_s", "service_planned",
    "service_actual", "gap_volume", "gap_handle", "gap_other",
)  # fmt: skip
SAME = 1e-9
"""Relative difference below which two figures of a day are the same."""


@dataclass(frozen=True)
class Standing:
    """A run that stood as the plan of some days.

    Attributes
    ----------
    run, folder, input_hash
        Its id, where it was written, and what it was made from.
    days
        The days on which it stood.
    """

    run: int
    folder: str
    input_hash: str
    days: tuple[dt.date, ...]


def standing(
    c: Connection, site: int, zone: str | None, days: Collection[dt.date], *, horizon_days: int = 7
) -> list[Standing]:
    """Return which published run stood on each of `days`; a day without any is left out.

    On a day stands what was published last before the day was over; where nothing was known by then, what was
    published first afterwards.
    """
    p, r = publication.c, run.c
    asked = select(p.week, p.at_s, r.id, r.folder, r.input_hash).join(run, p.run == r.id)
    weeks: dict[dt.date, list[tuple[int, int, str, str]]] = {}
    for week, at_s, *which in c.execute(asked.where(p.site == site).order_by(p.at_s, p.id)):
        weeks.setdefault(dt.date.fromisoformat(week), []).append((at_s, *which))
    found: dict[tuple[int, str, str], list[dt.date]] = {}
    for day in sorted(set(days)):
        week = max((w for w in weeks if w <= day < w + dt.timedelta(days=horizon_days)), default=None)
        if week is None:
            continue
        over = midnight_s(day + dt.timedelta(days=1), zone)
        in_time = [one for one in weeks[week] if moment_s(one[0], zone) < over]
        found.setdefault((in_time[-1] if in_time else weeks[week][0])[1:], []).append(day)
    return [Standing(*which, tuple(ds)) for which, ds in found.items()]


def came(
    c: Connection, slots: pd.DataFrame, zone: str | None, goals: Mapping[int, ServiceGoal]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what came in the open intervals of planned days, and the same by day.

    Parameters
    ----------
    slots
        ``queue, start_s, step_s``, every open interval of the days.
    goals
        Goal by queue: its threshold and definition decide what the service is.

    Returns
    -------
    intervals : pandas.DataFrame
        `slots` with what `actuals.actuals` knows, and the local ``day``.
    days : pandas.DataFrame
        ``queue, day`` and `ACTUAL`. NaN where an interval of the day is unknown, no call came, or the service was not
        counted with the goal's threshold.
    """
    found = actuals(c, slots, zone, {q: g.within_s for q, g in goals.items()})
    rows = pd.concat([slots, found], axis=1)
    rows["day"] = days_of(rows["start_s"].to_numpy(dtype=np.int64), zone)
    quiet = rows["offered"] == 0
    for name in ("answered", "short_abandoned", "answered_in", "abandoned_in"):
        rows[name] = rows[name].where(~quiet, 0.0)
    keys = [rows["queue"], rows["day"]]
    whole = rows.groupby(keys)[list(found)].sum(min_count=0)
    known = rows[list(found)].notna().groupby(keys).all()
    whole = whole.where(known)
    measured = (whole["unmeasured"] == 0) & (whole["handle_n"] > 0)
    out = pd.DataFrame(
        {
            "calls_actual": whole["offered"],
            "handle_actual_s": (whole["handle_work"] / whole["handle_n"].where(measured)),
            "service_actual": np.nan,
        }
    )
    for number, goal in goals.items():
        if number in out.index.get_level_values(0):
            out.loc[[number], "service_actual"] = service(whole.loc[[number]], goal)
    out = out.reset_index()
    return rows, out.assign(day=out["day"].dt.date)


def service(sums: pd.DataFrame, goal: ServiceGoal) -> pd.Series:
    """Return the service level that counts give, by the definition of `goal`; NaN where a count is unknown."""
    answered_in, offered = sums["answered_in"], sums["offered"]
    if goal.definition == "answered":
        above, below = answered_in, sums["answered"]
    elif goal.definition == "total":
        above, below = answered_in + sums["abandoned_in"], offered
    elif goal.definition == "excl_short":
        above, below = answered_in, offered - sums["short_abandoned"]
    else:
        above, below = answered_in, offered
    share = above / below.where(below > 0)
    return share.where(share <= 1)  # more than all is a contradiction of the export


def slots_of(c: Connection, queues: Collection[int], zone: str | None, days: Sequence[dt.date]) -> pd.DataFrame:
    """Return the open intervals of planned days, as their published forecast tells: ``queue, start_s, step_s``."""
    f, low = forecast.c, midnight_s(min(days), zone)
    high = midnight_s(max(days) + dt.timedelta(days=1), zone)
    asked = select(f.queue, f.start_s).where(
        f.queue.in_(queues), f.lead == AS_PUBLISHED, f.start_s >= low, f.start_s < high
    )
    rows = pd.DataFrame(c.execute(asked.order_by(f.queue, f.start_s)).all(), columns=["queue", "start_s"])
    if rows.empty:
        return rows.assign(step_s=0)
    rows["day"] = days_of(rows["start_s"].to_numpy(dtype=np.int64), zone)
    rows = rows[rows["day"].isin([pd.Timestamp(day) for day in days])].reset_index(drop=True)
    gaps = rows.groupby(["queue", "day"])["start_s"].diff()
    least = gaps.groupby([rows["queue"], rows["day"]]).transform("min").fillna(gaps.min())
    return rows[["queue", "start_s"]].assign(step_s=least.fillna(DAY_S).astype(np.int64))


def due(c: Connection, which: Standing, days: pd.DataFrame, changed: Collection[dt.date]) -> list[dt.date]:
    """Return the days of a run that are known and have no outcome yet, or one of other calls, and those `changed`.

    Parameters
    ----------
    days
        What came by day (see `came`).
    """
    o = outcome.c
    kept = select(o.queue, o.day, o.calls_actual, o.handle_actual_s).where(o.run == which.run)
    held = {(q, day): figures for q, day, *figures in c.execute(kept)}
    out = set()
    for row in days.to_dict("records"):
        day, now = row["day"], [None if np.isnan(row[name]) else row[name] for name in ACTUAL[:2]]
        told = held.get((row["queue"], day.isoformat()))
        new = now[0] is not None and (told is None or not all(map(_same, told, now)))
        if new or day in changed:
            out.add(day)
    return sorted(out)


def _same(a: float | None, b: float | None) -> bool:
    return a is b if a is None or b is None else abs(a - b) <= SAME * max(abs(a), abs(b), 1.0)


def write_outcomes(c: Connection, rows: pd.DataFrame) -> None:
    """Keep outcomes, rows of `COLUMNS` with ``day`` as ISO text; one that is there already is replaced."""
    cells = rows[list(COLUMNS)].astype(object)
    put_rows(c, outcome, COLUMNS, [tuple(row) for row in cells.where(cells.notna(), None).itertuples(index=False)])


def forget_outcomes(c: Connection, site: int, days: Collection[dt.date]) -> list[dt.date]:
    """Remove the outcomes of a site of days whose calls are corrected; return the days that had any, in order."""
    o = outcome.c
    mine = o.queue.in_(select(queue.c.id).where(queue.c.site == site))
    told = {dt.date.fromisoformat(day) for day in c.scalars(select(o.day).where(mine).distinct())}
    found = sorted(told & set(days))
    for day in found:
        c.execute(delete(outcome).where(mine, o.day == day.isoformat()))
    return found


LAST_WEEK = (
    "queue", "date", "lead", "model_calls", "calls", "actual", "service_planned", "service_actual", "gap_volume",
    "gap_handle", "gap_other",
)  # fmt: skip
"""Columns of the seven days known last."""


def last_week(c: Connection, site: int, before: dt.date, zone: str | None, queues: Sequence[str]) -> pd.DataFrame:
    """Return the seven days known last before a day: model, forecast with overrides, what came, service and its gap.

    The forecast is that of the published plan, else the one with the least lead. NaN = unknown.
    """
    s = scored.c
    named = select(queue.c.id, queue.c.name).where(queue.c.site == site, queue.c.name.in_(queues))
    ids = {int(i): str(name) for i, name in c.execute(named)}
    since = (before - dt.timedelta(days=5 * 7)).isoformat()
    asked = select(s.queue, s.day, s.lead, s.n, s.unknown, s.actual).where(
        s.queue.in_(ids), s.day < before.isoformat(), s.day >= since, s.n > 0
    )
    rows = pd.DataFrame(c.execute(asked).all(), columns=["queue", "date", "lead", "n", "unknown", "actual"])
    if rows.empty:
        return pd.DataFrame(columns=list(LAST_WEEK))
    newest = dt.date.fromisoformat(rows["date"].max())
    first = newest - dt.timedelta(days=6)
    rows = rows[rows["date"] >= first.isoformat()].sort_values(["queue", "date", "lead"])
    rows = rows.drop_duplicates(["queue", "date"], ignore_index=True)
    rows["actual"] = rows["actual"].where(rows["unknown"] == 0)
    expected = _expected(c, ids, zone, first, newest)
    rows = rows.merge(expected, on=["queue", "date", "lead"], how="left")
    o = outcome.c
    kept = select(o.run, o.queue, o.day, o.service_planned, o.service_actual, o.gap_volume, o.gap_handle, o.gap_other)
    days = [first + dt.timedelta(days=i) for i in range(7)]
    runs = {(one.run, d.isoformat()) for one in standing(c, site, zone, days) for d in one.days}
    found = c.execute(kept.where(o.run.in_({one for one, _ in runs}), o.queue.in_(ids))).all()
    table = pd.DataFrame([r[1:] for r in found if (r[0], r[2]) in runs], columns=["queue", "date", *LAST_WEEK[6:]])
    rows = rows.merge(table, on=["queue", "date"], how="left")
    order = {name: i for i, name in enumerate(queues)}
    rows["queue"] = rows["queue"].map(ids)
    rows = rows.sort_values(["queue", "date"], key=lambda x: x.map(order) if x.name == "queue" else x)
    return rows[list(LAST_WEEK)].reset_index(drop=True)


def _expected(c: Connection, ids: Mapping[int, str], zone: str | None, first: dt.date, last: dt.date) -> pd.DataFrame:
    """Return the calls that were expected on each day, by the model and with overrides, by queue, day and lead."""
    f = forecast.c
    low, high = midnight_s(first, zone), midnight_s(last + dt.timedelta(days=1), zone)
    leads = range(AS_PUBLISHED, 29)
    asked = select(f.queue, f.lead, f.start_s, f.model_calls, f.calls).where(
        f.queue.in_(ids), f.lead.in_(leads), f.start_s >= low, f.start_s < high
    )
    rows = pd.DataFrame(c.execute(asked).all(), columns=["queue", "lead", "start_s", "model_calls", "calls"])
    rows["date"] = days_of(rows["start_s"].to_numpy(dtype=np.int64), zone).astype(str)
    sums = rows.groupby(["queue", "date", "lead"])[["model_calls", "calls"]].sum(min_count=1)
    return sums.reset_index()


def outcomes(c: Connection, since: dt.date | None = None, site: int | None = None) -> pd.DataFrame:
    """Return the plans of days against what came: ``site, queue, date`` and the numbers of `outcome`, by day.

    A day that two runs were held against is told once, by the run that was published last.
    """
    o, p = outcome.c, publication.c
    newest = select(p.run, func.max(p.id).label("number")).group_by(p.run).subquery()
    asked = select(sites.c.name, queue.c.name, o.day, *(o[name] for name in COLUMNS[3:]))
    asked = asked.join(queue, o.queue == queue.c.id).join(sites, queue.c.site == sites.c.id)
    asked = asked.join(newest, newest.c.run == o.run).order_by(newest.c.number)
    if since is not None:
        asked = asked.where(o.day >= since.isoformat())
    if site is not None:
        asked = asked.where(queue.c.site == site)
    table = pd.DataFrame(c.execute(asked).all(), columns=["site", "queue", "date", *COLUMNS[3:]])
    table = table.drop_duplicates(["site", "queue", "date"], keep="last")
    numbers = dict.fromkeys(COLUMNS[3:], float)
    return table.astype(numbers).sort_values(["site", "queue", "date"], ignore_index=True)

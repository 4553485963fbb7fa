"""How far forecasts were off: sums of each queue, lead and day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, select

from .actuals import actuals
from .bulk import put_rows
from .schema import forecast, queue
from .schema import score as scored
from .snapshots import AS_PUBLISHED, LEADS
from .times import days_of, midnight_s, same_clock

WEEK = 7
"""Days to last week's day, the yardstick of a forecast."""
LATE_DAYS = 70
"""Days back to which a queue's last score is looked for; one that is older has all its forecasts scored anew."""
SUMS = (
    "n", "unknown", "actual", "error", "abs_error", "squared_error", "inside_80", "naive_n", "naive_abs", "own_abs",
    "model_abs", "handle_n", "handle_actual", "handle_error", "handle_abs",
)  # fmt: skip
COLUMNS = ("queue", "lead", "day", *SUMS, "model")
READ = ("queue", "lead", "start_s", "calls", "model_calls", "q0.1", "q0.9", "handle_s", "model")


def score(
    c: Connection,
    site: int,
    days: Collection[dt.date],
    zone: str | None,
    *,
    before: dt.date,
    leads: Iterable[int] = LEADS,
    interval_min: int = 30,
) -> list[dt.date]:
    """Score the forecasts of a site against what came.

    Scored are the days that no score is there of yet, and `days`, whose calls are new or corrected, with the days a
    week after them, whose yardstick they are: these by all leads that were scored, and whatever `before` says where
    the site has a score of that day or a later one.

    Parameters
    ----------
    before
        First day that is not over yet.
    leads
        Leads that are kept; that of published plans always belongs to them.
    interval_min
        Interval of a forecast that has one row on a day; others show their own.

    Returns
    -------
    list
        The days that were scored, in order.
    """
    ids = [int(i) for i in c.scalars(select(queue.c.id).where(queue.c.site == site))]
    wanted = sorted({AS_PUBLISHED, *leads})
    again = {d + dt.timedelta(days=k) for d in days for k in (0, WEEK)}
    parts = list(_waiting(c, ids, wanted, zone, before))
    if again:
        told, newest = _told(c, ids)
        over = max(before, newest + dt.timedelta(days=1)) if newest is not None else before
        due = sorted(day for day in again if day < over)
        parts += _of_days(c, ids, sorted(told.union(wanted)), zone, due)
    found = [tuple(row) for part in parts for row in part]
    if not found:
        return []
    rows = pd.DataFrame(found, columns=list(READ))
    rows = rows.drop_duplicates(["queue", "lead", "start_s"]).sort_values(["queue", "lead", "start_s"])
    rows = rows.reset_index(drop=True)
    rows["day"] = days_of(rows["start_s"].to_numpy(dtype=np.int64), zone)
    table = sums_of(c, rows, zone, interval_min)
    cells = table[list(COLUMNS)].astype(object)
    cells = cells.where(cells.notna(), None)
    put_rows(c, scored, COLUMNS, [tuple(row) for row in cells.itertuples(index=False)])
    return sorted(dt.date.fromisoformat(day) for day in table["day"].unique())


def is_scored_since(c: Connection, site: int, day: dt.date) -> bool:
    """Whether a site has a score of `day` or of a later one: a forecast of such a day comes late."""
    s = scored.c
    mine = s.queue.in_(select(queue.c.id).where(queue.c.site == site))
    return c.execute(select(s.day).where(mine, s.day >= day.isoformat()).limit(1)).first() is not None


def _told(c: Connection, ids: Sequence[int]) -> tuple[set[int], dt.date | None]:
    """Return the leads that were scored of queues, and the last day that was; None = none."""
    s = scored.c
    found = c.execute(select(s.lead, func.max(s.day)).where(s.queue.in_(ids)).group_by(s.lead)).all()
    last = max((day for _, day in found), default=None)
    return {int(lead) for lead, _ in found}, None if last is None else dt.date.fromisoformat(last)


def _waiting(
    c: Connection, ids: Sequence[int], leads: Sequence[int], zone: str | None, before: dt.date
) -> Iterator[Iterable[Any]]:
    """Yield the forecasts of days that are over and later than the last one scored, by queue and lead."""
    since = (before - dt.timedelta(days=LATE_DAYS)).isoformat()
    s, f = scored.c, forecast.c
    newest = select(s.queue, s.lead, func.max(s.day)).group_by(s.queue, s.lead)
    newest = newest.where(s.queue.in_(ids), s.lead.in_(leads), s.day >= since)
    last = {(q, lead): day for q, lead, day in c.execute(newest)}
    alike: dict[tuple[int, str | None], list[int]] = {}
    for q in ids:
        for lead in leads:
            alike.setdefault((lead, last.get((q, lead))), []).append(q)
    for (lead, day), queues in alike.items():
        asked = select(*(f[name] for name in READ)).where(f.queue.in_(queues), f.lead == lead)
        asked = asked.where(f.start_s < midnight_s(before, zone))
        if day is not None:
            after = dt.date.fromisoformat(day) + dt.timedelta(days=1)
            asked = asked.where(f.start_s >= midnight_s(after, zone))
        yield c.execute(asked).all()


def _of_days(
    c: Connection, ids: Sequence[int], leads: Sequence[int], zone: str | None, days: Sequence[dt.date]
) -> Iterator[Iterable[Any]]:
    """Yield the forecasts of given days, those of days in a row at once."""
    f = forecast.c
    for first, last in _in_a_row(days):
        low, high = midnight_s(first, zone), midnight_s(last + dt.timedelta(days=1), zone)
        asked = select(*(f[name] for name in READ)).where(f.queue.in_(ids), f.lead.in_(leads))
        yield c.execute(asked.where(f.start_s >= low, f.start_s < high)).all()


def _in_a_row(days: Sequence[dt.date]) -> Iterator[tuple[dt.date, dt.date]]:
    """Yield first and last day of each row of days without a gap."""
    first = last = None
    for day in days:
        if last is None or (day - last).days > 1:
            if first is not None and last is not None:
                yield first, last
            first = day
        last = day
    if first is not None and last is not None:
        yield first, last


def sums_of(c: Connection, rows: pd.DataFrame, zone: str | None, interval_min: int) -> pd.DataFrame:
    """Return the sums of each queue, lead and day of forecasts against what came.

    Parameters
    ----------
    rows
        Forecasts (`READ`) with their local ``day``, by queue, lead and start.
    interval_min
        As for `score`.
    """
    rows = rows.assign(step_s=forecast_steps(rows, interval_min))
    slots = rows[["queue", "start_s", "step_s"]].drop_duplicates()
    last, there = same_clock(slots["start_s"].to_numpy(), zone, WEEK)
    weeks = slots.assign(start_s=last)[there]
    both = pd.concat([slots, weeks]).drop_duplicates(ignore_index=True)
    came = pd.concat([both, actuals(c, both, zone)], axis=1)
    key = ["queue", "start_s", "step_s"]
    slots = slots.merge(came[[*key, "offered", "handle_n", "handle_work"]], on=key, how="left")
    before = slots[key].assign(last=last, there=there).merge(
        came[[*key, "offered"]].rename(columns={"start_s": "last", "offered": "naive"}),
        on=["queue", "last", "step_s"], how="left",
    )  # fmt: skip
    slots["naive"] = before["naive"].where(before["there"]).to_numpy()
    return _summed(rows.merge(slots, on=key, how="left"))


def forecast_steps(rows: pd.DataFrame, interval_min: int) -> np.ndarray:
    """Return the seconds that each forecast interval lasts: the least distance of two on its day."""
    keys = ["queue", "lead", "day"]
    gap = rows.groupby(keys)["start_s"].diff()
    least = gap.groupby([rows[k] for k in keys]).transform("min")
    return np.asarray(least.fillna(interval_min * 60).astype(np.int64))


def _summed(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the sums of rows that hold forecast, what came, and last week's day; an unknown interval adds nothing."""
    numbers = {n: rows[n].to_numpy(dtype=float) for n in ("calls", "model_calls", "q0.1", "q0.9", "handle_s")}
    actual, naive = rows["offered"].to_numpy(dtype=float), rows["naive"].to_numpy(dtype=float)
    known, error = np.isfinite(actual), numbers["calls"] - actual
    compared = known & np.isfinite(naive)
    low, high = numbers["q0.1"], numbers["q0.9"]
    inside = np.where(np.isfinite(low) & np.isfinite(high), (low <= actual) & (actual <= high), np.nan)
    weight = np.where(np.isfinite(numbers["handle_s"]), rows["handle_n"].fillna(0.0).to_numpy(dtype=float), 0.0)
    work = np.where(weight > 0, rows["handle_work"].to_numpy(dtype=float), 0.0)
    off = np.where(weight > 0, weight * np.nan_to_num(numbers["handle_s"]) - work, 0.0)
    parts = pd.DataFrame(
        {
            "n": known.astype(int), "unknown": (~known).astype(int),
            "actual": np.where(known, actual, 0.0), "error": np.where(known, error, 0.0),
            "abs_error": np.where(known, abs(error), 0.0), "squared_error": np.where(known, error**2, 0.0),
            "inside_80": np.where(known, inside, 0.0),
            "naive_n": compared.astype(float), "naive_abs": np.where(compared, abs(naive - actual), 0.0),
            "own_abs": np.where(compared, abs(error), 0.0),
            "model_abs": np.where(known, abs(numbers["model_calls"] - actual), 0.0),
            "handle_n": weight, "handle_actual": work, "handle_error": off, "handle_abs": abs(off),
        }
    )  # fmt: skip
    keys = [rows["queue"], rows["lead"], rows["day"]]
    out = parts.groupby(keys).sum(min_count=0)
    for name in ("inside_80", "model_abs"):  # unknown in one interval is unknown for the day: a part is no sum
        out[name] = out[name].where(~parts[name].isna().groupby(keys).any())
    names = rows["model"].groupby(keys).agg(_joined)
    out["model"] = names.where(names != "")
    out = out.reset_index()
    return out.assign(day=out["day"].dt.strftime("%Y-%m-%d"))


def _joined(names: pd.Series) -> str:
    """Return the models of a day's intervals, nearly always one."""
    return "/".join(sorted({str(name) for name in names.dropna()}))

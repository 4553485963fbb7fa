"""What follows when more calls come, or longer ones, than the locked forecast and its band allow."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .goal import Goal
from .lock import Lock
from .units import labels

COMPARED = ("came", "locked", "over", "handle_over", "relief")


def compared(lock: Lock, table: pd.DataFrame, locked: pd.DataFrame | None) -> pd.DataFrame:
    """Return calls that came beside those locked, per span of the lock.

    Only intervals are compared for which both are known, so that a day that still runs is held against the forecast of
    the same hours.

    Parameters
    ----------
    table
        ``queue, start, offered`` and, with a band of handle times, ``answered, work_s``.
    locked
        ``queue, start, calls`` and, with a band of handle times, ``handle_s``; None = nothing is locked.

    Returns
    -------
    DataFrame
        Index: the span's label. ``came, locked, over`` (share above the locked calls), ``handle_over`` (the same of the
        handle time, NaN without a band) and ``relief``.
    """
    if locked is None:
        return pd.DataFrame({name: pd.Series([], dtype=float) for name in COMPARED})
    both = table.merge(locked, on=["queue", "start"], how="inner")
    both = both[both["offered"].notna() & both["calls"].notna()]
    span = labels(both["start"], lock.granularity) if len(both) else pd.Series([], dtype=object)
    sums = both.groupby(span)[["offered", "calls"]].sum()
    out = pd.DataFrame({"came": sums["offered"], "locked": sums["calls"]})
    out["over"] = np.where(out["locked"] > 0, out["came"] / out["locked"].where(out["locked"] > 0) - 1, np.nan)
    out["handle_over"] = np.nan
    beyond = out["came"] > (1 + lock.band) * out["locked"] + 1e-9
    if lock.handle_band is not None and {"work_s", "answered"} <= set(both):
        work = both.assign(due=both["answered"] * both["handle_s"]).groupby(span)[["work_s", "due"]].sum(min_count=1)
        out["handle_over"] = work["work_s"] / work["due"].where(work["due"] > 0) - 1
        beyond |= out["handle_over"] > lock.handle_band + 1e-9
    out["relief"] = beyond & (out["locked"] > 0)
    return out


def relief_of(lock: Lock, goal: Goal, table: pd.DataFrame, locked: pd.DataFrame | None) -> pd.DataFrame:
    """Return a counted goal with the consequence of its lock in it; levels that are relaxed are told by `level_of`.

    ``exclude`` names the clause; ``surplus`` takes calls from the denominator: first those not served in time, of all
    intervals of the span in proportion, then in-time calls. So of a span with S calls above the band the denominator D
    becomes D − S and the numerator the lesser of itself and D − S, as the contract binds for so many calls only. (Where
    less is better, calls that count against the vendor are those of the numerator, and leave there first.)
    """
    found = compared(lock, table, locked)
    spans = set(found.index[found["relief"].astype(bool)])
    if locked is None or not spans or lock.consequence == "relaxed":
        return table
    span = labels(table["start"], lock.granularity)
    bound = pd.MultiIndex.from_frame(table[["queue", "start"]]).isin(
        pd.MultiIndex.from_frame(locked[["queue", "start"]])
    )
    hit = span.isin(spans) & bound & (table["clause"] == "")
    if lock.consequence == "exclude":
        told = span.map({label: _told(lock, found.loc[label]) for label in spans})
        return table.assign(clause=table["clause"].mask(hit, told))
    out, known = table.copy(), hit & (table["unknown"] == "")
    above = dict(zip(found.index, (found["came"] - (1 + lock.band) * found["locked"]).to_numpy(float), strict=True))
    for label in spans:
        rows = out[known & (span == label)]
        surplus = above[label]
        if len(rows):
            out.loc[rows.index, ["numerator", "denominator"]] = without_surplus(
                rows["numerator"].to_numpy(float), rows["denominator"].to_numpy(float), surplus,
                bad_is_numerator=goal.part_way == "at_most",
            )  # fmt: skip
    return out


def without_surplus(
    numerator: np.ndarray, denominator: np.ndarray, surplus: float, *, bad_is_numerator: bool
) -> np.ndarray:
    """Return numerators and denominators, shape (n, 2), without `surplus` calls, those that count against first.

    Examples
    --------
    >>> without_surplus(np.array([70.0]), np.array([120.0]), 20.0, bad_is_numerator=False).tolist()
    [[70.0, 100.0]]
    >>> without_surplus(np.array([90.0]), np.array([100.0]), 20.0, bad_is_numerator=False).tolist()
    [[80.0, 80.0]]
    """
    bad = numerator if bad_is_numerator else denominator - numerator
    good = denominator - bad
    gone = min(surplus, float(denominator.sum()))
    from_bad = min(gone, float(bad.sum()))
    if from_bad > 0:
        bad = bad * (1 - from_bad / float(bad.sum()))
    if gone > from_bad:
        good = good * (1 - (gone - from_bad) / float(good.sum()))
    return np.column_stack([bad if bad_is_numerator else good, good + bad])


def _told(lock: Lock, span: pd.Series) -> str:
    parts = [f"{100 * span['over']:.1f} % more calls than locked"] if span["over"] > lock.band else []
    if lock.handle_band is not None and span["handle_over"] > lock.handle_band:
        parts.append(f"handle time {100 * span['handle_over']:.1f} % above the locked one")
    return f"{lock.clause}, {' and '.join(parts)}"


def level_of(lock: Lock | None, goal: Goal, over: float) -> float:
    """Return the level that a goal must reach where so much more came than locked, as a share."""
    if lock is None or lock.consequence != "relaxed" or not over > lock.band:
        return goal.wanted
    levels = [(r.over, r.level) for r in lock.relaxed if r.goal == goal.name and over > r.over]
    return max(levels)[1] if levels else goal.wanted

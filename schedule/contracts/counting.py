"""A goal counted: numerator and denominator of every interval, and the clause that excludes one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
import pandas as pd

from .contract import Contract, Exclusion
from .goal import Goal
from .locked import relief_of
from .outcomes import KEY, outcomes

COLUMNS = ("queue", "start", "numerator", "denominator", "offered", "clause", "unknown")
"""Columns of a counted goal."""
REASONS: Mapping[str, str] = {
    "outage": "outage", "force_majeure": "force majeure", "client_staffing": "the client dictated the staffing",
    "ramp_up": "ramp-up", "other": "",
}  # fmt: skip
BEFORE = "before the contract begins"


def counted(calls: pd.DataFrame, goal: Goal, contract: Contract, locked: pd.DataFrame | None = None) -> pd.DataFrame:
    """Return numerator and denominator of a goal per queue and interval of the contract.

    Parameters
    ----------
    calls
        Counts per interval or single calls of any queues (see `outcomes`), times in the contract's zone.
    goal
        A goal of `contract` that is counted from calls.
    locked
        The locked forecast ``queue, start, calls`` (and ``handle_s``) of the days that the lock binds.

    Returns
    -------
    DataFrame
        ``queue, start, numerator, denominator, offered`` (calls that came), ``clause``: what excludes the interval,
        "" where it counts, ``unknown``: why it has no figure, "" where it has. Only rows with neither count.

    Raises
    ------
    InputError
        If the calls do not tell what the goal counts.
    """
    own = calls[calls["queue"].isin(contract.queues_of(goal))]
    sums = outcomes(own, goal, contract.interval_min)
    numerator, denominator = fraction(sums, goal)
    table = sums[KEY].assign(
        numerator=numerator, denominator=denominator, offered=sums["offered"], clause="", unknown=sums["unknown"]
    )
    if "work_s" in sums and "answered" in sums:
        table = table.assign(work_s=sums["work_s"], answered=sums["answered"])
    table["clause"] = clauses(table, goal, contract.exclusions, contract.interval_min, contract.begins)
    if contract.lock is not None:
        table = relief_of(contract.lock, goal, table, locked)
    return table[list(COLUMNS)].reset_index(drop=True)


def fraction(sums: pd.DataFrame, goal: Goal) -> tuple[pd.Series, pd.Series]:
    """Return numerator and denominator of each interval by the definition of a goal."""
    blocked = sums["blocked"] if goal.blocked == "missed" else pd.Series(0.0, index=sums.index)
    if goal.metric == "asa":
        return sums["wait_answered_s"], sums["answered"]
    offered = sums["offered"] + blocked
    if goal.metric == "abandonment":
        lost = sums["abandoned"] + blocked
        if goal.definition == "offered":
            return lost, offered
        short = sums["short_abandoned"]
        return lost - short, offered if goal.definition == "late" else offered - short
    if goal.definition == "answered":
        return sums["answered_in"], sums["answered"]
    if goal.definition == "total":
        return sums["answered_in"] + sums["abandoned_in"], offered
    if goal.definition == "excl_short":
        return sums["answered_in"], offered - sums["short_abandoned"]
    return sums["answered_in"], offered


def clauses(
    table: pd.DataFrame, goal: Goal, exclusions: tuple[Exclusion, ...], interval_min: int, begins: dt.date | None
) -> pd.Series:
    """Return per row of ``queue, start`` the clause that excludes the interval, "" where none does.

    An interval that an exclusion touches is excluded whole; the first exclusion that does is named.
    """
    wall = table["start"].dt.tz_localize(None)
    until = wall + pd.Timedelta(minutes=interval_min)
    out = pd.Series("", index=table.index, dtype=object)
    if begins is not None:
        out = out.mask(wall < pd.Timestamp(begins), BEFORE)
    for exclusion in exclusions:
        if exclusion.goals and goal.name not in exclusion.goals:
            continue
        begin, end = (pd.Timestamp(moment) for moment in exclusion.span)
        hit = (wall < end) & (until > begin) & (out == "")
        if exclusion.queues:
            hit &= table["queue"].isin(exclusion.queues)
        out = out.mask(hit, told(exclusion))
    return out


def told(exclusion: Exclusion) -> str:
    """Return how an exclusion is named beside what it excludes."""
    return ", ".join(filter(None, (exclusion.clause, REASONS[exclusion.reason], exclusion.note)))


def measured(table: pd.DataFrame, goal: Goal, contract: Contract) -> pd.DataFrame:
    """Return what was measured or scored of a goal, in the columns of `counted`.

    Parameters
    ----------
    table
        ``date`` (a day), ``goal`` (its name), ``numerator, denominator``, and ``items``: how many scores or pieces they
        hold, which is what a least volume counts. Of a score the numerator is the score, the denominator 1.

    Notes
    -----
    A row is excluded where an exclusion of all queues covers the whole day.
    """
    rows = table[table["goal"] == goal.name]
    out = pd.DataFrame({
        "queue": "", "start": pd.to_datetime(rows["date"].to_numpy()), "numerator": rows["numerator"].to_numpy(float),
        "denominator": rows["denominator"].to_numpy(float), "offered": rows["items"].to_numpy(float), "clause": "",
        "unknown": "",
    })  # fmt: skip
    clause = out["clause"].astype(object)
    if contract.begins is not None:
        clause = clause.mask(out["start"] < pd.Timestamp(contract.begins), BEFORE)
    for exclusion in contract.exclusions:
        if exclusion.queues or (exclusion.goals and goal.name not in exclusion.goals):
            continue
        begin, end = (pd.Timestamp(moment) for moment in exclusion.span)
        whole = (out["start"] >= begin) & (out["start"] + pd.Timedelta(days=1) <= end) & (clause == "")
        clause = clause.mask(whole, told(exclusion))
    blank = out["numerator"].isna() | out["denominator"].isna()
    start = out["start"]
    if contract.zone is not None:
        start = start.dt.tz_localize(contract.zone, ambiguous=True, nonexistent="shift_forward")
    return out.assign(start=start, clause=clause, unknown=np.where(blank, "unknown: blank", ""))[list(COLUMNS)]

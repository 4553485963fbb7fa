"""What became of calls, as sums per interval: counted from single calls, or taken from counts per interval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from .goal import MARKS, Goal
from .units import floored

KEY = ["queue", "start"]
SUMS = (
    "offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in", "wait_answered_s", "work_s",
    "blocked",
)  # fmt: skip
"""Sums of an interval: calls, seconds waited by answered calls, seconds of handle time."""
NEEDED: Mapping[tuple[str, str | None], tuple[str, ...]] = {
    ("service_level", "offered"): ("answered_in",),
    ("service_level", "answered"): ("answered_in", "answered"),
    ("service_level", "total"): ("answered_in", "abandoned_in"),
    ("service_level", "excl_short"): ("answered_in", "short_abandoned"),
    ("abandonment", "offered"): ("abandoned",),
    ("abandonment", "excl_short"): ("abandoned", "short_abandoned"),
    ("abandonment", "late"): ("abandoned", "short_abandoned"),
    ("asa", None): ("wait_answered_s", "answered"),
}
"""Metric and definition → the sums that they need beside the offered calls."""
UNKNOWN = "unknown: the file does not tell it"
RUNNING = "unknown: the interval was still running"


@dataclass(frozen=True)
class Thresholds:
    """How calls are counted as in time and as short.

    Attributes
    ----------
    within_s, short_s
        Seconds of the contract's clock; None = not counted.
    offset_s
        Seconds of a wait in the file that lie before the contract's clock starts.
    left_out
        Marks of calls that leave both sides.
    answered_waits, lost_waits
        Whether the waits of answered calls, and of lost ones, decide anything.
    """

    within_s: float | None
    short_s: float | None
    offset_s: float
    left_out: tuple[str, ...]
    answered_waits: bool
    lost_waits: bool

    @classmethod
    def of(cls, goal: Goal) -> Thresholds:
        """Return the thresholds of a goal."""
        left_out = tuple(mark for mark in MARKS[1:] if getattr(goal, mark) == "left_out")
        needed = {*NEEDED[goal.metric, goal.definition]}
        return cls(
            goal.within_s, goal.short_s, goal.clock_offset_s, left_out,
            answered_waits=bool(needed & {"answered_in", "wait_answered_s"}),
            lost_waits=bool(needed & {"abandoned_in", "short_abandoned"}),
        )  # fmt: skip


def is_single(calls: pd.DataFrame) -> bool:
    """Whether a table has one row a call: such a table has no column ``offered``."""
    return "offered" not in calls


def outcomes(calls: pd.DataFrame, goal: Goal, interval_min: int) -> pd.DataFrame:
    """Return the sums that a goal needs, per queue and interval.

    Parameters
    ----------
    calls
        Counts per interval (table ``calls``), or single calls: ``queue, start, answered`` (1 or 0, NaN while the call
        runs), ``wait_s`` and where known ``handle_s`` and marks (1 or 0) such as ``transferred``.
    interval_min
        Length of an interval, min.

    Returns
    -------
    DataFrame
        ``queue, start``, those of `SUMS` that are known, and ``unknown``: why an interval has no figure, "" where it
        has.

    Raises
    ------
    InputError
        If a column is missing that the goal needs, an interval stands twice, or the file counts with other thresholds.
    """
    asked = Thresholds.of(goal)
    if not is_single(calls):
        _refuse_missing(calls, goal)
    table = from_single_calls(calls, asked, interval_min) if is_single(calls) else from_counts(calls, asked, goal)
    needed = ("offered", *NEEDED[goal.metric, goal.definition], *(["blocked"] if goal.blocked == "missed" else []))
    for name in needed:
        if name not in table:
            raise _missing(name, goal)
    blank = table[list(needed)].isna().any(axis=1) & (table["unknown"] == "")
    table["unknown"] = table["unknown"].mask(blank, UNKNOWN)
    if not is_single(calls):
        table = _of_interval(table, interval_min)
    return table


def _refuse_missing(calls: pd.DataFrame, goal: Goal) -> None:
    """Raise `InputError` where counts per interval lack what was counted in time."""
    for name in NEEDED[goal.metric, goal.definition]:
        if name in ("answered_in", "abandoned_in") and name not in calls:
            raise _missing(name, goal)


def _missing(name: str, goal: Goal) -> InputError:
    """Return the error of a column that a goal needs."""
    column = {"wait_answered_s": "wait_s", "work_s": "handle_s"}.get(name, name)
    mend = "Map it in [intake.columns] of the contract, or choose a definition that does without it"
    return InputError(
        f"goal {goal.name} cannot be counted: the calls have no column {column}", column=column, mend=mend
    )


def from_single_calls(calls: pd.DataFrame, asked: Thresholds, interval_min: int) -> pd.DataFrame:
    """Return the sums of single calls per queue and interval.

    Blocked calls are counted apart. An interval is unknown where a call of it has no outcome, or lacks a wait that the
    goal needs: of answered calls, of lost ones, or of both.

    Raises
    ------
    InputError
        If the calls have no wait though a threshold needs it, or lack a mark that is to be left out.
    """
    for mark in (m for m in asked.left_out if m not in calls):
        mend = f'Map {mark} in [intake.columns] (1 or 0 per call), or write {mark} = "as_counted"'
        raise InputError(f"the calls do not tell which are {mark}", column=mark, mend=mend)
    if "wait_s" not in calls and (asked.within_s is not None or asked.short_s is not None):
        mend = "Map the seconds waited, of answered and lost calls, to wait_s in [intake.columns]"
        raise InputError("single calls have no column wait_s", column="wait_s", mend=mend)
    blank = pd.Series(np.nan, index=calls.index)
    gone = pd.Series(False, index=calls.index)
    for mark in asked.left_out:
        gone |= calls[mark].fillna(0) > 0
    calls = calls[~gone]
    start = floored(calls["start"], interval_min)
    blocked = (calls["blocked"].fillna(0) > 0) if "blocked" in calls else pd.Series(False, index=calls.index)
    answered = calls.get("answered", blank)
    wait = (calls["wait_s"] - asked.offset_s).clip(lower=0) if "wait_s" in calls else blank
    served, lost = (answered == 1) & ~blocked, (answered == 0) & ~blocked
    columns: dict[str, pd.Series] = {
        "offered": (~blocked).astype(float), "answered": served.astype(float), "abandoned": lost.astype(float),
    }  # fmt: skip
    if "blocked" in calls:
        columns["blocked"] = blocked.astype(float)
    doubt = answered.isna() & ~blocked
    if asked.within_s is not None:
        columns["answered_in"] = (served & (wait <= asked.within_s)).astype(float)
        columns["abandoned_in"] = (lost & (wait <= asked.within_s)).astype(float)
    if asked.short_s is not None:
        columns["short_abandoned"] = (lost & (wait <= asked.short_s)).astype(float)
    if "wait_s" in calls:
        columns["wait_answered_s"] = wait.where(served, 0.0)
        doubt |= (served & wait.isna()) if asked.answered_waits else False
        doubt |= (lost & wait.isna()) if asked.lost_waits else False
    if "handle_s" in calls:
        columns["work_s"] = calls["handle_s"].where(served, 0.0)
    rows = pd.DataFrame({"queue": calls["queue"], "start": start, **columns, "doubt": doubt})
    out = rows.groupby(KEY, sort=True).agg({**dict.fromkeys(columns, "sum"), "doubt": "any"}).reset_index()
    out["unknown"] = np.where(out.pop("doubt"), UNKNOWN, "")
    return out


def from_counts(calls: pd.DataFrame, asked: Thresholds, goal: Goal) -> pd.DataFrame:
    """Return counts per interval as sums, in the intervals of the file.

    Raises
    ------
    InputError
        If an interval stands twice, or the counts were made with other thresholds than those of the contract.
    """
    again = calls.duplicated(KEY)
    if again.any():
        row = calls[again].iloc[0]
        mend = "Keep one of the files, or one of the rows"
        raise InputError("an interval stands twice", column="start", value=f"{row['queue']}, {row['start']}", mend=mend)
    if asked.left_out:
        mark = asked.left_out[0]
        mend = f'Bring single calls with a column {mark}, or write {mark} = "as_counted" in goal.{goal.name}'
        raise InputError("cannot be counted from counts per interval", column=mark, value="left_out", mend=mend)
    if goal.metric == "asa" and asked.offset_s:
        mend = "Bring single calls: a mean wait does not tell how many waits are shorter"
        raise InputError("cannot be counted from counts per interval", column="clock_offset_s", value=asked.offset_s,
                         mend=mend)  # fmt: skip
    if asked.within_s is not None:
        _refuse_other_threshold(calls, asked.within_s + asked.offset_s, goal)
    _refuse_part_above_whole(calls)
    names = [n for n in SUMS if n in calls]
    table = calls[[*KEY, *names]].copy()
    if "answered" not in table and "abandoned" in table:
        table["answered"] = table["offered"] - table["abandoned"]
    if "abandoned" not in table and "answered" in table:
        table["abandoned"] = table["offered"] - table["answered"]
    for name, mean in (("wait_answered_s", "wait_s"), ("work_s", "handle_s")):
        if mean in calls and "answered" in table:
            table[name] = (calls[mean] * table["answered"]).mask(table["answered"] == 0, 0.0)
    still = calls["complete"] == 0 if "complete" in calls else pd.Series(False, index=calls.index)
    none = table["offered"] == 0
    for name in (n for n in SUMS if n in table and n not in ("offered", "blocked")):
        table[name] = table[name].mask(none & table[name].isna(), 0.0)  # of no call nothing is unknown
    table["unknown"] = np.where(still, RUNNING, "")
    return table


def _refuse_part_above_whole(calls: pd.DataFrame) -> None:
    """Raise `InputError` where more calls are told in time, or short, than there are."""
    for part, whole in (("answered_in", "answered"), ("abandoned_in", "abandoned"), ("short_abandoned", "abandoned")):
        if part not in calls or whole not in calls:
            continue
        above = calls[calls[part] > calls[whole] + 1e-6]
        if len(above):
            row = above.iloc[0]
            what = f"{row['queue']}, {row['start']}: more {part} than {whole} ({row[whole]:g})"
            mend = "Correct the row, or map the columns of [intake.columns] otherwise"
            raise InputError(what, column=part, value=float(row[part]), mend=mend)


def _refuse_other_threshold(calls: pd.DataFrame, seconds: float, goal: Goal) -> None:
    """Raise `InputError` where counts per interval were made with another threshold than `seconds`."""
    used = calls[calls["offered"] > 0]
    mend = f'Bring single calls, or counts within {seconds:g} s; if the file is silent, map within_s = "={seconds:g}"'
    if "within_s" not in calls or used["within_s"].isna().any():
        what = f"goal {goal.name} cannot be counted: nothing tells within how many seconds answered_in was counted"
        raise InputError(what, column="within_s", mend=mend)
    other = used[used["within_s"] != seconds]
    if len(other):
        row = other.iloc[0]
        what = (
            f"goal {goal.name} asks for {seconds:g} s and cannot be counted: {row['queue']}, {row['start']} was "
            "counted with another threshold"
        )
        raise InputError(what, column="within_s", value=float(row["within_s"]), mend=mend)


def _of_interval(table: pd.DataFrame, interval_min: int) -> pd.DataFrame:
    """Return shorter intervals added up to those of the contract; one unknown part makes the sum unknown."""
    start = floored(table["start"], interval_min)
    if start.equals(table["start"]):
        return table.sort_values(KEY, ignore_index=True)
    sums = [name for name in SUMS if name in table]
    rows = table.assign(start=start)
    groups = rows.groupby(KEY, sort=True)
    out = groups[sums].sum(min_count=1)
    out["unknown"] = groups["unknown"].agg(lambda texts: next((t for t in texts if t), ""))
    return out.reset_index()

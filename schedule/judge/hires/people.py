"""People of each month counted again: today's, those on their way, classes and transfers, as they leave and learn."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .run import MONTH_DAYS, Found, Hires, date_of, differs

NEVER = 1e6
"""Days since the start of people who are taken as experienced."""
LEAST = 1e-15
"""Stands for a probability of 0 to stay."""


@dataclass(frozen=True)
class Cohort:
    """People of one kind who are there from one day on.

    Parameters
    ----------
    kind, heads
        Kind, and how many are expected on the first day.
    start
        First day of their training; None = experienced people who are there today.
    known
        Day on which they are known to be there.
    until
        First day on which they are known to be gone; None = open.
    what
        ``today``, ``given``, ``class``, or ``moved`` with negative heads for those who go.
    weeks
        Off the phone after the first day.
    """

    kind: str
    heads: float
    start: dt.date | None
    known: dt.date
    until: dt.date | None
    what: str
    weeks: float


@dataclass(frozen=True)
class Counted:
    """Expected heads of a cohort by month, shapes (T,): on the first day, that come, that leave, in training, there."""

    opening: np.ndarray
    came: np.ndarray
    leavers: np.ndarray
    training: np.ndarray
    there: np.ndarray


def cohorts(run: Hires) -> Iterator[Cohort]:
    """Yield all people of the run."""
    people, classes = run.terms["people"], run.terms["classes"]
    weeks, arrive = people["training_weeks"], 1.0 - classes["drop_out"]
    room = float(classes["most"] if classes["seats"] is None else classes["seats"])
    for row in run.state.to_dict("records"):
        begins, last = date_of(row.get("class_start")), date_of(row.get("leave_date"))
        kind, heads = str(row["kind"]), float(row["heads"])
        if begins is not None:
            yield Cohort(kind, min(heads * arrive, room), begins, begins, None, "given", weeks)
            continue
        tenure = row.get("tenure_months")
        since = None if pd.isna(tenure) else run.as_of - dt.timedelta(days=round(float(tenure) * MONTH_DAYS))
        until = None if last is None else last + dt.timedelta(days=1)
        yield Cohort(kind, heads, since, run.as_of, until, "today", weeks)
    for row in run.classes.to_dict("records"):
        start = date_of(row["start"])
        if start is not None:
            yield Cohort(str(row["kind"]), float(row["size"]), start, start, None, "class", weeks)
    ways = {(t["source"], t["target"]): t for t in run.terms["transfer"]}
    for row in run.transfers.to_dict("records"):
        month, heads, ends = date_of(row["month"]), float(row["heads"]), (str(row["source"]), str(row["target"]))
        if month is not None and ends in ways:
            yield Cohort(ends[0], -heads, None, month, None, "moved", 0.0)
            yield Cohort(ends[1], heads, None, month, None, "moved", ways[ends]["weeks"])


def counted(run: Hires, cohort: Cohort) -> Counted:
    """Return the expected months of a cohort.

    People leave by a hazard that is constant within each month of tenure, so they stay with the exponential of what it
    sums up to; those who fail are gone on the day after their training.
    """
    days, bounds = np.arange(run.bounds[-1] + 1.0), run.bounds
    first = float((cohort.known - run.starts[0]).days)
    begin = days[0] - NEVER if cohort.start is None else float((cohort.start - run.starts[0]).days)
    age, learns = days - begin, round(7 * run.terms["people"]["training_weeks"])
    stay = _log_stay(run, age, learns)
    if cohort.what in ("given", "class"):
        enters, alive = begin, np.exp(stay)
    else:  # those are there who are known to be there
        enters = first if cohort.what == "moved" else begin
        alive = np.where(days <= first, 1.0, np.exp(stay - _log_stay(run, np.array([first - begin]), learns)))
    alive = np.where(days < enters, 0.0, alive)
    if cohort.until is not None:
        alive = np.where(days < (cohort.until - run.starts[0]).days, alive, 0.0)
    heads = cohort.heads * alive
    opening = np.where(days > enters, heads, 0.0)[bounds]
    came = np.array([heads[int(enters)] if a <= enters < b else 0.0 for a, b in itertools.pairwise(bounds)])
    off = round(7 * cohort.weeks)
    trains = heads * ((days >= enters) & (days < enters + off)) if cohort.what != "today" else heads * (age < learns)
    return Counted(opening[:-1], came, opening[:-1] + came - opening[1:], _mean(trains, bounds), _mean(heads, bounds))


def _log_stay(run: Hires, age: np.ndarray, learns: int) -> np.ndarray:
    """Return the logarithm of the share of a cohort that is there `age` days after its first day."""
    told = run.summary["people"]
    leave = np.minimum(np.array(told["leave"], dtype=float), 1.0 - LEAST)
    hazard, months = -np.log1p(-leave), np.maximum(age, 0.0) / MONTH_DAYS
    reached = np.concatenate([[0.0], np.cumsum(hazard)])
    whole = np.minimum(np.floor(months), len(hazard) - 1).astype(int)
    failed = np.where(age >= learns, np.log(max(LEAST, 1.0 - told["fails"])), 0.0)
    return np.asarray(failed - reached[whole] - hazard[whole] * (months - whole))


def _mean(values: np.ndarray, bounds: np.ndarray) -> np.ndarray:
    return np.array([values[a:b].mean() for a, b in itertools.pairwise(bounds)])


COLUMNS = {"opening": "on its first day", "hires": "that start", "leavers": "that leave", "in_training": "in training",
           "transferred": "that come from other work"}  # fmt: skip


def heads(run: Hires) -> Found:
    """Ensures that people of each month are those of today, less who leaves, plus who starts and comes."""
    want: dict[str, dict[str, np.ndarray]] = {}
    for cohort in cohorts(run):
        one = counted(run, cohort)
        group = str(run.kinds[cohort.kind]["group"])
        came = "transferred" if cohort.what == "moved" else "hires"
        parts = {"opening": one.opening, came: one.came, "leavers": one.leavers, "in_training": one.training}
        mine = want.setdefault(group, {})
        for name, values in parts.items():
            mine[name] = mine.get(name, np.zeros(len(run.starts) - 1)) + values
    for name in run.summary["groups"]:
        rows, months = run.of_group(name), run.summary["months"]
        for column, told in COLUMNS.items():
            have = rows[column].to_numpy(dtype=float)
            right = want.get(name, {}).get(column, np.zeros(len(have)))
            yield from (
                f"{name}, {months[t]}: {column} tells {have[t]:.3f} people {told}, counted {right[t]:.3f}"
                for t in range(len(have))
                if differs(have[t], right[t])
            )


def chain(run: Hires) -> Found:
    """Ensures that each month begins with the people whom the month before leaves."""
    for name in run.summary["groups"]:
        rows = run.of_group(name)
        after = rows["opening"] + rows["hires"] - rows["leavers"] + rows["transferred"]
        for t in range(len(rows) - 1):
            if differs(float(rows["opening"].iloc[t + 1]), float(after.iloc[t])):
                yield f"{name}, {run.summary['months'][t + 1]}: the month does not begin with those of the month before"

"""How people leave: as given, or estimated from the dates in staff.csv."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...schedule.hiring.attrition import estimate, failing
from ...schedule.hiring.problem import Head
from ...schedule.hiring.tenure import training_days
from .config import FILE, HiringFile
from .state import State

FAILS = "people.fails"


@dataclass(frozen=True, eq=False)
class Leaving:
    """How people leave.

    Parameters
    ----------
    leave
        Probability to leave within each month of tenure, before the factor on it, shape (A,).
    fails
        Share of a class that leaves at the end of its training, beyond `leave`.
    notes
        What the reader should know, a sentence each.
    """

    leave: np.ndarray
    fails: float
    notes: tuple[str, ...] = ()


def leaving_of(file: HiringFile, state: State) -> Leaving:
    """Return how people leave: given, or estimated.

    Raises
    ------
    InputError
        If nobody's leaving is on file, or more than all would leave.
    """
    people, factor = file.config.people, file.config.factors.attrition
    found = _estimated(file, state) if people.attrition == "estimate" else Leaving(
        np.array(people.attrition), people.fails
    )  # fmt: skip
    most = float(found.leave.max())
    if most * factor > 1.0:
        raise InputError("more than all would leave", file=FILE, column="factors.attrition", value=factor,
                         mend=f"{most:.0%} leave within a month as it is")  # fmt: skip
    return found


def _estimated(file: HiringFile, state: State) -> Leaving:
    """Return what the dates tell.

    Leaving is taken as on file from the day after the first leaver's on: the list may begin with that day because
    somebody left on it, so that day itself tells nothing.
    """
    spells = state.spells.dropna(subset=["hired"])
    past = spells["left"].dropna()
    past = past[past < pd.Timestamp(state.as_of)]
    if past.empty:
        mend = "Keep former people there with their leave_date, or give the probabilities"
        raise InputError("nobody's leaving is on file", file="staff.csv", column="leave_date", mend=mend)
    heads = [
        Head(h.date(), None if pd.isna(e) else e.date() + dt.timedelta(days=1))
        for h, e in zip(spells["hired"], spells["left"], strict=True)
    ]
    seen = past.min().date() + dt.timedelta(days=2)  # a leaver is gone on the day after the last one
    learns = training_days(file.config.people.training_weeks)
    found = estimate(heads, state.as_of, seen_from=seen, training_days=learns or None)
    told = ", ".join(f"from month {m}: {100 * q:.1f} %" for m, q in zip(found.buckets, found.leave, strict=True))
    notes = [
        f"attrition a month is estimated from {int(found.leavers.sum())} people who left after {past.min().date()} and "
        f"{found.exposure.sum() / 12:,.0f} years of work: {told}"
    ]
    given = file.config.people.fails
    if not learns:
        return Leaving(found.by_month(), given, tuple(notes))
    share, left, came = failing(heads, state.as_of, found, learns, given, seen_from=seen)
    planned = given if FAILS in file.given else share
    if came:
        notes.append(f"{left} of {came} trainees left about the end of their training, within a week of it, and do not "
                     f"count as leavers: {100 * share:.1f} % fail by that; planned with {100 * planned:.1f} % "
                     f"({FAILS})")  # fmt: skip
    return Leaving(found.by_month(), planned, tuple(notes))

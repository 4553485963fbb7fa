"""Who is there: from staffing rows and absence to the heads on the phone of one run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import InputError
from ..grid import WEEKDAYS
from . import draws

SAME_SHIFT_S = 4 * 3600.0

Absent = float | Mapping[str, float] | Mapping[dt.date, float]


def absence_on(absent: Absent, date: dt.date) -> float:
    """Return the share of heads absent on a local day: one number, or looked up by date, weekday name, ``default``.

    Raises
    ------
    InputError
        If the table has nothing for that day, or the share is not between 0 and 1.
    """
    if isinstance(absent, Mapping):
        table = {str(k): v for k, v in absent.items()}
        found = next((table[k] for k in (date.isoformat(), WEEKDAYS[date.weekday()], "default") if k in table), None)
        if found is None:
            raise InputError("no share of absence for this day", column="absent", value=date.isoformat(), mend="Add the day or `default`")
    else:
        found = absent
    if not 0 <= found <= 1:
        raise InputError("Expected absent between 0 and 1", column="absent", value=found, mend="8 % is 0.08")
    return float(found)


def attendance_days(rows: pd.DataFrame, begin: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Return per staffing row the local day of the attendance it belongs to, as dates, shape (len(rows),).

    A person's rows of one local day are one attendance; a row that begins on the next day within four hours of
    the last one's end still belongs to it (a night shift with its break after midnight).
    """
    dates = rows["start"].dt.date.to_numpy()
    agent = rows["agent"].to_numpy()
    out = dates.copy()
    last: dict[str, int] = {}
    for i in np.argsort(begin, kind="stable"):
        before = last.get(agent[i]) if agent[i] else None
        if before is not None and dates[i] != dates[before] and begin[i] - end[before] <= SAME_SHIFT_S:
            out[i] = out[before]
        last[agent[i]] = i
    return out


@dataclass(frozen=True)
class Attendance:
    """The heads of one queue on S segments of time between which nothing changes.

    Attributes
    ----------
    edges
        Starts of the segments in seconds, then infinity, shape (S + 1,); the last segment is empty.
    plain
        Heads without a name on each segment, shape (S,).
    day
        Local day of each segment (position), shape (S,).
    day_keys, day_absent
        Key and share of absence of each day, for the nameless.
    first, last, who
        Rows with a name: from segment `first` up to segment `last`, by person-day `who`.
    keys, absent
        Key and share of absence of each person-day.
    """

    edges: np.ndarray
    plain: np.ndarray
    day: np.ndarray
    day_keys: np.ndarray
    day_absent: np.ndarray
    first: np.ndarray
    last: np.ndarray
    who: np.ndarray
    keys: np.ndarray
    absent: np.ndarray

    @classmethod
    def read(
        cls, queue: str, rows: pd.DataFrame, edges: np.ndarray, days: Mapping[dt.date, float], seed: int, absent: Absent
    ) -> Attendance:  # fmt: skip
        """Lay the rows of one queue (columns begin, end, agents, agent, date) on segments.

        Parameters
        ----------
        rows
            Steps, with `begin` and `end` in seconds and on `edges`, and `date` from `attendance_days`.
        edges
            Starts of the segments, then infinity, shape (S + 1,).
        days
            The local days from the first on, with the seconds at which they begin.
        """
        named = (rows["agent"] != "").to_numpy()
        first = np.searchsorted(edges, rows["begin"].to_numpy(float))
        last = np.searchsorted(edges, rows["end"].to_numpy(float))
        agents, size = rows["agents"].to_numpy(float).round().astype(np.int64), len(edges) - 1
        step = np.zeros(size + 1, dtype=np.int64)
        np.add.at(step, first[~named], agents[~named])
        np.subtract.at(step, last[~named], agents[~named])
        people = list(zip(rows["agent"][named], rows["date"][named], strict=True))
        index = {p: i for i, p in enumerate(dict.fromkeys(people))}
        return cls(
            edges, np.cumsum(step)[:size], np.searchsorted(list(days.values()), edges[:-1], side="right") - 1,
            draws.keys((seed, "heads", queue, d) for d in days), np.array([absence_on(absent, d) for d in days]),
            first[named], last[named], np.array([index[p] for p in people], dtype=np.int64),
            draws.keys((seed, "agent", *p) for p in index), np.array([absence_on(absent, date) for _, date in index]),
        )  # fmt: skip

    def heads(self, batch: int, runs: int) -> np.ndarray:
        """Return the heads present on each segment in each run of a batch, shape (runs, S).

        A person is away for a whole attendance. Of nameless heads the k-th of a local day is one person all
        day, so that the number present is binomial at any time.
        """
        size = len(self.plain)
        out = np.empty((runs, size), dtype=np.int64)
        there = draws.strata(self.keys, batch, runs) >= self.absent[:, None]
        levels = np.arange(int(self.plain.max(initial=0)), dtype=np.uint64)
        nameless = draws.mixed(self.day_keys[:, None], levels[None, :]).ravel()
        up = draws.strata(nameless, batch, runs) >= np.repeat(self.day_absent, len(levels))[:, None]
        for r in range(runs):
            present = np.zeros((len(self.day_keys), len(levels) + 1), dtype=np.int64)
            np.cumsum(up[:, r].reshape(len(self.day_keys), -1), axis=1, out=present[:, 1:])
            here = there[self.who, r]
            change = np.bincount(self.first[here], minlength=size) - np.bincount(self.last[here], minlength=size)
            out[r] = present[self.day, self.plain] + np.cumsum(change)
        return out

"""Who is there: from the staffing rows and the absence of a group of agents to its heads on the phone in each run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ...calendar.grid import WEEKDAYS
from ...errors import InputError
from . import draws

SAME_SHIFT_S = 4 * 3600.0
"""Longest pause within one attendance in seconds, at least 0: longer than any break, shorter than any night's rest."""

Absent = float | Mapping[str, float] | Mapping[dt.date, float]


def absence_on(absent: Absent, date: dt.date) -> float:
    """Return the share of heads absent on a local day: one number, or looked up by date, weekday name, ``default``.

    A day that the table does not name has a share of 0.

    Raises
    ------
    InputError
        If the share is not between 0 and 1.
    """
    share = absent
    if isinstance(share, Mapping):
        table = {str(k): v for k, v in share.items()}
        names = (date.isoformat(), WEEKDAYS[date.weekday()], "default")
        share = next((table[name] for name in names if name in table), 0.0)
    if not 0 <= share <= 1:
        raise InputError("Expected a share of absence from 0 to 1", column="absent", value=share, mend="8 % is 0.08")
    return float(share)


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
    return np.asarray(out)


def nameless_stretches(heads: np.ndarray, day: np.ndarray) -> list[tuple[int, int, int, int]]:
    """Split heads without a name into stretches (from segment, to segment, day, k): last to come, first to go.

    The k-th head of a local day is present wherever more than k heads are staffed.
    """
    out: list[tuple[int, int, int, int]] = []
    since: list[int] = []
    for s in range(len(heads)):
        keep = 0 if s and day[s] != day[s - 1] else int(heads[s])
        while len(since) > keep:
            out.append((since.pop(), s, int(day[s - 1]), len(since)))
        since += [s] * (int(heads[s]) - len(since))
    return out


@dataclass(frozen=True)
class Attendance:
    """The heads of one group of agents on S segments of time, within which nobody comes or goes.

    Attributes
    ----------
    segments
        S; the last one is empty and lasts for ever.
    first, last, who
        Stretches on the phone: from segment `first` up to segment `last`, by person-day `who`.
    date, keys, absent
        Local day, random stream and share of absence of each person-day.
    seed
        Seed of all other draws.
    """

    segments: int
    first: np.ndarray
    last: np.ndarray
    who: np.ndarray
    date: np.ndarray
    keys: np.ndarray
    absent: np.ndarray
    seed: int

    @classmethod
    def read(
        cls,
        group: str,
        rows: pd.DataFrame,
        edges: np.ndarray,
        days: Mapping[dt.date, float],
        *,
        absent: Absent,
        seed: int,
    ) -> Attendance:
        """Lay the staffing rows of one group on segments.

        Parameters
        ----------
        group
            Name of the group, by which its nameless heads draw their absence.
        rows
            Columns `agent` (blank = nameless), `agents`, `begin` and `end` (seconds, on `edges`) and `date` (of the
            attendance).
        edges
            Starts of the segments in seconds, then infinity, shape (S + 1,).
        days
            The local days of the span and the seconds at which they begin.
        """
        first = np.searchsorted(edges, rows["begin"].to_numpy(float))
        last = np.searchsorted(edges, rows["end"].to_numpy(float))
        named, agents = (rows["agent"] != "").to_numpy(), rows["agents"].to_numpy(float).astype(np.int64)
        step = np.zeros(len(edges), dtype=np.int64)
        np.add.at(step, first[~named], agents[~named])
        np.subtract.at(step, last[~named], agents[~named])
        dates, day = list(days), np.searchsorted([*days.values()], edges[:-1], side="right") - 1
        people = [("agent", a, d) for a, d in zip(rows["agent"][named], rows["date"][named], strict=True)]
        stretches = nameless_stretches(np.cumsum(step)[:-1], day)
        people += [("head", f"{group} {k}", dates[d]) for _, _, d, k in stretches]
        index = {p: i for i, p in enumerate(dict.fromkeys(people))}
        return cls(
            len(edges) - 1,
            np.append(first[named], [f for f, _, _, _ in stretches]).astype(np.int64),
            np.append(last[named], [t for _, t, _, _ in stretches]).astype(np.int64),
            np.array([index[p] for p in people], dtype=np.int64),
            np.array([d for _, _, d in index], dtype=object),
            draws.keys((seed, *p) for p in index),
            np.array([absence_on(absent, d) for _, _, d in index], dtype=float),
            seed,
        )

    @cached_property
    def nobody(self) -> np.ndarray:
        """Whether nobody is planned on each segment, shape (S,)."""
        came, went = (np.bincount(at, minlength=self.segments) for at in (self.first, self.last))
        return np.asarray(np.cumsum(came - went) == 0)

    @cached_property
    def crews(self) -> dict[dt.date, np.ndarray]:
        """The person-days of each local day."""
        return {d: np.flatnonzero(self.date == d) for d in dict.fromkeys(self.date)}

    def heads(self, batch: int, busyness: Mapping[dt.date, np.ndarray]) -> np.ndarray:
        """Return the heads present on each segment in each run of a batch, shape (R, S).

        A person is away for a whole attendance, each independently of the others. `busyness` holds the batch's
        stratified sample of each day, shape (R,): thin days are spread evenly over slow and busy ones.
        """
        runs = len(next(iter(busyness.values())))
        there = draws.strata(self.keys, batch, runs) >= self.absent[:, None]
        for date, crew in self.crews.items():
            if date in busyness:
                ties = draws.batch_uniforms(draws.keys([(self.seed, "paired", date)]), batch, runs)[0]
                there[crew] = there[crew][:, draws.paired(there[crew].sum(axis=0), busyness[date], ties)]
        out = np.empty((runs, self.segments), dtype=np.int64)
        for r in range(runs):
            here = there[self.who, r]
            came = np.bincount(self.first[here], minlength=self.segments)
            went = np.bincount(self.last[here], minlength=self.segments)
            np.cumsum(came - went, out=out[r])
        return out

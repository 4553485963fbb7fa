"""Calls in time and calls counted of each interval of a contract, from the rows of the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pandas as pd

Raw = Mapping[str, Any]
NAN = float("nan")
LEFT_OUT = ("transferred", "callback", "redialled")
"""Marks of single calls that a goal may leave out."""


@dataclass(frozen=True)
class Piece:
    """One interval of a queue.

    Attributes
    ----------
    above, below
        Calls in time, and calls counted, by the goal's definition.
    offered
        Calls that came.
    known
        Whether every row of it tells what the goal counts.
    excluded
        Whether a clause leaves it out.
    """

    above: float
    below: float
    offered: float
    known: bool
    excluded: bool = False

    def __add__(self, other: Piece) -> Piece:
        """Return both rows of one interval."""
        return Piece(
            self.above + other.above, self.below + other.below, self.offered + other.offered,
            self.known and other.known,
        )  # fmt: skip

    def with_counts(self, above: float, below: float) -> Piece:
        """Return it with other counts."""
        return replace(self, above=above, below=below)


Pieces = dict[tuple[str, pd.Timestamp], Piece]


def pieces_of(calls: pd.DataFrame, goal: Raw, minutes: int) -> Pieces:
    """Return the intervals of a contract, rows of shorter ones added up.

    Parameters
    ----------
    calls
        Counts per interval, or a row a call; times on the contract's clock.
    goal
        A ``[goal.NAME]`` on a service level.
    """
    single = "offered" not in calls
    out: Pieces = {}
    for row in calls.to_dict("records"):
        if single and any(goal.get(m) == "left_out" and _number(row, m, 0.0) > 0 for m in LEFT_OUT):
            continue
        wall = row["start"]
        start = wall - pd.Timedelta(
            minutes=(60 * wall.hour + wall.minute) % minutes, seconds=wall.second, microseconds=wall.microsecond
        )
        piece = _of_call(row, goal) if single else _of_counts(row, goal)
        key = (str(row["queue"]), start)
        out[key] = out[key] + piece if key in out else piece
    return out


def _number(row: Mapping[Any, Any], name: str, blank: float = NAN) -> float:
    value = float(row.get(name, NAN))
    return blank if value != value else value


def _piece(goal: Raw, sums: Mapping[str, float], offered: float, *, known: bool = True) -> Piece:
    """Return an interval by the definition of a service level; unknown where a number of it is."""
    came = offered + (sums["blocked"] if goal.get("blocked") == "missed" else 0.0)
    above, below = {
        "offered": (("answered_in",), came),
        "answered": (("answered_in",), sums["answered"]),
        "total": (("answered_in", "abandoned_in"), came),
        "excl_short": (("answered_in",), came - sums["short_abandoned"]),
    }[goal["definition"]]
    in_time = sum(sums[name] for name in above)
    known = known and _all_known((in_time, below, offered))
    return Piece(in_time if known else 0.0, below if known else 0.0, offered, known)


def _all_known(numbers: Iterable[float]) -> bool:
    return all(x == x for x in numbers)


def _of_counts(row: Mapping[Any, Any], goal: Raw) -> Piece:
    """Return a row of counts: of no call nothing is unknown; an interval that still ran is."""
    offered = _number(row, "offered")
    blank = 0.0 if offered == 0 else NAN
    answered, lost = _number(row, "answered"), _number(row, "abandoned")
    sums = {name: _number(row, name, blank) for name in ("answered_in", "abandoned_in", "short_abandoned")}
    sums["answered"] = (offered - lost if lost == lost else blank) if answered != answered else answered
    sums["blocked"] = _number(row, "blocked")
    return _piece(goal, sums, offered, known=_number(row, "complete", 1.0) != 0)


def _of_call(row: Mapping[Any, Any], goal: Raw) -> Piece:
    """Return a single call: answered or lost, after how many seconds of the contract's clock."""
    if _number(row, "blocked", 0.0) > 0:
        none = dict.fromkeys(("answered_in", "abandoned_in", "short_abandoned", "answered"), 0.0)
        return _piece(goal, {**none, "blocked": 1.0}, 0.0)
    answered, wait = _number(row, "answered"), _number(row, "wait_s")
    wait = max(0.0, wait - float(goal.get("clock_offset_s", 0.0))) if wait == wait else wait
    in_time = float(wait <= goal["within_s"]) if wait == wait else NAN
    short = float(wait <= goal.get("short_s", -1.0)) if wait == wait else NAN
    served = answered == 1
    sums = {
        "answered": float(served), "answered_in": in_time if served else 0.0,
        "abandoned_in": 0.0 if served else in_time, "short_abandoned": 0.0 if served else short, "blocked": 0.0,
    }  # fmt: skip
    return _piece(goal, sums, 1.0, known=answered == answered)

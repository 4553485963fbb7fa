"""Times of a contract that do not count, and its relief for calls above a locked forecast: read again from the file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from .pieces import Pieces

Raw = Mapping[str, Any]
TINY = 1e-9
"""Calls within which rounding decides whether a band is passed."""


def excluded(contract: Raw, goal: str, queue: str, begin: pd.Timestamp) -> bool:
    """Whether a clause leaves an interval of a queue out: the contract has not begun, or an exclusion touches it.

    Parameters
    ----------
    begin
        Start of the interval, on the contract's clock.
    """
    wall = begin.to_pydatetime().replace(tzinfo=None)
    until = wall + dt.timedelta(minutes=int(contract.get("interval_min", 30)))
    if "begins" in contract and wall.date() < contract["begins"]:
        return True
    for clause in contract.get("exclusion", ()):
        if goal not in clause.get("goals", (goal,)) and clause.get("goals"):
            continue
        if queue not in clause.get("queues", (queue,)) and clause.get("queues"):
            continue
        if wall < _moment(clause["end"], after=True) and _moment(clause["start"], after=False) < until:
            return True
    return False


def _moment(told: dt.date, *, after: bool) -> dt.datetime:
    """Return a time of a clause; a bare date is that day from its midnight, or to its end."""
    if isinstance(told, dt.datetime):
        return told
    return dt.datetime.combine(told + dt.timedelta(days=after), dt.time())


def with_relief(contract: Raw, pieces: Pieces, locked: pd.DataFrame | None) -> Pieces:
    """Return intervals without the spans, or the calls, that the lock takes out; all stay where it relaxes a level.

    Intervals are compared with the forecast that was locked, span by span, where both are known.
    """
    lock = contract.get("lock")
    if lock is None or locked is None or lock["consequence"] == "relaxed":
        return pieces
    due = {(str(q), t): float(c) for q, t, c in zip(locked["queue"], locked["start"], locked["calls"], strict=True)}
    spans: dict[str, list[tuple[str, pd.Timestamp]]] = {}
    for key, piece in pieces.items():
        if key in due and due[key] == due[key] and piece.offered == piece.offered:
            spans.setdefault(_span(key[1], lock.get("granularity", "day")), []).append(key)
    out = dict(pieces)
    for compared in spans.values():
        planned = sum(due[key] for key in compared)
        surplus = sum(pieces[key].offered for key in compared) - (1 + lock["band"]) * planned
        if planned <= 0 or surplus <= TINY:
            continue
        if lock["consequence"] == "exclude":
            for key in compared:
                del out[key]
        else:
            counting = [k for k in compared if pieces[k].known and not pieces[k].excluded]
            out |= _without(surplus, counting, pieces)
    return out


def _span(start: pd.Timestamp, granularity: str) -> str:
    """Return the name of the span of a lock in which an interval lies."""
    day = start.date()
    if granularity == "interval":
        return str(start)
    if granularity == "week":
        return str(day - dt.timedelta(days=day.weekday()))
    return f"{day:%Y-%m}" if granularity == "month" else str(day)


def _without(surplus: float, keys: Sequence[tuple[str, pd.Timestamp]], pieces: Pieces) -> Pieces:
    """Return intervals without the calls above the band: those not in time leave first, each kind in proportion."""
    good = sum(pieces[k].above for k in keys)
    bad = sum(pieces[k].below - pieces[k].above for k in keys)
    less_bad = 1 - min(surplus, bad) / bad if bad > 0 else 1.0
    over = min(surplus - min(surplus, bad), good)
    less_good = 1 - over / good if good > 0 else 1.0
    out = {}
    for k in keys:
        above = pieces[k].above * less_good
        out[k] = pieces[k].with_counts(above, above + (pieces[k].below - pieces[k].above) * less_bad)
    return out

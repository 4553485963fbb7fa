"""The judge's view of one shift: what somebody works in one go, and whether a shift family allows it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import inf
from typing import Any

from ...forecast.errors import InputError
from .clock import FIRST_YEAR, LAST_YEAR, Clock
from .inputs import Family, blank

LAST_MIN = (dt.date(LAST_YEAR + 1, 1, 1) - dt.date(FIRST_YEAR, 1, 1)).days * 1440
LONGEST_ROW_MIN = 366 * 1440
"""A row that lasts longer is a typing error in its year; the rules would count its days for minutes."""
MOST_TOLD = 10
"""Breaks of a shift that a message lists; a damaged table may hold thousands."""
WORK = ("phone", "break", "lunch", "meeting", "training")


@dataclass(frozen=True)
class Row:
    """One row of activity.csv, times in real minutes."""

    start: float
    end: float
    what: str
    queue: str


@dataclass(frozen=True)
class Worked:
    """Rows of one agent that touch: a shift as it was worked.

    Attributes
    ----------
    date
        Day on which it counts.
    family
        The family it is, or comes nearest to; None where the plan knows none.
    faults
        (rule, text) for each rule of that family it breaks; empty = a legal shift.
    """

    agent: str
    rows: tuple[Row, ...]
    date: dt.date
    family: Family | None = None
    faults: tuple[tuple[str, str], ...] = ()

    @property
    def start(self) -> float:
        """Real minute it starts at."""
        return self.rows[0].start

    @cached_property
    def end(self) -> float:
        """Real minute it ends at."""
        return max(r.end for r in self.rows)

    @property
    def paid_min(self) -> float:
        """Paid minutes: the family's, or all of its length where no family has that length."""
        length = self.end - self.start
        return self.family.paid if self.family is not None and self.family.length == length else length

    @cached_property
    def pauses(self) -> list[Row]:
        """Breaks and lunches, in order."""
        return [r for r in self.rows if r.what in ("break", "lunch")]


def read_rows(activity: Any, clock: Clock) -> dict[str, list[Row]]:
    """Return every agent's rows of an activity table, by start.

    Raises
    ------
    InputError
        If a time cannot be read, or a row lasts longer than a year.
    """
    out: dict[str, list[Row]] = {}
    minutes: dict[Any, float] = {}
    queues: dict[Any, str] = {}
    columns = [activity[name].tolist() for name in ("agent", "start", "end", "activity")]
    columns.append(activity["queue"].tolist() if "queue" in activity else [""] * len(activity))
    for agent, start, end, what, queue in zip(*columns, strict=True):
        for stamp in (start, end):
            if stamp not in minutes:
                minutes[stamp] = clock.minute(stamp)
        if queue not in queues:
            queues[queue] = "" if blank(queue) else str(queue)
        row = Row(minutes[start], minutes[end], str(what), queues[queue])
        if not 0 <= row.start <= LAST_MIN:
            what = f"year is not between {FIRST_YEAR} and {LAST_YEAR}"
            raise InputError(what, column="start", value=str(start), mend="Check it")
        if row.end - row.start > LONGEST_ROW_MIN:
            told = f"an activity of {agent} lasts longer than a year, from {start}"
            raise InputError(told, column="end", value=str(end), mend="Check the year")
        out.setdefault(str(agent), []).append(row)
    return {agent: sorted(rows, key=lambda r: (r.start, r.end)) for agent, rows in out.items()}


def join_rows(agent: str, rows: Iterable[Row], families: Mapping[str, Family], clock: Clock) -> list[Worked]:
    """Join the rows that touch or overlap into shifts (leave is no work) and name each one's family."""
    runs: list[list[Row]] = []
    reached = -inf
    for row in (r for r in rows if r.what in WORK):
        if row.start <= reached:
            runs[-1].append(row)
        else:
            runs.append([row])
        reached = max(reached, row.end)
    return [_named(Worked(agent, tuple(run), clock.wall(run[0].start).date()), families, clock) for run in runs]


def _named(worked: Worked, families: Mapping[str, Family], clock: Clock) -> Worked:
    """Return `worked` with the first family it obeys wholly, else the one it comes nearest to."""
    order, best = list(SHAPE), worked
    reached = -1
    for family in families.values():
        found = ((rule, text) for rule, test in SHAPE.items() if (text := test(worked, family, clock)))
        first = next(found, None)
        stage = order.index(first[0]) if first else len(order)
        if stage > reached:
            fits = stage >= order.index("breaks")  # start and length do: a shift of no family counts where it begins
            date = next(family.starts(clock.wall(worked.start))) if fits else worked.date
            faults = (first, *found) if first else ()  # a family that is no nearer is not tested further
            best, reached = Worked(worked.agent, worked.rows, date, family, faults), stage
        if first is None:
            break
    return best


def length_fault(worked: Worked, family: Family, clock: Clock) -> str:
    """Tell where the shift is longer or shorter than the family."""
    length = worked.end - worked.start
    if length == family.length:
        return ""
    return f"lasts {length:g} min, no family allowed here does; {family.name} lasts {family.length}"


def start_fault(worked: Worked, family: Family, clock: Clock) -> str:
    """Tell where it starts outside the family's window, off its step or on another weekday."""
    wall = clock.wall(worked.start)
    return "" if any(True for _ in family.starts(wall)) else f"{family.name} may not start on {wall:%A at %H:%M}"


def breaks_fault(worked: Worked, family: Family, clock: Clock) -> str:
    """Tell where number, order, kind or duration of the breaks differ."""
    have = [(r.what, r.end - r.start) for r in worked.pauses]
    want = [(str(b.get("kind", "break")), float(b["duration_min"])) for b in family.breaks]
    if have == want:
        return ""
    return f"{family.name} wants {_told(want)}, has {_told(have)}"


def window_fault(worked: Worked, family: Family, clock: Clock) -> str:
    """Tell which break starts outside its window."""
    for row, b in zip(worked.pauses, family.breaks, strict=False):
        at = row.start - worked.start
        if not b["earliest_min"] <= at <= b["latest_min"]:
            return f"{row.what} starts {at:g} min after the shift, window {b['earliest_min']}-{b['latest_min']}"
    return ""


def between_fault(worked: Worked, family: Family, clock: Clock) -> str:
    """Tell where there is too little unbroken work before or after a break."""
    edges = [worked.start, *(x for r in worked.pauses for x in (r.start, r.end)), worked.end]
    for k, (row, b) in enumerate(zip(worked.pauses, family.breaks, strict=False)):
        before, after = edges[2 * k + 1] - edges[2 * k], edges[2 * k + 3] - edges[2 * k + 2]
        for side, have in (("before", before), ("after", after)):
            least = b.get(f"min_{side}_min", 0)
            if have < least:
                return f"{have:g} min of work {side} the {row.what}, least {least}"
    return ""


def _told(breaks: list[tuple[str, float]]) -> str:
    more = [f"{len(breaks) - MOST_TOLD} more"] if len(breaks) > MOST_TOLD else []
    return ", ".join([*(f"{kind} {minutes:g}" for kind, minutes in breaks[:MOST_TOLD]), *more]) or "none"


SHAPE: Mapping[str, Callable[[Worked, Family, Clock], str]] = {
    "shift_length": length_fault,
    "shift_start": start_fault,
    "breaks": breaks_fault,
    "break_window": window_fault,
    "break_work": between_fault,
}

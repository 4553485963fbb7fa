"""fixed.csv: shifts and days off that the plan must keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.tables import read_csv, refuse_duplicates
from ...schedule.problem.shift_families import ShiftFamily
from ...schedule.problem.shifts import Shift
from ...schedule.problem.staff import Agent, Contract, Fixed
from ...schedule.tables import TABLES
from ..intake.names import nearest
from .absences import refuse_strangers

FIXED = "fixed.csv"
OFF = "off"


def keep_fixed(
    path: Path,
    people: Sequence[Agent],
    *,
    grid: Grid,
    known: frozenset[str],
    families: Mapping[str, ShiftFamily],
    contracts: Mapping[str, Contract],
    shifts: Iterable[Shift],
) -> tuple[Agent, ...]:
    """Return `people` with what fixed.csv fixes for them in the week of `grid`; as they are without a file.

    Rows about other weeks, and about people who are not employed in this one, are checked, then ignored.

    Parameters
    ----------
    known
        Everybody in staff.csv.
    shifts
        Every shift of the week.

    Raises
    ------
    InputError
        On an unknown agent or pattern, two rows of one person's day, a family that the contract does not allow, a shift
        that does not exist that day, and one that leave, availability or last week's rest forbid.
    """
    if not path.is_file():
        return tuple(people)
    frame = read_csv(path, TABLES["fixed"])
    refuse_strangers(frame["agent"], known, path)
    refuse_duplicates(frame, ["agent", "date"], file=path, what="two fixed rows for one day")
    day_of = {d: i for i, d in enumerate(grid.dates)}
    of_day = _by_day(shifts)
    by_id = {a.id: a for a in people}
    out: dict[str, list[Fixed]] = {}
    for i, (name, date, what) in enumerate(zip(frame["agent"], frame["date"], frame["pattern"], strict=True)):
        wrong, family = partial(_refusal, path, i + 2, what), what.partition("@")[0]
        if what != OFF and family not in families:
            raise wrong("unknown pattern", nearest(what, (*families, OFF)))
        if date not in day_of or name not in by_id:
            continue
        agent, fixed = by_id[name], Fixed(day_of[date], what)
        if what != OFF:
            allowed = contracts[agent.contract].shifts
            if family not in allowed:
                raise wrong(
                    f"contract {agent.contract} of {name} does not allow family {family}",
                    f"One of {', '.join(allowed)}, {OFF}",
                )
            fitting = [s for s in of_day.get(date, ()) if fixed.allows(s)]
            if not fitting:
                start = what.partition("@")[2]
                text = f"the clock skips {start[:2]}:{start[2:]}" if _skipped(grid, date, what) else "no such shift"
                raise wrong(f"{text} on {date}", _starts(of_day.get(date, ()), family))
            if not any(agent.free(s) for s in fitting):
                raise wrong(
                    f"{name} cannot work it on {date}: leave, availability, employment or last week's rest forbids it",
                    "Change the row, or the person's leave or availability",
                )
        out.setdefault(name, []).append(fixed)
    return tuple(replace(a, fixed=tuple(out.get(a.id, ()))) for a in people)


def _skipped(grid: Grid, date: dt.date, what: str) -> bool:
    """Whether the clock skips the start in `what` (``family@HHMM``) on `date`."""
    start = what.partition("@")[2]
    if len(start) != 4 or not start.isdigit():
        return False
    minute = 60 * int(start[:2]) + int(start[2:])
    return minute % grid.minutes == 0 and grid.slot(date, minute) is None


def _by_day(shifts: Iterable[Shift]) -> dict[dt.date, list[Shift]]:
    """Return the shifts of each day."""
    out: dict[dt.date, list[Shift]] = {}
    for shift in shifts:
        out.setdefault(shift.date, []).append(shift)
    return out


def _refusal(path: Path, row: int, value: str, text: str, mend: str) -> InputError:
    """Return the error about the pattern of a row."""
    return InputError(text, file=path, row=row, column="pattern", value=value, mend=mend)


def _starts(shifts: Iterable[Shift], family: str) -> str:
    """Return the starts of `family` on a day, as text."""
    names = [s.pattern for s in shifts if s.family == family]
    return f"It has {names[0]} to {names[-1]} that day" if names else f"{family} has no shift that day"

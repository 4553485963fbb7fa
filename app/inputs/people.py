"""The people of one week, from staff.csv and the files about them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ...forecast.calendar.grid import Grid
from ...forecast.errors import InputError
from ...forecast.tables import read_csv, refuse_duplicates
from ...schedule.problem.costs import Costs
from ...schedule.problem.shift_families import ShiftFamily
from ...schedule.problem.shifts import shifts_of_week
from ...schedule.problem.staff import Agent, Contract, Wish
from ...schedule.tables import TABLES
from ..intake.names import nearest
from .absences import WeekDays, Window, read_windows, refuse_strangers
from .fixed import FIXED, keep_fixed
from .week_before import WeekBefore

STAFF, AVAILABILITY, LEAVE, WISHES = "staff.csv", "availability.csv", "leave.csv", "wishes.csv"
WISHED = ("", "early", "late", "off")
LEAST_FACTOR, MOST_FACTOR = 0.2, 5.0
"""Range of a skill level, a factor of handling times: a value outside is most likely a percentage or a typing error."""


def read_people(
    folder: Path,
    *,
    grid: Grid,
    zone: str | None,
    contracts: Mapping[str, Contract],
    queues: Sequence[str],
    costs: Costs,
    families: Mapping[str, ShiftFamily],
    before: WeekBefore | None = None,
    open_slots: np.ndarray | None = None,
    staff_file: Path | None = None,
) -> tuple[Agent, ...]:
    """Read who works in the week of `grid`, when they can, and what they wish.

    The plan's tables come one by one, ten parameters in all, so that a caller needs no whole config; most of the
    function's length is this text.

    Agents who are not employed on any day of the week are left out. A whole day of leave credits ``min_h_week /
    max_days`` hours and one of `max_days`, at most `max_days` of them; an open day before hiring or after leaving does
    so for the least hours and days alone. Rows about other weeks are checked, then ignored.

    Parameters
    ----------
    grid
        The schedule's grid of the planned week.
    zone
        Zone of times without an offset.
    before
        What the week before leaves behind: who is still at rest, and how many days each has worked in a row.
    open_slots
        Whether any queue is open in the slots of `grid` and, where known, in those after it, into which shifts run; a
        leave over all of a day's open slots is a whole day. None = open from the first to the last possible shift of
        the weekday.
    staff_file
        Read instead of the folder's staff.csv.

    Returns
    -------
    tuple of Agent
        In the order of staff.csv; empty when the folder has no staff.csv (a plan without names).

    Raises
    ------
    InputError
        On unknown contracts, queues, agents or patterns, an agent given twice, times that end before they start, fixed
        shifts that cannot be, and when nobody could work any shift of the week.
    """
    path = staff_file or folder / STAFF
    if staff_file is None and not path.is_file():
        return ()
    staff = read_csv(path, TABLES["staff"])
    if staff.empty:
        mend = "List the people below its header; without any file of staff nobody is named"
        raise InputError("file has no rows", file=path, mend=mend)
    refuse_duplicates(staff, ["agent"], file=path, what="agent twice")
    known = frozenset(staff["agent"])
    reader = _Reader(
        path,
        contracts,
        families,
        tuple(queues),
        costs,
        WeekDays.of(grid, families, None if open_slots is None else open_slots[: len(grid)]),
        read_windows(folder / AVAILABILITY, grid, zone, known),
        read_windows(folder / LEAVE, grid, zone, known),
        before or WeekBefore(),
        _wishes(folder / WISHES, grid, known, families),
    )
    rows = staff.astype(object).where(staff.notna(), None).to_dict("records")
    agents = tuple(
        a for i, row in enumerate(rows) if (a := reader.agent(i + 2, {str(k): v for k, v in row.items()})) is not None
    )
    opened = np.ones(2 * len(grid), dtype=bool) if open_slots is None else open_slots
    _refuse_nobody(agents, reader, families, opened)
    shifts = shifts_of_week(families, grid, opened)
    return keep_fixed(
        folder / FIXED, agents, grid=grid, known=known, families=families, contracts=contracts, shifts=shifts
    )


@dataclass(frozen=True)
class _Reader:
    """All that is needed to read one row of staff.csv."""

    path: Path
    contracts: Mapping[str, Contract]
    families: Mapping[str, ShiftFamily]
    queues: tuple[str, ...]
    costs: Costs
    days: WeekDays
    availability: Mapping[str, tuple[Window, ...]]
    leave: Mapping[str, tuple[Window, ...]]
    before: WeekBefore
    wishes: Mapping[str, tuple[Wish, ...]]

    def agent(self, number: int, row: Mapping[str, Any]) -> Agent | None:
        """Return the agent of row `number`; None when not employed in the week."""
        name, id_ = row["contract"], row["agent"]
        contract = self.contracts.get(name)
        if contract is None:
            raise InputError(
                "unknown contract",
                file=self.path,
                row=number,
                column="contract",
                value=name,
                mend=nearest(name, self.contracts),
            )
        skills = self._skills(row.get("skills") or "", number)
        gone, gone_slots = self._unemployed(row.get("hire_date"), row.get("leave_date"), number)
        if len(gone) == self.days.grid.days:
            return None
        before = self.before.of(id_, [self.families[n] for n in contract.shifts if n in self.families])
        leave, end, step = self.leave.get(id_, ()), len(self.days.grid), self.days.grid.minutes
        off = [(*w.slots(step), w.kind) for w in leave]
        on_leave = self.days.on_leave(leave)
        credited = min(contract.max_days, len(on_leave))
        unemployed = min(contract.max_days, len(on_leave | (gone & self.days.open))) - credited
        day_h = contract.min_h_week / contract.max_days if contract.max_days else 0.0
        wage = next(w for w in (row.get("cost_h"), contract.cost_h, self.costs.cost_h) if w is not None)
        return Agent(
            id=id_,
            contract=name,
            skills=skills,
            cost_h=float(wage),
            name=row.get("name") or "",
            team=row.get("team") or "",
            group=row.get("group") or "",
            away=self.days.merged(
                [*self.days.outside(self.availability.get(id_, ())), *((a, b) for a, b, _ in off), *gone_slots]
            ),
            leave=tuple((max(0, a), min(b, end), kind) for a, b, kind in off if a < end and b > 0),
            leave_h=credited * day_h,
            leave_days=credited,
            unemployed_h=unemployed * day_h,
            unemployed_days=unemployed,
            wishes=self.wishes.get(id_, ()),
            earliest=before.earliest,
            run_before=before.run,
            off_before=before.off,
            weekends_before=before.weekends,
            families_before=before.families,
        )

    def _unemployed(
        self, hired: dt.date | None, left: dt.date | None, number: int
    ) -> tuple[frozenset[int], list[tuple[int, int]]]:
        if hired is not None and left is not None and left < hired:
            raise InputError(
                "leaves before being hired",
                file=self.path,
                row=number,
                column="leave_date",
                value=str(left),
                mend=f"hire_date is {hired}",
            )
        return self.days.unemployed(hired, left)

    def _skills(self, text: str, number: int) -> dict[str, float]:
        """Read ``a|b:1.1``: queue → handle-time factor; blank = all queues."""
        if not text.strip():
            return dict.fromkeys(self.queues, 1.0)
        out: dict[str, float] = {}
        for part in text.split("|"):
            queue, colon, level = (s.strip() for s in part.partition(":"))

            def wrong(what: str, mend: str, value: str = part.strip()) -> InputError:
                return InputError(what, file=self.path, row=number, column="skills", value=value, mend=mend)

            if queue not in self.queues:
                raise wrong("unknown queue", nearest(queue, self.queues), queue)
            if queue in out:
                raise wrong("queue twice", "Name each queue once")
            try:
                out[queue] = float(level) if colon else 1.0
            except ValueError:
                raise wrong(
                    "skill level is not a number", "Write it like calls:1.1, which means 10 % longer calls"
                ) from None
            if not LEAST_FACTOR <= out[queue] <= MOST_FACTOR:
                raise wrong(f"skill level outside {LEAST_FACTOR:g} to {MOST_FACTOR:g}", "1.1 means 10 % longer calls")
        return out


def _wishes(
    path: Path, grid: Grid, known: frozenset[str], families: Mapping[str, ShiftFamily]
) -> dict[str, tuple[Wish, ...]]:
    """Read wishes.csv: agent → wishes of the week, in file order; {} without a file."""
    if not path.is_file():
        return {}
    frame = read_csv(path, TABLES["wishes"])
    refuse_strangers(frame["agent"], known, path)
    refuse_duplicates(frame, [c for c in ("agent", "date", "pattern") if c in frame], file=path, what="wish twice")
    day_of = {date: day for day, date in enumerate(grid.dates)}
    out: dict[str, list[Wish]] = {}
    patterns = frame["pattern"] if "pattern" in frame else pd.Series("", index=frame.index)
    for i, (agent, date, what, weight) in enumerate(
        zip(frame["agent"], frame["date"], patterns, frame["weight"], strict=True)
    ):
        if what not in WISHED and what.partition("@")[0] not in families:
            raise InputError(
                "unknown pattern",
                file=path,
                row=i + 2,
                column="pattern",
                value=what,
                mend=nearest(what, (*families, *WISHED[1:])),
            )
        if date in day_of and weight:
            out.setdefault(agent, []).append(Wish(day_of[date], what, weight))
    return {agent: tuple(wishes) for agent, wishes in out.items()}


def _refuse_nobody(
    agents: tuple[Agent, ...], reader: _Reader, families: Mapping[str, ShiftFamily], open_slots: np.ndarray
) -> None:
    """Raise `InputError` when no agent could work any shift of the week, naming the file that keeps them away."""
    grid, file = reader.days.grid, reader.path
    shifts = shifts_of_week(families, grid, open_slots)

    def some_free(people: tuple[Agent, ...]) -> bool:
        return any(a.free(s) for a in people for s in shifts if s.family in reader.contracts[a.contract].shifts)

    if not agents:
        raise InputError(
            "nobody is employed in the week",
            file=file,
            column="leave_date",
            mend="Check hire_date and leave_date, or plan another week",
        )
    if not shifts or some_free(agents):
        return
    week = f"the week of {grid.first_date}"
    without = tuple(replace(a, away=reader.days.merged([*((x, y) for x, y, _ in a.leave)])) for a in agents)
    if reader.availability and some_free(without):
        raise InputError(
            f"availability excludes everyone: nobody can work any shift in {week}",
            file=file.with_name(AVAILABILITY),
            column="start",
            value=f"{len(reader.availability)} agents with windows",
            mend="Widen the windows; times are half-open and local",
        )
    if reader.leave:
        raise InputError(
            f"everyone is on leave in {week}", file=file.with_name(LEAVE), column="start", mend="Check the dates"
        )
    raise InputError(
        f"nobody can work any shift in {week}",
        file=file,
        column="contract",
        mend="Check which shift families the contracts allow, and last week's rest",
    )

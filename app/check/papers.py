"""Calendars and workbook of a run against its tables: what people look at must be the plan."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from icalendar import Calendar

from ...schedule.judge.published.opinion import Question
from ...schedule.judge.published.roster import paid_shifts
from ...schedule.judge.published.run import Fault, Published
from ..publish.calendar import file_names

PAPERS = ("report.html", "schedule.xlsx", "sheets.html", "calendars")
SHIFTS, TOLD = "Shifts", ("Start", "End", "Paid h")


def papers(folder: Path) -> tuple[Question, ...]:
    """Return what to ask of the papers of a run folder: they are held against an activity that is right."""
    rests_on = ("roster", "coverage")
    return (
        Question("calendars", "calendars", lambda o: _faults(_calendars(folder, o.run)), rests_on),
        Question("workbook", "workbook", lambda o: _faults(_workbook(folder, o.run)), rests_on),
    )


def _faults(texts: Iterator[str]) -> Iterator[Fault]:
    return (Fault(None, text) for text in texts)


def missing_papers(folder: Path, run: Published) -> list[str]:
    """Tell the papers that are not there: a run that was stopped may lack some."""
    return [f"{name} is not there" for name in (PAPERS if run.named else PAPERS[:2]) if not (folder / name).exists()]


def _calendars(folder: Path, run: Published) -> Iterator[str]:
    """Yield people whose calendar does not hold the very shifts of the activity."""
    place = folder / "calendars"
    if not run.named or not place.is_dir():
        return
    shifts = {agent: Counter((w.start, w.end) for w in found) for agent, found in run.plan.shifts.items()}
    names = file_names(run.inputs["staff"]["agent"].astype(str).str.strip())
    there = {p.name for p in place.iterdir()}
    for agent, name in names.items():
        want = shifts.get(agent, Counter())
        if name not in there:
            if want:
                yield f"{agent} works and has no calendar"
            continue
        try:
            have = _events(place / name, run)
        except (ValueError, KeyError, AttributeError, TypeError):
            yield f"calendars/{name} is no calendar"
            continue
        for start, end in [*(want - have), *(have - want)]:
            told, missing = f"{run.told(start)} to {run.told(end)}", bool((want - have)[start, end])
            yield f"calendars/{name} {'lacks the shift' if missing else 'has a shift that is not planned,'} {told}"
            break
    for name in sorted(there - set(names.values())):
        yield f"calendars/{name} is of nobody in staff.csv"


def _events(path: Path, run: Published) -> Counter[tuple[float, float]]:
    out: Counter[tuple[float, float]] = Counter()
    for event in Calendar.from_ical(path.read_bytes()).walk("VEVENT"):
        if event.get("status") != "CANCELLED":
            start, end = (run.asked.clock.minute(_plain(event.decoded(name))) for name in ("dtstart", "dtend"))
            out[start, end] += 1
    return out


def _plain(time: Any) -> dt.datetime:
    if not isinstance(time, dt.datetime):
        raise TypeError("an event of whole days")
    return time


def _workbook(folder: Path, run: Published) -> Iterator[str]:
    """Yield shifts that the workbook does not tell as the activity does."""
    from python_calamine import CalamineError, CalamineWorkbook

    path = folder / "schedule.xlsx"
    if not path.is_file():
        return
    try:
        book = CalamineWorkbook.from_path(path)
        has_shifts = SHIFTS in book.sheet_names  # without a shift there is no such sheet
        rows = book.get_sheet_by_name(SHIFTS).to_python(skip_empty_area=True) if has_shifts else [["Agent", *TOLD]]
    except (CalamineError, OSError):
        yield "schedule.xlsx cannot be read"
        return
    yield from _rows(rows, run)


def _rows(rows: list[list[Any]], run: Published) -> Iterator[str]:
    head = next((i for i, row in enumerate(rows) if row[:1] == ["Agent"]), None)
    columns = {str(title): k for k, title in enumerate(rows[head])} if head is not None else {}
    if head is None or not set(TOLD) <= columns.keys():
        yield f"schedule.xlsx has no sheet {SHIFTS} as busyhour writes it"
        return
    have: Counter[tuple[object, ...]] = Counter(
        (
            str(row[columns["Agent"]]),
            *(_minute(row[columns[c]]) for c in ("Start", "End")),
            _hours(row[columns["Paid h"]]),
        )
        for row in rows[head + 1 :]
        if row[0] != ""
    )
    wall = run.asked.clock.wall
    want: Counter[tuple[object, ...]] = Counter(
        (agent, *(_minute(wall(t).replace(tzinfo=None)) for t in (w.start, w.end)), _hours(w.paid_min / 60))
        for agent, shifts in paid_shifts(run).items()
        for w in shifts
    )
    if not run.named:  # no roster tells paid hours there
        have, want = (Counter(key[:3] for key in x.elements()) for x in (have, want))
    for key in (want - have).elements():
        yield f"schedule.xlsx does not tell the shift of {key[0]} at {key[1]}"
    if not want - have:
        for key in (have - want).elements():
            yield f"schedule.xlsx tells a shift of {key[0]} at {key[1]} that is not planned"


def _minute(cell: Any) -> str:
    """Return a cell's time to the minute; midnight is read as a date."""
    if isinstance(cell, dt.datetime):
        return f"{cell + dt.timedelta(seconds=30):%Y-%m-%d %H:%M}"
    return f"{cell:%Y-%m-%d} 00:00" if isinstance(cell, dt.date) else str(cell)


def _hours(cell: Any) -> float:
    return round(float(cell), 4) if isinstance(cell, int | float) else -1.0

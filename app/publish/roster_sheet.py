"""The workbook's sheet Roster: people by days, leave, paid hours that follow the shifts, and what contracts ask."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Sequence
from typing import Any

import pandas as pd

from ..report.figures import clock, day
from ..report.gantt import Stretch
from ..report.run import Run
from .book import FIRST, HEAD, Book, Field, Formula, span
from .shift_columns import AGENT, PAID

LEAVE = "leave"
DAYS_FROM = 3
"""Position of the first day's column."""


def roster_sheet(book: Book, run: Run, shifts: Sequence[Stretch], leave: Sequence[Stretch]) -> None:
    """Add the grid of people by days.

    A person's paid hours are a live sum over the sheet Shifts. Hours beyond the contract's most, and below its least in
    a week without leave, are coloured.
    """
    people = employed(run)
    people += [a for a in dict.fromkeys(s.agent for s in shifts) if a not in set(people)]
    days, cells, paid = run.dates, _cells(run, shifts, leave), dict.fromkeys(people, 0.0)
    for s in shifts:
        paid[s.agent] += (s.paid_min or 0) / 60
    agents, hours = span(AGENT, len(shifts), "Shifts"), span(PAID, len(shifts), "Shifts")
    sums = [Formula(f"=SUMPRODUCT(EXACT({agents},$A{FIRST + 1 + i})*{hours})", paid[a]) for i, a in enumerate(people)]
    limits = [_contract_h(run, a) for a in people]
    fields = [
        Field("Agent", people, "text", 12),
        Field("Name", [run.name(a) for a in people], "text", 22),
        Field("Team", [run.team(a) for a in people], "text", 12),
    ]
    fields += [Field(day(d), [cells.get((a, d), "") for a in people], "text", 13) for d in days]
    fields += [
        Field("Paid h", sums, "number", 9, total=True),
        Field("Contract least h", [low for low, _ in limits], "number", 15),
        Field("Contract most h", [high for _, high in limits], "number", 15),
    ]
    sheet = book.table("Roster", "Roster as planned; paid hours follow the sheet Shifts", fields, freeze=2)
    for column, date in enumerate(days, DAYS_FROM):
        there = sum(":" in cells.get((a, date), "") for a in people)
        sheet.write_formula(HEAD - 1, column, f'=COUNTIF({span(column, len(people))},"*:*")', book.bold["whole"], there)
    sheet.write_string(HEAD - 1, 0, "People at work", book.fine)
    _colour(book, sheet, len(people), len(days))


def employed(run: Run) -> list[str]:
    """Return the people of staff.csv in its order, without those who left before the week."""
    if run.staff is None:
        return []
    if "leave_date" not in run.staff:
        return list(run.staff.index)
    left = pd.to_datetime(run.staff["leave_date"]) < pd.Timestamp(run.dates[0])
    return list(run.staff.index[~left])


def _cells(run: Run, shifts: Sequence[Stretch], leave: Sequence[Stretch]) -> dict[tuple[str, dt.date], str]:
    """Return what stands in each cell: the times of the shifts, or leave."""
    cells: dict[tuple[str, dt.date], str] = {}
    for s in shifts:
        text = f"{clock(s.start)}–{clock(s.end)}"
        cells[s.agent, s.date] = f"{cells[s.agent, s.date]}, {text}" if (s.agent, s.date) in cells else text
    for s in leave:
        last = (s.end - pd.Timedelta(seconds=1)).date()
        for date in (d for d in run.dates if s.date <= d <= last):
            cells.setdefault((s.agent, date), LEAVE)
    return cells


def _contract_h(run: Run, agent: str) -> tuple[float | None, float | None]:
    """Return the contract's least and most hours a week; None where it tells none, or the person joins or leaves."""
    if run.staff is None or agent not in run.staff.index:
        return None, None
    person: dict[Hashable, Any] = run.staff.loc[agent].to_dict()
    terms: dict[str, Any] = run.plan.get("contract", {}).get(person["contract"], {})
    low, high = terms.get("min_h_week"), terms.get("max_h_week")
    edges = [pd.Timestamp(person[c]).date() for c in ("hire_date", "leave_date") if c in person and pd.notna(person[c])]
    return None if any(run.dates[0] <= d <= run.dates[-1] for d in edges) else low, high


def _colour(book: Book, sheet: Any, people: int, days: int) -> None:
    """Colour leave, and paid hours outside the contract; the text and the numbers say it too."""
    first, last, paid = FIRST, FIRST + people - 1, DAYS_FROM + days
    rule = {"type": "cell", "criteria": "==", "value": f'"{LEAVE}"', "format": book.away}
    sheet.conditional_format(first, DAYS_FROM, last, paid - 1, rule)
    a, b, p, low, high = (_letter(c) for c in (DAYS_FROM, paid - 1, paid, paid + 1, paid + 2))
    row = FIRST + 1
    away = f'COUNTIF(${a}{row}:${b}{row},"{LEAVE}")'
    below = f"AND(ISNUMBER(${low}{row}),${p}{row}<${low}{row}-0.001,{away}=0)"
    above = f"AND(ISNUMBER(${high}{row}),${p}{row}>${high}{row}+0.001)"
    rule = {"type": "formula", "criteria": f"=OR({below},{above})", "format": book.short}
    sheet.conditional_format(first, paid, last, paid, rule)


def _letter(column: int) -> str:
    return chr(ord("A") + column)

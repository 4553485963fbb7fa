"""`schedule.xlsx`: the run's tables for people who work in spreadsheets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from ..files import write_atomic
from ..missed import missed_lines
from ..report.cards import cards
from ..report.figures import clock, day, offset
from ..report.gantt import Stretch, stretches
from ..report.run import Run, read_run
from ..report.tables import hidden_money
from .book import FIRST, Book, Field, Formula, cut, fields_of, span
from .cost import cost_sheet
from .live import hours_column, letters, live_coverage, paid_column, unpaid_h
from .roster_sheet import roster_sheet
from .shift_columns import END, PAID, START, UNPAID
from .wages import factors

INTERVAL = [
    ("queue", "Queue", "text", 12, False),
    ("start", "Start", "time", 17, False),
    ("offset", "UTC offset", "text", 10, False),
]
COVERAGE = [
    *INTERVAL,
    ("required", "Required", "number", 10, True),
    ("on_phone", "On the phone", "number", 12, True),
    ("over", "Over", "number", 9, True),
    ("under", "Under", "number", 9, True),
    ("service_level", "Expected service level", "share", 21, False),
    ("asa_s", "ASA s", "number", 9, False),
    ("abandon_rate", "Abandon rate", "share", 13, False),
]
REQUIREMENT = [
    *INTERVAL,
    ("load_erl", "Load erl", "number", 10, True),
    ("agents_phone", "Agents phone", "number", 13, True),
    ("agents_scheduled", "Agents scheduled", "number", 16, True),
    ("agents_paid", "Agents paid", "number", 12, True),
    ("service_level", "Service level", "share", 13, False),
    ("occupancy", "Occupancy", "share", 11, False),
    ("asa_s", "ASA s", "number", 9, False),
]
FORECAST = [
    *INTERVAL,
    ("calls", "Calls", "number", 10, True),
    ("q0.025", "95 % from", "number", 10, False),
    ("q0.1", "80 % from", "number", 10, False),
    ("q0.9", "80 % to", "number", 9, False),
    ("q0.975", "95 % to", "number", 9, False),
    ("handle_s", "Handle s", "number", 10, False),
    ("patience_s", "Patience s", "number", 11, False),
    ("model", "Model", "text", 20, False),
]
SERVICE = [
    ("queue", "Queue", "text", 12, False),
    ("period", "Period", "text", 10, False),
    ("start", "Start", "time", 17, False),
    ("goal", "Goal", "share", 9, False),
    ("floor", "Floor", "share", 9, False),
    ("expected", "Expected", "share", 10, False),
    ("simulated", "Simulated", "share", 11, False),
    ("ci_lo", "95 % from", "share", 10, False),
    ("ci_hi", "95 % to", "share", 10, False),
]
OPEN = [
    ("date", "Day", "date", 16, False),
    ("pattern", "Pattern", "text", 16, False),
    ("start", "Start", "time", 17, False),
    ("end", "End", "time", 17, False),
    ("paid_h", "Paid h", "number", 9, True),
    ("queue", "Queue", "text", 12, False),
    ("reason", "Why nobody takes it", "wrap", 70, False),
]
EXPLAIN = [
    ("queue", "Queue", "text", 12, False),
    ("start", "Start", "time", 17, False),
    ("end", "End", "time", 17, False),
    ("under", "Missing at worst", "number", 16, False),
    ("binding_rule", "What binds", "text", 20, False),
    ("detail", "In numbers", "wrap", 70, False),
    ("who", "Who", "text", 16, False),
    ("cost_one_more", "One more agent costs", "money", 20, False),
    ("gain_h", "Gain h", "number", 9, False),
]
FEW = [
    ("agent", "Agent", "text", 12, False),
    ("name", "Name", "text", 22, False),
    ("shifts", "Shifts", "whole", 9, False),
    ("paid_h", "Paid h", "number", 9, False),
    ("asked_h", "Asked h", "number", 9, False),
    ("reason", "What is in the way of one more shift", "wrap", 70, False),
]
ACTIVITY = [
    ("agent", "Agent", "text", 12, False),
    ("name", "Name", "text", 22, False),
    ("start", "Start", "time", 17, False),
    ("end", "End", "time", 17, False),
    ("offset", "UTC offset", "text", 10, False),
    ("activity", "Activity", "text", 11, False),
    ("queue", "Queue", "text", 12, False),
    ("hours", "Hours", "number", 9, True),
]


def write_workbook(
    run: Path, *, wages: bool = True, goes_on: Callable[[], bool] = lambda: True, read: Run | None = None
) -> Path:
    """Write ``schedule.xlsx`` into the run folder from what lies there.

    Times are local wall clock (the offset stands beside them). Totals, paid hours, heads on the phone, over and under
    are formulas with their present value: they follow what is changed on the sheets Shifts and Activity. Names that
    begin with ``= + - @`` stay text.

    Parameters
    ----------
    wages
        Whether money is shown, where the run tells any; without it no cell holds any.
    goes_on
        Asked every few hundred rows whether there is time.
    read
        The run, where it has been read already.

    Raises
    ------
    InputError
        If the folder has no ``summary.json`` or a file of it breaks its declaration.
    Stopped
        If there is no more time.
    """
    read = read or read_run(run)
    return write_atomic(run / "schedule.xlsx", workbook(read, wages=wages and read.wages_shown, goes_on=goes_on))


def workbook(run: Run, *, wages: bool, goes_on: Callable[[], bool] = lambda: True) -> bytes:
    """Return the workbook's bytes."""
    every = list(stretches(run))
    shifts = [s for s in every if not s.is_leave]
    with Book(f"{run.site}: plan of {run.week}", run.week, goes_on) as book:
        summary = book.sheet("Summary", f"{run.site}: week of {day(run.week)} {run.week.year}")
        if shifts:
            roster_sheet(book, run, shifts, [s for s in every if s.is_leave])
            _shifts(book, run, shifts, wages=wages)
        for name, title, looks, frame in _plain(run, wages=wages):
            if frame is not None and not frame.empty:
                sheet = book.table(name, title, fields_of(frame, looks), freeze=2)
                _mark_short(book, sheet, name, looks, len(frame))
        cost = cost_sheet(book, run, shifts) if wages else None
        _summary(book, summary, run, shifts, wages=wages, cost=cost)
    return book.content


def _plain(run: Run, *, wages: bool) -> list[tuple[str, str, list[Any], pd.DataFrame | None]]:
    explain, activity = run.table("explain"), run.table("activity")
    if explain is not None and not wages:
        explain = hidden_money(explain)
    if activity is not None:
        names, offsets = [run.name(a) for a in activity["agent"]], [offset(t) for t in activity["start"]]
        activity = activity.assign(name=names, offset=offsets, hours=0.0)
        hours = hours_column(activity, letters(ACTIVITY, activity))
        activity = activity.assign(hours=pd.Series(hours, index=activity.index, dtype=object))
    return [
        ("Activity", "Who does what, when. Change rows here: hours, coverage and totals follow", ACTIVITY, activity),
        (
            "Coverage",
            f"Agents required and on the phone, counted over Activity, slots of {run.slot_min} min; service as planned",
            COVERAGE,
            _covered(run, activity),
        ),
        (
            "Requirement",
            f"Agents required, intervals of {run.interval_min} min",
            REQUIREMENT,
            _with_offset(run.table("requirement")),
        ),
        (
            "Forecast",
            f"Calls expected, intervals of {run.interval_min} min",
            FORECAST,
            _with_offset(run.table("volume")),
        ),
        ("Service", "Service level: goal, expected, simulated with 95 % interval", SERVICE, run.table("service")),
        ("Open shifts", "Shifts that nobody can take: the week's hiring need", OPEN, _opened(run)),
        ("Explanations", "Short stretches and what binds there", EXPLAIN, explain),
        ("Few hours", "No shift, or fewer hours than the contract asks", FEW, _few(run)),
    ]


def _covered(run: Run, activity: pd.DataFrame | None) -> pd.DataFrame | None:
    """Return the coverage with columns that follow the sheet Activity."""
    coverage = _with_offset(run.table("coverage"))
    if coverage is None:
        return None
    of = {} if activity is None else letters(ACTIVITY, activity)
    return live_coverage(coverage, activity, letters(COVERAGE, coverage), of)


def _few(run: Run) -> pd.DataFrame | None:
    entries = run.summary.get("few_hours")
    return pd.DataFrame([{**e, "name": run.name(e["agent"])} for e in entries]) if entries else None


def _with_offset(frame: pd.DataFrame | None) -> pd.DataFrame | None:
    if frame is None:
        return None
    known = {t: offset(t) for t in frame["start"].unique()}
    return frame.assign(offset=frame["start"].map(known))


def _opened(run: Run) -> pd.DataFrame | None:
    frame = run.table("open_shifts")
    if frame is None:
        return None
    frame = frame.assign(paid_h=frame["paid_min"] / 60)
    reasons = run.table("open_reasons")
    if reasons is None:
        return frame
    why = {(d, p): r for d, p, r in zip(reasons["date"], reasons["pattern"], reasons["reason"], strict=True)}
    return frame.assign(reason=[why.get((d, p), "") for d, p in zip(frame["date"], frame["pattern"], strict=True)])


def _mark_short(book: Book, sheet: Any, name: str, looks: list[Any], rows: int) -> None:
    """Colour what is under; the number says it too."""
    if name == "Coverage":
        column = [c[0] for c in looks].index("under")
        rule = {"type": "cell", "criteria": ">", "value": 0, "format": book.short}
        sheet.conditional_format(FIRST, column, FIRST + rows - 1, column, rule)


def _shifts(book: Book, run: Run, shifts: list[Stretch], *, wages: bool) -> None:
    """Add one row per shift: when, which pattern and queue, its breaks, its paid hours."""
    breaks = ["; ".join(f"{kind} {clock(a)}–{clock(b)}" for a, b, kind in s.parts) for s in shifts]
    fields = [
        Field("Agent", [s.agent for s in shifts], "text", 12),
        Field("Name", [run.name(s.agent) for s in shifts], "text", 22),
        Field("Day", [s.date for s in shifts], "date", 16),
        Field("Start", [s.start for s in shifts], "time", 17),
        Field("End", [s.end for s in shifts], "time", 17),
        Field("Pattern", [s.pattern for s in shifts], "text", 16),
        Field("Queue", [s.queue for s in shifts], "text", 12),
        Field("Unpaid break h", [unpaid_h(s) for s in shifts], "number", 14),
        Field("Paid h", paid_column(shifts, START, END, UNPAID), "number", 9, total=True),
    ]
    if wages:
        fields.append(Field("Premium factor", factors(run, shifts), "number", 14))
    title = "Shifts. Change start, end or unpaid breaks here: paid hours and cost follow"
    book.table("Shifts", title, [*fields, Field("Breaks", breaks, "text", 60)], freeze=2)


def _summary(book: Book, sheet: Any, run: Run, shifts: list[Stretch], *, wages: bool, cost: Formula | None) -> None:
    """Fill the first sheet: the headline cards as text, then totals that follow the other sheets."""
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 3, 62)
    row = 1
    for line in missed_lines(run.summary):
        sheet.write_string(row, 0, cut(line), book.short)
        row += 1
    if run.note:
        sheet.write_string(row, 0, cut(run.note), book.fine)
        row += 1
    for column, title in enumerate(("Live totals", "Value", "How it is counted")):
        sheet.write_string(row + 1, column, title, book.bold["text"])
    row += 2
    for title, formula, kind, basis in _totals(run, shifts, cost):
        book.cell(sheet, row, 0, title)
        book.cell(sheet, row, 1, formula, kind)
        sheet.write_string(row, 2, basis, book.fine)
        row += 1
    for column, title in enumerate(("Headline figures of the run", "Value", "What it says", "How it is counted")):
        sheet.write_string(row + 1, column, title, book.bold["text"])
    for i, card in enumerate(cards(run, wages=wages), row + 2):
        for column, text in enumerate((card.title, card.value, card.note, card.basis)):
            sheet.write_string(i, column, text, book.fine if column > 1 else book.formats["wrap"])
        if card.amount is not None:
            book.cell(sheet, i, 1, card.amount, card.kind)


def _totals(run: Run, shifts: list[Stretch], cost: Formula | None) -> list[tuple[str, Formula, str, str]]:
    out = []
    if cost is not None:
        out.append((f"Cost of the week ({run.currency})", cost, "money", "Wages by shift + prices, on the sheet Cost"))
    if shifts:
        out.append(
            (
                "Paid hours",
                Formula(f"=SUM({span(PAID, len(shifts), 'Shifts')})", sum((s.paid_min or 0) for s in shifts) / 60),
                "number",
                "Sum over the sheet Shifts",
            )
        )
    coverage = run.table("coverage")
    if coverage is not None:
        at = {c[0]: i for i, c in enumerate(c for c in COVERAGE if c[0] in coverage or c[0] == "offset")}
        ranges = {c: span(at[c], len(coverage), "Coverage") for c in ("required", "over", "under")}
        sums = {c: float(coverage[c].sum()) for c in ranges}
        for c in ("over", "under"):
            out.append(
                (
                    f"{c.capitalize()}-staffed agent-hours",
                    Formula(f"=SUM({ranges[c]})*{run.slot_min}/60", sums[c] * run.slot_min / 60),
                    "number",
                    "Never netted; sheet Coverage",
                )
            )
        if sums["required"] > 0:
            fit = Formula(
                f"=1-(SUM({ranges['over']})+SUM({ranges['under']}))/SUM({ranges['required']})",
                1 - (sums["over"] + sums["under"]) / sums["required"],
            )
            out.append(("Schedule fit", fit, "share", "1 − (over + under) / required"))
    opened = run.table("open_shifts")
    if opened is not None:
        at_paid = [c[0] for c in OPEN].index("paid_h")
        out.append(
            (
                "Paid hours of open shifts",
                Formula(f"=SUM({span(at_paid, len(opened), 'Open shifts')})", float(opened["paid_min"].sum()) / 60),
                "number",
                "Sum over the sheet Open shifts",
            )
        )
    return out

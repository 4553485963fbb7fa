"""hiring.xlsx: the tables of a hiring run as a workbook with live sums."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from ..files import write_atomic
from ..publish.book import Book, Field, Formula
from .charts import PARTS
from .cost_lines import COST_LINES
from .words import due_lines, formula_lines, headline, relief_lines, rule_lines

SHEETS = {
    "headcount": ("Months", "Month by month"),
    "classes": ("Classes", "Classes to start, and when to decide"),
    "transfers": ("Transfers", "People who change their work"),
    "defaults": ("Defaults", "Defaults by the change they make"),
    "answers": ("Changes", "What a change is worth"),
    "mixes": ("Mixes", "What an hour of work costs by mix of contracts"),
    "loss": ("Schedule loss", "Hours of presence for one hour of work, on sample weeks scheduled without names"),
    "state": ("State", "Today's people: the state that the next planning starts from"),
}
"""Table → name and title of its sheet."""
TEXT_WIDTH, WIDE_TEXT, NUMBER_WIDTH = 18, 60, 14
SUMMED = (
    "hires",
    "leavers",
    "overtime_h",
    "vendor_h",
    "missing_h",
    *COST_LINES,
    "size",
    "offers",
    "cost",
)


def write_workbook(
    run: Path, summary: Mapping[str, Any], tables: Mapping[str, pd.DataFrame], lead_weeks: float
) -> Path:
    """Write ``hiring.xlsx`` into the run folder."""
    as_of = dt.date.fromisoformat(summary["as_of"])
    with Book(f"{summary['site']}: hiring from {summary['months'][0]}", as_of) as book:
        sheet = book.sheet("Summary", f"{summary['site']}: hiring {summary['months'][0]} to {summary['months'][-1]}")
        sheet.set_column(0, 0, 40)
        sheet.set_column(1, 1, 20)
        row = 2
        for line in (headline(summary, tables["classes"]), *due_lines(tables["classes"]), *relief_lines(summary),
                     *formula_lines(summary), *rule_lines(summary, lead_weeks)):  # fmt: skip
            sheet.write_string(row, 0, line)
            row += 1
        row += 1
        told = summary["cost_parts"] or {}
        parts = [(PARTS.get(name, name), value) for name, value in told.items()]
        for at, (name, value) in enumerate(parts, row):
            book.cell(sheet, at, 0, name)
            book.cell(sheet, at, 1, value, "money")
        total = row + len(parts)
        if parts:
            book.cell(sheet, total, 0, "in all", bold=True)
            book.cell(sheet, total, 1, Formula(f"=SUM(B{row + 1}:B{total})", summary["cost"]), "money", bold=True)
        for name, (title, told) in SHEETS.items():
            if name in tables:
                book.table(title, told, _fields(tables[name]))
    return write_atomic(run / "hiring.xlsx", book.content)


def _fields(table: pd.DataFrame) -> list[Field]:
    """Return the columns of a table as cells that are what they look like."""
    out = []
    for name in table.columns:
        cells = [None if pd.isna(v) else v for v in table[name]]
        days = any(isinstance(v, dt.date) for v in cells)
        kind = "date" if days else "number" if pd.api.types.is_numeric_dtype(table[name]) else "text"
        longest = max((len(str(v)) for v in cells), default=0)
        width = NUMBER_WIDTH if kind == "number" else WIDE_TEXT if longest > WIDE_TEXT else max(TEXT_WIDTH, longest)
        out.append(Field(str(name).replace("_", " "), cells, kind, width, name in SUMMED and kind == "number"))
    return out

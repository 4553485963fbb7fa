"""A workbook of plain tables: text stays text, times are real times, totals are live."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import pandas as pd
import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from ...forecast.progress import Stopped

FORMATS: dict[str, dict[str, Any]] = {
    "text": {},
    "wrap": {"text_wrap": True, "valign": "top"},
    "number": {"num_format": "#,##0.00"},
    "whole": {"num_format": "#,##0"},
    "share": {"num_format": "0.0%"},
    "gap": {"num_format": "0.00##%"},
    "money": {"num_format": "#,##0.00"},
    "time": {"num_format": "yyyy-mm-dd hh:mm", "align": "left"},
    "date": {"num_format": "ddd yyyy-mm-dd", "align": "left"},
}
TITLE, TOTALS, HEAD, FIRST = 0, 1, 2, 3
ROWS_BETWEEN = 200
"""Rows between two questions whether there is time: some milliseconds."""
LONGEST = 32_767
"""Most characters of a cell, by the format."""


@dataclass(frozen=True)
class Field:
    """One column of a sheet: where its values come from, how they look, and whether it is summed above."""

    title: str
    cells: Sequence[Any]
    kind: str = "text"
    width: int = 12
    total: bool = False


class Sheet(Worksheet):  # type: ignore[misc]  # xlsxwriter has no types
    """A sheet that can be given up while its cells are filled, and while the finished book writes its rows."""

    goes_on: Callable[[], bool]

    def pause(self, row: int) -> None:
        """Ask at some of the rows whether there is time.

        Raises
        ------
        Stopped
            If there is none.
        """
        if row % ROWS_BETWEEN == 0 and not self.goes_on():
            raise Stopped

    def _write_row(self, row: int, *more: Any, **named: Any) -> None:
        self.pause(row)
        super()._write_row(row, *more, **named)


class Book:
    """A workbook in memory.

    Parameters
    ----------
    title
        Kept in the file's properties.
    made
        Date kept there too, so that the same run gives the same file.
    goes_on
        Asked every few hundred rows whether there is time; where there is none `Stopped` is raised.
    """

    def __init__(self, title: str, made: dt.date, goes_on: Callable[[], bool] = lambda: True) -> None:
        self._goes_on = goes_on
        self._file = io.BytesIO()
        options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
        self.workbook = xlsxwriter.Workbook(self._file, options)
        self.workbook.set_properties({"title": title, "created": dt.datetime.combine(made, dt.time())})
        self.formats = {name: self.workbook.add_format(look) for name, look in FORMATS.items()}
        self.bold = {name: self.workbook.add_format({**look, "bold": True}) for name, look in FORMATS.items()}
        self.heading = self.workbook.add_format({"bold": True, "font_size": 14, "font_color": "#0B3F73"})
        self.fine = self.workbook.add_format({"font_color": "#5B6776", "text_wrap": True, "valign": "top"})
        self.short = self.workbook.add_format({"bg_color": "#FBD9B5", "font_color": "#7F2704"})
        self.away = self.workbook.add_format({"bg_color": "#E4E8ED", "font_color": "#5B6776"})
        self._tables = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.workbook.close()

    @property
    def content(self) -> bytes:
        """The finished file; only after the ``with`` block."""
        return self._file.getvalue()

    def sheet(self, name: str, title: str) -> Any:
        """Add a sheet with a title, set for printing on one page's width."""
        sheet = self.workbook.add_worksheet(name, worksheet_class=Sheet)
        sheet.goes_on = self._goes_on
        sheet.write_string(TITLE, 0, cut(title), self.heading)
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_paper(9)
        sheet.set_footer("&L&A&RPage &P of &N")
        return sheet

    def table(self, name: str, title: str, fields: Sequence[Field], *, freeze: int = 1) -> Any:
        """Add a sheet with one filterable table; above columns to be summed stands the live sum of the rows shown."""
        sheet = self.sheet(name, title)
        rows = max((len(f.cells) for f in fields), default=0)
        for column, field in enumerate(fields):
            sheet.set_column(column, column, field.width)
            for row, value in enumerate(field.cells, FIRST):
                sheet.pause(row)
                self.cell(sheet, row, column, value, field.kind)
            if field.total and rows:
                total = float(sum(v for v in field.cells if not blank(v)))
                sheet.write_formula(
                    TOTALS, column, f"=SUBTOTAL(109,{span(column, rows)})", self.bold[field.kind], total
                )
        if any(f.total for f in fields):
            sheet.write_string(TOTALS, 0, "Sum of the rows shown", self.fine)
        self._tables += 1
        style = {
            "name": f"Table_{self._tables}",
            "style": "Table Style Light 9",
            "columns": [{"header": f.title} for f in fields],
        }
        sheet.add_table(HEAD, 0, max(FIRST, FIRST + rows - 1), len(fields) - 1, style)
        sheet.repeat_rows(HEAD)
        sheet.freeze_panes(FIRST, freeze)
        return sheet

    def cell(self, sheet: Any, row: int, column: int, value: Any, kind: str = "text", *, bold: bool = False) -> None:
        """Write one value as what it is; nothing that is text ever becomes a formula or a link."""
        look = (self.bold if bold else self.formats)[kind]
        if blank(value):
            sheet.write_blank(row, column, None, look)
        elif isinstance(value, Formula):
            sheet.write_formula(row, column, value.text, look, value.value)
        elif kind in ("time", "date"):
            sheet.write_datetime(row, column, wall(value), look)
        elif kind in ("text", "wrap"):
            sheet.write_string(row, column, cut(str(value)), look)
        else:
            sheet.write_number(row, column, float(value), look)


@dataclass(frozen=True)
class Formula:
    """A live formula with the value that it has now, for readers that do not calculate."""

    text: str
    value: float

    def __radd__(self, other: float) -> float:
        return other + self.value


def blank(value: Any) -> bool:
    """Whether a cell stays empty."""
    return value is None or value is pd.NaT or (isinstance(value, float) and value != value) or value == ""


def cut(text: str) -> str:
    """Return a text as long as a cell can hold; a longer one, which would be left out, ends with an ellipsis."""
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def wall(time: pd.Timestamp | dt.datetime | dt.date) -> dt.datetime | dt.date:
    """Return a time's local wall clock without zone, as spreadsheets keep times."""
    if isinstance(time, pd.Timestamp):
        naive: dt.datetime = time.tz_localize(None).to_pydatetime()
        return naive
    return time.replace(tzinfo=None) if isinstance(time, dt.datetime) else time


def span(column: int, rows: int, sheet: str = "") -> str:
    """Return the absolute range of a table's column; it has at least one row.

    Examples
    --------
    >>> span(2, 10, "Shifts")
    'Shifts!$C$4:$C$13'
    """
    first = xl_rowcol_to_cell(FIRST, column, row_abs=True, col_abs=True)
    last = xl_rowcol_to_cell(FIRST + max(rows, 1) - 1, column, row_abs=True, col_abs=True)
    prefix = f"'{sheet}'!" if " " in sheet else f"{sheet}!" if sheet else ""
    return f"{prefix}{first}:{last}"


def fields_of(frame: pd.DataFrame, looks: Iterable[tuple[str, str, str, int, bool]]) -> list[Field]:
    """Return the fields of those (column, title, kind, width, total) that `frame` has."""
    return [
        Field(title, list(frame[column]), kind, width, total)
        for column, title, kind, width, total in looks
        if column in frame
    ]

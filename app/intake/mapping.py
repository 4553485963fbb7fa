"""How an export of calls is laid out: the `[intake]` table of `plan.toml`, and ready layouts of common systems."""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Any, ClassVar, Literal

from pydantic import ConfigDict

from ...forecast.calendar.grid import known_zone
from ...forecast.errors import InputError
from ...forecast.ranges import Range, refuse_beyond
from ...forecast.tables import TABLES
from .by_queue import QueueColumns
from .files import DEFAULT_FILES
from .hours import TimeIs
from .names import nearest
from .no_row import NoRow

Unit = Literal["s", "ms", "min", "h", "d", "hms"]
OneRow = Literal["interval", "call", "event", "day", "time", "figure"]
TimeMarks = Literal["start", "end"]

PARTS_OF_HANDLE = ("talk_s", "hold_s", "acw_s")
OURS = (*TABLES["calls"], *PARTS_OF_HANDLE)
CALL_MARKS = ("blocked", "transferred", "callback", "redialled")
"""Our columns that only contracts count: a column of the file is taken for one where `columns` says so."""
ALIASES = MappingProxyType({"centre": "queue", "time": "start", "calls": "offered"})
RANGES = {
    "header_row": Range(1, 10_000, "Rows are counted from 1, as a spreadsheet does"),
    "header_rows": Range(1, 5, "Of more rows of names nobody knows which names a column"),
}
"""Ranges of the header's rows: what stands above a table is a title, not a table."""
TRUSTED = ("offered", "handle_s", "start", "queue", "call_id")
"""Our columns whose odd figures a planner may confirm."""
DEFAULT_ENCODING = "utf-8-sig"


@dataclass(frozen=True)
class Intake:
    """How the calls files are read. Every key is optional; a key left out is the preset's, else the plain default.

    Parameters
    ----------
    preset
        Name of a ready layout (`preset_names`); own keys override it, tables key by key.
    files
        File names or globs (``exports/*.csv``) relative to the folder; several files are merged. CSV (also gzipped),
        xlsx, xls or ods.
    outside
        Whether files may lie outside the folder, be it by their name or by a link; each is told as a note of the run.
    sheet
        Sheet of a workbook, ``*`` for all of them, a glob or a list for some; None = its first.
    encoding
        Text encoding; None = UTF-8, with or without a byte-order mark.
    separator
        Column separator of text files; None = found from the header.
    decimal, thousands
        Marks of decimals (``.`` or ``,``) and of thousands (``.``, ``,``, ``'`` or a blank); None = a point parts
        decimals, unless a column proves that its points part thousands: ``1.143`` beside whole numbers of calls.
    header
        Whether there is a header row; without one the columns are named ``1``, ``2``, ….
    header_row
        Row of the header, or of the first data without one; rows above it are skipped.
    header_rows
        Rows of the header. Of two the upper names groups of columns: ``Sales`` over ``Offered`` is ``Sales Offered``.
    columns
        Our column → theirs. Several of theirs are added up with ``+``; ``|`` lists other names of which the first
        present is taken; a literal number is written ``=20``; ``queue = "=file"`` or ``"=sheet"`` takes the name of the
        file or of the sheet. Ours are the columns of `calls` and ``talk_s``,
        ``hold_s``, ``acw_s``.
    queue_columns
        For tables with columns for each queue: queue → its column of calls, or its columns by ours.
    date_format
        ``strftime`` format of `start` (or of the date column), or ``epoch_s``, ``epoch_ms``, ``excel`` (serial days);
        None = ISO 8601.
    date_column, time_column
        Where date and time of day stand apart. Times may be 9:30, 09:30:00, 930, 9:30 PM or a range 9:30-10:00.
        ``Year + Month + Day`` joins columns; ``=sheet`` and ``=file`` are names that hold the date.
    time_is
        What numbers in `time_column` are: ``hour`` (0 to 23), ``hour_ending`` (1 to 24, the hour that ends then),
        in the same way ``half_hour``, ``half_hour_ending``, ``quarter_hour``, ``quarter_hour_ending``, ``hhmm``
        (930 is 09:30), ``hh.mm`` (9.30 is 09:30), ``decimal_hour`` (9.5 is 09:30), ``minute`` (570 is 09:30) or
        ``day_fraction`` (0.375 is 09:00); None = as the numbers show, asked where they do not.
    time_marks
        Whether times are the ``start`` or the ``end`` of their intervals; None = the start, but the end where the
        column's name says so, or a time is 24:00 and none 00:00.
    zone
        Time zone of stamps without an offset; None = the site's.
    interval_min
        Length of the file's intervals; None = found from the stamps.
    day_shape
        File that tells how the calls of a day lie in the day, for files with totals of whole days: columns ``time`` and
        ``share`` (and ``weekday``), or the calls of another queue (``start``, ``offered``). ``=NAME`` is a queue of the
        same files that has rows of intervals.
    units
        Our time column → ``s``, ``ms``, ``min``, ``h``, ``d`` (days) or ``hms`` (H:MM:SS, 3m 31s);
        the key ``default`` stands for all others.
    totals
        Our time columns that hold totals of the interval; they are divided by the calls answered.
    queue_names
        Their queue → ours. Several of theirs may share one of ours and are added up; queues not named are dropped
        and counted. Empty = names are taken as they stand.
    parts
        Their columns that split a queue into several rows per interval, which are added up; ``=file`` and ``=sheet``
        are the names of the file and of the sheet.
    filter
        Their column → the value rows must have (any case); ``!value`` = must not have.
    missing_marks
        Cells that mean unknown, beside blank, ``-``, ``n/a``, ``null`` and the errors of spreadsheets such as ``#N/A``.
    no_row
        What an open interval without a row means: ``zero`` calls, or ``unknown``; None = unknown, but zero where many
        rows have one call and none has none, or where each row is a call.
    one_row
        What a row is: an ``interval``, a ``call`` (counted per interval), an ``event`` of a call (Asterisk's
        ``queue_log``), a ``day`` with a column per time of day, a ``time`` of day with a column per date, or a
        ``figure`` of an interval, named by `figure_column`.
    figure_column, value_column
        Where each row holds one figure: what the figure is, and the figure. `columns` then names kinds of figures.
    call_id
        Column that tells calls apart, for logs in which a call has several rows: these are counted as one call.
    trust
        Our columns whose figures look odd and are right all the same: ``offered`` (parts of calls), ``handle_s`` (means
        under 30 s or over 2 h, or steadier calls than handle times), ``start`` (real dates beside text), ``call_id``
        (several calls under one), ``queue``
        (names of deferred work).
    """

    preset: str | None = None
    files: tuple[str, ...] = DEFAULT_FILES
    outside: bool = False
    sheet: str | tuple[str, ...] | None = None
    encoding: str | None = None
    separator: str | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", "'", " "] | None = None
    header: bool | None = None
    header_row: int = 1
    header_rows: int = 1
    columns: Mapping[str, str] = field(default_factory=dict)
    queue_columns: QueueColumns = field(default_factory=dict)
    date_format: str | None = None
    date_column: str | None = None
    time_column: str | None = None
    time_is: TimeIs | None = None
    time_marks: TimeMarks | None = None
    zone: str | None = None
    interval_min: int | None = None
    day_shape: str | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)
    totals: tuple[str, ...] = ()
    queue_names: Mapping[str, str] = field(default_factory=dict)
    parts: tuple[str, ...] = ()
    filter: Mapping[str, str] = field(default_factory=dict)
    missing_marks: tuple[str, ...] = ()
    no_row: NoRow | None = None
    one_row: OneRow | None = None
    figure_column: str | None = None
    value_column: str | None = None
    call_id: str | None = None
    trust: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    def __post_init__(self) -> None:
        if self.preset is not None and self.preset not in _presets():
            raise InputError(
                "unknown preset", column="intake.preset", value=self.preset, mend=nearest(self.preset, _presets())
            )
        for key, names in (
            ("columns", self.columns),
            ("units", {k: "" for k in self.units if k != "default"}),
            ("totals", self.totals),
            *((f"queue_columns.{q}", own) for q, own in self.queue_columns.items() if isinstance(own, Mapping)),
        ):
            for name in names:
                if name not in OURS:
                    raise InputError("unknown column", column=f"intake.{key}", value=name, mend=nearest(name, OURS))
        for name in self.trust:
            if name not in TRUSTED:
                raise InputError(
                    "unknown column", column="intake.trust", value=name, mend=f"One of {', '.join(TRUSTED)}"
                )
        if self.thousands is not None and self.thousands == self.decimal:
            raise InputError(
                "decimal and thousands have the same mark",
                column="intake.thousands",
                value=self.thousands,
                mend="Leave one of them out",
            )
        if not self.files:
            raise InputError("no file", column="intake.files", mend='Name at least one, like files = ["calls.csv"]')
        if self.header_row < 1:
            raise InputError("Expected header_row >= 1", column="intake.header_row", value=self.header_row)
        if (self.one_row == "figure") != (self.figure_column is not None and self.value_column is not None):
            raise InputError(
                'one_row = "figure", figure_column and value_column go together',
                column="intake.one_row",
                mend="Name all three, or none",
            )
        refuse_beyond(self, RANGES, "intake.")
        if self.separator is not None and len(self.separator) != 1:
            raise InputError(
                "separator must be one character",
                column="intake.separator",
                value=self.separator,
                mend=r'Use "," ";" "|" or "\t"',
            )
        if self.interval_min is not None and not (0 < self.interval_min <= 1440 and 1440 % self.interval_min == 0):
            raise InputError(
                "interval does not divide a day",
                column="intake.interval_min",
                value=self.interval_min,
                mend="Use 5, 10, 15, 30 or 60",
            )
        if (self.date_column is None) != (self.time_column is None):
            raise InputError(
                "date_column and time_column go together",
                column="intake.date_column",
                mend="Name both, or map columns.start",
            )
        if self.zone is not None:
            known_zone(self.zone, column="intake.zone")

    def resolved(self) -> Layout:
        """Return the layout with the preset's keys under the own ones and every default filled in."""
        base = _presets()[self.preset] if self.preset else {}
        own = {f.name: getattr(self, f.name) for f in dataclasses.fields(self)}
        merged: dict[str, Any] = {}
        for name, value in own.items():
            under = base.get(name)
            if isinstance(value, Mapping):
                merged[name] = {**(under or {}), **value}
            else:
                merged[name] = (
                    (tuple(under) if isinstance(under, list) else under)
                    if value in (None, ()) and under is not None
                    else value
                )
        if "start" in self.columns:
            merged["date_column"] = merged["time_column"] = None
        merged["encoding"] = merged["encoding"] or DEFAULT_ENCODING
        if merged["decimal"] is None and merged["thousands"] is not None:
            merged["decimal"] = "," if merged["thousands"] == "." else "."
        merged["header"] = merged["header"] is not False
        theirs = {*base.get("parts", ()), *base.get("filter", ())} - {*self.parts, *self.filter}
        return Layout(**merged, optional=frozenset({*base.get("columns", {})} - {*self.columns} | theirs))


@dataclass(frozen=True)
class Layout(Intake):
    """An `Intake` with its preset merged in; columns named in `optional` are skipped where the file lacks them."""

    encoding: str = DEFAULT_ENCODING
    header: bool = True
    optional: frozenset[str] = frozenset()

    def unit(self, column: str) -> Unit:
        """Return the unit of one of our time columns."""
        return self.units.get(column, self.units.get("default", "s"))


@cache
def _presets() -> dict[str, dict[str, Any]]:
    return tomllib.loads((resources.files(__package__) / "presets.toml").read_text(encoding="utf-8"))


def preset_names() -> tuple[str, ...]:
    """Return the names of the ready layouts.

    Examples
    --------
    >>> "avaya_cms" in preset_names()
    True
    """
    return tuple(_presets())


def preset_about(name: str) -> str:
    """Return one sentence on what a ready layout reads."""
    return str(_presets()[name]["about"])

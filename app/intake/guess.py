"""A layout guessed from a file, with a reason for every guess; planners confirm it by writing it to the config."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from .dates import date_format
from .excel import WORKBOOKS, read_sheet, sheet_names
from .hours import counted
from .mapping import DEFAULT_ENCODING, Intake, preset_about, preset_names
from .measures import measured
from .names import find_column
from .text import decoded, likely_encoding, read_bytes, read_text, sniff_separator
from .words import recognised

LOOK = 5000
"""Rows that a guess looks at, at most: enough for every format, and a large file is still guessed at once."""
ZONE = "zone: a file does not tell its time zone; set zone if it is not the site's (many systems export UTC)"
TOP = 20
"""First rows among which the header is sought, and names that a reason lists, at most: reports print titles above."""


@dataclass(frozen=True)
class Guess:
    """A guessed layout.

    Attributes
    ----------
    intake
        What `read_calls` would take.
    reasons
        One readable line per guess.
    doubts
        What the file alone does not show; the planner should check these.
    """

    intake: Intake
    reasons: tuple[str, ...]
    doubts: tuple[str, ...] = ()

    def __str__(self) -> str:
        return "\n".join([*(f"- {r}" for r in self.reasons), *(f"? {d}" for d in self.doubts)])


def guess(path: Path, *, sheet: str | None = None) -> Guess:
    """Guess how an export is laid out from its bytes, its header and its first rows.

    A ready layout whose columns are all there is preferred; otherwise columns are known by their names in English or
    German, and formats and units by their values. What is not recognised is left out, never made up.

    Raises
    ------
    InputError
        If the file cannot be read as a table at all.
    """
    intake, reasons = _opened(path, sheet)
    whole = _cells(path, intake)
    cells = whole.head(LOOK)
    header = list(cells.columns)
    preset = next((p for p in preset_names() if _fits(p, header)), None)
    if preset is not None:
        reasons.append(f"preset = {preset!r}: {preset_about(preset)}; its columns are all there")
        return Guess(replace(intake, preset=preset), tuple(reasons), (ZONE,))
    found = recognised(header)
    columns = dict(found.columns)
    keys: dict[str, Any] = {}
    when = found.start or found.date
    doubts: list[str] = []
    if when is not None:
        form, why, doubt = date_format(whole[when])
        doubts += [doubt] if doubt else []
        reasons.append(f"{when!r} is the {'start' if found.start else 'date'}: {why}")
        keys["date_format"] = form
    if found.start is not None:
        columns["start"] = found.start
    elif found.date is not None and found.time is not None:
        keys |= {"date_column": found.date, "time_column": found.time}
        keys |= _time_of_day(whole[found.time], found.time, reasons, doubts)
    reasons += [f"{theirs!r} is {ours}" for ours, theirs in found.columns.items()]
    keys |= measured(cells, columns, reasons, doubts)
    missing = tuple(
        f"no column for {n!r} was recognised; add it to [intake.columns] before you plan"
        for n in ("start", "offered")
        if n not in columns and not (n == "start" and "date_column" in keys)
    )
    used = {*columns.values(), found.date, found.time}
    unused = [n for n in header if n not in used]
    if unused:
        reasons.append(f"not used: {', '.join(map(repr, unused[:TOP]))}")
    if "queue" in columns:
        reasons.append(_queues(cells[columns["queue"]]))
    return Guess(replace(intake, columns=columns, **keys), tuple(reasons), (*missing, *doubts, ZONE))


def _queues(names: pd.Series) -> str:
    """Tell which queues there are and what the planner does with them."""
    listed = list(dict.fromkeys(names))
    shown = ", ".join(map(repr, listed[:TOP])) + (" and more" if len(listed) > TOP else "")
    return f"{len(listed)} queues: {shown}; give each a [queue.NAME], or map them to your names in [intake.queue_names]"


def _time_of_day(text: pd.Series, name: str, reasons: list[str], doubts: list[str]) -> dict[str, Any]:
    """Return the key of what whole numbers count, telling what the column is."""
    try:
        counts = counted(text, column=name)
    except InputError as error:
        doubts.append(f"time_is: {error}")
        return {}
    if counts is None:
        reasons.append(f"{name!r} is the time of day")
        return {}
    size = counts.replace("_", " ").replace(" ending", " (the one that ends then)")
    reasons.append(f"{name!r} counts each {size} of the day")
    return {"time_is": counts}


def _opened(path: Path, sheet: str | None) -> tuple[Intake, list[str]]:
    """Return encoding, separator and header row."""
    if path.suffix.lower() in WORKBOOKS:
        cells = read_sheet(path, sheet=sheet, header=False)
        row = _header_row([list(r) for r in cells.head(TOP).itertuples(index=False)], list(cells.index[:TOP]))
        told = [f"a workbook, header in row {row}"]
        names = sheet_names(path)
        if sheet is None and len(names) > 1:
            told.append(
                f"only its first sheet {names[0]!r} is read, not {', '.join(names[1:TOP])}; sheet names another"
            )
        return Intake(files=(path.name,), sheet=sheet, header_row=row), told
    encoding = likely_encoding(read_bytes(path))
    lines = decoded(path, encoding).splitlines()[:TOP]
    widest = max(lines, key=lambda line: len(line.split(sniff_separator(line))), default="")
    separator = sniff_separator(widest)
    row = _header_row(
        list(csv.reader(io.StringIO("\n".join(lines)), delimiter=separator)), list(range(1, len(lines) + 1))
    )
    reasons = [f"encoding {encoding}, separator {separator!r}, header in row {row}"]
    plain = encoding == DEFAULT_ENCODING
    return Intake(
        files=(path.name,),
        encoding=None if plain else encoding,
        separator=None if separator == "," else separator,
        header_row=row,
    ), reasons


def _header_row(rows: list[list[str]], numbers: list[int]) -> int:
    """Return the number of the first row that is as wide as the widest and holds no number."""
    widest = max((sum(bool(str(c).strip()) for c in r) for r in rows), default=0)
    for row, number in zip(rows, numbers, strict=False):
        full = [str(c).strip() for c in row if str(c).strip()]
        if len(full) >= max(2, widest - 1) and not any(c.replace(".", "").replace(",", "").isdigit() for c in full):
            return number
    return 1


def _cells(path: Path, intake: Intake) -> pd.DataFrame:
    if path.suffix.lower() in WORKBOOKS:
        return read_sheet(path, sheet=intake.sheet, header_row=intake.header_row)
    return read_text(
        path, encoding=intake.encoding or DEFAULT_ENCODING, separator=intake.separator, header_row=intake.header_row
    )


def _fits(preset: str, header: list[str]) -> bool:
    """Whether a file has the columns by which systems are recognised."""
    layout = Intake(preset=preset).resolved()
    if layout.date_column and not all(n and find_column(n, header) for n in (layout.date_column, layout.time_column)):
        return False
    present = [
        ours
        for ours, names in layout.columns.items()
        if any(find_column(t.strip(), header) for a in names.split("|") for t in a.split("+"))
    ]
    needed = {"queue", "offered", *(set() if layout.date_column else {"start"})}
    own = [n for n in layout.filter if find_column(n, header)] if layout.filter else [preset]
    return needed <= set(present) and len(present) >= len(needed) + 2 and bool(own)


def to_toml(intake: Intake) -> str:
    """Return the ``[intake]`` table of plan.toml that says what `intake` says; keys at their defaults are left out.

    Examples
    --------
    >>> print(to_toml(Intake(files=("june.csv",), columns={"offered": "Calls"})))
    [intake]
    files = ["june.csv"]
    <BLANKLINE>
    [intake.columns]
    offered = "Calls"
    <BLANKLINE>
    """
    plain, tables = ["[intake]"], list[str]()
    for field in fields(Intake):
        value = getattr(intake, field.name)
        if isinstance(value, Mapping):
            if value:
                tables += [
                    "",
                    f"[intake.{field.name}]",
                    *(f"{_key(k)} = {json.dumps(v, ensure_ascii=False)}" for k, v in value.items()),
                ]
        elif value != field.default:
            plain.append(
                f"{field.name} = {json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)}"
            )
    return "\n".join([*plain, *tables]) + "\n"


def _key(name: str) -> str:
    return name if name.replace("_", "").isalnum() and name.isascii() else json.dumps(name, ensure_ascii=False)

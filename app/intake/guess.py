"""A layout guessed from a file, with a reason for every guess; planners confirm it by writing it to the config."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ...forecast.errors import InputError
from .body import data_rows
from .call_log import call_columns, looks_like_calls
from .clock import EPOCHS, all_in_utc
from .columns import pick
from .dates import date_format
from .excel import read_sheet, sheet_names
from .hours import counted
from .mapping import Intake, Layout, preset_about, preset_names
from .measures import measured
from .merge import Notes
from .names import find_column
from .opened import QUEUE_LOG, opened, text_cells
from .rows import SHEET
from .wide import lengthened, spread_over
from .words import TWICE, Recognised, recognised

LOOK = 5000
"""Rows that a guess looks at, at most: enough for every format, and a large file is still guessed at once."""
ZONE = "zone: a file does not tell its time zone; set zone if it is not the site's (many systems export UTC)"
TOP = 20
"""Names that a reason lists, at most."""
_HOLDS_DATE = r"\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|^\d{10}(?:\d{3})?$|^\d{5}(?:[.,]\d+)?$|^\d{8}$"
_TIME = r"\d{1,2}[:h]\d{2}"
_DIRECTIONS = ("direction", "call direction", "richtung")


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
    utc
        Whether the stamps are UTC, so that the site's zone must be known before they tell a time of day.
    """

    intake: Intake
    reasons: tuple[str, ...]
    doubts: tuple[str, ...] = ()
    utc: bool = False

    def __str__(self) -> str:
        return "\n".join([*(f"- {r}" for r in self.reasons), *(f"? {d}" for d in self.doubts)])


def guess(path: Path, *, sheet: str | None = None) -> Guess:
    """Guess how an export is laid out from its bytes, its header and its rows.

    A ready layout whose columns are all there is preferred; otherwise columns are known by their names, and formats and
    units by their values. What is not recognised is left out, never made up.

    Raises
    ------
    InputError
        If the file cannot be read as a table at all.
    """
    intake, reasons = opened(path, sheet)
    if intake.preset == QUEUE_LOG:
        reasons.append(preset_about(QUEUE_LOG))
        return Guess(intake, tuple(reasons), (), utc=True)
    whole = text_cells(path, intake)
    header = list(whole.columns)
    preset = next((p for p in preset_names() if p != QUEUE_LOG and _fits(p, header)), None)
    if preset is not None:
        reasons.append(f"preset = {preset!r}: {preset_about(preset)}; its columns are all there")
        intake = replace(intake, preset=preset)
        utc = _preset_in_utc(intake.resolved(), whole)
        return Guess(intake, tuple(reasons), () if utc else (ZONE,), utc)
    doubts: list[str] = []
    keys: dict[str, Any] = {}
    if (spread := spread_over(header)) is not None:
        keys["one_row"] = spread[0]
        whole, _ = lengthened(whole, spread[0], path, Notes(), queue=recognised(header).columns.get("queue"))
        header = list(whole.columns)
        named = "times of day" if spread[0] == "day" else "dates"
        reasons.append(f"a matrix: {len(spread[1])} columns are {named}, {spread[1][0]!r} to {spread[1][-1]!r}")
    found = _with_start(recognised(header), whole)
    columns = dict(found.columns)
    when = found.start or found.date
    notes = Notes()
    if when is not None:
        whole = data_rows(whole, when, found.time, columns.get("queue"), file=path, notes=notes)
        form, why, doubt = date_format(whole[when])
        doubts += [doubt] if doubt else []
        reasons.append(f"{when!r} is the {'start' if found.start else 'date'}: {why}")
        keys["date_format"] = form
    if found.start is not None:
        columns["start"] = found.start
    elif found.date is not None and found.time is not None:
        keys |= {"date_column": found.date, "time_column": found.time}
        keys |= _time_of_day(whole[found.time], found.time, reasons, doubts)
    if "offered" not in columns and when is not None and looks_like_calls(whole[found.time or when]):
        keys["one_row"] = "call"
        reasons.append("a row is a call, as its times have seconds; calls are counted per interval")
        columns |= call_columns(whole, columns)
    if intake.sheet == "*" and "queue" not in columns and when is not None and _sheets_overlap(path, intake, when):
        columns["queue"] = SHEET
        reasons.append("the queue is the name of the sheet, as the sheets have the same times")
    reasons += [f"{theirs!r} is {ours}" for ours, theirs in columns.items() if theirs in header and ours != "start"]
    cells, each_call = whole.head(LOOK), keys.get("one_row") == "call"
    keys |= measured(cells, {o: t for o, t in columns.items() if t in header and not (each_call and o in _OUTCOMES)},
                     reasons, doubts, each_call=each_call)  # fmt: skip
    if "offered" not in columns and not each_call:
        columns |= _offered(cells, columns, reasons)
    keys |= _inbound(cells, header, reasons)
    missing = _missing(columns, keys, header, each_call=each_call)
    used = {*columns.values(), found.date, found.time}
    unused = [n for n in header if n not in used]
    if unused:
        reasons.append(f"not used: {', '.join(map(repr, unused[:TOP]))}")
    if columns.get("queue") in header:
        reasons.append(_queues(whole[columns["queue"]]))
    utc = when is not None and _in_utc(whole[when], keys.get("date_format"))
    return Guess(replace(intake, columns=columns, **keys), tuple(reasons), (*missing, *doubts, ZONE), utc)


_OUTCOMES = ("answered", "abandoned")


def _in_utc(text: pd.Series, form: str | None) -> bool:
    """Whether stamps are UTC: they count from 1970, end in Z, or all have the offset +00:00."""
    return form in EPOCHS or bool(text.str.endswith("Z").any()) or all_in_utc(text)


def _preset_in_utc(layout: Layout, cells: pd.DataFrame) -> bool:
    """Whether the stamps of a ready layout are UTC, by the layout or by the cells."""
    if layout.zone is not None:
        return layout.zone == "UTC"
    names = pick(layout.date_column or layout.columns.get("start", "start"), list(cells.columns))
    return names is not None and _in_utc(cells[names[0]], layout.date_format)


def _sheets_overlap(path: Path, intake: Intake, when: str) -> bool:
    """Whether the sheets of a workbook have the same times: then they are queues, not months."""
    names = sheet_names(path)
    cells = (read_sheet(path, sheet=name, header_row=intake.header_row)[when] for name in names)
    times = pd.concat([pd.Series(text[text != ""].unique()) for text in cells])
    return bool(times.duplicated().any())


def _with_start(found: Recognised, cells: pd.DataFrame) -> Recognised:
    """Return what was recognised, corrected by the values: a time that holds a date is the start by itself."""
    if found.date is not None and found.time is not None and _dated(cells[found.time]):
        return replace(found, start=found.time, date=None, time=None)
    if found.start is None and found.date is None:
        dated = next((name for name in cells.columns if name.startswith("Unnamed:") and _dated(cells[name])), None)
        if dated is not None and found.time is not None:
            return replace(found, date=dated)
        return replace(found, start=dated)
    if found.start is not None and not _dated(cells[found.start]):
        dated = next((name for name in cells.columns if name != found.start and _dated(cells[name])), None)
        if dated is not None and dated not in found.columns.values():
            return replace(found, start=None, date=dated, time=found.start)
    if found.date is None and found.start is not None and not cells[found.start].str.contains(":", regex=False).any():
        timed = next(
            (n for n in cells.columns if n.startswith("Unnamed:") and cells[n].str.match(_TIME).mean() > 0.5), None
        )
        if timed is not None:
            return replace(found, start=None, date=found.start, time=timed)
    return found


def _dated(text: pd.Series) -> bool:
    """Whether most of the filled cells of a column hold a date."""
    filled = text[text != ""].head(LOOK)
    return len(filled) > 0 and bool(filled.str.contains(_HOLDS_DATE).mean() > 0.5)


def _offered(cells: pd.DataFrame, columns: Mapping[str, str], reasons: list[str]) -> dict[str, str]:
    """Return the column of the calls offered by arithmetic: they are those answered and those abandoned."""
    if not {"answered", "abandoned"} <= columns.keys():
        return {}
    answered, abandoned = (pd.to_numeric(cells[columns[name]], errors="coerce") for name in ("answered", "abandoned"))
    both = f"{columns['answered']} + {columns['abandoned']}"
    for name in cells.columns:
        values = pd.to_numeric(cells[name], errors="coerce")
        if (
            name not in columns.values()
            and values.notna().any()
            and values.equals((answered + abandoned).astype(values.dtype))
        ):
            reasons.append(f"{name!r} is offered: it is {both} in each row")
            return {"offered": name}
    reasons.append(f"offered is {both}")
    return {"offered": both}


def _inbound(cells: pd.DataFrame, header: list[str], reasons: list[str]) -> dict[str, Any]:
    """Return the filter that keeps the inbound calls of a log with both directions."""
    name = next((h for h in header if h.casefold() in _DIRECTIONS), None)
    if name is None:
        return {}
    inbound = next((v for v in cells[name].unique() if v.casefold() in ("inbound", "in", "incoming")), None)
    if inbound is None or cells[name].nunique() < 2:
        return {}
    reasons.append(f"{name!r}: only rows of {inbound!r} are read")
    return {"filter": {name: inbound}}


def _missing(columns: Mapping[str, str], keys: Mapping[str, Any], header: list[str], *, each_call: bool) -> list[str]:
    """Return a doubt for each needed column that was not recognised."""
    needed = [n for n in ("start", *([] if each_call else ["offered"])) if n not in columns]
    out = [
        f"no column for {n!r} was recognised; add it to [intake.columns] before you plan"
        for n in needed
        if not (n == "start" and "date_column" in keys)
    ]
    twice = [n for n in header if TWICE.search(n)]
    if out and twice:
        out.append(
            f"names stand twice in the header: {', '.join(map(repr, twice[:TOP]))}; if groups stand above them, map "
            "the columns of one group by these names, or bring a file per group"
        )
    return out


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

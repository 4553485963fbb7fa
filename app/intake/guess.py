"""A layout guessed from a file, with a reason for every guess; planners confirm it by writing it to the config."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from .body import data_rows
from .call_log import call_columns, looks_like_calls, tells_outcomes
from .cells import FILE, SHEET
from .clock import EPOCHS, all_in_utc
from .columns import pick
from .dates import date_format
from .excel import WORKBOOKS, sheet_names
from .guess_shape import headless, shaped
from .guess_start import end_marks, interval_of, time_of_day, with_start
from .mapping import OURS, Intake, Layout, preset_about, preset_names
from .measures import measured
from .merge import Notes
from .names import find_column
from .opened import QUEUE_LOG, opened, text_cells
from .values import SHARE
from .words import TWICE, Recognised, recognised

LOOK = 5000
"""Rows that a guess looks at, at most: enough for every format, and a large file is still guessed at once."""
ZONE = "zone: a file does not tell its time zone; set zone if it is not the site's (many systems export UTC)"
TOP = 20
"""Names that a reason lists, at most."""
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
    if intake.header is False:
        keys: dict[str, Any] = headless(whole, reasons, doubts)
        columns = keys.pop("columns", {})
        found = Recognised(columns, columns.get("start"), keys.get("date_column"), keys.get("time_column"))
    else:
        whole, keys = shaped(whole, path, reasons, doubts)
        found = with_start(recognised(list(whole.columns)), whole, path, _sheets_read(path, intake))
        columns = {name: name for name in whole.columns if "queue_columns" in keys and name in OURS} | found.columns
    whole, keys = _dated(whole, intake, found, keys, path, reasons, doubts)
    header = list(whole.columns)
    columns = {ours: theirs for ours, theirs in columns.items() if not _shares(whole, theirs, reasons)}
    when = found.start or found.date
    if found.start is not None:
        columns["start"] = found.start
    if "offered" not in columns and "queue_columns" not in keys and when is not None:
        keys |= _calls(whole, found, columns, reasons, doubts)
    if "queue" not in columns and when is not None and _sheets_overlap(path, intake, found):
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
    used = {*columns.values(), found.date, found.time, found.end, keys.get("call_id")}
    unused = [n for n in header if n not in used]
    if unused:
        reasons.append(f"not used: {', '.join(map(repr, unused[:TOP]))}")
    if columns.get("queue") in header:
        reasons.append(_queues(whole[columns["queue"]]))
    utc = when in header and _in_utc(whole[when], keys.get("date_format"))
    if "queue_columns" in keys:  # columns of queues carry our names once the table is long
        columns = {ours: theirs for ours, theirs in columns.items() if ours != theirs}
    return Guess(replace(intake, columns=columns, **keys), tuple(reasons), (*missing, *doubts, ZONE), utc)


def _dated(
    cells: pd.DataFrame,
    intake: Intake,
    found: Recognised,
    keys: dict[str, Any],
    path: Path,
    reasons: list[str],
    doubts: list[str],
) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Return the rows that are data, and the keys that say how dates and times are written."""
    when = found.start or found.date
    if when is None:
        return cells, keys
    if found.date is not None and found.time is not None:
        keys |= {"date_column": found.date, "time_column": found.time}
        added = text_cells(path, replace(intake, date_column=found.date, time_column=found.time))
        for name in (found.date, found.time):
            if name not in cells and name in added:
                cells = cells.assign(**{name: added[name]})
    notes = Notes()
    queue = found.columns.get("queue")
    cells = data_rows(cells, when, found.time, queue, file=path, notes=notes)
    if when in (FILE, SHEET):
        reasons.append(f"the date is in the name of the {when[1:]}")
        texts = pd.Series(_sheets_read(path, intake) if when == SHEET else [path.stem], dtype="str")
        form, why, doubt = date_format(texts)
    else:
        form, why, doubt = date_format(cells[when])
    doubts += [doubt] if doubt else []
    reasons.append(f"{when!r} is the {'start' if found.start else 'date'}: {why}")
    keys["date_format"] = form
    if found.time is not None and found.date is not None:
        keys |= time_of_day(cells[found.time], found.time, cells[when], reasons, doubts)
    elif found.start is not None:
        keys |= end_marks(found.start, reasons)
    if "time_marks" not in keys:
        keys |= interval_of(cells, found, reasons)
    return cells, keys


def _shares(cells: pd.DataFrame, name: str, reasons: list[str]) -> bool:
    """Whether most cells of a column are shares in per cent, which are no calls and no seconds."""
    filled = cells[name][cells[name] != ""] if name in cells else pd.Series(dtype="str")
    shares = len(filled) > 0 and bool(filled.str.fullmatch(SHARE).mean() > 0.5)
    if shares:
        reasons.append(f"{name!r} holds shares in per cent; it is not used")
    return shares


def _calls(
    cells: pd.DataFrame, found: Recognised, columns: dict[str, str], reasons: list[str], doubts: list[str]
) -> dict[str, Any]:
    """Return the keys of a log with one row a call, and add its columns to `columns`; no keys for other tables."""
    when = found.time or found.start
    known = columns | call_columns(cells, columns)
    outcome = "answered" in known and bool(tells_outcomes(cells[known["answered"]]))
    if not outcome and (when is None or not looks_like_calls(cells[when])):
        return {}
    why = "its outcome is a word" if outcome else "its times have seconds"
    reasons.append(f"a row is a call, as {why}; calls are counted per interval")
    columns |= known
    name = found.call_id
    queue = columns.get("queue")
    key = [n for n in (name, queue) if n is not None]
    if name is None or not cells[cells[name] != ""].duplicated(key).any():
        return {"one_row": "call"}
    doubts.append(
        f"call_id: rows of one {name!r} are taken as one call; if they are several, take call_id out and write "
        'trust = ["call_id"]'
    )
    return {"one_row": "call", "call_id": name}


def _sheets_read(path: Path, intake: Intake) -> list[str]:
    """Return the names of the sheets that are read; none of a file that is no workbook."""
    if path.suffix.lower() not in WORKBOOKS:
        return []
    names = sheet_names(path)
    if intake.sheet is None:
        return names[:1]
    return names if intake.sheet == "*" else [intake.sheet] if isinstance(intake.sheet, str) else list(intake.sheet)


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


def _sheets_overlap(path: Path, intake: Intake, found: Recognised) -> bool:
    """Whether the sheets of a workbook have the same times: then they are queues, not months."""
    when = found.start or found.date
    sheets = _sheets_read(path, intake)
    if len(sheets) < 2 or when == SHEET:
        return False
    cells = (text_cells(path, replace(intake, sheet=name))[when] for name in sheets)
    times = pd.concat([pd.Series(text[text != ""].unique()) for text in cells])
    return bool(times.duplicated().any())


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

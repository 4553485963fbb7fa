"""One calls file as typed rows."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, reduce
from pathlib import Path

import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import TABLES, check, texts
from ...forecast.text import unguarded
from .body import data_rows, without_totals
from .by_queue import rows_by_queue, rows_of_figures
from .call_log import outcomes, queue_log_calls, refuse_legs
from .cells import text_cells
from .clock import stamps
from .columns import Theirs, added, mapped, queue_column
from .mapping import CALL_MARKS, OURS, PARTS_OF_HANDLE, Layout
from .marks import decimal_of
from .merge import COUNTS, Notes
from .names import find_column, nearest
from .units import LEAST_MEAN_S, MOST_USUAL_S, means, refuse_parts_of_calls, refuse_wrong_units
from .values import MARKS, SECONDS, SHARE, flags, numbers, seconds
from .wide import lengthened

ONLY_QUEUE = "calls"
SEPARATOR = "\x1f"
TOP = 6
"""Marks that a note names, at most."""
CALLS = ("call", "event")
"""What a row is in logs whose calls are counted."""


def read_rows(path: Path, layout: Layout, zone: str | None, queues: tuple[str, ...], notes: Notes) -> pd.DataFrame:
    """Read one file, or one sheet of a workbook.

    Returns
    -------
    DataFrame
        The known columns of `calls`, and `theirs` (their queue), `part` (what splits it), `row` (number in the file);
        one row an interval, or a call where `layout.one_row` says so.
    """
    log = layout.one_row == "event"
    cells = queue_log_calls(path, layout.encoding, notes) if log else text_cells(path, layout)
    cells, numbers = long_table(cells, layout, queues, path, notes)
    if numbers is None:
        return _typed(cells, path, layout, zone, queues, notes)
    try:
        out = _typed(cells, path, layout, zone, queues, notes)
    except InputError as error:
        if error.file == path and error.row is not None:
            row = int(numbers[error.row])
            error = InputError(error.what, file=path, row=row, column=error.column, value=error.value, mend=error.mend)
        raise error from None
    return out.assign(row=numbers[out["row"]].to_numpy())


def long_table(
    cells: pd.DataFrame, layout: Layout, queues: tuple[str, ...], file: Path, notes: Notes
) -> tuple[pd.DataFrame, pd.Series | None]:
    """Return a table of any shape as one row per queue and interval (or call), and the numbers of its rows in the file.

    The numbers are None where the table has that shape already, and its index holds them.
    """
    if layout.one_row in ("day", "time"):
        queue = queue_column(layout, list(cells.columns))
        known = {*layout.queue_names, *queues}
        return lengthened(cells, layout.one_row, file, notes, queue=queue, known=known)
    if layout.queue_columns:
        when = layout.date_column or layout.columns.get("start", "start")
        first = find_column(when, list(cells.columns))
        if first is not None:
            cells = without_totals(cells, [first], None, file=file, notes=notes)
        return rows_by_queue(cells, layout.queue_columns, file)
    if layout.one_row == "figure":
        return rows_of_figures(cells, str(layout.figure_column), str(layout.value_column), file)
    return cells, None


def _typed(
    cells: pd.DataFrame, path: Path, layout: Layout, zone: str | None, queues: tuple[str, ...], notes: Notes
) -> pd.DataFrame:
    """Return text cells as `read_rows` does."""
    header = list(cells.columns)
    theirs = mapped(layout, header, path)
    date, time = _clock_columns(theirs, layout, header)
    queue = theirs.get("queue")
    known = {*layout.queue_names, *queues}
    named = queue[0] if isinstance(queue, list) else None
    cells = data_rows(cells, date, time, named, known=known, file=path, notes=notes)
    cells = _filtered(cells, layout, path, notes)
    names = _their_queues(cells, theirs.get("queue"), layout, queues, path)
    ours = _our_queues(names, layout, queues, path)
    if ours.isna().any():
        dropped = names[ours.isna()].value_counts()
        notes.add(
            "dropped",
            f"{path.name}: {dropped.sum()} rows of queues not named ({', '.join(map(str, dropped.index[:6]))})",
            "dropped",
        )
        keep = ours.notna()
        cells, names, ours = cells[keep], names[keep], ours[keep]
    part = _joined(cells, [p for n in layout.parts if (p := _named(n, layout, header, path, "parts")) is not None])
    key = names + SEPARATOR + part
    begin, lone = stamps(cells, date, time, layout, zone=zone, key=key, file=path, notes=notes)
    values = _values(cells, theirs, layout, path, notes)
    out = pd.DataFrame({"queue": ours, "start": begin, **values}, index=cells.index)
    call = refuse_legs(cells, names, layout, path) if layout.one_row == "call" else None
    refuse_parts_of_calls(out, layout.trust, path, _source(theirs.get("offered", 1.0)))
    refuse_wrong_units(out, layout, path)
    out = check(out, TABLES["calls"], zone=zone, file=path)
    if layout.one_row in CALLS and lone.any():
        what = f"{path.name}: {int(lone.sum())} calls in an hour that comes twice; the order of rows does not tell when"
        notes.add("clock", what, "shared out in turn between both passages")
    elif layout.one_row not in CALLS:
        what = "an hour that comes twice has one row"
        notes.each(out, lone, "clock", what, "taken as its first passage; the second is unknown")
    if call is not None:
        out = out.assign(call=call)
    return out.assign(theirs=names, part=part, row=out.index)


def _clock_columns(theirs: Theirs, layout: Layout, header: list[str]) -> tuple[str, str | None]:
    if layout.date_column is not None and layout.time_column is not None:
        return str(find_column(layout.date_column, header)), find_column(layout.time_column, header)
    start = theirs["start"]
    if isinstance(start, float):
        raise InputError("start must be a column", column="intake.columns.start", value=start)
    return start[0], None


def _values(cells: pd.DataFrame, theirs: Theirs, layout: Layout, path: Path, notes: Notes) -> dict[str, pd.Series]:
    """Return every number column of the table ``calls`` in its units."""
    out: dict[str, pd.Series] = {}
    calls = layout.one_row in CALLS
    if calls:
        out["offered"] = pd.Series(1.0, index=cells.index)
    for ours in OURS:
        if ours in ("queue", "start", *out) or ours not in theirs:
            continue
        if ours == "complete":
            read: Callable[..., pd.Series] = flags
        elif calls and ours in ("answered", "abandoned", *CALL_MARKS):
            read = outcomes if ours == "answered" else flags
        else:
            read = partial(_read, ours=ours, layout=layout, notes=notes)
        out[ours] = added(cells, theirs[ours], read, path)
    if calls and "abandoned" in out:
        out.setdefault("answered", 1.0 - out["abandoned"])
    if "handle_s" not in out and "talk_s" in out:
        out["handle_s"] = reduce(lambda a, b: a + b, [means(out, p, layout) for p in PARTS_OF_HANDLE if p in out])
    elif "handle_s" in out:
        out["handle_s"] = means(out, "handle_s", layout)
    if "wait_s" in out and not (calls and "wait_s" not in layout.totals):  # who hung up at once waited 0 s
        out["wait_s"] = means(out, "wait_s", layout)
    return {name: column for name, column in out.items() if name not in PARTS_OF_HANDLE}


def _read(text: pd.Series, *, column: str, file: Path, ours: str, layout: Layout, notes: Notes) -> pd.Series:
    """Return one of the file's columns as numbers, its marks of decimals and thousands told apart."""
    unit = layout.unit(ours)
    decimal = layout.decimal
    text = _known(text, column, file, layout, notes)
    if decimal is None:
        scale = SECONDS.get(unit, 1.0)
        believed = None if ours in COUNTS or ours in layout.totals else partial(_believed, scale=scale, ours=ours)
        decimal = decimal_of(text, whole=ours in COUNTS, believed=believed, column=column, file=file)
        if decimal == "," and ours in COUNTS:
            notes.add("numbers", f"{file.name}, column {column}: points part thousands", "1.143 is read as 1143")
        elif decimal == ",":
            notes.add("numbers", f"{file.name}, column {column}: commas part decimals", "1.143,5 is read as 1143.5")
    if ours in COUNTS:
        return numbers(text, column=column, decimal=decimal, file=file)
    return seconds(text, unit=unit, column=column, decimal=decimal, file=file, ours=ours)


def _known(text: pd.Series, column: str, file: Path, layout: Layout, notes: Notes) -> pd.Series:
    """Return text with blanks for cells that mean unknown; those that are written out are noted."""
    own = {mark.casefold() for mark in layout.missing_marks}
    shares = text.str.fullmatch(SHARE)
    if (shares | (text == "")).all():
        shares &= False  # a column of shares is the wrong column, and refused
    found = text[text.str.casefold().isin(MARKS | own) | shares]
    if found.empty:
        return text
    marks = ", ".join(map(str, found.unique()[:TOP]))
    notes.add(
        "unknown", f"{file.name}, column {column}: {len(found)} cells hold {marks}", "taken as unknown, not as zero"
    )
    return text.mask(text.index.isin(found.index), "")


def _believed(value: float, *, scale: float, ours: str) -> bool:
    """Whether a mean time may be so long: handle times from 5 s to 2 h, waits and parts of handle times up to 2 h."""
    return (LEAST_MEAN_S if ours == "handle_s" else 0.0) <= value * scale <= MOST_USUAL_S


def _source(theirs: list[str] | float) -> str:
    """Return what an error calls a column that is read from `theirs`."""
    return " + ".join(theirs) if isinstance(theirs, list) else "offered"


def _filtered(cells: pd.DataFrame, layout: Layout, path: Path, notes: Notes) -> pd.DataFrame:
    keep = pd.Series(True, index=cells.index)
    for name, value in layout.filter.items():
        column = _named(name, layout, list(cells.columns), path, "filter")
        if column is not None:
            text = cells[column].str.casefold()
            keep &= (text != value[1:].casefold()) if value.startswith("!") else (text == value.casefold())
    if not keep.all():
        notes.add("dropped", f"{path.name}: {int((~keep).sum())} of {len(keep)} rows by intake.filter", "dropped")
    return cells[keep]


def _named(name: str, layout: Layout, header: list[str], path: Path, key: str) -> str | None:
    """Return the file's column that `name` means; None only where a preset names a column that the file lacks."""
    column = find_column(name, header)
    if column is None and name not in layout.optional:
        raise InputError(
            f"column of intake.{key} is not in the file", file=path, value=name, mend=nearest(name, header)
        )
    return column


def _joined(cells: pd.DataFrame, columns: list[str]) -> pd.Series:
    return reduce(
        lambda text, name: text + SEPARATOR + cells[name], columns, pd.Series("", index=cells.index, dtype="str")
    )


def _their_queues(
    cells: pd.DataFrame, column: list[str] | float | None, layout: Layout, queues: tuple[str, ...], path: Path
) -> pd.Series:
    """Return each row's queue as the file names it."""
    if isinstance(column, list):
        names = cells[column[0]]
        if (names == "").any():
            raise InputError(
                "blank",
                file=path,
                row=int(names.index[names == ""][0]),
                column=column[0],
                mend="Every row needs its queue",
            )
        own = names.map({name: unguarded(name) for name in names.unique()})
        return texts(own, column[0], path).astype("str")
    if len(queues) > 1 and not layout.queue_names:
        raise InputError(
            "column 'queue' is missing",
            file=path,
            value=", ".join(cells.columns),
            mend=f"With {len(queues)} queues each row must name its own; map it in [intake.columns]",
        )
    return pd.Series(queues[0] if queues else ONLY_QUEUE, index=cells.index, dtype="str")


def _our_queues(names: pd.Series, layout: Layout, queues: tuple[str, ...], path: Path) -> pd.Series:
    """Return each row's queue by the planner's name; NaN where the row is not to be read."""
    for ours in layout.queue_names.values():
        if queues and ours not in queues:
            raise InputError("unknown queue", column="intake.queue_names", value=ours, mend=nearest(ours, queues))
    if layout.queue_names:
        return names.map(dict(layout.queue_names))
    strange = ~names.isin(queues) if queues else pd.Series(False, index=names.index)
    if strange.any():
        name = str(names[strange].iloc[0])
        raise InputError(
            "unknown queue",
            file=path,
            row=int(names.index[strange][0]),
            column="queue",
            value=name,
            mend=nearest(name, queues, f"Or add [queue.{name}], or list the queues to read in [intake.queue_names]"),
        )
    return names

"""Calls files of any layout as the table ``calls``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch
from math import gcd
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.tables import TABLES
from .call_log import per_interval
from .day_totals import Shape, day_totals, refuse_longer, shape_of_calls, shape_of_table, spread
from .excel import WORKBOOKS, sheet_names
from .files import files_named
from .mapping import Intake, Layout
from .merge import Notes, summed, without_repeats
from .names import nearest
from .no_row import with_zeros
from .queues import refuse_alike, without_sum_queue
from .rows import CALLS, read_rows
from .text import read_text
from .units import DEFERRED

MOST = 0.5
"""Share of times with seconds, from 0 to 1, from which they are those of calls."""
TOP = 20
"""Sheets that a note names, at most."""


def calls_files(folder: Path, intake: Intake) -> list[Path]:
    """Return the calls files that `intake` names in `folder`, in order, each once.

    Raises
    ------
    InputError
        If a name or glob matches no file, or one outside the folder that `intake` does not allow.
    """
    return files_named(folder, intake.files, beyond=intake.outside)


def shape_files(folder: Path, intake: Intake) -> list[Path]:
    """Return the file that `intake.day_shape` names in `folder`; none without the key. Errors: as `calls_files`."""
    if intake.day_shape is None or intake.day_shape.startswith("="):
        return []
    return files_named(folder, (intake.day_shape,), beyond=intake.outside)[:1]


def read_calls(
    folder: Path,
    intake: Intake,
    *,
    zone: str | None,
    interval_min: int,
    queues: Sequence[str],
    whole_days: bool = True,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all calls files of a folder.

    Parameters
    ----------
    zone
        The site's zone; None = naive wall clock, without clock changes.
    interval_min
        The forecast's interval; the files' own may be shorter, never longer.
    queues
        Names of the queues that are planned; empty = whatever the files hold.
    whole_days
        Whether the files tell their first and last day to the end (see `no_row.with_zeros`).

    Returns
    -------
    calls : DataFrame
        Columns of the table `calls` that are known, sorted by queue and start; starts in `zone`. Closed intervals
        have no row, 0 is zero, NaN is unknown.
    quality : DataFrame
        Columns queue, start, end, kind, what, action: what reading found and did.

    Raises
    ------
    InputError
        Naming file, row, column and value, on anything that cannot be read without guessing.
    """
    layout, notes = intake.resolved(), Notes()
    files = calls_files(folder, intake)
    parts = [
        read_rows(path, replace(layout, sheet=sheet), zone, tuple(queues), notes).assign(file=i)
        for i, path in enumerate(files)
        for sheet in sheets_of(path, layout, notes)
    ]
    rows = pd.concat(parts, ignore_index=True)
    if rows.empty:
        raise InputError(
            "no row of calls",
            file=files[0],
            mend="Bring rows below the header, or check intake.filter and intake.queue_names",
        )
    if len(files) > 1:
        notes.add(
            "merged",
            f"{len(files)} files: {', '.join(f.name for f in files[:6])}{' …' if len(files) > 6 else ''}",
            "merged",
        )
    refuse_alike(rows, layout.trust, files)
    if layout.one_row not in CALLS:
        rows = without_sum_queue(rows, {*queues, *layout.queue_names}, notes)
    if layout.one_row in CALLS:
        layout = replace(layout, interval_min=layout.interval_min or interval_min)
        rows = per_interval(rows, layout.interval_min or interval_min, notes)
    daily = day_totals(rows, layout.interval_min, counted=layout.one_row in CALLS)
    if daily.any():
        totals = without_repeats(rows[daily], files, notes)
        file = files[int(totals["file"].iloc[0])]
        refuse_longer(totals["start"], file)
        shape = _shape(folder, layout, zone, interval_min, totals.iloc[0], file, rows[~daily])
        rows = pd.concat([rows[~daily], spread(totals, shape, interval_min, files, notes)], ignore_index=True)
        if daily.all():
            layout = replace(layout, interval_min=interval_min)
    step = _step(rows, layout, interval_min, files)
    rows = summed(without_repeats(rows, files, notes))
    no_row = layout.no_row or ("zero" if layout.one_row in CALLS else None)
    rows = with_zeros(rows, no_row, step, notes, whole_days=whole_days)
    _note_oddities(rows, notes, tuple(queues))
    calls = rows[[c for c in TABLES["calls"] if c in rows]].sort_values(["queue", "start"], ignore_index=True)
    return calls, notes.table(calls["start"], step)


def _shape(
    folder: Path,
    layout: Layout,
    zone: str | None,
    interval_min: int,
    first: pd.Series,
    file: Path,
    finer: pd.DataFrame,
) -> Shape:
    """Return how the calls of a day lie in the day: by a table of shares, or the calls of another queue.

    Parameters
    ----------
    first
        The first row of totals, which errors name.
    finer
        Rows of the same files that are no totals: ``=NAME`` takes those of a queue.
    """
    names = list(map(str, finer["theirs"].unique()))
    if layout.day_shape is not None and layout.day_shape.startswith("=") and layout.day_shape[1:] in names:
        return shape_of_calls(finer[finer["theirs"] == layout.day_shape[1:]], interval_min)
    if layout.day_shape is None:
        alike = f', or day_shape = "={names[0]}", if the calls of that queue come alike' if names else ""
        raise InputError(
            "totals of whole days show no time of day",
            file=file,
            row=int(first["row"]),
            column="start",
            value=f"{first['theirs']}, {first['start']:%Y-%m-%d %H:%M}",
            mend=f"Bring the calls of each half-hour (interval_min = {interval_min} in [intake] if they are), or name "
            'there what tells the shape of a day: day_shape = "FILE", a CSV with the columns time and share, or start '
            f"and offered of another queue{alike}",
        )
    if layout.day_shape.startswith("="):
        mend = f"{nearest(layout.day_shape[1:], names)}; a queue with rows of intervals shows the shape"
        raise InputError("no such queue", column="intake.day_shape", value=layout.day_shape, mend=mend)
    (path,) = shape_files(folder, layout)
    source = Intake(files=(layout.day_shape,), outside=layout.outside)
    if path.suffix.lower() not in WORKBOOKS and "share" in (cells := read_text(path)).columns:
        return shape_of_table(cells, interval_min, path)
    return shape_of_calls(read_calls(folder, source, zone=zone, interval_min=interval_min, queues=())[0], interval_min)


def sheets_of(path: Path, layout: Layout, notes: Notes) -> list[str | None]:
    """Return the sheets of a file that are read; those that are not are noted."""
    if path.suffix.lower() not in WORKBOOKS:
        return [None]
    if isinstance(layout.sheet, tuple):
        return list(layout.sheet)
    if layout.sheet is not None and "*" not in layout.sheet:
        return [layout.sheet]
    names = sheet_names(path)
    if layout.sheet is not None:
        wanted = [name for name in names if fnmatch(name, layout.sheet)]
        return list(wanted) or [layout.sheet]
    if len(names) > 1:
        others = ", ".join(names[1:TOP])
        what = f"{path.name}: only the first sheet {names[0]!r} is read, not {others}"
        notes.add("sheets", what, 'name another in intake.sheet, or all by "*"')
    return list(names[:1])


def _step(rows: pd.DataFrame, intake: Intake, interval_min: int, files: Sequence[Path]) -> int:
    """Return the length of the files' intervals in minutes.

    Raises
    ------
    InputError
        If they are longer than the forecast's, do not divide it, or a row is off their steps.
    """
    starts = rows["start"]
    seconds = starts.dt.second != 0
    if seconds.mean() > MOST:
        bad = rows[seconds].iloc[0]
        raise InputError(
            "most times have seconds, as those of single calls",
            file=files[int(bad["file"])],
            row=int(bad["row"]),
            column="start",
            value=f"{bad['start']:%Y-%m-%d %H:%M:%S}",
            mend='Set one_row = "call" in [intake] if each row is a call, or correct the times',
        )
    minute = starts.dt.hour * 60 + starts.dt.minute
    moments = np.unique(starts.to_numpy(dtype="datetime64[us]")).astype("datetime64[s]").astype(np.int64)
    gaps = np.diff(moments) // 60
    gaps = gaps[gaps > 0]
    usual = int(np.bincount(np.minimum(gaps, 1440)).argmax()) if len(gaps) else interval_min
    step = intake.interval_min or (
        usual if interval_min % usual == 0 else gcd(usual, *(int(g) for g in np.unique(gaps)))
    )
    if interval_min % step:
        raise InputError(
            f"the file's intervals of {step} min do not divide interval_min = {interval_min}",
            file=files[0],
            column="start",
            value=step,
            mend=f"Set interval_min = {step} in [site] (--interval), or the file's true length in intake.interval_min",
        )
    off = (minute % step != 0) | (starts.dt.second != 0)
    if off.any():
        bad = rows[off].iloc[0]
        raise InputError(
            f"not on the {step}-minute grid",
            file=files[int(bad["file"])],
            row=int(bad["row"]),
            column="start",
            value=f"{bad['start']:%Y-%m-%d %H:%M:%S}",
            mend="Correct the time, or set intake.interval_min",
        )
    return step


def _note_oddities(rows: pd.DataFrame, notes: Notes, queues: Sequence[str]) -> None:
    blank = pd.Series(np.nan, index=rows.index)
    answered, abandoned = rows.get("answered", blank), rows.get("abandoned", blank)
    notes.each(
        rows,
        rows["offered"] < answered,
        "inconsistent",
        "more answered than offered",
        "kept; check which column is offered",
    )
    both = rows["offered"] < answered + abandoned
    notes.each(
        rows,
        both & ~(rows["offered"] < answered),
        "inconsistent",
        "answered + abandoned exceed offered",
        "kept; offered may leave out abandons",
    )
    notes.each(rows, rows["offered"].isna(), "unknown", "offered is unknown", "kept as unknown, not as zero")
    if "complete" in rows:
        notes.each(
            rows, rows["complete"] == 0, "incomplete", "still running when exported", "kept, marked complete = 0"
        )
    for queue in map(str, rows["queue"].unique()):
        if DEFERRED.search(queue):
            what = "the name tells of deferred work"
            notes.add("deferred", what, "taken as calls that wait on the line", queue=queue)
    for queue in sorted(set(queues) - set(rows["queue"])):
        notes.add("missing", "no row of this queue in the calls files", "none", queue=queue)

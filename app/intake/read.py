"""Calls files of any layout as the table ``calls``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import gcd
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ...forecast.reading import reading
from ...forecast.tables import TABLES
from ...forecast.text import flaw
from .mapping import Intake
from .merge import Notes, summed, without_repeats
from .rows import read_rows
from .units import DEFERRED

DAY_MIN = 1440
"""Minutes of a day."""


def calls_files(folder: Path, intake: Intake) -> list[Path]:
    """Return the calls files that `intake` names in `folder`, in order, each once.

    Raises
    ------
    InputError
        If a name or glob matches no file, or one outside the folder that `intake` does not allow.
    """
    found: dict[Path, None] = {}
    for name in intake.files:
        exact = folder / name
        with reading(exact):  # a name may be too long, or no pattern
            if name and (exact.exists() or exact.is_symlink()):
                matches = [exact]
            else:
                matches = [] if Path(name).is_absolute() else sorted(p for p in folder.glob(name) if p.is_file())
        if not matches:
            raise InputError(
                "file not found",
                file=exact,
                mend=f"Put {exact.name} into {folder.name or 'the folder'}, or name your calls files in intake.files",
            )
        found |= dict.fromkeys(matches)
    for path in found:
        if flaw(path.name) is not None:
            raise InputError("unfit name of a file", file=path, column="intake.files", mend="Give it a plain name")
    if not intake.outside and (beyond := outside(folder, found)):
        raise InputError(
            "this file lies outside the folder of the plan",
            file=beyond[0],
            column="intake.files",
            value=str(beyond[0]),
            mend="Copy it into the folder, or allow it with outside = true in [intake]",
        )
    return list(found)


def outside(folder: Path, files: Iterable[Path]) -> list[Path]:
    """Return where those of `files` really lie that are not in `folder`; links are followed."""
    home = folder.resolve()
    return [true for path in files if not (true := path.resolve()).is_relative_to(home)]


def read_calls(
    folder: Path, intake: Intake, *, zone: str | None, interval_min: int, queues: Sequence[str]
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
    parts = [read_rows(path, layout, zone, tuple(queues), notes).assign(file=i) for i, path in enumerate(files)]
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
    step = _step(rows, layout, interval_min, files)
    rows = summed(without_repeats(rows, files, notes))
    _note_oddities(rows, notes, tuple(queues))
    calls = rows[[c for c in TABLES["calls"] if c in rows]].sort_values(["queue", "start"], ignore_index=True)
    return calls, notes.table(calls["start"], step)


def _step(rows: pd.DataFrame, intake: Intake, interval_min: int, files: Sequence[Path]) -> int:
    """Return the length of the files' intervals in minutes.

    Raises
    ------
    InputError
        If they are longer than the forecast's, do not divide it, or a row is off their steps.
    """
    starts = rows["start"]
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
            mend="Totals of whole days show no time of day: bring the calls of each half-hour or hour"
            if step >= DAY_MIN
            else f"Set interval_min = {step} in [site] (--interval), or the file's true length in intake.interval_min",
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
    notes.each(rows, rows["offered"].isna(), "unknown", "offered is blank", "kept as unknown, not as zero")
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

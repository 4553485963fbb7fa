"""Files of a running day as they are read: rows of any days, each with the minutes of its interval."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np
import pandas as pd

from ...forecast.errors import InputError
from ..intake.excel import WORKBOOKS
from ..intake.merge import Notes
from ..intake.rows import read_rows
from .planned_day import PlannedWeek, read_like_calls

WORKBOOKS_AND_TEXT = (".csv", ".gz", ".txt", ".tsv", ".xlsx", ".xls", ".ods")
"""Endings of the files that are read in a folder of actuals."""
FINEST_MIN = 5
"""Minutes of the shortest interval that a file of a single one may have."""


@dataclass(frozen=True, eq=False)
class ReadActuals:
    """Files of actuals as they were read: rows of any days.

    Attributes
    ----------
    files
        The files.
    rows
        Table ``calls``, with the minutes of each row's interval, ``step_min``, NaN where they cannot be told; empty
        where nothing has come yet.
    step_min
        Minutes of an interval on the last day that came; None where nothing has come, or they cannot be told.
    notes
        What is odd about them, a sentence each.
    """

    files: tuple[Path, ...]
    rows: pd.DataFrame = field(repr=False)
    step_min: int | None
    notes: tuple[str, ...]

    @property
    def last(self) -> pd.Timestamp | None:
        """Start of the last interval that came."""
        return None if self.rows.empty else pd.Timestamp(self.rows["start"].max())

    @property
    def date(self) -> dt.date | None:
        """Local day of the last interval that came."""
        return None if self.last is None else self.last.date()


def files_of(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Return the files that `paths` name; of a folder all tables that lie in it.

    Raises
    ------
    InputError
        If a path does not exist, or a folder holds no table.
    """
    found: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            inside = _tables_in(path)
            if not inside:
                raise InputError("the folder holds no table", file=path, mend="Name the file of the day's calls")
            found |= dict.fromkeys(inside)
        elif not path.is_file():
            raise InputError("file not found", file=path, mend="Name the file of the day's calls with --actuals")
        else:
            found[path] = None
    return tuple(found)


def _tables_in(folder: Path) -> list[Path]:
    """Return the tables that lie in a folder, without those of programs that have them open."""
    found = (p for p in folder.iterdir() if p.suffix.lower() in WORKBOOKS_AND_TEXT and p.is_file())
    return sorted(p for p in found if not p.name.startswith((".", "~$")))


def are_there(paths: Sequence[Path]) -> bool:
    """Whether every path is a file, or a folder that holds a table; what is not there yet may still come."""
    return all(bool(_tables_in(path)) if path.is_dir() else path.is_file() for path in paths)


def read_actuals(week: PlannedWeek, paths: Sequence[Path]) -> ReadActuals:
    """Read the files of a running day, laid out like the plan's own calls or like calls.csv.

    The same row in two files counts once. Rows that are not in order of time are put in order, and that is said. How
    long the interval of a row is tells the next one of its file, or of another file's rows of that day; the only row of
    a day tells nothing, unless `[intake]` does.

    Raises
    ------
    InputError
        On a file that is not there, a queue that the plan does not have, overlapping files with different figures, an
        interval longer than the forecast's, or anything else that cannot be read without guessing.
    """
    files = files_of(paths)
    if all(_lines(file, 2) < 2 for file in files):
        return ReadActuals(files, _no_rows(week.config.site.zone), None, ())
    parts, notes = [], []
    for file in (f for f in files if _lines(f, 2) == 2):
        rows, quality = read_like_calls(week, [file], FINEST_MIN if _one_interval(file, week) else None)
        told = _gap(rows["start"]) or week.config.intake.interval_min
        parts.append(rows.assign(step_min=np.nan if told is None else float(told), file=file.name))
        notes += [f"{q['kind']}: {q['what']}; {q['action']}" for q in quality.to_dict("records")]
        notes += [note for note in [_out_of_order(week, file)] if note]
    table, more = _joined(parts)
    last = table.loc[table["start"].dt.date == table["start"].max().date(), "step_min"]
    if last.isna().all():
        more.append(f"{table['start'].max():%H:%M} is the only interval of its day: left out until "
                    "another one tells how long it is, or interval_min in [intake] does")  # fmt: skip
    step = None if last.isna().all() else int(last.max())
    return ReadActuals(files, table, step, tuple(dict.fromkeys([*notes, *more])))


def _one_interval(file: Path, week: PlannedWeek) -> bool:
    """Whether a text file holds a single interval: a row a queue at most, and nothing says how long it is."""
    intake = week.config.intake
    few = _lines(file, len(week.config.queue) + 2) <= len(week.config.queue) + 1
    return few and intake.interval_min is None and intake.resolved().one_row in (None, "interval")


def _gap(starts: pd.Series) -> int | None:
    """Return the least distance of two starts in minutes; None where there are not two."""
    gaps = np.diff(np.unique(starts.to_numpy())).astype("timedelta64[m]").astype(int)
    return int(gaps[gaps > 0].min()) if (gaps > 0).any() else None


def _joined(parts: Sequence[pd.DataFrame]) -> tuple[pd.DataFrame, list[str]]:
    """Return the rows of several files as one table; the same row in two of them counts once, which is noted.

    Raises
    ------
    InputError
        If two rows tell of one time: with other figures, or in intervals of another length.
    """
    rows = pd.concat(parts, ignore_index=True)
    if rows["step_min"].isna().any():
        gaps = {date: _gap(starts) for date, starts in rows["start"].groupby(rows["start"].dt.date)}
        rows["step_min"] = rows["step_min"].fillna(rows["start"].dt.date.map(gaps).astype(float))
    told = [c for c in rows.columns if c not in ("file", "step_min")]
    again = rows.duplicated([*told, "step_min"])
    notes = [f"overlap: {int(again.sum())} rows are the same in two files; kept once"] if again.any() else []
    rows = rows[~again].sort_values(["queue", "start"], kind="stable", ignore_index=True)
    ends = rows["start"] + pd.to_timedelta(rows["step_min"], unit="min")
    over = (rows["queue"] == rows["queue"].shift()) & (rows["start"] < ends.shift())
    if over.any():
        at = int(over.to_numpy().argmax())
        one, other = rows.iloc[at - 1], rows.iloc[at]
        raise InputError(
            f"overlapping files: {other['file']} and {one['file']} tell different figures of one time",
            file=other["file"], column="start", value=f"{other['queue']}, {other['start']:%Y-%m-%d %H:%M}",
            mend="Keep one of them",
        )  # fmt: skip
    return rows, notes


def _no_rows(zone: str | None) -> pd.DataFrame:
    """Return a table of calls without any row."""
    starts = pd.DatetimeIndex([], tz=zone).as_unit("us")
    return pd.DataFrame({"queue": "", "start": starts, "offered": 0.0, "step_min": 0.0})


def _out_of_order(week: PlannedWeek, file: Path) -> str:
    """Say where a text file has rows that begin before the row above; "" where it has none.

    Each row has its own time, so that order changes no figure; a clock that was set back may still be worth a look.
    """
    layout = week.config.intake.resolved()
    if file.suffix.lower() in WORKBOOKS or layout.one_row not in (None, "interval"):
        return ""
    rows = read_rows(file, layout, week.config.site.zone, tuple(week.config.queue), Notes())
    back = rows.groupby(["theirs", "part"], sort=False)["start"].diff() < pd.Timedelta(0)
    if not back.any():
        return ""
    first = rows[back].iloc[0]
    return (
        f"{file.name}: rows are not in order of time, the first that goes backwards is row {first['row']} "
        f"({first['start']:%H:%M}); put in order"
    )


def _lines(file: Path, most: int) -> int:
    """Return how many lines of a text file are not blank, `most` at most; of another file `most`."""
    if file.suffix.lower() not in (".csv", ".txt", ".tsv"):
        return most
    with file.open("rb") as stream:
        return sum(1 for _ in islice((line for line in stream if line.strip()), most))

"""Calls of the past as rows: taken from exports once each, corrected by queue and start, read again as a history."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sqlalchemy import Connection, func, insert, select, update

from ...forecast.errors import InputError
from .bulk import add_rows, put_rows
from .connection import by_of, now_s
from .entries import queue_ids, site_id, tell
from .schema import CALL_NUMBERS, calls, ingest, queue, site
from .steps import ENOUGH, refuse_odd_step
from .times import days_of, midnight_s

MOST_CORRECTED = 0.2
"""Share of the known rows of an export that may be corrected without being asked for: more of them tell of another
desk, another mapping or a shifted clock."""
NOISE = 1e-9
"""Relative difference of two numbers that is no correction: means of parts are summed in any order."""
COLUMNS = ("queue", "start_s", *CALL_NUMBERS, "ingest")


@dataclass(frozen=True)
class Taken:
    """What became of one export.

    Parameters
    ----------
    rows
        Rows of the export whose interval was over.
    added, corrected, same
        Rows of intervals that the store did not know, knew otherwise, knew so; together `rows`.
    queues_changed
        Names of the queues with added or corrected rows.
    days_changed
        Days at the site with added or corrected rows, in order.
    again
        Whether the very same export had been taken before; nothing was done then.
    running
        Rows left out because their interval was still running when they were exported.
    missing
        Rows of the store between first and last row of a queue in the export that the export lacks; they stay.
    shrunk_from
        Rows of the last export of that file name where it had more; None = it had not.
    """

    rows: int
    added: int = 0
    corrected: int = 0
    same: int = 0
    queues_changed: tuple[str, ...] = ()
    days_changed: tuple[dt.date, ...] = ()
    again: bool = False
    running: int = 0
    missing: int = 0
    shrunk_from: int | None = None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a planner should know, each a sentence without its point."""
        said = []
        if self.shrunk_from is not None:
            said.append(
                f"the export has shrunk from {self.shrunk_from:,} to {self.rows:,} rows; rows taken before stay"
            )
        if self.missing:
            said.append(
                f"the export lacks {self.missing:,} rows that were taken before between its first and last; they stay"
            )
        return tuple(said)


def taken_before(c: Connection, site: int) -> frozenset[str]:
    """Return the digests of all exports of a site that were taken: such a file need not be read again."""
    return frozenset(c.execute(select(ingest.c.sha256).where(ingest.c.site == site)).scalars())


def take(c: Connection, site: int, file: str, sha256: str, calls: pd.DataFrame, *, accept: bool = False) -> Taken:
    """Take the calls of one export; the same export again changes nothing.

    A column that the export lacks keeps what is known; a blank cell says that the number is unknown.

    Parameters
    ----------
    file
        Name of the export, for people.
    sha256
        Digest of the file and of how it was read: with another mapping of its columns it is another export.
    calls
        Table `calls`: queue, start (aware in the site's zone, or wall clock without a zone), numbers; no two rows of
        one queue and start. Rows with ``complete = 0`` are left out.
    accept
        Whether more than `MOST_CORRECTED` of the known rows may be corrected.

    Raises
    ------
    InputError
        If more is corrected, or the export's intervals are longer than those of the rows known there.
    """
    if (rows := _known_export(c, site, sha256)) is not None:
        return Taken(rows, same=rows, again=True)
    whole, running = _finished(calls)
    ids = queue_ids(c, site, [str(name) for name in whole["queue"].unique()])
    new = _Rows.of_frame(whole, ids)
    old = _stored(c, new)
    place = new.places_in(old)
    known = place >= 0
    there = np.vstack([old.numbers, np.full(len(CALL_NUMBERS), np.nan)])[place]  # -1, nowhere, is the row of NaN
    merged = np.where(new.given, new.numbers, there)
    other = known & ~np.isclose(merged, there, rtol=NOISE, atol=NOISE, equal_nan=True).all(axis=1)
    missing = len(old) - int(known.sum())
    if missing:
        _refuse_longer_intervals(new, old, file)
    if not accept:
        _refuse_many(int(other.sum()), int(known.sum()), len(ids), file)
    changed = other | ~known
    names = {number: name for name, number in ids.items()}
    result = Taken(
        rows=len(new),
        added=int((~known).sum()),
        corrected=int(other.sum()),
        same=int((known & ~other).sum()),
        queues_changed=tuple(sorted(names[number] for number in np.unique(new.queue[changed]).tolist())),
        days_changed=_days(whole["start"], changed),
        running=running,
        missing=missing,
        shrunk_from=_rows_before(c, site, file, len(new)),
    )
    _store(c, site, file, sha256, result, new.queue, new.start_s, merged, known, other)
    return result


def history(c: Connection, site: int, queues: Sequence[str], zone: str | None, interval_min: int) -> pd.DataFrame:
    """Return the calls of a site as the table `calls`, as `read_calls` does of files.

    Parameters
    ----------
    queues
        Names of the queues wanted; empty = all.
    zone
        The site's zone; None = wall clock.
    interval_min
        The forecast's interval; that of the rows may be shorter, never longer.

    Raises
    ------
    InputError
        If the rows' intervals do not divide `interval_min`.
    """
    wanted = select(queue.c.id, queue.c.name).where(queue.c.site == site)
    names = {number: name for number, name in c.execute(wanted) if not queues or name in set(queues)}
    cells = [calls.c.queue, calls.c.start_s, *(calls.c[name] for name in CALL_NUMBERS)]
    parts: list[Any] = []
    for number in sorted(names, key=lambda n: names[n]):
        parts += c.execute(select(*cells).where(calls.c.queue == number).order_by(calls.c.start_s)).all()
    columns = list(zip(*parts, strict=True)) or [()] * len(cells)
    kinds: list[type] = [int, int, *([float] * len(CALL_NUMBERS))]
    told = zip(["queue", "start_s", *CALL_NUMBERS], columns, kinds, strict=True)
    frame = pd.DataFrame({name: np.array(column, dtype=kind) for name, column, kind in told})  # None is NaN
    if len(frame):
        refuse_odd_step(frame["start_s"].to_numpy(dtype=np.int64), interval_min, zone)
    moments = pd.to_datetime(frame["start_s"].astype("int64"), unit="s", utc=True)
    start = moments.dt.tz_convert(zone) if zone is not None else moments.dt.tz_localize(None)
    frame.insert(1, "start", start)
    frame["queue"] = frame["queue"].map(names).astype("str")
    known = [name for name in CALL_NUMBERS if name == "offered" or frame[name].notna().any()]
    return frame[["queue", "start", *known]]


def last_day(c: Connection, queues: Iterable[int], zone: str | None) -> dt.date | None:
    """Return the last day with calls of any of the queues; None without calls."""
    newest = [c.scalar(select(func.max(calls.c.start_s)).where(calls.c.queue == i)) for i in queues]  # each by the key
    known = [int(s) for s in newest if s is not None]
    return dt.date.fromisoformat(str(days_of(np.array([max(known)]), zone)[0])) if known else None


def last_days(c: Connection, site: int, zone: str | None) -> dict[str, dt.date]:
    """Return the last day with calls of each queue of a site, by name; without those that have none."""
    known = c.execute(select(queue.c.name, queue.c.id).where(queue.c.site == site))
    found = {str(name): last_day(c, [number], zone) for name, number in known.all()}
    return {name: day for name, day in found.items() if day is not None}


def days_with_calls(c: Connection, site: int, name: str, last: dt.date, days: int, zone: str | None) -> list[dt.date]:
    """Return which of the `days` days up to `last` have calls of a queue, in order."""
    number = select(queue.c.id).where(queue.c.site == site, queue.c.name == name).scalar_subquery()
    low, high = (midnight_s(last + dt.timedelta(days=k), zone) for k in (1 - days, 1))
    asked = select(calls.c.start_s).where(calls.c.queue == number, calls.c.start_s >= low, calls.c.start_s < high)
    starts = np.array(c.scalars(asked).all(), dtype=np.int64)
    return [dt.date.fromisoformat(str(day)) for day in np.unique(days_of(starts, zone))]


def calls_versions(c: Connection, site: int) -> dict[str, int | None]:
    """Return, by name of queue, the last ingest that changed a row of that queue; None = there is no row."""
    found = c.execute(select(queue.c.name, queue.c.calls_version).where(queue.c.site == site).order_by(queue.c.name))
    return {str(row.name): row.calls_version for row in found}


# Of `take` ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Rows:
    """Rows of calls as arrays, sorted by queue and start.

    `given` tells per number whether the table has that column.
    """

    queue: np.ndarray
    start_s: np.ndarray
    numbers: np.ndarray
    given: np.ndarray

    def __len__(self) -> int:
        return len(self.queue)

    @classmethod
    def of_frame(cls, frame: pd.DataFrame, ids: dict[str, int]) -> _Rows:
        start = frame["start"].to_numpy(dtype="datetime64[s]").astype(np.int64)
        numbers = np.full((len(frame), len(CALL_NUMBERS)), np.nan)
        for i, name in enumerate(CALL_NUMBERS):
            if name in frame:
                numbers[:, i] = frame[name].to_numpy(dtype=float, na_value=np.nan)
        given = np.array([name in frame for name in CALL_NUMBERS])
        return cls(frame["queue"].map(ids).to_numpy(dtype=np.int64), start, numbers, given)

    def places_in(self, other: _Rows) -> np.ndarray:
        """Return per row where `other` has that queue and start, −1 where nowhere."""
        theirs = pd.MultiIndex.from_arrays([other.queue, other.start_s])
        return np.asarray(theirs.get_indexer(pd.MultiIndex.from_arrays([self.queue, self.start_s])))


def _known_export(c: Connection, site_number: int, sha256: str) -> int | None:
    """Return the rows of an export that was taken before; from here on nobody else takes exports of the site."""
    c.execute(select(site.c.id).where(site.c.id == site_number).with_for_update()).all()
    known = select(ingest.c.rows).where(ingest.c.site == site_number, ingest.c.sha256 == sha256)
    return c.execute(known).scalar_one_or_none()


def _finished(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Return the rows whose interval was over when exported, and how many were left out."""
    running = (frame["complete"] == 0).to_numpy(dtype=bool, na_value=False) if "complete" in frame else False
    whole = frame[~np.broadcast_to(running, len(frame))].reset_index(drop=True)
    return whole, len(frame) - len(whole)


def _stored(c: Connection, new: _Rows) -> _Rows:
    """Return the store's rows of each queue of `new`, from its first start to its last."""
    found: list[Any] = []
    cells = [calls.c.queue, calls.c.start_s, *(calls.c[name] for name in CALL_NUMBERS)]
    for number in np.unique(new.queue).tolist():
        starts = new.start_s[new.queue == number]
        span = calls.c.start_s.between(int(starts.min()), int(starts.max()))
        found += c.execute(select(*cells).where(calls.c.queue == number, span)).all()
    table = np.array([tuple(row) for row in found], dtype=object).reshape(len(found), 2 + len(CALL_NUMBERS))
    keys, numbers = table[:, :2].astype(np.int64), table[:, 2:].astype(float)
    return _Rows(keys[:, 0], keys[:, 1], numbers, np.ones(len(CALL_NUMBERS), dtype=bool))


def _refuse_longer_intervals(new: _Rows, old: _Rows, file: str) -> None:
    """Raise `InputError` where the store has rows inside the intervals of the export: both would count."""
    mine = np.unique(new.start_s)
    if len(mine) < ENOUGH:
        return
    step = int(np.gcd.reduce(np.diff(mine)))
    if inside := int(((old.start_s - mine[0]) % step != 0).sum()):
        raise InputError(
            f"intervals of {step // 60} min, but the store has rows of the same days in between ({inside:,})",
            file=file,
            column="start",
            mend="Export intervals of the same length as before, or begin a new store",
        )


def _refuse_many(corrected: int, known: int, queues: int, file: str) -> None:
    """Raise `InputError` on more corrections than usual; one interval of each queue may always be corrected."""
    if corrected > max(MOST_CORRECTED * known, queues):
        raise InputError(
            f"{corrected:,} of {known:,} rows that were taken before differ, more than {MOST_CORRECTED:.0%}",
            file=file,
            mend="Check that the export is of this site and of these queues; if it is right, take it with --accept",
        )


def _days(starts: pd.Series, changed: np.ndarray) -> tuple[dt.date, ...]:
    """Return the days at the site of the changed rows."""
    wall = starts.dt.tz_localize(None) if starts.dt.tz is not None else starts
    days = np.unique(wall.to_numpy(dtype="datetime64[D]")[changed])
    return tuple(days.tolist())


def _rows_before(c: Connection, site_number: int, file: str, rows: int) -> int | None:
    """Return the rows of the last export of that name where they were more."""
    last = select(ingest.c.rows).where(ingest.c.site == site_number, ingest.c.file == file)
    before = c.execute(last.order_by(ingest.c.id.desc()).limit(1)).scalar()
    return int(before) if before is not None and before > rows else None


def _store(
    c: Connection,
    site_number: int,
    file: str,
    sha256: str,
    result: Taken,
    queues: np.ndarray,
    starts: np.ndarray,
    numbers: np.ndarray,
    known: np.ndarray,
    other: np.ndarray,
) -> None:
    """Write the export, its rows that are new or other, and the versions of their queues."""
    row = {
        "site": site_number, "sha256": sha256, "file": file, "rows": result.rows, "added": result.added,
        "corrected": result.corrected, "at_s": now_s(), "by": by_of(c),
    }  # fmt: skip
    number = int(c.execute(insert(ingest).values(row).returning(ingest.c.id)).scalar_one())
    for chosen, write in ((~known, add_rows), (other, put_rows)):
        write(c, calls, COLUMNS, _tuples(queues[chosen], starts[chosen], numbers[chosen], number))
    changed = np.unique(queues[other | ~known]).tolist()
    if changed:
        c.execute(update(queue).where(queue.c.id.in_(changed)).values(calls_version=number))
    tell(c, "taken", site=site_number, file=file, sha256=sha256, rows=result.rows, added=result.added,
         corrected=result.corrected)  # fmt: skip


def _tuples(queues: np.ndarray, starts: np.ndarray, numbers: np.ndarray, number: int) -> list[tuple[Any, ...]]:
    """Return rows as plain numbers of Python; NaN becomes None."""
    cells = numbers.astype(object)
    cells[np.isnan(numbers)] = None
    columns = [cells[:, i].tolist() for i in range(cells.shape[1])]
    return list(zip(queues.tolist(), starts.tolist(), *columns, [number] * len(queues), strict=True))


__all__ = ["Taken", "calls_versions", "history", "last_day", "queue_ids", "site_id", "take", "taken_before"]

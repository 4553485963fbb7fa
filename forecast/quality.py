"""What is odd about a history, and what is done about it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .grid import Grid
from .history import History, Note, cells

OUTLIER_SD = 6.0
ZERO_RUN_CALLS = 12.0
MANY = 20
JUMP = 1.3
COLUMNS = ("queue", "start", "end", "kind", "what", "action")


@dataclass(frozen=True)
class Inspection:
    """Cells not to be learnt from, shape (D, P), by reason."""

    zeros: np.ndarray
    outliers: np.ndarray

    @property
    def bad(self) -> np.ndarray:
        """Either kind."""
        return np.asarray(self.zeros | self.outliers)


def inspect(history: History) -> Inspection:
    """Find zero runs and outliers.

    The usual √calls of an interval are the median over its weekday, scaled by how busy the day was (the
    median ratio over its intervals). A run of zeros is no chance when at least `ZERO_RUN_CALLS` calls were
    usual in it (probability e^−12); a cell is an outlier when it lies more than `OUTLIER_SD` robust standard
    deviations from usual. Public holidays and special days are not judged as outliers.
    """
    z = np.sqrt(history.calls + 0.25)
    weekday = np.array([d.weekday() for d in history.dates])
    usual = np.full(z.shape, np.nan)
    for w in range(7):
        mine = weekday == w
        rows = z[mine]
        usual[mine] = _median(rows if np.isfinite(rows).any(axis=1).sum() >= 3 else z)
    usual = np.where(np.isfinite(usual), usual, z)
    zeros = _zero_runs(history.calls, np.nan_to_num(usual**2 - 0.25))
    error = np.where(zeros, np.nan, z)
    error = error - _median((error / usual).T)[:, None] * usual
    sd = np.maximum(1.4826 * _median(np.abs(error)), 0.5)
    plain = [not history.calendar.holiday(d) and not history.calendar.specials(d, history.queue) for d in history.dates]
    with np.errstate(invalid="ignore"):
        outliers = (np.abs(error) > OUTLIER_SD * sd) & np.array(plain)[:, None]
    return Inspection(zeros, outliers)


def cleaned(history: History) -> History:
    """Return `history` with zero runs and outliers taken as missing."""
    return history.without(inspect(history).bad)


def report(history: History, inspection: Inspection) -> list[Note]:
    """Return every finding about `history` as a note, in order of time."""
    grid = history.grid()
    missing = history.open & ~history.seen
    notes = list(history.notes)
    notes += _runs(
        history, grid, missing, "gap", "no calls known in {n} open intervals", "taken as missing, not as zero"
    )
    notes += _runs(
        history,
        grid,
        inspection.zeros,
        "zero_run",
        "{n} intervals without any call where about {usual:.0f} were usual",
        "taken as missing",
    )
    notes += _outliers(history, grid, inspection.outliers)
    notes += _last_day(history, grid, missing)
    notes += _clock_changes(history, grid)
    notes += _handle_jumps(history, grid)
    return sorted(notes, key=lambda n: (n.start, n.kind))


def table(notes: list[Note]) -> pd.DataFrame:
    """Return notes as the quality table: queue, start, end, kind, what, action."""
    return pd.DataFrame([[getattr(n, c) for c in COLUMNS] for n in notes], columns=list(COLUMNS))


def _median(rows: np.ndarray) -> np.ndarray:
    """Return the median over rows, NaN (without a warning) where a column holds nothing."""
    out = np.full(rows.shape[1], np.nan)
    some = np.isfinite(rows).any(axis=0)
    out[some] = np.nanmedian(rows[:, some], axis=0)
    return out


def _zero_runs(calls: np.ndarray, usual: np.ndarray) -> np.ndarray:
    """Return the cells of runs of zeros in which at least `ZERO_RUN_CALLS` calls were usual."""
    out = np.zeros(calls.size, dtype=bool)
    seen = np.flatnonzero(np.isfinite(calls.ravel()))
    zero = calls.ravel()[seen] == 0
    for low, high in _stretches(zero):
        run = seen[low:high]
        if usual.ravel()[run].sum() >= ZERO_RUN_CALLS:
            out[run] = True
    return out.reshape(calls.shape)


def _stretches(mask: np.ndarray) -> list[tuple[int, int]]:
    """Return the half-open index ranges in which `mask` (one-dimensional) holds."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(np.int8)))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]


def _in_time(history: History, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the grid's open intervals in order: their slots, and their cells in the history."""
    day, wall = cells(grid)
    slot = np.flatnonzero(history.open[day, wall])
    return slot, day[slot], wall[slot]


def _runs(history: History, grid: Grid, mask: np.ndarray, kind: str, what: str, action: str) -> list[Note]:
    """Note each run of open intervals in which `mask` holds; many runs become one note."""
    slot, day, wall = _in_time(history, grid)
    runs = _stretches(mask[day, wall])
    if not runs:
        return []
    typical = np.nan_to_num(_median(history.calls))
    if len(runs) > MANY:
        cells_hit = int(mask[day, wall].sum())
        text = (
            what.format(n=cells_hit, usual=float(typical[wall[mask[day, wall]]].sum())) + f", in {len(runs)} stretches"
        )
        if kind == "gap" and not (history.calls == 0).any():
            text += (
                "; the history has no zeros at all: if your export leaves out intervals without calls, write them as 0"
            )
        return [
            Note(
                history.queue,
                grid.time(int(slot[runs[0][0]])),
                grid.time(int(slot[runs[-1][1] - 1]) + 1),
                kind,
                text,
                action,
            )
        ]
    return [
        Note(
            history.queue,
            grid.time(int(slot[a])),
            grid.time(int(slot[b - 1]) + 1),
            kind,
            what.format(n=b - a, usual=float(typical[wall[a:b]].sum())),
            action,
        )
        for a, b in runs
    ]


def _outliers(history: History, grid: Grid, mask: np.ndarray) -> list[Note]:
    """Note the outliers of each day."""
    typical = np.nan_to_num(_median(history.calls))
    notes = []
    for d in np.flatnonzero(mask.any(axis=1)):
        part = np.flatnonzero(mask[d])
        low, high = (
            grid.slot(grid.dates[d], int(part[0]) * grid.minutes),
            grid.slot(grid.dates[d], int(part[-1]) * grid.minutes),
        )
        if low is None or high is None:
            continue
        change = 100 * (history.calls[d, part].sum() / max(typical[part].sum(), 1.0) - 1)
        notes.append(
            Note(
                history.queue,
                grid.time(low),
                grid.time(high + 1),
                "outlier",
                f"{len(part)} intervals far from usual ({change:+.0f} % against the median)",
                "taken as missing",
            )
        )
    return notes


def _last_day(history: History, grid: Grid, missing: np.ndarray) -> list[Note]:
    """Note a last day that ends before the desk closes."""
    slot, day, _ = _in_time(history, grid)
    last = slot[day == len(history.calls) - 1]
    if not len(last) or not missing[-1].any() or not missing[-1, np.flatnonzero(history.open[-1])[-1]]:
        return []
    known = int(history.seen[-1].sum())
    return [
        Note(
            history.queue,
            grid.time(int(last[0])),
            grid.time(int(last[-1]) + 1),
            "half_day",
            f"the last day has {known} of {len(last)} open intervals",
            "used as far as it goes",
        )
    ]


def _clock_changes(history: History, grid: Grid) -> list[Note]:
    """Note the days whose clock change falls into open hours."""
    usual = 1440 // grid.minutes
    notes = []
    for i, part in enumerate(grid.day_slices):
        n = part.stop - part.start
        if n != usual and history.open[i, : 4 * 60 // grid.minutes].any():
            action = (
                "the mean of both passages stands for the repeated hour" if n > usual else "the skipped hour is missing"
            )
            notes.append(
                Note(
                    history.queue,
                    grid.time(part.start),
                    grid.time(part.stop),
                    "clock_change",
                    f"a day of {n} intervals",
                    action,
                )
            )
    return notes


def _handle_jumps(history: History, grid: Grid) -> list[Note]:
    """Note the weeks in which the mean handle time left that of the four weeks before by more than `JUMP`."""
    known = np.isfinite(history.handle_s)
    weight = np.where(known, history.answered, 0.0)
    seconds = (weight * np.nan_to_num(history.handle_s)).sum(axis=1)
    notes = []
    week = 7
    for end in range(5 * week, len(seconds) + 1, week):
        now, before = slice(end - week, end), slice(end - 5 * week, end - week)
        if min(weight[now].sum(), weight[before].sum()) < 50:
            continue
        mean, usual = seconds[now].sum() / weight[now].sum(), seconds[before].sum() / weight[before].sum()
        if not 1 / JUMP < mean / usual < JUMP:
            notes.append(
                Note(
                    history.queue,
                    grid.time(grid.day_slices[now.start].start),
                    grid.time(grid.day_slices[end - 1].stop),
                    "handle_jump",
                    f"mean handle time {mean:.0f} s after {usual:.0f} s",
                    "kept; later weeks weigh more",
                )
            )
    return notes

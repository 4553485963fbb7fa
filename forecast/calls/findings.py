"""Everything odd about a history as rows of the quality table."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..calendar.grid import Grid
from ..calendar.stretches import stretches
from .clock_shifts import clock_shifts
from .history import History, Note, cells
from .level_shifts import PARAMS, medians
from .quality import Inspection

MANY = 20
"""Runs of one kind that get a row each, at most; more become one row, so that the table stays readable."""
JUMP = 1.3
"""Ratio of a week's mean handle time to that of the four weeks before, above 1: less is the usual scatter of weeks."""
LEAST_CALLS = 50
"""Calls on which a mean handle time must rest to be compared: with fewer the scatter of single calls shows."""
COLUMNS = ("queue", "start", "end", "kind", "what", "action")


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
    notes += _unfinished(history, grid, inspection.unfinished)
    notes += _level_shifts(history, grid, inspection)
    notes += _clock_shifts(history.without(inspection.bad), grid)
    notes += _clock_changes(history, grid)
    notes += _handle_jumps(history, grid)
    return sorted(notes, key=lambda n: (n.start, n.kind))


def table(notes: list[Note]) -> pd.DataFrame:
    """Return notes as the quality table: queue, start, end, kind, what, action."""
    return pd.DataFrame([[getattr(n, c) for c in COLUMNS] for n in notes], columns=list(COLUMNS))


def _in_time(history: History, grid: Grid) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the grid's open intervals in order: their slots, and their cells in the history."""
    day, wall = cells(grid)
    slot = np.flatnonzero(history.open[day, wall])
    return slot, day[slot], wall[slot]


def _runs(history: History, grid: Grid, mask: np.ndarray, kind: str, what: str, action: str) -> list[Note]:
    """Note each run of open intervals in which `mask` holds; many runs become one note."""
    slot, day, wall = _in_time(history, grid)
    runs = stretches(mask[day, wall])
    if not runs:
        return []
    typical = np.nan_to_num(medians(history.calls))
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
    typical = np.nan_to_num(medians(history.calls))
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


def _unfinished(history: History, grid: Grid, mask: np.ndarray) -> list[Note]:
    """Note the last interval of a running day that was counted in part."""
    return [
        Note(
            history.queue,
            grid.time(slot),
            grid.time(slot + 1),
            "running",
            f"the last interval has {history.calls[day, wall]:g} calls, too few for a whole one, on a day that runs on",
            "taken as missing; mark it complete = 0 to be sure",
        )
        for day, wall in np.argwhere(mask)
        if (slot := grid.slot(grid.dates[day], int(wall) * grid.minutes)) is not None
    ]


def _level_shifts(history: History, grid: Grid, inspection: Inspection) -> list[Note]:
    """Note each day from which the level is another."""
    notes = []
    for shift in inspection.shifts:
        action = "kept: the level that the models follow goes along"
        far = f"not learnt from: their level is more than {PARAMS.large_factor:g} times off the present one"
        if inspection.unlike[shift.day - 1]:
            action = f"the days before it are {far}"
        elif inspection.unlike[shift.day]:
            action = f"the days from it on are {far}"
        span = grid.day_slices[shift.day]
        what = f"{100 * (shift.factor - 1):+.0f} % calls a day from {grid.dates[shift.day]} on, and it stayed so"
        notes.append(
            Note(history.queue, grid.time(span.start), grid.time(grid.day_slices[-1].stop), "level_shift", what, action)
        )
    return notes


def _clock_shifts(history: History, grid: Grid) -> list[Note]:
    """Note each day from which the shape of the day lies an hour earlier or later."""
    notes = []
    for shift in clock_shifts(history):
        span = grid.day_slices[shift.day]
        side = "later" if shift.hours > 0 else "earlier"
        what = f"from {grid.dates[shift.day]} on calls come an hour {side} than before"
        action = "kept; check the zone of the export, and correct its times if it changed"
        notes.append(
            Note(history.queue, grid.time(span.start), grid.time(grid.day_slices[-1].stop), "clock_slip", what, action)
        )
    return notes


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
        if min(weight[now].sum(), weight[before].sum()) < LEAST_CALLS:
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

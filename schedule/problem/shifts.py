"""Shifts: a family's pattern on a date, and a head planned on one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

import numpy as np

from ...forecast.calendar.grid import WEEKDAYS, Grid
from ...forecast.errors import InputError
from .shift_families import ShiftFamily

DAY_MIN = 1440


@dataclass(frozen=True)
class Shift:
    """A pattern (family at a start time) on a date, in slots of the schedule's grid.

    Attributes
    ----------
    pattern
        ``family@HHMM``.
    start, length
        First slot (may lie past the week for none, before it never) and number of slots; the last slots may
        run past the grid's end (a night shift into the next week).
    breaks
        Per break (earliest start slot, latest start slot, slots, kind), slots counted from the shift's start.
    paid_min
        Paid minutes.
    """

    pattern: str
    family: str
    date: dt.date
    day: int
    start: int
    length: int
    paid_min: int
    breaks: tuple[tuple[int, int, int, str], ...] = field(repr=False)

    @property
    def key(self) -> tuple[dt.date, str]:
        """(date, pattern): unique in a week."""
        return (self.date, self.pattern)

    @property
    def end(self) -> int:
        """First slot after the shift."""
        return self.start + self.length


def shifts_of_week(
    families: Mapping[str, ShiftFamily] | Iterable[ShiftFamily],
    grid: Grid,
    open_slots: np.ndarray,
) -> tuple[Shift, ...]:
    """Return every shift that can start on the grid's days and lies wholly inside open slots, sorted by start.

    Parameters
    ----------
    open_slots
        Boolean, at least of shape (len(grid),): any queue open. Slots past the grid's end may follow, into which shifts
        run; past the last one all is closed.

    Raises
    ------
    InputError
        If a family's times do not fit the grid's step.
    """
    values = families.values() if isinstance(families, Mapping) else families
    slot_of = cache(grid.slot)
    out: list[Shift] = []
    for family in values:
        step = grid.minutes
        _refuse_off_grid(family, step)
        breaks = tuple(
            (-(-low // step), high // step, b.duration_min // step, b.kind)
            for (low, high), b in zip(family.windows, family.breaks, strict=True)
        )
        length = family.length_min // step
        for day, date in enumerate(grid.dates):
            skipped = grid.day_slices[day].start == grid.day_slices[day].stop  # by a clock that crosses the date line
            if skipped or WEEKDAYS[date.weekday()] not in family.days:
                continue
            for minute in family.starts_min:
                start = slot_of(date, minute)
                if start is None or not 0 <= start < len(grid):
                    continue
                if start + length > len(open_slots) or not open_slots[start : start + length].all():
                    continue
                out.append(
                    Shift(
                        f"{family.name}@{minute // 60 % 24:02d}{minute % 60:02d}",
                        family.name,
                        date,
                        day,
                        start,
                        length,
                        family.paid_min,
                        breaks,
                    )
                )
    return tuple(sorted(out, key=lambda s: (s.start, s.pattern)))


def _refuse_off_grid(family: ShiftFamily, step: int) -> None:
    """Raise `InputError` on the first time of a family that is not on the grid of `step` minutes, naming its key."""
    times = {
        "start_from": family.starts_min.start,
        **({"step_min": family.step_min} if len(family.starts_min) > 1 else {}),
        **{f"break.{k}.duration_min": b.duration_min for k, b in enumerate(family.breaks)},
        **{f"break.{k}.earliest_min": b.earliest_min for k, b in enumerate(family.breaks)},
        "paid_min": family.length_min,
    }
    for key, minutes in times.items():
        if minutes % step:
            told = f"{minutes // 60:02d}:{minutes % 60:02d}" if key == "start_from" else minutes
            raise InputError(
                f"not on the {step}-minute grid",
                column=f"shift.{family.name}.{key}",
                value=told,
                mend=f"Use a multiple of grid_min, which is {step}, or set grid_min in [site] to a divisor of it",
            )


def skipped_starts(
    families: Mapping[str, ShiftFamily], grid: Grid, open_slots: np.ndarray
) -> dict[dt.date, list[tuple[int, str]]]:
    """Return date → (wall-clock minute, family) of the starts in open hours that the clock skips on that date."""
    out: dict[dt.date, list[tuple[int, str]]] = {}
    for day, date in enumerate(grid.dates):
        part = grid.day_slices[day]
        for family in (f for f in families.values() if WEEKDAYS[date.weekday()] in f.days):
            for minute in (m for m in family.starts_min if m < DAY_MIN and grid.slot(date, m) is None):
                later = part.start + np.flatnonzero(grid.minute_of_day[part] > minute)
                if len(later) and open_slots[later[0]]:
                    out.setdefault(date, []).append((minute, family.name))
    return out


@dataclass(frozen=True)
class PlannedShift:
    """One head on a shift, with its breaks placed and the queues it is worked on.

    Attributes
    ----------
    breaks
        Start of each break in slots after the shift's start, in the order of `Shift.breaks`.
    queue
        The queue it begins on.
    contract
        Contract it was planned for; None in a plan without people.
    moves
        (slots after the shift's start, queue from then on), in order; empty for a shift on one queue.
    """

    shift: Shift
    breaks: tuple[int, ...]
    queue: str
    contract: str | None = None
    moves: tuple[tuple[int, str], ...] = ()

    @property
    def queues(self) -> tuple[str, ...]:
        """Every queue it is worked on, in order."""
        return tuple(dict.fromkeys((self.queue, *(queue for _, queue in self.moves))))

    @cached_property
    def stretches(self) -> tuple[tuple[int, int, str, str], ...]:
        """(start slot, end slot, activity, queue) in order, without gaps; the queue is "" away from the phone."""
        pauses = [
            (self.shift.start + begin, slots, kind)
            for begin, (_, _, slots, kind) in zip(self.breaks, self.shift.breaks, strict=True)
        ]
        out: list[tuple[int, int, str, str]] = []
        at, queue, moves = self.shift.start, self.queue, list(self.moves)
        for start, slots, kind in (*pauses, (self.shift.end, 0, "")):
            while moves and self.shift.start + moves[0][0] < start:
                moved, following = self.shift.start + moves[0][0], moves.pop(0)[1]
                out += [(at, moved, "phone", queue)] * (moved > at)
                at, queue = max(at, moved), following
            out += [(at, start, "phone", queue)] * (start > at)
            out += [(start, start + slots, kind, "")] * (slots > 0)
            at = start + slots
        return tuple(out)

    @property
    def phone(self) -> tuple[int, ...]:
        """Slots on the phone, in order."""
        return tuple(s for a, b, what, _ in self.stretches if what == "phone" for s in range(a, b))

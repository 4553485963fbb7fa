"""A part of the week that one model decides, while the rest of the week stands still."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ..price.shortfall import call_price, calls_missing, head_price, ladder_of
from .counts import Counts, gains, shortage
from .frame import Column, CoverFrame


@dataclass(frozen=True)
class Part:
    """Columns to decide, slots to cover with them, and what the rest of the week gives.

    Attributes
    ----------
    slots
        Open slots that the columns can touch or that this part answers for, boolean (queues, S).
    rest
        Fixed heads outside the part; they cover slots too.
    margin
        Per (queue number, period number) the calls that these slots must gain.
    near
        Heads around which the service curve must be exact, (queues, S); None = nowhere in particular.
    """

    name: str
    columns: tuple[Column, ...] = field(repr=False)
    slots: np.ndarray = field(repr=False)
    rest: Counts = field(repr=False)
    margin: Mapping[tuple[int, int], float]
    near: np.ndarray | None = field(default=None, repr=False)


def open_slots(frame: CoverFrame) -> np.ndarray:
    """Return which slots each queue is open in, shape (queues, S)."""
    return np.stack([d.open for d in frame.problem.demands])


def whole_week(frame: CoverFrame) -> Part:
    """Return the part that is everything."""
    return part_of(frame, "week", frame.columns, Counts(), open_slots(frame))


def shifts_of(
    frame: CoverFrame, name: str, shifts: Iterable[int], rest: Counts, own: Counts, *, days: Iterable[int] = ()
) -> Part:
    """Return the part that decides the shifts numbered `shifts`, the rest of the week being `rest`.

    Parameters
    ----------
    own
        Heads of the week's LP or the present plan on these shifts: around them the curve is exact.
    days
        Days all of whose open slots this part answers for, touched by its shifts or not.
    """
    wanted = set(shifts)
    columns = tuple(c for c in frame.columns if c[1] in wanted)
    slots = np.zeros((len(frame.problem.demands), len(frame.problem.grid)), dtype=bool)
    slots[:, np.isin(frame.problem.day_of_slot, list(days))] = True
    for q, j in columns:
        slots[frame.place[q, frame.inside(j)], frame.inside(j)] = True
    near = np.rint((rest + own).phone(frame))
    return part_of(frame, name, columns, rest, slots & open_slots(frame), near=near)


def part_of(
    frame: CoverFrame,
    name: str,
    columns: tuple[Column, ...],
    rest: Counts,
    slots: np.ndarray,
    *,
    near: np.ndarray | None = None,
) -> Part:
    """Return the part with its margins: the calls that the goals still need beside `rest`."""
    kept = np.where(slots, 0.0, gains(frame, rest.phone(frame)))
    margin = {
        (q, p): margin - float(kept[q, at].sum())
        for q, d in enumerate(frame.problem.demands)
        if not d.by_interval
        for p, (at, margin) in enumerate(zip(d.periods, d.margin, strict=True))
        if slots[q, at].any()
    }
    return Part(name, columns, slots, rest, margin, near)


def blocks(frame: CoverFrame) -> tuple[tuple[int, ...], ...]:
    """Return the runs of days that no shift links: each can be covered for itself (in a cyclic week the last day
    may be linked to the first)."""
    size, days = len(frame.problem.grid), frame.problem.grid.days
    day_of = frame.problem.day_of_slot
    linked = np.zeros(days, dtype=bool)  # day d with the one after it
    for shift in frame.shifts:
        last = shift.end - 1
        if last < size or frame.problem.cyclic:
            linked[shift.day] |= day_of[last % size] != shift.day
    runs: list[list[int]] = [[0]]
    for day in range(1, days):
        if linked[day - 1]:
            runs[-1].append(day)
        else:
            runs.append([day])
    if linked[-1] and len(runs) > 1:
        runs[0] = runs.pop() + runs[0]
    opened = {int(d) for d in np.unique(day_of[frame.problem.open])}
    return tuple(tuple(run) for run in runs if opened & set(run))


def cost_of(frame: CoverFrame, part: Part, counts: Counts) -> float:
    """Return the true cost of `counts` within `part`: wages, heads missing, calls lost."""
    short = float(shortage(frame, (part.rest + counts).phone(frame))[part.slots].sum())
    lost = price_of_losses(frame, losses(frame, part, counts))
    return counts.wages(frame) + head_price(frame.problem) * short + lost


def price_of_losses(
    frame: CoverFrame, lost: Mapping[tuple[int, int], float], of_them: Mapping[tuple[int, int], float] | None = None
) -> float:
    """Return what calls `lost` cost, by (queue, period); with `of_them` what these, the last of them, add to it."""
    demands, counted = frame.problem.demands, lost if of_them is None else of_them
    straight = [calls for (q, p), calls in counted.items() if ladder_of(demands[q], p) is None]
    by_ladder = 0.0
    for (q, p), calls in counted.items():
        ladder = ladder_of(demands[q], p)
        if ladder is not None:
            by_ladder += ladder.at(lost[q, p]) - (0.0 if of_them is None else ladder.at(lost[q, p] - calls))
    return call_price(frame.problem) * sum(straight) + by_ladder


def losses(frame: CoverFrame, part: Part, counts: Counts) -> dict[tuple[int, int], float]:
    """Return per (queue, period) of `part` the calls by which its margin is missed, by the true curve."""
    gained = np.where(part.slots, gains(frame, (part.rest + counts).phone(frame)), 0.0)
    return {
        (q, p): calls_missing(gained[q, frame.problem.demands[q].periods[p]], margin)
        for (q, p), margin in part.margin.items()
    }

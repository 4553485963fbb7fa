"""Heads that the cover must have, because people of a group must work them: fixed shifts, last week's runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from .counts import Counts
from .frame import Frame


def with_musts(frame: Frame, counts: Counts) -> Counts:
    """Return whole heads of which every person who must work on a day gets one that they may work.

    Where such a head is missing, because time cut the search short, the cheapest that the person may work is added.
    """
    heads = dict(counts.heads)
    breaks = {pause: dict(at) for pause, at in counts.breaks.items()}
    for (group, day), wanted in frame.must_people.items():
        mine = [c for c in counts.heads if c[0] == group and frame.shifts[c[2]].day == day]
        there = [c[2] for c in sorted(mine) for _ in range(round(counts.heads[c]))]
        for person in _left_out(wanted, there):
            column = min((c for c in frame.columns if c[0] == group and c[2] in wanted[person]), key=frame.wage)
            heads[column] = heads.get(column, 0.0) + 1.0
            for k, (first, *_) in enumerate(frame.shifts[column[2]].breaks):
                starts = breaks.setdefault((column[1], column[2], k), {})
                starts[first] = starts.get(first, 0.0) + 1.0
    return Counts(heads, breaks)


def _left_out(wanted: Sequence[frozenset[int]], there: Sequence[int]) -> list[int]:
    """Return as few people as possible who get none of the heads `there`, of those that each of them may work."""
    fits = np.array([[shift in may for shift in there] for may in wanted], dtype=bool).reshape(len(wanted), -1)
    people, places = linear_sum_assignment(fits, maximize=True)
    served = {a for a, c in zip(people.tolist(), places.tolist(), strict=True) if fits[a, c]}
    return [a for a in range(len(wanted)) if a not in served]


def must_rows(frame: Frame) -> list[tuple[int, int, frozenset[int], int]]:
    """Return (group, day, shifts, people): so many people of the group must work one of these shifts of the day.

    The shifts are those of each person alone and all of them together (Hall's condition on these sets).
    """
    out = []
    for (group, day), wanted in frame.must_people.items():
        sets = dict.fromkeys([*wanted, frozenset[int]().union(*wanted)])
        out += [(group, day, shifts, sum(may <= shifts for may in wanted)) for shifts in sets]
    return out

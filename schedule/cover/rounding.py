"""Whole heads from an LP's answer without a solver: a start for the search, and what is left when time is up."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

from .counts import Counts
from .frame import Column, Frame
from .pauses import TINY


def rounded(frame: Frame, broken: Counts) -> Counts:
    """Return whole heads near `broken`: remainders are carried from each shift to the next that starts later.

    For a limited group the carry begins empty and only full heads count, so that no sum over a run of starts exceeds
    the LP's by a whole head and every limit holds that held before; otherwise it begins at a half.
    """
    heads: dict[Column, float] = {}
    carried: dict[tuple[int, int], float] = {}
    for column in sorted(broken.heads, key=lambda c: (c[0], frame.shifts[c[2]].start, c[2], c[1])):
        group, _, j = column
        key = (group, frame.shifts[j].day)
        amount = carried.get(key, 0.0 if frame.groups[group].limited else 0.5) + broken.heads[column]
        whole = math.floor(amount + TINY)
        carried[key] = amount - whole
        if whole:
            heads[column] = float(whole)
    total: dict[tuple[int, int], float] = defaultdict(float)
    for (_, q, j), n in heads.items():
        total[q, j] += n
    breaks = {
        (q, j, k): _spread(broken.breaks[q, j, k], n)
        for (q, j), n in total.items()
        for k in range(len(frame.shifts[j].breaks))
    }
    return Counts(heads, breaks)


def _spread(shares: Mapping[int, float], heads: float) -> dict[int, float]:
    """Return `heads` dealt over the starts in `shares`, in their proportions."""
    whole = sum(shares.values())
    out: dict[int, float] = {}
    share, given = 0.0, 0
    for at in sorted(shares):
        share += shares[at]
        upto = round(heads * share / whole)
        if upto > given:
            out[at], given = float(upto - given), upto
    return out

"""Whole heads from an LP's answer without a solver: a start for the search, and what is left when time is up."""

from __future__ import annotations

import math
from collections.abc import Mapping

from .counts import Counts
from .frame import Column, CoverFrame
from .pauses import TINY


def rounded(frame: CoverFrame, broken: Counts) -> Counts:
    """Return whole heads near `broken`: remainders are carried from each shift of a day to the next that starts later.

    The carry of a day begins at a half.
    """
    heads: dict[Column, float] = {}
    carried: dict[int, float] = {}
    for column in sorted(broken.heads, key=lambda c: (frame.shifts[c[1]].start, c[1], c[0])):
        day = frame.shifts[column[1]].day
        amount = carried.get(day, 0.5) + broken.heads[column]
        whole = math.floor(amount + TINY)
        carried[day] = amount - whole
        if whole:
            heads[column] = float(whole)
    breaks = {
        (q, j, k): _spread(broken.breaks[q, j, k], n)
        for (q, j), n in heads.items()
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

"""Breaks pooled over everybody: how many start when, and which of them is whose: first come, first served."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np


class Pool(NamedTuple):
    """Breaks of one group of people, of equal duration and equally wide windows, in slots.

    Such windows never lie strictly inside one another: served in the order in which their windows open, every break
    starts inside its own.
    """

    group: int
    slots: int
    width: int


def deal(opening: Sequence[int], starting: Sequence[int], size: int | None) -> list[int]:
    """Return per opened window the slots that its break waits, the window that opened first being served first.

    Parameters
    ----------
    opening
        Slot in which each window opens.
    starting
        Slot of each start, as many as windows; they obey the pool's rows.
    size
        Slots of a cyclic week, in which the line may wait over the week's end; None = the week is not cyclic.
    """
    opened, starts = np.argsort(opening, kind="stable"), np.sort(np.array(starting, dtype=np.int64))
    if size is not None and len(starts):
        waiting = np.bincount(opening, minlength=size) - np.bincount(starts, minlength=size)
        cut = int(np.argmin(np.cumsum(waiting)))  # nobody waits after this slot
        opened = opened[np.argsort((np.asarray(opening)[opened] - cut - 1) % size, kind="stable")]
        starts = starts[np.argsort((starts - cut - 1) % size, kind="stable")]
    out = [0] * len(opening)
    for window, start in zip(opened.tolist(), starts.tolist(), strict=True):
        wait = start - opening[window]
        out[window] = wait % size if size is not None else wait
    return out

"""A desk cut into parts between which nothing is carried over: closed times in which nobody is there for hours."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .desk import Desk

APART_S = 4 * 3600.0
"""Seconds without anybody that part two openings, at least 0: hardly a call in hand at closing lasts as long.

A siesta is shorter: an agent may still be in a call when work begins again.
"""


@dataclass(frozen=True)
class Part:
    """Openings of a desk, usually a day, between times of hours at which nobody is there.

    Attributes
    ----------
    desk
        The desk of these openings alone: the closed time before them comes first, that behind them lasts for ever.
    row, segment
        Positions of its first row and its first segment in the whole desk.
    inside
        Its rows that are intervals of the queue, shape (I,).
    """

    desk: Desk
    row: int
    segment: int
    inside: np.ndarray

    def of(self, rates: np.ndarray, heads: np.ndarray, seeds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return what belongs to the part of a batch's rates (runs, R), heads (runs, S) and seeds (R,)."""
        rows = slice(self.row, self.row + len(self.desk.until))
        mine = rates[:, rows], heads[:, self.segment : self.segment + len(self.desk.place)]
        return np.ascontiguousarray(mine[0]), np.ascontiguousarray(mine[1]), seeds[rows].copy()

    def key(self, drawn: tuple[np.ndarray, ...]) -> bytes:
        """Return a digest of all that the outcome of the part hangs on: the desk, and what `of` returns."""
        digest = self._digest.copy()
        for values in drawn:
            digest.update(values.tobytes())
        return digest.digest()

    @cached_property
    def _digest(self) -> hashlib.blake2b:
        digest = hashlib.blake2b(digest_size=16)
        for value in (*self.desk, *self.desk.handle, *self.desk.patience):
            if not isinstance(value, tuple):
                numbers = np.asarray(value)
                digest.update(repr(numbers.shape).encode())
                digest.update(numbers.tobytes())
        return digest


def parts_of(desk: Desk, rows: np.ndarray, nobody: np.ndarray) -> list[Part]:
    """Cut a desk in each closed time in which nobody is there for `APART_S` or longer.

    Callers who still waited are gone then and all who worked have left, so that what follows hangs on nothing before. A
    call that lasts longer than that is taken to be over: its agent counts as free. In shorter times agents may still be
    in a call: such openings stay joined.

    Parameters
    ----------
    desk
        The whole desk.
    rows
        Rows of the desk that are intervals of the queue, shape (I,).
    nobody
        Whether nobody is planned on each segment, shape (S,).
    """
    cuts = [(0, 0, 0)]  # first row, first segment, first interval
    for i in np.flatnonzero(np.diff(rows) > 1) + 1:
        closed = int(rows[i]) - 1
        empty = np.flatnonzero((desk.place == closed) & nobody)
        for stretch in reversed(np.split(empty, np.flatnonzero(np.diff(empty) > 1) + 1)):
            if len(stretch) and desk.edges[stretch[-1] + 1] - desk.edges[stretch[0]] >= APART_S:
                cuts.append((closed, int(stretch[-1]), int(i)))
                break
    ends = [(row + 1, segment + 1, i) for row, segment, i in cuts[1:]]
    ends.append((len(desk.until), len(desk.place), len(rows)))
    return [_part(desk, rows, since, to) for since, to in zip(cuts, ends, strict=True)]


def _part(desk: Desk, rows: np.ndarray, since: tuple[int, int, int], to: tuple[int, int, int]) -> Part:
    """Return the part of the rows, segments and intervals from `since` up to `to`."""
    (row, segment, first), (row_end, segment_end, end) = since, to
    until, edges = desk.until[row:row_end].copy(), desk.edges[segment : segment_end + 1].copy()
    until[-1] = edges[-1] = np.inf
    alone = desk._replace(
        until=until,
        close=desk.close[row:row_end],
        handle_s=desk.handle_s[row:row_end],
        patience_s=desk.patience_s[row:row_end],
        edges=edges,
        place=desk.place[segment:segment_end] - row,
    )
    return Part(alone, row, segment, rows[first:end] - row)

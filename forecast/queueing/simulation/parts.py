"""A desk cut into parts between which nothing is carried over: closed times in which the last agent has left."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .desk import Desk


@dataclass(frozen=True)
class Part:
    """Openings of a desk, usually a day, from a time at which nobody is there to the next such time.

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
    """Cut a desk before each opening up to which nobody is there.

    Where nobody is there after closing, callers who still waited are gone and all who worked have left, so that what
    follows hangs on nothing before. An agent whose last call is not over by the next opening counts as free then.

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
        if len(empty):  # the last: who left in a call may be back before
            cuts.append((closed, int(empty[-1]), int(i)))
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

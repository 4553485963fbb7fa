"""What a period costs by the calls that it misses, as columns of a linear programme."""

from __future__ import annotations

from dataclasses import dataclass

from ..problem.period_price import NEAR, PeriodPrice


@dataclass(frozen=True)
class Segment:
    """A run of missing calls of one price.

    Attributes
    ----------
    width
        Calls.
    slope
        Money for each of them.
    jump
        Money for the first of them.
    gated
        Whether a whole column must say that the run before is full: the prices are not convex.
    """

    width: float
    slope: float
    jump: float
    gated: bool


@dataclass(frozen=True)
class Segments:
    """The runs of a period in order, and the calls by which its margin may be missed for nothing."""

    runs: tuple[Segment, ...]
    free: float

    def beyond(self, missing: float) -> tuple[bool, ...]:
        """Return which gated runs have begun where so many calls are missing."""
        out, start = [], self.free
        for run in self.runs:
            if run.gated:
                out.append(missing > start)
            start += run.width
        return tuple(out)


def segments(price: PeriodPrice, most: float) -> Segments:
    """Return the columns of a price where at most so many calls are missing.

    A convex price needs no whole column: cheaper calls are missed first. Otherwise a run begins only after the one
    before is full (the incremental form: its relaxation is the convex envelope).
    """
    begin = [k for k, start in enumerate(price.start) if k == 0 or start < most]
    ends = [*(price.start[k] for k in begin[1:]), max(most, price.start[begin[-1]], 0.0)]
    runs = tuple(
        Segment(
            end - price.start[k], price.unit * price.slope[k], price.unit * price.jump[k],
            not price.convex and (k > 0 or price.jump[k] > 0.0),
        )
        for k, end in zip(begin, ends, strict=True)
    )  # fmt: skip
    return Segments(runs, NEAR if any(price.jump) else 0.0)

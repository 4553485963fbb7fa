"""Ladders: what a figure of a goal costs or earns."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Literal

import numpy as np

from ...forecast.errors import InputError

Comparison = Literal["at_least", "at_most"]
"""Whether a figure must reach a level, or must not pass it."""
SLACK = 1e-9
"""How far a figure may lie beyond a level and still count as on it: rounding of sums, never a call."""
MOST_SHARE = 10.0
"""Share of an amount at risk that one rung may take or give, at most."""


def holds(figure: float, level: float, comparison: Comparison) -> bool:
    """Whether `figure` meets `level`; a figure on the level meets it.

    Examples
    --------
    >>> holds(7 / 10, 0.7, "at_least"), holds(31.0, 30.0, "at_most")
    (True, False)
    """
    slack = SLACK * max(1.0, abs(level))
    return figure >= level - slack if comparison == "at_least" else figure <= level + slack


@dataclass(frozen=True)
class Ladder:
    """What each figure of a goal earns (+) or costs (−), as a share of the amount that is at risk for the goal.

    Parameters
    ----------
    rungs
        Pairs (figure, share), from the best figure to the worst. A figure that meets the figure of a rung, and that of
        no rung before, has the share of this rung: -0.25 costs a quarter of the amount at risk, 0.1 earns a tenth of
        it, 0 does neither. With the shape ``linear`` figures between two rungs have a share in proportion.
    otherwise
        Share of figures that are worse than every rung; only with ``steps``.
    shape
        ``steps``, or ``linear``: figures beyond the first and the last rung have the share of that rung.
    """

    rungs: tuple[tuple[float, float], ...]
    otherwise: float | None = None
    shape: Literal["steps", "linear"] = "steps"

    __pydantic_config__ = {"extra": "forbid"}  # noqa: RUF012 - read where config files are checked

    def __post_init__(self) -> None:
        if not self.rungs:
            raise InputError("a ladder without a rung", column="rungs", mend="Write it like [[0.70, 0], [0.65, -0.25]]")
        if (self.otherwise is None) == (self.shape == "steps"):
            steps = self.shape == "steps"
            what = "steps say what lies below them" if steps else "a linear ladder ends at its last rung"
            mend = "Add otherwise, like -1.0" if self.shape == "steps" else "Leave otherwise out"
            raise InputError(what, column="otherwise", value=self.otherwise, mend=mend)
        shares = [share for _, share in self.rungs] + ([] if self.otherwise is None else [self.otherwise])
        wild = [v for v in (*shares, *(f for f, _ in self.rungs)) if not np.isfinite(v)]
        if wild or any(abs(share) > MOST_SHARE for share in shares):
            mend = f"Shares of the amount at risk lie between -{MOST_SHARE:g} and {MOST_SHARE:g}: a quarter is 0.25"
            raise InputError("not a share", column="rungs", value=wild or shares, mend=mend)
        if any(worse > better for better, worse in itertools.pairwise(shares)):
            mend = "From rung to rung, and to otherwise, the share may not rise: a worse figure never earns more"
            raise InputError("a ladder out of order", column="rungs", value=shares, mend=mend)

    def check(self, comparison: Comparison) -> None:
        """Raise `InputError` unless the figures of the rungs go from the best to the worst by `comparison`."""
        figures = [figure for figure, _ in self.rungs]
        down = comparison == "at_least"
        if any((after >= before) if down else (after <= before) for before, after in itertools.pairwise(figures)):
            way = "fall" if down else "rise"
            mend = f"Write the best figure first: with {comparison} the figures {way} from rung to rung"
            raise InputError("a ladder out of order", column="rungs", value=figures, mend=mend)

    def value(self, figure: float, comparison: Comparison = "at_least") -> float:
        """Return the share of the amount at risk that `figure` earns (+) or costs (−).

        Examples
        --------
        >>> ladder = Ladder(((0.75, 0.1), (0.70, 0.0), (0.65, -0.25)), otherwise=-1.0)
        >>> [ladder.value(f) for f in (0.80, 0.70, 0.69, 0.60)]
        [0.1, 0.0, -0.25, -1.0]
        """
        if self.shape == "linear":
            sign = -1.0 if comparison == "at_least" else 1.0
            return float(np.interp(sign * figure, [sign * f for f, _ in self.rungs], [s for _, s in self.rungs]))
        for level, share in self.rungs:
            if holds(figure, level, comparison):
                return share
        return float(self.otherwise or 0.0)

    def moved(self, by: float) -> Ladder:
        """Return the ladder with `by` added to the figure of every rung: it moves with a level that is relaxed."""
        return Ladder(tuple((figure + by, share) for figure, share in self.rungs), self.otherwise, self.shape)


def all_or_nothing(level: float) -> Ladder:
    """Return the ladder of a goal that has none: a miss costs the whole amount at risk, a goal that is met nothing."""
    return Ladder(((level, 0.0),), otherwise=-1.0)

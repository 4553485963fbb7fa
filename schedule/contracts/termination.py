"""How many more missed periods give the client the right to end the contract."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .contract import Contract
from .figures import Figure
from .terms import Termination


@dataclass(frozen=True)
class Distance:
    """How far the right to terminate is away.

    Attributes
    ----------
    missed, of
        Missed periods among the last `of` that are over.
    more
        Further periods, missed one after the other, until the right exists; 0 = it exists.
    if_missed
        The same if the period that still runs ends as missed; None when none runs.
    """

    missed: int
    of: int
    more: int
    if_missed: int | None


def more_misses(history: Sequence[bool], missed: int, of: int) -> int:
    """Return after how many further misses in a row `missed` of the last `of` periods are missed.

    Examples
    --------
    >>> more_misses([True, False, True], missed=3, of=4), more_misses([], missed=3, of=12)
    (1, 3)
    """
    history = list(history)
    for more in range(missed):
        if sum((history + [True] * more)[-of:]) >= missed:
            return more
    return missed


def is_missed(contract: Contract, rule: Termination, figures: Sequence[Figure]) -> bool | None:
    """Whether a period is missed by the rule; None where none of its goals has a figure that counts."""
    names = rule.goals or tuple(g.name for g in contract.goals if g.unit == rule.period)
    states = [f.met for f in figures if f.goal in names and f.met is not None]
    return None if not states else not all(states)


def distance(rule: Termination, over: Sequence[bool | None], *, running: bool) -> Distance:
    """Return the distance from the periods that are over, in order; those that do not count are no misses."""
    history = [bool(state) for state in over]
    more = more_misses(history, rule.missed, rule.of)
    after = more_misses([*history, True], rule.missed, rule.of) if running else None
    return Distance(sum(history[-rule.of :]), rule.of, more, after)

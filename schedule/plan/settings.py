"""How long and how hard to look for a plan."""

from __future__ import annotations

from dataclasses import dataclass

from ...forecast.ranges import MOST_SECONDS, MOST_SEED, Range, refuse_beyond

_SHARE = Range(0, 1)
RANGES = {
    "time_limit_s": Range(0, MOST_SECONDS, "Seconds, at most a week", above=True),
    "gap": Range(0, 1, "A share: 1 % is 0.01", below=True),
    "seed": Range(0, MOST_SEED),
    "threads": Range(1, 64),
    "first_share": Range(0, 1, above=True),
    "exchange_share": _SHARE,
    "repair_share": _SHARE,
    "repairs": Range(0, 100),
    "open_s": Range(0, MOST_SECONDS, "Seconds, at most a week", above=True),
}
"""Ranges of all fields."""


@dataclass(frozen=True)
class SolveSettings:
    """How long and how hard to look for a plan.

    Parameters
    ----------
    time_limit_s
        Seconds for shifts and people together, above 0; a week of a hundred people is near its bound after them.
    gap
        Relative distance to the proven bound at which the plan is good enough, from 0 to below 1; forecasts are less
        sure than 1 %.
    seed
        From 0; the same seed gives the same plan unless time ends the search.
    threads
        1 to 64; the plan depends on the seed alone with one.
    first_share
        Share of `time_limit_s` for everybody's weeks, above 0: most of the cost is decided there.
    exchange_share
        Share of `time_limit_s` for who takes whose shift: little is left to gain after the first search.
    repair_share
        Share of `time_limit_s` for each repair: a repair begins with a plan that is nearly right.
    repairs
        Most times that a plan is made anew where simulation says that a period misses its goal; the third changes
        little.
    open_s
        Most seconds for the choice of shifts to offer outside, above 0: a by-product must not delay the plan.

    Raises
    ------
    InputError
        On a value out of its range: the first four are a planner's own words in ``[solve]``.
    """

    time_limit_s: float = 90.0
    gap: float = 0.01
    seed: int = 1
    threads: int = 1
    first_share: float = 0.65
    exchange_share: float = 0.15
    repair_share: float = 0.1
    repairs: int = 2
    open_s: float = 10.0

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES)

"""How long and how hard to look for a plan."""

from __future__ import annotations

from dataclasses import dataclass

from ...forecast.progress import Watch
from ...forecast.ranges import MOST_SECONDS, MOST_SEED, Range, refuse_beyond

_SHARE = Range(0, 1)
RANGES = {
    "time_limit_s": Range(0, MOST_SECONDS, "Seconds, at most a week", above=True),
    "gap": Range(0, 1, "A share: 1 % is 0.01", below=True),
    "seed": Range(0, MOST_SEED),
    "threads": Range(1, 64),
    "person_s": Range(0, 1),
    "rules_times": Range(0, 1000),
    "most_kept_share": _SHARE,
    "least_open_share": _SHARE,
    "person_steps": Range(0, 10_000),
    "repair_steps": Range(0, 10_000_000),
    "first_share": Range(0, 1, above=True),
    "alone_share": Range(0, 1, above=True),
    "exchange_share": _SHARE,
    "finish_share": _SHARE,
    "repair_share": _SHARE,
    "again_share": _SHARE,
    "proof_share": _SHARE,
    "turn_share": Range(0, 1, above=True),
    "kept_times": Range(1, 100),
    "least_turn": Range(0, 100),
    "repairs": Range(0, 100),
    "rough": Range(1, 10),
    "precise": Range(0, 1, above=True),
    "precise_calls": Range(0, 1e12),
    "floor_margin": Range(0, 10),
    "goal_margin": Range(0, 10),
    "inside": _SHARE,
    "settled": _SHARE,
    "open_s": Range(0, MOST_SECONDS, "Seconds, at most a week", above=True),
}
"""Ranges of all fields."""


@dataclass(frozen=True)
class SolveSettings:
    """How long and how hard to look for a plan.

    Parameters
    ----------
    time_limit_s
        Seconds for everything from the first look at the rules to the last simulation, above 0; a week of a hundred
        people is near its bound after them. Compiling kernels on the very first run is not counted.
    gap
        Relative distance to the proven bound at which the plan is good enough, from 0 to below 1; forecasts are less
        sure than 1 %.
    seed
        From 0; with one thread the same seed gives the same plan, unless time has cut a part of the work short: the
        plan says then that time stopped it.
    threads
        1 to 64; with two or more the plan also depends on how fast each of them is.
    person_s
        Seconds kept for each person to write the plan down (queues, prices, activity, coverage), from 0: measured on
        5,000 people. At most the share `most_kept_share` of the limit.
    rules_times
        … and at least so many times as long as the look at everybody's rules has taken, from 0: both run over everybody
        once, so the one tells how slow a busy machine will be at the other.
    most_kept_share
        See `person_s`: half the time for a plan is worth more than all of the time without one.
    first_share
        Share of `time_limit_s` for a first plan, above 0. A plan that is near its bound then needs little more; where
        none is, the time is better spent on curves that a simulation has corrected.
    alone_share
        The same where no simulation follows and nothing is repaired, above 0.
    exchange_share
        Share of `time_limit_s` for who takes whose shift: little is left to gain after the first search.
    finish_share
        Share of `time_limit_s` for everybody's own best week after that: hundredths of a second for a hundred people.
    repair_share
        Share of `time_limit_s` that each short repair may take at most; as a rule it ends by its steps.
    person_steps, repair_steps
        Steps of a short repair for each person, and at most, from 0: it begins with a plan that is nearly right. 10,000
        steps take 4 to 6 seconds.
    repairs
        Most short repairs of a first plan that is near its bound; the third changes little. 0 = any
        first plan is made ready at once.
    again_share
        The same for a plan without names, which is made anew from nothing.
    proof_share
        Share of `time_limit_s` that the proof of a plan's bound may take, by the curves that its simulation corrects.
    turn_share
        Share of the time left that a turn with all means takes, above 0, while the asked gap is not reached: one long
        search finds more than several short ones, but the curves should settle.
    kept_times
        Times the seconds that making the last plan ready and proving its bound took, from 1, that are kept for the
        next one.
    least_turn
        Least length of a turn in the seconds kept, from 0; a plan that misses something is searched on at any length.
    rough
        How many times wider than that of the published simulation the 95 % intervals of days and weeks may be in the
        simulations that repairs follow, from 1: they need a fraction of its runs.
    precise
        The same of the simulation that corrects the published curves, above 0, at most 1: what is expected is to be
        surer than the simulation told beside it.
    precise_calls
        … and about so many calls at least, up to 4,000 runs, from 0: two or three seconds make small desks surer.
    floor_margin
        Half widths by which a turn asks an interval to lie above its floor, from 0: on the floor itself half of all
        simulations would tell less. The widths are those of the published 95 % interval, and of the simulation that the
        curves come from: the root of the sum of their squares.
    goal_margin
        The same for goals over their period, which count as missed only where the whole interval lies below.
    inside
        Share of the intervals whose expected service must lie in its simulated 95 % interval for a plan to need no
        repair.
    settled
        … and share of its cost by which the cost by the simulated service may differ from the one it was found with.
    open_s
        Most seconds for the choice of shifts to offer outside, above 0: a by-product must not delay the plan.
    least_open_share
        Share of the limit that this choice has also where time is up: what is short must not go unsaid.
    free_share
        Share of the limit kept, where an earlier plan is to be kept, for the bound of plans that need not: enough to
        raise prices that are nearly right already. From 0, below 1.

    Raises
    ------
    InputError
        On a value out of its range: the first four are a planner's own words in ``[solve]``.
    """

    time_limit_s: float = 90.0
    gap: float = 0.01
    seed: int = 1
    threads: int = 1
    first_share: float = 0.3
    alone_share: float = 0.9
    exchange_share: float = 0.1
    finish_share: float = 0.05
    repair_share: float = 0.15
    person_steps: int = 100
    repair_steps: int = 10_000
    repairs: int = 2
    again_share: float = 0.25
    proof_share: float = 0.15
    turn_share: float = 0.75
    kept_times: float = 1.3
    least_turn: float = 0.5
    rough: float = 2.0
    precise: float = 0.9
    precise_calls: float = 2e7
    floor_margin: float = 0.67
    goal_margin: float = 0.22
    inside: float = 0.9
    settled: float = 0.002
    open_s: float = 10.0
    least_open_share: float = 0.05
    free_share: float = 0.15
    person_s: float = 0.0004
    rules_times: float = 4.0
    most_kept_share: float = 0.5

    def __post_init__(self) -> None:
        refuse_beyond(self, RANGES)

    def clock(self, watch: Watch) -> Watch:
        """Return a watch that begins now, tells and stops as `watch`, and ends with the time limit."""
        return watch.within(min(self.time_limit_s, watch.left_s))

    def kept_s(self, people: int, rules_s: float) -> float:
        """Return the seconds kept to write the plan down; `rules_s` were taken to look at everybody's rules."""
        asked_s = max(people * self.person_s, self.rules_times * rules_s)
        return min(asked_s, self.most_kept_share * self.time_limit_s)

    def open_clock(self, clock: Watch) -> Watch:
        """Return the watch of the choice of open shifts, for what is left of `clock`."""
        least_s = min(self.open_s, self.least_open_share * self.time_limit_s)
        return clock.within(min(self.open_s, max(least_s, clock.left_s)))

"""How the exchange of shifts spends its steps: their number ends each part, and time is only the outer limit."""

from __future__ import annotations

import math
from dataclasses import dataclass

from ...forecast.ranges import check_ranges


@dataclass(frozen=True)
class ExchangeParams:
    """Knobs of `solve_roster`.

    Parameters
    ----------
    whole_binaries
        Binaries (>= 0) up to which the whole model with steadiness is solved at once: larger ones are split.
    large_binaries
        Binaries (>= 0) beyond which the whole model without steadiness is not tried: the time goes to groups of people.
    most_people
        People (>= 0) beyond whom nothing is dealt out again: a day is then too wide to be assigned in seconds, and the
        search for weeks has left little to gain.
    steady_binaries
        Binaries (>= 0) up to which the relaxation with steadiness is tried: it takes some 15 times longer than the one
        without, measured on 60 to 300 people.
    block_options
        Options, agent × cell (> 0), in a group of people that is planned anew: a second's work.
    exact_share
        Part (0 to 1) of these options in a group whose starts are priced exactly: that model is harder.
    block_looks, whole_looks
        Looks (> 0, `solve`) after which the model of a group, or of everybody, ends: about a second, or ten.
    block_gap
        Relative gap (>= 0) at which a group, or a model without steadiness, is done: finer than the gap of the whole.
    settle_rounds
        Most rounds (>= 0) of settling everybody's starts before groups are planned anew.
    settle_sweeps, day_sweeps
        Most passes (> 0) over the days towards usual starts, and at the true cost.
    settle_noise_h
        Hours (>= 0), standard deviation, by which chance moves usual starts between rounds of groups.
    least_gain
        Share of the cost (>= 0) below which a round of groups counts as without gain.
    patience
        Rounds (> 0) of groups over everybody without gain after which the search ends.
    most_groups
        Groups (>= 0) after which the search ends: later ones gain less than 0.02 % on the desks measured.
    """

    whole_binaries: int = 1200
    large_binaries: int = 60_000
    most_people: int = 600
    steady_binaries: int = 6000
    block_options: int = 3000
    exact_share: float = 0.25
    block_looks: int = 40
    whole_looks: int = 400
    block_gap: float = 1e-4
    settle_rounds: int = 5
    settle_sweeps: int = 3
    day_sweeps: int = 20
    settle_noise_h: float = 0.5
    least_gain: float = 1e-5
    patience: int = 4
    most_groups: int = 20

    def __post_init__(self) -> None:
        above_zero = ("block_options", "block_looks", "whole_looks", "settle_sweeps", "day_sweeps", "patience")
        from_zero = (
            "whole_binaries", "large_binaries", "most_people", "steady_binaries", "block_gap", "settle_rounds",
            "settle_noise_h", "least_gain", "most_groups",
        )  # fmt: skip
        ranges = dict.fromkeys(from_zero, (0.0, math.inf)) | {"exact_share": (0.0, 1.0)}
        check_ranges(self, above_zero, **ranges)

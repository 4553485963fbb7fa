"""How the exchange of shifts spends its time."""

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
    block_options
        Options, agent × cell (> 0), in a group of people that is planned anew: small enough for `block_s`.
    exact_share
        Part (0 to 1) of these options in a group whose starts are priced exactly: that model is harder.
    block_s
        Most seconds (> 0) for one group of people.
    block_gap
        Relative gap (>= 0) at which a group, or a model without steadiness, is done: finer than the gap of the whole.
    relax_share, calm_share, near_share, bound_share
        Parts (0 to 1) of the time left for the relaxation without steadiness, the whole model without steadiness, the
        model of nearby starts, and the relaxation with steadiness: groups in turn need the rest.
    slower
        How many times longer (> 0) the relaxation takes with steadiness, measured on 60 to 300 people: it is tried only
        where it fits.
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
    """

    whole_binaries: int = 1200
    large_binaries: int = 60_000
    block_options: int = 3000
    exact_share: float = 0.25
    block_s: float = 4.0
    block_gap: float = 1e-4
    relax_share: float = 0.3
    calm_share: float = 0.25
    near_share: float = 0.3
    bound_share: float = 0.4
    slower: float = 15.0
    settle_rounds: int = 5
    settle_sweeps: int = 3
    day_sweeps: int = 20
    settle_noise_h: float = 0.5
    least_gain: float = 1e-5
    patience: int = 4

    def __post_init__(self) -> None:
        above_zero = ("block_options", "block_s", "slower", "settle_sweeps", "day_sweeps", "patience")
        from_zero = ("whole_binaries", "large_binaries", "block_gap", "settle_rounds", "settle_noise_h", "least_gain")
        shares = ("exact_share", "relax_share", "calm_share", "near_share", "bound_share")
        ranges = dict.fromkeys(from_zero, (0.0, math.inf)) | dict.fromkeys(shares, (0.0, 1.0))
        check_ranges(self, above_zero, **ranges)

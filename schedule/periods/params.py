"""The parameters of the search for rosters over periods: units, ranges, and why each value is what it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...forecast.ranges import expect
from ..optimise.ascent import AscentParams


@dataclass(frozen=True)
class ColumnParams:
    """Column generation, dives and the programme over the rows found.

    Parameters
    ----------
    smoothing
        Weight of the best prices so far in the prices of each round: prices swing less (Wentges 1997; Pessoa et al.
        2018). 0 ≤ smoothing < 1.
    gain
        Least cost by which a new row must beat its person's price: a smaller gain is rounding. > 0.
    cap_steps
        Charges tried for a person over a cap on shift types: more make rows cheaper and bounds higher. ≥ 1.
    lowest
        Share of the rows from which on a cell is fixed together with others: two cells of a person above a half share
        a row, so they go together. 0.5 < lowest ≤ 1.
    fall
        Factor on the threshold of a dive while no cell reaches it. 0 < fall < 1.
    dive_rounds, dive_near
        Rounds of pricing after each fixing, and the gap in cost that ends them: a dive needs no exact prices. ≥ 1, > 0.
    near
        Gap that ends the pricing of a patch, in steps of the cost: less cannot change what whole rosters cost. > 0.
    again_rounds
        Rounds of pricing before the programme over whole rows: dives have added rows. ≥ 1.
    most_rows
        Rows of the programme over whole rows, the cheapest ones: what it can solve in its time. ≥ 1.
    """

    smoothing: float = 0.6
    gain: float = 1e-6
    cap_steps: int = 8
    lowest: float = 0.51
    fall: float = 0.9
    dive_rounds: int = 6
    dive_near: float = 0.05
    near: float = 0.02
    again_rounds: int = 5
    most_rows: int = 3000

    def __post_init__(self) -> None:
        expect(0 <= self.smoothing < 1, "0 <= smoothing < 1", self.smoothing)
        expect(self.gain > 0, "gain > 0", self.gain)
        for name in ("cap_steps", "dive_rounds", "again_rounds", "most_rows"):
            expect(getattr(self, name) >= 1, f"{name} >= 1", getattr(self, name))
        expect(0.5 < self.lowest <= 1, "0.5 < lowest <= 1", self.lowest)
        expect(0 < self.fall < 1, "0 < fall < 1", self.fall)
        expect(self.dive_near > 0, "dive_near > 0", self.dive_near)
        expect(self.near > 0, "near > 0", self.near)


@dataclass(frozen=True)
class AnnealParams:
    """Annealing: one person after another chooses some days anew.

    Parameters
    ----------
    slice_steps
        Steps between two looks at the watch: some milliseconds. ≥ 1.
    span
        Most days that a step changes: four weeks hold every rule of days in a row. ≥ 1.
    exact
        Share of the steps without smoothing. 0 to 1.
    width_low, width_high
        Range of the smoothing's width, in square roots of the need, drawn anew in each step. 0 < low ≤ high.
    noise
        Standard deviation of the noise on a day's prices, in widths of the curve. ≥ 0.
    steps
        Steps per person of the first annealing. ≥ 0.
    hot, cold
        Its first and last temperature, in the dearest missing head. 0 < cold ≤ hot.
    dive_slices, dive_hot, dive_cold
        Slices of the annealing after a dive, and its temperatures in cost: only to mend what a dive left. ≥ 0; > 0.
    """

    slice_steps: int = 1000
    span: int = 28
    exact: float = 0.3
    width_low: float = 0.02
    width_high: float = 0.3
    noise: float = 0.4
    steps: int = 4000
    hot: float = 0.3
    cold: float = 0.01
    dive_slices: int = 8
    dive_hot: float = 2.0
    dive_cold: float = 0.5

    def __post_init__(self) -> None:
        expect(self.slice_steps >= 1, "slice_steps >= 1", self.slice_steps)
        expect(self.span >= 1, "span >= 1", self.span)
        expect(0 <= self.exact <= 1, "0 <= exact <= 1", self.exact)
        expect(0 < self.width_low <= self.width_high, "0 < width_low <= width_high", (self.width_low, self.width_high))
        for name in ("noise", "steps", "dive_slices"):
            expect(getattr(self, name) >= 0, f"{name} >= 0", getattr(self, name))
        expect(0 < self.cold <= self.hot, "0 < cold <= hot", (self.cold, self.hot))
        expect(0 < self.dive_cold <= self.dive_hot, "0 < dive_cold <= dive_hot", (self.dive_cold, self.dive_hot))


@dataclass(frozen=True)
class PatchParams:
    """How large the patches are that are chosen anew.

    Parameters
    ----------
    longest
        Most days of a patch with few people: eight weeks are as many rows as the master bears. ≥ 1.
    share
        First share of the people in a patch of some people over many days. 0 to 1.
    days, many_days
        First days of a patch with everybody, for up to `many` people and for more. ≥ 1.
    many
        People above whom a patch with everybody begins with `many_days`. ≥ 1.
    half_days
        First days of a patch with half of the people. ≥ 1.
    fresh
        Weight of the last gain in a kind's rate: the kind that gained lately comes most often. 0 < fresh ≤ 1.
    even
        Share of the draws that ignore the gains, so that no kind dies out. 0 to 1.
    grow, shrink
        Factors on the size after a patch that was done in time, or was not. grow ≥ 1, 0 < shrink ≤ 1.
    least
        Least size, in people or days. ≥ 1.
    """

    longest: int = 56
    share: float = 0.25
    days: float = 14.0
    many_days: float = 7.0
    many: int = 60
    half_days: float = 14.0
    fresh: float = 0.3
    even: float = 0.5
    grow: float = 1.1
    shrink: float = 0.85
    least: int = 4

    def __post_init__(self) -> None:
        for name in ("longest", "days", "many_days", "many", "half_days", "grow", "least"):
            expect(getattr(self, name) >= 1, f"{name} >= 1", getattr(self, name))
        expect(0 <= self.share <= 1, "0 <= share <= 1", self.share)
        expect(0 < self.fresh <= 1, "0 < fresh <= 1", self.fresh)
        expect(0 <= self.even <= 1, "0 <= even <= 1", self.even)
        expect(0 < self.shrink <= 1, "0 < shrink <= 1", self.shrink)


@dataclass(frozen=True)
class PeriodParams:
    """The whole search. Shares are of the time left at its beginning.

    Parameters
    ----------
    tries
        Random prices tried until everybody has a legal row. ≥ 1.
    wide
        Cells of all people up to which the whole period is one patch: its programme is solved in minutes then. ≥ 0.
    first_share
        Time of the first annealing. 0 to 1.
    whole_share, whole_mip_share
        Time of the whole period as one patch, and of the programme over its rows. 0 to 1.
    whole_rounds, patch_rounds
        Most rounds of pricing of the whole period and of a patch. ≥ 1.
    whole_dives, patch_dives
        Thresholds of the dives into the whole period and into a patch. Each 0 to 1.
    patch_share, patch_most_s, patch_least_s
        Time of a patch: this share of the time, of no more than `patch_most_s` seconds, at least `patch_least_s`.
    bound_share, bound_used, bound_rounds
        Time kept for the bound of a wide period, the share of what is left of it that the ascent may use, and its most
        steps. 0 to 1, 0 to 1, ≥ 1.
    """

    tries: int = 20
    wide: int = 30_000
    first_share: float = 0.12
    whole_share: float = 0.35
    whole_mip_share: float = 0.08
    whole_rounds: int = 1000
    patch_rounds: int = 100
    whole_dives: tuple[float, ...] = (0.98, 0.8, 0.65)
    patch_dives: tuple[float, ...] = (0.75,)
    patch_share: float = 0.02
    patch_most_s: float = 300.0
    patch_least_s: float = 4.0
    bound_share: float = 0.12
    bound_used: float = 0.8
    bound_rounds: int = 300
    ascent: AscentParams = field(default_factory=AscentParams)
    columns: ColumnParams = field(default_factory=ColumnParams)
    anneal: AnnealParams = field(default_factory=AnnealParams)
    patches: PatchParams = field(default_factory=PatchParams)

    def __post_init__(self) -> None:
        for name in ("tries", "whole_rounds", "patch_rounds", "bound_rounds"):
            expect(getattr(self, name) >= 1, f"{name} >= 1", getattr(self, name))
        expect(self.wide >= 0, "wide >= 0", self.wide)
        for name in ("first_share", "whole_share", "whole_mip_share", "patch_share", "bound_share", "bound_used"):
            expect(0 <= getattr(self, name) <= 1, f"0 <= {name} <= 1", getattr(self, name))
        for name in ("whole_dives", "patch_dives"):
            dives = getattr(self, name)
            expect(all(0 < x <= 1 for x in dives), f"0 < {name} <= 1", dives)
        for name in ("patch_most_s", "patch_least_s"):
            expect(getattr(self, name) > 0, f"{name} > 0", getattr(self, name))

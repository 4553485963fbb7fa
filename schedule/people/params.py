"""The parameters of the search for a plan of people: units, ranges, and why each value is what it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from ...forecast.ranges import expect
from ..optimise.ascent import AscentParams
from .choice import Choice


@dataclass(frozen=True)
class DualParams:
    """The ascent of the bound.

    Parameters
    ----------
    ascent
        Its steps.
    finish
        Steps of a second ascent from where the first one ended: short ones, with long patience. They do not look at the
        plan, which may be far too dear to aim by; with few people the first ascent ends 0.3 to 1 % too low.
    first_price
        First price of a head in mean wages: above 1, since breaks are paid or filled by others. > 0.
    first_goal_price
        First price of a call towards a goal, in `Costs.lost_call`: the middle of what is possible. 0 to 1.
    together
        Share of the time in which the prices of all queues rise as one: a good start for each by itself. 0 to 1.
    near
        A group's heads go in part to queues whose price lies by at most this share below the highest: otherwise the
        whole group would jump from round to round. > 0.
    """

    ascent: AscentParams = field(default_factory=AscentParams)
    finish: AscentParams = field(
        default_factory=lambda: AscentParams(ahead=0.001, leap=0.0, kept=0.8, patience=40, smallest=0.001)
    )
    first_price: float = 1.2
    first_goal_price: float = 0.5
    together: float = 0.4
    near: float = 0.05

    def __post_init__(self) -> None:
        expect(self.first_price > 0, "first_price > 0", self.first_price)
        expect(0 <= self.first_goal_price <= 1, "0 <= first_goal_price <= 1", self.first_goal_price)
        expect(0 <= self.together <= 1, "0 <= together <= 1", self.together)
        expect(self.near > 0, "near > 0", self.near)


@dataclass(frozen=True)
class DescentParams:
    """The descent: everybody chooses a week in turn, at smoothed prices that sharpen.

    Parameters
    ----------
    widths
        Widths of the smoothing, in square roots of the heads wanted, from round to round sharper. Each > 0.
    sweeps
        Rounds over everybody at each width: the later ones correct the earlier ones. ≥ 1.
    large
        People from whom on a staff is large: its rounds are long and its heads are nearly fractions. ≥ 1.
    large_sweeps
        Rounds at each width for a large staff. ≥ 1.
    settle
        Most rounds without smoothing: as a rule nobody moves after a few. ≥ 1.
    dearer, cheaper
        Factors on the price of a goal after a round that misses the goal, or more than meets it: up faster than down,
        so that goals are met in the end. dearer > 1, 0 < cheaper < 1.
    least_goal
        Least price of a goal, in `Costs.lost_call`: from 0 no factor would raise it. 0 < least_goal ≤ 1.
    grace_s
        Seconds after the end of the search for first weeks, ≥ 0: a legal plan at once is worth waiting for, as long as
        nobody who has asked for an end notices.
    lifted
        Price up to which that of a goal rises which the starting plan misses, in `Costs.lost_call`: high enough to
        change weeks. 0 to 1.
    """

    widths: tuple[float, ...] = (3.0, 1.0, 0.5, 0.25, 0.12, 0.06)
    sweeps: int = 8
    large: int = 500
    large_sweeps: int = 3
    settle: int = 30
    dearer: float = 1.3
    cheaper: float = 0.9
    least_goal: float = 1e-4
    lifted: float = 0.5
    grace_s: float = 0.2

    def __post_init__(self) -> None:
        expect(all(w > 0 for w in self.widths), "every one of widths > 0", self.widths)
        for name in ("sweeps", "large", "large_sweeps", "settle"):
            expect(getattr(self, name) >= 1, f"{name} >= 1", getattr(self, name))
        expect(self.dearer > 1, "dearer > 1", self.dearer)
        expect(0 < self.cheaper < 1, "0 < cheaper < 1", self.cheaper)
        expect(0 < self.least_goal <= 1, "0 < least_goal <= 1", self.least_goal)
        expect(self.grace_s >= 0, "grace_s >= 0", self.grace_s)
        expect(0 <= self.lifted <= 1, "0 <= lifted <= 1", self.lifted)


@dataclass(frozen=True)
class AnnealingParams:
    """The annealing: one or two people leave the plan and choose anew, sometimes for the worse.

    Parameters
    ----------
    steps
        Steps for each person; further steps hardly help. With few people this number ends the search. ≥ 0.
    pairs
        Share of the steps in which two people leave together: some gains need both. 0 to 1.
    widths
        Widths of the smoothing, in square roots of the heads wanted; each step draws one. Each > 0.
    exact
        Share of the steps without smoothing. 0 to 1.
    noise
        Standard deviation of the noise on the prices' logit, drawn anew for each part of a day: other weeks than the
        best one are tried. ≥ 0.
    noise_parts
        Parts of a day with noise of their own: 12 are two hours each, about as fine as starts of shifts matter. ≥ 1.
    hot, cold
        First and last temperature, in hours' mean wages: at first a loss of an hour is often accepted, at
        the end one of minutes. > 0.
    crowd
        People beyond whom the annealing begins cooler, in proportion: each has fewer steps to recover a loss. ≥ 1.
    few
        Options of a day that a step considers: the best by themselves, nearly always enough, at half the time. ≥ 1.
    windows
        Windows of starts that a step tries, where a rule keeps starts together: drawn by chance, so that people come to
        other starts also where no single week there is better. ≥ 1.
    share
        Share of the time left that the steps use; the rest ends the search in time. 0 < share ≤ 1.
    step_s
        Seconds of a step, at most, on a machine of its own: where all steps fit into the search's time limit, the
        temperature follows the steps alone. > 0.
    patient
        Share of its time after which a search that lags behind cools as fast as its time passes. 0 to 1.
    """

    steps: int = 1000
    pairs: float = 0.3
    widths: tuple[float, ...] = (0.02, 0.034, 0.06, 0.1, 0.17, 0.3)
    exact: float = 0.15
    noise: float = 0.4
    noise_parts: int = 12
    hot: float = 1.0
    cold: float = 0.05
    crowd: int = 60
    few: int = 40
    windows: int = 6
    share: float = 0.97
    step_s: float = 0.0008
    patient: float = 0.5

    def __post_init__(self) -> None:
        expect(self.steps >= 0, "steps >= 0", self.steps)
        for name in ("pairs", "exact"):
            expect(0 <= getattr(self, name) <= 1, f"0 <= {name} <= 1", getattr(self, name))
        expect(all(w > 0 for w in self.widths), "every one of widths > 0", self.widths)
        expect(self.noise >= 0, "noise >= 0", self.noise)
        expect(0 < self.cold <= self.hot, "0 < cold <= hot", (self.cold, self.hot))
        for name in ("noise_parts", "crowd", "few", "windows"):
            expect(getattr(self, name) >= 1, f"{name} >= 1", getattr(self, name))
        expect(0 < self.share <= 1, "0 < share <= 1", self.share)
        expect(self.step_s > 0, "step_s > 0", self.step_s)
        expect(0 <= self.patient <= 1, "0 <= patient <= 1", self.patient)


@dataclass(frozen=True)
class MovesParams:
    """The annealing by small moves, where everybody works one queue only.

    Parameters
    ----------
    moves
        Moves for each person; a move takes a few millionths of a second. ≥ 0.
    move_s
        Seconds of a move, at most, on a machine of its own, as `AnnealingParams.step_s`. > 0.
    chunk
        Moves between two looks at the clock and at the best plan: some hundredths of a second. ≥ 1.
    breaks, shifts, days_off, exchanges, stretches
        Shares of the moves that place a break anew, take another shift on the same day, work another day instead (or
        one more, or one less), let two people exchange days, and move the starts of consecutive days by one time: rest
        holds such days together. The rest changes two shifts of a person, so that hours go from the one to the other.
        Each ≥ 0, together ≤ 1.
    reach
        Places by which a shift moves at most in the order of the day's options: starts next to each other with all
        their lengths. Every fifth shift is drawn from the whole day. ≥ 1.
    far
        Slots by which the starts of consecutive days move at most: twelve hours turn nights into days. ≥ 1.
    hot, again, cold
        First and last temperature, in hours' mean wages: hotter than half an hour's wage the time is too short, and
        above a minute's the plan is not settled. `again` is the first one of a plan annealed before. 0 < cold ≤ each.
    trial
        Moves for each person in the first heat of a tournament: plans then already stand in the order of their last
        costs. ≥ 0.
    crowd
        People beyond whom all is cooler, in proportion: each has fewer moves. ≥ 1.
    """

    moves: int = 150_000
    move_s: float = 4e-6
    chunk: int = 10_000
    breaks: float = 0.25
    shifts: float = 0.3
    days_off: float = 0.15
    exchanges: float = 0.1
    stretches: float = 0.05
    reach: int = 20
    far: int = 48
    hot: float = 0.4
    again: float = 0.25
    cold: float = 0.03
    trial: int = 8_000
    crowd: int = 120

    def __post_init__(self) -> None:
        expect(self.moves >= 0, "moves >= 0", self.moves)
        expect(self.move_s > 0, "move_s > 0", self.move_s)
        shares = (self.breaks, self.shifts, self.days_off, self.exchanges, self.stretches)
        expect(min(shares) >= 0 and sum(shares) <= 1, "shares of moves >= 0, together <= 1", shares)
        for name in ("chunk", "reach", "far", "crowd"):
            expect(getattr(self, name) >= 1, f"{name} >= 1", getattr(self, name))
        expect(self.trial >= 0, "trial >= 0", self.trial)
        expect(0 < self.cold <= self.hot, "0 < cold <= hot", (self.cold, self.hot))
        expect(self.cold <= self.again, "cold <= again", (self.cold, self.again))


@dataclass(frozen=True)
class PeopleParams:
    """The whole search; what depends on a desk's size and shape stands in `choice.TABLE`.

    Parameters
    ----------
    choice
        What is done whatever the desk; None = what `choice.TABLE` says for its size and shape.
    kept_sweeps
        Sweeps over everybody for which the bound leaves time: without one, no plan has seen its prices. ≥ 0.
    polish_share
        Share of the time for annealing a plan of the exact model, which knows no price of steady starts. 0 to 1.
    move_gain
        Least gain of a person's move to another queue, in hours' mean wages: moves disturb. ≥ 0.
    finish_sweeps
        Sweeps over everybody for which time is kept to make the plan one that no single change betters. ≥ 0.
    finish_share
        … unless they take more than this share of the time. 0 to 1.
    """

    choice: Choice | None = None
    kept_sweeps: float = 2.0
    polish_share: float = 0.1
    move_gain: float = 0.02
    finish_sweeps: float = 5.0
    finish_share: float = 0.02
    dual: DualParams = field(default_factory=DualParams)
    descent: DescentParams = field(default_factory=DescentParams)
    annealing: AnnealingParams = field(default_factory=AnnealingParams)
    moves: MovesParams = field(default_factory=MovesParams)

    def __post_init__(self) -> None:
        expect(self.kept_sweeps >= 0, "kept_sweeps >= 0", self.kept_sweeps)
        expect(0 <= self.polish_share <= 1, "0 <= polish_share <= 1", self.polish_share)
        expect(self.move_gain >= 0, "move_gain >= 0", self.move_gain)
        expect(self.finish_sweeps >= 0, "finish_sweeps >= 0", self.finish_sweeps)
        expect(0 <= self.finish_share <= 1, "0 <= finish_share <= 1", self.finish_share)

"""One day by itself: the least cost of its heads when so many people of each team work it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from ....forecast.progress import Watch
from ...optimise.linear import Linear
from ...optimise.solver import Answer, solve_linear
from ...optimise.status import Status
from ...price.worth import Service
from ..compile import CompiledPerson, CompiledStaff
from .heads import add_heads
from .program import Pairs, Program
from .service import add_service

STAGE = "people"
PARTS = 1000.0
"""Parts of a unit of money in which the steps of a day's cost are sought."""
LEAST_STEP = 0.01
"""Least step by which costs are told apart: far above the solver's rounding."""
LOOSE = 0.5
"""Share of a step by which a plan may cost more than is asked: no cost lies between two steps."""


@dataclass(frozen=True)
class Team:
    """People who may work the same shifts of one day, of equal paid time, at the same extra costs.

    Attributes
    ----------
    extra
        Place of a shift among the problem's → cost beyond that of the member's cheapest shift of the team.
    members
        Place of a person in the staff → the person's options, the cheapest first.
    """

    group: int
    extra: dict[int, float]
    members: dict[int, list[int]]


def teams_of(staff: CompiledStaff, day: int) -> list[Team]:
    """Return the teams of a day; a person is in one for each letter and paid time that the person may work."""
    out: dict[object, Team] = {}
    for number, person in enumerate(staff.people):
        for options in _alike_options(person, day):
            place, cost = person.options.position[options], person.option_cost[options]
            extra = dict(zip(place.tolist(), (cost - cost.min()).tolist(), strict=True))
            team = out.setdefault((person.group, tuple(extra.items())), Team(person.group, extra, {}))
            team.members[number] = [options[i] for i in np.argsort(cost, kind="stable").tolist()]
    return list(out.values())


def _alike_options(person: CompiledPerson, day: int) -> Iterator[list[int]]:
    """Return the options of a day that may be worked, those of one letter and paid time together."""
    g = person.paths.graph
    free = np.flatnonzero(np.isfinite(person.option_cost) & (person.options.day == day))
    for letter, units in sorted({(int(g.letter[o]), int(g.units[o])) for o in free}):
        yield free[(g.letter[free] == letter) & (g.units[free] == units)].tolist()


def merged(teams: Sequence[Team], place: int) -> list[Team] | None:
    """Return the teams with the one at `place` as members of a wider one, which only lets more plans in; None = none.

    A wider team holds the same shifts and others, at no higher extra costs.
    """
    small = teams[place]
    for i, team in enumerate(teams):
        wider = team.group == small.group and all(team.extra.get(s, np.inf) <= c for s, c in small.extra.items())
        if i != place and wider and not team.members.keys() & small.members.keys():
            joined = Team(team.group, team.extra, team.members | small.members)
            return [joined if j == i else t for j, t in enumerate(teams) if j != place]
    return None


@dataclass(frozen=True)
class OneDay:
    """The day's heads as a model whose rows ``team_`` say how many people of each team work.

    Attributes
    ----------
    rows, budget
        Places of the rows of the teams, and of the row that limits the day's cost.
    step
        Every cost of the day is a multiple of it; 0 = not known.
    """

    teams: Sequence[Team]
    linear: Linear = field(repr=False)
    relaxed: Linear = field(repr=False)
    rows: np.ndarray = field(repr=False)
    budget: int
    step: float

    @classmethod
    def of(cls, staff: CompiledStaff, service: Service, day: int, teams: Sequence[Team]) -> OneDay:
        """Build the model of a day.

        ``Σ columns of the team's shifts <= people of the team who work``, ``cost <= what is allowed``
        """
        program, taken = Program(), []
        for i, team in enumerate(teams):
            number = next(iter(team.members))
            person, most = staff.people[number], float(len(team.members))
            pairs: Pairs = []
            for o in _options_of(person, team, day):
                cost = team.extra[int(person.options.position[o])]
                x = program.column(f"work_{i}_{o}", most, cost=cost, whole=True)
                taken.append((person, o, x))
                pairs.append((x, 1.0))
            program.row(f"team_{i}", pairs, "<=", most)
        only = service_of_day(service, staff, day)
        add_service(program, staff, only, add_heads(program, staff, taken))
        program.row("budget", program.cost, "<=", 0.0)
        linear = program.linear()
        place = {name: i for i, name in enumerate(linear.names)}
        rows = np.array([place[f"team_{i}"] for i in range(len(teams))], dtype=np.int64)
        money = [only.floor.ravel(), np.array([c for team in teams for c in team.extra.values()])]
        step = 0.0 if (only.period >= 0).any() else _step(np.concatenate(money))
        return cls(teams, linear, replace(linear, whole=np.zeros_like(linear.whole)), rows, place["budget"], step)

    def up(self, value: np.ndarray) -> np.ndarray:
        """Return lower bounds on costs of the day raised to its steps."""
        if not self.step:
            return value
        steps = value / self.step
        return self.step * np.ceil(steps - np.maximum(1e-6, 1e-9 * np.abs(steps)))

    def least(self, counts: np.ndarray, watch: Watch) -> tuple[float, np.ndarray] | None:
        """Return a lower bound on the day's cost for so many people, and what a further one of each team takes off it.

        Both by weak duality: ``bound + slopes · (others − counts)`` holds for any other numbers. None if stopped.
        """
        answer = self._solve(self.relaxed, counts, watch)
        if answer.bound is None:
            return None
        slopes = np.array([min(0.0, answer.duals[f"team_{i}"]) for i in range(len(self.teams))])
        return answer.bound, slopes

    def dearer(self, counts: np.ndarray, low: float, watch: Watch, most_looks: int) -> float | None:
        """Return a better lower bound than `low` on the day's cost for so many people; `low` if the cost is that.

        Where the cost goes by steps, HiGHS is asked for a plan that costs less than a step more than `low`. If there is
        none, the cost is a step more: half a step lies between, which no rounding of the solver bridges. None if
        stopped, or not decided in `most_looks`.
        """
        if not self.step:
            answer = self._solve(self.linear, counts, watch, np.inf, low, most_looks)
            if answer.objective is not None and answer.objective <= low + 1e-6 * max(1.0, abs(low)):
                return low
            return answer.bound
        allowed = low + LOOSE * self.step
        answer = self._solve(self.linear, counts, watch, allowed, allowed, most_looks)
        if answer.status is Status.INFEASIBLE:
            return low + self.step
        if answer.objective is not None and answer.objective <= allowed + 1e-6 * self.step:
            return low
        return low + self.step if answer.bound is not None and answer.bound >= low + LOOSE / 2 * self.step else None

    def _solve(
        self, linear: Linear, counts: np.ndarray, watch: Watch, allowed: float = np.inf, target: float | None = None,
        most_looks: int | None = None,
    ) -> Answer:  # fmt: skip
        high = linear.row_high.copy()
        high[self.rows] = counts
        high[self.budget] = allowed - linear.constant
        return solve_linear(
            replace(linear, row_high=high), watch=watch.aside(), stage=STAGE, text="days apart", target=target,
            most_looks=most_looks,
        )  # fmt: skip


def _options_of(person: CompiledPerson, team: Team, day: int) -> list[int]:
    """Return a person's options that are the team's shifts."""
    today = np.flatnonzero(person.options.day == day).tolist()
    return [o for o in today if int(person.options.position[o]) in team.extra]


def service_of_day(service: Service, staff: CompiledStaff, day: int) -> Service:
    """Return what heads are worth on one day alone."""
    inside = np.zeros(service.period.shape[1], dtype=bool)
    inside[staff.problem.horizon.day_slots[day]] = True
    period = np.where(inside, service.period, -1)
    kept = np.isin(np.arange(len(service.margin)), period)
    return replace(
        service, floor=np.where(inside[None, :, None], service.floor, 0.0), period=period,
        margin=np.where(kept, service.margin, 0.0),
    )  # fmt: skip


def _step(money: np.ndarray) -> float:
    """Return the greatest amount of which all are multiples; 0 if that is less than `LEAST_STEP`."""
    parts = np.round(money * PARTS)
    if not np.allclose(parts, money * PARTS, rtol=0.0, atol=1e-6) or not parts.any():
        return 0.0
    step = float(np.gcd.reduce(np.abs(parts).astype(np.int64))) / PARTS
    return step if step >= LEAST_STEP else 0.0

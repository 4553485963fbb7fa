"""The week with its days apart: who works which team of which day, each day's cost known by its numbers of people.

Days meet only in their people, where no shift runs past the end of its day and no goal spans two. Then one small
programme chooses who works when, and small programmes of single days tell what these numbers of people cost. Rest
between days and the spread of starts are left out: every answer is a lower bound.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ....forecast.progress import Watch
from ...optimise.linear import Linear
from ...optimise.solver import Answer, solve_linear
from ...price.worth import Service
from ..best_week import ChosenWeek
from ..compile import CompiledStaff
from .day_values import DayValues, sizes
from .one_day import STAGE, OneDay, Team, merged, service_of_day, teams_of
from .person import add_days
from .program import Pairs, Program

MOST_NUMBERS = 200_000
"""Numbers of people of a day beyond which the narrowest team is counted to a wider one, or the days stay together."""
MOST_CHOICES = 3_000
"""Choices over all days, those that add least to the bound, among which the programme of the week decides."""
MOST_LOOKS = 400
"""How often HiGHS may ask in the programme of one day: a few seconds."""
NEW = 30
"""Choices of a day that enter the relaxation of the week at once."""


@dataclass(frozen=True)
class Part:
    """One day: its number, its model, and what is known of it."""

    day: int
    model: OneDay
    values: DayValues

    def take(self, weeks: Sequence[ChosenWeek]) -> None:
        """Let the week choose among the numbers of people of a plan, too: then it always has a choice."""
        counts = np.zeros(len(self.model.teams), dtype=np.int64)
        for number, week in enumerate(weeks):
            for i, team in enumerate(self.model.teams):
                counts[i] += int(week.options[self.day]) in team.members.get(number, ())
        for place in np.flatnonzero((self.values.counts == counts).all(axis=1)).tolist():
            if place not in self.values.taken:
                self.values.taken.append(place)


@dataclass(frozen=True)
class Relaxed:
    """The relaxation of the week.

    Attributes
    ----------
    bound
        Proven lower bound on the cost of every plan.
    numbers
        Per part the numbers of people, fractions of choices.
    used
        Per part the choices used.
    reduced
        Per part what each choice adds to the bound.
    """

    bound: float
    numbers: list[np.ndarray]
    used: list[list[int]]
    reduced: list[np.ndarray]


def parts_of(staff: CompiledStaff, service: Service, watch: Watch) -> list[Part] | None:
    """Return the days apart; None where they do not come apart, have too many numbers of people, or time is up."""
    problem = staff.problem
    slots = problem.horizon.day_slots
    day_of = np.full(len(problem.grid), -1)
    for day, inside in enumerate(slots):
        day_of[inside] = day
    for p in range(len(service.margin)):
        if len(np.unique(day_of[(service.period == p).any(axis=0)])) > 1:
            return None
    for person in staff.people:
        options, free = person.options, np.isfinite(person.option_cost)
        ends = np.array([d.stop for d in slots])[options.day]
        if (options.start + options.length > ends)[free].any():
            return None
    out = []
    for day in range(problem.horizon.days):
        only = service_of_day(service, staff, day)
        teams = teams_of(staff, day)
        while sizes(teams) > MOST_NUMBERS and (joined := _narrowest_joined(teams)) is not None:
            teams = joined
        if sizes(teams) > MOST_NUMBERS or watch.stopped or watch.time_is_up:
            return None
        if teams or only.floor.any() or (only.period >= 0).any():
            out.append(Part(day, OneDay.of(staff, service, day, teams), DayValues.of(teams)))
    return out


def _narrowest_joined(teams: Sequence[Team]) -> list[Team] | None:
    """Return the teams with the narrowest that has a wider one counted to it; None if none has."""
    narrow = np.argsort([len(team.extra) for team in teams], kind="stable").tolist()
    return next((joined for i in narrow if (joined := merged(teams, i)) is not None), None)


class DaysApart:
    """The search for the bound of a week with its days apart.

    Parameters
    ----------
    cost
        The cost of the best plan known, whenever asked.
    on_bound
        Told of each higher bound.

    Attributes
    ----------
    days
        Per person the days worked in the last choice; None = none yet.
    """

    def __init__(
        self, staff: CompiledStaff, parts: Sequence[Part], watch: Watch, cost: Callable[[], float],
        on_bound: Callable[[float], None], seed: int,
    ) -> None:  # fmt: skip
        self.staff, self.parts, self.watch, self.cost, self.on_bound = staff, parts, watch, cost, on_bound
        self.seed, self.bound = seed, -np.inf
        self.days: list[set[int]] | None = None

    @property
    def over(self) -> bool:
        """Whether to end."""
        return self.watch.stopped or self.watch.time_is_up

    def run(self) -> None:
        """Raise the bound until it rises no more, or the watch ends it."""
        while not self.over:
            relaxed = self._relaxation()
            if relaxed is None:
                return
            self._rise(relaxed.bound)
            if not (self._cut(relaxed.numbers) or self._learn(relaxed.used)) and not self._decide(relaxed):
                return

    def _rise(self, bound: float) -> None:
        if bound > self.bound:
            self.bound = bound
            self.on_bound(bound)

    def _cut(self, numbers: list[np.ndarray]) -> bool:
        """Raise bounds by the relaxations of the days at these numbers of people; return whether one has risen."""
        risen = False
        for part, counts in zip(self.parts, numbers, strict=True):
            values = part.values
            found = part.model.least(counts, self.watch)
            if found is None:
                return False
            low, slopes = found
            before = values.low[values.taken].copy()
            values.raise_all(part.model.up(low + (values.counts - counts) @ slopes))
            risen |= bool((values.low[values.taken] > before + 1e-6 * max(1.0, abs(low))).any())
        return risen

    def _learn(self, used: list[list[int]]) -> bool:
        """Find what the choices used really cost; return whether a bound has risen."""
        risen = False
        for part, places in zip(self.parts, used, strict=True):
            values = part.values
            for place in places:
                if values.known[place] or self.over:
                    continue
                before, counts = float(values.low[place]), values.counts[place]
                found = part.model.least(counts, self.watch)
                if found is not None:
                    values.raise_all(part.model.up(found[0] + (values.counts - counts) @ found[1]))
                if values.low[place] <= before:
                    low = part.model.dearer(counts, before, self.watch, MOST_LOOKS)
                    values.known[place] = not self.over and (low is None or low <= before or not part.model.step)
                    if low is not None:
                        values.raise_fewer(place, float(part.model.up(np.array(low))))
                risen |= bool(values.low[place] > before)
        return risen

    def _relaxation(self) -> Relaxed | None:
        """Solve the relaxation of the week over all choices, which enter as they are needed; None if stopped."""
        while not self.over:
            linear, columns = self._week([part.values.taken for part in self.parts])
            answer = self._solve(replace(linear, whole=np.zeros_like(linear.whole)))
            if answer.bound is None:
                return None
            reduced, missing, fresh = [], 0.0, False
            for k, part in enumerate(self.parts):
                price = np.array([answer.duals[f"team_{k}_{i}"] for i in range(len(part.model.teams))])
                rest = part.values.reduced(price, answer.duals[f"one_{k}"])
                reduced.append(rest)
                missing += min(0.0, float(rest.min()))
                inside = set(part.values.taken)
                new = [int(v) for v in np.argsort(rest)[:NEW] if rest[v] < -1e-6 and int(v) not in inside]
                part.values.taken += new
                fresh |= bool(new)
            if not fresh:
                used = [[v for v, x in of.items() if answer.values[x] > 1e-6] for of in columns]
                numbers = [
                    np.array([answer.values[x] for x in of.values()]) @ part.values.counts[list(of)]
                    for part, of in zip(self.parts, columns, strict=True)
                ]
                return Relaxed(answer.bound + missing, numbers, used, reduced)
        return None

    def _decide(self, relaxed: Relaxed) -> bool:
        """Choose whole numbers of people among the choices that may be in the best plan; return whether to go on.

        A plan with a choice left out costs at least the relaxation's bound and what the choice adds to it.
        """
        every = np.concatenate(relaxed.reduced)
        room = self.cost() - relaxed.bound
        if len(every) > MOST_CHOICES:
            room = min(room, float(np.partition(every, MOST_CHOICES)[MOST_CHOICES]))
        kept = [np.flatnonzero(r <= room + 1e-9 * max(1.0, abs(relaxed.bound))).tolist() for r in relaxed.reduced]
        if sum(map(len, kept)) > 2 * MOST_CHOICES or not all(kept) or self.over:
            return False
        linear, columns = self._week(kept)
        answer = self._solve(linear)
        if answer.bound is not None:
            self._rise(min(answer.bound, relaxed.bound + room))
        if not answer.found:
            return False
        self.days = [set() for _ in self.staff.people]
        for x, (number, day) in self.people.items():
            if answer.values[x] > 0.5:
                self.days[number].add(day)
        return self._learn([[v for v, x in of.items() if answer.values[x] > 0.5] for of in columns])

    def _solve(self, linear: Linear) -> Answer:
        return solve_linear(linear, watch=self.watch.aside(), stage=STAGE, text="days apart", seed=self.seed, gap=1e-5)

    def _week(self, kept: Sequence[Sequence[int]]) -> tuple[Linear, list[dict[int, str]]]:
        """Build the programme of the week among the choices `kept`; return it and the names of their columns.

        ``Σ choices of a day = 1``, ``Σ people who work the team = Σ its number of people in a choice · choice``
        """
        program = Program()
        of_team: dict[tuple[int, int], Pairs] = defaultdict(list)
        self.people = dict[str, tuple[int, int]]()
        for number, person in enumerate(self.staff.people):
            cost, place = np.full(len(person.option_cost), np.inf), dict[int, tuple[int, int]]()
            for k, part in enumerate(self.parts):
                for i, team in enumerate(part.model.teams):
                    if number in team.members:
                        first = team.members[number][0]
                        cost[first], place[first] = person.option_cost[first], (k, i)
            work, _ = add_days(program, replace(person, option_cost=cost), number)
            for o, x in work.items():
                of_team[place[o]].append((x, -1.0))
                self.people[x.name] = number, int(person.options.day[o])
        out: list[dict[int, str]] = []
        for k, (part, places) in enumerate(zip(self.parts, kept, strict=True)):
            values = part.values
            xs: dict[int, Any] = {
                v: program.column(f"choice_{k}_{v}", 1, cost=float(values.low[v]), whole=True) for v in places
            }
            program.row(f"one_{k}", [(x, 1.0) for x in xs.values()], "==", 1.0)
            for i in range(len(part.model.teams)):
                pairs = [(x, float(values.counts[v, i])) for v, x in xs.items() if values.counts[v, i]]
                program.row(f"team_{k}_{i}", pairs + of_team[k, i], "==", 0.0)
            out.append({v: x.name for v, x in xs.items()})
        return program.linear(), out


def on_days(staff: CompiledStaff, days: Sequence[Collection[int]]) -> CompiledStaff:
    """Return the staff where everybody works these days of the week, and no others."""
    people = []
    for person, worked in zip(staff.people, days, strict=True):
        off = np.isin(np.arange(len(person.off_cost)), list(worked))
        free = np.isin(person.options.day, list(worked))
        people.append(
            replace(
                person, option_cost=np.where(free, person.option_cost, np.inf),
                off_cost=np.where(off, np.inf, person.off_cost),
            )
        )  # fmt: skip
    return replace(staff, people=tuple(people))

"""The end of a search: a plan that no single change makes cheaper.

Everybody's week is made the best one while all others stay, at what heads are truly worth; days are exchanged between
two people. Both are repeated until nothing pays. Searches by chance end near such a plan, seldom on one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from ...forecast.progress import Watch
from ...forecast.ranges import expect
from ..optimise.status import OPTIMAL, Status, sound_bound
from ..price.worth import Service
from ..problem.problem import ScheduleProblem
from .annealing import Cooling
from .best_week import ChosenWeek
from .compile import CompiledStaff
from .descent import Descent
from .dual import DualPrices
from .handing_over import Partners
from .named_plan import NamedPlan
from .params import AnnealingParams, MovesParams, PeopleParams
from .queue_turns import planned_shifts, weeks_of_plan
from .skill_flow import move_person, worth_without
from .small_moves import move_shifts
from .steady import cheapest_steady

MOST_PEOPLE = 120
"""People of a desk that is finished: with more it takes tens of seconds and saves hundredths of a percent."""
LEAST = 1e-6
"""Money that a change saves at least: less is rounding."""


@dataclass(frozen=True)
class FinishParams:
    """How a plan is finished.

    Parameters
    ----------
    rounds
        Most rounds over everybody: as a rule nothing pays after three or four. ≥ 1.
    goal_prices
        Prices of calls towards goals at which weeks are chosen, as multiples of the search's own: a goal over a day has
        no one price, for a call is worth more before the goal is met than after. The plan decides. Each > 0.
    moves
        Small moves without loss for each person, where goals over days or weeks are asked: they see the goal itself.
        ≥ 0.
    """

    rounds: int = 30
    goal_prices: tuple[float, ...] = (1.0, 0.6, 1.6)
    moves: int = 2_000

    def __post_init__(self) -> None:
        expect(self.rounds >= 1, "rounds >= 1", self.rounds)
        expect(
            len(self.goal_prices) > 0 and min(self.goal_prices) > 0, "every one of goal_prices > 0", self.goal_prices
        )
        expect(self.moves >= 0, "moves >= 0", self.moves)


def finished(
    problem: ScheduleProblem,
    plan: NamedPlan,
    *,
    watch: Watch,
    seed: int = 1,
    own_prices: Mapping[str, np.ndarray] | None = None,
    params: PeopleParams | None = None,
) -> NamedPlan:
    """Return `plan`, or a cheaper one that no single change makes cheaper still, by the demands of `problem`.

    The cost is counted anew for both; `Solved.cut` is set where time has ended the work.

    Parameters
    ----------
    plan
        A plan of this week; its bound must hold for `problem` too.
    watch
        Ends the work: the best plan so far is returned.
    own_prices
        As of `solve_named`.
    """
    if watch.stopped or watch.time_is_up:
        return plan if plan.solved.status == Status.OPTIMAL else replace(plan, solved=replace(plan.solved, cut=True))
    params = params or PeopleParams()
    staff = CompiledStaff.of(problem, own_prices)
    dual = DualPrices(staff, Service.of(problem), params.dual)
    dual.take(plan.prices.head, plan.prices.goal, plan.prices.bound)

    def over() -> bool:
        return watch.stopped or watch.time_is_up

    start = weeks_of_plan(staff, plan.assigned)
    descent = Descent(dual, seed=seed, over=over, start=start, params=params.descent)
    before = descent.cost_of_best(plan.assigned)
    done = Finish(descent).run()
    assigned = planned_shifts(staff, descent.best, descent.head_worth(), descent.service.before, params.move_gain)
    cost = descent.cost_of_best(assigned)
    solved = plan.solved if done else replace(plan.solved, cut=True)
    if not cost < before - LEAST:
        return replace(plan, solved=solved)
    bound = sound_bound(solved.bound, cost)
    proven = bound is not None and cost - bound <= OPTIMAL * max(1.0, abs(bound))
    history = (*solved.history, (solved.seconds, cost, bound))
    solved = replace(
        solved, status=Status.OPTIMAL if proven else Status.FEASIBLE, stopped=None if proven else solved.stopped,
        cost=cost, bound=bound, history=history,
    )  # fmt: skip
    return replace(plan, assigned=assigned, solved=solved)


class Finish:
    """A plan on its way to where no single change makes it cheaper.

    Parameters
    ----------
    descent
        Its best plan is the one to finish, and becomes the finished one. `Descent.over` ends the work.
    """

    def __init__(self, descent: Descent, params: FinishParams | None = None) -> None:
        self.descent, self.staff, self.finder = descent, descent.staff, descent.finder
        self.params, self.partners = params or FinishParams(), Partners.of(descent.staff)
        self._begin()

    def _begin(self) -> None:
        """Go on from the best plan of the descent."""
        descent = self.descent
        self.weeks = descent.weeks = list(descent.best)
        self.flow = descent.flow(descent.head_worth())
        self.options = np.array([w.options for w in self.weeks])
        own = [self.finder.own_cost(p, w) for p, w in zip(self.staff.people, self.weeks, strict=True)]
        self.costs = np.array(own)

    def run(self) -> bool:
        """Improve the plan until nothing pays; return whether that point was reached."""
        if self.partners is None:
            return True
        for _ in range(self.params.rounds):
            before = self.descent.best_cost
            self._round()
            if self.descent.over():
                return False
            if not self.descent.best_cost < before - LEAST:
                return True
        return False

    def _round(self) -> None:
        """Let everybody choose and exchange at each price of goals, then make small moves that see goals themselves."""
        descent, goals = self.descent, len(self.descent.goal_price) > 0
        own, dearest = descent.goal_price, descent.service.dearest
        for times in self.params.goal_prices if goals else (1.0,):
            descent.goal_price = np.minimum(own * times, dearest)
            self._settle()
        descent.goal_price = own
        if goals and not descent.over():
            moves = MovesParams(chunk=min(MovesParams().chunk, max(1, self.params.moves)), hot=1e-9, cold=1e-9)
            count = self.params.moves * len(self.weeks)
            move_shifts(descent, Cooling(lambda: 0.0, count, math.inf, AnnealingParams()), lambda text: None, moves)

    def _settle(self) -> None:
        """Let everybody choose and exchange at the present prices of goals until nothing pays."""
        self._begin()
        everybody, moved = range(len(self.weeks)), 1
        while moved and not self.descent.over():
            moved = sum(change(a) for change in (self._respond, self._exchange) for a in everybody)
        self.descent.keep(self.flow)

    def _respond(self, a: int) -> bool:
        """Give person `a` the best week while all others stay; return whether it is another one."""
        if self.descent.over():
            return False
        person, old = self.staff.people[a], self.weeks[a]
        worth, _ = worth_without(self.flow, person.group, self.finder.on_phone(person, old))
        prefix = self.finder.prefix(worth)
        if self.staff.problem.costs.steady_h == 0.0 or self.staff.problem.cyclic:
            week = self.finder.best_week(person, prefix, self.descent.spread_cost(a))
            return week is not None and self._taken({a: week})
        cost = person.option_cost - self.finder.collected(person.options, prefix)
        now = self.finder.own_cost(person, old) - float(worth @ self.finder.on_phone(person, old))
        found = cheapest_steady(self.finder, person, cost, now - LEAST, self.descent.over)
        if found is None:
            return False
        return self._taken({a: ChosenWeek(found[1], self.finder.placed_breaks(person, found[1], prefix))})

    def _exchange(self, a: int) -> bool:
        """Let person `a` exchange a day with the best partner; return whether anybody exchanges."""
        if self.partners is None or self.descent.over():
            return False
        for b, day in self.partners.best(a, self.options, self.costs):
            mine, other = self.partners.exchanged(a, b, day, self.weeks[a], self.weeks[b])
            if self._taken({a: mine, b: other}):
                return True
        return False

    def _taken(self, weeks: Mapping[int, ChosenWeek]) -> bool:
        """Take new weeks if the plan is cheaper by them; return whether it is."""
        finder, people, service = self.finder, self.staff.people, self.descent.service
        before = service.cost(self.flow.heads)
        had = {a: finder.on_phone(people[a], self.weeks[a]) for a in weeks}
        now = {a: finder.on_phone(people[a], week) for a, week in weeks.items()}
        own = {a: finder.own_cost(people[a], week) for a, week in weeks.items()}
        for a in weeks:
            move_person(self.flow, people[a].group, had[a], now[a])
        dearer = sum(own[a] - self.costs[a] for a in weeks)
        if not dearer + service.cost(self.flow.heads) - before < -LEAST:
            for a in reversed(list(weeks)):
                move_person(self.flow, people[a].group, now[a], had[a])
            return False
        for a, week in weeks.items():
            self.weeks[a], self.options[a], self.costs[a] = week, week.options, own[a]
        return True

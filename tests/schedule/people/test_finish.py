"""The end of a search: no single week and no exchange of a day makes the plan cheaper, and no plan gets dearer."""

from __future__ import annotations

import dataclasses
import datetime as dt
import itertools

import numpy as np
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.people.best_week import ChosenWeek, WeekFinder
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.descent import Descent
from busyhour.schedule.people.dual import DualPrices
from busyhour.schedule.people.finish import Finish, FinishParams, finished
from busyhour.schedule.people.flat import flat_staff, week_cost
from busyhour.schedule.people.named_plan import NamedPlan
from busyhour.schedule.people.queue_turns import planned_shifts
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.people.steady import cheapest_steady
from busyhour.schedule.price.worth import Service
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.problem.shift_families import Break, ShiftFamily
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

DAYS, SLOTS = 3, 24
GOAL = ServiceGoal(level=0.8, within_s=20, basis="interval")
BY_DAY = ServiceGoal(level=0.8, within_s=20, basis="day")


def _desk(
    seed: int,
    *,
    queues: int = 1,
    by_day: bool = False,
    spread: int | None = None,
    wages: tuple[float, ...] = (10, 12, 9),
) -> ScheduleProblem:
    """Return three people of two contracts over three days of needs, or goals of days, by chance."""
    rng, grid = np.random.default_rng(seed), Grid(dt.date(2026, 11, 30), DAYS, 60)
    hours = np.arange(len(grid)) % SLOTS
    is_open = (hours >= 6) & (hours < 20)
    none = np.zeros(len(grid))
    demands = []
    for q in range(queues):
        need = np.where(is_open, rng.integers(0, 3, len(grid)), 0).astype(float)
        demand = Demand(f"q{q}", GOAL, is_open, need, none.astype(np.int64), none)
        if by_day:
            gain = 20.0 * need[:, None] * (1.0 - np.exp(-0.9 * np.arange(5)) - 0.6)
            days = tuple(np.flatnonzero(is_open & (np.arange(len(grid)) // SLOTS == d)) for d in range(DAYS))
            demand = Demand(
                f"q{q}", BY_DAY, is_open, need, none.astype(np.int64), 20.0 * need, gain, days, (0.0,) * DAYS
            )
        demands.append(demand)
    families = {
        "short": ShiftFamily("short", 240, "06:00", "14:00", step_min=240),
        "long": ShiftFamily("long", 420, "06:00", "10:00", step_min=240, breaks=(Break(60, 120, 240, paid=False),)),
    }
    contracts = {
        "full": Contract("full", ("short", "long"), max_h_week=14, min_h_week=7, max_days=2),
        "part": Contract("part", ("short",), max_h_week=8, max_days=2),
    }
    own = {f"q{q}": 1.0 for q in range(queues)}
    staff = tuple(
        Agent(f"p{i}", "full" if i < 2 else "part", own if i else {"q0": 1.0}, wage) for i, wage in enumerate(wages)
    )
    rules = Rules(rest_min=600, max_run_days=DAYS, days_off_together=0, max_start_spread_min=spread)
    costs = Costs(under_h=40.0, below_contract_h=15.0, lost_call=9.0, steady_h=2.0)
    return ScheduleProblem(Horizon(grid), tuple(demands), families, contracts, staff, rules, costs)


def _descent(problem: ScheduleProblem, start: list[ChosenWeek] | None = None) -> Descent:
    dual = DualPrices(CompiledStaff.of(problem), Service.of(problem))
    return Descent(dual, seed=1, over=lambda: False, start=start)


def _every_week(descent: Descent, a: int) -> list[ChosenWeek]:
    """Return all weeks of a person, legal or not, with every start of the break."""
    person, found = descent.staff.people[a], []
    first, options = person.paths.graph.first, person.options
    daily = []
    for d in range(DAYS):
        today: list[tuple[int, int]] = [(-1, 0)]
        for o in range(first[d], first[d + 1]):
            has = options.break_slots.shape[1] and options.break_slots[o, 0] > 0
            places = range(options.break_low[o, 0], options.break_high[o, 0] + 1) if has else (0,)
            today += [(o, place) for place in places]
        daily.append(today)
    for days in itertools.product(*daily):
        breaks = np.zeros((DAYS, options.break_slots.shape[1]), dtype=np.int64)
        breaks[:, :1] = np.array([[place] for _, place in days])[:, : breaks.shape[1]]
        found.append(ChosenWeek(np.array([o for o, _ in days]), breaks))
    return found


def _cost(descent: Descent, weeks: list[ChosenWeek]) -> float:
    """Return the cost of a plan."""
    descent.weeks = list(weeks)
    return descent.cost(descent.flow(descent.head_worth()))


@pytest.mark.parametrize("case", [{}, {"queues": 2}, {"spread": 240}])
def test_no_other_week_of_one_person_and_no_exchange_of_a_day_is_cheaper(case):
    descent = _descent(_desk(3, **case))
    before = descent.best_cost
    assert Finish(descent).run()
    weeks, cost, flat = list(descent.best), descent.best_cost, flat_staff(descent.staff, several=True)
    assert flat is not None
    assert cost < before
    assert cost == pytest.approx(_cost(descent, weeks))
    for a in range(len(weeks)):
        for week in _every_week(descent, a):
            if np.isfinite(week_cost(flat, a, week.options)):
                assert _cost(descent, [*weeks[:a], week, *weeks[a + 1 :]]) >= cost - 1e-6
    partners = Finish(descent).partners
    assert partners is not None
    for a, b, day in itertools.product(range(2), range(2), range(DAYS)):
        if a != b:
            mine, other = partners.exchanged(a, b, day, weeks[a], weeks[b])
            legal = all(np.isfinite(week_cost(flat, c, week.options)) for c, week in ((a, mine), (b, other)))
            both = {a: mine, b: other}
            assert not legal or _cost(descent, [both.get(c, weeks[c]) for c in range(3)]) >= cost - 1e-6


def test_a_dear_person_hands_a_long_shift_over_to_a_cheap_one():
    """The heads stay what they are, so only the wages change."""
    problem = _desk(1, wages=(10.0, 30.0, 9.0))
    problem = dataclasses.replace(problem, staff=problem.staff[:2])
    descent = _descent(problem)
    person = descent.staff.people[0]
    long = next(o for o, s in enumerate(person.options.shifts) if s.family == "long" and s.day == 0)
    short = next(o for o, s in enumerate(person.options.shifts) if s.family == "short" and s.day == 0)
    partners = Finish(descent).partners
    assert partners is not None
    options = np.full((2, DAYS), -1)
    options[:, 0] = short, long
    weeks = [ChosenWeek(row, np.zeros((DAYS, 1), dtype=np.int64)) for row in options]
    weeks[1].breaks[0, 0] = 3
    costs = np.array([descent.finder.own_cost(p, w) for p, w in zip(descent.staff.people, weeks, strict=True)])
    assert partners.best(0, options, costs) == [(1, 0)]
    mine, other = partners.exchanged(0, 1, 0, *weeks)
    assert (mine.options[0], mine.breaks[0, 0], other.options[0], other.breaks[0, 0]) == (long, 3, short, 0)


@pytest.mark.parametrize("spread", [None, 120])
def test_the_cheapest_week_prices_the_spread_of_its_starts(spread):
    problem = _desk(2, spread=spread)
    staff, rng = CompiledStaff.of(problem), np.random.default_rng(2)
    person, finder = staff.people[2], WeekFinder(staff)
    first, minute = person.paths.graph.first, person.options.minute
    daily = [[-1, *range(first[d], first[d + 1])] for d in range(DAYS)]
    for _ in range(8):
        cost = person.option_cost - rng.uniform(0.0, 80.0, len(minute))
        totals = []
        for week in itertools.product(*daily):
            worked = [o for o in week if o >= 0]
            wide = int(np.ptp(minute[worked])) if worked else 0
            if len(worked) <= 2 and (spread is None or wide <= spread):
                paid = person.units_cost[sum(person.paths.graph.units[o] for o in worked)]
                totals.append(cost[worked].sum() + paid + 2.0 * wide / 60.0)
        found = cheapest_steady(finder, person, cost, np.inf, lambda: False)
        assert found is not None
        assert found[0] == pytest.approx(min(totals))
        assert cheapest_steady(finder, person, cost, min(totals), lambda: False) is None


@pytest.mark.parametrize("queues", [1, 2])
def test_a_plan_with_goals_of_days_only_gets_cheaper(queues):
    descent = _descent(_desk(4, queues=queues, by_day=True))
    before = descent.best_cost
    assert Finish(descent, FinishParams(moves=200)).run()
    assert descent.best_cost < before
    assert descent.best_cost == pytest.approx(_cost(descent, descent.best), rel=0.05 if queues > 1 else 1e-9)


def _poor(problem: ScheduleProblem) -> NamedPlan:
    """Return everybody's best week at no price of heads, with what a search would know of the plan."""
    descent = _descent(problem)
    planned = planned_shifts(descent.staff, descent.weeks, descent.head_worth(), descent.service.before, 0.02)
    found = solve_named(problem, watch=Watch(), time_limit_s=600.0, steps=0)
    return dataclasses.replace(found, assigned=planned)


def test_a_finished_plan_is_cheaper_and_stays_as_it_is():
    problem = _desk(3)
    poor = _poor(problem)
    first = finished(problem, poor, watch=Watch())
    descent = _descent(problem)
    assert first.solved.cost is not None
    assert first.solved.cost < descent.cost_of_best(poor.assigned)
    again = finished(problem, first, watch=Watch())
    assert again.assigned is first.assigned
    assert not again.solved.cut


def test_without_time_the_plan_stays_and_says_so():
    problem = _desk(3)
    poor = _poor(problem)
    late = finished(problem, poor, watch=Watch(time_limit_s=0.0))
    assert late.assigned is poor.assigned
    assert late.solved.cut or late.solved.status.value == "optimal"


@pytest.mark.parametrize("wrong", [{"rounds": 0}, {"goal_prices": ()}, {"goal_prices": (0.0,)}, {"moves": -1}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        FinishParams(**wrong)

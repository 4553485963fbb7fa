"""Whole rosters over periods: against enumeration, rule by rule, stopped, and again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import Infeasible, NothingFound
from busyhour.schedule.periods.check import cost_of, violations
from busyhour.schedule.periods.problem import Need, PeriodPerson, PeriodProblem, ShiftType
from busyhour.schedule.periods.solve import solve_periods

pytestmark = pytest.mark.slow  # compiling the kernels takes most of the seconds

EARLY = ShiftType("E", 480)
LATE = ShiftType("L", 600, frozenset({"E"}))
ANN = PeriodPerson("Ann", {"E": 14, "L": 14}, 0, 14 * 600, 14)
WANTED = tuple(Need(d, s, h, 10.0, 1.0) for d in range(14) for s, h in (("E", (d + 1) % 2), ("L", d % 2)))


@pytest.mark.parametrize("seed", range(8))
def test_the_engine_reaches_the_optimum_of_tiny_problems(seed, tiny, optimum):
    problem = tiny(seed)
    found = solve_periods(problem, Watch(), rounds=4, seed=seed)
    best = optimum(problem)
    assert violations(problem, found.roster) == []
    assert cost_of(problem, found.roster) == found.solved.cost == best
    assert found.solved.bound is None or found.solved.bound <= best


@pytest.mark.parametrize(
    "rule",
    [
        {"most": {"E": 14, "L": 2}},
        {"most": {"E": 14}},
        {"least_minutes": 14 * 600},
        {"most_minutes": 4800},
        {"most_run": 4},
        {"most_run": 4, "least_run": 3},
        {"most_run": 4, "least_off": 3},
        {"most_weekends": 1},
        {"days_off": frozenset({3})},
    ],
)
def test_each_rule_is_kept_and_costs(rule: dict[str, Any]):
    """The need asks for what the rule forbids: without the rule the roster is free of cost and breaks it."""
    free = PeriodProblem(14, (EARLY, replace(LATE, not_before=frozenset())), (ANN,), WANTED, (), frozenset({5, 12}))
    bound = replace(free, people=(replace(ANN, **rule),))
    cheap, dear = (solve_periods(p, Watch(), rounds=2) for p in (free, bound))
    assert cheap.solved.cost == 0
    assert violations(bound, cheap.roster)
    assert violations(bound, dear.roster) == []
    assert dear.solved.cost is not None
    assert dear.solved.cost > 0


def test_forbidden_successions_are_kept_and_cost():
    problem = PeriodProblem(14, (EARLY, LATE), (ANN,), WANTED)
    found = solve_periods(problem, Watch(), rounds=2)
    assert violations(problem, found.roster) == []
    assert found.solved.cost is not None
    assert found.solved.cost > 0


def test_contradicting_rules_are_told_by_name():
    problem = PeriodProblem(
        7, (ShiftType("E", 480),), (replace(ANN, most={"E": 7}, least_minutes=3360, most_run=3),), ()
    )
    with pytest.raises(Infeasible, match="Ann"):
        solve_periods(problem, Watch())


def test_a_stopped_search_keeps_a_legal_roster(tiny):
    watch = Watch(show=lambda event: watch.stop.set())
    problem = tiny(5, people=4)
    found = solve_periods(problem, watch)
    assert violations(problem, found.roster) == []
    assert found.solved.status == "optimal" or found.solved.stopped == "user"


def test_a_search_stopped_before_any_roster_says_so(tiny):
    watch = Watch()
    watch.stop.set()
    with pytest.raises(NothingFound):
        solve_periods(tiny(5), watch)


def test_a_roster_that_costs_nothing_is_proven():
    found = solve_periods(PeriodProblem(14, (EARLY, LATE), (ANN,), ()), Watch())
    assert (found.solved.status, found.solved.cost) == ("optimal", 0)


def test_the_same_seed_gives_the_same_roster(tiny):
    problem = tiny(6, people=4)
    first, again = (solve_periods(problem, Watch(), rounds=3, seed=7) for _ in range(2))
    assert first.roster == again.roster

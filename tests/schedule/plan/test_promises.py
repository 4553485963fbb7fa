"""What a plan says happens: its expected service is the simulated one, and floors hold by simulation."""

import dataclasses

import numpy as np
import pytest
from desk_of_calls import GOAL, desk

from busyhour.forecast.progress import Watch
from busyhour.schedule.exchange.result import roster_of
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.decide import decide
from busyhour.schedule.plan.measure import Measure
from busyhour.schedule.plan.missed import goals_missed
from busyhour.schedule.plan.repair import repaired
from busyhour.schedule.plan.searches import NamedSearch
from busyhour.schedule.plan.settings import SolveSettings
from busyhour.schedule.plan.simulated_plan import inside
from busyhour.schedule.problem.demand import demands_by

SETTINGS = SolveSettings(time_limit_s=600.0, gap=0.001)


@pytest.fixture(scope="module")
def first():
    """A plan by the curves of intervals that last for ever."""
    return solve_named(desk().problem, watch=Watch(), time_limit_s=600.0, steps=1500, gap=0.0)


@pytest.fixture(scope="module")
def found(first):
    """The plan made anew by the service that its simulation tells."""
    return _repaired(first, desk())


def _repaired(first, measure):
    search = NamedSearch(measure, SETTINGS)
    return repaired(search.candidate(first), search)


def _fresh(found):
    return desk().simulation(found.assigned, more=7)


def _inside(found):
    """Share of the intervals whose expected service lies in the interval of a fresh simulation."""
    measure = desk()
    decided = dataclasses.replace(
        measure, problem=found.problem, data=dataclasses.replace(measure.data, curves=found.curves)
    )
    return inside(decided, found.assigned, _fresh(found))


@pytest.mark.slow
def test_curves_of_intervals_that_last_for_ever_promise_what_does_not_happen(first):
    measure = desk()
    simulation = measure.simulation(first.assigned, more=7)
    assert inside(measure, first.assigned, simulation) < 0.6
    assert any(m.is_floor for m in goals_missed(measure.problem, simulation))


@pytest.mark.slow
def test_the_expected_service_is_the_simulated_one(found):
    assert _inside(found) >= 0.8


def test_floors_hold_by_simulation(found):
    assert found.repairs > 0
    assert not found.missed
    assert not goals_missed(found.problem, _fresh(found))


def test_cost_and_bound_are_those_of_the_corrected_curves(found):
    roster = roster_of(found.problem, found.assigned, found.solved)
    assert roster.solved.cost == pytest.approx(found.solved.cost)
    assert found.solved.bound <= found.solved.cost
    better = solve_named(found.problem, watch=Watch(), time_limit_s=600.0, steps=1500, gap=0.0)
    assert found.solved.bound <= better.solved.cost + 1e-6


@pytest.mark.slow
def test_a_floor_that_cannot_be_met_is_told():
    few = solve_named(desk(4).problem, watch=Watch(), time_limit_s=600.0, steps=50, gap=0.0)
    found = _repaired(few, desk(4))
    assert any(m.is_floor for m in found.missed)
    assert found.prices["under"] > 0


@pytest.mark.slow
def test_plans_without_names_are_decided_by_corrected_curves():
    measure = desk(0)
    found = decide(measure.problem, measure.data, SolveSettings(time_limit_s=600.0, gap=0.02), Watch())
    assert found.repairs > 0
    assert _inside(found) >= 0.8
    assert not goals_missed(found.problem, _fresh(found))
    assert found.solved.bound <= found.solved.cost == pytest.approx(found.cost_wages + found.cost_prices)


def test_a_stop_leaves_the_plan_by_the_curves_as_they_are(first):
    watch = Watch()
    watch.stop.set()
    measure = dataclasses.replace(desk(), watch=watch)
    found = _repaired(first, measure)
    assert (found.assigned, found.simulation, found.curves) == (first.assigned, None, measure.data.curves)
    assert found.solved.bound == first.solved.bound


def test_without_volumes_only_breaks_move_that_may_move_for_nothing(first):
    measure = desk()
    measure = dataclasses.replace(measure, data=dataclasses.replace(measure.data, volume=None))
    found = _repaired(first, measure)
    assert (found.simulation, found.problem) == (None, measure.problem)
    worked, before = ({a: [p.shift for p in mine] for a, mine in x.assigned.items()} for x in (found, first))
    assert worked == before
    assert found.solved.cost <= first.solved.cost + 1e-6


def test_a_level_above_the_floor_asks_for_more_heads(found):
    measure: Measure = desk()
    curves, absent = measure.data.curves, measure.data.absent
    above = {"calls": np.full(len(curves["calls"].starts), 0.1)}
    plain, careful = (demands_by(measure.problem, curves, 30, absent, x).demands[0] for x in (None, above))
    assert (plain.lower == measure.problem.demands[0].lower).all()
    assert (careful.lower >= plain.lower).all()
    assert (careful.lower > plain.lower).any()
    assert (careful.gain == plain.gain).all()
    assert careful.goal is GOAL

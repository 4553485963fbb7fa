"""Time that is left is used: the search goes on by corrected curves until the asked gap is reached or time is up."""

import dataclasses

import pytest
from desk_of_calls import desk

from busyhour.forecast.progress import Event, Watch
from busyhour.schedule.optimise.status import NothingFound, Stop
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan import searches
from busyhour.schedule.plan.repair import repaired
from busyhour.schedule.plan.searches import NamedSearch
from busyhour.schedule.plan.settings import SolveSettings

SETTINGS = SolveSettings(time_limit_s=600.0, gap=0.01)


@pytest.fixture(scope="module")
def first():
    """A plan far from its bound, by the curves of intervals that last for ever."""
    plan = solve_named(desk().problem, watch=Watch(), time_limit_s=600.0, steps=0, gap=0.0)
    return dataclasses.replace(plan, solved=dataclasses.replace(plan.solved, bound=None))


def _repaired(first):
    search = NamedSearch(desk(), SETTINGS)
    return repaired(search.candidate(first), search)


@pytest.mark.slow
def test_a_plan_far_from_its_bound_is_searched_on_until_the_asked_gap_is_reached(first):
    found, again = _repaired(first), _repaired(first)
    assert found.repairs > 0
    assert found.solved.gap <= SETTINGS.gap
    assert not found.missed
    assert (again.assigned, again.solved.cost, again.solved.bound) == (
        found.assigned, found.solved.cost, found.solved.bound
    )  # fmt: skip


class _Unproven(NamedSearch):
    """A search whose bounds prove nothing near."""

    def bound(self, problem, plan):
        return 1.0


@pytest.mark.slow
def test_turns_go_on_until_a_stop_which_leaves_the_best_plan_that_was_made_ready(first):
    watch, told = Watch(), []

    def show(event: Event) -> None:
        if event.stage == "repair":
            told.append(event.text.split(":")[0])
        if event.text.startswith("turn 3"):
            watch.stop.set()

    watch.show = show
    search = _Unproven(dataclasses.replace(desk(), watch=watch), SETTINGS)
    found = repaired(search.candidate(first), search)
    assert told == ["turn 1", "turn 2", "turn 3"]
    assert found.solved.stopped == Stop.USER
    assert found.simulation is not None
    assert found.solved.bound == 1.0
    assert found.repairs in (1, 2)


@pytest.mark.slow
def test_a_search_that_finds_nothing_loses_no_plan(first, monkeypatch):
    def nothing(*_, **__):
        raise NothingFound

    monkeypatch.setattr(searches, "solve_named", nothing)
    found = _repaired(first)
    assert found.repairs == 0
    assert any(found.assigned.values())
    assert found.simulation is not None
    assert found.solved.bound is None


@pytest.mark.slow
def test_a_finish_without_time_is_told(first, monkeypatch):
    monkeypatch.setattr(NamedSearch, "finished", lambda self, problem, plan: (plan, True))
    monkeypatch.setattr(NamedSearch, "bound", lambda self, problem, plan: 60.0)
    search = NamedSearch(desk(), dataclasses.replace(SETTINGS, gap=0.99))
    assert repaired(search.candidate(first), search).solved.stopped == Stop.TIME

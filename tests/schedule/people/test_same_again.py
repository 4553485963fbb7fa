"""The same plan again: time decides nothing but the end, and where it has decided more the plan says so."""

from __future__ import annotations

import dataclasses
import threading

import numpy as np
import pytest
from cover_cases import FULL, PART, by_need, day

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import NothingFound, Stop
from busyhour.schedule.people.annealing import Cooling
from busyhour.schedule.people.best_week import WeekFinder
from busyhour.schedule.people.choice import TABLE
from busyhour.schedule.people.compile import CompiledStaff
from busyhour.schedule.people.params import AnnealingParams, DescentParams, PeopleParams
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.activity import activity
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules

PARAMS = AnnealingParams(step_s=0.01, patient=0.5)


def _desk(people: int = 6):
    contract = Contract("any", ("full", "part"), max_h_week=40)
    staff = [Agent(f"p{i}", "any", {"calls": 1.0}, 1.0 + i / 10) for i in range(people)]
    prices = Costs(cost_h=1.0, under_h=20.0, open_shift_h=3.0, below_contract_h=0.5)
    rules = Rules(days_off_together=0)
    return by_need(day(2), 1, [FULL, PART], contracts={"any": contract}, staff=staff, costs=prices, rules=rules)


def test_an_annealing_that_can_do_all_its_steps_never_looks_at_the_time():
    used = [0.0]
    cooling = Cooling(lambda: used[0], 100, 1.0, PARAMS)
    for used[0] in (0.0, 0.2, 0.49):
        assert cooling.done(10) == 0.1
    for used[0], step in ((0.5, 70), (0.6, 84), (0.7, 98)):
        assert cooling.done(step) == step / 100  # it leads
    assert not cooling.hurried


def test_an_annealing_that_lags_behind_cools_with_the_time_from_where_it_is_and_says_so():
    used = [0.5]
    cooling = Cooling(lambda: used[0], 100, 1.0, PARAMS)
    assert cooling.done(20) == 0.2
    used[0] = 0.75
    assert cooling.done(21) == pytest.approx(0.6)
    assert cooling.hurried
    used[0] = 1.0
    assert cooling.done(22) == 1.0


def test_an_annealing_whose_steps_do_not_fit_follows_the_time_from_the_beginning():
    cooling = Cooling(lambda: 0.3, 101, 1.0, PARAMS)
    assert cooling.done(10) == pytest.approx(0.3)
    assert cooling.hurried


def _stopped(**options: object) -> Stop | None:
    found = solve_named(_desk(), watch=Watch(), time_limit_s=600.0, steps=50, **options)  # type: ignore[arg-type]
    return found.solved.stopped


def test_a_search_whose_prices_time_has_cut_says_time_however_near_its_plan_is():
    cut = PeopleParams(choice=dataclasses.replace(TABLE[-1], price_share=0.0))
    assert _stopped(gap=1e6) == Stop.GAP
    assert _stopped(gap=1e6, params=cut) == Stop.TIME


@pytest.mark.slow
def test_the_same_plan_comes_again_while_others_work():
    """The threads take the interpreter away from the search at other moments each time."""
    problem, ended = _desk(), threading.Event()

    def burn() -> None:
        while not ended.is_set():
            np.linalg.norm(np.ones((200, 200)))

    def made():
        found = solve_named(problem, watch=Watch(), time_limit_s=600.0, steps=300)
        return activity(found.assigned, problem.grid).to_csv(), found.solved.cut, found.solved.cost

    quiet = made()
    busy = [threading.Thread(target=burn) for _ in range(3)]
    for thread in busy:
        thread.start()
    try:
        assert made() == quiet
    finally:
        ended.set()
        for thread in busy:
            thread.join()
    assert not quiet[1]


def test_a_stop_is_heard_between_two_people(monkeypatch):
    """After the stop nobody's best week is looked for any more, wherever the search is."""
    problem, watch = _desk(12), Watch()
    calls = [0, 0]
    whole = WeekFinder.cheapest

    def counted(self, *options, **more):
        calls[watch.stopped] += 1
        if calls[0] == 40:
            watch.stop.set()
        return whole(self, *options, **more)

    solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=1)  # compiled before the count begins
    monkeypatch.setattr(WeekFinder, "cheapest", counted)
    for at in (20, 30, 40, 60, 100, 200):
        watch.stop.clear()
        calls[:] = [40 - at, 0]
        found = solve_named(problem, watch=watch, time_limit_s=60.0, steps=400)
        assert found.solved.stopped == Stop.USER
        assert set(found.assigned) == {a.id for a in problem.staff}
        assert calls[1] <= 2  # a pair that has left the plan still chooses


def test_a_search_that_is_over_before_anybody_has_a_week_ends_at_once():
    watch = Watch()
    watch.stop.set()
    params = PeopleParams(descent=DescentParams(grace_s=0.0))
    with pytest.raises(NothingFound):
        solve_named(_desk(), watch=watch, time_limit_s=60.0, params=params)


def test_people_who_differ_in_nothing_are_priced_once():
    alike = _desk()
    alike = dataclasses.replace(alike, staff=tuple(dataclasses.replace(a, cost_h=1.0) for a in alike.staff))
    kinds = CompiledStaff.of(alike).kinds
    assert [n for _, n in kinds] == [len(alike.staff)]
    assert [n for _, n in CompiledStaff.of(_desk()).kinds] == [1] * len(alike.staff)

"""Who gets how much of the time, and what the plan says where time was short."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from cover_cases import FULL, PART, by_need, day
from desk_of_calls import desk
from roster_cases import centre, cover, person, solve

from busyhour.forecast.progress import Watch
from busyhour.schedule.diagnose.explain import explain
from busyhour.schedule.exchange import exchange as door
from busyhour.schedule.exchange import search as exchange_search
from busyhour.schedule.exchange.params import ExchangeParams
from busyhour.schedule.optimise.solver import Answer
from busyhour.schedule.optimise.status import Status, Stop
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.plan.repair import repaired
from busyhour.schedule.plan.searches import NamedSearch
from busyhour.schedule.plan.settings import SolveSettings
from busyhour.schedule.problem.staff import Agent, Contract
from busyhour.schedule.rules.rules import Rules


def test_the_clock_keeps_time_to_write_the_plan_down():
    settings = SolveSettings(time_limit_s=20.0, person_s=0.001, rules_times=4.0, most_kept_share=0.5)
    assert settings.clock(Watch()).time_limit_s == 20.0
    assert settings.clock(Watch(time_limit_s=5.0)).time_limit_s == pytest.approx(5.0, abs=0.5)
    assert settings.kept_s(0, 0.0) == 0.0
    assert settings.kept_s(2000, 0.1) == pytest.approx(2.0)
    assert settings.kept_s(2000, 2.0) == pytest.approx(8.0)  # a busy machine
    assert settings.kept_s(10**6, 0.0) == pytest.approx(10.0)


def test_the_clock_tells_and_stops_as_the_watch_does():
    told: list[object] = []
    watch = Watch(show=told.append)
    clock = SolveSettings().clock(watch)
    clock.tell("people")
    watch.stop.set()
    assert len(told) == 1
    assert clock.stopped


def test_open_shifts_are_looked_for_also_where_time_is_up():
    settings = SolveSettings(time_limit_s=100.0, open_s=10.0, least_open_share=0.05)
    assert settings.open_clock(Watch(time_limit_s=0.0)).time_limit_s == pytest.approx(5.0)
    assert settings.open_clock(Watch(time_limit_s=1000.0)).time_limit_s == 10.0


def _two_people():
    problem = centre(person("ann"), person("ben"))
    return problem, cover(problem, (0, "eight@0600"), (1, "eight@0800"), (2, "eight@0600"))


def test_an_exchange_that_time_has_cut_says_time(monkeypatch):
    problem, planned = _two_people()
    monkeypatch.setattr(exchange_search, "solve", lambda *_, **__: Answer(Status.NONE, stopped=Stop.TIME))
    assert solve(problem, planned, gap=1e6).solved.stopped == Stop.TIME


def test_a_large_desk_is_not_dealt_out_again(monkeypatch):
    contract = Contract("any", ("full", "part"), max_h_week=40)
    staff, rules = [Agent("ann", "any", {"calls": 1.0}, 1.0)], Rules(days_off_together=0)
    problem = by_need(day(2), 1, [FULL, PART], contracts={"any": contract}, staff=staff, rules=rules)
    plan = solve_named(problem, watch=Watch(), time_limit_s=60.0, steps=10)
    monkeypatch.setattr(door, "ExchangeParams", lambda: ExchangeParams(most_people=0))
    monkeypatch.setattr(door, "solve_roster", lambda *_, **__: pytest.fail("the shifts were dealt out"))
    assert any(plan.assigned.values())
    assert door.exchanged(problem, plan, watch=Watch(), time_limit_s=9.0, seed=1, threads=1) is plan


def test_a_plan_without_time_for_its_repair_says_time():
    measure = dataclasses.replace(desk(), watch=Watch(time_limit_s=0.0))
    first = solve_named(measure.problem, watch=Watch(), time_limit_s=60.0, steps=0, gap=1e6)
    assert first.solved.stopped == Stop.GAP
    search = NamedSearch(measure, SolveSettings(gap=0.99, settled=0.0))
    found = repaired(search.candidate(first), search)
    assert (found.repairs, found.assigned) == (0, first.assigned)
    assert found.solved.stopped == Stop.TIME


def test_a_stop_ends_the_explanation_with_what_is_explained_so_far():
    problem, planned = _two_people()
    starts = pd.date_range(problem.grid.first, periods=4, freq=f"{problem.grid.minutes}min")
    rows = {"queue": problem.demands[0].queue, "start": starts, "on_phone": 0, "required": [1, 0, 1, 0]}
    assigned, stopped = {"ann": tuple(planned)}, Watch()
    whole = explain(problem, assigned, pd.DataFrame(rows), watch=Watch())
    stopped.stop.set()
    assert len(whole) == 2
    assert explain(problem, assigned, pd.DataFrame(rows), watch=stopped).empty

"""The contest of hiring policies: one workforce lives on as planned, pairs are true, paths are centred."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import FIRST, RULES, group, kind, tiny

from benchmarks.hiring import FirstPlan
from benchmarks.hiring_lives import Lives, firm, pass_month, state
from benchmarks.hiring_paths import Paths
from busyhour.forecast.progress import Event
from busyhour.schedule.hiring.case import Case
from busyhour.schedule.hiring.problem import Head
from busyhour.schedule.hiring.rule import HireUpTo, fill


def test_the_workforce_lives_on_as_planned_without_chance():
    """Re-planned with the rule that made the plan, and nothing random: the frozen plan's own cost."""
    sure = replace(kind().learning, leave=np.zeros(1), fails=0.0, noise=0.0)
    problem = tiny(
        kinds=(kind(learning=sure),), groups=(group(scenarios=1, hours=1700.0),), rules=replace(RULES, drop_out=0.0)
    )
    case, rule = Case.of(problem), HireUpTo(1.0, 0)
    made = fill(case, rule)
    assert made.heads.any()
    demand = problem.groups[0].demand[0][None]

    def policy(now):
        ready = Case.of(now)
        return firm(now, ready, fill(ready, rule))

    lived = Lives(problem).live(demand, lambda t: demand[None], policy, seed=1)
    cost = case.cost(made, np.zeros_like(case.contract)) + case.money.wages_today
    assert lived.hired == made.heads.sum()
    assert lived.cost == pytest.approx(cost)


def test_the_state_holds_who_is_there_and_on_the_way():
    problem = tiny()
    lives = Lives(problem)
    coming = [("main/full", dt.date(2027, 3, 1), 3)]
    now = state(problem, 2, problem.groups[0].demand[:, None], lives.teams(1), coming)
    assert now.as_of == dt.date(2027, 3, 1)
    assert now.months.count == 2
    assert len(now.kinds[0].staff) == 12
    assert now.given == (("main/full", dt.date(2027, 3, 1), 3),)
    assert now.groups[0].demand.shape == (7, 2)


def test_the_same_people_leave_whatever_else_is_decided():
    lives = Lives(tiny(kinds=(kind(heads=40),)))
    alone, joined = lives.teams(seed=4), lives.teams(seed=4)
    classes = [lives.begin("main/full", FIRST, 4, place, seed=4) for place in (0, 1)]
    joined = [classes[0], *joined, classes[1]]
    for t, first in enumerate(lives.problem.months.starts()[:-1]):
        pass_month(lives.case, alone, t, first)
        pass_month(lives.case, joined, t, first)
    assert [team.heads for team in joined[1:-1]] == [team.heads for team in alone]
    assert sum(team.heads for team in alone) < 40
    assert classes[0].luck != classes[1].luck


def test_people_of_today_in_training_take_a_trainer_in_the_contest_too():
    people = (*kind(heads=8).staff, *([Head(FIRST)] * 3))
    gives = []
    for trainers in (0.0, 0.5):
        lives = Lives(tiny(kinds=(kind(staff=people),), rules=replace(RULES, trainers=trainers)))
        gives.append(pass_month(lives.case, lives.teams(1), 0, FIRST)[0][0])
    assert gives[0] - gives[1] == pytest.approx(0.5 * 14 / 31 * 160 * 0.8)


def test_the_first_plan_is_told_by_its_cost():
    first = FirstPlan(0.0)
    assert first.told == "never"
    first.hear(Event("hiring", "begin"))
    assert first.seconds is None
    first.hear(Event("hiring", "rule", best=5.0))
    assert first.told.endswith(" s")


LAW = Paths(np.array([[100.0, 110.0, 120.0], [50.0, 50.0, 40.0]]), sd=0.1, rho=0.9, shared=0.4)


def test_paths_are_centred_and_come_in_opposite_pairs():
    demand = LAW.draw(40, seed=1)
    assert demand.mean(axis=0) == pytest.approx(LAW.mean)
    levels = LAW.levels(40, seed=1)
    assert levels[:20] == pytest.approx(-levels[20:])
    assert LAW.draw(1, seed=1)[0] == pytest.approx(LAW.mean)


def test_fresh_paths_have_the_mean_and_the_correlation_of_the_law():
    demand, levels = LAW.fresh(20000, seed=3)
    assert demand.mean(axis=0) == pytest.approx(LAW.mean, rel=0.01)
    assert np.corrcoef(levels[:, 0, 2], levels[:, 1, 2])[0, 1] == pytest.approx(0.4, abs=0.03)
    assert levels[:, 0, 0].std() == pytest.approx(0.1, rel=0.03)


def test_paths_go_on_from_a_known_level():
    level = np.array([0.1, 0.05])
    demand = LAW.draw(200, seed=1, first=1, level=level)
    _, levels = LAW.fresh(200000, seed=5)
    near = (np.abs(levels[:, :, 0] - level) < 0.02).all(axis=1)
    fresh = LAW.fresh(200000, seed=5)[0][near]
    assert near.sum() > 300
    assert demand.mean(axis=0)[:, 1:] == pytest.approx(fresh.mean(axis=0)[:, 1:], rel=0.02)

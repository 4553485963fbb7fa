"""Hiring plans: against all plans of tiny problems, within all limits, with honest bounds and stops."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import FIRST, RULES, group, kind, tiny, two_contracts

from benchmarks.hiring_lives import fill_next_month
from busyhour.forecast.progress import Watch
from busyhour.schedule.hiring.anneal import anneal
from busyhour.schedule.hiring.case import Case
from busyhour.schedule.hiring.problem import HiringProblem, Recourse
from busyhour.schedule.hiring.result import decisions_of
from busyhour.schedule.hiring.rule import HireUpTo, fill, tuned
from busyhour.schedule.hiring.solve import Best, plan_hires
from busyhour.schedule.hiring.supply import Decisions, Supply
from busyhour.schedule.hiring.tenure import training_days
from busyhour.schedule.optimise.status import Status, Stop


def least_of_all(case: Case) -> float:
    """Return the least cost of all plans of a problem of one room, whose classes never train at the same time."""
    supply, rules = case.supply, case.problem.rules
    sizes = [0, *range(rules.least, rules.most + 1)]
    best = np.inf
    for heads in itertools.product(sizes, repeat=len(supply.options)):
        by_month = np.zeros(supply.days.months)
        np.add.at(by_month, [o.month for o in supply.options], heads)
        if (by_month > rules.recruits).any():
            continue
        made = Decisions(np.array(heads, dtype=float), (np.array(heads) > 0).astype(float), np.zeros(0))
        best = min(best, case.cost(made, np.zeros_like(case.contract)))
    return best


@pytest.mark.parametrize("hours", [1250.0, 1400.0, 1600.0])
def test_the_plan_is_the_best_of_all(hours):
    problem = tiny(groups=(group(hours=hours),))
    plan = plan_hires(problem, gap=1e-6)
    case = Case.of(problem)
    rule, made, _ = tuned(case, Watch(), 60.0)
    best = least_of_all(case.with_chance_of(made))
    assert plan.solved.cost == pytest.approx(best, rel=2e-5)
    assert plan.solved.bound is not None
    assert plan.solved.bound <= best * (1 + 1e-9)
    assert plan.buffer == rule.buffer


@pytest.mark.slow
def test_more_scenarios_of_the_same_demand_change_nothing():
    few = tiny()
    many = tiny(groups=(replace(few.groups[0], demand=np.repeat(few.groups[0].demand, 6, axis=0)),))
    one, other = plan_hires(few, gap=1e-6), plan_hires(many, gap=1e-6)
    assert one.solved.cost == pytest.approx(other.solved.cost, rel=1e-5)


def check_limits(problem: HiringProblem, plan) -> None:
    rules = problem.rules
    earliest = problem.as_of + dt.timedelta(days=round(7 * rules.lead_weeks))
    by_month = np.zeros(problem.months.count)
    training = []
    for one in plan.classes:
        assert rules.least <= one.size <= rules.most
        assert one.start >= earliest
        assert one.start.weekday() < 5
        assert one.offers * (1 - rules.drop_out) >= one.size - 1e-9
        assert one.decide_by == one.start - dt.timedelta(days=round(7 * rules.lead_weeks))
        month = (one.start.year - FIRST.year) * 12 + one.start.month - 1
        assert month not in rules.frozen
        by_month[month] += one.size
        weeks = next(k.learning.training_weeks for k in problem.kinds if k.name == one.kind)
        training.append((one.start, one.start + dt.timedelta(days=training_days(weeks))))
    for name, start, people in problem.given:
        by_month[start.month - 1] += people
        weeks = next(k.learning.training_weeks for k in problem.kinds if k.name == name)
        training.append((start, start + dt.timedelta(days=training_days(weeks))))
    assert (by_month <= np.broadcast_to(rules.recruits, by_month.shape)).all()
    rooms = np.broadcast_to(rules.rooms, by_month.shape)
    for day, _ in training:
        assert sum(a <= day < b for a, b in training) <= rooms[day.month - 1]


LIMITS = (
    {},
    {"frozen": (1, 2)},
    {"start_days": (1, 8, 15), "rooms": 2},
    {"recruits": np.array([0, 3, 4, 9]), "rooms": np.array([1, 2, 1, 3])},
    {"lead_weeks": 9.0},
    {"nesting_weeks": 3.0, "nesting_heads": 0.3, "trainers": 2.0},
)


@pytest.mark.parametrize("limits", LIMITS)
def test_plans_keep_all_limits(limits):
    rules = replace(RULES, **limits)
    problem = tiny(groups=(group(hours=1900.0),), rules=rules, given=(("main/full", dt.date(2027, 3, 4), 3),))
    check_limits(problem, plan_hires(problem, gap=0.01))
    case = Case.of(problem)
    made = fill(case, HireUpTo(1.2, 0))
    for j, option in enumerate(case.supply.options):
        assert made.heads[j] <= rules.most * made.classes[j]
        assert made.heads[j] >= rules.least * made.classes[j]
        assert option.month not in rules.frozen


def test_costs_are_those_of_the_decisions_and_add_up():
    problem = two_contracts()
    plan = plan_hires(problem, gap=0.005)
    fixed = ("wages_today", "given")
    assert sum(v for k, v in plan.cost.items() if k not in fixed) == pytest.approx(plan.solved.cost)
    recourse = sum(plan.cost[k] for k in ("overtime", "vendor", "time_off", "missing"))
    assert recourse == pytest.approx(sum(g.recourse.sum() for g in plan.groups.values()))
    made = decisions_of(Supply.of(problem), plan)
    presence = Supply.of(problem).presence(made)
    assert (presence.sum(axis=0) <= sum(k.work_h for k in plan.kinds.values()) + 1e-9).all()
    for months in plan.kinds.values():
        after = months.opening + months.hires + months.transferred - months.leavers
        assert after[:-1] == pytest.approx(months.opening[1:])
    assert plan.groups["main"].mix.sum(axis=0) == pytest.approx(np.ones(4))
    wages = sum(k.wages.sum() for k in plan.kinds.values())
    parts = plan.cost["wages_today"] + plan.cost["wages_hired"] + plan.cost["training"] + plan.cost["transfers"]
    moved = sum(100.0 * heads for *_, heads in plan.transfers)
    assert wages == pytest.approx(parts - moved)


@pytest.mark.slow
def test_part_time_is_chosen_where_the_mix_saves_hours():
    problem = two_contracts(6)
    plan = plan_hires(problem, gap=0.002)
    dear = replace(problem.groups[0], recipes=problem.groups[0].recipes[:1])
    without = plan_hires(replace(problem, groups=(dear,)), gap=0.002)
    assert plan.total < without.total
    assert plan.groups["main"].mix[1:].sum() > 0


def test_hours_are_bought_ahead_where_they_are_cheap_and_keep_their_least():
    cheap = replace(group(hours=1900.0), contract_cost=25.0, contract_least=150.0, contract_most=260.0)
    plan = plan_hires(tiny(groups=(cheap,)), gap=1e-4)
    bought = plan.groups["main"].contract
    assert plan.cost["contract"] == pytest.approx(25.0 * bought.sum())
    assert bought.max() > 0
    assert all(b == pytest.approx(0.0, abs=1e-6) or 150.0 - 1e-6 <= b <= 260.0 + 1e-6 for b in bought)


def test_nobody_is_hired_for_what_they_are_worth_at_the_end():
    quiet = tiny(groups=(group(hours=900.0),))
    assert not plan_hires(quiet, gap=1e-6).classes


def test_no_classes_of_kinds_that_are_not_hired():
    problem = tiny(groups=(group(hours=1900.0),), kinds=(kind(hired=False),))
    plan = plan_hires(problem)
    assert not plan.classes
    assert plan.solved.status == Status.OPTIMAL


@pytest.mark.parametrize("seconds", [0.0, 1e-6])
def test_there_is_always_a_plan(seconds):
    plan = plan_hires(tiny(), time_limit_s=seconds)
    assert plan.by == "rule"
    assert plan.solved.bound is None
    assert plan.solved.stopped == Stop.TIME


def test_a_stop_keeps_the_plan_so_far():
    watch = Watch()
    watch.stop.set()
    plan = plan_hires(tiny(), watch=watch)
    assert plan.solved.stopped == Stop.USER
    assert plan.solved.status == Status.FEASIBLE


def test_equal_seeds_make_equal_plans():
    one, other = (plan_hires(two_contracts(), gap=0.001, seed=3) for _ in range(2))
    assert one.classes == other.classes
    assert one.cost == other.cost


def test_the_rule_beats_closing_next_months_gap_when_demand_grows():
    case = Case.of(tiny(months=8, groups=(group(months=8, hours=1300.0),), kinds=(kind(months=8),)))
    none = np.zeros_like(case.contract)
    _, made, cut = tuned(case, Watch(), 60.0)
    assert not cut
    assert case.cost(made, none) <= case.cost(fill_next_month(case), none)
    assert case.cost(made, none) <= case.cost(fill(case, HireUpTo()), none)


def test_annealing_finds_the_best_of_all_and_keeps_limits():
    case = Case.of(tiny(groups=(group(hours=1600.0),), rules=replace(RULES, recruits=7)))
    none = np.zeros_like(case.contract)
    made, cut = anneal(case, case.supply.nothing(), none, Watch(), 60.0, 1)
    assert not cut
    assert case.cost(made, none) == pytest.approx(least_of_all(case), rel=1e-3)
    two = Case.of(two_contracts())
    made, _ = anneal(two, two.supply.nothing(), none, Watch(), 60.0, 1)
    assert two.cost(made, none) < two.cost(two.supply.nothing(), none)
    again, _ = anneal(two, two.supply.nothing(), none, Watch(), 60.0, 1)
    assert (made.heads == again.heads).all()


def test_without_recourse_hours_are_missing_and_said_to_be():
    bare = Recourse(overtime_share=0.0, off_share=0.0, vendor_share=0.0)
    problem = tiny(groups=(replace(group(hours=2500.0), recourse=bare),))
    plan = plan_hires(problem)
    assert plan.groups["main"].probability.max() < 0.05
    assert plan.cost["missing"] > 0


def test_the_tuned_rule_is_told_with_its_look_and_whether_it_pays():
    busy = tiny(groups=(group(hours=1700.0),))
    rule, made, _ = tuned(Case.of(busy), Watch(), 60.0)
    plan = plan_hires(busy, gap=0.01)
    assert made.heads.any()
    assert (plan.buffer, plan.look, plan.pays) == (rule.buffer, rule.look, True)
    quiet = plan_hires(tiny(groups=(group(hours=900.0),)), gap=0.01)
    assert not quiet.pays


def test_where_nobody_is_worth_hiring_the_level_told_is_the_cheapest_tried():
    dear = tiny(kinds=(kind(hire_cost=10**6),), groups=(group(hours=1700.0),))
    case, none = Case.of(dear), np.zeros((1, 4))
    rule, made, _ = tuned(case, Watch(), 60.0)
    assert not made.heads.any()
    assert case.cost(fill(case, rule), none) <= case.cost(fill(case, HireUpTo()), none)
    assert rule != HireUpTo()


def test_a_gap_of_nearly_nothing_is_measured_against_all_money():
    case = Case.of(tiny())
    nothing = case.supply.nothing()
    total = case.money.wages_today
    best = Best(case, nothing, np.zeros_like(case.contract), cost=1e-4 * total, bound=0.5e-4 * total)
    assert best.near(0.005)
    assert not best.near(0.001)
    large = Best(case, nothing, np.zeros_like(case.contract), cost=total, bound=0.99 * total)
    assert large.near(0.011)
    assert not large.near(0.01)
    assert large.eased(0.01) == 0.01

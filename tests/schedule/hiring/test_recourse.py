"""A month's recourse against linear programmes, its slopes and its convexity; work of mixed contracts."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.stats import norm

from busyhour.schedule.hiring.mixing import Mixing
from busyhour.schedule.hiring.problem import Recipe, Recourse
from busyhour.schedule.hiring.recourse import GroupCost, settle

RULES = (
    Recourse(),
    Recourse(vendor_cost=40.0, overtime_cost=60.0),
    Recourse(overtime_share=0.0, off_share=0.0),
    Recourse(short_cost=55.0, vendor_share=0.0),
)


def by_programme(rules: Recourse, work: float, contract: float, demand: float) -> float:
    """Return the least cost of a month."""
    cost = [rules.overtime_cost, rules.vendor_cost, rules.short_cost, rules.lost_cost, -rules.off_saving]
    most = [rules.overtime_share * work, rules.vendor_share * demand, rules.short_share * demand, None,
            rules.off_share * work]  # fmt: skip
    found = linprog(
        cost, [[-1, -1, -1, -1, 1]], [work + contract - demand], bounds=[(0, m) for m in most], method="highs"
    )
    return float(found.fun)


@pytest.mark.parametrize("rules", RULES)
def test_a_month_costs_what_the_programme_costs(rules):
    rng = np.random.default_rng(3)
    for work, contract, demand in rng.uniform([50, 0, 20], [200, 30, 300], (25, 3)):
        found = settle(rules, work, contract, demand)
        assert found.cost == pytest.approx(by_programme(rules, work, contract, demand), abs=1e-6)
        given = found.overtime + found.vendor + found.short + found.lost - found.time_off
        assert given + work + contract >= demand - 1e-9


def expected(spread: float) -> GroupCost:
    rng = np.random.default_rng(5)
    return GroupCost(Recourse(), rng.uniform(80, 140, (9, 1)), np.array([spread]))


@pytest.mark.parametrize("spread", [0.0, 6.0])
def test_tangents_lie_below_the_expected_cost_everywhere(spread):
    cost, rng = expected(spread), np.random.default_rng(1)
    for _ in range(60):
        (w0, c0), (w1, c1) = rng.uniform([40, 0], [180, 40], (2, 2))
        at, there = cost.at(np.array([w0]), np.array([c0])), cost.at(np.array([w1]), np.array([c1]))
        tangent = at.cost + at.by_work * (w1 - w0) + at.by_contract * (c1 - c0)
        assert there.cost >= tangent - 1e-9
        assert at.by_work <= 0
        assert at.by_contract <= 0


@pytest.mark.parametrize("spread", [0.0, 6.0])
def test_slopes_are_those_of_the_cost(spread):
    cost, step = expected(spread), 1e-4
    for w in (60.3, 95.1, 117.7, 151.9):
        for dw, dc, name in ((step, 0.0, "by_work"), (0.0, step, "by_contract")):
            up, down = (cost.at(np.array([w + s * dw]), np.array([3.0 + s * dc])).cost for s in (1, -1))
            slope = getattr(cost.at(np.array([w]), np.array([3.0])), name)
            assert (up - down) / (2 * step) == pytest.approx(slope, abs=1e-5)


def test_many_scenarios_cost_their_mean():
    cost = expected(0.0)
    each = [float(settle(cost.rules, np.array(101.0), np.array(0.0), d).cost) for d in cost.demand[:, 0]]
    assert cost.at(np.array([101.0]), np.zeros(1)).cost == pytest.approx(np.mean(each))


def test_the_probability_counts_scenarios_and_chance():
    cost = expected(0.0)
    reach, need = 100.0 * 1.08, 0.85 * cost.demand[:, 0]
    assert cost.met(np.array([100.0]), np.zeros(1)) == pytest.approx((reach >= need).mean())
    spread = expected(6.0)
    by_hand = norm.cdf((reach - need) / (6.0 * 1.08)).mean()
    assert spread.met(np.array([100.0]), np.zeros(1)) == pytest.approx(by_hand)


RECIPES = tuple(
    Recipe(f"{s}", {"full": 1 - s, "part": s}, np.array([r])) for s, r in ((0.0, 1.28), (0.3, 1.15), (0.6, 1.1))
)


def test_mixed_contracts_work_as_the_best_mix_of_recipes():
    mixing, rng = Mixing.of(RECIPES, ["full", "part"], 0), np.random.default_rng(2)
    for presence in [*rng.uniform(0, 100, (20, 2)), np.array([50.0, 0.0]), np.array([0.0, 50.0]), np.zeros(2)]:
        takes = np.array([[r.share["full"], r.share["part"]] for r in RECIPES]).T * [r.ratio[0] for r in RECIPES]
        best = -linprog([-1.0] * 3, takes, presence, method="highs").fun
        assert mixing.work(presence) == pytest.approx(best, abs=1e-9)
        hours = mixing.split(presence)
        assert hours.sum() == pytest.approx(best, abs=1e-9)
        assert (takes @ hours <= presence + 1e-9).all()


def test_one_recipe_is_a_ratio():
    mixing = Mixing.of((Recipe("a", {"full": 1.0}, np.array([1.25])),), ["full"], 0)
    assert mixing.work(np.array([100.0])) == pytest.approx(80.0)
    assert mixing.slope(np.array([100.0])).tolist() == [0.8]


def test_recipes_of_contracts_that_the_group_lacks_give_no_work():
    free = Recipe("free", {"part": 1.0}, np.array([0.5]))
    mixing = Mixing.of((free, *RECIPES), ["full"], 0)
    assert mixing.work(np.array([128.0])) == pytest.approx(100.0)
    assert mixing.split(np.array([128.0])) == pytest.approx([0.0, 100.0, 0.0, 0.0])


def test_presence_below_zero_counts_as_none():
    mixing = Mixing.of(RECIPES, ["full", "part"], 0)
    assert mixing.work(np.array([-50.0, 0.0])) == 0.0
    assert mixing.work(np.array([64.0, -10.0])) == pytest.approx(mixing.work(np.array([64.0, 0.0])))


def test_corners_of_the_same_ratios_are_enumerated_once():
    one, other = (Mixing.of(RECIPES, ["full", "part"], 0) for _ in range(2))
    assert one.price is other.price

"""Cost lines by month: with classes on their way, transfers, and hours bought ahead they reach the expected cost."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from hiring_outcome import small_problem

from busyhour.app.hiring.cost_lines import cost_lines
from busyhour.schedule.hiring.problem import HiringProblem, Transfer
from busyhour.schedule.hiring.solve import plan_hires


def crowded_problem() -> HiringProblem:
    """Return two groups, a class on its way before the first month and one later, a transfer, and hours to buy."""
    problem = small_problem(3900.0)
    desk = replace(problem.groups[0], contract_h=np.full(6, 50.0), contract_cost=20.0, contract_most=40.0)
    other = replace(problem.groups[0], name="other", demand=0.2 * problem.groups[0].demand)
    kinds = (*problem.kinds, replace(problem.kinds[0], name="other/full", group="other", staff=problem.kinds[0].staff))
    recipe = problem.groups[0].recipes[1]
    return replace(
        problem,
        as_of=dt.date(2026, 9, 20),
        groups=(desk, replace(other, recipes=(recipe,))),
        kinds=kinds,
        transfers=(Transfer("other/full", "desk/full", 1.0, np.array([0.9, 1.0]), 300.0, 5),),
        given=(("desk/full", dt.date(2026, 9, 28), 4), ("desk/part", dt.date(2026, 11, 2), 3)),
    )


def test_lines_of_groups_and_months_reach_the_cost() -> None:
    problem = crowded_problem()
    plan = plan_hires(problem, time_limit_s=300.0, gap=0.5)
    lines = cost_lines(problem, plan)
    total = {name: sum(float(own[name].sum()) for own in lines.values()) for name in lines["desk"]}
    assert sum(total.values()) == pytest.approx(plan.total)
    assert plan.transfers
    assert total["cost_transfers"] == pytest.approx(300.0 * sum(heads for *_, heads in plan.transfers))
    assert total["cost_contract"] == pytest.approx(plan.cost["contract"])
    assert plan.cost["contract"] > 0.0
    assert total["cost_end_value"] == pytest.approx(plan.cost["end_value"])
    assert lines["desk"]["cost_hiring"][0] >= 4 * 6700.0 * 0.9
    assert lines["other"]["cost_contract"].sum() == 0.0

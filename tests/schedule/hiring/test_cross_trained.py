"""What an agent is worth who can work for two groups."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hiring_cases import group, kind, tiny

from busyhour.forecast.progress import Watch
from busyhour.schedule.hiring.cross_trained import cross_trained
from busyhour.schedule.hiring.problem import HiringProblem
from busyhour.schedule.hiring.solve import Search, plan_hires

SWING = np.array([[0.8], [1.2], [0.8], [1.2]])


def two_groups(first: np.ndarray, second: np.ndarray) -> HiringProblem:
    """Return two groups whose demand is that of a desk that suffices on average, times a swing by scenario."""
    usual = np.full((1, 4), 1250.0)
    groups = tuple(
        replace(group(name), demand=usual * swing) for name, swing in (("main", first), ("other", second))
    )  # fmt: skip
    return tiny(groups=groups, kinds=(kind(), kind("other/full")))


def values(problem: HiringProblem) -> dict[str, float]:
    """Return what is saved, by the text of the change, with the plan found in a moment."""
    plan = plan_hires(problem, gap=0.1, search=Search(whole_until=0))
    return {a.what: a.saves for a in cross_trained(problem, plan)}


def test_an_agent_for_two_groups_is_worth_most_where_they_are_busy_in_turn() -> None:
    in_turn, together = values(two_groups(SWING, 2.0 - SWING)), values(two_groups(SWING, SWING))
    what = "one head of main/full able to work for other too"
    assert in_turn[what] > 3.0 * together[what] >= 0.0
    assert set(in_turn) == {what, "one head of other/full able to work for main too"}


def test_hours_go_to_the_group_that_lacks_them() -> None:
    problem = two_groups(0.5 * SWING, 4.0 * SWING)  # nobody is missed here, everybody there
    problem = replace(problem, rules=replace(problem.rules, rooms=0))
    plan = plan_hires(problem, gap=0.1)
    first, second = cross_trained(problem, plan)
    hours = float((problem.kinds[0].paid_h * problem.kinds[0].present).sum()) / 1.1
    lost, off = problem.groups[1].recourse.lost_cost, problem.groups[0].recourse.off_saving
    overtime = 1.0 + problem.groups[1].recourse.overtime_share  # an hour more allows more overtime, too
    assert hours * (lost - off) <= first.saves <= hours * lost * overtime
    assert second.saves == pytest.approx(0.0, abs=1.0)
    missing = sum(float(g.missing.sum()) for g in plan.groups.values())
    assert missing - first.missing_h == pytest.approx(hours * overtime, rel=0.02)
    assert np.isnan(first.lowest)


def test_one_group_has_nobody_to_share_with() -> None:
    problem = tiny()
    assert cross_trained(problem, plan_hires(problem, gap=0.1, search=Search(whole_until=0))) == ()


def test_without_time_nothing_is_told() -> None:
    problem = two_groups(SWING, SWING)
    plan = plan_hires(problem, gap=0.1, search=Search(whole_until=0))
    assert cross_trained(problem, plan, Watch(time_limit_s=0.0)) == ()

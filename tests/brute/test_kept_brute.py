"""Plans that keep an earlier one, against the list of every roster of tiny desks."""

import dataclasses
import itertools

import numpy as np
import pytest
from tiny_desks import desk, shortfalls, weeks_of

from busyhour.forecast.progress import Watch
from busyhour.schedule.optimise.status import Infeasible
from busyhour.schedule.people.kept import free_of, kept_plan
from busyhour.schedule.people.solve import solve_named
from busyhour.schedule.problem.staff import Fixed, Kept

CHANGE = 7.0


def with_kept(problem, plans):
    """Return the desk that is to keep, of each person, one of its legal weeks."""
    spans = {(s.start, s.pattern): (s.day, s.start, s.end) for s in problem.shifts}
    staff = []
    for agent, week in zip(problem.staff, plans, strict=True):
        days = {d: Kept(d) for d in range(problem.horizon.days)}
        for start, pattern, breaks in week:
            day, *span = spans[start, pattern]
            days[day] = Kept(day, *span, tuple(breaks))
        staff.append(dataclasses.replace(agent, kept=tuple(days.values())))
    costs = dataclasses.replace(problem.costs, change=CHANGE)
    return dataclasses.replace(problem, staff=tuple(staff), costs=costs)


def priced(problem, agent, weeks):
    """Return the money of each week with that of its changes, its heads, and the number of its changed days."""
    shift = {(s.start, s.pattern): s for s in problem.shifts}
    money, heads, changed = [], [], []
    for week, (cost, mine) in weeks.items():
        on_day = {shift[start, name].day: shift[start, name] for start, name, _ in week}
        changed.append(sum(
            (k.start, k.end) != ((on_day[k.day].start, on_day[k.day].end) if k.day in on_day else (None, None))
            for k in agent.kept
        ))  # fmt: skip
        money.append(cost + CHANGE * changed[-1])
        heads.append(mine)
    return np.array(money), np.array(heads), np.array(changed)


def least(problem, every):
    """Return the least cost of all rosters of two people."""
    (a, b) = every
    best = np.inf
    for money, heads in zip(a[0], a[1], strict=True):
        short = shortfalls(problem, [heads[None, :], b[1]])
        best = min(best, float((money + b[0] + short).min()))
    return best


@pytest.mark.parametrize("seed", range(8))
def test_bound_optimum_and_plan_stand_in_order_where_changes_have_a_price(seed):
    problem = desk(seed)
    weeks = [weeks_of(problem, agent) for agent in problem.staff]
    if not all(weeks):
        with pytest.raises(Infeasible):
            kept_plan(problem)
        return
    rng = np.random.default_rng(seed)
    plans = [list(mine)[rng.integers(len(mine))] for mine in weeks]
    keeping = with_kept(problem, plans)
    start = kept_plan(keeping)
    told = {a: tuple((p.shift.start, p.shift.end) for p in mine) for a, mine in start.assigned.items()}
    assert told == {a.id: tuple((k.start, k.end) for k in a.kept if k.start is not None) for a in keeping.staff}
    assert start.solved.cost == pytest.approx(_cost(keeping, start, weeks))
    every = [priced(keeping, agent, mine) for agent, mine in zip(keeping.staff, weeks, strict=True)]
    best = least(keeping, every)
    plan = solve_named(keeping, watch=Watch(), time_limit_s=60.0, gap=0.0, steps=150, start=start)
    assert plan.solved.cost == pytest.approx(_cost(keeping, plan, weeks))
    assert plan.solved.bound is None or plan.solved.bound <= best + 1e-6
    assert best - 1e-6 <= plan.solved.cost <= min(start.solved.cost, 1.05 * best) + 1e-6
    free = solve_named(free_of(keeping), watch=Watch(), time_limit_s=60.0, gap=0.0, steps=0, start=start)
    freely = least(problem, [(money - CHANGE * n, heads, n) for money, heads, n in every])
    assert free.prices.bound <= freely + 1e-6 <= best + 1e-5


def _cost(problem, plan, weeks):
    """Return the cost of a plan by the list of weeks."""
    cost, heads = 0.0, []
    for agent, mine in zip(problem.staff, weeks, strict=True):
        key = tuple((p.shift.start, p.shift.pattern, p.breaks) for p in plan.assigned[agent.id])
        found = priced(problem, agent, {key: mine[key]})
        cost += found[0][0]
        heads.append(found[1][0])
    return cost + float(shortfalls(problem, heads))


@pytest.mark.parametrize("seed", [2, 5, 7])
def test_what_cannot_stay_changes_and_as_little_else_as_the_rules_ask(seed):
    problem = desk(seed)
    weeks = [weeks_of(problem, agent) for agent in problem.staff]
    plans = [max(mine, key=len) for mine in weeks]
    keeping = with_kept(problem, plans)
    day = next(k.day for k in keeping.staff[0].kept if k.start is not None)
    first = dataclasses.replace(keeping.staff[0], fixed=(Fixed(day, "off"),))
    keeping = dataclasses.replace(keeping, staff=(first, *keeping.staff[1:]))
    legal = weeks_of(keeping, first)
    fewest = min(int(priced(keeping, first, {week: legal[week]})[2][0]) for week in legal)
    start = kept_plan(keeping)
    changed = [sum(k.changed({p.shift.day: p.shift for p in start.assigned[a.id]}.get(k.day)) for k in a.kept)
               for a in keeping.staff]  # fmt: skip
    assert changed == [fewest, 0]
    assert all(p.shift.day != day for p in start.assigned[first.id])
    assert list(itertools.chain(*start.assigned.values()))

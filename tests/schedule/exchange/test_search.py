"""The named roster's search: blocks of people, what it starts from and ends with, and its own arithmetic."""

import dataclasses

import numpy as np
import pytest
from roster_cases import CONTRACT, DAYS, FREE, PLAIN, centre, cover, person, solve

from busyhour.forecast.progress import Watch
from busyhour.schedule.exchange.cells import pool_of
from busyhour.schedule.exchange.params import ExchangeParams
from busyhour.schedule.exchange.plan import Illegal, plan_of
from busyhour.schedule.rules.rules import Rules


def crowd(people=9, seed=3):
    """Return a centre of some people and a cover that they can nearly take."""
    rng = np.random.default_rng(seed)
    staff = [
        person(
            f"p{i:02d}",
            cost_h=float(rng.integers(18, 24)),
            away=((int(d) * 24 + 6, int(d) * 24 + 12),),
            team=f"t{i % 2}",
        )
        for i, d in enumerate(rng.integers(0, 7, people))
    ]
    rules = Rules(days_off_together=2)
    problem = centre(
        *staff,
        rules=rules,
        costs=dataclasses.replace(PLAIN, steady_h=1.0),
        contract=dataclasses.replace(CONTRACT, max_days=5, max_h_week=40),
    )
    asked = [
        (int(d), f"eight@{int(h):02d}00")
        for d, h in zip(rng.integers(0, 7, 5 * people), rng.choice([6, 8, 10, 14], 5 * people), strict=True)
    ]
    return problem, cover(problem, *asked)


@pytest.mark.slow
def test_blocks_of_people_reach_nearly_the_optimum_and_the_same_roster_again():
    problem, planned = crowd()
    best = solve(problem, planned, gap=0.005).solved
    by_parts = ExchangeParams(whole_binaries=0, block_options=100)
    first, again = (solve(problem, planned, gap=0.01, params=by_parts) for _ in range(2))
    assert best.bound is not None
    assert first.solved.bound is not None
    assert first.solved.bound <= best.cost + 1e-6
    assert best.bound - 1e-6 <= first.solved.cost <= best.cost * 1.01
    assert first.assigned == again.assigned
    assert sorted(p.shift.start for s in (*first.assigned.values(), first.open) for p in s) == sorted(
        p.shift.start for p in planned
    )


def test_a_given_roster_is_never_made_worse_and_what_is_illegal_in_it_is_dropped():
    problem, planned = crowd()
    known = solve(problem, planned, gap=0.02)
    watch = Watch()
    watch.stop.set()
    kept = solve(problem, planned, start=known.assigned, watch=watch)
    assert kept.solved.cost == pytest.approx(known.solved.cost)
    assert kept.solved.stopped == "user"
    assert kept.solved.status == "feasible"
    assert kept.solved.bound is None
    stacked = {"p00": planned, "nobody": planned}
    assert sum(map(len, solve(problem, planned, start=stacked, watch=watch).assigned.values())) <= 5


def test_no_time_leaves_everything_open():
    problem, planned = crowd()
    roster = solve(problem, planned, time_limit_s=0.0)
    assert len(roster.open) == len(planned)
    assert roster.solved.stopped == "time"


def test_without_people_everything_is_open_and_without_shifts_nothing():
    nobody = centre()
    assert len(solve(nobody, cover(nobody, *DAYS)).open) == 7
    idle = solve(centre(person()), [])
    assert idle.assigned == {"ann": ()}
    assert idle.solved.status == "optimal"


def test_progress_names_best_and_bound():
    problem, planned = crowd()
    events = []
    roster = solve(problem, planned, watch=Watch(events.append), gap=0.02)
    assert events[-1].best == pytest.approx(roster.solved.cost)
    assert events[-1].bound == pytest.approx(roster.solved.bound)
    costs = [c for _, c, _ in roster.solved.history]
    assert costs == sorted(costs, reverse=True)


def test_people_of_one_team_get_different_lunches():
    problem = centre(person(team="a"), person("bob", team="b"), person("cy", team="a"), person("di", team="b"))
    planned = [p for at in (2, 3) for p in cover(problem, *[(0, "lunch@0900")] * 2, breaks=(at,))]
    lunches = {n: s[0].breaks for n, s in solve(problem, planned).assigned.items()}
    assert lunches["ann"] != lunches["cy"]
    assert lunches["bob"] != lunches["di"]


def test_a_head_planned_for_a_contract_goes_to_it():
    problem = centre(person(), person("bob", "part"))
    problem = dataclasses.replace(
        problem, contracts={**problem.contracts, "part": dataclasses.replace(CONTRACT, name="part")}
    )
    planned = cover(problem, DAYS[0], contract="part") + cover(problem, DAYS[0], contract="full")
    roster = solve(problem, planned)
    assert {n: s[0].contract for n, s in roster.assigned.items()} == {"ann": "full", "bob": "part"}


def test_our_arithmetic_refuses_an_illegal_roster():
    problem = centre(person(), rules=dataclasses.replace(FREE, rest_min=660))
    pool = pool_of(problem, cover(problem, (0, "eight@1600"), (1, "eight@0900")))
    with pytest.raises(Illegal, match=r"ann: rest"):
        plan_of(pool, [(0, 1)])


def test_a_cell_taken_too_often_is_refused():
    problem = centre(person(), person("bob"))
    pool = pool_of(problem, cover(problem, DAYS[0]))
    with pytest.raises(Illegal, match="too often"):
        plan_of(pool, [(0,), (0,)])

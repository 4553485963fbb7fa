"""The named roster: each rule seen to bite, each price seen to be paid, and what is said when nothing fits."""

import dataclasses
import datetime as dt

import numpy as np
import pytest

from busyhour.forecast.grid import Grid
from busyhour.forecast.progress import Watch
from busyhour.forecast.queueing.targets import ServiceGoal
from busyhour.schedule.problem import Demand, ScheduleProblem
from busyhour.schedule.roster import solve as roster_solve
from busyhour.schedule.roster.cells import pool_of
from busyhour.schedule.roster.conflicts import conflicts
from busyhour.schedule.roster.plan import Illegal, plan_of
from busyhour.schedule.roster.solve import solve_roster
from busyhour.schedule.rules import Costs, Premium, Rules
from busyhour.schedule.shifts import Break, PlannedShift, ShiftFamily
from busyhour.schedule.staff import Agent, Contract, Wish
from busyhour.schedule.status import Infeasible

GRID = Grid(dt.date(2026, 10, 19), 7, 60)
FREE = Rules(rest_min=0, max_run_days=14, days_off_together=0)
PLAIN = Costs(cost_h=20, wish=2, steady_h=0, under_h=0)  # what open shifts leave short: test_absence.py
FAMILIES = {
    "eight": ShiftFamily("eight", 480, "00:00", "23:00", 60),
    "four": ShiftFamily("four", 240, "00:00", "23:00", 60),
    "lunch": ShiftFamily("lunch", 420, "00:00", "23:00", 60, breaks=(Break(60, 120, 300, "lunch", False),)),
}
CONTRACT = Contract("full", ("eight", "four", "lunch"), 56, 0, 7)


def person(name="ann", contract="full", skills=("calls",), cost_h=20.0, **more):
    return Agent(name, contract, dict.fromkeys(skills, 1.0), cost_h, **more)


def centre(*staff, rules=FREE, costs=PLAIN, contract=CONTRACT, grid=GRID):
    always = np.ones(len(grid), bool)
    demands = tuple(
        Demand(q, ServiceGoal(0.8, 20), always, always * 1.0, always.astype(int), always * 1.0)
        for q in ("calls", "mail")
    )
    return ScheduleProblem(grid, demands, FAMILIES, {contract.name: contract}, staff, rules, costs)


def cover(problem, *asked, breaks=(), contract=None):
    """Return planned shifts from (day, pattern) or (day, pattern, queue)."""
    known = {(s.day, s.pattern): s for s in problem.shifts}
    return [
        PlannedShift(known[day, pattern], breaks, queue[0] if queue else "calls", contract)
        for day, pattern, *queue in asked
    ]


def solve(problem, planned, **more):
    options = {"watch": Watch(), "time_limit_s": 60.0, "gap": 0.0, "seed": 1} | more
    return solve_roster(problem, planned, **options)


def worked(roster, name="ann"):
    return [(p.shift.day, p.shift.pattern) for p in roster.assigned[name]]


DAYS = [(d, "eight@0900") for d in range(7)]


def test_everything_is_taken_by_somebody_who_is_free():
    problem = centre(person(), person("bob"))
    roster = solve(problem, cover(problem, *DAYS))
    assert roster.open == ()
    assert roster.solved.status == "optimal"
    assert roster.solved.cost == pytest.approx(7 * 8 * 20)
    assert set(roster.assigned) == {"ann", "bob"}


def test_the_cost_is_wages_plus_prices():
    wish = Wish(0, "off", 3.0)
    problem = centre(
        person(wishes=(wish,)),
        costs=dataclasses.replace(PLAIN, steady_h=1.0),
        contract=dataclasses.replace(CONTRACT, min_h_week=20),
    )
    roster = solve(problem, cover(problem, (0, "eight@0900"), (1, "four@1200"), (1, "four@1300")))
    assert roster.cost_wages == pytest.approx(12 * 20)
    assert roster.prices == pytest.approx(
        {"open_shift": 4 * 60, "left_short": 0, "below_contract": 8 * 15, "wish": 6, "steady": 3}
    )
    assert roster.unmet["ann"] == pytest.approx({"below_contract_h": 8, "wish": 3, "start_spread_h": 3})
    assert roster.solved.cost == pytest.approx(roster.cost_wages + sum(roster.prices.values()))


def test_a_premium_makes_the_night_dearer():
    problem = centre(person(), costs=dataclasses.replace(PLAIN, premium=(Premium(0.5, start="00:00", end="04:00"),)))
    assert solve(problem, cover(problem, (2, "eight@0000"))).cost_wages == pytest.approx(20 * (4 * 1.5 + 4))


def test_cheaper_people_are_taken_first():
    problem = centre(person(cost_h=25.0), person("bob", cost_h=18.0))
    assert worked(solve(problem, cover(problem, DAYS[0])), "bob") == [DAYS[0]]


def test_what_nobody_can_take_stays_open():
    problem = centre(person(away=((0, 24),)))
    roster = solve(problem, cover(problem, *DAYS[:2]))
    assert [p.shift.day for p in roster.open] == [0]
    assert worked(roster) == [DAYS[1]]


def test_a_queue_needs_the_skill():
    problem = centre(person())
    assert len(solve(problem, cover(problem, (0, "eight@0900", "mail"))).open) == 1


def test_a_contract_allows_only_its_shift_families():
    problem = centre(person(), contract=dataclasses.replace(CONTRACT, shifts=("four",)))
    assert len(solve(problem, cover(problem, DAYS[0])).open) == 1


def test_the_contract_of_a_planned_shift_is_advice_only():
    problem = centre(person())
    assert solve(problem, cover(problem, DAYS[0], contract="other")).open == ()


def test_one_shift_a_day():
    problem = centre(person())
    roster = solve(problem, cover(problem, (0, "four@0800"), (0, "four@1600")))
    assert len(roster.assigned["ann"]) == 1


@pytest.mark.parametrize("rest_min", [0, 660])
def test_rest_between_two_shifts(rest_min):
    problem = centre(person(), rules=dataclasses.replace(FREE, rest_min=rest_min))
    roster = solve(problem, cover(problem, (0, "eight@1600"), (1, "eight@0900")))
    assert len(roster.open) == (1 if rest_min else 0)


def test_rest_may_reach_over_a_day():
    problem = centre(person(), rules=dataclasses.replace(FREE, rest_min=2880))
    assert len(solve(problem, cover(problem, (0, "eight@1600"), (2, "eight@2300"))).open) == 1
    assert len(solve(problem, cover(problem, (0, "eight@1500"), (2, "eight@2300"))).open) == 0


def test_rest_from_last_week():
    problem = centre(person(earliest=10))
    assert len(solve(problem, cover(problem, (0, "eight@0900"))).open) == 1
    assert len(solve(problem, cover(problem, (0, "eight@1000"))).open) == 0


@pytest.mark.parametrize(("before", "left"), [(0, 1), (2, 1), (4, 2), (9, 2)])
def test_days_in_a_row_with_last_week_counted(before, left):
    problem = centre(person(run_before=before), rules=dataclasses.replace(FREE, max_run_days=4))
    assert len(solve(problem, cover(problem, *DAYS)).open) == left


@pytest.mark.parametrize(("together", "left"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_days_off_together(together, left):
    problem = centre(person(), rules=dataclasses.replace(FREE, days_off_together=together))
    assert len(solve(problem, cover(problem, *DAYS)).open) == left


def test_days_of_leave_are_days_off_together():
    away = ((0, 48),)
    problem = centre(person(away=away), rules=dataclasses.replace(FREE, days_off_together=2))
    assert len(solve(problem, cover(problem, *DAYS)).open) == 2


def test_the_contracts_most_days():
    problem = centre(person(), contract=dataclasses.replace(CONTRACT, max_days=5))
    assert len(solve(problem, cover(problem, *DAYS)).open) == 2


def test_the_contracts_most_hours():
    problem = centre(person(), contract=dataclasses.replace(CONTRACT, max_h_week=39))
    assert len(solve(problem, cover(problem, *DAYS)).open) == 3


def test_hours_below_the_contract_are_priced():
    problem = centre(person(), person("bob", cost_h=30.0), contract=dataclasses.replace(CONTRACT, min_h_week=8))
    roster = solve(problem, cover(problem, *DAYS[:2]))
    assert len(worked(roster)) == len(worked(roster, "bob")) == 1


def test_leave_is_credited_to_hours_and_days():
    contract = dataclasses.replace(CONTRACT, min_h_week=40, max_h_week=40, max_days=5)
    problem = centre(
        person(leave=((0, 24, "vacation"),), away=((0, 24),), leave_h=8.0, leave_days=1), contract=contract
    )
    roster = solve(problem, cover(problem, *DAYS))
    assert len(worked(roster)) == 4
    assert roster.prices["below_contract"] == 0


def test_least_days_are_hard():
    problem = centre(person(), person("bob", cost_h=99.0), contract=dataclasses.replace(CONTRACT, min_days=3))
    roster = solve(problem, cover(problem, *DAYS[:6]))
    assert len(worked(roster, "bob")) == 3


@pytest.mark.parametrize(("most", "left"), [(None, 0), (120, 1)])
def test_starts_may_not_lie_too_far_apart(most, left):
    problem = centre(person(), rules=dataclasses.replace(FREE, max_start_spread_min=most))
    assert len(solve(problem, cover(problem, (0, "four@0800"), (1, "four@0900"), (2, "four@1100"))).open) == left


def test_steadiness_sorts_early_and_late_people():
    problem = centre(person(), person("bob"), costs=dataclasses.replace(PLAIN, steady_h=1.0))
    asked = [(d, f"four@{t}") for d in range(3) for t in ("0800", "1400")]
    roster = solve(problem, cover(problem, *asked))
    assert roster.prices["steady"] == 0
    assert {len({pattern for _, pattern in worked(roster, n)}) for n in ("ann", "bob")} == {1}


@pytest.mark.parametrize(
    ("what", "weight", "met"),
    [
        ("off", 1, False),
        ("off", -1, True),
        ("early", 1, True),
        ("late", 1, False),
        ("four", 1, False),
        ("eight@0900", 1, True),
        ("", 1, True),
    ],
)
def test_a_wish_is_priced_when_it_is_not_met(what, weight, met):
    problem = centre(person(wishes=(Wish(0, what, weight),)))
    roster = solve(problem, cover(problem, DAYS[0]))
    assert roster.prices["wish"] == (0 if met else 2)


def test_a_wish_decides_who_gets_the_day_off():
    problem = centre(person(wishes=(Wish(0, "off", 1),)), person("bob"))
    assert worked(solve(problem, cover(problem, DAYS[0])), "bob") == [DAYS[0]]


HARDER = {
    "rest": {"rules": dataclasses.replace(FREE, rest_min=900)},
    "run": {"rules": dataclasses.replace(FREE, max_run_days=2)},
    "off": {"rules": dataclasses.replace(FREE, days_off_together=3)},
    "spread": {"rules": dataclasses.replace(FREE, max_start_spread_min=60)},
    "days": {"contract": dataclasses.replace(CONTRACT, max_days=3)},
    "hours": {"contract": dataclasses.replace(CONTRACT, max_h_week=20)},
    "least days": {"contract": dataclasses.replace(CONTRACT, min_days=3)},
    "least hours": {"contract": dataclasses.replace(CONTRACT, min_h_week=30)},
    "steady": {"costs": dataclasses.replace(PLAIN, steady_h=2.0)},
}


@pytest.mark.parametrize("rule", HARDER)
def test_a_rule_more_never_makes_the_roster_cheaper(rule):
    staff = [
        person(wishes=(Wish(2, "late", 1),)),
        person("bob", cost_h=23.0, away=((60, 70),)),
        person("cy", skills=("calls", "mail")),
    ]
    asked = [(d, f"{f}@{t}") for d in range(5) for f, t in (("eight", "0800"), ("four", "1600"))] + [
        (3, "four@1000", "mail")
    ]
    plain = centre(*staff)
    hard = centre(*staff, **HARDER[rule])
    assert solve(hard, cover(hard, *asked)).solved.cost >= solve(plain, cover(plain, *asked)).solved.cost - 1e-6


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


def test_blocks_of_people_reach_nearly_the_optimum_and_the_same_roster_again(monkeypatch):
    problem, planned = crowd()
    best = solve(problem, planned, gap=0.005).solved
    monkeypatch.setattr(roster_solve, "WHOLE", 0)
    monkeypatch.setattr(roster_solve, "BLOCK", 100)
    first, again = (solve(problem, planned, gap=0.01) for _ in range(2))
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


def five_days(**more):
    return dataclasses.replace(CONTRACT, **({"min_days": 5, "max_days": 5} | more))


@pytest.mark.parametrize(
    ("staff", "rules", "contract", "named", "repair"),
    [
        (
            {"away": tuple((24 * d, 24 * d + 24) for d in range(3))},
            {},
            {},
            {"availability"},
            "lower contract.full.min_days to 4",
        ),
        ({"leave": ((0, 72, "sick"),), "away": ((0, 72),)}, {}, {}, {"leave"}, "lower contract.full.min_days to 4"),
        ({}, {"days_off_together": 3}, {}, {"rules.days_off_together"}, "lower rules.days_off_together to 2"),
        ({}, {"max_run_days": 1}, {}, {"rules.max_run_days"}, "raise rules.max_run_days to 2"),
        ({}, {"rest_min": 2880}, {}, {"rules.rest_min"}, "lower rules.rest_min to 2220"),
        ({}, {}, {"max_h_week": 18}, {"contract.full.max_h_week"}, "raise contract.full.max_h_week to 20"),
        (
            {"leave_days": 1, "leave_h": 20.0, "away": ((0, 72),)},
            {},
            {"max_h_week": 35},
            {"contract.full.max_h_week"},
            "raise contract.full.max_h_week to 36",
        ),
    ],
)
def test_a_contradiction_names_rules_people_and_the_smallest_change(staff, rules, contract, named, repair):
    problem = centre(
        person(**staff), person("bob", "free"), rules=dataclasses.replace(FREE, **rules), contract=five_days(**contract)
    )
    problem = dataclasses.replace(
        problem, contracts={**problem.contracts, "free": dataclasses.replace(CONTRACT, name="free")}
    )
    (found,) = conflicts(problem)
    assert set(found.rules) == {"contract.full.min_days"} | named
    assert found.people == ("ann",)
    assert repair in found.repair
    with pytest.raises(Infeasible, match="min_days") as caught:
        solve(problem, [])
    assert caught.value.conflict == [found.text]


def test_people_with_the_same_conflict_share_one_line():
    rules = dataclasses.replace(FREE, days_off_together=3)
    (found,) = conflicts(centre(*(person(f"p{i}") for i in range(12)), rules=rules, contract=five_days()))
    assert len(found.people) == 12
    assert "and 2 more" in found.text


def test_a_contract_whose_shifts_are_all_too_long_is_named():
    problem = centre(person(), contract=dataclasses.replace(CONTRACT, max_h_week=3))
    (found,) = conflicts(problem)
    assert "raise contract.full.max_h_week to 4" in found.repair


def test_availability_that_excludes_everyone_is_named():
    (found,) = conflicts(centre(person(away=((0, 168),)), person("bob", away=((-5, 200),))))
    assert found.people == ("ann", "bob")
    assert "availability" in found.rules


def test_least_days_beyond_the_cover_are_told_with_a_repair():
    problem = centre(person(), person("bob"), contract=dataclasses.replace(CONTRACT, min_days=3))
    with pytest.raises(Infeasible, match="5 shifts of the cover") as caught:
        solve(problem, cover(problem, *DAYS[:5]))
    assert caught.value.repair == ["lower contract.full.min_days to 2"]

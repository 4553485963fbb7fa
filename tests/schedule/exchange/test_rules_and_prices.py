"""The named roster: each rule seen to bite, each price seen to be paid."""

import dataclasses

import pytest
from roster_cases import CONTRACT, DAYS, FREE, PLAIN, centre, cover, person, solve, worked

from busyhour.schedule.problem.costs import Premium
from busyhour.schedule.problem.staff import Kept, Wish


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
    "rest_min": {"rules": dataclasses.replace(FREE, rest_min=900)},
    "run": {"rules": dataclasses.replace(FREE, max_run_days=2)},
    "off": {"rules": dataclasses.replace(FREE, days_off_together=3)},
    "spread": {"rules": dataclasses.replace(FREE, max_start_spread_min=60)},
    "days": {"contract": dataclasses.replace(CONTRACT, max_days=3)},
    "hours": {"contract": dataclasses.replace(CONTRACT, max_h_week=20)},
    "least days": {"contract": dataclasses.replace(CONTRACT, min_days=3)},
    "least hours": {"contract": dataclasses.replace(CONTRACT, min_h_week=30)},
    "least run": {"rules": dataclasses.replace(FREE, min_run_days=3)},
    "least run off": {"rules": dataclasses.replace(FREE, min_run_off_days=3)},
    "weekends": {"rules": dataclasses.replace(FREE, max_weekends=0)},
    "whole weekends": {"rules": dataclasses.replace(FREE, whole_weekends=True)},
    "successions": {"rules": dataclasses.replace(FREE, not_next_day={"four": ("eight",), "eight": ("eight",)})},
    "caps": {"contract": dataclasses.replace(CONTRACT, max_shifts={"eight": 1})},
    "steady": {"costs": dataclasses.replace(PLAIN, steady_h=2.0)},
}


@pytest.mark.slow
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


def test_shifts_go_to_those_who_have_them_in_the_plan_that_is_kept():
    """Without its price the cheaper bob would take the shift of the first day."""
    costs = dataclasses.replace(PLAIN, change=50.0)
    ann, bob = person(cost_h=21.0), person("bob")
    problem = centre(ann, bob, costs=costs)
    eight = {(s.day, s.pattern): s for s in problem.shifts}
    spans = [(eight[d, "eight@0800"].start, eight[d, "eight@0800"].end) for d in (0, 1)]
    staff = (dataclasses.replace(ann, kept=(Kept(0, *spans[0]), Kept(1))),
             dataclasses.replace(bob, kept=(Kept(0), Kept(1, *spans[1]))))  # fmt: skip
    problem = dataclasses.replace(problem, staff=staff)
    roster = solve(problem, cover(problem, (0, "eight@0800"), (1, "eight@0800")))
    assert (worked(roster), worked(roster, "bob")) == ([(0, "eight@0800")], [(1, "eight@0800")])
    assert roster.prices["change"] == 0.0
    free = dataclasses.replace(problem, costs=dataclasses.replace(costs, change=1.0))
    roster = solve(free, cover(free, (0, "eight@0800"), (1, "eight@0800")))
    assert worked(roster, "bob") == [(0, "eight@0800"), (1, "eight@0800")]
    assert roster.prices["change"] == 2.0, "a day of each"
    assert roster.solved.cost == pytest.approx(roster.cost_wages + sum(roster.prices.values()))

"""The named roster: each rule seen to bite, each price seen to be paid."""

import dataclasses

import pytest

from busyhour.schedule.rules import Costs, Premium, Rules
from busyhour.schedule.staff import Contract, Wish

FREE = Rules(rest_min=0, max_run_days=14, days_off_together=0)
PLAIN = Costs(cost_h=20, wish=2, steady_h=0, under_h=0)  # what open shifts leave short: test_absence.py
CONTRACT = Contract("full", ("eight", "four", "lunch"), 56, 0, 7)
DAYS = [(d, "eight@0900") for d in range(7)]


def test_everything_is_taken_by_somebody_who_is_free(tiny):
    problem = tiny.centre(tiny.person(), tiny.person("bob"))
    roster = tiny.solve(problem, tiny.cover(problem, *DAYS))
    assert roster.open == ()
    assert roster.solved.status == "optimal"
    assert roster.solved.cost == pytest.approx(7 * 8 * 20)
    assert set(roster.assigned) == {"ann", "bob"}


def test_the_cost_is_wages_plus_prices(tiny):
    wish = Wish(0, "off", 3.0)
    problem = tiny.centre(
        tiny.person(wishes=(wish,)),
        costs=dataclasses.replace(PLAIN, steady_h=1.0),
        contract=dataclasses.replace(CONTRACT, min_h_week=20),
    )
    roster = tiny.solve(problem, tiny.cover(problem, (0, "eight@0900"), (1, "four@1200"), (1, "four@1300")))
    assert roster.cost_wages == pytest.approx(12 * 20)
    assert roster.prices == pytest.approx(
        {"open_shift": 4 * 60, "left_short": 0, "below_contract": 8 * 15, "wish": 6, "steady": 3}
    )
    assert roster.unmet["ann"] == pytest.approx({"below_contract_h": 8, "wish": 3, "start_spread_h": 3})
    assert roster.solved.cost == pytest.approx(roster.cost_wages + sum(roster.prices.values()))


def test_a_premium_makes_the_night_dearer(tiny):
    problem = tiny.centre(
        tiny.person(), costs=dataclasses.replace(PLAIN, premium=(Premium(0.5, start="00:00", end="04:00"),))
    )
    assert tiny.solve(problem, tiny.cover(problem, (2, "eight@0000"))).cost_wages == pytest.approx(20 * (4 * 1.5 + 4))


def test_cheaper_people_are_taken_first(tiny):
    problem = tiny.centre(tiny.person(cost_h=25.0), tiny.person("bob", cost_h=18.0))
    assert tiny.worked(tiny.solve(problem, tiny.cover(problem, DAYS[0])), "bob") == [DAYS[0]]


def test_what_nobody_can_take_stays_open(tiny):
    problem = tiny.centre(tiny.person(away=((0, 24),)))
    roster = tiny.solve(problem, tiny.cover(problem, *DAYS[:2]))
    assert [p.shift.day for p in roster.open] == [0]
    assert tiny.worked(roster) == [DAYS[1]]


def test_a_queue_needs_the_skill(tiny):
    problem = tiny.centre(tiny.person())
    assert len(tiny.solve(problem, tiny.cover(problem, (0, "eight@0900", "mail"))).open) == 1


def test_a_contract_allows_only_its_shift_families(tiny):
    problem = tiny.centre(tiny.person(), contract=dataclasses.replace(CONTRACT, shifts=("four",)))
    assert len(tiny.solve(problem, tiny.cover(problem, DAYS[0])).open) == 1


def test_the_contract_of_a_planned_shift_is_advice_only(tiny):
    problem = tiny.centre(tiny.person())
    assert tiny.solve(problem, tiny.cover(problem, DAYS[0], contract="other")).open == ()


def test_one_shift_a_day(tiny):
    problem = tiny.centre(tiny.person())
    roster = tiny.solve(problem, tiny.cover(problem, (0, "four@0800"), (0, "four@1600")))
    assert len(roster.assigned["ann"]) == 1


@pytest.mark.parametrize("rest_min", [0, 660])
def test_rest_between_two_shifts(tiny, rest_min):
    problem = tiny.centre(tiny.person(), rules=dataclasses.replace(FREE, rest_min=rest_min))
    roster = tiny.solve(problem, tiny.cover(problem, (0, "eight@1600"), (1, "eight@0900")))
    assert len(roster.open) == (1 if rest_min else 0)


def test_rest_may_reach_over_a_day(tiny):
    problem = tiny.centre(tiny.person(), rules=dataclasses.replace(FREE, rest_min=2880))
    assert len(tiny.solve(problem, tiny.cover(problem, (0, "eight@1600"), (2, "eight@2300"))).open) == 1
    assert len(tiny.solve(problem, tiny.cover(problem, (0, "eight@1500"), (2, "eight@2300"))).open) == 0


def test_rest_from_last_week(tiny):
    problem = tiny.centre(tiny.person(earliest=10))
    assert len(tiny.solve(problem, tiny.cover(problem, (0, "eight@0900"))).open) == 1
    assert len(tiny.solve(problem, tiny.cover(problem, (0, "eight@1000"))).open) == 0


@pytest.mark.parametrize(("before", "left"), [(0, 1), (2, 1), (4, 2), (9, 2)])
def test_days_in_a_row_with_last_week_counted(tiny, before, left):
    problem = tiny.centre(tiny.person(run_before=before), rules=dataclasses.replace(FREE, max_run_days=4))
    assert len(tiny.solve(problem, tiny.cover(problem, *DAYS)).open) == left


@pytest.mark.parametrize(("together", "left"), [(0, 0), (1, 1), (2, 2), (3, 3)])
def test_days_off_together(tiny, together, left):
    problem = tiny.centre(tiny.person(), rules=dataclasses.replace(FREE, days_off_together=together))
    assert len(tiny.solve(problem, tiny.cover(problem, *DAYS)).open) == left


def test_days_of_leave_are_days_off_together(tiny):
    away = ((0, 48),)
    problem = tiny.centre(tiny.person(away=away), rules=dataclasses.replace(FREE, days_off_together=2))
    assert len(tiny.solve(problem, tiny.cover(problem, *DAYS)).open) == 2


def test_the_contracts_most_days(tiny):
    problem = tiny.centre(tiny.person(), contract=dataclasses.replace(CONTRACT, max_days=5))
    assert len(tiny.solve(problem, tiny.cover(problem, *DAYS)).open) == 2


def test_the_contracts_most_hours(tiny):
    problem = tiny.centre(tiny.person(), contract=dataclasses.replace(CONTRACT, max_h_week=39))
    assert len(tiny.solve(problem, tiny.cover(problem, *DAYS)).open) == 3


def test_hours_below_the_contract_are_priced(tiny):
    problem = tiny.centre(
        tiny.person(), tiny.person("bob", cost_h=30.0), contract=dataclasses.replace(CONTRACT, min_h_week=8)
    )
    roster = tiny.solve(problem, tiny.cover(problem, *DAYS[:2]))
    assert len(tiny.worked(roster)) == len(tiny.worked(roster, "bob")) == 1


def test_leave_is_credited_to_hours_and_days(tiny):
    contract = dataclasses.replace(CONTRACT, min_h_week=40, max_h_week=40, max_days=5)
    problem = tiny.centre(
        tiny.person(leave=((0, 24, "vacation"),), away=((0, 24),), leave_h=8.0, leave_days=1), contract=contract
    )
    roster = tiny.solve(problem, tiny.cover(problem, *DAYS))
    assert len(tiny.worked(roster)) == 4
    assert roster.prices["below_contract"] == 0


def test_least_days_are_hard(tiny):
    problem = tiny.centre(
        tiny.person(), tiny.person("bob", cost_h=99.0), contract=dataclasses.replace(CONTRACT, min_days=3)
    )
    roster = tiny.solve(problem, tiny.cover(problem, *DAYS[:6]))
    assert len(tiny.worked(roster, "bob")) == 3


@pytest.mark.parametrize(("most", "left"), [(None, 0), (120, 1)])
def test_starts_may_not_lie_too_far_apart(tiny, most, left):
    problem = tiny.centre(tiny.person(), rules=dataclasses.replace(FREE, max_start_spread_min=most))
    assert (
        len(tiny.solve(problem, tiny.cover(problem, (0, "four@0800"), (1, "four@0900"), (2, "four@1100"))).open) == left
    )


def test_steadiness_sorts_early_and_late_people(tiny):
    problem = tiny.centre(tiny.person(), tiny.person("bob"), costs=dataclasses.replace(PLAIN, steady_h=1.0))
    asked = [(d, f"four@{t}") for d in range(3) for t in ("0800", "1400")]
    roster = tiny.solve(problem, tiny.cover(problem, *asked))
    assert roster.prices["steady"] == 0
    assert {len({pattern for _, pattern in tiny.worked(roster, n)}) for n in ("ann", "bob")} == {1}


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
def test_a_wish_is_priced_when_it_is_not_met(tiny, what, weight, met):
    problem = tiny.centre(tiny.person(wishes=(Wish(0, what, weight),)))
    roster = tiny.solve(problem, tiny.cover(problem, DAYS[0]))
    assert roster.prices["wish"] == (0 if met else 2)


def test_a_wish_decides_who_gets_the_day_off(tiny):
    problem = tiny.centre(tiny.person(wishes=(Wish(0, "off", 1),)), tiny.person("bob"))
    assert tiny.worked(tiny.solve(problem, tiny.cover(problem, DAYS[0])), "bob") == [DAYS[0]]


HARDER = {
    "rest": {"rules": dataclasses.replace(FREE, rest_min=900)},
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


@pytest.mark.parametrize("rule", HARDER)
def test_a_rule_more_never_makes_the_roster_cheaper(tiny, rule):
    staff = [
        tiny.person(wishes=(Wish(2, "late", 1),)),
        tiny.person("bob", cost_h=23.0, away=((60, 70),)),
        tiny.person("cy", skills=("calls", "mail")),
    ]
    asked = [(d, f"{f}@{t}") for d in range(5) for f, t in (("eight", "0800"), ("four", "1600"))] + [
        (3, "four@1000", "mail")
    ]
    plain = tiny.centre(*staff)
    hard = tiny.centre(*staff, **HARDER[rule])
    assert (
        tiny.solve(hard, tiny.cover(hard, *asked)).solved.cost
        >= tiny.solve(plain, tiny.cover(plain, *asked)).solved.cost - 1e-6
    )

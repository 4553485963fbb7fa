"""Rules that contradict each other: who is caught, and the smallest change."""

import dataclasses

import pytest

from busyhour.schedule.roster.conflicts import conflicts
from busyhour.schedule.rules import Costs, Rules
from busyhour.schedule.staff import Contract, Fixed
from busyhour.schedule.status import Infeasible

FREE = Rules(rest_min=0, max_run_days=14, days_off_together=0)
PLAIN = Costs(cost_h=20, wish=2, steady_h=0, under_h=0)  # what open shifts leave short: test_absence.py
CONTRACT = Contract("full", ("eight", "four", "lunch"), 56, 0, 7)
DAYS = [(d, "eight@0900") for d in range(7)]


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
        (
            {},
            {"max_weekends": 0, "max_run_days": 4},
            {},
            {"rules.max_weekends", "rules.max_run_days"},
            "raise rules.max_weekends to 1",
        ),
        ({}, {}, {"max_run_days": 1}, {"contract.full.max_run_days"}, "raise contract.full.max_run_days to 2"),
        (
            {},
            {"max_shifts": dict.fromkeys(("eight", "four", "lunch"), 1)},
            {},
            {"rules.max_shifts"},
            "ease rules.max_shifts",
        ),
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
def test_a_contradiction_names_rules_people_and_the_smallest_change(tiny, staff, rules, contract, named, repair):
    problem = tiny.centre(
        tiny.person(**staff),
        tiny.person("bob", "free"),
        rules=dataclasses.replace(FREE, **rules),
        contract=five_days(**contract),
    )
    problem = dataclasses.replace(
        problem, contracts={**problem.contracts, "free": dataclasses.replace(CONTRACT, name="free")}
    )
    (found,) = conflicts(problem)
    assert set(found.rules) == {"contract.full.min_days"} | named
    assert found.people == ("ann",)
    assert repair in found.repair
    with pytest.raises(Infeasible, match="min_days") as caught:
        tiny.solve(problem, [])
    assert caught.value.conflict == [found.text]


def test_people_with_the_same_conflict_share_one_line(tiny):
    rules = dataclasses.replace(FREE, days_off_together=3)
    (found,) = conflicts(tiny.centre(*(tiny.person(f"p{i}") for i in range(12)), rules=rules, contract=five_days()))
    assert len(found.people) == 12
    assert "and 2 more" in found.text


def test_a_contract_whose_shifts_are_all_too_long_is_named(tiny):
    problem = tiny.centre(tiny.person(), contract=dataclasses.replace(CONTRACT, max_h_week=3))
    (found,) = conflicts(problem)
    assert "raise contract.full.max_h_week to 4" in found.repair


def test_availability_that_excludes_everyone_is_named(tiny):
    (found,) = conflicts(tiny.centre(tiny.person(away=((0, 168),)), tiny.person("bob", away=((-5, 200),))))
    assert found.people == ("ann", "bob")
    assert "availability" in found.rules


def test_least_days_beyond_the_cover_are_told_with_a_repair(tiny):
    problem = tiny.centre(tiny.person(), tiny.person("bob"), contract=dataclasses.replace(CONTRACT, min_days=3))
    with pytest.raises(Infeasible, match="5 shifts of the cover") as caught:
        tiny.solve(problem, tiny.cover(problem, *DAYS[:5]))
    assert caught.value.repair == ["lower contract.full.min_days to 2"]


def test_fixed_shifts_without_rest_between_them_are_named(tiny):
    fixed = (Fixed(0, "eight@1600"), Fixed(1, "eight@0800"))
    problem = tiny.centre(tiny.person(fixed=fixed), rules=dataclasses.replace(FREE, rest_min=660))
    (found,) = conflicts(problem)
    assert found.rules == ("fixed.csv", "rules.rest_min")
    assert "change the rows of fixed.csv or lower rules.rest_min to 480" in found.repair


def test_last_weeks_run_that_must_go_on_is_named(tiny):
    never = {family: tuple(tiny.FAMILIES) for family in tiny.FAMILIES}
    rules = dataclasses.replace(FREE, min_run_days=3, not_next_day=never)
    (found,) = conflicts(tiny.centre(tiny.person(run_before=1), rules=rules))
    assert set(found.rules) == {"last week's days", "rules.min_run_days", "rules.not_next_day"}

"""What is said of a roster when nothing fits."""

import dataclasses

import pytest
from roster_cases import CONTRACT, DAYS, FAMILIES, FREE, centre, cover, person, solve

from busyhour.schedule.diagnose.conflicts import conflicts
from busyhour.schedule.optimise.status import Infeasible
from busyhour.schedule.problem.staff import Fixed


def five_days(**more):
    return dataclasses.replace(CONTRACT, **({"min_days": 5, "max_days": 5} | more))


@pytest.mark.slow
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


def test_fixed_shifts_without_rest_between_them_are_named():
    fixed = (Fixed(0, "eight@1600"), Fixed(1, "eight@0800"))
    problem = centre(person(fixed=fixed), rules=dataclasses.replace(FREE, rest_min=660))
    (found,) = conflicts(problem)
    assert found.rules == ("fixed.csv", "rules.rest_min")
    assert "change the rows of fixed.csv or lower rules.rest_min to 480" in found.repair
    assert "eight@1600 on 2026-" in found.text
    assert ", eight@0800 on 2026-" in found.text


def test_last_weeks_run_that_must_go_on_is_named():
    never = {family: tuple(FAMILIES) for family in FAMILIES}
    rules = dataclasses.replace(FREE, min_run_days=3, not_next_day=never)
    (found,) = conflicts(centre(person(run_before=1), rules=rules))
    assert set(found.rules) == {"last week's days", "rules.min_run_days", "rules.not_next_day"}

"""Rules about people's weeks: automaton and plain arithmetic agree, each bites, and last week counts."""

import dataclasses
import datetime as dt
import itertools

import pytest
from roster_cases import CONTRACT, DAYS, FREE, centre, cover, person, solve, worked

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.schedule.problem.staff import Fixed
from busyhour.schedule.rules import rules as rules_list
from busyhour.schedule.rules.automaton import compile_days, letters_of
from busyhour.schedule.rules.days_off_together import DaysOffTogether
from busyhour.schedule.rules.fixed_shifts import FixedShifts
from busyhour.schedule.rules.max_run_days import MaxRunDays
from busyhour.schedule.rules.max_shifts import MaxShifts
from busyhour.schedule.rules.max_weekends import MaxWeekends
from busyhour.schedule.rules.min_run_days import MinRunDays
from busyhour.schedule.rules.min_run_off_days import MinRunOffDays
from busyhour.schedule.rules.not_next_day import NotNextDay
from busyhour.schedule.rules.number_of_days import NumberOfDays
from busyhour.schedule.rules.registry import rules_of
from busyhour.schedule.rules.rules import Rules
from busyhour.schedule.rules.whole_weekends import WholeWeekends

BORDERS = [{}, {"run_before": 1}, {"run_before": 3}, {"off_before": 1}, {"off_before": 4}]

WEEKENDS = [
    (None, None, None, None, None, 5, 5),
    (0, 0, None, None, 4, 4, None),
    (-1, None, None, None, None, None, 6),
    (None, None, None, None, 4, None, None),
    (-1, 0, 0, None, 4, 4, 4),
]
"""By day the first day of its weekend: of one, two and three days."""
WORK = [
    *(NumberOfDays(least, most) for least, most in ((0, 3), (2, 5))),
    *(MaxRunDays(most, before) for most, before in itertools.product((1, 3, 4), range(6))),
    *(MinRunDays(*x) for x in itertools.product((1, 2, 3), range(5), (False, True))),
    *(MinRunOffDays(least, before) for least, before in itertools.product((1, 2, 3), (None, 0, 1, 2, 3))),
    *(DaysOffTogether(n) for n in (1, 2, 3, 7)),
    *(MaxWeekends(m, w, b) for m, w, b in itertools.product((0, 1), WEEKENDS, (False, True))),
    *(WholeWeekends(frozenset(s)) for s in ({5}, {0, 4})),
]


@pytest.mark.parametrize("rule", WORK, ids=repr)
def test_automaton_allows_the_days_that_plain_arithmetic_does_not_break(rule):
    automaton = compile_days([rule], 7)
    least = rule.least if isinstance(rule, NumberOfDays) else 0
    owed = rule.owed if isinstance(rule, MinRunDays) else 0
    for days in itertools.product([False, True], repeat=7):
        word = tuple("x" if w else "" for w in days)
        legal = not rule.broken(word) and sum(days) >= least and all(days[:owed])
        assert automaton.allows(days) == legal, word


FAMILY = {
    "both ways": NotNextDay((("a", frozenset("b")), ("b", frozenset("ab")))),
    "last week's family": NotNextDay((("a", frozenset("ab")),), before="a"),
    "caps": MaxShifts((("a", 1), ("b", 2))),
}


def test_every_rule_of_days_and_families_has_a_case():
    assert {type(rule) for rule in WORK} == set(rules_list.WORK)
    assert {type(rule) for rule in FAMILY.values()} == set(rules_list.FAMILY)


@pytest.mark.parametrize("rule", FAMILY.values(), ids=FAMILY)
def test_automaton_of_families_allows_what_plain_arithmetic_does_not_break(rule):
    letters = letters_of([rule], ("a", "b", "c", "d"))
    assert sorted(letters.values()) == [1, 2, 3, 3]  # two families that nobody asks for are alike
    automaton = compile_days([MaxRunDays(3)], 4, [rule], ("a", "b", "c"))
    for word in itertools.product(("", "a", "b", "c"), repeat=4):
        legal = not rule.broken(word) and not MaxRunDays(3).broken(word)
        assert automaton.allows([letters.get(family, 0) for family in word]) == legal, word


@pytest.mark.parametrize(
    ("rules", "agent", "asked", "left"),
    [
        ({"min_run_days": 3}, {}, DAYS[2:4], 2),
        ({"min_run_days": 3}, {}, DAYS[2:5], 0),
        ({"min_run_days": 3}, {}, DAYS[5:], 0),  # it may go on next week
        ({"min_run_days": 3}, {"off_before": 2}, DAYS[:2], 2),
        ({"min_run_days": 3}, {}, DAYS[:2], 0),  # last week is unknown
        ({"min_run_days": 3}, {"run_before": 2}, DAYS[:1], 0),
        ({"min_run_off_days": 2}, {}, [DAYS[1], DAYS[3]], 1),
        ({"min_run_off_days": 2}, {}, [DAYS[1], DAYS[4]], 0),
        ({"min_run_off_days": 2}, {"off_before": 1}, DAYS[:1], 1),
        ({"min_run_off_days": 2}, {"run_before": 1}, DAYS[1:2], 1),
        ({"max_weekends": 0}, {}, DAYS[5:], 2),
        ({"max_weekends": 1}, {}, DAYS[5:], 0),
        ({"max_weekends": 1}, {"weekends_before": 1}, DAYS[4:], 2),
        ({"whole_weekends": True}, {}, DAYS[5:6], 1),
        ({"whole_weekends": True}, {}, DAYS[5:], 0),
        ({"not_next_day": {"four": ("eight",)}}, {}, [(0, "four@0900"), (1, "eight@0900")], 1),
        ({"not_next_day": {"eight": ("four",)}}, {}, [(0, "four@0900"), (1, "eight@0900")], 0),
        ({"not_next_day": {"four": ("eight",)}}, {"families_before": ("four",)}, DAYS[:1], 1),
        ({"max_shifts": {"eight": 2}}, {}, [*DAYS[:3], (3, "four@0900")], 1),
    ],
)
def test_each_rule_bites_and_no_more_than_it_should(rules, agent, asked, left):
    problem = centre(person(**agent), rules=dataclasses.replace(FREE, **rules))
    assert len(solve(problem, cover(problem, *asked)).open) == left


def test_a_contracts_own_value_wins():
    rules = dataclasses.replace(FREE, max_run_days=2, max_weekends=0)
    contract = dataclasses.replace(CONTRACT, max_run_days=7, max_weekends=1)
    problem = centre(person(), rules=rules, contract=contract)
    assert solve(problem, cover(problem, *DAYS)).open == ()


def test_a_fixed_shift_goes_to_its_person_at_any_price():
    problem = centre(person(cost_h=500.0, fixed=(Fixed(0, "eight@0900"),)), person("bob"))
    roster = solve(problem, cover(problem, DAYS[0], (0, "four@1000")))
    assert worked(roster) == [DAYS[0]]


def test_a_fixed_day_off_stays_off():
    problem = centre(person(fixed=(Fixed(0, "off"),)))
    assert [p.shift.day for p in solve(problem, cover(problem, *DAYS[:2])).open] == [0]


def test_a_fixed_family_bars_other_families_of_the_day():
    problem = centre(person(fixed=(Fixed(0, "four"),)))
    roster = solve(problem, cover(problem, DAYS[0], (0, "four@1800")))
    assert worked(roster) == [(0, "four@1800")]


def test_last_weeks_short_run_goes_on_where_it_can():
    rules = dataclasses.replace(FREE, min_run_days=3)
    problem = centre(person(run_before=1, cost_h=90.0), person("bob"), rules=rules)
    assert [d for d, _ in worked(solve(problem, cover(problem, *DAYS[:3])))][:2] == [0, 1]
    away = centre(person(run_before=1, away=((0, 24),)), rules=rules)
    assert FixedShifts.of(away, away.staff[0]) is None


@pytest.mark.parametrize("border", BORDERS)
def test_all_rules_of_a_person_allow_the_weeks_that_none_of_them_breaks(border):
    rules = Rules(max_run_days=4, min_run_days=2, min_run_off_days=2, max_weekends=0)
    problem = centre(person(**border), rules=rules)
    asked = rules_of(problem, problem.staff[0])
    automaton = compile_days(asked.work, 7)
    owed = max((rule.owed for rule in asked.work if isinstance(rule, MinRunDays)), default=0)
    allowed = 0
    for days in itertools.product([False, True], repeat=7):
        legal = not asked.broken_by_word(["eight" * w for w in days]) and all(days[:owed])
        assert automaton.allows(days) == legal, days
        allowed += legal
    assert 0 < allowed < 2**7


def test_a_weekend_that_the_week_cuts_counts_once():
    sunday = Grid(dt.date(2026, 10, 18), 7, 60)
    rules = dataclasses.replace(FREE, max_weekends=1)
    for saturday, left in ((1, 1), (0, 0)):
        ann = person(run_before=saturday, weekends_before=saturday)
        problem = centre(ann, rules=rules, grid=sunday)
        assert len(solve(problem, cover(problem, DAYS[0])).open) == 0
        assert len(solve(problem, cover(problem, DAYS[6])).open) == left


@pytest.mark.parametrize(
    "rule", [{"min_run_days": 0}, {"min_run_off_days": 8}, {"max_weekends": -1}, {"max_shifts": {"x": 8}}]
)
def test_a_value_out_of_range_is_refused_with_its_key(rule):
    (name,) = rule
    with pytest.raises(InputError, match=f"rules.{name}"):
        Rules(**rule)
    with pytest.raises(InputError, match=f"contract.full.{name}"):
        dataclasses.replace(CONTRACT, **rule)

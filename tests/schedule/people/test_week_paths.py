"""One person's cheapest week: the automaton of days and the table against plain enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from busyhour.schedule.people.week_paths import DayOptions, WeekPaths
from busyhour.schedule.rules.automaton import compile_days
from busyhour.schedule.rules.day_rule import DayRule
from busyhour.schedule.rules.days_off_together import DaysOffTogether
from busyhour.schedule.rules.max_run_days import MaxRunDays
from busyhour.schedule.rules.max_weekends import MaxWeekends
from busyhour.schedule.rules.min_run_days import MinRunDays
from busyhour.schedule.rules.min_run_off_days import MinRunOffDays
from busyhour.schedule.rules.number_of_days import NumberOfDays

DAYS = 6


def _rules(rng: np.random.Generator) -> list[DayRule]:
    """Draw limits for every rule."""
    most, least, before = int(rng.integers(2, 4)), int(rng.integers(1, 3)), int(rng.integers(0, 3))
    runs = [MaxRunDays(most, before), MinRunDays(least, before, open_start=rng.random() < 0.5)]
    rules: list[DayRule] = [
        NumberOfDays(int(rng.integers(0, 3)), int(rng.integers(3, 6))),
        *runs,
        MinRunOffDays(int(rng.integers(1, 3))),
        MaxWeekends(int(rng.integers(0, 2)), (None, None, 2, 2, None, None)),
    ]
    return rules + [DaysOffTogether(2)] * int(rng.integers(0, 2))


def _obeys(rules: list[DayRule], worked: tuple[bool, ...]) -> bool:
    """Read `worked` by each rule alone."""
    for rule in rules:
        state = rule.begin()
        for day, works in enumerate(worked):
            after = rule.step(state, day, works)
            if after is None:
                return False
            state = after
        if not rule.accepts(state):
            return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_automaton_allows_what_every_rule_allows(seed):
    rules = _rules(np.random.default_rng(seed))
    automaton = compile_days(rules, DAYS)
    for worked in itertools.product([False, True], repeat=DAYS):
        assert automaton.allows(worked) == _obeys(rules, worked)


def test_contradicting_rules_leave_no_week():
    automaton = compile_days([NumberOfDays(5, 5), MaxRunDays(2), DaysOffTogether(3)], 7)
    assert not automaton.feasible
    paths = WeekPaths.of(automaton, [DayOptions(*(np.zeros((3, 1), dtype=int)))] * 7, [0], 0)
    assert paths.cheapest(np.zeros(7), np.zeros(7), np.zeros(1))[0] == np.inf


@pytest.mark.parametrize("seed", range(12))
def test_cheapest_week_is_the_cheapest_of_all(seed):
    rng = np.random.default_rng(seed)
    rules = _rules(rng)
    days = [DayOptions(rng.integers(0, 4, 3), rng.integers(0, 4, 3), rng.integers(1, 4, 3)) for _ in range(DAYS)]
    paths = WeekPaths.of(compile_days(rules, DAYS), days, [0, 0, 1, 1], 12)
    values = np.where(rng.random(paths.options) < 0.1, np.inf, rng.normal(size=paths.options))
    idle, final = 0.3 * rng.normal(size=DAYS), 0.4 * np.abs(np.arange(13) - 6.0)
    final[11:] = np.inf
    best = np.inf
    for week in itertools.product(range(-1, 3), repeat=DAYS):
        if _obeys(rules, tuple(x >= 0 for x in week)):
            best = min(best, _price(paths, week, values, idle, final))
    cost, chosen = paths.cheapest(values, idle, final, before=1)
    assert cost == pytest.approx(best)
    if best < np.inf:
        week = tuple(int(o - paths.graph.first[d]) if o >= 0 else -1 for d, o in enumerate(chosen))
        assert _obeys(rules, tuple(x >= 0 for x in week))
        assert _price(paths, week, values, idle, final) == pytest.approx(best)


def _price(paths: WeekPaths, week: tuple[int, ...], values: np.ndarray, idle: np.ndarray, final: np.ndarray) -> float:
    """Return the cost of a week, infinite where rest or hours forbid it."""
    rest, units, total = 1, 0, 0.0
    for day, x in enumerate(week):
        if x < 0:
            total, rest = total + idle[day], int(paths.graph.relax[rest])
            continue
        o = int(paths.graph.first[day]) + x
        if paths.graph.latest[o] < rest:
            return np.inf
        total, rest, units = total + values[o], int(paths.graph.after[o]), units + int(paths.graph.units[o])
    return float(total + final[units]) if units < len(final) else np.inf

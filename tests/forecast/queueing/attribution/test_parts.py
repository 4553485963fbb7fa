"""The parts of a gap: against the exact law, against simulation, and what they say of days that are plain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.replayed_days import GOAL, exact_parts, planted
from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.attribution.conditions import present_heads
from busyhour.forecast.queueing.attribution.day import FIT, HANDLE, PLAYERS, STAFF, VOLUME, parts
from busyhour.forecast.queueing.attribution.simulated import chance, checked, simulated
from busyhour.forecast.queueing.formulas.performance import performance
from busyhour.forecast.queueing.goal.targets import ServiceGoal

CALLS = np.array([20.0, 30, 40, 45, 45, 40, 35, 30])
"""Three to eight erlang."""


@pytest.mark.slow
def test_the_parts_are_those_of_the_exact_law() -> None:
    """Each within half a point, and they sum to the gap."""
    day = planted(CALLS)
    found, exact = parts(day, GOAL), exact_parts(day)
    assert set(found.shares) == set(PLAYERS)
    for name in PLAYERS:
        assert found.shares[name] == pytest.approx(exact.shares[name], abs=0.005), name
    assert sum(found.shares.values()) == pytest.approx(found.expected - found.planned, abs=1e-12)
    assert found.shares[VOLUME] < -0.02
    assert found.shares[HANDLE] < 0.0
    assert found.shares[STAFF] < 0.0


@pytest.mark.slow
def test_the_parts_are_those_of_the_simulation() -> None:
    day = planted(CALLS)
    found, simulated_ = parts(day, GOAL), checked(day, GOAL, runs=256)
    for name in PLAYERS:
        assert found.shares[name] == pytest.approx(
            simulated_.parts.shares[name], abs=0.005 + 4 * simulated_.errors[name]
        ), name
    assert sum(simulated_.parts.shares.values()) == pytest.approx(
        simulated_.parts.expected - simulated_.parts.planned, abs=1e-12
    )


def test_a_day_in_balance_is_the_stationary_queue() -> None:
    day = planted(np.full(40, 60.0))
    calm = replace(day, calls_came=None, handle_came_s=None, heads_came=None, required=None,
                   scheduled=np.full(240, 13.0))  # fmt: skip
    assert calm.players == ()
    stationary = performance("erlang_a", 13, load_erl=10.0, aht_s=300, patience_s=120).service_level()
    late = replace(calm, bins=replace(calm.bins, counts=np.arange(240) > 120))
    assert parts(late, GOAL).expected == pytest.approx(stationary, abs=1e-6)
    assert parts(late, GOAL).shares == {}


def test_what_came_as_planned_moves_nothing() -> None:
    day = planted(CALLS)
    plain = replace(day, calls_came=day.calls, handle_came_s=day.handle_s, heads_came=day.scheduled,
                    required=day.scheduled)  # fmt: skip
    found = parts(plain, GOAL)
    assert found.shares == pytest.approx(dict.fromkeys(PLAYERS, 0.0))


def test_on_the_mean_of_many_days_a_calibrated_forecast_has_no_part() -> None:
    """Calls that vary as the forecast says have parts around zero, weighted by calls: the plan is their mean."""
    day = replace(planted(CALLS), cv=np.full(48, 0.15), handle_came_s=None, heads_came=None, required=None)
    rng = np.random.default_rng(2)
    busy = rng.gamma(0.15**-2, 0.15**2, 300)
    shares = np.array([parts(replace(day, calls_came=day.calls * b), GOAL).shares[VOLUME] for b in busy])
    assert np.mean(shares * busy) == pytest.approx(0.0, abs=4 * np.std(shares) / np.sqrt(300))


def test_absence_reckoned_with_is_none_when_it_comes() -> None:
    """Ten of a hundred heads stay away, as reckoned: no part; all hundred come: a good one."""
    day = planted(np.full(8, 350.0))
    day = replace(day, scheduled=np.full(48, 70.0), absent=np.full(48, 0.1), required=None, calls_came=None,
                  handle_came_s=None, heads_came=np.full(48, 63.0))  # fmt: skip
    assert parts(day, GOAL).shares[STAFF] == pytest.approx(0.0, abs=0.01)
    assert parts(replace(day, heads_came=np.full(48, 70.0)), GOAL).shares[STAFF] > 0.03


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5])
@pytest.mark.parametrize("scheduled", [0.0, 1.0, 2.0, 7.0, 120.0])
def test_heads_that_come_have_the_moments_of_the_binomial_law(scheduled: float, share: float) -> None:
    heads, chances = present_heads(np.array([scheduled]), np.array([share]))
    assert chances.sum() == pytest.approx(1.0)
    assert (heads * chances).sum() == pytest.approx(scheduled * (1 - share))
    variance = ((heads - scheduled * (1 - share)) ** 2 * chances).sum()
    assert variance == pytest.approx(scheduled * share * (1 - share), abs=1e-9)
    assert (heads >= 0).all()
    assert heads.max() <= scheduled + 1e-9


def test_the_band_of_chance_is_that_of_simulated_days() -> None:
    """The mean is that of the exact law; three of four new days lie within the band at least, nearly all of them do."""
    day = planted(CALLS)
    band = chance(day, GOAL, runs=256)
    assert band.mean == pytest.approx(exact_parts(day).expected, abs=4 * band.deviation / 16)
    in_time, total = simulated(day, day.players, GOAL, runs=256, seed=1)
    inside = ((in_time / total >= band.low) & (in_time / total <= band.high)).mean()
    assert inside > 0.9
    assert 0.02 < band.deviation < 0.2


def test_the_same_seed_gives_the_same_band() -> None:
    day = planted(CALLS)
    assert chance(day, GOAL, runs=32, seed=5) == chance(day, GOAL, runs=32, seed=5)


@pytest.mark.parametrize("definition", ["answered", "total", "excl_short"])
def test_each_definition_counts_as_its_own(definition: str) -> None:
    goal = ServiceGoal(0.8, 20, definition=definition)
    day = planted(CALLS)
    in_time, total = simulated(day, day.players, goal, runs=256)
    assert parts(day, goal).expected == pytest.approx(in_time.sum() / total.sum(), abs=0.02)


def test_columns_of_another_length_are_refused() -> None:
    day = planted(CALLS)
    with pytest.raises(InputError, match="Expected shape"):
        replace(day, calls=day.calls[:-1])


def test_without_a_requirement_the_roster_is_the_plan() -> None:
    day = replace(planted(CALLS), required=None)
    found = parts(day, GOAL)
    assert FIT not in found.shares
    assert found.planned == day.conditions(()).service(GOAL)


def test_a_day_as_planned_has_no_gap_to_its_plan() -> None:
    """Calls as forecast, and as many heads as reckoned with: nothing is left but chance."""
    day = replace(planted(CALLS), cv=np.full(48, 0.2), absent=np.full(48, 0.1))
    plain = day.as_planned
    assert plain.players == (STAFF,)
    assert plain.conditions(plain.players).heads[0] == pytest.approx(day.scheduled * 0.9)
    assert chance(plain, GOAL).deviation < 0.1

"""The update within the day: against the exact conditional law, and silent where a day's beginning tells nothing."""

import numpy as np
import pytest

from busyhour.forecast.models.running_day import PARAMS, RunningDay

P, D, CUT = 16, 150, 6
SHAPE = np.sin(np.linspace(0.4, 2.7, P))
NOISE = np.full(P, 0.25)
USUAL = 20.0 * SHAPE


def days(spread: float, seed: int = 1) -> np.ndarray:
    """Roots of days whose size strays by `spread`, with Poisson noise."""
    rng = np.random.default_rng(seed)
    return USUAL + spread * rng.normal(size=(D, 1)) * SHAPE + 0.5 * rng.normal(size=(D, P))


def rest(spread: float) -> RunningDay:
    return RunningDay(days(spread), np.tile(USUAL, (D, 1)), spread**2 * np.outer(SHAPE, SHAPE), NOISE)


def beginning(day: np.ndarray) -> np.ndarray:
    return np.where(np.arange(P) < CUT, day, np.nan)


def test_days_that_stray_as_a_whole_are_followed_by_the_conditional_mean():
    known = rest(3.0)
    day = USUAL + 4.0 * SHAPE
    mean, variance = known.update(beginning(day), USUAL, known.common)
    gain, local = known._trust(np.arange(P) < CUT)
    whole = known.common + known._noise(local)
    inner = np.linalg.inv(whole[:CUT, :CUT])
    told = USUAL + gain * whole[:, :CUT] @ inner @ (day - USUAL)[:CUT]
    assert gain >= 0.75 and mean == pytest.approx(told, rel=1e-6)
    assert np.abs(mean - day)[CUT:].sum() < 0.35 * np.abs(USUAL - day)[CUT:].sum()
    assert (variance[CUT:] < np.diag(whole)[CUT:]).all()


def test_nothing_is_changed_where_beginnings_tell_nothing():
    known = RunningDay(days(0.0), np.tile(USUAL, (D, 1)), 9.0 * np.outer(SHAPE, SHAPE), NOISE)
    mean, _ = known.update(beginning(USUAL + 4.0 * SHAPE), USUAL, known.common)
    assert np.array_equal(mean, USUAL)


def test_an_outage_does_not_run_away_with_the_day():
    known = rest(1.5)
    spread = np.sqrt(np.diag(known.common) + NOISE)
    out, _ = known.update(beginning(np.full(P, 0.5)), USUAL, known.common)
    edge, _ = known.update(beginning(USUAL - 1.1 * PARAMS.clip_sd * spread), USUAL, known.common)
    assert out[CUT:] == pytest.approx(edge[CUT:])


def test_few_days_change_nothing():
    few = RunningDay(days(3.0)[:10], np.tile(USUAL, (10, 1)), 9.0 * np.outer(SHAPE, SHAPE), NOISE)
    mean, _ = few.update(beginning(USUAL + 4.0 * SHAPE), USUAL, few.common)
    assert np.array_equal(mean, USUAL)

"""The law of surprises: planted noise that lasts is found, few days leave the usual law."""

import datetime as dt

import numpy as np
import pytest

from busyhour.forecast.intraday.ahead import DayAhead
from busyhour.forecast.intraday.law import Law, law_of
from busyhour.forecast.models.factor import DayRoots

N, MINUTES = 40, 15
MEAN = np.full(N, 15.0)
FACTOR = np.full((1, N), N**-0.5)
SPREAD, NOISE = np.array([4.0]), np.full(N, 0.25)


def days(truth: Law, count: int) -> list[DayAhead]:
    rng = np.random.default_rng(3)
    roots = DayRoots(np.arange(N), MEAN, FACTOR, SPREAD, NOISE)
    lower = np.linalg.cholesky(truth.of(roots.common, np.sqrt(NOISE), np.arange(N) * float(MINUTES)))
    z = MEAN + rng.standard_normal((count, N)) @ lower.T
    first = dt.date(2026, 1, 5)
    return [DayAhead(first + dt.timedelta(days=i), np.arange(N), row**2 - 0.25, roots) for i, row in enumerate(z)]


def test_planted_noise_is_found():
    found = law_of(days(Law(2.0, 1.5, 0.5, 90.0), 120), MINUTES)
    assert found.noise == pytest.approx(1.5 * 1.18, rel=0.1)  # heavy tails are foreseen: normal noise seems larger
    assert found.lasting == pytest.approx(0.5, abs=0.12)
    assert found.reach_min == pytest.approx(90.0, rel=0.5)
    assert found.scores == pytest.approx(2.0, rel=0.6)


def test_few_days_leave_the_usual_law():
    assert law_of(days(Law(), 3), MINUTES) == Law() == law_of([], MINUTES)

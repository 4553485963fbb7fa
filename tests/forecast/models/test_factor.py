"""The factor model: its process against plain formulas, its factors against planted ones."""

import datetime as dt

import numpy as np
import pytest

from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.models.effects import Days, Effect
from busyhour.forecast.models.factor import Factor
from busyhour.forecast.models.lowrank import low_rank
from busyhour.forecast.models.process import Multiplied, Process

DAY = np.arange(60.0)
WEEKDAY = (DAY[:, None] % 7 == np.arange(7)).astype(float)


def effects(rows: slice = slice(None)) -> tuple[Effect, ...]:
    always = np.ones((60, 1))[rows]
    return (
        Effect("level", always, 1.0, 1.0),
        Effect("quick", always, 0.05, 0.05, 5.0),
        Effect("weekday", WEEKDAY[rows], 0.1, 0.1),
    )


def series(seed: int, *, weekday: float, quick: float) -> np.ndarray:
    """A level of 10, weekdays and an AR(1) level with the standard deviations asked for, and a little noise."""
    rng = np.random.default_rng(seed)
    level = np.zeros(60)
    for d in range(1, 60):
        level[d] = np.exp(-1 / 5) * level[d - 1] + quick * np.sqrt(1 - np.exp(-2 / 5)) * rng.normal()
    return 10 + WEEKDAY @ (weekday * rng.normal(size=7)) + level + 0.1 * rng.normal(size=60)


def test_the_forecast_is_that_of_the_plain_formula():
    y = series(1, weekday=1.0, quick=0.5)
    seen, ahead = slice(0, 50), slice(50, 60)
    process = Process(Days(DAY[seen], effects(seen), 0.1), y[seen], floor=0.01)
    size = np.exp(process.fit.theta)
    own, other = effects(seen), effects(ahead)

    def covariance(left, right, a, b):
        parts = []
        for s, e, f in zip(size, left, right, strict=False):
            decay = 1.0 if e.days is None else np.exp(-np.abs(a[:, None] - b[None, :]) / e.days)
            parts.append(s * (e.basis @ f.basis.T) * decay)
        return np.sum(parts, axis=0)

    scale = np.mean(y[seen] ** 2)
    noise = np.diag(size[-1] + process._known)
    k = covariance(own, own, DAY[seen], DAY[seen]) + noise
    cross = covariance(other, own, DAY[ahead], DAY[seen])
    mean, variance = process.predict(DAY[ahead], [e.basis for e in other])
    assert mean == pytest.approx(np.sqrt(scale) * cross @ np.linalg.solve(k, y[seen] / np.sqrt(scale)))
    left = np.diag(covariance(other, other, DAY[ahead], DAY[ahead])) + size[-1] + 0.01 / scale
    assert variance == pytest.approx(scale * (left - np.diag(cross @ np.linalg.solve(k, cross.T))), abs=1e-4)


def test_the_slopes_are_those_of_the_likelihood():
    process = Process(Days(DAY, effects(), 0.1), series(2, weekday=0.5, quick=1.0), floor=0.01)
    theta = process.fit.theta + np.array([0.3, -0.2, 0.4, 0.1])
    gradient, _ = process._slopes(process._at(theta))
    for i, slope in enumerate(gradient):
        step = 1e-5 * (np.arange(4) == i)
        ahead, back = process._at(theta + step).value, process._at(theta - step).value
        assert slope == pytest.approx((ahead - back) / 2e-5, rel=1e-3, abs=1e-4)


def test_effects_are_as_large_as_the_data_say():
    def share(weekday: float, quick: float) -> tuple[float, float]:
        _, q, w, _ = np.exp(Process(Days(DAY, effects(), 0.1), series(3, weekday=weekday, quick=quick)).fit.theta)
        return float(q), float(w)

    assert share(2.0, 0.05)[1] > 5 * share(0.05, 2.0)[1]
    assert share(0.05, 2.0)[0] > 5 * share(2.0, 0.05)[0]


def test_the_first_effects_alone_add_up_to_the_whole():
    process = Process(Days(DAY, effects(), 0.1), series(5, weekday=1.0, quick=0.5))
    day, bases = np.arange(60.0, 67.0), [np.ones((7, 1)), np.ones((7, 1)), WEEKDAY[4:11]]
    level, slow, whole = (process.predict(day, bases, n)[0] for n in (1, 2, 3))
    assert np.ptp(level) == pytest.approx(0.0) and np.ptp(slow) < 1.0 < np.ptp(whole)
    assert whole == pytest.approx(process.predict(day, bases)[0], rel=1e-12)


def test_a_day_left_out_is_forecast_by_the_others():
    y = series(6, weekday=1.0, quick=0.5)
    process = Process(Days(DAY, effects(), 0.1), y)
    others = np.arange(60) != 30
    k = np.tensordot(np.exp(process.fit.theta[:-1]), process.days.stack, 1) + np.diag(
        np.exp(process.fit.theta[-1]) + process._known
    )
    mean, variance = process.left_out
    weights = np.linalg.solve(k[np.ix_(others, others)], k[others, 30])
    assert mean[30] == pytest.approx(weights @ y[others])
    assert variance[30] == pytest.approx(np.mean(y**2) * (k[30, 30] - weights @ k[others, 30]))


@pytest.mark.parametrize("multiplies", [True, False])
def test_the_evidence_tells_whether_effects_multiply_or_add(multiplies):
    rng = np.random.default_rng(7)
    weekday = WEEKDAY @ np.array([1.0, 0.9, 0.8, 0.9, 1.0, 0.4, 0.3])
    level = np.linspace(10.0, 30.0, 60)
    noise = rng.normal(size=60)
    y = level * weekday * np.exp(0.05 * noise) if multiplies else level + 12 * weekday + 0.3 * noise
    added, multiplied = Process(Days(DAY, effects(), 0.1), y), Multiplied(Days(DAY, effects(), 0.01, log=True), y, 0.0)
    assert (multiplied.evidence > added.evidence) == multiplies


def test_an_odd_day_hardly_counts():
    plain = series(4, weekday=1.0, quick=0.2)
    odd = plain.copy()
    odd[45] += 15.0
    ahead = [np.ones((1, 1)), np.ones((1, 1)), WEEKDAY[3:4]]
    told = [Process(Days(DAY, effects(), 0.1), y).predict(np.array([66.0]), ahead)[0][0] for y in (plain, odd)]
    assert abs(told[1] - told[0]) < 0.5


def test_planted_factors_are_found_through_holes_and_outliers():
    rng = np.random.default_rng(5)
    shape = np.stack([np.sin(np.linspace(0.2, 2.9, 30)), np.cos(np.linspace(0.0, 3.0, 30))])
    truth = np.column_stack([rng.normal(20, 3, 80), rng.normal(0, 4, 80)]) @ shape
    z = truth + 0.5 * rng.normal(size=truth.shape)
    z[rng.random(z.shape) < 0.05] = np.nan
    z[7, 11] += 30.0
    found = low_rank(z)
    assert found.factors @ found.factors.T == pytest.approx(np.eye(len(found.factors)), abs=1e-9)
    assert len(found.factors) == 2
    assert np.abs(found.scores @ found.factors - truth).mean() < 0.2
    assert found.noise == pytest.approx(0.25, rel=0.6)


def test_noise_alone_brings_one_factor():
    rng = np.random.default_rng(6)
    counts = rng.poisson(np.tile(rng.uniform(5, 40, 24), (100, 1)))
    assert len(low_rank(np.sqrt(counts + 0.25)).factors) == 1


def test_a_longer_series_is_forecast_with_the_variances_found_before():
    y = series(1, weekday=1.0, quick=0.5)
    whole, ahead = Days(DAY[:55], effects(slice(0, 55)), 0.1), slice(55, 60)
    short = Process(Days(DAY[:50], effects(slice(0, 50)), 0.1), y[:50], floor=0.01)
    longer = short.longer(whole, y[:55])
    size = np.exp(short.fit.theta)
    assert longer.fit.theta is short.fit.theta and len(short.y) == 50
    scale = np.mean(y[:50] ** 2)
    k = np.einsum("e,eij->ij", size[:-1], whole.stack) + np.diag(size[-1] + longer._known)
    cross = sum(
        s * e.covariance(f.basis, whole.distance(DAY[ahead]))
        for s, e, f in zip(size[:-1], whole.effects, effects(ahead), strict=True)
    )
    mean, _ = longer.predict(DAY[ahead], [e.basis for e in effects(ahead)])
    assert mean == pytest.approx(np.sqrt(scale) * cross @ np.linalg.solve(k, y[:55] / np.sqrt(scale)))


def test_an_odd_new_day_gets_more_noise():
    y = np.abs(series(1, weekday=1.0, quick=0.5))
    y[52] *= 3.0
    whole = Days(DAY[:55], effects(slice(0, 55)), 0.1)
    longer = Process(Days(DAY[:50], effects(slice(0, 50)), 0.1), y[:50], floor=0.01).longer(whole, y[:55])
    assert longer._known[52] > 5.0 * longer._known[51]
    log = Days(DAY[:50], effects(slice(0, 50)), 0.01, log=True)
    rolled = Multiplied(log, y[:50], 0.01).longer(Days(DAY[:55], effects(slice(0, 55)), 0.01, log=True), y[:55])
    mean, _ = rolled.predict(DAY[55:], [e.basis for e in effects(slice(55, 60))])
    assert mean == pytest.approx(10.0, rel=0.3)


def test_a_rolled_model_follows_the_days_and_leaves_the_old_one(office, make_calls):
    whole = next(iter(histories(make_calls(office, days=84), office, minutes=60).values()))
    old = Factor().fit(whole.until(dt.date(2026, 3, 13)))
    date = dt.date(2026, 3, 30)
    before = old.roots_of(date)
    rolled = old.rolled(whole)
    fresh, moved = Factor().fit(whole).roots_of(date), rolled.roots_of(date)
    assert rolled.history.last_date == whole.last_date and old.history.last_date == dt.date(2026, 3, 13)
    assert old.roots_of(date).mean.tolist() == before.mean.tolist()
    assert np.abs(moved.mean - fresh.mean).max() < 0.05 * fresh.mean.max()
    assert old.rolled(whole.until(dt.date(2026, 3, 13))).roots_of(date).mean.tolist() == before.mean.tolist()

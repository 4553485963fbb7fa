"""The rivals against what statsmodels says, and on series whose law is exact."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.day_kinds import day_features
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import parse_opening
from busyhour.forecast.calendar.special_days import SpecialDay
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.errors import InputError
from busyhour.forecast.models import Combination, model_named
from busyhour.forecast.models.combine import average
from busyhour.forecast.models.glm import GlmParams, PoissonGlm
from busyhour.forecast.models.holtwinters import HoltWinters, echoes, smooth
from busyhour.forecast.models.mstl import MstlEts

WEEKDAY = np.array([1.3, 1.1, 1.0, 0.95, 0.9, 0.5, 0.4])
AHEAD = Grid(dt.date(2026, 3, 30), 14, 60)


def past(calls, calendar, minutes=60):
    return histories(calls, calendar, minutes=minutes)["calls"]


def truth(make_calls, calendar, grid, **more):
    """Expected calls of every interval of a grid, 0 where closed."""
    calls = make_calls(calendar, first=str(grid.first_date), days=grid.days, noise=False, **more)
    return calls.set_index("start")["offered"].reindex(grid.starts, fill_value=0.0).to_numpy()


# Poisson regression


def test_the_glm_is_that_of_statsmodels(make_calls):
    mailing = [dt.date(2026, 1, d) for d in (7, 13, 22)]
    hours = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-12:00"))
    calendar = Calendar(hours, special=tuple(SpecialDay(d, "m", "mailing") for d in mailing))
    history = past(make_calls(calendar, days=84), calendar)
    model = PoissonGlm(GlmParams(prior_days=1e-9, prior_sd=1e6)).fit(history)
    day, wall = np.nonzero(history.seen)
    features = day_features(calendar, history.dates, "calls")
    cell = pd.get_dummies(pd.Series(features["weekday"].to_numpy()[day] * 24 + wall), dtype=float)
    x = np.hstack([cell.to_numpy(), features[model.effects.index].to_numpy()[day]])
    theirs = sm.GLM(history.calls[day, wall], x, family=sm.families.Poisson()).fit(scale="X2")
    assert model.effects.to_numpy() == pytest.approx(theirs.params[cell.shape[1] :], abs=1e-6)
    assert "kind:mailing" in model.effects.index and "month_start_1" in model.effects.index
    assert np.log(model.rate[:5, 8:12].ravel()) == pytest.approx(theirs.params[: cell.shape[1]], abs=1e-6)
    free = len(day) - x.shape[1]
    assert model.dispersion == pytest.approx(max(1.0, (theirs.pearson_chi2 + 5) / (free + 5)), rel=1e-6)


def test_the_glm_learns_what_a_special_day_does(make_calls):
    hours = parse_opening(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00"))
    dates = [dt.date(2026, 1, 14), dt.date(2026, 2, 3), dt.date(2026, 3, 12)]
    made = Calendar(hours, special=tuple(SpecialDay(d, "m", "mailing", effect=1.5) for d in dates))
    known = Calendar(hours, special=tuple(SpecialDay(d, "m", "mailing") for d in dates))
    assert PoissonGlm().fit(past(make_calls(made), known)).effects["kind:mailing"] == pytest.approx(
        np.log(1.5), abs=0.1
    )


def test_the_glm_forgets_what_is_older_than_its_window(office, make_calls):
    old = make_calls(office, first="2025-06-02", days=217, level=300.0)
    calls = pd.concat([old, make_calls(office)])
    now = PoissonGlm().fit(past(make_calls(office), office)).predict(AHEAD)
    assert np.array_equal(PoissonGlm().fit(past(calls, office)).predict(AHEAD).mean, now.mean)


def test_a_special_day_without_calls_does_not_run_away(office, make_calls):
    calendar = Calendar(office.opening, special=(SpecialDay(dt.date(2026, 3, 11), "strike", "strike"),))
    calls = make_calls(office)
    calls.loc[calls["start"].dt.date == dt.date(2026, 3, 11), "offered"] = 0.0
    effect = PoissonGlm().fit(past(calls, calendar)).effects["kind:strike"]
    assert -20 < effect < -0.5


# Holt-Winters


def test_the_recursion_is_taylors():
    rng = np.random.default_rng(1)
    z, weekday, wall = rng.normal(10, 1, 40), np.repeat(np.arange(4), 10) % 2, np.tile(np.arange(2), 20)
    alpha, delta, omega, phi = given = np.array([0.1, 0.2, 0.3, 0.6])
    level, e, d, w, errors = 9.0, 0.0, {0: 0.5, 1: -0.5}, {}, []
    for t in range(40):
        p, q = wall[t], (weekday[t], wall[t])
        before = level + d[p] + w.get(q, 0.0)
        errors.append(z[t] - before - phi * e)
        e = z[t] - before
        level, d[p], w[q] = level + alpha * e, d[p] + delta * e, w.get(q, 0.0) + omega * e
    state, daily, weekly = np.array([9.0, 0.0]), np.array([0.5, -0.5]), np.zeros((7, 2))
    args = (z, weekday, wall, np.ones(40), given)
    assert smooth(*args, state, daily, weekly) == pytest.approx(np.sum(np.square(errors)))
    assert state == pytest.approx([level, e]) and daily == pytest.approx([d[0], d[1]])
    assert weekly[1, 0] == pytest.approx(w[(1, 0)])


def test_the_recursion_is_the_same_compiled():
    rng = np.random.default_rng(2)
    args = (rng.normal(10, 1, 60), rng.integers(0, 7, 60), rng.integers(0, 4, 60), rng.integers(1, 9, 60) * 1.0)
    start = np.array([9.0, 0.1]), np.zeros(4), np.zeros((7, 4))
    plain, fast = ([a.copy() for a in start] for _ in range(2))
    given = np.array([0.1, 0.2, 0.3, 0.6])
    assert smooth.plain(*args, given, *plain) == pytest.approx(smooth.compiled(*args, given, *fast), rel=1e-12)
    assert all(np.allclose(a, b, rtol=1e-12) for a, b in zip(plain, fast, strict=True))


def test_a_series_of_two_exact_seasons_goes_on(office, make_calls):
    told = HoltWinters().fit(past(make_calls(office, noise=False), office)).predict(AHEAD)
    open_ = office.open_mask(AHEAD)
    root = np.sqrt((told.mean - told.spread + 0.25)[open_])  # the mean of a square is more than the square of the mean
    assert root == pytest.approx(np.sqrt(truth(make_calls, office, AHEAD)[open_]), abs=0.03)


def test_the_spread_ahead_is_that_of_simulated_paths():
    model = HoltWinters()
    model.parameters, model._noise = np.array([0.05, 0.2, 0.1, 0.6]), 1.0
    rng = np.random.default_rng(4)
    paths = np.zeros((20_000, 24))
    level, e, daily, weekly = np.zeros(20_000), np.zeros(20_000), np.zeros((4, 20_000)), np.zeros((12, 20_000))
    for t in range(24):
        off = 0.6 * e + rng.normal(size=20_000)
        paths[:, t] = level + daily[t % 4] + weekly[t % 12] + off
        e = off
        level, daily[t % 4], weekly[t % 12] = level + 0.05 * e, daily[t % 4] + 0.2 * e, weekly[t % 12] + 0.1 * e
    model._periods = (4, 12)
    assert model._variance(24) == pytest.approx(paths.var(axis=0), rel=0.05)


def test_echoes_are_sums_of_earlier_values():
    assert echoes(np.arange(1.0, 8.0), 3).tolist() == [0, 0, 0, 1, 2, 3, 5]


def test_the_level_does_not_chase_what_passes_within_the_day(office, make_calls):
    calls = make_calls(office)
    rng = np.random.default_rng(6)
    wave = np.zeros(len(calls))
    for t in range(1, len(calls)):
        wave[t] = 0.9 * wave[t - 1] + 0.15 * rng.normal()
    calls["offered"] = np.round(calls["offered"] * np.exp(wave))
    model = HoltWinters().fit(past(calls, office))
    assert model.parameters[0] <= 1 / 10 and model.parameters[3] > 0.5


def test_the_spread_of_holt_winters_grows_with_the_horizon(office, make_calls):
    told = HoltWinters().fit(past(make_calls(office), office)).predict(AHEAD)
    monday, next_monday = told.spread[8:18], told.spread[176:186]
    assert (next_monday > monday).all() and (told.spread >= 0.25).all()


# MSTL


def test_a_plain_weekly_pattern_goes_on(office, make_calls):
    told = MstlEts().fit(past(make_calls(office, noise=False), office)).predict(AHEAD)
    assert told.mean == pytest.approx(truth(make_calls, office, AHEAD), rel=0.02)


def test_hours_that_differ_between_weekdays_keep_their_shapes(make_calls):
    weekdays = ("monday", "tuesday", "wednesday", "thursday", "friday")
    calendar = Calendar(parse_opening(dict.fromkeys(weekdays, "08:00-18:00") | {"saturday": "09:00-13:00"}))
    told = MstlEts().fit(past(make_calls(calendar, noise=False), calendar)).predict(AHEAD)
    assert told.mean == pytest.approx(truth(make_calls, calendar, AHEAD), rel=0.02)


def test_three_weeks_have_the_season_of_the_day_alone(office, make_calls):
    told = MstlEts().fit(past(make_calls(office, days=21, first="2026-03-09"), office)).predict(AHEAD)
    root = np.sqrt((told.mean - told.spread + 0.25).reshape(14, 24)[:5, 8:18])
    assert root[0] == pytest.approx(root[4], rel=1e-6)
    assert root[0, 4] > 1.05 * root[0, 9]


def test_a_new_level_is_followed(office, make_calls):
    calls = make_calls(office)
    late = calls["start"] >= "2026-03-09"
    calls["offered"] = calls["offered"].where(~late, 1.5 * calls["offered"])
    told = MstlEts().fit(past(calls, office)).predict(AHEAD)
    assert told.mean.sum() == pytest.approx(1.5 * truth(make_calls, office, AHEAD).sum(), rel=0.1)


# Combination


def test_a_combination_is_the_average_of_its_parts(office, make_calls):
    mailed = dt.date(2026, 4, 1)
    calendar = Calendar(office.opening, special=(SpecialDay(mailed, "mailing", "mailing", effect=2.0),))
    history = past(make_calls(office), calendar)
    parts = [model_named(n).fit(history).predict(AHEAD) for n in ("factor", "poisson_glm")]
    told, from_parts = model_named("factor+poisson_glm").fit(history).predict(AHEAD), average(parts)
    assert told.mean == pytest.approx((parts[0].mean + parts[1].mean) / 2)
    assert from_parts.mean == pytest.approx(told.mean) and from_parts.spread == pytest.approx(told.spread)
    assert np.allclose(from_parts.quantiles, told.quantiles)
    low, high = np.minimum(parts[0].spread, parts[1].spread), np.maximum(parts[0].spread, parts[1].spread)
    assert ((told.spread >= low - 1e-12) & (told.spread <= high + 1e-12)).all()


def test_a_combination_is_named_after_its_parts():
    model = model_named("factor+last_week")
    assert isinstance(model, Combination) and model.name == "factor+last_week"
    for wrong in ("factor+last_weak", "factor+", "+factor"):
        with pytest.raises(InputError, match="unknown forecast model"):
            model_named(wrong)

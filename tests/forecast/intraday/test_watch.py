"""The watch over a running day: alarms by kind, the rest of the day, ends, kept calibrations, bad input."""

import datetime as dt

import numpy as np
import pytest
from watched_days import PARAMS, office_history, usual_calls

from busyhour.forecast.errors import InputError
from busyhour.forecast.intraday.watch import Calibration, DayWatch, day_watch
from busyhour.forecast.progress import Stopped, Watch

DATE, MINUTES, LEVEL = dt.date(2026, 3, 30), 30, 160.0
FIRST, LAST = 16, 36
NOW = 28


@pytest.fixture(scope="module")
def watched() -> DayWatch:
    return day_watch(office_history(), params=PARAMS)


def calls(change: float = 0.0, begin: int = 22, end: int = 48, until: int = NOW) -> np.ndarray:
    """Return calls like the forecast, but for a change from one interval to another; NaN from `until` on."""
    out = np.full(48, np.nan)
    out[FIRST:LAST] = usual_calls(DATE, MINUTES, LEVEL)
    out[begin:end] *= 1.0 + change
    out[until:] = np.nan
    return np.round(out)


def test_a_day_like_its_forecast_raises_nothing(watched: DayWatch):
    seen = watched.look(DATE, calls())
    assert seen.alarms == () == seen.overs
    assert seen.mean[FIRST:NOW].tolist() == calls()[FIRST:NOW].tolist()
    assert seen.mean[NOW:LAST] == pytest.approx(usual_calls(DATE, MINUTES, LEVEL)[NOW - FIRST :], rel=0.1)
    assert (seen.low[NOW:LAST] < seen.mean[NOW:LAST]).all() and (seen.mean[NOW:LAST] < seen.high[NOW:LAST]).all()
    assert not seen.mean[:FIRST].any() and not seen.mean[LAST:].any()
    assert seen.usual.tolist() == seen.mean.tolist()


@pytest.mark.parametrize(
    "change, kind, direction", [(0.6, "volume", "up"), (-0.5, "volume", "down"), (-1.0, "outage", "down")]
)
def test_a_change_is_named_sized_and_carried_on(watched: DayWatch, change, kind, direction):
    seen = watched.look(DATE, calls(change))
    (alarm,) = seen.standing
    assert (alarm.kind, alarm.direction) == (kind, direction)
    assert abs(alarm.since - 22) <= 1 and 22 <= alarm.raised <= 23
    assert alarm.size_low <= change + 0.08 and alarm.size_high >= change - 0.08
    assert alarm.statistic > alarm.threshold > 0.0
    rest = slice(NOW, LAST)
    assert seen.mean[rest].sum() == pytest.approx(seen.usual[rest].sum() * (1.0 + change), rel=0.2, abs=25.0)
    assert seen.usual[rest].sum() == pytest.approx(usual_calls(DATE, MINUTES, LEVEL)[NOW - FIRST :].sum(), rel=0.2)


def test_a_spike_that_ended_is_over_and_carried_on_no_more(watched: DayWatch):
    seen = watched.look(DATE, calls(0.6, 20, 24))
    (over,) = seen.overs
    assert seen.standing == () and over.alarm == seen.alarms[0]
    assert over.ended == 24 and over.told <= 25 and over.lead > PARAMS.over_lead
    assert seen.mean[NOW:LAST] == pytest.approx(usual_calls(DATE, MINUTES, LEVEL)[NOW - FIRST :], rel=0.15)


def test_the_same_figures_show_the_same_and_later_ones_change_no_alarm(watched: DayWatch):
    early, late = watched.look(DATE, calls(0.6, until=25)), watched.look(DATE, calls(0.6))
    assert (early.alarms[0].raised, early.alarms[0].statistic) == (late.alarms[0].raised, late.alarms[0].statistic)
    again = watched.look(DATE, calls(0.6))
    assert again.alarms == late.alarms and again.mean.tolist() == late.mean.tolist()


def test_longer_handle_times_are_an_alarm_of_their_own(watched: DayWatch):
    seconds = np.where(np.arange(48) >= 20, 390.0, 300.0)
    seen = watched.look(DATE, calls(), seconds)
    assert [(a.kind, a.direction) for a in seen.standing] == [("handle_time", "up")]
    assert seen.alarms[0].size == pytest.approx(0.3, abs=0.07)
    assert seen.handle_low < seen.handle_factor < seen.handle_high
    assert seen.handle_factor == pytest.approx(1.3, abs=0.08)
    assert watched.look(DATE, calls()).handle_factor == 1.0


def test_a_day_before_its_first_interval_is_the_forecast(watched: DayWatch):
    seen = watched.look(DATE, np.full(48, np.nan), np.full(48, np.nan))
    assert seen.alarms == ()
    assert seen.mean[FIRST:LAST] == pytest.approx(usual_calls(DATE, MINUTES, LEVEL), rel=0.1)


def test_what_can_be_seen_and_what_came_of_the_promise_are_told(watched: DayWatch):
    visible, meter = watched.visible, watched.meter
    assert visible.calls_per_half_hour == pytest.approx(160.0, rel=0.15)
    assert 0.1 <= visible.up <= 0.7 and 0.1 <= visible.down <= 0.7
    assert visible.found[visible.sizes.index(2.0)] == 1.0
    assert meter.days >= PARAMS.least_days and meter.days_per_week == 5
    assert meter.chance[0] <= meter.alarms <= meter.chance[1] + 3
    assert meter.and_also(5, 1).alarms == meter.alarms + 1 and meter.expected == pytest.approx(0.75 * meter.days / 5)


def test_a_calibration_is_kept_and_serves_for_a_week(watched: DayWatch):
    kept = Calibration.from_json(watched.calibration.to_json())
    assert kept == watched.calibration
    again = day_watch(office_history(), kept=kept, params=PARAMS)
    assert again.calibration is kept
    assert again.look(DATE, calls(0.6)).alarms == watched.look(DATE, calls(0.6)).alarms
    history = office_history()
    assert kept.serves(history, 1.0) and not kept.serves(history, 0.5)
    assert not kept.serves(history.until(dt.date(2026, 3, 20)), 1.0)


@pytest.mark.slow
def test_logged_days_are_left_out_of_calibration():
    history = office_history()
    quiet = [d for d in history.dates if d < dt.date(2026, 3, 16)]
    assert day_watch(history, quiet=quiet, params=PARAMS).meter.days == 30
    with pytest.raises(InputError, match="quiet days to set alarms by, 20 are needed"):
        day_watch(history, quiet=quiet[:10], params=PARAMS)


def test_bad_input_is_refused(watched: DayWatch):
    with pytest.raises(InputError, match="rate of false alarms above 0"):
        day_watch(office_history(), alarms_per_week=0.0, params=PARAMS)
    with pytest.raises(ValueError, match="a day after 2026-03-27"):
        watched.look(dt.date(2026, 3, 27), calls())
    with pytest.raises(ValueError, match="48 intervals of 30 minutes"):
        watched.look(DATE, np.zeros(24))
    with pytest.raises(ValueError, match="at least 0"):
        watched.look(DATE, np.where(np.arange(48) == 20, -1.0, calls()))


def test_learning_stops_when_asked():
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        day_watch(office_history(), params=PARAMS, watch=watch)


@pytest.mark.slow
def test_a_small_desk_on_a_finer_grid_has_both_tests_and_is_told_how_little_it_sees():
    small = day_watch(office_history(minutes=15, level=30.0), params=PARAMS)
    assert small.calibration.limits.counts is not None
    assert not small.visible.up < 0.4 and small.visible.calls_per_half_hour == pytest.approx(30.0, rel=0.2)
    today = np.full(96, np.nan)
    today[32:72] = np.round(usual_calls(DATE, 15, 30.0))
    today[44:] *= 2.5
    today[56:] = np.nan
    (alarm,) = small.look(DATE, today).standing
    assert (alarm.kind, alarm.direction) == ("volume", "up") and 44 <= alarm.raised <= 47


def test_a_missing_interval_is_passed_over(watched: DayWatch):
    holes = calls(0.6)
    holes[24] = np.nan
    seen = watched.look(DATE, holes)
    assert [(a.kind, a.direction) for a in seen.standing] == [("volume", "up")]
    assert seen.mean[24] > usual_calls(DATE, MINUTES, LEVEL)[24 - FIRST] * 1.2

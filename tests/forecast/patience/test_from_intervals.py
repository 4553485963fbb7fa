"""Patience from interval tables, held against queues simulated call by call."""

import heapq
import math

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.calendars import Calendar
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calendar.opening_hours import parse_opening
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.patience.from_intervals import PARAMS, patience_of
from busyhour.forecast.patience.planned import planned_patience
from busyhour.forecast.predict import forecast

HANDLE_S = 240.0
HOURS = range(8, 18)
OPEN = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), "08:00-18:00")


def queue_of_a_day(rng, load, agents, patience_s):
    """Answered, seconds they waited, abandoned, abandoned within 20 s per half-hour of first come, first served."""
    shape = 0.7 + 0.6 * np.sin(np.pi * (np.arange(20) + 0.5) / 20)
    arrivals = np.concatenate(
        [
            1800.0 * i + np.sort(rng.uniform(0, 1800, rng.poisson(load * s * 1800 / HANDLE_S)))
            for i, s in enumerate(shape)
        ]
    )
    out = np.zeros((4, 20))
    free = [0.0] * agents
    for t, patience, handle in zip(
        arrivals, rng.exponential(patience_s, arrivals.size), rng.exponential(HANDLE_S, arrivals.size), strict=True
    ):
        half_hour, wait = int(t // 1800), max(free[0] - t, 0.0)
        if wait > patience:
            out[2:, half_hour] += 1.0, patience <= 20.0
        else:
            out[:2, half_hour] += 1.0, wait
            heapq.heapreplace(free, t + wait + handle)
    return out


def table(seed, *, days=20, load=12.0, agents=14, patience_s=150.0):
    """Rows of the table ``calls`` of weekdays from 5 January 2026."""
    rng = np.random.default_rng(seed)
    rows = []
    for date in pd.bdate_range("2026-01-05", periods=days):
        answered, waited, abandoned, early = queue_of_a_day(rng, load, agents, patience_s)
        with np.errstate(invalid="ignore"):
            frame = {"start": date + pd.to_timedelta(480 + 30 * np.arange(20), unit="min"),
                     "offered": answered + abandoned, "answered": answered, "abandoned": abandoned,
                     "wait_s": waited / answered, "handle_s": HANDLE_S,
                     "abandoned_in": early, "within_s": 20.0}  # fmt: skip
        rows.append(pd.DataFrame(frame))
    return pd.concat(rows, ignore_index=True)


def told(calls):
    history = histories(calls, Calendar(parse_opening(OPEN)), minutes=30)["calls"]
    return patience_of(history.waits, history.handle_s, 30)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("load", "agents", "days"), [(12.0, 14, 20), (12.0, 11, 10), (2.0, 3, 60)], ids=["usual", "short of staff", "small"]
)
def test_the_patience_behind_a_table_is_found(load, agents, days):
    found = [told(table(seed, load=load, agents=agents, days=days)) for seed in range(4)]
    assert np.mean([f.mean_s for f in found]) == pytest.approx(150.0, rel=0.04)
    assert all(abs(f.mean_s - 150.0) < 3 * f.se_s for f in found)


@pytest.mark.slow
def test_the_standard_error_is_the_spread_of_the_estimates():
    found = [told(table(seed, days=5)) for seed in range(30)]
    means, errors = np.array([f.mean_s for f in found]), np.array([f.se_s for f in found])
    chance = np.array([np.sqrt(f.se_s**2 - (PARAMS.unsure * f.hung_up_s) ** 2) for f in found])
    assert 0.6 < means.std() / chance.mean() < 1.5
    assert (np.abs(means - 150.0) < 1.96 * errors).mean() >= 0.9


def test_a_count_within_a_threshold_mends_a_queue_that_shares_its_agents():
    calls = table(1, load=2.0, agents=3, days=60)
    part = calls.assign(handle_s=HANDLE_S / 10)  # as if the agents spent nine tenths of their time on other queues
    off, mended = (abs(told(c).mean_s / 150.0 - 1.0) for c in (part.drop(columns="abandoned_in"), part))
    assert mended < 0.05 < 0.1 < off


def test_quarters_of_the_abandons_are_held_against_the_one_patience():
    check = told(table(2, days=30)).check
    assert len(check) == 4 and check["wait_from_s"].is_monotonic_increasing
    assert check["abandon_rate"].is_monotonic_increasing
    assert check["expected_rate"].to_numpy() == pytest.approx(check["abandon_rate"].to_numpy(), rel=0.2)


def test_who_hangs_up_at_once_is_no_abandon_of_the_estimate():
    calls = table(3)
    rude = calls.assign(
        offered=calls["offered"] + 3, abandoned=calls["abandoned"] + 3, short_abandoned=3.0,
        abandoned_in=calls["abandoned_in"] + 3,
    )  # fmt: skip
    assert told(rude).mean_s == told(calls).mean_s
    assert told(rude).abandons == calls["abandoned"].sum()


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda c: c.drop(columns="wait_s"), "no wait_s"),
        (lambda c: c[["start", "offered", "wait_s"]], "no abandoned"),
        (lambda c: c[["start", "offered"]], "no abandoned and no wait_s"),
        (lambda c: c.assign(abandoned=np.where(c.index < 8, 3.0, 0.0)), "24 callers hung up"),
        (lambda c: c.assign(wait_s=0.0), "nobody who was answered had waited"),
        (lambda c: c.assign(wait_s=c["wait_s"] / 100), "waited too little for so many"),
    ],
)
def test_where_waits_do_not_tell_it_is_not_invented(change, word):
    found = told(change(table(4, days=5)))
    assert found.mean_s is None and word in found.why


def test_a_row_without_its_wait_counts_for_nothing():
    calls = table(5)
    holes = calls.assign(wait_s=calls["wait_s"].where(calls.index % 2 == 0))
    assert told(holes).calls == pytest.approx(0.5 * calls["offered"].sum(), rel=0.1)
    assert told(holes).mean_s == pytest.approx(150.0, rel=0.1)


def test_abandons_are_the_rest_of_the_calls_offered():
    calls = table(6)
    assert told(calls.drop(columns=["abandoned", "abandoned_in"])).abandons == calls["abandoned"].sum()
    assert told(calls.drop(columns="answered")).mean_s == told(calls).mean_s


@pytest.mark.parametrize(
    ("given", "used", "words"),
    [
        (None, 150.0, "patience_s overrules it"),
        (149.0, 149.0, "given is used: 149 s"),
        (400.0, 400.0, "400 s, which is not what the history tells"),
        (math.inf, math.inf, "for ever"),
    ],
)
def test_the_planners_word_wins_and_is_held_against_the_history(given, used, words):
    history = histories(table(7), Calendar(parse_opening(OPEN)), minutes=30)["calls"]
    patience, notes = planned_patience(history, given)
    assert patience == pytest.approx(used, rel=0.08)
    assert [n.kind for n in notes] == ["patience"]
    assert words in notes[0].action and "% expected" in notes[0].what


def test_silence_where_nothing_was_to_be_told():
    history = histories(table(8)[["start", "offered"]], Calendar(parse_opening(OPEN)), minutes=30)["calls"]
    assert planned_patience(history, None) == (math.inf, [])
    assert planned_patience(history, 90.0) == (90.0, [])
    half = histories(table(8).drop(columns="wait_s"), Calendar(parse_opening(OPEN)), minutes=30)["calls"]
    patience, notes = planned_patience(half, None)
    assert patience == math.inf and "for ever" in notes[0].action and "no wait_s" in notes[0].what


def test_the_forecast_carries_the_patience_of_the_history():
    calls, office = table(9), Calendar(parse_opening(OPEN))
    week = Grid(pd.Timestamp("2026-02-02").date(), 7, 30)
    learnt, endless = (
        forecast(calls, week, office, models="last_week", patience_s={"calls": p}, origins=1) for p in (None, math.inf)
    )
    assert learnt.volume["patience_s"].to_numpy() == pytest.approx(150.0, rel=0.08)
    assert endless.volume["patience_s"].isna().all()
    assert "used" in learnt.quality.set_index("kind").loc["patience", "action"]


def test_what_came_after_the_origin_tells_no_patience():
    history = histories(table(10), Calendar(parse_opening(OPEN)), minutes=30)["calls"]
    cut = histories(
        table(10).query("start < '2026-01-19'"), Calendar(parse_opening(OPEN)), minutes=30
    )["calls"]  # fmt: skip
    past = history.until(cut.last_date)
    assert planned_patience(past, None)[0] == planned_patience(cut, None)[0] != planned_patience(history, None)[0]

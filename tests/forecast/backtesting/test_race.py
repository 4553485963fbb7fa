"""Who runs how far in a race, and who wins it."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from busyhour.forecast.backtesting.choice import choose
from busyhour.forecast.backtesting.origins import past_origins
from busyhour.forecast.backtesting.race import PARAMS, Race, RaceEntry, race
from busyhour.forecast.backtesting.score import Score
from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.calls.arrange import histories
from busyhour.forecast.models import MODELS, model_named
from busyhour.forecast.models.naive import WeekdayMean
from busyhour.forecast.predict import forecast
from busyhour.forecast.progress import Watch

WEEK = Grid(dt.date(2026, 3, 30), 7, 60)


class Twice(WeekdayMean):
    """Promises twice the calls."""

    name = "twice"

    def _expect(self, dates):
        mean, spread = super()._expect(dates)
        return 2 * mean, spread


@pytest.fixture
def desk(office, make_calls):
    return histories(make_calls(office), office, minutes=60)["calls"]


def run(history, *names, origins=6, knockout=True):
    return race(history, names, lead=0, days=7, origins=origins, watch=Watch(), knockout=knockout)


def entry(model, wql, origins=8):
    return RaceEntry(model, Score(wql, 9.0, 0.0, wql, 0.8, 0.95, wql, 0.02), 0.1, origins)


def test_a_hopeless_model_stops_after_the_newest_origins(desk, monkeypatch):
    monkeypatch.setitem(MODELS, "twice", Twice)
    held = run(desk, "weekday_mean", "weekday_median", "twice")
    ran = {e.model: e.origins for e in held.entries}
    assert ran == {"weekday_mean": 6, "weekday_median": 6, "weekday_mean+weekday_median": 6, "twice": PARAMS.heat}
    assert held.entries[-1].model == "twice" and held.origins == 6
    short = run(desk, "weekday_mean", "twice", origins=PARAMS.heat)
    scores = {e.model: e.score for e in run(desk, "weekday_mean", "twice", origins=PARAMS.heat, knockout=False).entries}
    assert scores["twice"].wql > PARAMS.hopeless * scores["weekday_mean"].wql
    assert {e.model: e.score for e in short.entries}["twice"] == scores["twice"]


def test_a_stopped_model_cannot_win(desk, monkeypatch):
    monkeypatch.setitem(MODELS, "twice", Twice)
    assert run(desk, "twice", "weekday_mean").winner == "weekday_mean"
    held = Race((entry("factor", 0.05), entry("twice", 0.04, origins=3)), 8)
    assert held.winner == "factor" and [e.model for e in held.finalists] == ["factor"]


def test_a_model_asked_for_runs_from_all_origins(desk, monkeypatch):
    monkeypatch.setitem(MODELS, "twice", Twice)
    chosen = choose(desk, "twice", WEEK, watch=Watch())
    assert chosen.model == "twice" and chosen.notes == ()
    assert {e.model: e.origins for e in chosen.race.entries} == {"twice": 7, "weekday_mean": 7}


def test_the_average_scores_as_if_it_had_run_itself(desk):
    held = run(desk, "weekday_mean", "poisson_glm", "weekday_median")
    joint = next(e for e in held.entries if "+" in e.model)
    over = past_origins(desk, lead=0, days=7, origins=6)
    alone = over.score([over.predict(model_named(joint.model), i) for i in range(6)])
    assert joint.score.wql == pytest.approx(alone.wql, rel=1e-9)
    assert joint.score.coverage_80 == pytest.approx(alone.coverage_80)
    best = sorted((e for e in held.entries if "+" not in e.model), key=lambda e: e.score.wql)[:2]
    assert set(joint.model.split("+")) == {e.model for e in best}


def test_an_average_wins_only_by_more_than_half_a_percent():
    assert Race((entry("factor+two_stage", 0.0990), entry("factor", 0.1), entry("two_stage", 0.11)), 8).winner == (
        "factor+two_stage"
    )
    assert (
        Race((entry("factor+two_stage", 0.0996), entry("factor", 0.1), entry("two_stage", 0.11)), 8).winner == "factor"
    )


def test_origins_without_calls_stop_nobody(desk, monkeypatch):
    monkeypatch.setitem(MODELS, "twice", Twice)
    silent = desk.calls.copy()
    silent[-21:] = np.nan
    held = run(replace(desk, calls=silent), "weekday_mean", "twice", origins=6)
    assert {e.model: e.origins for e in held.entries} == {"weekday_mean": 6, "twice": 4}


@pytest.mark.slow
def test_the_choice_says_why(desk):
    chosen = choose(desk, "auto", WEEK, watch=Watch())
    (note,) = chosen.notes
    assert note.kind == "choice" and note.action == f"forecast by {chosen.model}"
    winner = next(e for e in chosen.race.entries if e.model == chosen.model)
    assert note.what.startswith(f"{chosen.model}: wQL {100 * winner.score.wql:.1f} % over 7 past weeks, next ")
    assert (note.start, note.end) == (WEEK.first, WEEK.end)


def test_a_combination_can_be_asked_for(office, make_calls):
    name = "weekday_mean+poisson_glm"
    told = forecast(make_calls(office), WEEK, office, models=name, handle_s={"calls": 180.0}, origins=1)
    assert set(told.volume["model"]) == {name}
    assert told.backtest.set_index("model").loc[name, ["origins", "chosen"]].tolist() == [1, 1]

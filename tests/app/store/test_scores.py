"""Scores against sums made by hand with pandas, on both kinds of store."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from scored_days import DAY, ZONE, calls_of, filled, grid, rows, scored, volume_of

from busyhour.app.store.accuracy import accuracy
from busyhour.app.store.calls import take
from busyhour.app.store.entries import site_id
from busyhour.app.store.open import Store
from busyhour.app.store.schema import NIGHTLY
from busyhour.app.store.scores import score
from busyhour.app.store.snapshots import write_snapshot
from busyhour.app.store.times import midnight_s
from busyhour.forecast.calendar.grid import Grid


def test_a_score_is_the_sum_of_its_day(store: Store) -> None:
    site = filled(store, "2026-03-02", 9)
    assert scored(store, site, dt.date(2026, 3, 11)) == [dt.date(2026, 3, 10)]
    calls = calls_of(grid("2026-03-02", 9)).set_index("start")
    day, before = (calls.loc[d] for d in ("2026-03-10", "2026-03-03"))
    told = volume_of(grid("2026-03-10", 1)).set_index("start")
    error = told["calls"] - day["offered"]
    found = rows(store)
    assert found["lead"].tolist() == [1, 7]
    one = found.iloc[0]
    assert (one["day"], one["n"], one["unknown"], one["model"]) == ("2026-03-10", 48, 0, "mean")
    expected = {
        "actual": day["offered"].sum(), "error": error.sum(), "abs_error": error.abs().sum(),
        "squared_error": (error**2).sum(), "naive_n": 48,
        "inside_80": ((told["q0.1"] <= day["offered"]) & (day["offered"] <= told["q0.9"])).sum(),
        "naive_abs": np.abs(before["offered"].to_numpy() - day["offered"].to_numpy()).sum(),
        "own_abs": error.abs().sum(), "model_abs": (told["model_calls"] - day["offered"]).abs().sum(),
        "handle_n": day["answered"].sum(), "handle_actual": (day["answered"] * day["handle_s"]).sum(),
        "handle_error": (day["answered"] * (190.0 - day["handle_s"])).sum(),
        "handle_abs": (day["answered"] * (190.0 - day["handle_s"]).abs()).sum(),
    }  # fmt: skip
    for name, value in expected.items():
        assert one[name] == pytest.approx(value), name


def test_nothing_is_scored_before_its_day_is_over_or_twice(store: Store) -> None:
    site = filled(store, "2026-03-02", 9)
    assert scored(store, site, dt.date(2026, 3, 10)) == []
    assert scored(store, site, dt.date(2026, 3, 11)) == [dt.date(2026, 3, 10)]
    assert scored(store, site, dt.date(2026, 3, 11)) == []
    assert scored(store, site, dt.date(2026, 3, 30)) == []


def test_unknown_intervals_are_left_out_and_counted(store: Store) -> None:
    starts = grid("2026-03-02", 9)
    calls = calls_of(starts)
    calls.loc[starts == starts[-1], "offered"] = np.nan  # blank
    calls = calls[starts != starts[-3]]  # missing
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls)
        write_snapshot(
            c, site, midnight_s(dt.date(2026, 3, 10), ZONE), NIGHTLY, volume_of(grid("2026-03-10", 2)), (1, 2)
        )
        score(c, site, (), ZONE, before=dt.date(2026, 3, 12), leads=(1, 2))
    found = rows(store)
    assert found[["lead", "n", "unknown"]].to_numpy().tolist() == [[1, 46, 2], [2, 0, 48]]
    known = calls.set_index("start").loc["2026-03-10", "offered"].dropna()
    assert found["actual"].tolist() == [known.sum(), 0.0]
    with store.read() as c:
        told = accuracy(c, ())
    assert told[["intervals", "unknown", "calls"]].to_numpy().tolist() == [[46, 50, known.sum()]]


def test_finer_calls_are_added_up_and_a_missing_quarter_makes_its_half_hour_unknown(store: Store) -> None:
    fine = Grid(dt.date(2026, 3, 10), 1, 15, ZONE).starts
    calls = pd.DataFrame({"queue": "sales", "start": fine, "offered": 5.0})
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls.drop(index=3))
        write_snapshot(c, site, midnight_s(dt.date(2026, 3, 10), ZONE), NIGHTLY, volume_of(grid("2026-03-10", 1)))
        score(c, site, (), ZONE, before=dt.date(2026, 3, 11))
    assert rows(store)[["n", "unknown", "actual"]].to_numpy().tolist() == [[47, 1, 470.0]]


def test_longer_calls_than_the_forecast_are_unknown(store: Store) -> None:
    calls = pd.DataFrame({"queue": "sales", "start": grid("2026-03-10", 1)[::2], "offered": 5.0})
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls)
        write_snapshot(c, site, midnight_s(dt.date(2026, 3, 10), ZONE), NIGHTLY, volume_of(grid("2026-03-10", 1)))
        score(c, site, (), ZONE, before=dt.date(2026, 3, 11))
    assert rows(store)[["n", "unknown"]].to_numpy().tolist() == [[0, 48]]


@pytest.mark.parametrize(
    ("day", "zone", "intervals", "compared"),
    [
        ("2026-03-29", "Europe/Berlin", 46, 46),
        ("2026-04-05", "Europe/Berlin", 48, 46),  # a week before, an hour was skipped
        ("2026-10-25", "Europe/Berlin", 50, 50),
        ("2026-11-01", "America/New_York", 50, 50),
        ("2026-04-05", "Australia/Lord_Howe", 49, 49),
        ("2026-03-10", "Asia/Kathmandu", 48, 48),
        ("2026-03-29", None, 48, 48),
    ],
)
def test_days_of_clock_changes_are_whole(
    store: Store, day: str, zone: str | None, intervals: int, compared: int
) -> None:
    first = dt.date.fromisoformat(day) - 8 * DAY
    site = filled(store, str(first), 9, zone)
    before = dt.date.fromisoformat(day) + DAY
    assert scored(store, site, before, zone=zone) == [before - DAY]
    found = rows(store)
    assert found["day"].tolist() == [day, day]
    assert found["n"].tolist() == [intervals] * 2
    assert found["naive_n"].tolist() == [compared] * 2
    starts = grid(str(first), 9, zone)
    calls = calls_of(starts)
    mine = calls[[t.date() == before - DAY for t in starts]]
    assert found["actual"].tolist() == [mine["offered"].sum()] * 2
    wall = {}
    for t, n in zip(starts, calls["offered"], strict=True):
        wall.setdefault(t.replace(tzinfo=None, fold=0), n)  # of an hour that comes twice, the first
    naive = [abs(wall[w] - n) for t, n in zip(mine["start"], mine["offered"], strict=True)
             if (w := t.replace(tzinfo=None, fold=0) - 7 * DAY) in wall]  # fmt: skip
    assert len(naive) == compared
    assert found["naive_abs"].tolist() == pytest.approx([sum(naive)] * 2)


def test_sites_in_different_zones_have_their_own_days(store: Store) -> None:
    """At one moment it is Tuesday in Berlin and still Monday in New York."""
    ids = {zone: filled(store, "2026-02-02", 9, zone, zone) for zone in ("Europe/Berlin", "America/New_York")}
    for zone, site in ids.items():
        assert scored(store, site, dt.date(2026, 2, 11), zone=zone) == [dt.date(2026, 2, 10)]
    with store.read() as c:
        told = accuracy(c, ("site", "lead"))
    assert told["intervals"].tolist() == [48] * 4
    assert len(set(told["wape"])) == 1  # the same calls at the same time of day


def test_a_correction_scores_its_day_and_the_day_it_is_the_yardstick_of(store: Store) -> None:
    starts = grid("2026-03-02", 20)
    days = [dt.date(2026, 3, 9) + i * DAY for i in range(12)]
    with store.write() as c:
        site = site_id(c, "lisbon", ZONE)
        take(c, site, "a.csv", "a", calls_of(starts))
        for day in days:
            write_snapshot(c, site, midnight_s(day, ZONE), NIGHTLY, volume_of(grid(str(day), 1)), (1,))
        score(c, site, (), ZONE, before=dt.date(2026, 3, 21), leads=(1,))
    before = rows(store)
    assert len(before) == 12
    calls = calls_of(starts)
    calls.loc[[t.date() == dt.date(2026, 3, 10) for t in starts], "offered"] += 3.0
    with store.write() as c:
        changed = take(c, site, "b.csv", "b", calls).days_changed
        assert changed == (dt.date(2026, 3, 10),)
        assert score(c, site, changed, ZONE, before=dt.date(2026, 3, 21), leads=(1,)) == [
            dt.date(2026, 3, 10), dt.date(2026, 3, 17),
        ]  # fmt: skip
    after = rows(store)
    differ = (before != after).any(axis=1)
    assert before["day"][differ].tolist() == ["2026-03-10", "2026-03-17"]
    assert after["actual"].iloc[1] == before["actual"].iloc[1] + 3.0 * 48
    assert after["actual"].iloc[8] == before["actual"].iloc[8]
    assert after["naive_abs"].iloc[8] != before["naive_abs"].iloc[8]


def test_a_corrected_day_is_scored_by_every_lead_and_whatever_day_is_told(store: Store) -> None:
    """Lead 7 is no longer kept, and the correction comes with a day that lies before the scored one."""
    site, last = filled(store, "2026-03-02", 9), dt.date(2026, 3, 10)
    scored(store, site, last + DAY)
    calls = calls_of(grid("2026-03-02", 9))
    calls.loc[[t.date() == last for t in calls["start"]], "offered"] += 3.0
    before = rows(store)
    with store.write() as c:
        changed = take(c, site, "b.csv", "b", calls).days_changed
        assert score(c, site, changed, ZONE, before=last - 3 * DAY, leads=(1,)) == [last]
    assert (rows(store)["actual"] - before["actual"]).tolist() == [3.0 * 48] * 2


def test_a_forecast_of_a_day_before_the_last_score_is_scored_when_it_is_asked_for(store: Store) -> None:
    """Recorded as of an earlier day: no later run would look there again."""
    site, late = filled(store, "2026-03-02", 9), dt.date(2026, 3, 5)
    scored(store, site, dt.date(2026, 3, 11))
    with store.write() as c:
        write_snapshot(c, site, midnight_s(late, ZONE), NIGHTLY, volume_of(grid(str(late), 8)), (1,))
    assert scored(store, site, dt.date(2026, 3, 11)) == []
    assert scored(store, site, late, (late,)) == [late]

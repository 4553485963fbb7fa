"""Vendors on the same mix of demand: by hand, and with intervals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from busyhour.schedule.contracts.equal_mix import compared_rows, day_kind, equal_mix
from busyhour.schedule.contracts.goal import Goal


def rows(per_hour: dict[int, tuple[float, float]], days: int = 6) -> pd.DataFrame:
    """Return the same calls each weekday: hour → (in time, offered)."""
    dates = pd.bdate_range("2026-09-07", periods=days)
    return pd.DataFrame(
        [("cards", day + pd.Timedelta(hours=h), top, bottom) for day in dates for h, (top, bottom) in per_hour.items()],
        columns=["queue", "start", "numerator", "denominator"],
    )


def test_a_vendor_of_quiet_hours_gains_nothing_by_them() -> None:
    """Both serve 90 % of quiet and 60 % of busy hours: alike at equal mix, far apart on their own.

    North has 90 quiet and 10 busy calls a day, south 10 and 90; the common mix is half and half: 75 %.
    """
    north, south = rows({8: (81, 90), 12: (6, 10)}), rows({8: (9, 10), 12: (54, 90)})
    found = equal_mix({"north": north, "south": south}, draws=200, seed=1)
    assert found.own["north"].value == pytest.approx(0.87)
    assert found.own["south"].value == pytest.approx(0.63)
    assert found.equal["north"].value == pytest.approx(0.75)
    assert found.equal["south"].value == pytest.approx(0.75)
    assert found.covered == {"north": 1.0, "south": 1.0}
    assert found.classes["share"].tolist() == pytest.approx([0.5, 0.5])


def test_hours_that_one_vendor_lacks_are_left_out() -> None:
    """Only common classes are compared, and how much they cover is told."""
    north, south = rows({8: (9, 10), 12: (5, 10)}), rows({12: (8, 10)})
    found = equal_mix({"north": north, "south": south}, draws=200, seed=1)
    assert found.equal["north"].value == pytest.approx(0.5)
    assert found.covered["north"] == pytest.approx(0.5)
    assert list(found.classes["hour"]) == [12]


def test_nothing_in_common_is_not_compared() -> None:
    """Without a common class there is no figure at equal mix; one vendor has none either."""
    found = equal_mix({"north": rows({8: (9, 10)}), "south": rows({12: (8, 10)})}, draws=200, seed=1)
    assert found.equal == {}
    assert found.covered == {"north": 0.0, "south": 0.0}
    assert equal_mix({"north": rows({8: (9, 10)})}, draws=200, seed=1).equal == {}


def test_few_days_have_no_interval() -> None:
    """Four days give a figure, but nothing about their spread."""
    found = equal_mix({"north": rows({8: (9, 10)}, days=4)}, draws=200, seed=1).own["north"]
    assert found.value == pytest.approx(0.9)
    assert np.isnan([found.low, found.high]).all()
    assert np.isnan(found.drawn).all()


def test_intervals_come_from_days() -> None:
    """Calls of one day rise and fall together: the interval is that of days, not that of calls."""
    rng = np.random.default_rng(2)
    days = pd.bdate_range("2026-09-07", periods=40)
    shares = 0.7 + rng.normal(0, 0.08, 40)
    table = pd.DataFrame(
        {"queue": "cards", "start": days + pd.Timedelta(hours=9), "numerator": 1000 * shares, "denominator": 1000.0}
    )
    found = equal_mix({"north": table}, draws=4000, seed=1).own["north"]
    half = 2.02 * shares.std(ddof=1) / np.sqrt(40)
    assert (found.high - found.low) / 2 == pytest.approx(half, rel=0.08)


def test_the_same_seed_draws_the_same_days_for_every_goal() -> None:
    """Goals of one vendor move together, whatever vendors stand beside it."""
    table = rows({8: (9, 10), 9: (5, 10)}, days=8)
    table["numerator"] += np.arange(len(table)) % 3
    one, again = (equal_mix({"north": table}, draws=200, seed=1).own["north"].drawn for _ in range(2))
    twice = equal_mix({"north": table.assign(numerator=2 * table["numerator"])}, draws=200, seed=1).own["north"].drawn
    assert (one == again).all()
    assert twice == pytest.approx(2 * one)


def test_kinds_of_days() -> None:
    """Friday, Saturday, Sunday."""
    assert list(day_kind(pd.Series(pd.date_range("2026-09-04", periods=3)))) == ["weekday", "Saturday", "Sunday"]


def test_parts_are_compared_as_the_contract_counts_them() -> None:
    """With aggregation share a day counts 1 where it reaches the level; what a clause excludes is left out."""
    table = pd.DataFrame(
        {
            "queue": "cards",
            "start": pd.to_datetime(["2026-09-07 09:00", "2026-09-07 10:00", "2026-09-08 09:00", "2026-09-09 09:00"]),
            "numerator": [9.0, 9.0, 5.0, 1.0],
            "denominator": [10.0, 10.0, 10.0, 10.0],
            "clause": ["", "", "", "9.1"],
            "unknown": "",
        }
    )
    days = Goal(
        "sl", "service_level", 0.8, definition="offered", within_s=20, aggregation="share", part="day", share=0.9
    )
    assert compared_rows(days, table)["numerator"].tolist() == [1.0, 0.0]
    means = Goal("sl", "service_level", 0.8, definition="offered", within_s=20, aggregation="mean", part="day")
    assert compared_rows(means, table)["numerator"].tolist() == pytest.approx([0.9, 0.5])
    whole = Goal("sl", "service_level", 0.8, definition="offered", within_s=20)
    assert compared_rows(whole, table)["denominator"].sum() == 30.0


def test_days_on_which_all_calls_were_in_time_are_not_sure() -> None:
    """60 of 60 calls do not prove 100 %, and 600 of 600 prove more; by the order of the draws all have a rank."""
    few, many = (
        equal_mix({"north": rows({8: (n, n)}, days=20)}, draws=1000, seed=1, of_calls=True).own["north"]
        for n in (3.0, 30.0)
    )
    assert 0.9 < few.low < 0.97 < many.low < few.high == pytest.approx(1.0, abs=1e-3)
    assert len(np.unique(few.drawn)) == 1000


def test_vendors_who_met_all_are_drawn_apart() -> None:
    """Two vendors, both with every call in time: either is the better one in half of the draws."""
    tables = {v: rows({8: (30.0, 30.0)}, days=10) for v in ("north", "south")}
    found = equal_mix(tables, draws=1000, seed=1, of_calls=True).equal
    assert 0.4 < np.mean(found["north"].drawn > found["south"].drawn) < 0.6


def test_days_that_differ_by_more_than_chance_keep_their_spread() -> None:
    """Good and bad days in turn tell more than so many calls would."""
    table = rows({8: (50.0, 100.0)}, days=20)
    table["numerator"] = np.where(np.arange(20) % 2, 90.0, 40.0)
    by_day, of_calls = (equal_mix({"n": table}, draws=500, seed=1, of_calls=x).own["n"] for x in (False, True))
    assert of_calls.drawn == pytest.approx(by_day.drawn)

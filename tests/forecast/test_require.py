"""Requirement of a volume table: rows of the whole grid, cut through the curve, shrinkage once."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing import ServiceGoal, performance
from busyhour.forecast.require import require
from busyhour.forecast.tables import TABLES, check

GOAL = ServiceGoal(0.8, 20, min_agents=2)


def volume(grid, *, queue="calls", calls=100.0):
    starts = pd.Series(grid.starts)
    open_ = (starts.dt.hour >= 8) & (starts.dt.hour < 12)
    return pd.DataFrame({"queue": queue, "start": starts[open_].astype(f"datetime64[us, {grid.zone}]"), "calls": calls,
                         "handle_s": 180.0, "patience_s": 300.0, "model": "by hand"})  # fmt: skip


GRID = Grid(dt.date(2026, 10, 26), 1, 30, "Europe/Berlin")


def ask(rows, grid=GRID, *, model="erlang_a", goal=GOAL, **how):
    queues = rows["queue"].unique()
    return require(rows, dict.fromkeys(queues, goal), grid, models=dict.fromkeys(queues, model), **how)


def test_worked_example():
    rows = ask(volume(GRID)).requirement
    opened = rows[rows["open"] == 1]
    assert opened["agents_phone"].tolist() == [13] * 8
    assert opened["load_erl"].round(9).tolist() == [10.0] * 8
    exact = performance("erlang_a", 13, load_erl=10, aht_s=180, patience_s=300)
    assert opened["service_level"].iloc[0] == pytest.approx(exact.service_level(), abs=1e-12)
    assert opened["occupancy"].iloc[0] == pytest.approx(exact.occupancy, abs=1e-12)
    assert opened["asa_s"].iloc[0] == pytest.approx(exact.asa_s, rel=1e-9)
    assert (ask(volume(GRID), model="erlang_c").requirement["agents_phone"].max()) == 14


def test_closed_intervals_have_a_row_of_zeros():
    rows = ask(volume(GRID)).requirement
    assert len(rows) == 48
    closed = rows[rows["open"] == 0]
    assert len(closed) == 40
    assert (closed[["load_erl", "agents_phone", "agents_scheduled", "agents_paid", "agents_exact"]] == 0).all(axis=None)
    assert closed[["service_level", "occupancy", "asa_s"]].isna().all(axis=None)


@pytest.mark.parametrize(("date", "intervals"), [(dt.date(2026, 10, 25), 50), (dt.date(2026, 3, 29), 46)])
def test_clock_change_days(date, intervals):
    grid = Grid(date, 1, 30, "Europe/Berlin")
    rows = ask(volume(grid), grid).requirement
    assert len(rows) == intervals
    assert rows["start"].is_unique
    assert rows.loc[rows["open"] == 1, "start"].dt.hour.tolist() == [8, 8, 9, 9, 10, 10, 11, 11]


def test_shrinkage_enters_once():
    absent = np.where(np.arange(48) < 20, 0.2, 0.1)
    rows = ask(volume(GRID), unplanned={"calls": absent}, planned=0.05).requirement
    opened = rows[rows["open"] == 1]
    share = absent[opened.index]
    np.testing.assert_allclose(opened["agents_scheduled"], 13 / (1 - share))
    np.testing.assert_allclose(opened["agents_paid"], 13 / (1 - share) / 0.95)


def test_queues_are_sorted_and_kept_apart():
    rows = pd.concat([volume(GRID, queue="sales", calls=10.0), volume(GRID, queue="help")])
    found = ask(rows.sample(frac=1, random_state=3))
    assert found.requirement["queue"].tolist() == ["help"] * 48 + ["sales"] * 48
    assert list(found.curves) == ["help", "sales"]
    assert found.requirement.groupby("queue")["agents_phone"].max().to_dict() == {"help": 13, "sales": 3}
    assert set(found.curve["queue"]) == {"help", "sales"}


def test_tables_are_as_declared():
    found = ask(volume(GRID))
    assert list(found.requirement.columns) == list(TABLES["requirement"])
    assert [*found.curve.columns, "as_agents"] == list(TABLES["curve"])  # which only a correction adds
    check(found.requirement, TABLES["requirement"])
    check(found.curve, TABLES["curve"])


def test_curve_covers_what_is_required():
    found = ask(volume(GRID, calls=2.0), goal=ServiceGoal(0.8, 20, min_agents=12, max_occupancy=0.01))
    assert found.requirement["agents_phone"].max() == 20
    assert found.curves["calls"].top >= 20
    strict = ask(volume(GRID), goal=ServiceGoal(0.99999, 20))
    assert strict.requirement["service_level"].min() >= 0.99999


def test_open_without_calls_needs_the_least_agents():
    rows = ask(volume(GRID, calls=0.0)).requirement
    assert rows.loc[rows["open"] == 1, "agents_phone"].tolist() == [2] * 8


def test_unbounded_wait_is_blank():
    rows = volume(GRID)
    for p, width in ((0.025, -2.0), (0.1, -1.3), (0.9, 1.3), (0.975, 2.0)):
        rows[f"q{p:g}"] = 100.0 + 40.0 * width
    found = ask(rows, model="erlang_c").requirement
    assert found.loc[found["open"] == 1, "asa_s"].isna().all()


@pytest.mark.parametrize(("change", "told"), [
    (lambda r: pd.concat([r, r.iloc[:1]]), "repeated interval"),
    (lambda r: r.assign(start=r["start"] + pd.Timedelta(minutes=7)), "not on the grid"),
    (lambda r: r.assign(start=r["start"] + pd.Timedelta(days=3)), "not on the grid"),
    (lambda r: r.iloc[:0], "no rows"),
    (lambda r: r.assign(calls=-1.0), "calls"),
])  # fmt: skip
def test_bad_volume_is_refused(change, told):
    with pytest.raises(InputError, match=told):
        ask(change(volume(GRID)))


def test_bad_settings_are_refused():
    rows = volume(GRID)
    with pytest.raises(InputError, match="no goal"):
        require(rows, {}, GRID, models={"calls": "erlang_a"})
    with pytest.raises(InputError, match="no queueing model"):
        require(rows, {"calls": GOAL}, GRID, models={})
    for bad in ({"planned": 1.0}, {"unplanned": 1.0}, {"unplanned": {"calls": np.full(48, np.nan)}}, {"unplanned": {}},
                {"unplanned": {"calls": np.zeros(3)}}):  # fmt: skip
        with pytest.raises(InputError):
            ask(rows, **bad)


@pytest.mark.parametrize(
    ("column", "bad"), [("calls", np.nan), ("calls", -1.0), ("handle_s", 0.0), ("handle_s", np.nan)]
)
def test_a_bad_number_in_a_frame_is_named_by_row_and_column(column, bad):
    rows = volume(GRID).iloc[::-1].reset_index(drop=True)  # unsorted: the row is the frame's own
    rows.loc[3, column] = bad
    with pytest.raises(InputError, match=rf"row 5, column {column}"):
        ask(rows)


def test_many_least_agents_cost_no_memory():
    """The curve is told as far as it changes; the figures are those of a curve without end."""
    goal = ServiceGoal(0.8, 20, min_agents=100_000)
    found = ask(volume(GRID), goal=goal)
    opened = found.requirement[found.requirement["open"] == 1]
    assert (opened["agents_phone"] == 100_000).all()
    assert opened["occupancy"].to_numpy() == pytest.approx(10.0 / 100_000, rel=1e-3)
    assert opened["service_level"].to_numpy() == pytest.approx(1.0, abs=1e-4)
    assert len(found.curve) <= 8 * 1001


def test_more_calls_than_memory_holds_are_refused():
    week = Grid(GRID.first_date, 7, 30, GRID.zone)
    with pytest.raises(InputError, match="more than a curve holds"):
        ask(volume(week, calls=950_000), week)


@pytest.mark.parametrize("moving", [(), ["calls"]])
def test_a_stop_is_heard(moving):
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        ask(volume(GRID), moving=moving, watch=watch)


def test_a_stop_is_heard_while_a_queue_is_followed():
    """The moving queue tells how far it is, and listens between two tries."""
    watch = Watch(show=lambda event: watch.stop.set() if event.share else None)
    with pytest.raises(Stopped):
        ask(volume(GRID), moving=["calls"], watch=watch)

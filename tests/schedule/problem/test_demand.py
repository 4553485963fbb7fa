"""Requirement and curve on the schedule's slots."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing import ServiceGoal
from busyhour.forecast.require import require
from busyhour.schedule.problem.demand import demand
from busyhour.schedule.problem.horizon import Horizon

GRID = Grid(dt.date(2026, 10, 19), 7, 30, "Europe/Berlin")  # its Sunday has 25 hours
GOAL = ServiceGoal(0.8, 20)


@pytest.fixture(scope="module")
def asked():
    starts = GRID.starts
    at = ((starts.hour >= 8) & (starts.hour < 20) & (starts.day_of_week != 2)) | (starts.day_of_week == 6)
    rows = pd.DataFrame({"queue": "calls", "start": starts[at], "calls": 20.0 + 3.0 * starts.hour[at],
                         "handle_s": 240.0, "patience_s": 120.0})  # fmt: skip
    return require(rows, {"calls": GOAL}, GRID, models={"calls": "erlang_a"}, unplanned=0.1)


def laid(asked, goal=GOAL, minutes=15, unplanned=0.1, *, curve=True):
    return demand(
        asked.requirement, asked.curves["calls"] if curve else None, goal, Horizon(GRID.finer(minutes)), 30, unplanned
    )


def test_calls_are_split_and_needs_repeated(asked):
    found, whole = laid(asked), laid(asked, minutes=30)
    assert found.calls.sum() == pytest.approx(asked.curves["calls"].calls.sum())
    np.testing.assert_allclose(found.gain.reshape(-1, 2, found.gain.shape[1]).sum(axis=1), whole.gain, atol=1e-12)
    np.testing.assert_array_equal(found.need, np.repeat(whole.need, 2))
    np.testing.assert_array_equal(found.lower, np.repeat(whole.lower, 2))
    np.testing.assert_array_equal(found.open, np.repeat(asked.requirement["open"].to_numpy(bool), 2))


def test_needs_are_those_of_the_thinned_curve(asked):
    found = laid(asked)
    heads = asked.curves["calls"].thinned(np.full(len(asked.curves["calls"].starts), 0.1))
    np.testing.assert_array_equal(found.need[found.open][::2], heads.smallest(GOAL))
    np.testing.assert_array_equal(found.lower[found.open][::2], heads.floor(GOAL))
    slot = np.flatnonzero(found.open)[10]
    assert found.gain[slot, int(found.need[slot])] >= 0 > found.gain[slot, int(found.need[slot]) - 1]
    assert (found.need >= asked.requirement["agents_phone"].to_numpy().repeat(2)).all()


@pytest.mark.parametrize(("basis", "periods"), [("interval", 0), ("day", 6), ("week", 1)])
def test_periods_follow_the_basis(asked, basis, periods):
    found = laid(asked, ServiceGoal(0.8, 20, basis=basis))
    assert len(found.periods) == len(found.margin) == periods
    assert found.by_interval == (basis == "interval")
    if periods:
        np.testing.assert_array_equal(np.concatenate(found.periods), np.flatnonzero(found.open))
        assert (np.concatenate([found.calls[p] for p in found.periods]) > 0).all()
    else:
        np.testing.assert_array_equal(found.lower, found.need)


def test_a_clock_change_day_is_one_period_of_25_hours(asked):
    assert [len(p) for p in laid(asked).periods] == [48, 48, 48, 48, 48, 100]


def test_absence_may_differ_by_slot(asked):
    grid = GRID.finer(15)
    absent = np.where(np.arange(len(grid)) < 96, 0.0, 0.3)
    found = laid(asked, unplanned=absent)
    monday, tuesday = (found.need[part].max() for part in grid.day_slices[:2])
    assert monday == asked.requirement["agents_phone"].iloc[:48].max()
    assert tuesday >= monday / 0.7 - 1


def test_curve_reaches_the_least_agents(asked):
    found = laid(asked, ServiceGoal(0.8, 20, min_agents=60))
    assert found.lower.max() == 60
    assert found.gain.shape[1] > 60


def test_without_a_curve_the_goal_holds_in_every_slot(asked):
    found = laid(asked, curve=False)
    assert found.by_interval
    assert found.gain is None
    expected = asked.requirement["agents_scheduled"].to_numpy().repeat(2)
    np.testing.assert_array_equal(found.need, expected)
    np.testing.assert_array_equal(found.lower, np.ceil(expected))
    bare = demand(asked.requirement[["start", "agents_phone"]], None, GOAL, Horizon(GRID.finer(15)), 30, 0.1)
    np.testing.assert_allclose(bare.need, expected)
    assert bare.open.all()


def test_rows_of_other_weeks_are_left_aside(asked):
    one_day = Grid(dt.date(2026, 10, 20), 1, 15, "Europe/Berlin")
    found = demand(asked.requirement, asked.curves["calls"], GOAL, Horizon(one_day), 30, 0.1)
    np.testing.assert_array_equal(found.need, laid(asked).need[96:192])


def test_bad_demands_are_refused(asked):
    table, curve = asked.requirement, asked.curves["calls"]
    with pytest.raises(InputError, match="grid_min"):
        demand(table, curve, GOAL, Horizon(Grid(GRID.first_date, 7, 20, GRID.zone)), 30, 0.0)
    with pytest.raises(InputError, match="one queue"):
        demand(table.assign(queue="sales"), curve, GOAL, Horizon(GRID), 30, 0.0)
    with pytest.raises(InputError, match="one queue"):
        demand(table.iloc[:0], None, GOAL, Horizon(GRID), 30, 0.0)
    with pytest.raises(InputError, match="without a service curve"):
        demand(table.assign(open=1), curve, GOAL, Horizon(GRID), 30, 0.0)
    with pytest.raises(InputError, match="overlap"):
        demand(pd.concat([table, table]), None, GOAL, Horizon(GRID), 30, 0.0)
    with pytest.raises(InputError, match="agents_scheduled"):
        demand(table.assign(agents_scheduled=np.nan), None, GOAL, Horizon(GRID), 30, 0.0)


class OnlyWhatTheSchedulerReads:
    """A curve of another channel: it has what `ServiceCurve` lists and nothing else."""

    def __init__(self, curve):
        self._curve = curve
        for name in ("queue", "starts", "calls", "top", "gain", "smallest", "floor"):
            setattr(self, name, getattr(curve, name))

    def extended(self, top):
        return OnlyWhatTheSchedulerReads(self._curve.extended(top))

    def thinned(self, absent):
        return OnlyWhatTheSchedulerReads(self._curve.thinned(absent))


def test_any_curve_with_what_the_scheduler_reads_will_do(asked):
    curve = OnlyWhatTheSchedulerReads(asked.curves["calls"])
    found, whole = demand(asked.requirement, curve, GOAL, Horizon(GRID.finer(15)), 30, 0.1), laid(asked)
    for name in ("need", "lower", "calls", "gain"):
        np.testing.assert_array_equal(getattr(found, name), getattr(whole, name))


def test_least_agents_beyond_the_curve_gain_what_its_end_gains(asked):
    goal = ServiceGoal(0.8, 20, min_agents=3_000)
    found = laid(asked, goal)
    assert (found.lower[found.open] == 3_000).all()
    whole = asked.curves["calls"].thinned(np.full(len(asked.curves["calls"].starts), 0.1)).extended(3_000)
    np.testing.assert_array_equal(found.gain[found.open][::2], whole.gain(goal) / 2)


def test_more_least_agents_than_memory_holds_are_refused(asked):
    with pytest.raises(InputError, match=r"queue\.calls\.goal.*Lower min_agents"):
        laid(asked, ServiceGoal(0.8, 20, min_agents=100_000))

"""Heads on the phone, and the service to expect of them."""

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from busyhour.forecast.calendar.grid import Grid
from busyhour.forecast.errors import InputError
from busyhour.forecast.queueing.curve.curve import Curve
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.schedule.plan.coverage import coverage, expectations, fit, service_expected
from busyhour.schedule.price.shortfall import shortfall
from busyhour.schedule.problem.costs import Costs
from busyhour.schedule.problem.heads import heads_of, on_phone
from busyhour.schedule.problem.horizon import Horizon
from busyhour.schedule.problem.problem import Demand, ScheduleProblem
from busyhour.schedule.rules.rules import Rules

GRID = Grid(dt.date(2026, 10, 24), 2, 15, "Europe/Berlin")  # Saturday, and the Sunday of 25 hours
NOBODY = np.zeros(len(GRID))


def rows(*records: tuple[str, str, str, str]) -> pd.DataFrame:
    """Phone rows (agent, start, end, queue), local times of that weekend."""
    table = pd.DataFrame(list(records), columns=["agent", "start", "end", "queue"])
    for name in ("start", "end"):
        table[name] = pd.to_datetime(table[name], utc=True).dt.tz_convert("Europe/Berlin")
    return table.assign(activity="phone")


def slot(text: str) -> int:
    return GRID.position(pd.Timestamp(text).tz_convert("Europe/Berlin"))


def desk_curve(definition_parts: bool = False) -> Curve:
    """Two half-hours from Saturday 09:00 and one on Sunday, 0-3 agents: answered in time grows with the agents."""
    texts = ["2026-10-24T09:00+02:00", "2026-10-24T09:30+02:00", "2026-10-25T09:00+01:00"]
    starts = GRID.starts[[slot(t) for t in texts]]
    calls = np.array([10.0, 20.0, 0.0])
    answered_in = np.array([[0.0, 4, 8, 10], [0.0, 4, 10, 16], [0.0, 0, 0, 0]])
    abandoned = calls[:, None] * np.array([1.0, 0.5, 0.2, 0.0])
    part = abandoned * (0.5 if definition_parts else 0.0)
    occupancy = np.tile([1.0, 0.9, 0.7, 0.5], (3, 1))
    asa = np.array([[np.nan, np.inf, 30, 5], [np.nan, 60, 40, 20], [0.0, 0, 0, 0]])
    return Curve("desk", starts, calls, answered_in, abandoned, part, part, occupancy, asa)


def desk(definition: str = "offered") -> ScheduleProblem:
    """One queue that needs two from 09:00 and 2.5 from 09:30, open one half-hour on Sunday."""
    need = np.zeros(len(GRID))
    first, sunday = slot("2026-10-24T09:00+02:00"), slot("2026-10-25T09:00+01:00")
    need[first : first + 2], need[first + 2 : first + 4] = 2.0, 2.5
    is_open = need > 0
    is_open[sunday : sunday + 2] = True
    demand = Demand("desk", ServiceGoal(0.8, 20, definition), is_open, need, np.ceil(need).astype(int), NOBODY)
    return ScheduleProblem(Horizon(GRID), (demand,), {}, {}, (), Rules(), Costs())


WORK = rows(
    ("ann", "2026-10-24T09:00+02:00", "2026-10-24T10:00+02:00", "desk"),
    ("ben", "2026-10-24T09:00+02:00", "2026-10-24T09:15+02:00", "desk"),
    ("ben", "2026-10-24T09:30+02:00", "2026-10-24T10:15+02:00", "desk"),
    ("cat", "2026-10-24T09:45+02:00", "2026-10-24T10:00+02:00", "desk"),
)


def test_heads_are_counted_by_queue_and_pauses_are_not() -> None:
    lunch = rows(("dan", "2026-10-24T09:00+02:00", "2026-10-24T10:00+02:00", "")).assign(activity="lunch")
    other = rows(("eve", "2026-10-24T09:00+02:00", "2026-10-24T09:30+02:00", "mail"))
    heads = on_phone(pd.concat([WORK, lunch, other]), GRID)
    at = slot("2026-10-24T08:45+02:00")
    assert list(heads) == ["desk", "mail"]
    assert heads["desk"][at : at + 7].tolist() == [0, 2, 1, 2, 3, 1, 0]
    assert heads["mail"].sum() == 2


def test_the_repeated_hour_counts_twice() -> None:
    heads = on_phone(rows(("n", "2026-10-25T01:00+02:00", "2026-10-25T04:00+01:00", "desk")), GRID)
    assert heads["desk"].sum() == 16


def test_past_the_end_is_left_aside_or_wraps() -> None:
    night = rows(("n", "2026-10-25T23:30+01:00", "2026-10-26T01:00+01:00", "desk"))
    assert on_phone(night, GRID)["desk"].sum() == 2
    wrapped = on_phone(night, GRID, cyclic=True)["desk"]
    assert wrapped[:5].tolist() == [1, 1, 1, 1, 0]
    assert wrapped.sum() == 6


def test_off_the_grid_raises() -> None:
    with pytest.raises(InputError, match="15-minute grid"):
        on_phone(rows(("n", "2026-10-24T09:05+02:00", "2026-10-24T10:00+02:00", "desk")), GRID)


def test_coverage_by_hand_without_absence() -> None:
    table = coverage(WORK, desk(), {"desk": desk_curve()}, NOBODY)
    assert table["start"].dt.strftime("%a %H:%M").tolist() == [
        "Sat 09:00",
        "Sat 09:15",
        "Sat 09:30",
        "Sat 09:45",
        "Sat 10:00",
        "Sun 09:00",
        "Sun 09:15",
    ]
    assert table["on_phone"].tolist() == [2, 1, 2, 3, 1, 0, 0]
    assert table["required"].tolist() == [2, 2, 2.5, 2.5, 0, 0, 0]
    assert table["over"].tolist() == [0, 0, 0, 0.5, 1, 0, 0]
    assert table["under"].tolist() == [0, 1, 0.5, 0, 0, 0, 0]
    np.testing.assert_allclose(table["service_level"], [0.8, 0.4, 0.5, 0.8, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(table["asa_s"], [30, np.nan, 40, 20, np.nan, np.nan, np.nan])
    np.testing.assert_allclose(table["abandon_rate"], [0.2, 0.5, 0.2, 0.0, np.nan, np.nan, np.nan])


def test_absence_thins_by_the_binomial_law() -> None:
    table = coverage(WORK, desk(), {"desk": desk_curve()}, NOBODY + 0.5)
    assert table["service_level"].iloc[0] == pytest.approx(0.25 * 0 + 0.5 * 0.4 + 0.25 * 0.8)
    assert table["on_phone"].iloc[0] == 2


def test_more_heads_than_the_curve_knows_change_nothing_more() -> None:
    crowd = rows(*((f"a{i}", "2026-10-24T09:00+02:00", "2026-10-24T09:15+02:00", "desk") for i in range(9)))
    table = coverage(crowd, desk(), {"desk": desk_curve()}, NOBODY)
    assert table["on_phone"].iloc[0] == 9
    assert table["service_level"].iloc[0] == 1.0


def test_without_a_curve_the_service_is_unknown() -> None:
    table = coverage(WORK, desk(), None, NOBODY)
    assert table[["service_level", "asa_s", "abandon_rate"]].isna().all(axis=None)
    pooled = service_expected(table, desk(), None, NOBODY)
    assert pooled["expected"].isna().all()
    assert set(pooled["period"]) == {"day", "week"}


def test_an_unknown_queue_raises() -> None:
    with pytest.raises(InputError, match="unknown queue"):
        coverage(WORK.assign(queue="fax"), desk(), None, NOBODY)


@pytest.mark.parametrize(
    ("definition", "in_time", "counted"),
    [
        ("offered", [4 + 2, 5 + 8, 0], [10, 20, 0]),
        ("answered", [4 + 2, 5 + 8, 0], [4 + 2.5, 8 + 10, 0]),
        ("total", [6 + 0.5 + 1.25, 13 + 1, 0], [10, 20, 0]),
        ("excl_short", [4 + 2, 5 + 8, 0], [10 - 0.5 - 1.25, 20 - 1, 0]),
    ],
)
def test_periods_pool_calls_not_shares(definition: str, in_time: list[float], counted: list[float]) -> None:
    problem, curves = desk(definition), {"desk": desk_curve(definition_parts=True)}
    table = service_expected(coverage(WORK, problem, curves, NOBODY), problem, curves, NOBODY)
    want = np.divide(in_time, counted, out=np.full(3, np.nan), where=np.array(counted) > 0)
    by = dict(iter(table.groupby("period")))
    np.testing.assert_allclose(by["interval"]["expected"], want)
    np.testing.assert_allclose(by["day"]["expected"], [sum(in_time) / sum(counted), np.nan])
    np.testing.assert_allclose(by["week"]["expected"], [sum(in_time) / sum(counted)])
    assert by["interval"]["calls"].tolist() == [10, 20, 0]
    assert by["day"]["calls"].tolist() == [30, 0]
    assert by["week"]["start"].tolist() == [GRID.first]


def test_fit_sums_over_and_under_apart() -> None:
    figures = fit(coverage(WORK, desk(), None, NOBODY), GRID)
    assert figures == {"over_agent_hours": 1.5 / 4, "under_agent_hours": 1.5 / 4, "fit": 1 - 3.0 / 9.0}
    assert fit(coverage(WORK, desk(), None, NOBODY).iloc[4:5], GRID)["fit"] is None


def test_occupancy_is_weighted_by_heads() -> None:
    """The curve's occupancy at the heads of each slot, weighted by them, is the share of time spent on calls."""
    curves = {"desk": desk_curve()}
    heads = heads_of(coverage(WORK, desk(), curves, NOBODY), GRID)
    expected = expectations(heads, desk(), curves, NOBODY)["desk"]
    occupancy = np.average(expected.at(expected.curve.occupancy), weights=expected.heads)
    assert occupancy == pytest.approx((2 * 0.7 + 0.9 + 2 * 0.7 + 3 * 0.5) / 8)


def test_shortfall_prices_what_is_left_short() -> None:
    """Calls short of the goal and agent-hours under the floor, each at its price; nothing where all is held."""
    grid = Grid(dt.date(2026, 11, 30), days=1, minutes=60)
    is_open = (grid.minute_of_day >= 480) & (grid.minute_of_day < 600)
    gain = np.tile([-4.0, -1.0, 2.0], (24, 1))
    slots = np.flatnonzero(is_open)
    demand = Demand(
        "calls", ServiceGoal(0.8, 20), is_open, 2.0 * is_open, 1 * is_open, 10.0 * is_open, gain, (slots,), (0.0,)
    )
    problem = ScheduleProblem(Horizon(grid), (demand,), {}, {}, (), Rules(), Costs(lost_call=10.0, under_h=100.0))

    def heads(there: list[int]) -> dict[str, np.ndarray]:
        return heads_of(pd.DataFrame({"queue": "calls", "start": grid.starts[slots], "on_phone": there}), grid)

    assert shortfall(heads([0, 1]), problem) == {"lost_call": 50.0, "under": 100.0}
    assert shortfall(heads([2, 2]), problem) == {"lost_call": 0.0, "under": 0.0}

"""Forty calls counted by hand: every definition, unit, aggregation and treatment, from calls and from intervals."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from forty_calls import per_interval, single_calls

from busyhour.forecast.errors import InputError
from busyhour.schedule.contracts.attainment import attained
from busyhour.schedule.contracts.contract import Contract, Exclusion, Goal
from busyhour.schedule.contracts.figures import Figure

SL: dict[str, Any] = {"metric": "service_level", "level": 0.7, "within_s": 20.0}
LOST: dict[str, Any] = {"metric": "abandonment", "level": 0.05}


def one(goal: Goal, calls: pd.DataFrame | None = None, **terms: Any) -> Figure:
    """Return the figure of March of a contract with one goal."""
    contract = Contract("desk", ("desk",), (goal,), **terms)
    (figure,) = attained(contract, single_calls() if calls is None else calls).figures
    return figure


@pytest.mark.parametrize("calls", [single_calls(), per_interval()], ids=["calls", "intervals"])
@pytest.mark.parametrize(
    ("goal", "numerator", "denominator"),
    [
        (SL | {"definition": "offered"}, 21, 40),
        (SL | {"definition": "answered"}, 21, 30),
        (SL | {"definition": "total"}, 28, 40),
        (SL | {"definition": "excl_short", "short_s": 5.0}, 21, 36),
        (LOST | {"definition": "offered"}, 10, 40),
        (LOST | {"definition": "excl_short", "short_s": 5.0}, 6, 36),
        (LOST | {"definition": "late", "short_s": 5.0}, 6, 40),
        ({"metric": "asa", "level": 20.0}, 514.5, 30),
    ],
)
def test_each_definition(calls: pd.DataFrame, goal: dict[str, Any], numerator: float, denominator: float) -> None:
    """Numerator and denominator are those counted by hand, from single calls and from counts per interval."""
    found = one(Goal("g", **goal), calls)
    assert found.numerator == pytest.approx(numerator)
    assert found.denominator == pytest.approx(denominator)
    assert found.figure == pytest.approx(numerator / denominator)


def test_a_goal_with_another_threshold_is_counted_from_the_calls_themselves() -> None:
    """Two goals of one contract each have their own seconds."""
    goals = (Goal("a", **SL | {"definition": "offered"}), Goal("b", **SL | {"definition": "offered", "within_s": 10.0}))
    found = attained(Contract("desk", ("desk",), goals), single_calls())
    assert [f.numerator for f in found.figures] == [21, 13]


def test_counts_with_another_threshold_are_refused() -> None:
    """Counts within 20 s do not tell those within 30 s, and silent counts tell nothing."""
    goal = Goal("g", **SL | {"definition": "offered", "within_s": 30.0})
    with pytest.raises(InputError, match=r"asks for 30 s and cannot be counted.*\(got 20\.0\)"):
        one(goal, per_interval())
    with pytest.raises(InputError, match="nothing tells within how many seconds"):
        one(goal, per_interval().drop(columns="within_s"))


def test_a_column_that_is_missing_is_told() -> None:
    """The goal and the column are named."""
    for missing in ("answered_in", "abandoned"):
        goal = Goal("g", **(SL if missing == "answered_in" else LOST) | {"definition": "offered"})
        with pytest.raises(InputError, match=f"goal g cannot be counted: the calls have no column {missing}"):
            one(goal, per_interval().drop(columns=["answered", missing]))


@pytest.mark.parametrize(
    ("extra", "numerator", "denominator"),
    [
        ({"aggregation": "mean", "part": "day"}, 12 / 24 + 9 / 16, 2),
        ({"aggregation": "mean", "part": "interval"}, 5 / 10 + 5 / 8 + 2 / 6 + 8 / 10 + 1 / 6, 5),
        ({"aggregation": "share", "part": "interval", "level": 0.5, "share": 0.6}, 3, 5),
        ({"aggregation": "share", "part": "day", "level": 0.55, "share": 0.6}, 1, 2),
        ({"aggregation": "share", "part": "interval", "level": 0.6, "share": 0.6, "min_volume": 8}, 2, 3),
        ({"aggregation": "share", "part": "hour", "level": 0.5, "share": 0.6}, 2, 3),
    ],
)
def test_each_aggregation(extra: dict[str, Any], numerator: float, denominator: float) -> None:
    """The mean of parts and the share of parts are what the contract says, and the pooled figure stands beside."""
    found = one(Goal("g", **{**SL, "definition": "offered", **extra}))
    assert (found.numerator, found.denominator) == (pytest.approx(numerator), denominator)
    assert found.pooled == pytest.approx(21 / 40)


def test_units_shorter_than_the_period() -> None:
    """A goal by day has a figure a day; one by interval a figure an interval."""
    goals = tuple(
        Goal(unit, **SL | {"definition": "offered", "level": 0.55, "unit": unit})
        for unit in ("day", "interval", "week")
    )
    found = attained(Contract("desk", ("desk",), goals), single_calls())
    assert [(f.unit, f.met) for f in found.of("day")] == [("2026-03-02", False), ("2026-03-03", True)]
    assert [f.met for f in found.of("interval")] == [False, True, False, True, False]
    assert [(f.unit, f.numerator, f.denominator) for f in found.of("week")] == [("2026-W10", 21, 40)]


def test_too_few_calls_do_not_count() -> None:
    """Below the least volume a unit is neither met nor missed, and the figure is shown all the same."""
    found = one(Goal("g", **SL | {"definition": "offered", "min_volume": 41}))
    assert (found.met, found.figure) == (None, 21 / 40)
    assert found.why == "40 are fewer than the 41 with which a month counts"


def test_the_clock_starts_after_the_announcement() -> None:
    """Five seconds of every wait lie before the contract's clock: three more calls are in time."""
    goal = Goal("g", **SL | {"definition": "offered", "clock_offset_s": 5.0})
    assert one(goal).numerator == 24
    with pytest.raises(InputError, match=r"asks for 25 s"):
        one(goal, per_interval())


def test_transferred_calls_leave_both_sides() -> None:
    """Calls from another queue are left out where the contract says so; counts per interval cannot tell them."""
    goal = Goal("g", **SL | {"definition": "offered", "transferred": "left_out"})
    found = one(goal)
    assert (found.numerator, found.denominator) == (21, 38)
    with pytest.raises(InputError, match="cannot be counted from counts per interval"):
        one(goal, per_interval())
    with pytest.raises(InputError, match="do not tell which are transferred"):
        one(goal, single_calls().drop(columns="transferred"))


@pytest.mark.parametrize("treatment", ["left_out", "missed"])
def test_blocked_calls(treatment: Any) -> None:
    """A blocked call is no offered call, unless the contract counts it as missed."""
    more = single_calls().iloc[:2].assign(answered=np.nan, wait_s=np.nan, transferred=0.0)
    calls = pd.concat([single_calls().assign(blocked=0.0), more.assign(blocked=1.0)], ignore_index=True)
    found = one(Goal("g", **SL | {"definition": "offered", "blocked": treatment}), calls)
    assert (found.numerator, found.denominator) == (21, 42 if treatment == "missed" else 40)
    lost = one(Goal("g", **LOST | {"definition": "offered", "blocked": treatment}), calls)
    assert (lost.numerator, lost.denominator) == ((12, 42) if treatment == "missed" else (10, 40))
    table = per_interval()
    if treatment == "missed":
        with pytest.raises(InputError, match="no column blocked"):
            one(Goal("g", **SL | {"definition": "offered", "blocked": treatment}), table)
    found = one(Goal("g", **SL | {"definition": "offered", "blocked": treatment}), table.assign(blocked=1.0))
    assert found.denominator == (45 if treatment == "missed" else 40)


def test_an_outage_excludes_the_intervals_that_it_touches() -> None:
    """The interval that the outage touches is listed with its clause and in no sum; the next one counts."""
    outage = Exclusion("9.2", dt.datetime(2026, 3, 2, 9, 45), dt.datetime(2026, 3, 2, 10), "outage")
    contract = Contract("desk", ("desk",), (Goal("g", **SL | {"definition": "offered"}),), exclusions=(outage,))
    found = attained(contract, single_calls())
    assert (found.figures[0].numerator, found.figures[0].denominator, found.figures[0].excluded) == (16, 32, 1)
    (row,) = found.excluded.to_dict("records")
    assert (row["start"], row["clause"], row["numerator"], row["denominator"]) == (
        pd.Timestamp("2026-03-02 09:30"), "9.2, outage", 5, 8,
    )  # fmt: skip


def test_a_bare_end_date_is_that_day_inclusive() -> None:
    """A ramp-up until Monday leaves Tuesday alone."""
    ramp = Exclusion("4", dt.date(2026, 3, 1), dt.date(2026, 3, 2), "ramp_up")
    found = one(Goal("g", **SL | {"definition": "offered"}), exclusions=(ramp,))
    assert (found.numerator, found.denominator, found.excluded) == (9, 16, 3)


def test_days_before_the_contract_do_not_count() -> None:
    """The first day of the contract is told; earlier calls are listed as excluded."""
    found = one(Goal("g", **SL | {"definition": "offered"}), begins=dt.date(2026, 3, 3))
    assert (found.numerator, found.denominator) == (9, 16)


def test_unknown_and_unfinished_intervals_are_told_not_counted() -> None:
    """A blank count and an interval that still runs are in no sum, and each is listed with its reason."""
    table = per_interval().assign(complete=[1.0, 1, 1, 1, 0])
    table.loc[0, "answered_in"] = np.nan
    contract = Contract("desk", ("desk",), (Goal("g", **SL | {"definition": "offered"}),))
    found = attained(contract, table)
    assert (found.figures[0].numerator, found.figures[0].denominator, found.figures[0].unknown) == (15, 24, 2)
    assert list(found.unknown["unknown"]) == [
        "unknown: the file does not tell it", "unknown: the interval was still running",
    ]  # fmt: skip


def test_a_call_without_outcome_makes_its_interval_unknown() -> None:
    """Nobody knows yet whether a call that still waits is answered in time."""
    calls = single_calls()
    calls.loc[0, "answered"] = np.nan
    found = one(Goal("g", **SL | {"definition": "offered"}), calls)
    assert (found.numerator, found.denominator, found.unknown) == (16, 30, 1)


def test_quarter_hours_are_added_up_to_the_contracts_intervals() -> None:
    """Files may be finer than the contract: a half-hour is the sum of its quarters, not their mean."""
    table = per_interval()
    counts = ["offered", "answered", "abandoned", "short_abandoned", "answered_in", "abandoned_in"]
    late = table.assign(start=table["start"] + pd.Timedelta(minutes=15), **dict.fromkeys(counts, 0.0))
    late.loc[0, ["offered", "abandoned"]] = 2.0
    goal = Goal("g", **SL | {"definition": "offered", "unit": "interval", "level": 0.5})
    found = attained(Contract("desk", ("desk",), (goal,)), pd.concat([table, late]))
    assert [f.denominator for f in found.figures] == [12, 8, 6, 10, 6]


def test_an_interval_that_stands_twice_is_refused() -> None:
    """Overlapping files would count calls twice."""
    table = per_interval()
    with pytest.raises(InputError, match="an interval stands twice"):
        one(Goal("g", **SL | {"definition": "offered"}), pd.concat([table, table.iloc[:1]]))


def test_queues_are_known_or_refused() -> None:
    """Calls of a queue that the contract does not know, and a queue without calls, are errors."""
    goal = Goal("g", **SL | {"definition": "offered"})
    with pytest.raises(InputError, match=r"does not know this queue.*'other'"):
        one(goal, pd.concat([single_calls(), single_calls().assign(queue="other")]))
    with pytest.raises(InputError, match=r"no calls of a queue under the contract.*'desk2'"):
        attained(Contract("c", ("desk", "desk2"), (goal,)), single_calls())
    both = pd.concat([single_calls(), single_calls().assign(queue="other")])
    assert attained(Contract("c", ("desk",), (goal,), other_queues=("other",)), both).figures[0].denominator == 40


def test_goals_of_several_queues_add_numerators_and_denominators() -> None:
    """Two queues are one figure: sums divided once, not the mean of two percentages."""
    second = single_calls().iloc[:10].assign(queue="vip")
    goal = Goal("g", **SL | {"definition": "offered"})
    found = attained(Contract("c", ("desk", "vip"), (goal,)), pd.concat([single_calls(), second]))
    assert (found.figures[0].numerator, found.figures[0].denominator) == (26, 50)


def test_what_is_measured_elsewhere_is_a_ratio_of_sums_too() -> None:
    """Scores of 20 and 5 calls weigh by their items; without a file the goal has no figure."""
    goal = Goal("quality", "quality", 0.8)
    rows = pd.DataFrame({
        "date": [dt.date(2026, 3, 2), dt.date(2026, 3, 3)], "goal": "quality", "numerator": [19.0, 2.0],
        "denominator": [20.0, 5.0], "items": [20.0, 5.0],
    })  # fmt: skip
    contract = Contract("c", ("desk",), (goal,))
    assert attained(contract, single_calls(), scores=rows).figures[0].figure == pytest.approx(21 / 25)
    unknown = attained(contract, single_calls()).figures[0]
    assert (unknown.figure, unknown.met, unknown.why) == (None, None, "nothing to divide by")


def test_a_clock_change_keeps_every_interval() -> None:
    """The hour that comes twice is two hours; a day is a local day."""
    zone = "Europe/Berlin"
    starts = pd.date_range("2026-10-25 00:00", periods=50, freq="30min", tz=zone)
    table = pd.DataFrame({
        "queue": "desk", "start": starts, "offered": 2.0, "answered": 2.0, "answered_in": 1.0, "within_s": 20.0,
    })  # fmt: skip
    goals = tuple(Goal(unit, **SL | {"definition": "offered", "unit": unit}) for unit in ("hour", "day"))
    found = attained(Contract("c", ("desk",), goals, zone=zone), table)
    assert len(found.of("hour")) == 25
    assert [f.denominator for f in found.of("day")] == [100]

"""The rest of a period: known and simulated sums together, run by run."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pandas as pd
import pytest
from forty_calls import single_calls

from busyhour.forecast.errors import InputError
from busyhour.forecast.progress import Stopped, Watch
from busyhour.forecast.queueing.goal.targets import ServiceGoal
from busyhour.forecast.queueing.simulation.assumptions import Assumptions
from busyhour.forecast.queueing.simulation.simulation import simulate
from busyhour.schedule.contracts.attainment import Counts, attained_periods
from busyhour.schedule.contracts.contract import Contract, Goal, Money, Termination
from busyhour.schedule.contracts.projection import Projection, Rest, projected
from busyhour.schedule.contracts.rest import PlannedWeek, simulated_rest

SL: dict[str, Any] = {"metric": "service_level", "level": 0.7, "within_s": 20.0, "definition": "offered"}
TUESDAY, APRIL = dt.date(2026, 3, 4), dt.date(2026, 4, 1)


def rest(in_time: list[list[float]], offered: list[list[float]]) -> Rest:
    """Return runs of the half-hours from Wednesday 4 March 09:00 on."""
    starts = pd.Series(pd.date_range("2026-03-04 09:00", periods=len(offered[0]), freq="30min"))
    sums = {"answered_in": np.array(in_time), "offered": np.array(offered), "answered": np.array(in_time)}
    return Rest(np.full(len(starts), "desk", dtype=object), starts, sums)


def projection(goal: Goal, one: Rest, **terms: Any) -> Projection:
    """Return March at its end."""
    contract = Contract("c", ("desk",), (goal,), **terms)
    counts = Counts.of(contract, single_calls())
    return projected(counts, attained_periods(counts), {goal.name: one}, planned=(), unplanned=())


def test_known_and_simulated_calls_are_added_before_they_are_divided() -> None:
    """21 of 40 known; 49, 48 and 60 of 60 to come: 70 %, 69 % and 81 %."""
    found = projection(Goal("g", **SL), rest([[49.0], [48.0], [60.0]], [[60.0]] * 3))
    (chance,) = found.chances
    assert chance.probability == pytest.approx(2 / 3)
    assert chance.figure == pytest.approx(0.70)
    assert chance.low < 2 / 3 < chance.high


def test_expected_money_and_the_chance_of_a_miss() -> None:
    """A miss costs 100; one run of three misses."""
    found = projection(
        Goal("g", **SL, weight=1.0), rest([[49.0], [48.0], [60.0]], [[60.0]] * 3), money=Money(1000.0, 0.1),
        termination=Termination(1, 1),
    )  # fmt: skip
    assert found.money is not None
    assert (found.money.net, found.missed) == (pytest.approx(-100 / 3), pytest.approx(1 / 3))


def test_a_fee_per_call_grows_with_the_simulated_calls() -> None:
    """30 answered calls known, 49 to come; a miss costs 10 % of what 79 calls are paid."""
    goal = Goal("g", **SL | {"level": 0.9}, weight=1.0)
    found = projection(goal, rest([[49.0]], [[60.0]]), money=Money(2.0, 0.1, "per_answered"))
    assert found.money is not None
    assert found.money.net == pytest.approx(-0.1 * 2 * 79)


def test_shares_of_parts_are_projected_part_by_part() -> None:
    """Three of five half-hours reach 50 %; of the two to come both, one, or none does."""
    goal = Goal("g", **SL | {"level": 0.5}, aggregation="share", part="interval", share=0.5)
    found = projection(goal, rest([[5.0, 5.0], [5.0, 1.0], [1.0, 1.0]], [[10.0, 10.0]] * 3))
    assert found.chances[0].probability == pytest.approx(2 / 3)
    assert found.chances[0].figure_high == pytest.approx(np.quantile([5 / 7, 4 / 7, 3 / 7], 0.9))


def test_shorter_units_are_left_to_what_is_known() -> None:
    """A goal by day has no single figure at the end of the month."""
    contract = Contract("c", ("desk",), (Goal("day", **SL, unit="day"), Goal("g", **SL)))
    counts = Counts.of(contract, single_calls())
    found = projected(counts, attained_periods(counts), {"g": rest([[1.0]], [[1.0]])}, planned=(), unplanned=())
    assert [c.goal for c in found.chances] == ["g"]


def week(heads: int = 4) -> PlannedWeek:
    """Return a planned week of four open half-hours on Wednesday and Thursday, 40 calls each."""
    starts = [
        pd.Timestamp(day) + pd.Timedelta(minutes=540 + 30 * i) for day in ("2026-03-04", "2026-03-05") for i in range(4)
    ]
    volume = pd.DataFrame({"queue": "desk", "start": starts, "calls": 40.0, "handle_s": 150.0, "patience_s": 120.0})
    staffing = pd.DataFrame({
        "queue": "desk", "start": ["2026-03-04 09:00", "2026-03-05 09:00"],
        "end": ["2026-03-04 11:00", "2026-03-05 11:00"], "agents": heads,
    })  # fmt: skip
    staffing = staffing.assign(start=pd.to_datetime(staffing["start"]), end=pd.to_datetime(staffing["end"]))
    assumptions = Assumptions(30, None, "monday", 0.0, None, None, 7)
    return PlannedWeek("week", dt.date(2026, 3, 2), staffing, volume, assumptions)


def test_the_rest_is_what_the_simulation_tells() -> None:
    """The sums over all runs are those of `simulate` with the same seed and as many runs, for each threshold."""
    goals = (
        Goal("a", **SL), Goal("b", **SL | {"within_s": 60.0}),
        Goal("c", "abandonment", 0.05, definition="excl_short", short_s=10.0),
    )  # fmt: skip
    contract = Contract("c", ("desk",), goals)
    found = simulated_rest(contract, [week()], TUESDAY, APRIL, 64, Watch())
    assert list(found["a"].start) == list(week().volume["start"])
    for name, within in (("a", 20.0), ("b", 60.0)):
        told = simulate(
            week().staffing, week().volume, {"desk": ServiceGoal(0.7, within)}, seed=7, half_width=0.0, min_runs=64,
            max_runs=64,
        ).service.query("period == 'week'")["simulated"].item()  # fmt: skip
        sums = found[name].sums
        assert sums["answered_in"].sum() / sums["offered"].sum() == pytest.approx(told)
    short = found["c"].sums["short_abandoned"]
    assert 0 < short.sum() < found["c"].sums["abandoned"].sum()
    assert (found["a"].sums["offered"] == found["b"].sums["offered"]).all()


def test_days_that_are_over_are_not_simulated_again() -> None:
    """From Thursday on only Thursday is left."""
    found = simulated_rest(
        Contract("c", ("desk",), (Goal("a", **SL),)), [week()], dt.date(2026, 3, 5), APRIL, 32, Watch()
    )
    assert {start.day for start in found["a"].start} == {5}


def test_plans_that_do_not_fit_are_refused() -> None:
    """Two plans of a week, a plan without the queue, longer intervals than the contract's."""
    contract = Contract("c", ("desk",), (Goal("a", **SL),))
    with pytest.raises(InputError, match="two plans cover 2026-03-02"):
        simulated_rest(contract, [week(), week()], TUESDAY, APRIL, 32, Watch())
    with pytest.raises(InputError, match=r"does not have a queue of the contract.*'vip'"):
        simulated_rest(Contract("c", ("desk", "vip"), (Goal("a", **SL),)), [week()], TUESDAY, APRIL, 32, Watch())
    with pytest.raises(InputError, match="do not divide"):
        simulated_rest(
            Contract("c", ("desk",), (Goal("a", **SL),), interval_min=15), [week()], TUESDAY, APRIL, 32, Watch()
        )


def test_a_stop_ends_the_simulation() -> None:
    """Ctrl-C is heard between runs."""
    watch = Watch()
    watch.stop.set()
    with pytest.raises(Stopped):
        simulated_rest(Contract("c", ("desk",), (Goal("a", **SL),)), [week()], TUESDAY, APRIL, 32, watch)
